// Between the guest's clock, which makes the samples, and the audio clock, which takes them.

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
  close(): void;
}

export type OpenOutlet = (context: AudioContext) => Promise<SpeakerOutlet>;

export const SPEAKER_LANES = 2;
/** Of one write to the outlet: a render quantum. */
const STEP_FRAMES = 128;
/** What waits here when the clocks agree; the guest hands its frames over in bursts. */
const LOW_FRAMES = 1024;
const HIGH_FRAMES = 4096;
/** What a guest that runs ahead of the audio clock may pile up; the oldest beyond it is dropped. */
const CAPACITY_FRAMES = 16_384;

/**
 * A queue that keeps its length: below LOW_FRAMES every step repeats a frame, above HIGH_FRAMES every step drops one, so
 * clocks that differ by up to 7800 ppm cost one frame in 128 and no gap. To be replaced by the resampler.
 */
export class Speaker {
  droppedFrames = 0;
  repeatedFrames = 0;
  readonly #outlet: SpeakerOutlet;
  readonly #lanes = Array.from({ length: SPEAKER_LANES }, () => new Float32Array(CAPACITY_FRAMES));
  readonly #step = new Float32Array(STEP_FRAMES);
  #from = 0;
  #frames = 0;

  constructor(outlet: SpeakerOutlet) {
    this.#outlet = outlet;
    outlet.start(() => this.#pump());
  }

  get underruns(): number {
    return this.#outlet.underruns;
  }

  /** Frames that wait here. */
  get queuedFrames(): number {
    return this.#frames;
  }

  /** Mono goes to both sides; channels beyond the second are left out. */
  play(channels: readonly Float32Array[]): void {
    const frames = channels[0]?.length ?? 0;
    for (let lane = 0; lane < SPEAKER_LANES; lane++) {
      const to = this.#lanes[lane] as Float32Array;
      const samples = channels[Math.min(lane, channels.length - 1)] as Float32Array;
      for (let i = 0; i < frames; i++) to[(this.#from + this.#frames + i) % CAPACITY_FRAMES] = samples[i] as number;
    }
    this.#frames += frames;
    if (this.#frames > CAPACITY_FRAMES) this.#drop(this.#frames - HIGH_FRAMES);
    this.#pump();
  }

  close(): void {
    this.#outlet.close();
  }

  #pump(): void {
    while (this.#outlet.room >= STEP_FRAMES && this.#frames > STEP_FRAMES) {
      const taken =
        this.#frames < LOW_FRAMES ? STEP_FRAMES - 1 : this.#frames > HIGH_FRAMES ? STEP_FRAMES + 1 : STEP_FRAMES;
      for (let lane = 0; lane < SPEAKER_LANES; lane++) {
        const from = this.#lanes[lane] as Float32Array;
        for (let i = 0; i < STEP_FRAMES; i++) {
          this.#step[i] = from[(this.#from + Math.min(i, taken - 1)) % CAPACITY_FRAMES] as number;
        }
        this.#outlet.write(lane, this.#step);
      }
      this.#outlet.commit();
      this.repeatedFrames += Math.max(0, STEP_FRAMES - taken);
      this.#from = (this.#from + Math.min(taken, STEP_FRAMES)) % CAPACITY_FRAMES;
      this.#frames -= Math.min(taken, STEP_FRAMES);
      if (taken > STEP_FRAMES) this.#drop(taken - STEP_FRAMES);
    }
  }

  #drop(frames: number): void {
    this.#from = (this.#from + frames) % CAPACITY_FRAMES;
    this.#frames -= frames;
    this.droppedFrames += frames;
  }
}
