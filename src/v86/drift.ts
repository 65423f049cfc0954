/** What the clocks of a guest and of a sound card may differ by; crystals differ by a twentieth of it. */
const MOST_DRIFT = 0.002;
/** Beyond the drift, while the queue goes back to its target: a thirtieth of a semitone. */
const MOST_RETURN = 0.002;
const RETURN_SECONDS = 16;
/** Of the ratio, in a second. */
const SLEW = 0.002;
const WINDOW_SECONDS = 4;
/** How far from its target the queue may be before anything is done. */
const BAND_SECONDS = 0.02;

/**
 * Source frames per frame for a queue between two clocks. A ratio that followed every burst would be a vibrato, so it
 * stands still while the queue is in its band. How the queue's length, the median of some seconds, moves meanwhile says
 * what the clocks differ by: the longer it took to leave the band, the more exactly. Then that goes into the ratio for good,
 * and the way back to the target for a while; corrections become smaller and rarer.
 */
export class DriftControl {
  /** Now. */
  ratio = 1;
  /** Of the clocks, as far as it is known. */
  #drift = 1;
  #goal = 1;
  readonly #rateHz: number;
  readonly #targetFrames: number;
  readonly #slew: number;
  #lengths: number[] = [];
  #windowFrames = 0;
  /** The ratio stood still in this whole window. */
  #steady = false;
  /** Since the ratio stands still: frames after the first window, and how far from its target the queue was in that. */
  #frames = 0;
  #first: number | null = null;

  constructor(rateHz: number, stepFrames: number, targetFrames: number) {
    this.#rateHz = rateHz;
    this.#targetFrames = targetFrames;
    this.#slew = (SLEW * stepFrames) / rateHz;
  }

  /** The guest's clock beside the audio clock. */
  get driftPpm(): number {
    return (this.#drift - 1) * 1e6;
  }

  /** The queue was cut or has run dry: what it held says nothing about what it will. */
  restart(): void {
    this.#lengths = [];
    this.#windowFrames = 0;
    this.#head(0);
  }

  /** The ratio at the end of a step that begins with `ratio`. */
  next(): number {
    const rest = this.#goal - this.ratio;
    this.ratio = Math.abs(rest) <= this.#slew ? this.#goal : this.ratio + Math.sign(rest) * this.#slew;
    return this.ratio;
  }

  /** The guest has handed over `frames` more; so many wait now. */
  measure(frames: number, queuedFrames: number): void {
    this.#lengths.push(queuedFrames);
    this.#windowFrames += frames;
    if (this.#windowFrames < WINDOW_SECONDS * this.#rateHz) return;
    if (this.#steady) this.#look(median(this.#lengths) - this.#targetFrames, this.#windowFrames);
    this.#lengths = [];
    this.#windowFrames = 0;
    this.#steady = this.ratio === this.#goal;
  }

  /** A window of so many frames has passed, the queue so many frames longer than its target. */
  #look(error: number, frames: number): void {
    if (this.#first === null) this.#first = error;
    else this.#frames += frames;
    const band = BAND_SECONDS * this.#rateHz;
    const outside = Math.abs(error) > band;
    const back = this.#goal - this.#drift;
    const astray = Math.abs(error - this.#first + back * this.#frames) > band;
    const arrived = error * this.#first <= 0;
    if (!astray && (back === 0 ? !outside : !arrived)) return;
    if (this.#frames > 0) {
      this.#drift = 1 + clamp(this.#goal + (error - this.#first) / this.#frames - 1, MOST_DRIFT);
    }
    this.#head(outside ? clamp(error / (RETURN_SECONDS * this.#rateHz), MOST_RETURN) : 0);
  }

  #head(back: number): void {
    this.#goal = this.#drift + back;
    this.#steady = false;
    this.#frames = 0;
    this.#first = null;
  }
}

const clamp = (value: number, most: number): number => Math.min(most, Math.max(-most, value));

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] as number;
