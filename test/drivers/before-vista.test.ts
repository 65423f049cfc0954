// Windows whose bus driver has but the first version of the interface: no notification events (hdaudio-ddi §1.2). The
// class driver times itself by a timer and the position register, and what is heard is the same bit for bit.

import { createMachine, type WindowsVersion } from 'azalia/machine';
import { expect, it } from 'vitest';
import { interfaceBytes } from '../../src/ddi/bus-interface.ts';
import { GUID_HDAUDIO_BUS_INTERFACE } from '../../src/ddi/hdaudio.ts';
import { STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import type { AudioClassDevice } from '../../src/drivers/audio-class/audio-class-device.ts';
import { PCM_SIZES, type SampleBits } from '../../src/hda/pcm.ts';

const BEFORE_VISTA: readonly WindowsVersion[] = ['win2000', 'winxp', 'ws2003'];
const LINE_OUT = 0x14;
const LINE_IN = 0x1a;

async function booted(windows: WindowsVersion) {
  const machine = await createMachine({ windows, outputRateHz: 'stream' });
  machine.windows.boot();
  const audio = machine.windows.audio[0];
  const codec = machine.codecs[0];
  if (!audio || !codec) throw new Error('no audio device');
  return { machine, audio, codec };
}

/** Bytes that depend on the frame and on nothing else. */
function noise(into: Uint8Array, firstFrame: number, frames: number): void {
  const frameBytes = into.length / frames;
  for (let n = 0; n < into.length; n++) into[n] = Math.imul(firstFrame * frameBytes + n + 1, 0x9e3779b1) >>> 24;
}

interface Playing {
  rateHz: number;
  bits: SampleBits;
  channels: number;
  bufferFrames: number;
}

async function play(windows: WindowsVersion, request: Playing, steps: readonly number[]) {
  const { machine, audio, codec } = await booted(windows);
  const { stream, reason } = audio.openRender(request);
  if (!stream) throw new Error(reason);
  const tap = codec.listen(LINE_OUT);
  expect(stream.start(noise)).toBe(STATUS_SUCCESS);
  const played = steps.map((frames) => {
    machine.advance(frames);
    return stream.framesPlayed;
  });
  const heard = tap.read();
  const figures = [stream.bufferFrames, stream.notifications, stream.underrunFrames];
  expect([stream.stop(), stream.close()]).toEqual([STATUS_SUCCESS, STATUS_SUCCESS]);
  machine.windows.shutdown();
  expect(machine.windows.violations).toEqual([]);
  return { heard, played, figures };
}

it.each(BEFORE_VISTA)(
  '%s: the class driver takes the first version of the interface, and plays as on win10',
  async (windows) => {
    const { audio } = await booted(windows);
    const request = { rateHz: 48000, bits: 16, channels: 2, bufferFrames: 256 } as const;
    expect(await play(windows, request, [1000])).toEqual(await play('win10-19h1', request, [1000]));
    expect((audio as AudioClassDevice).bus.Size).toBe(interfaceBytes(GUID_HDAUDIO_BUS_INTERFACE));
  },
);

const RATES: readonly Playing[] = [
  ...PCM_SIZES.map(({ bits }) => ({ rateHz: 48000, bits, channels: 2, bufferFrames: 256 })),
  { rateHz: 44100, bits: 16, channels: 2, bufferFrames: 441 },
  { rateHz: 8000, bits: 16, channels: 1, bufferFrames: 100 },
  { rateHz: 192000, bits: 24, channels: 2, bufferFrames: 4096 },
  { rateHz: 96000, bits: 32, channels: 7, bufferFrames: 1000 },
];
it.each(RATES)('$rateHz Hz, $bits bits, $channels channels: on winxp bit for bit as on win10', async (request) => {
  const steps = [1, 47, 480, 5000, 3, 12_000];
  const now = await play('win10-19h1', request, steps);
  const then = await play('winxp', request, steps);
  expect(now.heard[0]?.some((sample) => sample !== 0)).toBe(true);
  expect(then).toEqual(now);
});

it('a minute in one step: no half is late, and every half is noticed once', async () => {
  const { heard, figures, played } = await play('winxp', { rateHz: 44100, bits: 16, channels: 2, bufferFrames: 896 }, [
    60 * 48000,
  ]);
  expect(played).toEqual([60 * 44100]);
  expect(figures).toEqual([896, Math.floor((60 * 44100) / 448), 0]);
  expect(heard[0]?.length).toBe(10 * 44100); // what a tap holds
});

it('a second start begins at frame 0, and after stop no timer wakes the driver', async () => {
  const { machine, audio, codec } = await booted('winxp');
  const stream = audio.openRender({ rateHz: 48000, bits: 16, channels: 2, bufferFrames: 128 }).stream;
  for (let start = 0; start < 2; start++) {
    const asked: number[] = [];
    const tap = codec.listen(LINE_OUT);
    stream?.start((into, firstFrame, frames) => {
      asked.push(firstFrame);
      noise(into, firstFrame, frames);
    });
    machine.advance(200);
    const [left = new Float32Array()] = tap.read();
    expect(left[0]).toBe(firstSample());
    stream?.stop();
    const before = asked.length;
    machine.advance(1000);
    expect([asked[0], asked.length]).toEqual([0, before]);
    tap.close();
  }
});

function firstSample(): number {
  const bytes = new Uint8Array(4);
  noise(bytes, 0, 1);
  return new DataView(bytes.buffer).getInt16(0, true) / 32768;
}

it('recording on winxp: what the line-in jack is fed comes out of the buffer, while a stream plays', async () => {
  const recordings = await Promise.all(
    (['winxp', 'win10-19h1'] as const).map(async (windows) => {
      const { machine, audio, codec } = await booted(windows);
      const playing = audio.openRender({ rateHz: 48000, bits: 16, channels: 2 }).stream;
      const { stream } = audio.openCapture({ rateHz: 48000, bits: 16, channels: 2, pin: LINE_IN, bufferFrames: 256 });
      const fed = Float32Array.from({ length: 3000 }, (_, n) => (n % 1000) / 32768);
      const bytes: number[] = [];
      codec.feed(LINE_IN, [fed, fed]);
      playing?.start(noise);
      stream?.start((from) => bytes.push(...from));
      machine.advance(3000);
      stream?.stop();
      const samples = [...new Int16Array(Uint8Array.from(bytes).buffer)];
      return { samples, figures: [stream?.framesCaptured, stream?.overrunFrames, stream?.notifications] };
    }),
  );
  expect(recordings[0]?.samples.filter((_, index) => index % 2 === 0)).toEqual(
    Array.from({ length: 3000 }, (_, n) => n % 1000),
  );
  expect(recordings[0]).toEqual(recordings[1]);
});
