import { expect, it } from 'vitest';
import { measureTone } from '../../src/dsp/measure.ts';
import { createTone } from '../../src/dsp/tone.ts';
import { Voice, type VoiceSettings } from '../../src/worker/voice.ts';

const RATE = 48000;
const SINE: VoiceSettings = { wave: 'sine', frequencyHz: 440, levelDbfs: -12 };
const play = (voice: Voice, from: number, frames: number) =>
  Float64Array.from({ length: frames }, (_, n) => voice.signal(from + n));
const largestStep = (samples: Float64Array) =>
  samples.reduce((most, value, n) => Math.max(most, Math.abs(value - (samples[n - 1] ?? value))), 0);

it.each(['sine', 'square', 'saw', 'sweep', 'noise'] as const)(
  'until it is changed it is the tone to the bit: %s',
  (wave) => {
    const voice = new Voice({ ...SINE, wave }, RATE, 4800);
    const tone = createTone({ ...SINE, wave, rateHz: RATE, frames: 4800 });
    expect(play(voice, 0, 4800)).toEqual(Float64Array.from({ length: 4800 }, (_, n) => tone(n)));
  },
);

it('another frequency takes over without a click: no step is steeper than the steeper sine', () => {
  const voice = new Voice(SINE, RATE, Number.POSITIVE_INFINITY);
  const before = play(voice, 0, 1000);
  voice.change({ ...SINE, frequencyHz: 3000 }, 1000);
  const after = play(voice, 1000, 48000);
  const steepest = 10 ** (-12 / 20) * ((2 * Math.PI * 3000) / RATE);
  expect(largestStep(Float64Array.from([...before, ...after.subarray(0, 1000)]))).toBeLessThan(1.05 * steepest);
  expect(measureTone(Float32Array.from(after.subarray(1000)), RATE)?.frequencyHz).toBeCloseTo(3000, 3);
});

it('another level is there when the change is said to be complete, the phase unbroken', () => {
  const voice = new Voice(SINE, RATE, Number.POSITIVE_INFINITY);
  const complete = voice.change({ ...SINE, levelDbfs: -60 }, 100);
  const quiet = createTone({ ...SINE, levelDbfs: -60, rateHz: RATE, frames: 1e6 });
  for (let n = complete; n < complete + 1000; n++) expect(voice.signal(n)).toBeCloseTo(quiet(n), 9);
});

it('of many changes before the next frame is asked for, the last one counts, and still nothing clicks', () => {
  const voice = new Voice(SINE, RATE, Number.POSITIVE_INFINITY);
  const before = play(voice, 0, 512);
  for (let hz = 450; hz <= 900; hz += 10) voice.change({ ...SINE, frequencyHz: hz }, 512);
  const after = play(voice, 512, 20000);
  expect(largestStep(Float64Array.from([...before, ...after]))).toBeLessThan(0.04);
  expect(measureTone(Float32Array.from(after.subarray(1000)), RATE)?.frequencyHz).toBeCloseTo(900, 3);
});

it('silence comes by a fade and stays', () => {
  const voice = new Voice({ ...SINE, wave: 'noise' }, RATE, Number.POSITIVE_INFINITY);
  const complete = voice.change(null, 300);
  expect(voice.settings).toBeNull();
  expect(voice.signal(complete - 100)).not.toBe(0);
  expect(play(voice, complete, 100).every((value) => value === 0)).toBe(true);
});

it('a sweep without an end begins anew every 10 s', () => {
  const voice = new Voice({ ...SINE, wave: 'sweep' }, RATE, Number.POSITIVE_INFINITY);
  expect(play(voice, 480000, 1000)).toEqual(play(voice, 0, 1000));
});

it('settings that no tone has are refused, and what plays goes on', () => {
  const voice = new Voice(SINE, RATE, Number.POSITIVE_INFINITY);
  expect(() => voice.change({ ...SINE, frequencyHz: 24000 }, 0)).toThrow(RangeError);
  expect(voice.settings).toEqual(SINE);
});
