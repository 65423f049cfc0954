import FFT from 'fft.js';
import { describe, expect, it } from 'vitest';
import { commands, type TONE_WAVES } from '../../src/dsp/commands.ts';
import * as op from '../../src/hda/dsp-packets.ts';
import { createTestEngine } from './support/engine.ts';
import { bench, float, made } from './support/sounds.ts';

const RATE = 48000;

/** Powers of bins 0…N/2 of a whole number of periods, relative to a full-scale sine. */
function powers(samples: Float32Array): Float64Array {
  const fft = new FFT(samples.length);
  const spectrum = new Float64Array(2 * samples.length);
  fft.realTransform(spectrum, Float64Array.from(samples));
  const scale = (2 / samples.length) ** 2;
  return Float64Array.from({ length: samples.length / 2 }, (_, k) => {
    return ((spectrum[2 * k] ?? 0) ** 2 + (spectrum[2 * k + 1] ?? 0) ** 2) * scale;
  });
}

it.each([440, 997.13, 19_999])('TONE sine of %s Hz is Math.sin, rounded to float32', (frequencyHz) => {
  const frames = 50_000; // four packets
  const got = made(frames, (into) => commands.tone({ into, format: float(), frequencyHz, amplitude: 1, phase: 0.125 }));
  let worst = 0;
  for (let n = 0; n < frames; n++) {
    const turns = (frequencyHz * n) / RATE + 0.125;
    worst = Math.max(worst, Math.abs((got[n] ?? 9) - Math.sin(2 * Math.PI * (turns % 1))));
  }
  expect(worst).toBeLessThan(3.2e-8); // half a step of float32 below 1, and what the doubles here lose
});

it('TONE an hour in is as exact as at the start', () => {
  const engine = createTestEngine(1 << 20);
  const view = new DataView(engine.ram.buffer, engine.ram.byteOffset);
  const [packet, into, frames, start] = [4096, 8192, 1000, 3600 * RATE + 7];
  view.setUint16(packet, op.DSP_TONE, true);
  view.setUint32(packet + op.PACKET_BYTES, op.TONE_BYTES, true);
  view.setUint32(packet + op.TONE_DST, into, true);
  view.setUint32(packet + op.TONE_DST + 4, frames * 4, true);
  view.setUint32(packet + op.TONE_FORMAT, op.KIND_F32 | (1 << 8) | (32 << 16), true);
  view.setUint32(packet + op.TONE_RATE_HZ, RATE, true);
  view.setFloat64(packet + op.TONE_FREQUENCY_HZ, 9973, true);
  view.setFloat32(packet + op.TONE_AMPLITUDE, 1, true);
  view.setUint32(packet + op.TONE_START, start, true);
  expect(engine.execute(packet, packet + op.TONE_BYTES, 1)).toBe(packet + op.TONE_BYTES);
  const got = new Float32Array(engine.ram.slice(into, into + frames * 4).buffer);
  for (let n = 0; n < frames; n++) {
    const turns = ((9973 * (start + n)) % RATE) / RATE; // whole numbers below 2^53: exact
    expect(Math.abs((got[n] ?? 9) - Math.sin(2 * Math.PI * turns))).toBeLessThan(4e-8);
  }
});

it('TONEAT goes on where another command left the tone: up to frame 2³², and no further', () => {
  const tools = bench();
  const into = tools.allocate(4000 * 4);
  const tone = { format: float(), frequencyHz: 9973, amplitude: 1, phase: 0.25 };
  const first = 2 ** 32 - 4000;
  tools.run(commands.tone({ ...tone, into, firstFrame: first }));
  const got = tools.floats(into, 4000);
  for (let n = 0; n < 4000; n++) {
    const turns = ((9973 * (first + n)) % RATE) / RATE + 0.25; // whole numbers below 2^53: exact
    expect(Math.abs((got[n] ?? 9) - Math.sin(2 * Math.PI * turns))).toBeLessThan(4e-8);
  }
  expect(() => tools.run(commands.tone({ ...tone, into, firstFrame: first + 1 }))).toThrow('refused: c000000d');
});

