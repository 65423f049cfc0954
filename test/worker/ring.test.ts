import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { expect, it, onTestFinished, vi } from 'vitest';
import { STEP_FRAMES } from '../../src/worker/outlet.ts';
import { createRing, type Ring, RingReader, RingWriter } from '../../src/worker/ring.ts';

const LANES = 3;
const QUANTUM = 128;

/** Frame n of lane l is 10·n + l, below 2^24 so that float32 holds it. */
const sampleAt = (frame: number, lane: number) => (10 * frame + lane) % 2 ** 24;

/** Writes steps of that sequence, one after the other. */
function createFeeder(writer: RingWriter) {
  let frames = 0;
  return () => {
    for (let lane = 0; lane < LANES; lane++) {
      writer.write(
        lane,
        Float32Array.from({ length: STEP_FRAMES }, (_, n) => sampleAt(frames + n, lane)),
      );
    }
    writer.commit();
    frames += STEP_FRAMES;
  };
}

function outputs(frames = QUANTUM): Float32Array[][] {
  const channel = () => new Float32Array(frames).fill(9);
  return [[channel(), channel()], [channel()]]; // two outputs: lanes 0 and 1, lane 2
}

/** The lanes of one pull. */
function pull(reader: RingReader, frames = QUANTUM): Float32Array[] {
  const into = outputs(frames);
  reader.pull(into, frames);
  return into.flat();
}

const expected = (frame: number, frames = QUANTUM) =>
  Array.from({ length: LANES }, (_, lane) =>
    Float32Array.from({ length: frames }, (_, n) => sampleAt(frame + n, lane)),
  );
const SILENCE = Array.from({ length: LANES }, () => new Float32Array(QUANTUM));

/** Counters as they are after that many frames. */
function at(ring: Ring, frames: number): Ring {
  const words = new Int32Array(ring.buffer);
  words[0] = frames | 0;
  words[16] = frames | 0;
  return ring;
}

it('what is written is read, lane by lane, over many turns of the ring', () => {
  const ring = createRing(LANES, 512);
  const [writer, reader] = [new RingWriter(ring, 512, null), new RingReader(ring)];
  const feed = createFeeder(writer);
  for (let frame = 0; frame < 20 * 512; frame += QUANTUM) {
    while (writer.room >= STEP_FRAMES) feed();
    expect(pull(reader)).toEqual(expected(frame));
  }
});

it('too few frames are a quantum of silence and one underrun; no sample is lost or heard twice', () => {
  const ring = createRing(LANES, 512);
  const [writer, reader] = [new RingWriter(ring, 512, null), new RingReader(ring)];
  const feed = createFeeder(writer);
  expect(pull(reader)).toEqual(SILENCE);
  feed();
  expect(pull(reader)).toEqual(expected(0));
  expect(pull(reader)).toEqual(SILENCE);
  feed();
  expect(pull(reader)).toEqual(expected(QUANTUM));
  expect(writer.underruns).toBe(2);
});

it('a reader at three times the pace hears every sample once, with silence between (HOSTILE-H48)', () => {
  const ring = createRing(LANES, 512);
  const [writer, reader] = [new RingWriter(ring, 512, null), new RingReader(ring)];
  const feed = createFeeder(writer);
  for (let step = 0; step < 100; step++) {
    feed();
    expect(pull(reader)).toEqual(expected(step * QUANTUM));
    expect([pull(reader), pull(reader)]).toEqual([SILENCE, SILENCE]);
  }
  expect(writer.underruns).toBe(200);
});

it('a full ring has no room, takes nothing and goes on where it was (HOSTILE-H49)', () => {
  const ring = createRing(LANES, 384);
  const [writer, reader] = [new RingWriter(ring, 384, null), new RingReader(ring)];
  const feed = createFeeder(writer);
  for (let n = 0; n < 3; n++) feed();
  for (let n = 0; n < 1000; n++) expect(writer.room).toBe(0);
  for (let n = 0; n < 3; n++) expect(pull(reader)).toEqual(expected(n * QUANTUM));
  expect(writer.room).toBe(384);
});

