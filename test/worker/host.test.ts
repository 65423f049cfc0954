import { expect, it, onTestFinished } from 'vitest';
import { NT_SUCCESS, STATUS_INVALID_HANDLE } from '../../src/ddi/ntstatus.ts';
import { measureTone } from '../../src/dsp/measure.ts';
import { BlockReader } from '../../src/worker/blocks.ts';
import { readBoard } from '../../src/worker/board.ts';
import { Host } from '../../src/worker/host.ts';
import type { HostEvent, HostOptions, StreamRequest } from '../../src/worker/protocol.ts';

const QUANTUM = 128;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A host whose listener is the test: it hears the first pair of output 0 as fast as the machine goes. */
async function createListener(options: Partial<HostOptions> = {}) {
  const channels = { events: new MessageChannel(), samples: new MessageChannel(), input: new MessageChannel() };
  onTestFinished(() => {
    for (const { port1 } of Object.values(channels)) port1.close();
  });
  const events: HostEvent[] = [];
  channels.events.port1.onmessage = ({ data }) => events.push(data);
  const host = await Host.create({
    codec: 'desktop',
    windows: 'win10-19h1',
    rateHz: 48000,
    transport: 'message',
    targetFrames: 1024,
    lock: null,
    events: channels.events.port2,
    ...options,
  });
  const reader = new BlockReader(channels.samples.port2);
  host.start({ input: channels.input.port1, output: channels.samples.port1 });
  const { outputs } = host.description;
  /** Whole quanta. */
  const hear = async (frames: number) => {
    const heard: number[] = [];
    while (heard.length < frames) {
      for (let n = 0; n < 4; n++) await turn();
      const pulled = outputs.map(({ channels }) =>
        Array.from({ length: channels }, () => new Float32Array(QUANTUM).fill(9)),
      );
      reader.pull(pulled, QUANTUM);
      heard.push(...(pulled[0]?.[0] ?? []));
    }
    return Float32Array.from(heard);
  };
  return { host, hear, events };
}

const format: StreamRequest = { rateHz: 48000, bits: 24, channels: 2 };
const sine = { wave: 'sine', frequencyHz: 1000, levelDbfs: -6 } as const;

it('outputs are the codec’s associations, their pins by sequence, in channels one after the other (§5.14)', async () => {
  const { host } = await createListener();
  expect(host.description.codec.name).toBe('Azalia desktop');
  expect(host.description.outputs.map(({ name, channels }) => [name, channels])).toEqual([
    ['line out', 8],
    ['speaker', 2],
    ['headphone', 2],
    ['S/PDIF out', 2],
  ]);
  expect(host.description.outputs[0]?.pins.slice(0, 2)).toEqual([
    { nid: 0x14, firstChannel: 0, channels: 2, device: 'line out', location: 'rear', color: 'green' },
    { nid: 0x16, firstChannel: 2, channels: 2, device: 'line out', location: 'rear', color: 'orange' },
  ]);
});

it.each([48000, 44100, 96000])('at %i Hz a tone has its frequency and level at the pin', async (rateHz) => {
  const { host, hear } = await createListener({ rateHz });
  expect(host.playTone({ ...sine, frames: Number.POSITIVE_INFINITY, format: { ...format, rateHz } }).id).not.toBeNull();
  await hear(4096);
  const tone = measureTone(await hear(rateHz / 4), rateHz);
  expect(tone?.frequencyHz).toBeCloseTo(1000, 2);
  expect(tone?.levelDbfs).toBeCloseTo(-6, 3);
});

it('a look tells peak, RMS and true peak of each channel at each pin since the look before, by METER', async () => {
  const { host, hear } = await createListener();
  const [pin] = host.description.outputs[0]?.pins ?? [];
  // A quarter of the rate, an eighth of a cycle late: every sample is at ±√½ of the wave, its peaks lie between.
  const frames = Float32Array.from({ length: 48_000 }, (_, n) => 0.5 * Math.sin((Math.PI / 2) * n + Math.PI / 4));
  const { id } = host.openRender({ ...format, pin: pin?.nid as number });
  void host.write(id as number, [frames, frames.map((sample) => sample / 2)]);
  host.inspector.observe();
  await hear(8192);
  host.inspector.observe();
  await hear(12_000);
  const { levels } = host.inspector.observe();
  const [left, right] = levels.find(({ nid }) => nid === pin?.nid)?.channels ?? [];
  expect(left?.peak).toBeCloseTo(0.5 * Math.SQRT1_2, 4);
  expect(left?.rms).toBeCloseTo(0.5 * Math.SQRT1_2, 4);
  expect(left?.truePeak).toBeCloseTo(0.5, 2);
  expect(right?.truePeak).toBeCloseTo(0.25, 2);
  const others = levels.filter(({ nid }) => nid !== pin?.nid);
  expect(others.flatMap(({ channels }) => channels).every(({ truePeak }) => truePeak === 0)).toBe(true);
  expect(others.length).toBeGreaterThan(3);
});

