import { expect, it } from 'vitest';
import { spectrum } from '../../src/dsp/spectrum.ts';
import { createTone, sweepEndHz, type Tone, WAVES } from '../../src/dsp/tone.ts';

const base: Tone = { wave: 'sine', frequencyHz: 997, rateHz: 48000, levelDbfs: 0, frames: 48000 };

function samples(tone: Tone, frames = tone.frames, first = 0): Float32Array {
  const signal = createTone(tone);
  return Float32Array.from({ length: frames }, (_, n) => signal(first + n));
}

it('a sine is level · sin(2π·f·n/rate), from phase 0', () => {
  const signal = createTone({ ...base, levelDbfs: -6 });
  for (const n of [0, 1, 2, 47, 4799]) {
    expect(signal(n)).toBeCloseTo(10 ** (-6 / 20) * Math.sin((2 * Math.PI * 997 * n) / 48000), 11);
  }
});

it.each([
  [997, 48000],
  [440.37, 44100],
  [19999.9, 192000],
  [20, 8000],
])(
  'the phase of %d Hz at %d Hz is exact in the last second of an hour, against whole numbers',
  (frequencyHz, rateHz) => {
    const signal = createTone({ ...base, frequencyHz, rateHz, frames: 3600 * rateHz });
    for (const n of [3599 * rateHz + 1, 3600 * rateHz - 1]) {
      // frequencyHz as a fraction of 2⁶⁰ is exact: a double above 16 has no bit below 2⁻⁴⁸
      const cycles = (BigInt(n) * (BigInt(frequencyHz * 2 ** 48) << 12n)) % (BigInt(rateHz) << 60n);
      const phase = Number((cycles << 53n) / (BigInt(rateHz) << 60n)) / 2 ** 53;
      expect(signal(n)).toBeCloseTo(Math.sin(2 * Math.PI * phase), 10);
    }
  },
);

it.each(WAVES)('%s: a frame has one value, in whatever order and from whichever generator it is asked', (wave) => {
  const tone: Tone = { ...base, wave, seed: 7 };
  const whole = createTone(tone);
  const again = createTone(tone);
  for (const n of [30000, 5, 47999, 0, 5]) expect(again(n)).toBe(whole(n));
});

it.each([
  ['sine', 440],
  ['square', 440],
  ['saw', 440],
  ['square', 20],
  ['saw', 9001],
  ['sweep', 20],
  ['noise', 440],
] as const)('the peak of a %s at %d Hz is its level and never above', (wave, frequencyHz) => {
  const most = samples({ ...base, wave, frequencyHz, levelDbfs: -3, frames: 96000 }).reduce(
    (peak, sample) => Math.max(peak, Math.abs(sample)),
    0,
  );
  const level = 20 * Math.log10(most);
  expect(level).toBeLessThanOrEqual(-3 + 1e-6);
  expect(level).toBeGreaterThan(-3.1);
});

it.each([
  ['square', [1, 0, 1 / 3, 0, 1 / 5]],
  ['saw', [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]],
] as const)('a %s has the harmonics of its series and nothing that folds back', (wave, series) => {
  const { amplitudes, binHz } = spectrum(samples({ ...base, wave, frequencyHz: 1500, frames: 32768 }), 48000);
  const at = (hz: number) => amplitudes[Math.round(hz / binHz)] ?? 0;
  const fundamental = at(1500);
  for (const [k, expected] of series.entries()) expect(at(1500 * (k + 1)) / fundamental).toBeCloseTo(expected, 5);
  for (let hz = 750; hz < 24000; hz += 1500) expect(20 * Math.log10(at(hz) / fundamental)).toBeLessThan(-140);
});

it('a sweep starts at its frequency, ends at the end and spends equal time in equal intervals', () => {
  const tone: Tone = { ...base, wave: 'sweep', frequencyHz: 20, frames: 480000 };
  const signal = createTone(tone);
  const frequencyAt = (n: number) => {
    // The second difference of a slowly moving sine: s″ = −(2 − 2·cos ω)·s
    const s = signal(n);
    const ratio = (signal(n - 1) + signal(n + 1)) / (2 * s);
    return (Math.acos(ratio) / (2 * Math.PI)) * 48000;
  };
  const nearPeak = (n: number) =>
    Array.from({ length: 64 }, (_, k) => n + k).find((m) => Math.abs(signal(m)) > 0.9) ?? n;
  const middle = nearPeak(240000);
  expect(frequencyAt(middle)).toBeCloseTo(20 * (sweepEndHz(48000) / 20) ** (middle / 480000), -0.5);
  const late = nearPeak(479900);
  expect(frequencyAt(late) / (20 * (sweepEndHz(48000) / 20) ** (late / 480000))).toBeCloseTo(1, 2);
});

it('noise is white, uniform and another for every seed', () => {
  const noise = samples({ ...base, wave: 'noise', seed: 1, frames: 65536 });
  const other = samples({ ...base, wave: 'noise', seed: 2, frames: 65536 });
  const product = (a: Float32Array, b: Float32Array, lag: number) =>
    a.reduce((sum, value, n) => sum + value * (b[n + lag] ?? 0), 0) / a.length;
  expect(product(noise, noise, 0)).toBeCloseTo(1 / 3, 2);
  for (const lag of [1, 2, 3, 64]) expect(Math.abs(product(noise, noise, lag))).toBeLessThan(0.006); // 4.6 σ
  expect(Math.abs(product(noise, other, 0))).toBeLessThan(0.006);
});

it.each([
  [{ frequencyHz: 24000 }, 'frequencyHz 24000 is not above 0 and below half of 48000'],
  [{ frequencyHz: 0 }, 'frequencyHz 0 is not above 0 and below half of 48000'],
  [{ frequencyHz: Number.NaN }, 'frequencyHz NaN is not above 0 and below half of 48000'],
  [{ levelDbfs: 0.1 }, 'levelDbfs 0.1 is above 0'],
  [{ frames: 0 }, 'frames 0 is not above 0'],
])('createTone refuses %o', (wrong, message) => {
  expect(() => createTone({ ...base, ...wrong })).toThrow(new RangeError(message));
});
