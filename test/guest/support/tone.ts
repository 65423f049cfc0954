// The guest's /tone.wav: 48 kHz S16 stereo, 440 Hz left, 1000 Hz right, −6 dBFS; and what became of it.

import { readInitrd } from './images.ts';
import { fileOfInitrd, parseWav } from './wav.ts';

/** Bytes of the samples alone, as `tail -c +45 /tone.wav` gives them to a raw stream. */
export const toneBytes = (): Uint8Array => fileOfInitrd(readInitrd(), 'tone.wav').slice(44);

/** [channel][frame], full scale ±1. */
export function toneSamples(): Float32Array[] {
  const { channels } = parseWav(fileOfInitrd(readInitrd(), 'tone.wav'));
  return channels.map((samples) => Float32Array.from(samples, (sample) => sample / 2 ** 15));
}

/** The bytes as frames of another format; S32 with the 24 bits that Linux asks for. */
export function samplesOf(bytes: Uint8Array, bits: 16 | 32, channels: number): Float32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames = Math.floor(bytes.length / (bits / 8) / channels);
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: frames }, (_, frame) => {
      const index = frame * channels + channel;
      return bits === 16 ? view.getInt16(2 * index, true) / 2 ** 15 : (view.getInt32(4 * index, true) >> 8) / 2 ** 23;
    }),
  );
}

/**
 * Where `heard` is not `expected`, or null. Both begin with their first frame that is not silent. What follows the last
 * frame is free: a driver stops a stream a moment late, and a few old frames may follow.
 */
export function firstDifference(heard: readonly Float32Array[], expected: readonly Float32Array[]): string | null {
  const frames = expected[0]?.length ?? 0;
  const silent = (frame: number) => expected.every((channel) => channel[frame] === 0);
  let start = 0;
  while (start < frames && silent(start)) start++;
  for (let frame = start; frame < frames; frame++) {
    for (const [channel, samples] of expected.entries()) {
      const sample = heard[channel]?.[frame - start];
      if (sample !== samples[frame]) return `frame ${frame} channel ${channel}: ${sample}, not ${samples[frame]}`;
    }
  }
  return null;
}
