// A tap: what reaches a pin, kept until it is read.

/** What a tap keeps when nobody reads, in seconds. */
export const TAP_SECONDS = 10;

export interface PinTap {
  /**
   * Rate of what the next `read()` returns. Where a pin runs at its converter's rate (`outputRateHz: 'stream'`) it
   * may change with the converter's format.
   */
  readonly rateHz: number;
  /** Whether something reached the pin in what the next `read()` returns; false: silent because nothing is routed there. */
  readonly fed: boolean;
  /**
   * Planar float32 since the last read: exactly as many frames as time has passed, silence included; one array per
   * channel of the converter that feeds the pin, else of the pin. When rate or channel count changed since, each
   * call returns the frames of one of them, oldest first, and `rateHz` follows.
   */
  read(): Float32Array[];
  close(): void;
}

/** Frames of one rate and channel count: a ring of the last 10 s. */
class Take {
  readonly rateHz: number;
  readonly channels: readonly Float32Array[];
  readonly #capacity: number;
  #from = 0;
  frames = 0;
  fed = false;

  constructor(rateHz: number, channels: number) {
    this.rateHz = rateHz;
    this.#capacity = Math.ceil(rateHz * TAP_SECONDS);
    this.channels = Array.from({ length: channels }, () => new Float32Array(this.#capacity));
  }

  /** Appends the first `frames` samples of each lane, null being silence; returns how many old frames were lost. */
  append(lanes: readonly (Float32Array | null)[], frames: number): number {
    const to = (this.#from + this.frames) % this.#capacity;
    const first = Math.min(frames, this.#capacity - to);
    for (let channel = 0; channel < this.channels.length; channel++) {
      const ring = this.channels[channel] as Float32Array;
      const lane = lanes[channel];
      if (lane) {
        this.fed ||= frames > 0;
        for (let i = 0; i < first; i++) ring[to + i] = lane[i] as number;
        for (let i = first; i < frames; i++) ring[i - first] = lane[i] as number;
      } else {
        ring.fill(0, to, to + first);
        ring.fill(0, 0, frames - first);
      }
    }
    const lost = Math.max(0, this.frames + frames - this.#capacity);
    this.#from = (this.#from + lost) % this.#capacity;
    this.frames += frames - lost;
    return lost;
  }

  take(): Float32Array[] {
    const first = Math.min(this.frames, this.#capacity - this.#from);
    const taken = this.channels.map((ring) => {
      const out = new Float32Array(this.frames);
      out.set(ring.subarray(this.#from, this.#from + first));
      out.set(ring.subarray(0, this.frames - first), first);
      return out;
    });
    this.#from = (this.#from + this.frames) % this.#capacity;
    this.frames = 0;
    this.fed = false;
    return taken;
  }
}

/** Finished takes a tap keeps; a guest that changes the format faster than anybody reads loses the oldest. */
const TAKES_MOST = 8;

export class Tap implements PinTap {
  readonly pin: number;
  /** Where the samples of the last segment lie; set when the routes change. */
  lanes: readonly (Float32Array | null)[] = [];
  /** Index of the pin's rate in the program. */
  rate = 0;
  readonly #close: () => void;
  #finished: { readonly rateHz: number; readonly fed: boolean; readonly channels: Float32Array[] }[] = [];
  #take: Take;
  #lost = 0;

  /** What the tap hears while nothing is routed to its pin: the pin's channels, silent. */
  readonly silence: readonly null[];

  constructor(pin: number, rateHz: number, channels: number, close: () => void) {
    this.pin = pin;
    this.silence = new Array<null>(channels).fill(null);
    this.#close = close;
    this.#take = new Take(rateHz, channels);
  }

  get rateHz(): number {
    return this.#finished[0]?.rateHz ?? this.#take.rateHz;
  }

  get fed(): boolean {
    return (this.#finished[0] ?? this.#take).fed;
  }

  /** Rate of what is appended now. */
  get currentRateHz(): number {
    return this.#take.rateHz;
  }

  /** The routes changed: from now on frames come at this rate from these lanes. */
  route(rateHz: number, rate: number, lanes: readonly (Float32Array | null)[]): void {
    this.rate = rate;
    this.lanes = lanes;
    if (rateHz === this.#take.rateHz && lanes.length === this.#take.channels.length) return;
    if (this.#take.frames > 0) {
      const { rateHz: before, fed } = this.#take;
      this.#finished.push({ rateHz: before, fed, channels: this.#take.take() });
      if (this.#finished.length > TAKES_MOST) this.#lost += this.#finished.shift()?.channels[0]?.length ?? 0;
    }
    this.#take = new Take(rateHz, lanes.length);
  }

  /** Appends the last segment; returns how many frames were dropped for it. */
  append(frames: number): number {
    const dropped = this.#take.append(this.lanes, frames) + this.#lost;
    this.#lost = 0;
    return dropped;
  }

  read(): Float32Array[] {
    return this.#finished.shift()?.channels ?? this.#take.take();
  }

  close(): void {
    this.#close();
  }
}
