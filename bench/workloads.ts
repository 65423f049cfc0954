// What is measured: streams, their formats and their descriptor lists. One table for all contenders.

import { BDL_ENTRY_BYTES, BDL_MAX_ENTRIES } from '../src/hda/bdl.ts';
import { blockBytes, encodeFormat, type SampleBits } from '../src/hda/pcm.ts';

export interface StreamLoad {
  readonly input: boolean;
  readonly rateHz: number;
  readonly bits: SampleBits;
  readonly channels: number;
  readonly entries: number;
  readonly entryBytes: number;
  /** Bytes by which every buffer misses its alignment. */
  readonly offset: number;
}

export interface Workload {
  readonly id: string;
  readonly what: string;
  /** Link frames a tick; 48 are 1 ms. */
  readonly linkFrames: number;
  readonly streams: readonly StreamLoad[];
  /** What all output streams give is also added up, each at a gain. */
  readonly mixed?: boolean;
}

type Plain = Partial<StreamLoad> & Pick<StreamLoad, 'channels'>;

function stream(load: Plain): StreamLoad {
  return { input: false, rateHz: 48000, bits: 16, entries: 2, entryBytes: 4096, offset: 0, ...load };
}

export function times(count: number, load: Plain): StreamLoad[] {
  return Array.from({ length: count }, () => stream(load));
}

const EIGHT_192 = { channels: 8, bits: 32, rateHz: 192_000, entryBytes: 307_200 } as const; // periods of 50 ms

/** The 16 streams of D: what a busy machine would play, and one microphone. */
const MIXED = [
  ...times(5, { channels: 2 }),
  ...times(3, { channels: 2, rateHz: 44_100 }),
  ...times(2, { channels: 2, bits: 24, rateHz: 96_000, entryBytes: 38_400 }),
  ...times(2, { channels: 6, entryBytes: 11_520 }),
  stream({ channels: 8, bits: 32, entryBytes: 30_720 }),
  stream({ channels: 1, rateHz: 16_000 }),
  stream({ channels: 4, bits: 20, entryBytes: 15_360 }),
  stream({ channels: 2, input: true }),
];

export const WORKLOADS: readonly Workload[] = [
  { id: 'A', what: '16 bits x 2, 48 kHz, 2 x 4 KiB', linkFrames: 48, streams: times(1, { channels: 2 }) },
  {
    id: 'B',
    what: '16 bits x 2, 256 x 128 bytes, misaligned by 4',
    linkFrames: 48,
    streams: times(1, { channels: 2, entries: 256, entryBytes: 128, offset: 4 }),
  },
  { id: 'C', what: '32 bits x 8, 192 kHz, periods of 50 ms', linkFrames: 48, streams: times(1, EIGHT_192) },
  {
    id: 'C2',
    what: '32 bits x 8, 192 kHz, 256 x 128 bytes',
    linkFrames: 48,
    streams: times(1, { ...EIGHT_192, entries: 256, entryBytes: 128 }),
  },
  { id: 'D', what: '16 mixed streams, 15 out and 1 in', linkFrames: 48, streams: MIXED },
  { id: 'E', what: 'capture, 16 bits x 2, 48 kHz', linkFrames: 48, streams: times(1, { channels: 2, input: true }) },
  { id: 'F', what: '16 bits x 2, bursts of 512 frames', linkFrames: 512, streams: times(1, { channels: 2 }) },
  {
    id: 'G',
    what: '16 bits x 6, frames straddling fragments of 1000 bytes',
    linkFrames: 48,
    streams: times(1, { channels: 6, entries: 12, entryBytes: 1000 }),
  },
  {
    id: 'I',
    what: '32 bits x 16, 192 kHz',
    linkFrames: 48,
    streams: times(1, { ...EIGHT_192, channels: 16, entryBytes: 614_400 }),
  },
  { id: 'K', what: '4 streams 32 bits x 8, 192 kHz', linkFrames: 48, streams: times(4, EIGHT_192) },
  {
    id: 'L',
    what: '30 streams 16 bits x 2, 15 out and 15 in',
    linkFrames: 48,
    streams: [...times(15, { channels: 2, input: true }), ...times(15, { channels: 2 })],
  },
];

/** Where a stream's list and buffers lie in RAM. */
export interface Place {
  readonly list: number;
  readonly buffer: number;
  readonly bufferBytes: number;
}

export interface Layout {
  readonly ram: Uint8Array<ArrayBuffer>;
  readonly places: readonly Place[];
}

function placesOf(workload: Workload): { places: Place[]; ramBytes: number } {
  let ramBytes = 0x1000 + workload.streams.length * BDL_MAX_ENTRIES * BDL_ENTRY_BYTES;
  const places = workload.streams.map((load, n) => {
    const bufferBytes = load.entries * load.entryBytes;
    const place = { list: 0x1000 + n * BDL_MAX_ENTRIES * BDL_ENTRY_BYTES, buffer: ramBytes + load.offset, bufferBytes };
    ramBytes += Math.ceil((bufferBytes + load.offset) / 4096) * 4096;
    return place;
  });
  return { places, ramBytes };
}

export const ramBytesOf = (workload: Workload): number => placesOf(workload).ramBytes;

/** RAM with every stream's list, and noise in its buffers. No entry asks for an interrupt: one costs one more call. */
export function layOut(workload: Workload): Layout {
  const { places, ramBytes } = placesOf(workload);
  const ram = new Uint8Array(ramBytes);
  const view = new DataView(ram.buffer);
  workload.streams.forEach((load, n) => {
    const { list, buffer, bufferBytes } = places[n] as Place;
    let state = n + 1;
    for (let i = buffer; i < buffer + bufferBytes; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      ram[i] = state >>> 24;
    }
    for (let i = 0; i < load.entries; i++) {
      const entry = list + i * BDL_ENTRY_BYTES;
      view.setUint32(entry, buffer + i * load.entryBytes, true);
      view.setUint32(entry + 8, load.entryBytes, true);
    }
  });
  return { ram, places };
}

export function formatOf(load: StreamLoad): number {
  return encodeFormat(load) as number;
}

/** Bytes of containers that a tick moves, on average. */
export function bytesPerTick(workload: Workload): number {
  return workload.streams.reduce(
    (sum, load) => sum + (blockBytes(formatOf(load)) * load.rateHz * workload.linkFrames) / 48000,
    0,
  );
}
