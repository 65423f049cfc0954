// Samples to the audio callback without shared memory: a bucket chain. A fixed number of blocks goes round; the host
// fills an empty one and sends it, the worklet plays it and sends it back, neither by way of the page's own thread. How
// many blocks there are is the latency, and nothing is allocated per block but the message itself.
//
//   bytes 0   Int32: render quanta that found too few frames, as of this block's return
//   16        lane 0: STEP_FRAMES float32; lane 1; …

import { type Outlet, STEP_FRAMES } from './outlet.ts';

const HEADER_BYTES = 16;
const HEADER_WORDS = HEADER_BYTES / 4;

export class BlockWriter implements Outlet {
  readonly #port: MessagePort;
  readonly #empty: ArrayBuffer[];
  played = 0;
  underruns = 0;

  constructor(port: MessagePort, lanes: number, targetFrames: number) {
    this.#port = port;
    const bytes = HEADER_BYTES + 4 * STEP_FRAMES * lanes;
    this.#empty = Array.from({ length: Math.ceil(targetFrames / STEP_FRAMES) }, () => new ArrayBuffer(bytes));
  }

  start(onRoom: () => void): void {
    this.#port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      this.#empty.push(data);
      this.played += STEP_FRAMES;
      this.underruns = (new Int32Array(data, 0, 1)[0] as number) >>> 0;
      onRoom();
    };
    onRoom();
  }

  get room(): number {
    return this.#empty.length * STEP_FRAMES;
  }

  write(lane: number, samples: Float32Array | undefined): void {
    const to = new Float32Array(this.#empty[0] as ArrayBuffer, HEADER_BYTES + 4 * lane * STEP_FRAMES, STEP_FRAMES);
    if (samples) to.set(samples);
    else to.fill(0);
  }

  commit(): void {
    const block = this.#empty.shift() as ArrayBuffer;
    this.#port.postMessage(block, [block]);
  }

  close(): void {
    this.#port.close();
  }
}

export class BlockReader {
  readonly #port: MessagePort;
  readonly #blocks: Float32Array[] = [];
  /** Frames of the first block that are played already. */
  #at = 0;
  #started = false;
  #underruns = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      this.#blocks.push(new Float32Array(data));
      this.#started = true;
    };
  }

  /** As RingReader.pull. Cost: one message per block that becomes empty; O(lanes · frames). */
  pull(outputs: readonly (readonly Float32Array[])[], frames: number): void {
    if (this.#blocks.length * STEP_FRAMES - this.#at < frames) {
      for (let output = 0; output < outputs.length; output++) {
        const channels = outputs[output] as readonly Float32Array[];
        for (let channel = 0; channel < channels.length; channel++) (channels[channel] as Float32Array).fill(0);
      }
      if (this.#started) this.#underruns++;
      return;
    }
    for (let done = 0; done < frames; ) {
      const block = this.#blocks[0] as Float32Array;
      const count = Math.min(frames - done, STEP_FRAMES - this.#at);
      let from = HEADER_WORDS + this.#at;
      for (let output = 0; output < outputs.length; output++) {
        const channels = outputs[output] as readonly Float32Array[];
        for (let channel = 0; channel < channels.length; channel++, from += STEP_FRAMES) {
          const to = channels[channel] as Float32Array;
          for (let i = 0; i < count; i++) to[done + i] = block[from + i] as number;
        }
      }
      done += count;
      this.#at += count;
      if (this.#at === STEP_FRAMES) this.#sendBack();
    }
  }

  #sendBack(): void {
    const { buffer } = this.#blocks.shift() as Float32Array;
    new Int32Array(buffer, 0, 1)[0] = this.#underruns;
    this.#port.postMessage(buffer, [buffer as ArrayBuffer]);
    this.#at = 0;
  }
}
