// Numbers to PCM and into the containers that HD Audio streams have in memory (hda-hardware §3.10).

import type { PcmFormat, SampleBits } from '../hda/pcm.ts';
import { uniformAt } from './random.ts';
import type { Signal } from './tone.ts';

const ROUND = 1.5 * 2 ** 52; // added and taken away it leaves the nearest whole number, ties to even

/** value × 2^(bits−1) as the nearest whole number, ties to even, clamped to what `bits` hold; NaN is 0. */
export function quantize(value: number, bits: SampleBits, ditherSteps = 0): number {
  const scale = 2 ** 31 / (1 << (32 - bits));
  const steps = value * scale + ditherSteps;
  if (steps >= scale - 1) return scale - 1;
  if (steps <= -scale) return -scale;
  return steps + ROUND - ROUND || 0;
}

/** Triangular dither of ±1 step (TPDF): a pure function of seed, frame and channel. */
export function ditherAt(seed: number, frame: number, channel: number): number {
  const stream = seed * 64 + 2 * channel;
  return uniformAt(stream, frame) - uniformAt(stream + 1, frame);
}

/** Writes one sample: 8 bits unsigned, 16 bits, or left-justified in 32 bits; little endian. */
export function putContainer(into: DataView, byte: number, bits: SampleBits, steps: number): void {
  if (bits === 8) into.setUint8(byte, steps + 128);
  else if (bits === 16) into.setInt16(byte, steps, true);
  else into.setInt32(byte, steps << (32 - bits), true);
}

/** Reads one sample as putContainer wrote it: steps of its size. */
export function takeContainer(from: DataView, byte: number, bits: SampleBits): number {
  if (bits === 8) return from.getUint8(byte) - 128;
  return bits === 16 ? from.getInt16(byte, true) : from.getInt32(byte, true) >> (32 - bits);
}

/** Fills containers with silence. */
export function putSilence(into: Uint8Array, bits: SampleBits): void {
  into.fill(bits === 8 ? 128 : 0);
}

export interface SignalSource {
  readonly signal: Signal;
  readonly format: PcmFormat;
  /** Silence from here on. */
  readonly frames: number;
  /** Seed of TPDF dither; without it plain rounding. */
  readonly ditherSeed?: number;
}

/** A signal as a stream's samples: interleaved containers, the same signal in every channel, the dither of each its own. */
export function signalSource(source: SignalSource): (into: Uint8Array, firstFrame: number, frames: number) => void {
  const { signal, format, ditherSeed } = source;
  const { bits, channels } = format;
  const sampleBytes = bits === 8 ? 1 : bits === 16 ? 2 : 4;
  return (into, firstFrame, frames) => {
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
    const present = Math.max(0, Math.min(frames, source.frames - firstFrame));
    let byte = 0;
    for (let frame = firstFrame; frame < firstFrame + present; frame++) {
      const value = signal(frame);
      for (let channel = 0; channel < channels; channel++) {
        const dither = ditherSeed === undefined ? 0 : ditherAt(ditherSeed, frame, channel);
        putContainer(view, byte, bits, quantize(value, bits, dither));
        byte += sampleBytes;
      }
    }
    putSilence(into.subarray(byte), bits);
  };
}
