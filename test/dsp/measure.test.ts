import { expect, it } from 'vitest';
import { measureTone, peak } from '../../src/dsp/measure.ts';
import { quantize } from '../../src/dsp/quantize.ts';
import { seeded } from '../support/random.ts';
import { createTone } from '../support/signals.ts';

const seconds = (length: number, rateHz: number, value: (t: number) => number) =>
  Float32Array.from({ length: Math.round(length * rateHz) }, (_, n) => value(n / rateHz));
const sine = (hz: number, t: number, phase = 0) => Math.sin(2 * Math.PI * hz * t + phase);

it.each(
  [8000, 11025, 22050, 44100, 48000, 96000, 192000].flatMap((rateHz) =>
    [20, 20.37, 440, 997.123, 3999, 12345.678, 20000]
      .filter((hz) => hz < rateHz / 2)
      .map((hz) => [hz, rateHz] as const),
  ),
)('%d Hz at a rate of %d Hz reads to 10⁻⁶ Hz and 10⁻⁶ dB from one second', (hz, rateHz) => {
  for (const [level, phase] of [
    [0, 0.3],
    [-90, 2],
  ] as const) {
    const tone = measureTone(
      seconds(1, rateHz, (t) => 10 ** (level / 20) * sine(hz, t, phase)),
      rateHz,
    );
    expect(Math.abs((tone?.frequencyHz ?? 0) - hz)).toBeLessThan(1e-6);
    expect(Math.abs((tone?.levelDbfs ?? 0) - level)).toBeLessThan(1e-6);
    expect(tone?.thdPlusNoiseDb).toBeLessThan(-145); // what float32 leaves
  }
});

it('THD+N is harmonics and noise over the fundamental, RMS; DC is no part of it', () => {
  const two = measureTone(
    seconds(1, 48000, (t) => 0.1 + 0.5 * sine(1000, t) + 0.005 * sine(2000, t) + 0.001 * sine(3000, t)),
    48000,
  );
  expect(two?.thdPlusNoiseDb).toBeCloseTo(10 * Math.log10((0.005 ** 2 + 0.001 ** 2) / 0.5 ** 2), 4);
  expect(two?.levelDbfs).toBeCloseTo(20 * Math.log10(0.5), 6);

  const random = seeded(1);
  const noise = () => 0.01 * ((2 * random(2 ** 32)) / 2 ** 32 - 1);
  const noisy = measureTone(
    Float32Array.from({ length: 96000 }, (_, n) => 0.5 * sine(440, n / 48000) + noise()),
    48000,
  );
  expect(noisy?.thdPlusNoiseDb).toBeCloseTo(10 * Math.log10(0.01 ** 2 / 3 / (0.5 ** 2 / 2)), 1);
});

it.each([
  [16, -97.08],
  [24, -145.24],
] as const)(
  'correct rounding of a −1 dBFS 997 Hz tone to %d bits leaves 1/12 step² of noise: %d dB',
  (bits, expected) => {
    const signal = createTone({ wave: 'sine', frequencyHz: 997, rateHz: 48000, levelDbfs: -1, frames: 96000 });
    const samples = Float32Array.from({ length: 96000 }, (_, n) => quantize(signal(n), bits) / 2 ** (bits - 1));
    expect(Math.abs((measureTone(samples, 48000)?.thdPlusNoiseDb ?? 0) - expected)).toBeLessThan(0.2);
  },
);

it('a wave of three levels (−90 dBFS at 16 bits) still has its frequency to 0.01 Hz', () => {
  for (const [hz, rateHz] of [
    [20, 48000],
    [997, 48000],
    [12345.6, 44100],
    [440, 8000],
    [19997, 192000],
  ] as const) {
    const signal = createTone({ wave: 'sine', frequencyHz: hz, rateHz, levelDbfs: -90, frames: rateHz });
    const samples = Float32Array.from({ length: rateHz }, (_, n) => quantize(signal(n), 16) / 32768);
    expect(new Set(samples).size).toBe(3);
    expect(Math.abs((measureTone(samples, rateHz)?.frequencyHz ?? 0) - hz)).toBeLessThan(0.01);
  }
});

it('the strongest of two tones is measured', () => {
  const tone = measureTone(
    seconds(1, 44100, (t) => 0.4 * sine(700, t) + 0.5 * sine(5000, t)),
    44100,
  );
  expect(tone?.frequencyHz).toBeCloseTo(5000, 2);
});

it('no tone in silence, in a constant or in fewer than 16 frames', () => {
  expect(measureTone(new Float32Array(48000), 48000)).toBeNull();
  expect(measureTone(new Float32Array(48000).fill(0.7), 48000)).toBeNull();
  expect(
    measureTone(
      Float32Array.from({ length: 15 }, (_, n) => sine(9000, n / 48000)),
      48000,
    ),
  ).toBeNull();
});

it('a stretch shorter than a period gives finite figures or none', () => {
  for (const frames of [16, 17, 100, 1000]) {
    const tone = measureTone(
      Float32Array.from({ length: frames }, (_, n) => sine(20, n / 48000)),
      48000,
    );
    if (tone) for (const figure of Object.values(tone)) expect(figure).not.toBeNaN();
  }
});

it('peak is the largest magnitude', () => {
  expect(peak(Float32Array.of(0.25, -0.75, 0.5))).toBe(0.75);
  expect(peak(new Float32Array(0))).toBe(0);
});
