import { describe, expect, it } from 'vitest';
import { commands } from '../../src/dsp/commands.ts';
import type { SampleFormat } from '../../src/dsp/format.ts';
import { putContainer, quantize } from '../../src/dsp/quantize.ts';
import { bench, float, pcm } from './support/sounds.ts';

const FRAMES = 3000;
const sampleBytes = ({ bits }: SampleFormat) => (bits === 8 ? 1 : bits === 16 ? 2 : 4);
/** Values of every size, the edges among them. */
const values = Float32Array.from({ length: FRAMES }, (_, n) => {
  const edges = [
    0,
    1,
    -1,
    1.5,
    -1.5,
    0.5,
    -0.5,
    2 ** -15,
    1.5 * 2 ** -15,
    2.5 * 2 ** -15,
    1 - 2 ** -16,
    Number.NaN,
    -0,
  ];
  return edges[n] ?? Math.sin(n * 1.7) * 2 ** -(n % 20);
});

describe('CONVERT', () => {
  const FORMATS = [pcm(8), pcm(16), pcm(20), pcm(24), pcm(32)];

  it.each(FORMATS.map((format) => [format.bits, format] as const))(
    'float to %i bits: nearest, ties to even, clamped',
    (bits, into) => {
      const tools = bench();
      const [source, target] = [tools.allocate(FRAMES * 4), tools.allocate(FRAMES * 4)];
      tools.put(source, values);
      tools.run(
        commands.convert({ from: source, fromFormat: float(), into: target, intoFormat: into, frames: FRAMES }),
      );
      const expected = new DataView(new ArrayBuffer(FRAMES * sampleBytes(into)));
      values.forEach((value, n) => {
        putContainer(expected, n * sampleBytes(into), bits as 16, quantize(value, bits as 16));
      });
      const got = target.read(0, FRAMES * sampleBytes(into));
      expect(Buffer.compare(got, Buffer.from(expected.buffer))).toBe(0);
    },
  );

  it.each(FORMATS.map((format) => [format.bits, format] as const))(
    '%i bits to float: integer / 2^(bits−1), and back unchanged',
    (bits, from) => {
      const tools = bench();
      const bytes = FRAMES * sampleBytes(from);
      const containers = new DataView(new ArrayBuffer(bytes));
      const scale = 2 ** (Number(bits) - 1);
      const steps = Array.from(
        { length: FRAMES },
        (_, n) => [-scale, scale - 1, 0, 1, -1][n] ?? (Math.round(Math.sin(n) * (scale - 1)) || 0),
      );
      for (const [n, step] of steps.entries()) putContainer(containers, n * sampleBytes(from), bits as 16, step);
      const [source, middle, target] = [tools.allocate(bytes), tools.allocate(FRAMES * 4), tools.allocate(bytes)];
      tools.put(source, containers);
      tools.run(
        commands.convert({ from: source, fromFormat: from, into: middle, intoFormat: float(), frames: FRAMES }),
      );
      expect(tools.floats(middle, FRAMES)).toEqual(Float32Array.from(steps, (step) => step / scale));
      tools.run(
        commands.convert({ from: source, fromFormat: from, into: middle, intoFormat: pcm(32), frames: FRAMES }),
      );
      tools.run(
        commands.convert({ from: middle, fromFormat: pcm(32), into: target, intoFormat: from, frames: FRAMES }),
      );
      expect(Buffer.compare(target.read(0, bytes), source.read(0, bytes))).toBe(0);
    },
  );

  it('dither is triangular: the error’s mean is 0 and its power ¼ step², whatever the signal', () => {
    for (const level of [0, 0.3, 0.5]) {
      const tools = bench();
      const count = 100_000;
      const [source, target] = [tools.allocate(count * 4), tools.allocate(count * 2)];
      tools.put(source, new Float32Array(count).fill(level / 32768));
      const formats = { fromFormat: float(), intoFormat: pcm(16), frames: count };
      tools.run(commands.convert({ from: source, into: target, ...formats, ditherSeed: 77 }));
      const got = new Int16Array(target.read(0, count * 2).slice().buffer);
      const mean = got.reduce((sum, step) => sum + step - level, 0) / count;
      const power = got.reduce((sum, step) => sum + (step - level) ** 2, 0) / count;
      expect(Math.abs(mean)).toBeLessThan(0.01);
      expect(power).toBeCloseTo(0.25, 2);
    }
  });
});

