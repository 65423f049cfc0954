import { createMachine, type Machine } from 'azalia/machine';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { builtInCodecs } from '../../src/codec/index.ts';
import { STATUS_BUFFER_TOO_SMALL, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import type {
  AudioDevice,
  RenderRequest,
  RenderStream,
  SampleSource,
} from '../../src/drivers/audio-class/audio-device.ts';
import { PCM_RATES, PCM_SIZES, type SampleBits } from '../../src/hda/pcm.ts';

const LINE_OUTS = [0x14, 0x16, 0x15, 0x17]; // by sequence
const SPEAKER = 0x1c;
const HEADPHONE = 0x1b;
const SPDIF = 0x1d;

async function booted(): Promise<{ machine: Machine; audio: AudioDevice }> {
  const machine = await createMachine({ outputRateHz: 'stream' });
  machine.windows.boot();
  const audio = machine.windows.audio[0];
  if (!audio) throw new Error('no audio device');
  return { machine, audio };
}

let shared: { machine: Machine; audio: AudioDevice };
beforeAll(async () => {
  shared = await booted();
});

function open(audio: AudioDevice, request: RenderRequest): RenderStream {
  const { stream, reason } = audio.openRender(request);
  if (!stream) throw new Error(reason);
  return stream;
}

/** Sample of `channel` in frame `frame`: a word that names both, in all the bits there are. */
const word = (frame: number, channel: number, bits: number) =>
  Math.imul(frame * 16 + channel + 1, 0x9e3779b1) >>> (32 - bits);

/** Containers of `word`, left-justified, and the float that each must come out as. */
function numbered(bits: SampleBits, channels: number) {
  const bytes = PCM_SIZES.find((row) => row.bits === bits)?.containerBytes ?? 4;
  const source: SampleSource = (into, first, frames) => {
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
    for (let frame = 0; frame < frames; frame++)
      for (let channel = 0; channel < channels; channel++) {
        const at = (frame * channels + channel) * bytes;
        const container = (word(first + frame, channel, bits) << (8 * bytes - bits)) >>> 0;
        if (bytes === 1) view.setUint8(at, container);
        else if (bytes === 2) view.setUint16(at, container, true);
        else view.setUint32(at, container, true);
      }
  };
  const heard = (frame: number, channel: number) => {
    const raw = word(frame, channel, bits);
    const signed = bits === 8 ? raw - 128 : bits === 32 ? raw | 0 : raw >= 2 ** (bits - 1) ? raw - 2 ** bits : raw;
    return Math.fround(signed / 2 ** (bits - 1));
  };
  return { source, heard };
}

it('the topology that verbs show is the codec’s: widgets, types, connections (§5.1–5.4)', () => {
  const model = builtInCodecs.desktop?.functionGroups[0]?.widgets ?? [];
  const { topology } = shared.audio;
  expect([...topology.widgets.keys()]).toEqual(model.map(({ nid }) => nid));
  for (const { nid, caps, connections = [] } of model) {
    const widget = topology.widgets.get(nid);
    expect([nid, widget?.caps, widget?.connections]).toEqual([nid, caps, connections]);
  }
  expect(topology.vendorId).toBe(builtInCodecs.desktop?.vendorId);
});

it('outputs: the line-out association in the order of its sequences first, then the others (§5.14)', () => {
  expect(shared.audio.outputs).toEqual([
    { name: 'line out', pins: LINE_OUTS },
    { name: 'speaker', pins: [SPEAKER] },
    { name: 'headphone', pins: [HEADPHONE] },
    { name: 'S/PDIF out', pins: [SPDIF] },
  ]);
});

it('what is in the buffer comes out bit for bit, over all sizes and channel counts, on the pins’ own channels', () => {
  const { machine, audio } = shared;
  for (const { bits } of PCM_SIZES)
    for (let channels = 1; channels <= 8; channels++) {
      const stream = open(audio, { rateHz: 48000, bits, channels, bufferFrames: 256 });
      expect(stream.pins).toEqual(LINE_OUTS.slice(0, Math.ceil(channels / 2)));
      const { source, heard } = numbered(bits, channels);
      const taps = stream.pins.map((pin) => machine.codecs[0]?.listen(pin));
      expect(stream.start(source)).toBe(STATUS_SUCCESS);
      machine.advance(1000);
      const frames = taps.map((tap) => tap?.read() ?? []);
      for (let channel = 0; channel < 2 * stream.pins.length; channel++) {
        const expected = (frame: number) =>
          channel < channels ? heard(frame, channel) : channels === 1 ? heard(frame, 0) : 0; // mono: both sides
        const got = frames[channel >> 1]?.[channel & 1] ?? new Float32Array(0);
        expect(got).toEqual(Float32Array.from({ length: 1000 }, (_, frame) => expected(frame)));
      }
      for (const tap of taps) tap?.close();
      expect([stream.underrunFrames, stream.close()]).toEqual([0, STATUS_SUCCESS]);
    }
});

it('every output plays by itself, at every rate of the codec, and counts its frames exactly', () => {
  const { machine, audio } = shared;
  for (const { rateHz, capabilityBit } of PCM_RATES)
    for (const pin of capabilityBit < 0 ? [] : [...LINE_OUTS, SPEAKER, HEADPHONE, SPDIF]) {
      const stream = open(audio, { rateHz, bits: 16, channels: 2, pin });
      expect(stream.pins).toEqual([pin]);
      const { source, heard } = numbered(16, 2);
      machine.codecs[0]?.plug(pin, true);
      const tap = machine.codecs[0]?.listen(pin);
      stream.start(source);
      machine.advance(480);
      const [left = new Float32Array(0)] = tap?.read() ?? [];
      expect(stream.framesPlayed).toBe(Math.ceil((480 * rateHz) / 48000));
      // The pin's clock runs since power-up, so a block may still wait in the lane (design, «Time»).
      expect([0, 1]).toContain(stream.framesPlayed - left.length);
      expect([rateHz, pin, left]).toEqual([rateHz, pin, Float32Array.from(left, (_, n) => heard(n, 0))]);
      tap?.close();
      stream.close();
    }
});

it('an hour of 44.1 kHz in 1 ms steps ends on exactly the right frame, with exactly the right notifications', async () => {
  const { machine, audio } = await booted();
  const stream = open(audio, { rateHz: 44100, bits: 16, channels: 2, bufferFrames: 44096 });
  let asked = 0;
  stream.start((_into, first, frames) => {
    expect(first).toBe(asked);
    asked += frames;
  });
  for (let millisecond = 0; millisecond < 3_600_000; millisecond++) machine.advance(48);
  expect(stream.framesPlayed).toBe(3600 * 44100);
  expect(stream.notifications).toBe(Math.floor((3600 * 44100) / (stream.bufferFrames / 2)));
  expect(asked).toBe((stream.notifications + 2) * (stream.bufferFrames / 2));
}, 120_000);

it('start begins at frame 0 again after stop; stop and close may come twice', () => {
  const { machine, audio } = shared;
  const stream = open(audio, { rateHz: 48000, bits: 16, channels: 2 });
  const { source, heard } = numbered(16, 2);
  for (const frames of [700, 1300]) {
    const tap = machine.codecs[0]?.listen(0x14);
    expect(stream.start(source)).toBe(STATUS_SUCCESS);
    expect(stream.start(source)).not.toBe(STATUS_SUCCESS);
    machine.advance(frames);
    expect([stream.stop(), stream.stop(), stream.framesPlayed]).toEqual([STATUS_SUCCESS, STATUS_SUCCESS, frames]);
    machine.advance(100);
    expect(stream.framesPlayed).toBe(frames);
    expect(tap?.read()[0]?.subarray(0, frames)).toEqual(Float32Array.from({ length: frames }, (_, n) => heard(n, 0)));
    tap?.close();
  }
  expect([stream.close(), stream.close()]).toEqual([STATUS_SUCCESS, STATUS_SUCCESS]);
  expect(stream.start(source)).not.toBe(STATUS_SUCCESS);
});

it('a closed stream is silent at its pins, and gives engine, memory and converters back', async () => {
  const { machine, audio } = await booted();
  const { kernel } = machine.windows;
  const free = kernel.memory.freePages;
  for (let n = 0; n < 20; n++) {
    const stream = open(audio, { rateHz: 48000, bits: 24, channels: 8 });
    stream.start(numbered(24, 8).source);
    machine.advance(50);
    stream.close();
  }
  const tap = machine.codecs[0]?.listen(0x14);
  machine.advance(100);
  expect(tap?.read()[0]).toEqual(new Float32Array(100));
  expect([kernel.memory.freePages, kernel.pool.usage()]).toEqual([free, []]);
  machine.windows.shutdown();
  expect(machine.windows.violations).toEqual([]);
});

it('two streams at once play on different converters; what the first holds the second does not get', async () => {
  const { machine, audio } = await booted();
  const line = open(audio, { rateHz: 48000, bits: 16, channels: 2 });
  const headphone = open(audio, { rateHz: 96000, bits: 24, channels: 2, pin: HEADPHONE });
  const [a, b] = [numbered(16, 2), numbered(24, 2)];
  machine.codecs[0]?.plug(HEADPHONE, true);
  const taps = [0x14, HEADPHONE].map((pin) => machine.codecs[0]?.listen(pin));
  line.start(a.source);
  headphone.start(b.source);
  machine.advance(500);
  const [left, right] = taps.map((tap) => tap?.read()[1]);
  expect(left).toEqual(Float32Array.from({ length: 500 }, (_, n) => a.heard(n, 1)));
  expect(right).toEqual(Float32Array.from({ length: 1000 }, (_, n) => b.heard(n, 1)));
  expect(audio.openRender({ rateHz: 48000, bits: 16, channels: 8 }).reason).toContain('no free converter');
});

const REFUSALS: [string, RenderRequest, number, RegExp][] = [
  [
    'a rate',
    { rateHz: 44000, bits: 16, channels: 2 },
    STATUS_INVALID_PARAMETER,
    /44000 Hz: converter 02h plays 8000, .*192000 Hz/,
  ],
  [
    'a size',
    { rateHz: 48000, bits: 12 as 16, channels: 2 },
    STATUS_INVALID_PARAMETER,
    /12 bits: .* 8, 16, 20, 24, 32 bits/,
  ],
  [
    'too many channels',
    { rateHz: 48000, bits: 16, channels: 9 },
    STATUS_INVALID_PARAMETER,
    /line out has pins for 8 \(14h, 16h, 15h, 17h\)/,
  ],
  ['no channel', { rateHz: 48000, bits: 16, channels: 0 }, STATUS_INVALID_PARAMETER, /1 to 16/],
  [
    'a pin that is an input',
    { rateHz: 48000, bits: 16, channels: 2, pin: 0x18 },
    STATUS_INVALID_PARAMETER,
    /18h is not an output; pins that can: 14h, 15h/,
  ],
  [
    'a pin that is none',
    { rateHz: 48000, bits: 16, channels: 2, pin: 99 },
    STATUS_INVALID_PARAMETER,
    /63h is not an output/,
  ],
  [
    'more than a pin takes',
    { rateHz: 48000, bits: 16, channels: 3, pin: 0x14 },
    STATUS_INVALID_PARAMETER,
    /14h takes 2 channels, not 3/,
  ],
  [
    'more than the link takes',
    { rateHz: 192000, bits: 32, channels: 8 },
    STATUS_BUFFER_TOO_SMALL,
    /STATUS_BUFFER_TOO_SMALL/,
  ],
  [
    'more than the link takes, 44.1 family',
    { rateHz: 176400, bits: 32, channels: 7 },
    STATUS_BUFFER_TOO_SMALL,
    /STATUS_BUFFER_TOO_SMALL/,
  ],
];
it.each(REFUSALS)(
  '%s that is not to be had is refused in one line that says what is',
  (_name, request, status, reason) => {
    const result = shared.audio.openRender(request);
    expect(result).toMatchObject({ status, stream: null });
    expect(result.reason).toMatch(reason);
    expect(result.reason).not.toContain('\n');
  },
);

it('any buffer size plays through its wraps without a gap', () => {
  const { machine, audio } = shared;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 }),
      (bufferFrames, channels, steps) => {
        const stream = open(audio, { rateHz: 48000, bits: 16, channels, bufferFrames });
        const { source, heard } = numbered(16, channels);
        const tap = machine.codecs[0]?.listen(0x14);
        stream.start(source);
        for (const step of steps) machine.advance(step);
        const [left] = tap?.read() ?? [];
        const total = steps.reduce((sum, step) => sum + step, 0);
        expect([stream.framesPlayed, stream.underrunFrames]).toEqual([total, 0]);
        expect(left).toEqual(Float32Array.from({ length: total }, (_, n) => heard(n, 0)));
        tap?.close();
        stream.close();
      },
    ),
    { numRuns: 60 },
  );
});
