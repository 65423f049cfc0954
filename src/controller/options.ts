// What a controller is built with.

import { BAR_BYTES } from '../hda/registers.ts';

/** Stream descriptors in register order: inputs, then outputs, then bidirectional (hda-hardware §2.4). */
export interface StreamCounts {
  readonly input: number;
  readonly output: number;
  readonly bidirectional: number;
}

export type RingEntries = 2 | 16 | 256;

export const DEFAULT_STREAMS: StreamCounts = { input: 4, output: 4, bidirectional: 0 };
export const REGISTER_PAGE_BYTES = 0x800; // every register but the alias window lies below

export function streamCount(streams: StreamCounts): number {
  return streams.input + streams.output + streams.bidirectional;
}

/** RangeError unless GCAP can say it: at most 15 of each kind, 1…30 in all (§2.1). */
export function checkStreams(streams: StreamCounts): void {
  for (const [kind, count] of Object.entries(streams)) {
    const most = kind === 'bidirectional' ? 30 : 15;
    if (!Number.isInteger(count) || count < 0 || count > most) {
      throw new RangeError(`streams.${kind} is ${count}: must be a whole number 0…${most}`);
    }
  }
  const total = streamCount(streams);
  if (total < 1 || total > 30) throw new RangeError(`${total} streams: a controller has 1…30`);
}

/** RangeError unless the width is one that a bus has and the offset a whole number. */
export function checkAccess(offset: number, bytes: number): void {
  if (bytes !== 1 && bytes !== 2 && bytes !== 4) throw new RangeError(`access of ${bytes} bytes: must be 1, 2 or 4`);
  if (!Number.isInteger(offset) || offset < 0) throw new RangeError(`offset ${offset}: must be 0…${BAR_BYTES - 1}`);
}
