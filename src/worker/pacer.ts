// The audio callback as the machine's clock: as many analogue frames pass in the machine as the listener has taken.

import type { Machine } from '../entries/machine.ts';
import { TICKS_PER_FRAME } from '../hda/timing.ts';
import { framesAt, linkFramesAt } from './analogue-clock.ts';
import { type Outlet, STEP_FRAMES } from './outlet.ts';
import type { PinLanes } from './pin-lanes.ts';

export class Pacer {
  readonly #machine: Machine;
  readonly #pins: PinLanes;
  readonly #outlet: Outlet;
  readonly #rateHz: number;
  readonly #beforeStep: () => void;
  /** Analogue frames from power-up to here. */
  readonly #firstFrame: number;
  framesWritten = 0;

  /** `pins` listens from the same moment on; `beforeStep` brings what the step's frames hear. */
  constructor(machine: Machine, pins: PinLanes, outlet: Outlet, rateHz: number, beforeStep: () => void) {
    this.#machine = machine;
    this.#pins = pins;
    this.#outlet = outlet;
    this.#rateHz = rateHz;
    this.#beforeStep = beforeStep;
    this.#firstFrame = framesAt(this.#linkFrames, rateHz);
  }

  /**
   * Keeps the outlet at its target. `onStep` follows every step of STEP_FRAMES, `onPump` every time the listener took
   * frames; what they or the machine throw goes to `onError` and ends it.
   */
  start(onStep: () => void, onPump: () => void, onError: (error: unknown) => void): void {
    this.#outlet.start(() => {
      try {
        while (this.#outlet.room >= STEP_FRAMES) {
          this.#step();
          onStep();
        }
        onPump();
      } catch (error) {
        this.#outlet.close();
        onError(error);
      }
    });
  }

  #step(): void {
    this.#beforeStep();
    const until = linkFramesAt(this.#firstFrame + this.framesWritten + STEP_FRAMES, this.#rateHz);
    this.#machine.advance(until - this.#linkFrames);
    this.#pins.write(this.#outlet);
    this.#outlet.commit();
    this.framesWritten += STEP_FRAMES;
  }

  /** Fractions of a frame pass while Windows waits for hardware. */
  get #linkFrames(): number {
    return Number(this.#machine.linkTicks) / TICKS_PER_FRAME;
  }
}
