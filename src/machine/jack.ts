// A jack's input: what the embedder has queued at an input pin and the ADC has not yet taken.

/** What may wait at a jack, in seconds; what exceeds it is dropped and counted. */
export const JACK_SECONDS = 10;

export class Jack {
  readonly pin: number;
  /** Lanes of the core that the jack fills; empty while nothing listens. Set when the routes change. */
  lanes: readonly Float32Array[] = [];
  /** Index of the jack's rate in the program, and in Hz. */
  rate = 0;
  rateHz: number;
  readonly #channels: Float32Array[];
  #from = 0;
  #frames = 0;

  constructor(pin: number, rateHz: number, channels: number) {
    this.pin = pin;
    this.rateHz = rateHz;
    this.#channels = Array.from({ length: channels }, () => new Float32Array(0));
  }

  /** Queues planar float32. One channel goes to all of the jack; channels beyond the jack's are dropped. Returns frames dropped. */
  queue(input: readonly Float32Array[]): number {
    const given = input[0]?.length ?? 0;
    const room = Math.max(0, Math.ceil(this.rateHz * JACK_SECONDS) - this.#frames);
    const frames = Math.min(given, room);
    for (let channel = 0; channel < this.#channels.length; channel++) {
      const waiting = this.#channels[channel] as Float32Array;
      const joined = new Float32Array(this.#frames + frames);
      joined.set(waiting.subarray(this.#from, this.#from + this.#frames));
      const source = input.length === 1 ? input[0] : input[channel];
      if (source) joined.set(source.subarray(0, frames), this.#frames);
      this.#channels[channel] = joined;
    }
    this.#from = 0;
    this.#frames += frames;
    return given - frames;
  }

  /** Writes what the next `frames` frames may take into the lanes; silence follows what is queued. */
  fill(frames: number): void {
    for (let index = 0; index < this.lanes.length; index++) {
      const lane = this.lanes[index] as Float32Array;
      const waiting = this.#channels[Math.min(index, this.#channels.length - 1)];
      const most = Math.min(frames, lane.length);
      const queued = Math.min(most, this.#frames);
      if (waiting) for (let i = 0; i < queued; i++) lane[i] = waiting[this.#from + i] as number;
      lane.fill(0, waiting ? queued : 0, most);
    }
  }

  /** `frames` frames went in. Time passes at a jack whether anybody listens or not. */
  taken(frames: number): void {
    const gone = Math.min(frames, this.#frames);
    this.#from += gone;
    this.#frames -= gone;
  }

  get channels(): number {
    return this.#channels.length;
  }

  get frames(): number {
    return this.#frames;
  }

  /** What waits, one view a channel. */
  get waiting(): Float32Array[] {
    return this.#channels.map((channel) => channel.subarray(this.#from, this.#from + this.#frames));
  }
}
