// The compiled core's DSP engine as an EnginePort.

import type { BusMemory } from '../port/device-port.ts';
import type { EnginePort } from '../port/engine-port.ts';

/** assembly/dsp/index.ts. */
export interface EngineExports {
  dspExecute(start: number, end: number, packets: number): number;
  dspFault(): number;
  dspProtect(start: number, end: number): void;
}

/** The engine of a core; `memory` is that core's own guest RAM: an embedder's RAM is out of the engine's reach. */
export function createEngine(core: EngineExports, memory: BusMemory): EnginePort {
  return {
    memory,
    protect: (start, end) => core.dspProtect(start, end),
    execute: (start, end, packets) => core.dspExecute(start, end, packets) >>> 0,
    get fault() {
      return core.dspFault();
    },
  };
}
