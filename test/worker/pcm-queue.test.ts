import { expect, it } from 'vitest';
import type { SampleBits } from '../../src/hda/pcm.ts';
import { PcmQueue } from '../../src/worker/pcm-queue.ts';

const queueOf = (bits: SampleBits, channels = 1) => new PcmQueue({ rateHz: 48000, bits, channels });

function take(queue: PcmQueue, bytes: number, frameBytes: number): DataView {
  const into = new Uint8Array(bytes);
  queue.source(into, 0, bytes / frameBytes);
  return new DataView(into.buffer);
}

it('16-bit PCM into a 16-bit stream is the same bits, all of them', () => {
  const all = Int16Array.from({ length: 65536 }, (_, n) => n - 32768);
  const queue = queueOf(16);
  queue.write(all);
  expect(new Int16Array(take(queue, 131072, 2).buffer)).toEqual(all);
});

it('32-bit PCM into a 32-bit stream is the same bits', () => {
  const some = Int32Array.of(-(2 ** 31), 2 ** 31 - 1, -1, 0, 1, 0x12345678);
  const queue = queueOf(32);
  queue.write(some);
  expect(new Int32Array(take(queue, 24, 4).buffer)).toEqual(some);
});

it.each([
  ['8 bits are unsigned', Uint8Array.of(0, 128, 255), [-(2 ** 31), 0, 127 * 2 ** 24]],
  ['floats have full scale ±1, clamped', Float32Array.of(-1, 0.5, 2), [-(2 ** 31), 2 ** 30, 0x7fffff00]],
  ['doubles too', Float64Array.of(-2, 0.25, 1), [-(2 ** 31), 2 ** 29, 0x7fffff00]],
])('into 24 bits, left-justified: %s (§3.10)', (_claim, samples, containers) => {
  const queue = queueOf(24);
  queue.write(samples);
  const view = take(queue, 12, 4);
  expect([0, 4, 8].map((at) => view.getInt32(at, true))).toEqual(containers);
});

it('one array per channel is interleaved', () => {
  const queue = queueOf(16, 2);
  queue.write([Float32Array.of(0.25, 0.5), Float32Array.of(-0.25, -0.5)]);
  expect([...new Int16Array(take(queue, 8, 4).buffer)]).toEqual([8192, -8192, 16384, -16384]);
});

it('what is not there in time is silence, and counted; the rest follows whole', () => {
  const queue = queueOf(8);
  queue.write(Uint8Array.of(1, 2, 3));
  expect([...new Uint8Array(take(queue, 5, 1).buffer)]).toEqual([1, 2, 3, 128, 128]);
  expect(queue.starved).toBe(2);
  queue.write(Uint8Array.of(4));
  expect([...new Uint8Array(take(queue, 1, 1).buffer)]).toEqual([4]);
  expect(queue.starved).toBe(2);
});

it('a writer waits while more than half a second is queued', async () => {
  const queue = queueOf(16);
  queue.write(new Int16Array(24001));
  let free = false;
  const room = queue.room().then(() => {
    free = true;
  });
  await Promise.resolve();
  expect(free).toBe(false);
  take(queue, 2, 2);
  await room;
  expect(queue.queued).toBe(24000);
});

it('a closed queue holds nobody', async () => {
  const queue = queueOf(16);
  queue.write(new Int16Array(48000));
  const room = queue.room();
  queue.close();
  await room;
});

it.each([
  ['half a frame', new Int16Array(3)],
  ['three channels', [new Float32Array(1), new Float32Array(1), new Float32Array(1)]],
  ['channels that differ in length', [new Float32Array(2), new Float32Array(1)]],
])('a stereo stream refuses %s and keeps what it had', (_claim, samples) => {
  const queue = queueOf(16, 2);
  expect(() => queue.write(samples)).toThrow(RangeError);
  expect(queue.queued).toBe(0);
});
