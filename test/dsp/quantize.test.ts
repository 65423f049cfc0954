import { expect, it } from 'vitest';
import { quantize } from '../../src/dsp/quantize.ts';
import type { SampleBits } from '../../src/hda/pcm.ts';
import { signalSource } from '../support/signals.ts';

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
