// A listener that misbehaves (hostile-inputs.md H47 to H49), in front of a whole machine: what it hears is a counter.
// The same in a real browser, and H50: test/browser/interruptions.test.ts.

import { expect, it, onTestFinished, vi } from 'vitest';
import { BlockReader } from '../../src/worker/blocks.ts';
import { readBoard } from '../../src/worker/board.ts';
import { Host } from '../../src/worker/host.ts';
import type { HostEvent } from '../../src/worker/protocol.ts';
import { RingReader } from '../../src/worker/ring.ts';

const QUANTUM = 128;
const TRANSPORTS = ['shared', 'message'] as const;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A machine that plays 1, 2, 3, … and a listener who takes a quantum when told. */
async function playCounter(transport: (typeof TRANSPORTS)[number]) {
  const channels = { events: new MessageChannel(), samples: new MessageChannel(), input: new MessageChannel() };
  const events: HostEvent[] = [];
  channels.events.port1.onmessage = ({ data }) => events.push(data);
  onTestFinished(() => {
    vi.useRealTimers();
    for (const { port1 } of Object.values(channels)) port1.close();
  });
  const host = await Host.create({
    codec: 'desktop',
    windows: 'win10-19h1',
    rateHz: 48000,
    transport,
    targetFrames: 1024,
    lock: null,
    events: channels.events.port2,
  });
  const { ring, outputs } = host.description;
  const reader = ring ? new RingReader(ring) : new BlockReader(channels.samples.port2);
  host.start({ input: channels.input.port1, output: ring ? null : channels.samples.port1 });
  const { id } = host.openRender({ rateHz: 48000, bits: 16, channels: 2 });
  void host.write(
    id as number,
    Int16Array.from({ length: 2 * 30_000 }, (_, n) => (n >> 1) + 1),
  );
  const pull = () => {
    const pulled = outputs.map((output) => Array.from({ length: output.channels }, () => new Float32Array(QUANTUM)));
    reader.pull(pulled, QUANTUM);
    return Array.from(pulled[0]?.[0] ?? [], (sample) => sample * 32768);
  };
  const settle = async () => {
    for (let n = 0; n < 8; n++) await turn();
  };
  await settle();
  /** The counter's frames among so many quanta, the machine given time after every `burst` of them. */
  const hear = async (quanta: number, burst = 1) => {
    const heard: number[] = [];
    for (let n = 0; n < quanta; n++) {
      heard.push(...pull());
      if (n % burst === burst - 1) await settle();
    }
    return heard.filter((count) => count !== 0);
  };
  const figures = () => readBoard(host.description.board); // in this thread they are the live ones
  return { hear, settle, events, figures };
}

const countFrom = (first: number, frames: number) => Array.from({ length: frames }, (_, n) => first + n);

it.each([
  ['an hour, as of a suspended AudioContext (HOSTILE-H47)', 3_600_000],
  ['10 s, as of a full ring (HOSTILE-H49)', 10_000],
])('a pause of %s costs nothing: no device time passes, the next sample follows', async (_pause, milliseconds) => {
  for (const transport of TRANSPORTS) {
    const { hear, settle, figures } = await playCounter(transport);
    const before = await hear(40);
    const { linkTicks } = figures();
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'Date', 'performance'] });
    vi.advanceTimersByTime(milliseconds);
    vi.useRealTimers();
    await settle();
    expect(figures().linkTicks).toBe(linkTicks);
    const after = await hear(40);
    expect(after.length).toBe(40 * QUANTUM);
    expect(figures().linkTicks - linkTicks).toBe(500 * 40 * QUANTUM);
    expect([...before, ...after]).toEqual(countFrom(1, before.length + after.length));
  }
});

it.each(TRANSPORTS)(
  'a worklet that pulls at three times the pace hears every sample once, silence between, each quantum counted (HOSTILE-H48): %s',
  async (transport) => {
    const { hear, events, settle, figures } = await playCounter(transport);
    const heard = await hear(20 + 30 * 24, 24); // 8 blocks are on the way: two thirds of each burst find none
    await hear(8);
    await settle();
    expect(heard).toEqual(countFrom(1, heard.length));
    const told = events.flatMap((event) => (event.kind === 'underrun' ? [event.underruns] : []));
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
    const { framesPlayed, underruns } = figures();
    expect(framesPlayed / QUANTUM + underruns).toBe(20 + 30 * 24 + 8);
    expect(told.at(-1)).toBe(underruns);
    expect(underruns).toBeGreaterThan(30 * 14);
  },
);
