// Numbers to PCM and into the containers that HD Audio streams have in memory (hda-hardware §3.10).

import type { SampleBits } from '../hda/pcm.ts';

const ROUND = 1.5 * 2 ** 52; // added and taken away it leaves the nearest whole number, ties to even

/** value × 2^(bits−1) as the nearest whole number, ties to even, clamped to what `bits` hold; NaN is 0. */
export function quantize(value: number, bits: SampleBits): number {
  const scale = 2 ** 31 / (1 << (32 - bits));
  const steps = value * scale;
  if (steps >= scale - 1) return scale - 1;
  if (steps <= -scale) return -scale;
  return steps + ROUND - ROUND || 0;
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
