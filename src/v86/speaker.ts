// Between the guest's clock, which makes the samples, and the audio clock, which takes them.

import { DriftControl } from './drift.ts';
import { type Engine, LANES, Resampler, SOURCE_FRAMES, STEP_FRAMES } from './resampler.ts';

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

/** What a speaker needs of the world. */
export interface SpeakerParts {
  readonly outlet: SpeakerOutlet;
  readonly rateHz: number;
  /** For its resampler alone. */
  readonly engine: Engine;
  close(): void;
}

export type OpenSpeaker = (context: AudioContext) => Promise<SpeakerParts>;

/** What waits here beyond what the outlet holds; the guest hands its frames over in bursts. */
const TARGET_SECONDS = 0.06;
/** Targets that a guest may pile up that was late, or whose sound nobody takes: beyond it the oldest goes. */
const CAPACITY_TARGETS = 3;

/** A queue that keeps its length: a resampler takes up what the clocks differ by, up to 2000 ppm. */
export class Speaker {
  /** Thrown away because nobody took them, or because the clocks differ by more. */
  droppedFrames = 0;
  readonly close: () => void;
  readonly #outlet: SpeakerOutlet;
  readonly #resampler: Resampler;
  readonly #control: DriftControl;
  readonly #targetFrames: number;
  /** What the outlet holds. */
  readonly #outletFrames: number;
  readonly #capacity: number;
  /** Interleaved, cyclic. */
  readonly #queue: Float32Array;
  readonly #lane = new Float32Array(STEP_FRAMES);
  #from = 0;
  #frames = 0;
  /** Nothing sounds, or nobody listens. */
  #stands = true;
  /** Of the outlet: when its sound last began, and when it first did. */
  #underruns = 0;
  #silentQuanta: number | null = null;

  constructor({ outlet, rateHz, engine, close }: SpeakerParts) {
    this.#outlet = outlet;
    this.close = close;
    this.#targetFrames = Math.round(TARGET_SECONDS * rateHz);
    this.#resampler = new Resampler(engine);
    this.#outletFrames = outlet.room;
    this.#control = new DriftControl(rateHz, STEP_FRAMES, this.#outletFrames + this.#targetFrames);
    this.#capacity = this.#outletFrames + CAPACITY_TARGETS * this.#targetFrames;
    this.#queue = new Float32Array(this.#capacity * LANES);
    outlet.start(() => this.#pump());
  }

  /** Render quanta without sound since the first. */
  get underruns(): number {
    return this.#silentQuanta === null ? 0 : this.#outlet.underruns - this.#silentQuanta;
  }

  /** Frames that wait here. */
  get queuedFrames(): number {
    return this.#frames;
  }

  /** How much faster the guest's clock is than the audio clock. */
  get driftPpm(): number {
    return this.#control.driftPpm;
  }

  /** Mono goes to both sides; channels beyond the second are left out. */
  play(channels: readonly Float32Array[]): void {
    const frames = channels[0]?.length ?? 0;
    for (let i = 0; i < frames; i++) {
      if (this.#frames === this.#capacity) {
        this.#drop(this.#capacity - this.#targetFrames);
        this.#stands = true;
      }
      const at = ((this.#from + this.#frames) % this.#capacity) * LANES;
      for (let lane = 0; lane < LANES; lane++) {
        this.#queue[at + lane] = (channels[Math.min(lane, channels.length - 1)] as Float32Array)[i] as number;
      }
      this.#frames++;
    }
    this.#pump();
    if (!this.#stands) this.#control.measure(frames, this.#frames + this.#outletFrames - this.#outlet.room);
  }

  #pump(): void {
    const { room, underruns } = this.#outlet;
    if (room < STEP_FRAMES) return;
    if (this.#stands || underruns !== this.#underruns) {
      const surplus = this.#frames - this.#targetFrames - room;
      if (surplus < 0) return;
      this.#drop(surplus);
      this.#stands = false;
      this.#underruns = underruns;
      this.#silentQuanta ??= underruns;
    }
    while (this.#outlet.room >= STEP_FRAMES && this.#frames >= SOURCE_FRAMES) this.#step();
  }

  #step(): void {
    const { source } = this.#resampler;
    const start = this.#from * LANES;
    const head = this.#queue.subarray(start, start + source.length);
    source.set(head);
    source.set(this.#queue.subarray(0, source.length - head.length), head.length);
    const { output, taken } = this.#resampler.step(this.#control.ratio, this.#control.next());
    for (let lane = 0; lane < LANES; lane++) {
      for (let i = 0; i < STEP_FRAMES; i++) this.#lane[i] = output[i * LANES + lane] as number;
      this.#outlet.write(lane, this.#lane);
    }
    this.#outlet.commit();
    this.#take(taken);
  }

  #drop(frames: number): void {
    this.#take(frames);
    this.droppedFrames += frames;
    this.#control.restart();
  }

  #take(frames: number): void {
    this.#from = (this.#from + frames) % this.#capacity;
    this.#frames -= frames;
  }
}
