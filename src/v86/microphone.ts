// Between the audio clock, which brings the samples, and the guest's clock, which takes them.

import { DriftQueue } from './drift-queue.ts';
import type { InputSource } from './options.ts';
import { type Engine, LANES, STEP_FRAMES } from './resampler.ts';

/** After a pause of the emulator the guest asks for all of it at once, before the blocks of that time have arrived. */
const TARGET_SECONDS = 0.12;

export class Microphone {
  /** Times that the guest found too few frames while it recorded. */
  gaps = 0;
  readonly #queue: DriftQueue;
  #step: Float32Array = new Float32Array();
  /** Frames of #step that the guest has. */
  #at = STEP_FRAMES;
  /** Too few frames had come: silence until as many wait as should. */
  #dry = false;
  #channels: Float32Array[] | null = null;
  readonly #served = new Set<number>();

  /** The engine is for its resampler alone. */
  constructor(rateHz: number, engine: Engine) {
    this.#queue = new DriftQueue(engine, rateHz, TARGET_SECONDS, 0);
  }

  hear(channels: readonly Float32Array[]): void {
    this.#queue.push(channels);
    this.#queue.measure(channels[0]?.length ?? 0, STEP_FRAMES - this.#at);
  }

  /** The same for every jack: a new stretch begins when one asks again. */
  readonly source: InputSource = (frames, _rateHz, pin) => {
    if (this.#served.size === 0 || this.#served.has(pin)) {
      this.#served.clear();
      this.#channels = this.#take(frames);
    }
    this.#served.add(pin);
    return this.#channels;
  };

  #take(frames: number): Float32Array[] | null {
    if (this.#queue.stands || this.#dry) {
      if (!this.#queue.begin()) return null;
      this.#dry = false;
      this.#at = STEP_FRAMES;
    }
    const channels = Array.from({ length: LANES }, () => new Float32Array(frames));
    for (let done = 0; done < frames; done++, this.#at++) {
      if (this.#at === STEP_FRAMES) {
        const step = this.#queue.step();
        if (!step) {
          this.gaps++;
          this.#dry = true;
          return channels;
        }
        this.#step = step;
        this.#at = 0;
      }
      for (const [lane, samples] of channels.entries()) samples[done] = this.#step[this.#at * LANES + lane] as number;
    }
    return channels;
  }
}
