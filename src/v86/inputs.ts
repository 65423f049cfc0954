import type { Machine } from '../entries/machine.ts';
import type { InputSource } from './options.ts';
import { inputPins } from './pins.ts';

const LINK_FRAME_HZ = 48_000;

/** From a source to the input pins: exactly the frames that a jack takes while guest time passes, no sooner. */
export class Inputs {
  frames = 0;
  readonly #source: InputSource;
  readonly #pins;

  constructor(machine: Machine, source: InputSource) {
    this.#source = source;
    this.#pins = inputPins(machine);
  }

  /** Time is about to pass from one link frame since power-up to another. */
  feed(from: number, to: number): void {
    for (const { codec, nid } of this.#pins) {
      const rateHz = codec.inputRateHz(nid);
      const frames = framesAt(to, rateHz) - framesAt(from, rateHz);
      if (frames === 0) continue;
      const channels = this.#source(frames, rateHz, nid);
      if (!channels) continue;
      this.frames += frames;
      codec.feed(nid, channels);
    }
  }
}

/** Frames that a jack has taken k link frames after power-up: ceil(k · rate / 48000). */
const framesAt = (linkFrames: number, rateHz: number) => Math.ceil((linkFrames * rateHz) / LINK_FRAME_HZ);
