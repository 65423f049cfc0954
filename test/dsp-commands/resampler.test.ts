import { describe, expect, it } from 'vitest';
import { aliasesDb, imagesDb, passbandRippleDb, thdPlusNoiseDb } from '../../bench/quality.ts';
import { resample } from '../../bench/resampling.ts';
import type { DspBuffer } from '../../src/dsp/client.ts';
import { commands } from '../../src/dsp/commands.ts';
import { measureTone } from '../../src/dsp/measure.ts';
import { resamplerSourceFrames, resamplerStateBytes, resamplerTaps } from '../../src/dsp/resampler.ts';
import * as op from '../../src/hda/dsp-packets.ts';
import { createTestEngine } from './support/engine.ts';
import { bench, float } from './support/sounds.ts';

const RATES = [8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 176400, 192000];

it('both sides agree on the size of the state and the length of the filter, for every pair of rates', () => {
  const { core } = createTestEngine(65536);
  for (const src of RATES) {
    for (const dst of RATES) {
      expect([src, dst, resamplerTaps(src, dst)]).toEqual([src, dst, core.resamplerTaps(src, dst)]);
      expect(resamplerStateBytes(src, dst, 3)).toBe(core.resamplerBytes(src, dst, 3));
    }
  }
});

describe('quality (issue 7)', () => {
  it.each([
    [44100, 48000],
    [48000, 44100],
  ])('%i → %i Hz: passband ripple to 20 kHz below 0.01 dB', (src, dst) => {
    expect(passbandRippleDb(src, dst, 20_000)).toBeLessThan(0.001);
  });
  it('44.1 → 48 kHz: images of tones to 20 kHz below −120 dB', () => {
    expect(imagesDb(44100, 48000, 20_000)).toBeLessThan(-125);
  });
  it.each([
    [48000, 44100],
    [96000, 44100],
    [192000, 48000],
  ])('%i → %i Hz: aliases below −120 dB', (src, dst) => {
    expect(aliasesDb(src, dst)).toBeLessThan(-125);
  });
  it.each([
    [44100, 48000],
    [48000, 44100],
    [8000, 192000],
    [192000, 8000],
    [44100, 192000],
    [32000, 44100],
  ])('%i → %i Hz: THD+N of a 997 Hz tone below −120 dB', (src, dst) => {
    expect(thdPlusNoiseDb(src, dst)).toBeLessThan(-130);
  });
});

it.each([
  [44100, 48000],
  [192000, 8000],
  [8000, 192000],
  [48000, 44100],
])('%i → %i Hz: output n stands at source time n·src/dst, from the first frame on', (src, dst) => {
  const hz = 200;
  const frames = Math.round(dst / 4);
  const { output } = resample((n) => Math.cos((2 * Math.PI * hz * (n - src / 8)) / src) * 0.5, src, dst, frames);
  const middle = output.slice(frames / 4, (frames * 3) / 4);
  let worst = 0;
  middle.forEach((value, n) => {
    const time = (n + Math.floor(frames / 4)) / dst;
    worst = Math.max(worst, Math.abs(value - 0.5 * Math.cos(2 * Math.PI * hz * (time - 1 / 8))));
  });
  expect(worst).toBeLessThan(1e-6);
});

it('in many commands, each given exactly the frames it takes, as in one', () => {
  const signal = (n: number, channel: number) => Math.sin(n * 0.05 * (channel + 1)) * 0.5;
  const whole = resample(signal, 44100, 48000, 20_000, { channels: 2 }).output;
  for (const pieces of [2, 7, 333]) {
    const { output } = resample(signal, 44100, 48000, 20_000, { channels: 2, pieces });
    expect(Buffer.compare(Buffer.from(output.buffer), Buffer.from(whole.buffer))).toBe(0);
  }
});

it('an hour of 8 → 11.025 kHz: its last second is its second one to the bit, and where a 997 Hz sine is then', () => {
  const tools = bench();
  const [src, dst] = [8000, 11_025];
  const stateBytes = resamplerStateBytes(src, dst, 1);
  const [source, sink, state] = [src * 4, dst * 4, stateBytes].map(tools.allocate) as [DspBuffer, DspBuffer, DspBuffer];
  const [from, into] = [float(1, src), float(1, dst)];
  const seconds = 3600;
  let second: Float32Array = new Float32Array();
  tools.run(commands.tone({ into: source, format: from, frequencyHz: 997, amplitude: 0.5 })); // every second is the same
  const places = { from: source, fromFormat: from, into: sink, intoFormat: into };
  const convert = commands.resample({ ...places, state: { buffer: state, bytes: stateBytes }, streaming: true });
  for (let n = 0; n < seconds; n++) {
    tools.run(convert);
    if (n === 1) second = tools.floats(sink, dst);
  }
  const last = tools.floats(sink, dst);
  expect(Buffer.compare(Buffer.from(last.buffer), Buffer.from(second.buffer))).toBe(0);
  const late = resamplerTaps(src, dst) / 2 / src; // half a filter
  for (let n = 0; n < dst; n++) {
    const exact = 0.5 * Math.sin(2 * Math.PI * 997 * (n / dst - late)); // whole periods a second
    expect(Math.abs((last[n] ?? 9) - exact)).toBeLessThan(3e-6);
  }
});

