// Frames on their way from one clock to another: a queue that keeps its length, by a resampler.

import { DriftControl } from './drift.ts';
import { type Engine, LANES, Resampler, SOURCE_FRAMES, STEP_FRAMES } from './resampler.ts';

/** Targets that may pile up because one side was late, or nobody takes anything: beyond it the oldest goes. */
const CAPACITY_TARGETS = 3;

export class DriftQueue {
  /** Thrown away because nobody took them. */
  droppedFrames = 0;
  /** Frames that wait. */
  frames = 0;
  readonly #targetFrames: number;
  readonly #control: DriftControl;
  readonly #resampler: Resampler;
  readonly #capacity: number;
  /** Interleaved, cyclic. */
  readonly #queue: Float32Array;
  #from = 0;
  /** Nobody takes anything. */
  #stands = true;

  /** `targetSeconds` wait here and `beyond` frames at the taker when all is well. */
  constructor(engine: Engine, rateHz: number, targetSeconds: number, beyond: number) {
    this.#targetFrames = Math.round(targetSeconds * rateHz);
    this.#control = new DriftControl(rateHz, STEP_FRAMES, beyond + this.#targetFrames);
    this.#resampler = new Resampler(engine);
    this.#capacity = beyond + CAPACITY_TARGETS * this.#targetFrames;
    this.#queue = new Float32Array(this.#capacity * LANES);
  }

  /** How much faster the giver's clock is than the taker's, as far as that is known. */
  get driftPpm(): number {
    return this.#control.driftPpm;
  }

  get stands(): boolean {
    return this.#stands;
  }

  /** Mono goes to both lanes; channels beyond the second are left out. */
  push(channels: readonly Float32Array[]): void {
    const frames = channels[0]?.length ?? 0;
    for (let i = 0; i < frames; i++) {
      if (this.frames === this.#capacity) {
        this.#drop(this.#capacity - this.#targetFrames);
        this.#stands = true;
      }
      const at = ((this.#from + this.frames) % this.#capacity) * LANES;
      for (let lane = 0; lane < LANES; lane++) {
        this.#queue[at + lane] = (channels[Math.min(lane, channels.length - 1)] as Float32Array)[i] as number;
      }
      this.frames++;
    }
  }

  /** The taker begins, with room for so many frames at once: true when there are enough, the oldest surplus dropped. */
  begin(room = 0): boolean {
    const surplus = this.frames - this.#targetFrames - room;
    if (surplus < 0) return false;
    this.#drop(surplus);
    this.#stands = false;
    return true;
  }

  /** STEP_FRAMES frames, interleaved; null where too few wait. */
  step(): Float32Array | null {
    if (this.frames < SOURCE_FRAMES) return null;
    const { source } = this.#resampler;
    const start = this.#from * LANES;
    const head = this.#queue.subarray(start, start + source.length);
    source.set(head);
    source.set(this.#queue.subarray(0, source.length - head.length), head.length);
    const { output, taken } = this.#resampler.step(this.#control.ratio, this.#control.next());
    this.#take(taken);
    return output;
  }

  /** `frames` have passed on the giver's clock; the taker holds `beyond` frames now. */
  measure(frames: number, beyond: number): void {
    if (!this.#stands) this.#control.measure(frames, this.frames + beyond);
  }

  #drop(frames: number): void {
    this.#take(frames);
    this.droppedFrames += frames;
    this.#control.restart();
  }

  #take(frames: number): void {
    this.#from = (this.#from + frames) % this.#capacity;
    this.frames -= frames;
  }
}
