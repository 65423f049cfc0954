import { expect, it, onTestFinished, vi } from 'vitest';
import { BlockReader, BlockWriter } from '../../src/worker/blocks.ts';
import { STEP_FRAMES } from '../../src/worker/outlet.ts';

const LANES = 3;

/** A chain with its writer kept busy: frame n of lane l is 10·n + l + 1. */
function createChain(targetFrames: number) {
  const { port1, port2 } = new MessageChannel();
  const [writer, reader] = [new BlockWriter(port1, LANES, targetFrames), new BlockReader(port2)];
  onTestFinished(() => writer.close());
  let frames = 0;
  const feed = () => {
    for (; writer.room >= STEP_FRAMES; frames += STEP_FRAMES) {
      const first = frames;
      for (let lane = 0; lane < LANES; lane++) {
        writer.write(
          lane,
          Float32Array.from({ length: STEP_FRAMES }, (_, n) => 10 * (first + n) + lane + 1),
        );
      }
      writer.commit();
    }
  };
  const pull = (count: number) => {
    const channel = () => new Float32Array(count).fill(9);
    const outputs = [[channel()], [channel(), channel()]];
    reader.pull(outputs, count);
    return outputs.flat();
  };
  return { writer, pull, start: () => writer.start(feed), written: () => frames };
}

const expected = (frame: number, frames: number) =>
  Array.from({ length: LANES }, (_, lane) =>
    Float32Array.from({ length: frames }, (_, n) => 10 * (frame + n) + lane + 1),
  );
const silence = (frames: number) => Array.from({ length: LANES }, () => new Float32Array(frames));
const delivered = () => new Promise((resolve) => setTimeout(resolve, 20));

it.each([128, 256, 96])('blocks go round and every sample arrives once, in quanta of %i frames', async (quantum) => {
  const { pull, start, written } = createChain(1024);
  start();
  expect(written()).toBe(1024);
  for (let frame = 0; frame < 60 * quantum; frame += quantum) {
    await vi.waitUntil(() => written() >= frame + 1024 - quantum, { interval: 1 });
    if (frame % (4 * quantum) === 0) await delivered();
    expect(pull(quantum)).toEqual(expected(frame, quantum));
  }
});

it('as many blocks as the target needs are on the way, never more', async () => {
  const { pull, start, writer, written } = createChain(384);
  start();
  await delivered();
  expect([written(), writer.room]).toEqual([384, 0]);
  pull(128);
  await delivered();
  expect([written(), writer.room, writer.played]).toEqual([512, 0, 128]);
});

it('too few frames are a quantum of silence, counted, and the count comes home with the next block', async () => {
  const { pull, start, writer } = createChain(128);
  expect(pull(128)).toEqual(silence(128)); // before the first block: not begun, not an underrun
  start();
  await delivered();
  expect(pull(128)).toEqual(expected(0, 128));
  expect(pull(128)).toEqual(silence(128));
  expect(pull(128)).toEqual(silence(128));
  await delivered();
  expect(pull(128)).toEqual(expected(128, 128));
  await delivered();
  expect(writer.underruns).toBe(2);
});
