// Samples to the audio callback in shared memory: one writer, one reader, no lock.
//
//   bytes 0   Int32 control words, each in a cache line of its own: WRITTEN, READ, UNDERRUNS
//   192       lane 0: `frames` float32, then 64 bytes that keep lanes off one another's L1 sets; lane 1; …
//
// WRITTEN and READ count frames and wrap at 2^32. The writer alone stores WRITTEN, the reader alone the others, and
// READ is the word that the writer waits on.

import { type Outlet, STEP_FRAMES } from './outlet.ts';

const LINE = 16; // words
const WRITTEN = 0;
const READ = LINE;
const UNDERRUNS = 2 * LINE;
const CONTROL_WORDS = 3 * LINE;

/** What either side needs to find its way; `frames` is a power of two. */
export interface Ring {
  readonly buffer: SharedArrayBuffer;
  readonly lanes: number;
  readonly frames: number;
}

export function createRing(lanes: number, atLeastFrames: number): Ring {
  const frames = 2 ** Math.ceil(Math.log2(Math.max(atLeastFrames, STEP_FRAMES)));
  return { buffer: new SharedArrayBuffer(4 * (CONTROL_WORDS + lanes * (frames + LINE))), lanes, frames };
}

const controlOf = (ring: Ring) => new Int32Array(ring.buffer, 0, CONTROL_WORDS);
const lanesOf = ({ buffer, lanes, frames }: Ring) =>
  Array.from({ length: lanes }, (_, n) => new Float32Array(buffer, 4 * (CONTROL_WORDS + n * (frames + LINE)), frames));

export class RingWriter implements Outlet {
  readonly #control: Int32Array;
  readonly #lanes: readonly Float32Array[];
  readonly #mask: number;
  readonly #targetFrames: number;
  readonly #wake: MessagePort | null;
  #played = 0;
  #open = true;

  /** `wake`: where the reader's messages arrive, for want of Atomics.waitAsync. */
  constructor(ring: Ring, targetFrames: number, wake: MessagePort | null) {
    this.#control = controlOf(ring);
    this.#lanes = lanesOf(ring);
    this.#mask = ring.frames - 1;
    this.#targetFrames = targetFrames;
    this.#wake = wake;
  }

  start(onRoom: () => void): void {
    if (this.#wake) {
      this.#wake.onmessage = onRoom;
      onRoom();
    } else this.#watch(onRoom);
  }

  get room(): number {
    return this.#targetFrames - ((Atomics.load(this.#control, WRITTEN) - this.#read()) >>> 0);
  }

  get played(): number {
    this.#read();
    return this.#played;
  }

  get underruns(): number {
    return Atomics.load(this.#control, UNDERRUNS) >>> 0;
  }

  write(lane: number, samples: Float32Array | undefined): void {
    const to = this.#lanes[lane] as Float32Array;
    const start = Atomics.load(this.#control, WRITTEN) & this.#mask; // a multiple of STEP_FRAMES: a step never wraps
    if (samples) to.set(samples, start);
    else to.fill(0, start, start + STEP_FRAMES);
  }

  commit(): void {
    Atomics.add(this.#control, WRITTEN, STEP_FRAMES);
  }

  close(): void {
    this.#open = false;
    this.#wake?.close();
    Atomics.notify(this.#control, READ);
  }

  /** READ, with #played following it beyond 2^32. */
  #read(): number {
    const read = Atomics.load(this.#control, READ);
    this.#played += (read - this.#played) >>> 0;
    return read;
  }

  async #watch(onRoom: () => void): Promise<void> {
    while (this.#open) {
      const seen = Atomics.load(this.#control, READ);
      onRoom();
      const wait = waitAsync(this.#control, READ, seen);
      // Read meanwhile: go on, but through the event loop, so that a machine slower than its listener still hears commands.
      await (wait.async ? wait.value : new Promise((resolve) => setTimeout(resolve)));
    }
  }
}

export const canWaitAsync = () => 'waitAsync' in Atomics;
type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { async: false } | { async: true; value: Promise<string> };
const waitAsync: WaitAsync = (words, index, value) =>
  (Atomics as unknown as { waitAsync: WaitAsync }).waitAsync(words, index, value);

export class RingReader {
  readonly #control: Int32Array;
  readonly #lanes: readonly Float32Array[];
  readonly #mask: number;
  /** Wakes a writer that cannot wait on READ. */
  wake: MessagePort | null = null;

  constructor(ring: Ring) {
    this.#control = controlOf(ring);
    this.#lanes = lanesOf(ring);
    this.#mask = ring.frames - 1;
  }

  /**
   * Fills all channels of `outputs`, in lane order, with the next `frames` frames.
   * Cost: no allocation; O(lanes · frames).
   */
  pull(outputs: readonly (readonly Float32Array[])[], frames: number): void {
    const start = Atomics.load(this.#control, READ);
    const enough = (Atomics.load(this.#control, WRITTEN) - start) >>> 0 >= frames;
    let lane = 0;
    for (let output = 0; output < outputs.length; output++) {
      const channels = outputs[output] as readonly Float32Array[];
      for (let channel = 0; channel < channels.length; channel++) {
        const from = this.#lanes[lane++] as Float32Array;
        const to = channels[channel] as Float32Array;
        if (enough) for (let i = 0; i < frames; i++) to[i] = from[(start + i) & this.#mask] as number;
        else to.fill(0);
      }
    }
    if (enough) Atomics.store(this.#control, READ, start + frames);
    else Atomics.add(this.#control, UNDERRUNS, 1);
    Atomics.notify(this.#control, READ);
    this.wake?.postMessage(null);
  }
}
