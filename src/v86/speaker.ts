// Between the guest's clock, which makes the samples, and the audio clock, which takes them.

import { DriftQueue } from './drift-queue.ts';
import { type Engine, LANES, STEP_FRAMES } from './resampler.ts';

/** The way to an audio callback: `Outlet` of the demo page's transports. */
export interface SpeakerOutlet {
  /** Calls `onRoom` now and whenever the other side has taken frames. */
  start(onRoom: () => void): void;
  /** Frames to write until it holds its target. */
  readonly room: number;
  /** Render quanta that found too few frames. */
  readonly underruns: number;
  write(lane: number, samples: Float32Array): void;
  commit(): void;
}

/** The guest hands its frames over in bursts; what the outlet holds outlasts its other pauses. */
const TARGET_SECONDS = 0.06;

export class Speaker {
  readonly #outlet: SpeakerOutlet;
  readonly #outletFrames: number;
  readonly #queue: DriftQueue;
  readonly #lane = new Float32Array(STEP_FRAMES);
  /** Underruns of the outlet: when its sound last began, and when it first did. */
  #underruns = 0;
  #silentQuanta: number | null = null;

  /** The engine is for its resampler alone. */
  constructor(outlet: SpeakerOutlet, rateHz: number, engine: Engine) {
    this.#outlet = outlet;
    this.#outletFrames = outlet.room;
    this.#queue = new DriftQueue(engine, rateHz, TARGET_SECONDS, this.#outletFrames);
    outlet.start(() => this.#pump());
  }

  /** Render quanta without sound since the first. */
  get underruns(): number {
    return this.#silentQuanta === null ? 0 : this.#outlet.underruns - this.#silentQuanta;
  }

  get droppedFrames(): number {
    return this.#queue.droppedFrames;
  }

  /** Frames that wait here. */
  get queuedFrames(): number {
    return this.#queue.frames;
  }

  /** How much faster the guest's clock is than the audio clock. */
  get driftPpm(): number {
    return this.#queue.driftPpm;
  }

  play(channels: readonly Float32Array[]): void {
    this.#queue.push(channels);
    this.#pump();
    this.#queue.measure(channels[0]?.length ?? 0, this.#outletFrames - this.#outlet.room);
  }

  #pump(): void {
    const { room, underruns } = this.#outlet;
    if (room < STEP_FRAMES) return;
    if (this.#queue.stands || underruns !== this.#underruns) {
      if (!this.#queue.begin(room)) return;
      this.#underruns = underruns;
      this.#silentQuanta ??= underruns;
    }
    while (this.#outlet.room >= STEP_FRAMES) {
      const step = this.#queue.step();
      if (!step) return;
      for (let lane = 0; lane < LANES; lane++) {
        for (let i = 0; i < STEP_FRAMES; i++) this.#lane[i] = step[i * LANES + lane] as number;
        this.#outlet.write(lane, this.#lane);
      }
      this.#outlet.commit();
    }
  }
}