it('GAIN ramps from the first gain towards the last: frame n has first + (last − first)·n/frames', () => {
  const tools = bench();
  const count = 40_000;
  const buffer = tools.allocate(count * 4);
  tools.put(buffer, new Float32Array(count).fill(1));
  tools.run(commands.gain({ from: buffer, into: buffer, format: float(2), start: 0.25, end: -1 }));
  const got = tools.floats(buffer, count);
  for (let n = 0; n < count / 2; n++) {
    const expected = Math.fround(0.25 + Math.fround(-1.25) * (n / (count / 2)));
    expect([got[2 * n], got[2 * n + 1]]).toEqual([expected, expected]);
  }
});

it('GAIN of 1 changes no bit', () => {
  const tools = bench();
  const buffer = tools.allocate(FRAMES * 4);
  tools.put(
    buffer,
    values.map((value) => (Number.isNaN(value) ? 0 : value)),
  );
  const before = buffer.read();
  tools.run(commands.gain({ from: buffer, into: buffer, format: float() }));
  expect(Buffer.compare(buffer.read(), before)).toBe(0);
});

it('MIX sums its sources with their gains, to what is there if asked, and rounds once', () => {
  const tools = bench();
  const sources = [1, 2, 3].map((k) => {
    const buffer = tools.allocate(FRAMES * 2);
    tools.put(
      buffer,
      Int16Array.from({ length: FRAMES }, (_, n) => Math.round(20_000 * Math.sin(n * k))),
    );
    return buffer;
  });
  const into = tools.allocate(FRAMES * 2);
  tools.put(into, new Int16Array(FRAMES).fill(100));
  const gains = [0.5, 0.25, -0.75];
  const mix = { into, format: pcm(16), sources: sources.map((from, n) => ({ from, gain: gains[n] ?? 0 })) };
  tools.run(commands.mix({ ...mix, add: true }));
  const read = (n: number, k: number) => Math.round(20_000 * Math.sin(n * k));
  const expected = Int16Array.from({ length: FRAMES }, (_, n) => {
    const sum = 100 + gains.reduce((total, gain, k) => total + gain * read(n, k + 1), 0);
    return quantize(sum / 32768, 16);
  });
  expect(new Int16Array(into.read(0, FRAMES * 2).slice().buffer)).toEqual(expected);
});

describe('BIQUAD', () => {
  const sections = [
    { b0: 0.2, b1: 0.4, b2: 0.2, a1: -0.3, a2: 0.15 },
    { b0: 1, b1: -1.9, b2: 0.95, a1: -1.7, a2: 0.8 },
  ];
  const coefficients = Float64Array.from(sections.flatMap(({ b0, b1, b2, a1, a2 }) => [b0, b1, b2, a1, a2]));

  it.each([1, 2, 3])('is the difference equation, section by section, on each of %i channels', (channels) => {
    const tools = bench();
    const count = 2000 * channels;
    const input = Float32Array.from({ length: count }, (_, n) => Math.sin(n * n * 0.001));
    const [buffer, table] = [tools.allocate(count * 4), tools.allocate(coefficients.byteLength)];
    const state = tools.allocate(4096);
    tools.put(buffer, input);
    tools.put(table, coefficients);
    const places = {
      coefficients: { buffer: table, bytes: coefficients.byteLength },
      state: { buffer: state, bytes: sections.length * channels * 16 },
    };
    const format = float(channels);
    const half = (count / 2) * 4;
    for (const offset of [0, half]) {
      const place = { buffer, offset, bytes: half };
      tools.run(commands.biquad({ from: place, into: place, format, ...places }));
    }
    const got = tools.floats(buffer, count);
    let worst = 0;
    for (let channel = 0; channel < channels; channel++) {
      let x = Array.from({ length: 2000 }, (_, n) => input[n * channels + channel] ?? 0);
      for (const { b0, b1, b2, a1, a2 } of sections) {
        const y: number[] = [];
        x.forEach((value, n) => {
          const past = (list: number[], back: number) => list[n - back] ?? 0;
          y.push(b0 * value + b1 * past(x, 1) + b2 * past(x, 2) - a1 * past(y, 1) - a2 * past(y, 2));
        });
        x = y;
      }
      x.forEach((value, n) => {
        worst = Math.max(worst, Math.abs(value - (got[n * channels + channel] ?? 9)));
      });
    }
    expect(worst).toBeLessThan(1e-6);
  });

  it('silence is soon all zeros: no denormal is left in the state', () => {
    const tools = bench();
    const [buffer, table, state] = [tools.allocate(400_000), tools.allocate(40), tools.allocate(4096)];
    tools.put(buffer, Float32Array.of(1));
    tools.put(table, Float64Array.of(1, 0, 0, -0.9, 0));
    const places = { coefficients: { buffer: table, bytes: 40 }, state: { buffer: state, bytes: 16 } };
    tools.run(commands.biquad({ from: buffer, into: buffer, format: float(), ...places }));
    expect(state.read(0, 16).every((byte) => byte === 0)).toBe(true);
  });
});