it('the phase is exact after an hour: a fraction in integers, no sum of rounded steps', () => {
  // The record's remainder after N frames is N·src mod dst: checked through two million frames of 8 kHz → 8001 Hz.
  const engine = createTestEngine(2 << 20);
  const view = new DataView(engine.ram.buffer, engine.ram.byteOffset);
  const [src, dst] = [8000, 8001];
  const [packet, into, from, state] = [4096, 0x10000, 0x40000, 0x80000];
  const put = (offset: number, value: number) => view.setUint32(packet + offset, value, true);
  const format = op.KIND_PCM8 | (1 << 8) | (8 << 16);
  view.setUint16(packet, op.DSP_RESAMPLE, true);
  put(op.PACKET_BYTES, op.RESAMPLE_BYTES);
  put(op.RESAMPLE_DST, into);
  put(op.RESAMPLE_DST + 4, 16_384);
  put(op.RESAMPLE_SRC, from);
  put(op.RESAMPLE_SRC + 4, 20_000);
  put(op.RESAMPLE_STATE, state);
  put(op.RESAMPLE_STATE + 4, resamplerStateBytes(src, dst, 1));
  for (const [offset, value] of [
    [op.RESAMPLE_DST_FORMAT, format],
    [op.RESAMPLE_SRC_FORMAT, format],
    [op.RESAMPLE_DST_RATE_HZ, dst],
    [op.RESAMPLE_SRC_RATE_HZ, src],
    [op.RESAMPLE_STEP_FROM, src],
    [op.RESAMPLE_STEP_TO, src],
    [op.RESAMPLE_STEP_UNIT, dst],
    [op.RESAMPLE_TOTAL, 16_384],
  ] as const) {
    put(offset, value);
  }
  let [need, taken] = [0, 0];
  const packets = 125;
  for (let n = 1; n <= packets; n++) {
    expect(engine.execute(packet, packet + op.RESAMPLE_BYTES, 1)).toBe(packet + op.RESAMPLE_BYTES);
    const frames = n * 16_384;
    need = view.getUint32(state + 20, true);
    taken += view.getUint32(state + 32, true);
    expect(view.getUint32(state + 24, true)).toBe((frames * src) % dst);
    expect(taken + need).toBe(resamplerTaps(src, dst) / 2 + 1 + Math.floor((frames * src) / dst));
  }
});

it('a ratio that moves by 1000 ppm within the stream: the tone goes along, nothing clicks', () => {
  const [src, dst, frames] = [48000, 48000, 48_000];
  const ppm = (frame: number) => 1000 * Math.sin((2 * Math.PI * frame) / frames);
  const ratio = (frame: number) => 1 + ppm(frame) * 1e-6;
  const signal = (n: number) => 0.5 * Math.sin((2 * Math.PI * 997 * n) / src);
  const { output } = resample(signal, src, dst, frames, { pieces: 100, ratio });
  // Source time is the ratio's sum; pieces ramp it linearly.
  let time = 0;
  let worst = 0;
  for (let n = 0; n < frames; n++) {
    if (n > 200) worst = Math.max(worst, Math.abs((output[n] ?? 9) - 0.5 * Math.sin((2 * Math.PI * 997 * time) / src)));
    const piece = Math.floor(n / 480);
    const [a, b] = [ratio(piece * 480), ratio((piece + 1) * 480)];
    time += a + ((b - a) * (n - piece * 480)) / 480;
  }
  expect(worst).toBeLessThan(1e-6);
  const still = resample(signal, src, dst, frames, { pieces: 100, ratio: () => 1.001 }).output;
  const tone = measureTone(still.slice(2000), dst);
  expect(tone?.frequencyHz).toBeCloseTo(997 * 1.001, 4);
  expect(tone?.thdPlusNoiseDb).toBeLessThan(-130);
});

describe('state', () => {
  const format = (rateHz: number) => float(1, rateHz);
  const setUp = () => {
    const tools = bench();
    const buffers = { from: tools.allocate(40_000), into: tools.allocate(40_000), state: tools.allocate(200_000) };
    tools.put(
      buffers.from,
      Float32Array.from({ length: 10_000 }, (_, n) => Math.sin(n * 0.1)),
    );
    const run = (srcRateHz = 44100, streaming = false) => {
      const state = { buffer: buffers.state, bytes: resamplerStateBytes(srcRateHz, 48000, 1) };
      const places = {
        from: { buffer: buffers.from, bytes: 20_000 },
        into: { buffer: buffers.into, bytes: 16_000 },
        state,
      };
      tools.run(commands.resample({ ...places, fromFormat: format(srcRateHz), intoFormat: format(48000), streaming }));
      return tools.floats(buffers.into, 4000);
    };
    return { ...buffers, tools, run };
  };

  it('zeros begin a new stream, other rates too; what an app writes there spoils its sound and no more', () => {
    const { run, state } = setUp();
    const first = run();
    expect(run()).not.toEqual(first);
    state.write(new Uint8Array(64));
    expect(run()).toEqual(first);
    run(32000);
    expect(run()).toEqual(first);
    for (let seed = 1; seed < 40; seed++) {
      const bytes = Uint8Array.from({ length: 64 }, (_, n) => Math.imul(seed * 64 + n, 2654435761) >>> 24);
      state.write(bytes.subarray(0, 16 + seed), 20);
      run(); // throws if the engine stands
    }
  });

  it('streaming begins with the first source frame, half a filter late', () => {
    const { run } = setUp();
    const late = run(44100, true);
    const half = (resamplerTaps(44100, 48000) / 2) * (48000 / 44100);
    expect(late.slice(0, half / 2).reduce((most, value) => Math.max(most, Math.abs(value)), 0)).toBeLessThan(0.01);
    let worst = 0;
    for (let n = 1000; n < 4000; n++)
      worst = Math.max(worst, Math.abs((late[n] ?? 9) - Math.sin(((n - half) * 44100 * 0.1) / 48000)));
    expect(worst).toBeLessThan(1e-5);
    expect(resamplerSourceFrames(44100, 48000, 1, true)).toBe(1);
  });
});
