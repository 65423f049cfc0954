// Converters whose stream has another rate than the analogue side: through the resampler, both ways (design.md «Contracts»).

import { createMachine } from 'azalia/machine';
import { describe, expect, it } from 'vitest';
import { builtInCodecs, Codec, type CodecModel } from '../../src/codec/index.ts';
import { Core } from '../../src/controller/core.ts';
import type { RenderStream } from '../../src/drivers/audio-class/audio-device.ts';
import { measureTone } from '../../src/dsp/measure.ts';
import { takeContainer } from '../../src/dsp/quantize.ts';
import { decodeFormat, type PcmFormat, type SampleBits } from '../../src/hda/pcm.ts';
import {
  VERB_SET_AMP_GAIN_MUTE,
  VERB_SET_CONVERTER_FORMAT,
  VERB_SET_PIN_CONTROL,
  VERB_SET_STREAM_CHANNEL,
} from '../../src/hda/verbs.ts';
import type { Device } from '../../src/machine/device.ts';
import { joinRoutes } from '../../src/machine/program.ts';
import { BUFFERS } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';
import { createTone, signalSource } from '../support/signals.ts';

const PIN = 0x14;
const LINE_IN = 0x1a;
const SETTLING_SECONDS = 0.1; // filter, and the tone's own beginning

interface Playing {
  readonly machine: Awaited<ReturnType<typeof createMachine>>;
  readonly stream: RenderStream;
}

/** `desktop` under Windows with a sine on its way to the green jack. */
async function playing(
  outputRateHz: number,
  rateHz: number,
  frequencyHz = 997,
  bits: SampleBits = 32,
): Promise<Playing> {
  const machine = await createMachine({ outputRateHz });
  machine.windows.boot();
  const format: PcmFormat = { rateHz, bits, channels: 2 };
  const { stream, reason } = machine.windows.audio[0]?.openRender({ ...format, pin: PIN }) ?? {
    stream: null,
    reason: '',
  };
  if (!stream) throw new Error(reason);
  const signal = createTone({ wave: 'sine', frequencyHz, levelDbfs: -6, rateHz, frames: Infinity });
  stream.start(signalSource({ signal, format, frames: Infinity }));
  return { machine, stream };
}

function heard({ machine }: Playing, linkFrames: number, step = linkFrames): Float32Array {
  const tap = machine.codecs[0]?.listen(PIN);
  for (let left = linkFrames; left > 0; left -= step) machine.advance(Math.min(step, left));
  const [left = new Float32Array()] = tap?.read() ?? [];
  tap?.close();
  return left;
}

describe.each([
  [44_100, 48_000],
  [96_000, 48_000],
  [48_000, 44_100],
  [8_000, 48_000],
  [192_000, 48_000],
  [44_100, 192_000],
])('a stream of %i Hz on an analogue side of %i Hz', (streamHz, analogueHz) => {
  it('sounds at the pin: 997 Hz exact, level kept, THD+N below −120 dB, no frame too many or few', async () => {
    const player = await playing(analogueHz, streamHz);
    const samples = heard(player, 48_000);
    expect(samples).toHaveLength(analogueHz);
    const tone = measureTone(samples.subarray(SETTLING_SECONDS * analogueHz), analogueHz);
    expect(tone?.frequencyHz).toBeCloseTo(997, 4);
    expect(tone?.levelDbfs).toBeCloseTo(-6, 3);
    expect(tone?.thdPlusNoiseDb).toBeLessThan(-120);
    expect([player.stream.framesPlayed, player.stream.underrunFrames]).toEqual([streamHz, 0]);
    expect(player.machine.diagnostics).toMatchObject({ rateMismatch: 0, formatMismatch: 0, resamplersRefused: 0 });
    player.machine.close();
  });

  it('is recorded: 997 Hz at the jack comes into the buffer with THD+N below −120 dB', async () => {
    const machine = await createMachine({ outputRateHz: analogueHz });
    machine.windows.boot();
    const [audio] = machine.windows.audio;
    const stream = audio?.openCapture({ rateHz: streamHz, bits: 24, channels: 2, pin: LINE_IN }).stream;
    const samples: number[] = [];
    stream?.start((from, _first, frames) => {
      const view = new DataView(from.buffer, from.byteOffset, from.byteLength);
      for (let frame = 0; frame < frames; frame++) samples.push(takeContainer(view, 8 * frame, 24) / 2 ** 23);
    });
    const jack = machine.codecs[0];
    jack?.plug(LINE_IN, true);
    const side = Float32Array.from(
      { length: analogueHz },
      (_, n) => 0.5 * Math.sin((2 * Math.PI * 997 * n) / analogueHz),
    );
    jack?.feed(LINE_IN, [side, side]);
    machine.advance(48_000);
    stream?.stop();
    expect(samples).toHaveLength(streamHz);
    const tone = measureTone(Float32Array.from(samples).subarray(SETTLING_SECONDS * streamHz), streamHz);
    expect(tone?.frequencyHz).toBeCloseTo(997, 4);
    expect(tone?.levelDbfs).toBeCloseTo(20 * Math.log10(0.5), 3);
    expect(tone?.thdPlusNoiseDb).toBeLessThan(-120);
    machine.close();
  });
});

it('what stands above half the lower rate does not come back: 30 kHz of a 96 kHz stream is below −120 dB at 48 kHz', async () => {
  const samples = heard(await playing(48_000, 96_000, 30_000), 24_000).subarray(4800);
  expect(20 * Math.log10(Math.max(...samples.map(Math.abs)))).toBeLessThan(-120);
});