describe('METER', () => {
  const measure = (samples: Float32Array, channels = 1) => {
    const tools = bench();
    const [buffer, levels] = [tools.allocate(samples.byteLength), tools.allocate(12 * channels)];
    tools.put(buffer, samples);
    const from = { buffer, bytes: samples.byteLength };
    tools.run(commands.meter({ from, into: levels, format: float(channels) }));
    return tools.floats(levels, 3 * channels);
  };

  it('peak and RMS of each channel', () => {
    const samples = Float32Array.from({ length: 4800 }, (_, n) => (n % 2 === 0 ? 0.5 * Math.sin(n * 0.01) : -0.25));
    const [peakL, rmsL, , peakR, rmsR] = measure(samples, 2);
    const left = samples.filter((_, n) => n % 2 === 0);
    expect(peakL).toBe(left.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
    expect(rmsL).toBeCloseTo(Math.sqrt(left.reduce((sum, value) => sum + value * value, 0) / 2400), 6);
    expect([peakR, rmsR]).toEqual([0.25, 0.25]);
  });

  it('true peak sees between the samples: fs/4 at 45° reads 0 dB where the samples reach −3 (BS.1770-4 Annex 2)', () => {
    const samples = Float32Array.from({ length: 4800 }, (_, n) => Math.sin(2 * Math.PI * (n / 4 + 1 / 8)));
    const [peak = 0, , truePeak = 0] = measure(samples);
    expect(peak).toBeCloseTo(Math.SQRT1_2, 6);
    expect(20 * Math.log10(truePeak)).toBeGreaterThan(-0.4);
    expect(20 * Math.log10(truePeak)).toBeLessThan(0.2);
  });

  it('what begins at full scale does not read higher: beyond the command there is nothing to ring', () => {
    const [, , truePeak] = measure(new Float32Array(1000).fill(1));
    expect(truePeak).toBeCloseTo(1, 2);
  });
});

it('FENCE, FILL and COPY: bytes', () => {
  const tools = bench();
  const [buffer, cell] = [tools.allocate(64), tools.allocate(8)];
  tools.run(
    commands
      .fill({ into: { buffer, bytes: 32 }, pattern: 0x0201, bytes: 2 })
      .copy({ from: { buffer, bytes: 8 }, into: { buffer, offset: 40, bytes: 8 } })
      .fill({ into: { buffer, offset: 48, bytes: 3 }, pattern: 0xee, bytes: 1 })
      .fence({ into: cell, value: 0x1122334455667788n }),
  );
  const bytes = buffer.read(0, 64);
  expect([...bytes.subarray(0, 4), ...bytes.subarray(30, 34)]).toEqual([1, 2, 1, 2, 1, 2, 0, 0]);
  expect([...bytes.subarray(40, 52)]).toEqual([1, 2, 1, 2, 1, 2, 1, 2, 0xee, 0xee, 0xee, 0]);
  expect(new DataView(cell.read(0, 8).buffer).getBigUint64(0, true)).toBe(0x1122334455667788n);
});
