// A beep generator on its way to the core: its lanes hold the tone of the frames to come (hda-hardware §5.12).

import { fillBeep } from '../codec/beep.ts';
import { FRAME_HZ } from '../hda/timing.ts';

export class Beep {
  readonly #divider: number;
  readonly #rateHz: number;
  readonly #lanes: readonly Float32Array[];

  constructor(divider: number, rateHz: number, lanes: readonly Float32Array[]) {
    this.#divider = divider;
    this.#rateHz = rateHz;
    this.#lanes = lanes;
  }

  /** For the analogue frames of the next `linkFrames` link frames, after `now` of them since power-up. */
  fill(now: number, linkFrames: number): void {
    const first = Math.ceil((now * this.#rateHz) / FRAME_HZ);
    const frames = Math.ceil((linkFrames * this.#rateHz) / FRAME_HZ);
    for (let i = 0; i < this.#lanes.length; i++) {
      const lane = this.#lanes[i] as Float32Array;
      fillBeep(lane, Math.min(frames, lane.length), this.#divider, this.#rateHz, first);
    }
  }
}
