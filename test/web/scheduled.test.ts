// Transport 'scheduled' on web-audio-test-api: it renders nothing, but keeps the graph, the clock and what is scheduled on
// it. The worker is in this thread; sound itself is tested in Chromium (test/browser).

import * as Comlink from 'comlink';
import { expect, it, onTestFinished, vi } from 'vitest';
import api, { type TestContext } from 'web-audio-test-api';
import { type AzaliaOptions, createAzalia } from '../../src/entries/index.ts';
import { Host } from '../../src/worker/host.ts';
import type { HostOptions } from '../../src/worker/protocol.ts';

const RATE = 48000;
const BLOCK = 1024;
/** Of the built-in codec `desktop`. */
const OUTPUTS = 4;

class WorkerHere {
  readonly #page = new MessageChannel();

  constructor() {
    Comlink.expose(async (options: HostOptions) => Comlink.proxy(await Host.create(options)), this.#page.port2);
    this.#page.port1.start();
  }

  postMessage(message: unknown, transfer: Transferable[]): void {
    this.#page.port1.postMessage(message, transfer);
  }

  addEventListener(type: string, listener: EventListener): void {
    if (type === 'message') this.#page.port1.addEventListener(type, listener);
  }

  removeEventListener(type: string, listener: EventListener): void {
    this.#page.port1.removeEventListener(type, listener);
  }

  terminate(): void {
    this.#page.port1.close();
  }
}

interface Scheduled {
  readonly startFrame: number;
  readonly channels: readonly Float32Array[];
}

/** Lets messages arrive. */
const settle = async () => {
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve));
};

async function open(options: Partial<AzaliaOptions> = {}) {
  api.sampleRate = RATE;
  api.setState({
    'AudioContext#suspend': 'enabled',
    'AudioContext#resume': 'enabled',
    'AudioContext#close': 'enabled',
    'AudioNode#disconnect': 'selective',
  });
  vi.stubGlobal('Worker', WorkerHere);
  vi.stubGlobal('navigator', {});
  const context = new AudioContext() as TestContext;
  const scheduled: Scheduled[][] = [];
  const create = context.createBufferSource.bind(context);
  let started: Scheduled[] = [];
  context.createBufferSource = () => {
    const source = create();
    const start = source.start.bind(source);
    source.start = (when = 0) => {
      start(when);
      const { numberOfChannels = 0 } = source.buffer ?? {};
      const channels = Array.from(
        { length: numberOfChannels },
        (_, n) => source.buffer?.getChannelData(n) ?? new Float32Array(),
      );
      if (started.length === 0 || started.length === OUTPUTS) {
        started = [];
        scheduled.push(started);
      }
      started.push({ startFrame: when * RATE, channels });
    };
    return source;
  };
  const azalia = await createAzalia({ context, latency: 'interactive', ...options });
  onTestFinished(async () => {
    await azalia.close();
    vi.unstubAllGlobals();
  });
  await settle();
  return { azalia, context, scheduled };
}

it('where a context has no AudioWorklet, auto takes it and says so; the others are refused by name', async () => {
  const { azalia, context } = await open();
  expect(azalia.transport).toBe('scheduled');
  expect(azalia.statistics()).toMatchObject({ transport: 'scheduled', targetFrames: 12 * BLOCK });
  const refused = await createAzalia({ context, transport: 'message' }).catch(
    ({ name, message }) => `${name}: ${message}`,
  );
  expect(refused).toMatch(/^InsecureContextError: There is no AudioWorklet for transport 'message'\./);
});

