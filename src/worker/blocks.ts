// Samples to the audio callback without shared memory: a bucket chain. A fixed number of blocks goes round; the host
// fills an empty one and sends it, the worklet plays it and sends it back, neither by way of the page's own thread. How
// many blocks there are is the latency, and nothing is allocated per block but the message itself.
//
//   bytes 0   Int32: render quanta that found too few frames, as of this block's return
//   16        lane 0: its steps' float32; lane 1; …

import { type Outlet, STEP_FRAMES } from './outlet.ts';

const HEADER_BYTES = 16;
const HEADER_WORDS = HEADER_BYTES / 4;

export class BlockWriter implements Outlet {
  readonly #port: MessagePort;
  readonly #blockFrames: number;
  readonly #empty: ArrayBuffer[];
  /** Frames of the first empty block that are filled already. */
  #at = 0;
  played = 0;
  underruns = 0;

  /** A block has `steps` of STEP_FRAMES. */
  constructor(port: MessagePort, lanes: number, targetFrames: number, steps = 1) {
    this.#port = port;
    this.#blockFrames = steps * STEP_FRAMES;
    const bytes = HEADER_BYTES + 4 * this.#blockFrames * lanes;
    this.#empty = Array.from({ length: Math.ceil(targetFrames / this.#blockFrames) }, () => new ArrayBuffer(bytes));
  }

  start(onRoom: () => void): void {
    this.#port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      this.#empty.push(data);
      this.played += this.#blockFrames;
      this.underruns = (new Int32Array(data, 0, 1)[0] as number) >>> 0;
      onRoom();
    };
    onRoom();
  }

  get room(): number {
    return this.#empty.length * this.#blockFrames - this.#at;
  }

  write(lane: number, samples: Float32Array | undefined): void {
    const from = HEADER_BYTES + 4 * (lane * this.#blockFrames + this.#at);
    const to = new Float32Array(this.#empty[0] as ArrayBuffer, from, STEP_FRAMES);
    if (samples) to.set(samples);
    else to.fill(0);
  }

  commit(): void {
    this.#at += STEP_FRAMES;
    if (this.#at < this.#blockFrames) return;
    this.#at = 0;
    const block = this.#empty.shift() as ArrayBuffer;
    this.#port.postMessage(block, [block]);
  }

  close(): void {
    this.#port.close();
  }
}

/** A block's lanes, of as many frames each as it holds. */
export function lanesOfBlock(block: ArrayBuffer, lanes: number): Float32Array[] {
  const frames = (block.byteLength - HEADER_BYTES) / (4 * lanes);
  return Array.from({ length: lanes }, (_, lane) => new Float32Array(block, HEADER_BYTES + 4 * lane * frames, frames));
}

/** Sends a block back that was played. */
export function sendBlockBack(port: MessagePort, block: ArrayBuffer, underruns: number): void {
  new Int32Array(block, 0, 1)[0] = underruns;
  port.postMessage(block, [block]);
}

export class BlockReader {
  readonly #port: MessagePort;
  readonly #blocks: Float32Array<ArrayBuffer>[] = [];
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
    const { buffer } = this.#blocks.shift() as Float32Array<ArrayBuffer>;
    sendBlockBack(this.#port, buffer, this.#underruns);
    this.#at = 0;
  }
}
