// What the DSP's driver sees of the engine that computes in the device's memory (dxgk-render §5).

import type { BusMemory } from './device-port.ts';

export interface EnginePort {
  /** The RAM that packets name by physical address. */
  readonly memory: BusMemory;
  /** From now on no packet's operand may reach start…end − 1: the kernel's DMA buffers. */
  protect(start: number, end: number): void;
  /**
   * Runs the packets at physical address `start` up to `end`, at most `packets` of them; returns where it stopped.
   * Never throws: what it cannot run it stops at, and `fault` says why.
   */
  execute(start: number, end: number, packets: number): number;
  /** ENGINE_OK, ENGINE_MALFORMED or ENGINE_BAD_ADDRESS (hda/dsp-packets.ts), of the last execute(). */
  readonly fault: number;
}
