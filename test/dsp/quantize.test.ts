import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ditherAt, quantize, signalSource } from '../../src/dsp/quantize.ts';
import { createTone } from '../../src/dsp/tone.ts';
import type { SampleBits } from '../../src/hda/pcm.ts';

const SIZES: SampleBits[] = [8, 16, 20, 24, 32];

it.each(SIZES)('%d bits: nearest step, ties to even, clamped at full scale', (bits) => {
  const step = 2 ** (1 - bits);
  const top = 2 ** (bits - 1);
  const rows: [value: number, steps: number][] = [
    [0, 0],
    [0.5 * step, 0],
    [1.5 * step, 2],
    [2.5 * step, 2],
    [-0.5 * step, 0],
    [-1.5 * step, -2],
    [0.5000001 * step, 1],
    [-0.5000001 * step, -1],
    [1 - step, top - 1],
    [1, top - 1],
    [1.5, top - 1],
    [-1, -top],
    [-7, -top],
    [Number.POSITIVE_INFINITY, top - 1],
    [Number.NEGATIVE_INFINITY, -top],
    [Number.NaN, 0],
  ];
  for (const [value, steps] of rows) expect(quantize(value, bits), `${value}`).toBe(steps);
});

it('dither is triangular, ±1 step, of variance 1/6, and free of the frame before and the channel beside', () => {
  const frames = 100_000;
  const dither = Float64Array.from({ length: frames }, (_, n) => ditherAt(1, n, 0));
  const beside = Float64Array.from({ length: frames }, (_, n) => ditherAt(1, n, 1));
  const mean = (of: (n: number) => number) => dither.reduce((sum, _, n) => sum + of(n) / frames, 0);
  expect(mean((n) => dither[n] as number)).toBeCloseTo(0, 2);
  expect(mean((n) => (dither[n] as number) ** 2)).toBeCloseTo(1 / 6, 2);
  expect(mean((n) => (Math.abs(dither[n] as number) < 0.5 ? 1 : 0))).toBeCloseTo(3 / 4, 2);
  expect(mean((n) => (dither[n] as number) * (dither[n - 1] ?? 0))).toBeCloseTo(0, 2);
  expect(mean((n) => (dither[n] as number) * (beside[n] as number))).toBeCloseTo(0, 2);
  expect(Math.max(...dither.map(Math.abs))).toBeLessThan(1);
});

it.each(SIZES)('%d bits: HD Audio containers (§3.10): 8 unsigned, 16, the rest left-justified in 32', (bits) => {
  const values = [0, 1 - 2 ** (1 - bits), -1, 2 ** (1 - bits)];
  const source = signalSource({
    signal: (frame) => values[frame] ?? 0,
    format: { rateHz: 48000, bits, channels: 1 },
    frames: values.length,
  });
  const bytes = new Uint8Array(4 * (values.length + 1)).fill(0xaa);
  source(bytes, 0, values.length + 1);
  const view = new DataView(bytes.buffer);
  const top = 2 ** (bits - 1);
  const left = 2 ** (32 - bits);
  const read = (n: number) =>
    bits === 8 ? view.getUint8(n) - 128 : bits === 16 ? view.getInt16(2 * n, true) : view.getInt32(4 * n, true) / left;
  expect([0, 1, 2, 3, 4].map(read)).toEqual([0, top - 1, -top, 1, 0]);
});

it('a stream has the same bytes however it is asked for, dither included, and silence after its frames', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SIZES),
      fc.integer({ min: 1, max: 8 }),
      fc.boolean(),
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 }),
      (bits, channels, dither, cuts) => {
        const frames = 97;
        const format = { rateHz: 48000, bits, channels };
        const signal = createTone({ wave: 'sine', frequencyHz: 440, rateHz: 48000, levelDbfs: -1, frames });
        const source = signalSource({ signal, format, frames, ...(dither ? { ditherSeed: 3 } : {}) });
        const frameBytes = channels * (bits === 8 ? 1 : bits === 16 ? 2 : 4);
        const whole = new Uint8Array(320 * frameBytes);
        source(whole, 0, 320);
        const pieces = new Uint8Array(320 * frameBytes);
        let at = 0;
        for (const cut of [...cuts, 320]) {
          const count = Math.min(cut, 320 - at);
          source(pieces.subarray(at * frameBytes, (at + count) * frameBytes), at, count);
          at += count;
        }
        expect(pieces).toEqual(whole);
        expect(new Set(whole.subarray(frames * frameBytes))).toEqual(new Set([bits === 8 ? 128 : 0]));
      },
    ),
  );
});
