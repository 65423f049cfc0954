// What a machine is built with (design, createMachine), checked once.

import type { CodecModel } from '../codec/model.ts';
import { checkStreams, DEFAULT_STREAMS, type RingEntries, type StreamCounts } from '../controller/options.ts';
import type { PciIdentity } from '../controller/pci.ts';
import type { BusMemory } from '../port/device-port.ts';

/** A built-in codec's name, a model, the text of a dump that holds exactly one codec, or null for an empty address. */
export type CodecSource = string | CodecModel | { dump: string } | null;

export interface DeviceOptions {
  /** SDI address 0, 1, …14; default `['desktop']`. */
  codecs?: readonly CodecSource[];
  /** Guest RAM in the core, default 16 MiB. */
  memoryBytes?: number;
  /** Or RAM that the embedder owns. */
  memory?: BusMemory;
  /** Analogue rate, default 48000. `'stream'`: each pin runs at its converter's rate, never resampled. */
  outputRateHz?: number | 'stream';
  /** Default `'ich6'` (8086:2668). */
  identity?: PciIdentity;
  /** Default 4 inputs, 4 outputs, 0 bidirectional. */
  streams?: StreamCounts;
  /** Sizes that CORB and RIRB offer, default 256 alone. */
  ringEntries?: readonly RingEntries[];
}

export interface CheckedOptions {
  readonly memoryBytes: number;
  readonly memory?: BusMemory;
  readonly outputRateHz: number | 'stream';
  readonly identity: PciIdentity;
  readonly streams: StreamCounts;
  readonly ringEntries: readonly RingEntries[];
}

const MEMORY_DEFAULT = 16 * 2 ** 20;
const MEMORY_LEAST = 64 * 2 ** 10;
const MEMORY_MOST = 2 * 2 ** 30;
const PAGE = 4096;

/** RangeError or TypeError in one line for what no machine can be. */
export function checkOptions(options: DeviceOptions): CheckedOptions {
  const {
    memoryBytes = MEMORY_DEFAULT,
    memory,
    outputRateHz = 48000,
    identity = 'ich6',
    streams = DEFAULT_STREAMS,
    ringEntries = [256],
  } = options;
  if (memory && options.memoryBytes !== undefined) throw new TypeError('memory and memoryBytes exclude each other');
  if (!Number.isInteger(memoryBytes / PAGE) || memoryBytes < MEMORY_LEAST || memoryBytes > MEMORY_MOST) {
    throw new RangeError(`memoryBytes ${memoryBytes}: must be whole pages of ${PAGE}, 64 KiB…2 GiB`);
  }
  if (outputRateHz !== 'stream' && !(outputRateHz >= 6000 && outputRateHz <= 192_000)) {
    throw new RangeError(`outputRateHz ${outputRateHz}: must be 6000…192000 or 'stream'`);
  }
  if (identity !== 'ich6' && identity !== 'ich9') {
    throw new TypeError(`identity ${String(identity)}: must be 'ich6' or 'ich9'`);
  }
  checkStreams(streams);
  if (ringEntries.length === 0 || ringEntries.some((size) => size !== 2 && size !== 16 && size !== 256)) {
    throw new RangeError(`ringEntries ${ringEntries.join()}: must be of 2, 16 and 256`);
  }
  return { memoryBytes, ...(memory && { memory }), outputRateHz, identity, streams, ringEntries };
}
