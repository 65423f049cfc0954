import { createMachine, type Machine } from 'azalia/machine';
import { beforeAll, expect, it } from 'vitest';
import { STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import type { AudioDevice, CaptureRequest, CaptureStream } from '../../src/drivers/audio-class/audio-device.ts';
import { PCM_SIZES } from '../../src/hda/pcm.ts';

const LINE_IN = 0x1a;

let machine: Machine;
let audio: AudioDevice;
beforeAll(async () => {
  machine = await createMachine();
  machine.windows.boot();
  const [device] = machine.windows.audio;
  if (!device) throw new Error('no audio device');
  audio = device;
});

function open(request: CaptureRequest): CaptureStream {
  const { stream, reason } = audio.openCapture(request);
  if (!stream) throw new Error(reason);
  return stream;
}

/** Collects a stream's bytes, and checks that they come without gap or overlap. */
function recorder(frameBytes: number) {
  const chunks: Uint8Array[] = [];
  let next = 0;
  return {
    sink: (from: Uint8Array, firstFrame: number, frames: number) => {
      expect([firstFrame, from.length]).toEqual([next, frames * frameBytes]);
      next += frames;
      chunks.push(from);
    },
    bytes: () => Uint8Array.from(chunks.flatMap((chunk) => [...chunk])),
  };
}

it('inputs: pins with an input device that reach an ADC, line-in first', () => {
  expect(audio.inputs.map(({ name }) => name)).toEqual(['line in', ...audio.inputs.slice(1).map(() => 'microphone')]);
  expect(audio.inputs[0]?.pin).toBe(LINE_IN);
  expect(audio.inputs.length).toBeGreaterThan(1);
});

it('what an input pin is fed comes out of the buffer bit for bit, in every size, from every input', () => {
  for (const { pin } of audio.inputs)
    for (const { bits, containerBytes } of PCM_SIZES) {
      const stream = open({ rateHz: 48000, bits, channels: 2, pin, bufferFrames: 256 });
      const { sink, bytes } = recorder(stream.frameBytes);
      const steps = 2 ** (Math.min(bits, 24) - 1);
      const sample = (frame: number, channel: number) => ((frame * 2 + channel) % 100) - 50;
      const side = (channel: number) => Float32Array.from({ length: 1000 }, (_, n) => sample(n, channel) / steps);
      machine.codecs[0]?.plug(pin, true);
      machine.codecs[0]?.feed(pin, [side(0), side(1)]);
      expect(stream.start(sink)).toBe(STATUS_SUCCESS);
      machine.advance(1000);
      expect([stream.framesCaptured, stream.stop(), stream.overrunFrames]).toEqual([1000, STATUS_SUCCESS, 0]);
      const view = new DataView(bytes().buffer);
      const read = (index: number) => {
        if (containerBytes === 1) return view.getUint8(index) - 128;
        if (containerBytes === 2) return view.getInt16(2 * index, true);
        return view.getInt32(4 * index, true) / 2 ** (32 - Math.min(bits, 24));
      };
      const heard = Array.from({ length: 2000 }, (_, index) => read(index));
      expect([pin, bits, heard]).toEqual([pin, bits, heard.map((_, index) => sample(index >> 1, index & 1))]);
      stream.close();
    }
});

it('render and capture at once; a restart begins at frame 0; close gives everything back', () => {
  const free = machine.windows.kernel.memory.freePages;
  const play = audio.openRender({ rateHz: 48000, bits: 16, channels: 2 }).stream;
  const record = open({ rateHz: 48000, bits: 16, channels: 2 });
  play?.start(() => {});
  for (const frames of [500, 700]) {
    const { sink, bytes } = recorder(4);
    record.start(sink);
    machine.advance(frames);
    record.stop();
    expect([record.framesCaptured, bytes().length]).toEqual([frames, frames * 4]);
  }
  expect(play?.framesPlayed).toBe(1200);
  expect([play?.close(), record.close(), record.close()]).toEqual([STATUS_SUCCESS, STATUS_SUCCESS, STATUS_SUCCESS]);
  expect(machine.windows.kernel.memory.freePages).toBe(free);
});

const REFUSALS: [CaptureRequest, number, RegExp][] = [
  [{ rateHz: 44000, bits: 16, channels: 2 }, STATUS_INVALID_PARAMETER, /44000 Hz: converter \w+h records 8000/],
  [{ rateHz: 48000, bits: 16, channels: 3 }, STATUS_INVALID_PARAMETER, /3 channels: .* 1 to 2/],
  [
    { rateHz: 48000, bits: 16, channels: 2, pin: 0x14 },
    STATUS_INVALID_PARAMETER,
    /14h is not an input; pins that can: 18h/,
  ],
  [{ rateHz: 192000, bits: 32, channels: 2, bufferFrames: 2 ** 26 }, 0xc000009a, /STATUS_INSUFFICIENT_RESOURCES/],
];
it.each(REFUSALS)('%j is refused in one line', (request, status, reason) => {
  const result = audio.openCapture(request);
  expect(result).toMatchObject({ status, stream: null, reason: expect.stringMatching(reason) });
});
