// What of the core's memory a machine's state is made of (assembly/layout.ts). The program and its lanes are not part
// of it: they are compiled again from the codecs' routes. Resamplers are: what they have heard still sounds.

import {
  CLOCK,
  COUNTERS,
  PROGRAM,
  RAM,
  REGISTERS,
  REGISTERS_BYTES,
  RESAMPLERS,
  RESAMPLERS_BYTES,
  STREAM_BYTES,
  STREAMS,
} from '../../assembly/layout.ts';
import { SD_MAX } from '../hda/registers.ts';
import type { Core } from './core.ts';
import type { ResamplerPlace } from './resamplers.ts';

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

/** The records of all resamplers in use, in the order of their places. */
export function saveResamplers(core: Core): Uint8Array {
  const { places } = core.resamplers;
  const state = new Uint8Array(places.reduce((sum, { bytes }) => sum + bytes, 0));
  let to = 0;
  for (const { at, bytes } of places) {
    state.set(memoryOf(core).subarray(at, at + bytes), to);
    to += bytes;
  }
  return state;
}

/** TypeError where places and bytes are no saved resamplers; then nothing changes. */
export function restoreResamplers(core: Core, places: readonly ResamplerPlace[], state: Uint8Array): void {
  const total = places.reduce((sum, { bytes }) => sum + bytes, 0);
  const within = places.every(({ at, bytes }) => at >= RESAMPLERS && at + bytes <= RESAMPLERS + RESAMPLERS_BYTES);
  if (total !== state.length || !within) throw new TypeError('saved machine has resamplers of no such size');
  let from = 0;
  for (const { at, bytes } of places) {
    memoryOf(core).set(state.subarray(from, from + bytes), at);
    from += bytes;
  }
  core.resamplers.restore(places);
}
