import { describe, expect, it } from 'vitest';
import { connect } from '../../bench/resampling.ts';
import { STATUS_NOT_SUPPORTED, STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import { measureTone } from '../../src/dsp/measure.ts';
import { putSilence, takeContainer } from '../../src/dsp/quantize.ts';
import { spectrum } from '../../src/dsp/spectrum.ts';
import { sweepEndHz, type ToneSettings, WAVES, type Wave } from '../../src/dsp/tone.ts';
import { type ToneOptions, ToneSource } from '../../src/dsp/tone-source.ts';
import type { PcmFormat, SampleBits } from '../../src/hda/pcm.ts';
import { createTone, signalSource } from '../support/signals.ts';

const RATE = 48000;
const SINE: ToneSettings = { wave: 'sine', frequencyHz: 440, levelDbfs: -12 };
const MONO: PcmFormat = { rateHz: RATE, bits: 32, channels: 1 };
const SIZES: SampleBits[] = [8, 16, 20, 24, 32];

function open(settings: ToneSettings, options: Partial<ToneOptions> = {}): ToneSource {
  const { value, status } = ToneSource.open(connect({}).device.adapter, settings, {
    format: MONO,
    frames: Number.POSITIVE_INFINITY,
    ...options,
  });
  if (!value) throw new Error(status.toString(16));
  return value;
}

function bytes(
  source: Pick<ToneSource, 'fill'>,
  { bits, channels }: PcmFormat,
  first: number,
  frames: number,
): Uint8Array {
  const into = new Uint8Array(frames * channels * (bits === 8 ? 1 : bits === 16 ? 2 : 4)).fill(0xaa);
  source.fill(into, first, frames);
  return into;
}

/** 32-bit mono as numbers. */
function play(source: ToneSource, first: number, frames: number): Float64Array {
  const made = new DataView(bytes(source, MONO, first, frames).buffer);
  return Float64Array.from({ length: frames }, (_, n) => takeContainer(made, 4 * n, 32) / 2 ** 31);
}
const largestStep = (samples: Float64Array) =>
  samples.reduce((most, value, n) => Math.max(most, Math.abs(value - (samples[n - 1] ?? value))), 0);
const farthest = (samples: Float64Array, from: (n: number) => number) =>
  samples.reduce((most, value, n) => Math.max(most, Math.abs(value - from(n))), 0);

it.each([
  ['sine', 440],
  ['sine', 997.13],
  ['square', 440],
  ['saw', 9001],
  ['sweep', 20],
] as const)('a %s of %d Hz is that of plain doubles, sample by sample', (wave, frequencyHz) => {
  const settings = { wave, frequencyHz, levelDbfs: -3 };
  const tone = createTone({ ...settings, rateHz: RATE, frames: 9600 });
  expect(farthest(play(open(settings, { frames: 9600 }), 0, 9600), tone)).toBeLessThan(4e-8); // amplitudes are float32
});

it.each([
  [997, 48000],
  [440.37, 44100],
  [19999.9, 192000],
  [20, 8000],
])(
  'the phase of %d Hz at %d Hz is exact in the last second of an hour, against whole numbers',
  (frequencyHz, rateHz) => {
    const source = open({ wave: 'sine', frequencyHz, levelDbfs: 0 }, { format: { ...MONO, rateHz } });
    for (const n of [3599 * rateHz + 1, 3600 * rateHz - 1]) {
      // frequencyHz as a fraction of 2⁶⁰ is exact: a double above 16 has no bit below 2⁻⁴⁸
      const cycles = (BigInt(n) * (BigInt(frequencyHz * 2 ** 48) << 12n)) % (BigInt(rateHz) << 60n);
      const phase = Number((cycles << 53n) / (BigInt(rateHz) << 60n)) / 2 ** 53;
      expect(play(source, n, 1)[0]).toBeCloseTo(Math.sin(2 * Math.PI * phase), 9);
    }
  },
);

it('half a day on, where frame numbers begin anew, the phase goes on', () => {
  const source = open(SINE);
  const [before, after] = [play(source, 2 ** 31 - 500, 500), play(source, 2 ** 31, 500)];
  const across = Float64Array.from([...before, ...after]);
  expect(largestStep(across)).toBeLessThan(10 ** (-12 / 20) * ((2 * Math.PI * 440) / RATE) * 1.0001);
  expect(measureTone(Float32Array.from(across), RATE)?.thdPlusNoiseDb).toBeLessThan(-120);
});

describe.each(SIZES)('%d bits', (bits) => {
  const format: PcmFormat = { rateHz: RATE, bits, channels: 3 };

  it('are rounded once, to the step nearest to the wave (§3.10)', () => {
    const settings: ToneSettings = { ...SINE, levelDbfs: 0 }; // an amplitude that float32 holds exactly
    const made = bytes(open(settings, { format }), format, 0, 4800);
    const expected = new Uint8Array(made.length);
    const signal = createTone({ ...settings, wave: 'sine', rateHz: RATE, frames: 4800 });
    signalSource({ signal, format, frames: 4800 })(expected, 0, 4800);
    const width = bits === 8 ? 1 : bits === 16 ? 2 : 4;
    const [a, b] = [new DataView(made.buffer), new DataView(expected.buffer)];
    let worst = 0;
    for (let byte = 0; byte < made.length; byte += width) {
      worst = Math.max(worst, Math.abs(takeContainer(a, byte, bits) - takeContainer(b, byte, bits)));
    }
    expect(worst).toBe(0);
  });

  it.each([false, true])('are the same however they are asked for, silence after the last; dither %s', (dither) => {
    const frames = 5000;
    const options = { format, frames, dither };
    const whole = bytes(open(SINE, options), format, 0, 5400);
    const source = open(SINE, options);
    const pieces = [];
    for (let at = 0, n = 0; at < 5400; n++) {
      const count = Math.min([1, 700, 2048, 3, 129][n % 5] as number, 5400 - at);
      pieces.push(...bytes(source, format, at, count));
      at += count;
    }
    expect(Buffer.compare(Buffer.from(pieces), Buffer.from(whole))).toBe(0);
    const silence = new Uint8Array((whole.length / 5400) * 400);
    putSilence(silence, bits);
    expect(whole.subarray(whole.length - silence.length)).toEqual(silence);
  });
});

it('dither is ±1 step, triangular: a wave below half a step is heard, under noise of ¼ step²', () => {
  const format: PcmFormat = { ...MONO, bits: 16 };
  const settings: ToneSettings = { ...SINE, frequencyHz: 1000, levelDbfs: -100 };
  const steps = (dither: boolean) => {
    const made = new DataView(bytes(open(settings, { format, dither }), format, 0, 96_000).buffer);
    return Float32Array.from({ length: 96_000 }, (_, n) => takeContainer(made, 2 * n, 16));
  };
  expect(new Set(steps(false))).toEqual(new Set([0]));
  const dithered = steps(true);
  const power = dithered.reduce((sum, value) => sum + value * value, 0) / dithered.length;
  const wave = (10 ** (-100 / 20) * 32768) ** 2 / 2;
  expect(power - wave).toBeCloseTo(1 / 6 + 1 / 12, 2);
  const { amplitudes, binHz } = spectrum(dithered, RATE);
  expect(amplitudes[Math.round(1000 / binHz)]).toBeCloseTo(Math.sqrt(2 * wave), 1);
});

it.each(WAVES)('%s: a frame has one value, in whatever order it is asked', (wave) => {
  const source = open({ ...SINE, wave }, { frames: 48_000 });
  const whole = play(source, 0, 48_000);
  for (const n of [30_000, 5, 47_999, 0, 5]) expect(play(source, n, 1)[0]).toBe(whole[n]);
});

it.each([
  ['sine', 440],
  ['square', 440],
  ['saw', 440],
  ['triangle', 440],
  ['square', 24],
  ['saw', 9001],
  ['sweep', 20],
  ['noise', 440],
] as const)('the peak of a %s at %d Hz is its level and never above', (wave, frequencyHz) => {
  const samples = play(open({ wave, frequencyHz, levelDbfs: -3 }, { frames: 96_000 }), 0, 96_000);
  const level = 20 * Math.log10(farthest(samples, () => 0));
  expect(level).toBeLessThanOrEqual(-3 + 1e-6);
  expect(level).toBeGreaterThan(-3.1);
});

it('pink noise is 4.5 times below its level in RMS, and its peaks are about there', () => {
  const samples = play(open({ wave: 'pink', frequencyHz: 440, levelDbfs: -6 }), 0, 480_000);
  const rms = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
  expect(20 * Math.log10(rms * 4.5)).toBeCloseTo(-6, 0);
  expect(Math.abs(20 * Math.log10(farthest(samples, () => 0)) + 6)).toBeLessThan(1.5);
});

it('a sweep starts at its frequency and spends equal time in equal intervals', () => {
  const frames = 480_000;
  const source = open({ wave: 'sweep', frequencyHz: 20, levelDbfs: 0 }, { frames });
  const hz = (at: number) => measureTone(Float32Array.from(play(source, at, 480)), RATE)?.frequencyHz ?? 0;
  for (const at of [240_000, 400_000, 479_000]) {
    expect(hz(at) / (20 * (sweepEndHz(RATE) / 20) ** ((at + 240) / frames))).toBeCloseTo(1, 2);
  }
});

it('noise is another in every channel', () => {
  const format: PcmFormat = { ...MONO, channels: 2 };
  const view = new DataView(
    bytes(open({ ...SINE, wave: 'noise', levelDbfs: 0 }, { format }), format, 0, 65_536).buffer,
  );
  let product = 0;
  for (let n = 0; n < 65_536; n++)
    product += (view.getInt32(8 * n, true) / 2 ** 31) * (view.getInt32(8 * n + 4, true) / 2 ** 31);
  expect(Math.abs(product / 65_536)).toBeLessThan(0.006); // 4.6 σ
});

describe('while it plays', () => {
  it('another frequency takes over without a click: no step is steeper than the steeper sine', () => {
    const source = open(SINE);
    const before = play(source, 0, 1000);
    source.change({ ...SINE, frequencyHz: 3000 }, 1000);
    const after = play(source, 1000, 48_000);
    const steepest = 10 ** (-12 / 20) * ((2 * Math.PI * 3000) / RATE);
    expect(largestStep(Float64Array.from([...before, ...after.subarray(0, 1000)]))).toBeLessThan(1.05 * steepest);
    expect(measureTone(Float32Array.from(after.subarray(1000)), RATE)?.frequencyHz).toBeCloseTo(3000, 3);
  });

  it('another level is there when the change is said to be complete, the phase unbroken', () => {
    const source = open(SINE);
    const complete = source.change({ ...SINE, levelDbfs: -60 }, 100);
    const quiet = createTone({ ...SINE, wave: 'sine', levelDbfs: -60, rateHz: RATE, frames: 1e6 });
    expect(farthest(play(source, complete, 1000), (n) => quiet(complete + n))).toBeLessThan(1e-9);
  });

  it('of many changes before the next frame is asked for, the last one counts, and still nothing clicks', () => {
    const source = open(SINE);
    const before = play(source, 0, 512);
    for (let hz = 450; hz <= 900; hz += 10) source.change({ ...SINE, frequencyHz: hz }, 512);
    const after = play(source, 512, 20_000);
    expect(largestStep(Float64Array.from([...before, ...after]))).toBeLessThan(0.04);
    expect(measureTone(Float32Array.from(after.subarray(1000)), RATE)?.frequencyHz).toBeCloseTo(900, 3);
  });

  it('a change during a fade waits for its end', () => {
    const source = open(SINE);
    source.change({ ...SINE, frequencyHz: 700 }, 100);
    const head = play(source, 0, 200);
    expect(source.change({ ...SINE, frequencyHz: 900 }, 200)).toBe(100 + 256 + 256);
    const samples = Float64Array.from([...head, ...play(source, 200, 20_000)]);
    expect(largestStep(samples)).toBeLessThan(10 ** (-12 / 20) * ((2 * Math.PI * 900) / RATE) * 1.1);
    expect(measureTone(Float32Array.from(samples.subarray(1000)), RATE)?.frequencyHz).toBeCloseTo(900, 3);
  });

  it.each(['noise', 'sine'] as Wave[])('silence comes by a fade and stays: %s', (wave) => {
    const source = open({ ...SINE, wave });
    const complete = source.change(null, 300);
    expect(source.settings).toBeNull();
    expect(play(source, complete - 100, 1)[0]).not.toBe(0);
    expect(new Set(play(source, complete, 100))).toEqual(new Set([0]));
  });

  it('a sweep without an end begins anew every 10 s', () => {
    const source = open({ ...SINE, wave: 'sweep' });
    expect(play(source, 480_000, 1000)).toEqual(play(source, 0, 1000));
  });

  it('settings that no tone has are refused, and what plays goes on', () => {
    const source = open(SINE);
    expect(() => source.change({ ...SINE, frequencyHz: 24_000 }, 0)).toThrow(RangeError);
    expect(source.settings).toEqual(SINE);
  });
});

it('where there is no engine it is told so; where the engine goes away there is silence, and the status why', () => {
  const options: ToneOptions = { format: { ...MONO, bits: 8 }, frames: 100 };
  expect(ToneSource.open(null, SINE, options)).toEqual({ status: STATUS_NOT_SUPPORTED, value: null });
  const source = open(SINE, options);
  source.close();
  expect(new Set(bytes(source, options.format, 0, 100))).toEqual(new Set([0x80]));
  expect(source.status).not.toBe(STATUS_SUCCESS);
});

it.each([
  [{ frequencyHz: 24000 }, 'frequencyHz 24000 is not above 0 and below half of 48000'],
  [{ frequencyHz: 0 }, 'frequencyHz 0 is not above 0 and below half of 48000'],
  [{ frequencyHz: Number.NaN }, 'frequencyHz NaN is not above 0 and below half of 48000'],
  [{ levelDbfs: 0.1 }, 'levelDbfs 0.1 is above 0'],
])('a tone is refused: %o', (wrong, message) => {
  expect(() => open({ ...SINE, ...wrong })).toThrow(new RangeError(message));
});