it('counters wrap at 2^32 without a break, and `played` does not', () => {
  const start = 2 ** 32 - 4 * QUANTUM;
  const ring = at(createRing(LANES, 512), start);
  const [writer, reader] = [new RingWriter(ring, 512, null), new RingReader(ring)];
  const feed = createFeeder(writer);
  const before = writer.played;
  for (let frame = 0; frame < 16 * QUANTUM; frame += QUANTUM) {
    feed();
    expect(pull(reader)).toEqual(expected(frame));
    expect(writer.played - before).toBe(frame + QUANTUM);
  }
  expect(writer.played).toBe(2 ** 32 + 12 * QUANTUM);
});

it('every read wakes a writer that waits on READ; close ends the wait', async () => {
  const ring = createRing(LANES, 256);
  const [writer, reader] = [new RingWriter(ring, 256, null), new RingReader(ring)];
  const feed = createFeeder(writer);
  writer.start(() => {
    while (writer.room >= STEP_FRAMES) feed();
  });
  for (let frame = 0; frame < 50 * QUANTUM; frame += QUANTUM) {
    await vi.waitUntil(() => writer.room === 0, { interval: 1 });
    expect(pull(reader)).toEqual(expected(frame));
  }
  writer.close();
});

it('without Atomics.waitAsync a message wakes it', async () => {
  const ring = createRing(LANES, 256);
  const { port1, port2 } = new MessageChannel();
  const [writer, reader] = [new RingWriter(ring, 256, port1), new RingReader(ring)];
  onTestFinished(() => writer.close());
  reader.wake = port2;
  const feed = createFeeder(writer);
  writer.start(() => {
    while (writer.room >= STEP_FRAMES) feed();
  });
  for (let frame = 0; frame < 50 * QUANTUM; frame += QUANTUM) {
    await vi.waitUntil(() => writer.room === 0, { interval: 1 });
    expect(pull(reader)).toEqual(expected(frame));
  }
});

it('between two threads 20 000 quanta arrive whole and in order', async () => {
  const source = fileURLToPath(new URL('../../src/worker/ring.ts', import.meta.url));
  const { outputFiles } = await build({
    stdin: {
      contents: `import { RingReader } from ${JSON.stringify(source)};
        import { parentPort, workerData } from 'node:worker_threads';
        const reader = new RingReader(workerData);
        const lanes = Array.from({ length: workerData.lanes }, () => new Float32Array(${QUANTUM}));
        let frame = 0, silent = 0, wrong = 0;
        while (frame < 20000 * ${QUANTUM}) {
          for (const lane of lanes) lane.fill(-1);
          reader.pull([lanes], ${QUANTUM});
          if (lanes[0][1] === 0) { silent++; continue; }
          lanes.forEach((lane, l) => lane.forEach((value, n) => { if (value !== (10 * (frame + n) + l) % 2 ** 24) wrong++; }));
          frame += ${QUANTUM};
        }
        parentPort.postMessage({ silent, wrong });`,
      resolveDir: '/',
      loader: 'js',
    },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
  });
  const ring = createRing(LANES, 1024);
  const writer = new RingWriter(ring, 1024, null);
  const feed = createFeeder(writer);
  const thread = new Worker(outputFiles[0]?.text ?? '', { eval: true, workerData: ring });
  onTestFinished(async () => {
    writer.close();
    await thread.terminate();
  });
  const done = new Promise<{ silent: number; wrong: number }>((resolve, reject) => {
    thread.on('message', resolve).on('error', reject);
  });
  writer.start(() => {
    while (writer.room >= STEP_FRAMES) feed();
  });
  const { silent, wrong } = await done;
  expect(wrong).toBe(0);
  expect(writer.underruns).toBe(silent);
});
