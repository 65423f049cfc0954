import { expect, it } from 'vitest';
import { connect } from '../../bench/resampling.ts';
import { Meters } from '../../src/worker/meters.ts';

const PIN = 0x14;
const open = () => Meters.open({ dsp: connect({}).device.adapter }, 48_000) as Meters;
/** A band-limited pulse of height 1, half a sample after frame `at`. */
const pulse = (frames: number, at: number) =>
  Float32Array.from({ length: frames }, (_, n) => {
    const x = Math.PI * (n - at - 0.5);
    return Math.sin(x) / x;
  });

it.each([100, 2036, 2037, 5000])(
  'a true peak is found where two looks meet, and where two commands do: split at %i',
  (split) => {
    const samples = pulse(6000, split - 1);
    const meters = open();
    const looks = [samples.subarray(0, split), samples.subarray(split)].map((part) => meters.measure(PIN, [part])[0]);
    expect(Math.max(...looks.map((level) => level?.truePeak ?? 0))).toBeGreaterThan(0.9);
    expect(Math.max(...looks.map((level) => level?.peak ?? 0))).toBeCloseTo(2 / Math.PI, 4);
    expect(open().measure(PIN, [samples])[0]?.truePeak).toBeGreaterThan(0.9);
  },
);

it('RMS is that of the whole look, however many commands it takes; channels and pins are apart', () => {
  const meters = open();
  const left = Float32Array.from({ length: 10_000 }, (_, n) => (n < 5000 ? 0.8 : 0));
  const right = new Float32Array(10_000).fill(-0.25);
  const [one, two] = meters.measure(PIN, [left, right]);
  expect(one?.rms).toBeCloseTo(0.8 * Math.SQRT1_2, 2);
  expect([two?.rms, two?.peak]).toEqual([0.25, 0.25]);
  expect(meters.measure(PIN + 1, [new Float32Array(500)])).toEqual([{ peak: 0, rms: 0, truePeak: 0 }]);
  expect(meters.measure(PIN, [new Float32Array(0)])).toEqual([{ peak: 0, rms: 0, truePeak: 0 }]);
});

it('what was loud before a pause, or on other channels, is not measured again', () => {
  const meters = open();
  const [loud, quiet] = [new Float32Array(100).fill(0.9), new Float32Array(100).fill(0.1)];
  meters.measure(PIN, [loud, loud]);
  const eight = meters.measure(
    PIN,
    Array.from({ length: 8 }, () => quiet),
  );
  expect(eight.map(({ peak, rms }) => [peak, rms].map((level) => level.toFixed(6)))).toEqual(
    Array.from({ length: 8 }, () => ['0.100000', '0.100000']),
  );
  meters.measure(PIN, [loud]);
  meters.forget(PIN);
  expect(meters.measure(PIN, [quiet])[0]?.peak).toBeCloseTo(0.1, 6);
});
