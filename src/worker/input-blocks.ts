// Samples from the audio callback to the machine: blocks that go round, one for each render quantum, straight from the
// worklet to the worker. The machine takes one for each step, so both sides count the same frames and nothing drifts.
//
//   0    number of the block, so that a lost one is noticed
//   1    left: STEP_FRAMES float32; then right

import { STEP_FRAMES } from './outlet.ts';

const BLOCKS = 64; // 170 ms at 48 kHz: what a worker may be late before blocks are lost
/** Blocks held back, so that a message that comes a little late leaves no hole; and more than these are never kept. */
const HELD = { quanta: { prime: 3, most: 16 }, bursts: { prime: 32, most: 60 } };
const NUMBERS = 2 ** 20;

/** In the worklet. */
export class InputSender {
  readonly #port: MessagePort;
  readonly #free = Array.from({ length: BLOCKS }, () => new Float32Array(1 + 2 * STEP_FRAMES));
  #number = 0;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.#free.push(new Float32Array(data));
  }

  /** A quantum of an input; no channels where nothing is connected. Cost: one message. */
  send(channels: readonly Float32Array[]): void {
    const [left, right = left] = channels;
    if (!left || !right) return;
    this.#number = (this.#number + 1) % NUMBERS;
    const block = this.#free.pop();
    if (!block) return;
    block[0] = this.#number;
    block.set(left, 1);
    block.set(right, 1 + STEP_FRAMES);
    this.#port.postMessage(block.buffer, [block.buffer as ArrayBuffer]);
  }
}

/** For who keeps what it hears: left and right of every block as it comes; the block goes straight back. */
export function receiveBlocks(port: MessagePort, hear: (channels: Float32Array[]) => void): void {
  port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    const block = new Float32Array(data);
    hear([block.subarray(1, 1 + STEP_FRAMES), block.subarray(1 + STEP_FRAMES)]);
    port.postMessage(data, [data]);
  };
}

/** In the worker. */
export class InputReceiver {
  readonly #port: MessagePort;
  readonly #held: { readonly prime: number; readonly most: number };
  readonly #blocks: Float32Array[] = [];
  #primed = false;
  #last = 0;
  /** Holes in what was heard: blocks lost, and steps that found none while input flowed. */
  gaps = 0;

  /** `flow`: a block at a time, or a ScriptProcessorNode's buffer of them, taken many steps at a time. */
  constructor(port: MessagePort, flow: keyof typeof HELD) {
    this.#held = HELD[flow];
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.#receive(new Float32Array(data));
  }

  #receive(block: Float32Array): void {
    const number = block[0] as number;
    if (this.#last > 0) this.gaps += (number - this.#last - 1 + NUMBERS) % NUMBERS;
    this.#last = number;
    this.#blocks.push(block);
    if (this.#blocks.length <= this.#held.most) return;
    this.#sendBack(this.#blocks.shift() as Float32Array); // steps were skipped: the oldest goes, or the delay stays
    this.gaps++;
  }

  /** Hands out the samples of the next step, left and right; not called where there is silence. */
  take(hear: (channels: Float32Array[]) => void): void {
    if (!this.#primed) this.#primed = this.#blocks.length >= this.#held.prime;
    if (!this.#primed) return;
    const block = this.#blocks.shift();
    if (!block) {
      this.#primed = false;
      this.gaps++;
      return;
    }
    hear([block.subarray(1, 1 + STEP_FRAMES), block.subarray(1 + STEP_FRAMES)]);
    this.#sendBack(block);
  }

  #sendBack(block: Float32Array): void {
    this.#port.postMessage(block.buffer, [block.buffer as ArrayBuffer]);
  }
}