describe('TONE is band-limited: its harmonics below half the rate, and nothing else', () => {
  const BINS = 16384;
  const harmonic: Record<string, (k: number) => number> = {
    square: (k) => (k % 2) / k,
    saw: (k) => 1 / k,
    triangle: (k) => (k % 2) / (k * k),
  };
  it.each(
    ['square', 'saw', 'triangle'].flatMap((wave) =>
      [151, 1367, 5003].map((periods): [string, number] => [wave, periods]),
    ),
  )('%s, %i periods of 16384', (wave, periods) => {
    const frequencyHz = (periods * RATE) / BINS;
    const got = made(BINS, (into) =>
      commands.tone({ into, format: float(), frequencyHz, amplitude: 0.9, wave: wave as keyof typeof TONE_WAVES }),
    );
    const bins = powers(got);
    const fundamental = bins[periods] ?? 0;
    for (let k = 2; k * periods < BINS / 2; k++) {
      const expected = harmonic[wave]?.(k) ?? 0;
      expect(Math.sqrt((bins[k * periods] ?? 0) / fundamental)).toBeCloseTo(expected, 6);
    }
    const rest = bins.filter((_, bin) => bin % periods !== 0).reduce((sum, power) => sum + power, 0);
    expect(10 * Math.log10(rest / fundamental)).toBeLessThan(-140);
    expect(got.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThan(0.9001);
  });
});

describe('SWEEP', () => {
  const [fromHz, toHz, frames] = [20, 20_000, 96_000];
  const logarithmic = (n: number) => {
    const rate = Math.log(toHz / fromHz) / frames;
    return ((fromHz / RATE) * Math.expm1(rate * n)) / rate;
  };
  const linear = (n: number) => (fromHz / RATE) * n + ((toHz - fromHz) / RATE / frames / 2) * n * n;

  it.each([
    ['logarithmic', true, logarithmic],
    ['linear', false, linear],
  ])('%s: the phase is the integral of the frequency', (_, isLogarithmic, cycles) => {
    const got = made(frames, (into) =>
      commands.sweep({ into, format: float(), fromHz, toHz, frames, amplitude: 1, logarithmic: isLogarithmic }),
    );
    let worst = 0;
    for (let n = 0; n < frames; n++)
      worst = Math.max(worst, Math.abs((got[n] ?? 9) - Math.sin(2 * Math.PI * (cycles(n) % 1))));
    expect(worst).toBeLessThan(2e-7);
  });

  it('goes on where another command left it, and then stays at its last frequency', () => {
    const tools = bench();
    const into = tools.allocate(120_000 * 4);
    const sweep = { format: float(), fromHz, toHz: 1000, frames, amplitude: 0.5 };
    tools.run(commands.sweep({ ...sweep, into }));
    const whole = tools.floats(into, 120_000);
    const parts = [0, 1, 777, 50_001].map((first, n, all) => {
      const end = all[n + 1] ?? 120_000;
      return { into: { buffer: into, offset: first * 4, bytes: (end - first) * 4 }, firstFrame: first };
    });
    tools.put(into, new Float32Array(120_000));
    for (const part of parts) tools.run(commands.sweep({ ...sweep, ...part }));
    expect(Buffer.compare(Buffer.from(tools.floats(into, 120_000).buffer), Buffer.from(whole.buffer))).toBe(0);
    const tail = powers(whole.slice(100_000, 100_000 + 16_384)); // 1000 Hz: bin 341.3
    expect(tail.indexOf(tail.reduce((most, power) => Math.max(most, power), 0))).toBe(341);
  });
});

describe('NOISE', () => {
  const FRAMES = 1 << 20;
  const noise = (pink: boolean, seed = 1, channels = 1) =>
    made(FRAMES * channels, (into) => commands.noise({ into, format: float(channels), amplitude: 0.5, pink, seed }));
  const rms = (samples: Float32Array) =>
    Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
  /** Mean power per hertz in bands of a third octave, dB. */
  function bands(samples: Float32Array): { hz: number; db: number }[] {
    const size = 32_768;
    const total = new Float64Array(size / 2);
    for (let at = 0; at + size <= samples.length; at += size) {
      const window = samples.slice(at, at + size).map((value, n) => value * (1 - Math.cos((2 * Math.PI * n) / size)));
      for (const [bin, power] of powers(window).entries()) total[bin] = (total[bin] ?? 0) + power;
    }
    return Array.from({ length: 20 }, (_, n) => 190 * 2 ** (n / 3)).map((hz) => {
      const [low, high] = [(hz / 1.12 / RATE) * size, (hz * 1.12 * size) / RATE].map(Math.round) as [number, number];
      const mean = total.slice(low, high + 1).reduce((sum, power) => sum + power, 0) / (high + 1 - low);
      return { hz, db: 10 * Math.log10(mean) };
    });
  }
  const spread = (values: number[]) => Math.max(...values) - Math.min(...values);

  it('white: uniform in ±amplitude, flat', () => {
    const samples = noise(false);
    expect(samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThanOrEqual(0.5);
    expect(rms(samples)).toBeCloseTo(0.5 / Math.sqrt(3), 3);
    expect(spread(bands(samples).map(({ db }) => db))).toBeLessThan(0.6); // most of it chance, in the lowest bands
  });

  it('pink: −3 dB an octave, the RMS of white', () => {
    const samples = noise(true);
    expect(rms(samples)).toBeCloseTo(0.5 / Math.sqrt(3), 1);
    expect(spread(bands(samples).map(({ hz, db }) => db + 10 * Math.log10(hz)))).toBeLessThan(0.9);
  });

  it('a seed is a noise: the same again, another with another, and each channel its own', () => {
    expect(Buffer.compare(Buffer.from(noise(true, 5).buffer), Buffer.from(noise(true, 5).buffer))).toBe(0);
    const correlation = (a: Float32Array, b: Float32Array) =>
      a.reduce((sum, value, n) => sum + value * (b[n] ?? 0), 0) / a.length / (0.25 / 3);
    expect(Math.abs(correlation(noise(false, 5), noise(false, 6)))).toBeLessThan(0.01);
    const stereo = noise(false, 5, 2);
    const channel = (c: number) => stereo.filter((_, n) => n % 2 === c);
    expect(Math.abs(correlation(channel(0), channel(1)))).toBeLessThan(0.01);
  });
});