it('a tone of so many frames has exactly those, and finishes when the last of them was heard', async () => {
  const { host, hear } = await createListener();
  await hear(3 * QUANTUM);
  const { id } = host.playTone({ ...sine, wave: 'noise', frames: 5000, format });
  let finished = false;
  host.finished(id as number).then(() => {
    finished = true;
  });
  const heard = await hear(5120);
  expect(finished).toBe(false);
  const all = Float32Array.from([...heard, ...(await hear(4096))]);
  expect(all.findLastIndex((sample) => sample !== 0) - all.findIndex((sample) => sample !== 0)).toBe(4999);
  expect(finished).toBe(true);
});

it('what an app writes comes out once and in order, and a short stream is played to its end', async () => {
  const { host, hear } = await createListener();
  const { id, pins } = host.openRender({ ...format, bits: 16 });
  expect(pins).toEqual([0x14]);
  const counter = Int16Array.from({ length: 2 * 3000 }, (_, n) => (n >> 1) + 1);
  for (let at = 0; at < counter.length; at += 1000) {
    expect(NT_SUCCESS(await host.write(id as number, counter.subarray(at, at + 1000)))).toBe(true);
  }
  expect(NT_SUCCESS(host.end(id as number))).toBe(true);
  const heard = [...(await hear(9000))].filter((sample) => sample !== 0).map((sample) => sample * 32768);
  expect(heard).toEqual(Array.from({ length: 3000 }, (_, n) => n + 1));
  await host.finished(id as number);
  expect(await host.write(id as number, counter)).toBe(STATUS_INVALID_HANDLE);
});

it('a stopped tone fades and ends', async () => {
  const { host, hear } = await createListener();
  const { id } = host.playTone({ ...sine, frames: Number.POSITIVE_INFINITY, format });
  await hear(4096);
  host.changeTone(id as number, null);
  await hear(4096);
  await host.finished(id as number);
  expect((await hear(1024)).every((sample) => sample === 0)).toBe(true);
});

it('what the DDI refuses comes back as its status with one line, and takes nothing', async () => {
  const { host } = await createListener();
  const refused = host.playTone({ ...sine, frames: 100, format: { ...format, pin: 0x18 } });
  expect(refused).toMatchObject({ id: null, pins: [] });
  expect(NT_SUCCESS(refused.status)).toBe(false);
  expect(refused.reason).toMatch(/18h is not an output/);
  expect(host.playTone({ ...sine, frames: 100, format }).id).not.toBeNull();
});

it('live figures follow device time: 60 boards a second, LPIB inside the buffer, an interrupt each half', async () => {
  const { host, hear, events } = await createListener();
  host.playTone({ ...sine, frames: Number.POSITIVE_INFINITY, format });
  await hear(24000);
  const boards = events.flatMap((event) => (event.kind === 'board' ? [readBoard(event.board)] : []));
  for (const { framesPlayed, framesWritten, streams, underruns } of boards.slice(1)) {
    // after the one from before the tone
    expect(framesWritten - framesPlayed).toBeLessThanOrEqual(1024);
    expect(underruns).toBe(0);
    expect(streams.map(({ running }) => running)).toEqual([true, false, false, false]);
    expect(streams[0]?.cyclicBufferBytes).toBe(1024 * 8);
    expect(streams[0]?.linkPositionBytes).toBeLessThan(1024 * 8);
  }
  const [first, last] = [boards[1], boards.at(-1)];
  if (!first || !last) throw new Error('no boards');
  const frames = last.framesWritten - first.framesWritten;
  expect(last.linkTicks - first.linkTicks).toBe(500 * frames);
  expect(Math.abs(last.interrupts - first.interrupts - frames / 512)).toBeLessThanOrEqual(1);
  expect(boards.length).toBeGreaterThan(25);
  expect(boards.length).toBeLessThan(40);
});

it('a codec without audio, and a codec that nobody knows, are one line each', async () => {
  await expect(createListener({ codec: 'no such codec' })).rejects.toThrow(/no such codec/);
  await expect(createListener({ codec: null })).rejects.toThrow(RangeError);
});
