// What of the core's memory a machine's state is made of (assembly/layout.ts). The program and its lanes are not part
// of it: they are compiled again from the codecs' routes.

import {
  CLOCK,
  COUNTERS,
  PROGRAM,
  RAM,
  REGISTERS,
  REGISTERS_BYTES,
  STREAM_BYTES,
  STREAMS,
} from '../../assembly/layout.ts';
import { SD_MAX } from '../hda/registers.ts';
import type { Core } from './core.ts';

const REGIONS: readonly (readonly [from: number, to: number])[] = [
  [CLOCK, RAM],
  [REGISTERS, REGISTERS + REGISTERS_BYTES],
  [COUNTERS, PROGRAM],
  [STREAMS, STREAMS + STREAM_BYTES * SD_MAX],
];

export const CORE_STATE_BYTES = REGIONS.reduce((bytes, [from, to]) => bytes + to - from, 0);

const memoryOf = (core: Core) => new Uint8Array(core.registers.buffer);

export function saveCore(core: Core): Uint8Array {
  const memory = memoryOf(core);
  const state = new Uint8Array(CORE_STATE_BYTES);
  let at = 0;
  for (const [from, to] of REGIONS) {
    state.set(memory.subarray(from, to), at);
    at += to - from;
  }
  return state;
}

/** The program must be loaded anew before the core advances. */
export function restoreCore(core: Core, state: Uint8Array): void {
  const memory = memoryOf(core);
  let at = 0;
  for (const [from, to] of REGIONS) {
    memory.set(state.subarray(at, at + to - from), from);
    at += to - from;
  }
}
