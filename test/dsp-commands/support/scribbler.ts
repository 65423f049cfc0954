// A second thread that keeps writing memory which the app shares with the kernel.

import { Worker } from 'node:worker_threads';

const CODE = `
const { workerData, parentPort } = require('node:worker_threads');
const { words, control, places } = workerData;
const target = new Uint32Array(words);
const state = new Int32Array(control);
parentPort.postMessage('ready');
let seed = 1;
while (Atomics.load(state, 0) === 0) {
  for (const { at, values } of places) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const value = values ? values[(seed >>> 16) % values.length] : seed;
    Atomics.store(target, at, value);
  }
  Atomics.add(state, 1, 1);
}
`;

export interface Place {
  /** Word of the buffer. */
  readonly at: number;
  /** What to write there, at random; without it anything. */
  readonly values?: readonly number[];
}

/** Runs `work` while another thread writes the places of `buffer`; returns how many rounds it wrote. */
export async function withScribbler(
  buffer: ArrayBufferLike,
  places: readonly Place[],
  work: () => void,
): Promise<number> {
  const control = new Int32Array(new SharedArrayBuffer(8));
  const workerData = { words: buffer, control: control.buffer, places };
  const worker = new Worker(CODE, { eval: true, workerData });
  try {
    await new Promise((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    work();
  } finally {
    Atomics.store(control, 0, 1);
    await worker.terminate();
  }
  return Atomics.load(control, 1);
}