it('blocks stand end to end on the context’s clock, one source for each output, and hold what was written', async () => {
  const { azalia, context, scheduled } = await open();
  expect(azalia.outputs.map(({ channels }) => channels)).toEqual([8, 2, 2, 2]);
  const { writable } = await azalia.openRender({ sampleRate: RATE, bits: 16, channels: 2 });
  const writer = writable.getWriter();
  await writer.write(Int16Array.from({ length: 2 * 20 * BLOCK }, (_, n) => (n >> 1) + 1));
  for (let block = 1; block <= 30; block++) {
    context.$processTo((block * BLOCK) / RATE);
    await settle();
  }
  expect(scheduled.length).toBeGreaterThanOrEqual(40);
  const starts = scheduled.map((sources) => sources.map(({ startFrame }) => Math.round(startFrame)));
  expect(starts).toEqual(scheduled.map((_, n) => [0, 0, 0, 0].map(() => 256 + n * BLOCK)));
  expect(scheduled[0]?.map(({ channels }) => channels.map(({ length }) => length))).toEqual(
    [8, 2, 2, 2].map((count) => Array(count).fill(BLOCK)),
  );
  const others = scheduled.flatMap(([, ...rest]) => rest.flatMap(({ channels }) => channels));
  expect(others.every((samples) => samples.every((sample) => sample === 0))).toBe(true);
  const left = scheduled.flatMap(([first]) => [...(first?.channels[0] ?? [])]).map((sample) => sample * 32768);
  const from = left.indexOf(1);
  expect(left.slice(from, from + 20 * BLOCK)).toEqual(Array.from({ length: 20 * BLOCK }, (_, n) => n + 1));
});

it('a block goes back when it was played: the clock is the context’s, and an hour of suspension costs nothing (HOSTILE-H47)', async () => {
  const { azalia, context, scheduled } = await open();
  const before = azalia.statistics().linkTicks;
  expect(scheduled.length).toBe(12);
  context.$processTo((10 * BLOCK + 300) / RATE);
  await settle();
  expect(scheduled.length).toBe(22);
  expect(azalia.statistics()).toMatchObject({ queuedFrames: 12 * BLOCK, framesPlayed: 10 * BLOCK, underruns: 0 });
  expect(azalia.statistics().linkTicks - before).toBe(500 * 10 * BLOCK);
  await context.suspend();
  context.$processTo(3600);
  await settle();
  expect(scheduled.length).toBe(22);
});

it('a page that was too late is counted in render quanta, and what follows stands in the future again', async () => {
  const { azalia, context, scheduled } = await open();
  const end = 256 + 12 * BLOCK;
  context.$processTo((end + 10 * 128) / RATE); // all are over before one message is handled
  await settle();
  expect(scheduled[12]?.[0]?.startFrame).toBeCloseTo(end + 10 * 128 + 256, 6);
  context.$processTo((end + 10 * 128 + 256 + BLOCK + 48) / RATE);
  await settle();
  expect(azalia.statistics().underruns).toBe(12);
});

it('each output connects and disconnects by its number; close() leaves the graph empty', async () => {
  const { azalia, context } = await open();
  const { output } = azalia;
  expect(output.numberOfOutputs).toBe(4);
  const heard = context.createGain();
  heard.connect(context.destination);
  const inputsOf = (node: GainNode) => (node as unknown as { toJSON(): { inputs: unknown[] } }).toJSON().inputs.length;
  output.connect(heard);
  output.connect(heard, 2);
  expect(inputsOf(heard)).toBe(2);
  output.disconnect(heard, 2);
  expect(inputsOf(heard)).toBe(1);
  output.disconnect(heard, 0);
  expect(inputsOf(heard)).toBe(0);
  output.connect(heard);
  output.connect(heard, 1);
  output.disconnect(heard);
  expect(inputsOf(heard)).toBe(0);
  expect(() => output.disconnect(heard)).toThrow(/not connected/);
  expect(() => output.connect(heard, 4)).toThrow(/output 4: there are 4/);
  output.connect(heard, 3);
  output.disconnect(3);
  expect(inputsOf(heard)).toBe(0);
  heard.disconnect();
  await azalia.close();
  expect(context.toJSON()).toEqual({ name: 'AudioDestinationNode', inputs: [] });
});
