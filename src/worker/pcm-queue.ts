// What an app has written and the driver has not yet taken.

import { putContainer, putSilence, quantize } from '../dsp/quantize.ts';
import { blockBytes, encodeFormat, type PcmFormat } from '../hda/pcm.ts';
import type { Interleaved, Samples } from './protocol.ts';

/** How much may wait here before a writer is held back. */
const CAPACITY_SECONDS = 0.5;

interface Chunk {
  readonly frames: number;
  /** Full scale ±1, of the n-th sample in interleaved order. */
  readonly valueAt: (index: number) => number;
}

export class PcmQueue {
  readonly #format: PcmFormat;
  readonly #frameBytes: number;
  readonly #capacityFrames: number;
  readonly #chunks: Chunk[] = [];
  /** Frames of the first chunk that are taken. */
  #at = 0;
  #queued = 0;
  #starved = 0;
  #waiting: (() => void)[] = [];

  constructor(format: PcmFormat) {
    this.#format = format;
    this.#frameBytes = blockBytes(encodeFormat(format) ?? 0);
    this.#capacityFrames = CAPACITY_SECONDS * format.rateHz;
  }

  /** Frames that wait. */
  get queued(): number {
    return this.#queued;
  }

  /** Frames of silence that stood in for what was not there in time. */
  get starved(): number {
    return this.#starved;
  }

  /**
   * Appends samples; they are converted as they are taken, so that a long chunk holds nobody up. RangeError unless they
   * are whole frames, and as many channels as the stream's where they come as one array per channel.
   */
  write(samples: Samples): void {
    const { channels } = this.#format;
    const valueAt = reader(samples, channels);
    const frames = 'buffer' in samples ? samples.length / channels : (samples[0]?.length ?? 0);
    if (!Number.isInteger(frames)) {
      throw new RangeError(`${samples.length} samples are no whole number of frames of ${channels} channels`);
    }
    if (frames === 0) return;
    this.#chunks.push({ frames, valueAt });
    this.#queued += frames;
  }

  /** Resolves when a writer may go on, or the stream is closed. */
  async room(): Promise<void> {
    if (this.#queued > this.#capacityFrames) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting = [];
  }

  /** A SampleSource: each sample to the nearest value, ties to even, clamped. */
  readonly source = (into: Uint8Array, _firstFrame: number, frames: number): void => {
    const { bits, channels } = this.#format;
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
    const sampleBytes = this.#frameBytes / channels;
    let taken = 0;
    while (taken < frames && this.#chunks.length > 0) {
      const chunk = this.#chunks[0] as Chunk;
      const count = Math.min(chunk.frames - this.#at, frames - taken);
      let byte = taken * this.#frameBytes;
      for (let index = this.#at * channels; index < (this.#at + count) * channels; index++, byte += sampleBytes) {
        putContainer(view, byte, bits, quantize(chunk.valueAt(index), bits));
      }
      taken += count;
      this.#at += count;
      if (this.#at === chunk.frames) {
        this.#chunks.shift();
        this.#at = 0;
      }
    }
    putSilence(into.subarray(taken * this.#frameBytes), bits);
    this.#queued -= taken;
    this.#starved += frames - taken;
    if (this.#queued <= this.#capacityFrames) this.close();
  };
}

/** The value, full scale ±1, of the n-th sample in interleaved order. */
function reader(samples: Samples, channels: number): (index: number) => number {
  if (!('buffer' in samples)) {
    const frames = samples[0]?.length;
    if (samples.length !== channels || samples.some((channel) => channel.length !== frames)) {
      throw new RangeError(
        `${samples.length} channels of ${samples.map((c) => c.length)} frames: the stream has ${channels}`,
      );
    }
    return (index) => samples[index % channels]?.[Math.floor(index / channels)] as number;
  }
  const { zero, scale } = scaling(samples);
  return (index) => ((samples[index] as number) - zero) / scale;
}

function scaling(samples: Interleaved): { zero: number; scale: number } {
  if (samples instanceof Uint8Array) return { zero: 128, scale: 2 ** 7 };
  if (samples instanceof Int16Array) return { zero: 0, scale: 2 ** 15 };
  if (samples instanceof Int32Array) return { zero: 0, scale: 2 ** 31 };
  return { zero: 0, scale: 1 };
}
