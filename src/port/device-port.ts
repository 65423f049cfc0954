// What a driver sees of the device below it: registers, an interrupt line, memory that both reach, and time that passes.

import type { EnginePort } from './engine-port.ts';

export interface BusMemory {
  /** Bytes of RAM; addresses are 0…bytes−1. */
  readonly bytes: number;
  /** A copy of `length` bytes. RangeError outside RAM. */
  read(address: number, length: number): Uint8Array;
  /** RangeError outside RAM; then nothing is written. */
  write(address: number, data: Uint8Array): void;
}

export interface RegisterPort {
  read(offset: number, bytes: 1 | 2 | 4): number;
  write(offset: number, bytes: 1 | 2 | 4, value: number): void;
}

export interface InterruptPort {
  /** Level of the line. */
  readonly interrupt: boolean;
  /** Calls at every change of level; returns the function that ends it. */
  onInterrupt(listener: (level: boolean) => void): () => void;
  /**
   * PME#: calls when a codec of WAKEEN drives its SDI line high while the function is in D3, where it cannot interrupt;
   * returns the function that ends it.
   */
  onWake(listener: () => void): () => void;
}

export interface DevicePort {
  /** Runs packets in the device's RAM; null where the embedder owns that RAM: there the engine does not reach. */
  readonly engine: EnginePort | null;
  readonly memory: BusMemory;
  readonly registers: RegisterPort & InterruptPort;
  readonly pci: RegisterPort;
  /** 24 MHz ticks since power-up. */
  readonly linkTicks: bigint;
  /** Busy-waits: device time passes. Throws inside an interrupt listener. */
  stall(linkFrames: number): void;
  /** The computer's clock: calls once at that time, in ticks since power-up; returns the function that takes it back. */
  callAt(linkTicks: bigint, listener: () => void): () => void;
}