it('tones to 20 kHz keep their level within 0.01 dB from 44.1 to 48 kHz', async () => {
  for (const frequencyHz of [50, 5_000, 15_000, 20_000]) {
    const samples = heard(await playing(48_000, 44_100, frequencyHz), 24_000).subarray(4800);
    expect(Math.abs((measureTone(samples, 48_000)?.levelDbfs ?? 0) + 6)).toBeLessThan(0.01);
  }
});

it.each([1, 7, 48, 511, 512, 513, 4999])(
  'is the same to the bit when time is cut into steps of %i link frames',
  async (step) => {
    const [whole, cut] = await Promise.all([playing(48_000, 44_100), playing(48_000, 44_100)]);
    expect(heard(cut, 5000, step)).toEqual(heard(whole, 5000));
  },
);

it('does not depend on how long the machine has run: an hour and a little later it is the same to the bit', async () => {
  const at = async (linkFrames: number) => {
    const machine = await createMachine({ outputRateHz: 48_000 });
    machine.windows.boot();
    machine.advance(linkFrames - Number(machine.linkTicks / 500n));
    const format: PcmFormat = { rateHz: 44_100, bits: 32, channels: 2 };
    const stream = machine.windows.audio[0]?.openRender({ ...format, pin: PIN }).stream;
    const signal = createTone({ wave: 'sine', frequencyHz: 997, levelDbfs: -6, rateHz: 44_100, frames: Infinity });
    const before = machine.linkTicks;
    stream?.start(signalSource({ signal, format, frames: Infinity }));
    const phase = Number(before / 500n) % 160;
    return { phase, samples: heard({ machine, stream: stream as RenderStream }, 4000) };
  };
  const [soon, late] = [await at(48_000), await at(3600 * 48_000)]; // both a multiple of 160, where both clocks agree
  expect(late).toEqual(soon);
});

it('a change elsewhere in the graph leaves no trace: the pin sounds as if nothing had happened', async () => {
  const [still, changed] = await Promise.all([playing(48_000, 44_100), playing(48_000, 44_100)]);
  const expected = heard(still, 6000);
  const first = heard(changed, 3000);
  const other = changed.machine.windows.audio[0]?.openRender({
    rateHz: 48_000,
    bits: 16,
    channels: 2,
    pin: 0x1b,
  }).stream;
  const spent = Number(changed.machine.linkTicks - still.machine.linkTicks) / 500 + 3000; // verbs take device time
  other?.start(() => {});
  const second = heard(changed, 3000 - spent);
  expect(first).toEqual(expected.subarray(0, 3000));
  expect(second).toEqual(expected.subarray(3000 + spent));
});

it('goes on to the bit after save and restore, in another machine too', async () => {
  const powered = async () => {
    const codec = new Codec(builtInCodecs.desktop as CodecModel, { outputRateHz: 48_000 });
    return powerUp({ codecs: [codec], outputRateHz: 48_000 });
  };
  const { device, guest } = await powered();
  guest.start();
  guest.verb(0x02, VERB_SET_CONVERTER_FORMAT, 0x4011);
  guest.verb(0x02, VERB_SET_STREAM_CHANNEL, 0x10);
  for (const [nid, payload] of [
    [0x02, 0xb057],
    [0x0d, 0x7000],
    [PIN, 0xb000],
  ] as const)
    guest.verb(nid, VERB_SET_AMP_GAIN_MUTE, payload);
  guest.verb(PIN, VERB_SET_PIN_CONTROL, 0x40);
  const noise = Uint8Array.from({ length: 8192 }, (_, n) => (n * 2654435761) >>> 24);
  device.memory.write(BUFFERS + 0x40000, noise);
  guest.stream(4).setUpTwoEntries(4096, { format: 0x4011 }).run();
  device.advance(1234.5);
  const state = device.save();
  const listen = (to: Device): unknown => {
    const tap = to.codecs[0]?.listen(PIN);
    to.advance(3000);
    return tap?.read();
  };
  const expected = listen(device) as Float32Array[];
  expect(Math.max(...(expected[0] ?? []))).toBeGreaterThan(0.1);
  device.restore(state);
  expect(listen(device)).toEqual(expected);
  const other = (await powered()).device;
  other.restore(state);
  expect(listen(other)).toEqual(expected);
});

it('converters at all 44 rates at once are one program: where a resampler has no room, that converter alone is silent', async () => {
  const rates = new Map<number, number>(); // rate → format word
  for (let code = 0; code < 128; code++) {
    const pcm = decodeFormat((code << 8) | 0x11);
    if (pcm && !rates.has(pcm.rateHz)) rates.set(pcm.rateHz, (code << 8) | 0x11);
  }
  expect(rates.size).toBe(44);
  const ratesHz = [48_000, ...[...rates.keys()].filter((rateHz) => rateHz !== 48_000)];
  const inputs = [...rates.values()].map((format, n) => ({
    nid: n,
    tag: 1,
    firstStreamChannel: 0,
    format,
    rateHz: 48_000,
    lanes: [0, 1],
  }));
  const nothing = { outputs: [], mixes: [], pins: [], feeds: [], gains: new Float32Array(0) };
  const { program } = joinRoutes([{ ...nothing, channels: 2, inputs }], [48_000]);
  expect([...program.ratesHz].sort()).toEqual(ratesHz.sort());
  const core = await Core.create({ ramBytes: 65_536, streams: { input: 1, output: 1, bidirectional: 0 } });
  expect(core.loadProgram(program)).toBeLessThan(10);
});
