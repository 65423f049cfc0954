// What a tone that may be changed while it plays consists of, frame by frame: one signal, or for the frames of a change
// two of them, one fading into the other. The phase goes on where a wave is periodic, so nothing clicks.

import { checkTone, isNoise, type ToneSettings } from './tone.ts';

const FADE_FRAMES = 256;
const SWEEP_SECONDS = 10;
/** Frame numbers of commands are u32; after so many a signal counts from 0 again. */
const COUNTED_FRAMES = 2 ** 31;

/** A signal from one frame on; silence where settings are null. */
export interface Layer {
  readonly settings: ToneSettings | null;
  /** First frame of the fade into it. */
  readonly from: number;
  /** Its frame 0, and the phase there in cycles. */
  readonly origin: number;
  readonly phase: number;
}

/** A layer's share in a run of frames: its own first frame, the phase at its frame 0, and a gain that moves linearly. */
export interface Part {
  readonly settings: ToneSettings | null;
  readonly firstFrame: number;
  readonly phase: number;
  readonly gainFrom: number;
  readonly gainTo: number;
}

/** Frames that need one command each: one part, or two whose gains add up to 1. */
export interface Piece {
  readonly frames: number;
  readonly parts: readonly Part[];
}

export class ToneLayers {
  /** Of a sweep. */
  readonly sweepFrames: number;
  readonly #rateHz: number;
  #layers: readonly Layer[];

  /** A sweep takes `frames`; where they have no end, 10 s, and begins anew. Errors: RangeError as checkTone. */
  constructor(settings: ToneSettings, rateHz: number, frames: number) {
    checkTone(settings, rateHz);
    this.#rateHz = rateHz;
    this.sweepFrames = Number.isFinite(frames) ? frames : SWEEP_SECONDS * rateHz;
    this.#layers = [{ settings, from: -FADE_FRAMES, origin: 0, phase: 0 }];
  }

  /** What was asked for last. */
  get settings(): ToneSettings | null {
    return this.#last.settings;
  }

  /**
   * Fades to other settings, or to silence for null, from `frame` on or when the fade before is over; `frame` is the
   * first that was not asked for yet. Returns the frame from which the change is complete. RangeError as checkTone.
   */
  change(settings: ToneSettings | null, frame: number): number {
    if (settings) checkTone(settings, this.#rateHz);
    const begun = this.#layers.filter((each) => each.from <= frame); // one that waits gives up its place
    const before = begun[begun.length - 1] as Layer;
    const from = Math.max(frame, before.from + FADE_FRAMES);
    const phase = phaseAfter(before, settings, from, this.#rateHz);
    this.#layers = [...begun.slice(-2), { settings, from, origin: from, phase }];
    return from + FADE_FRAMES;
  }

  /** Frames from `frame` on, at most `limit` of them. */
  pieceAt(frame: number, limit: number): Piece {
    const index = this.#layers.findLastIndex((each) => each.from <= frame);
    const layer = this.#layers[index] as Layer;
    const before = this.#layers[index - 1];
    const faded = layer.from + FADE_FRAMES;
    const fading = before && frame < faded ? [before] : [];
    const ends = [
      frame + limit,
      this.#layers[index + 1]?.from ?? Number.POSITIVE_INFINITY,
      fading.length ? faded : Number.POSITIVE_INFINITY,
    ];
    const frames = Math.min(...ends, ...[layer, ...fading].map((each) => this.#restartAfter(each, frame))) - frame;
    const share = (at: number) => (fading.length ? (at - layer.from) / FADE_FRAMES : 1);
    const [gainFrom, gainTo] = [share(frame), share(frame + frames)];
    return {
      frames,
      parts: [
        ...fading.map((each) => this.#part(each, frame, 1 - gainFrom, 1 - gainTo)),
        this.#part(layer, frame, gainFrom, gainTo),
      ],
    };
  }

  get #last(): Layer {
    return this.#layers[this.#layers.length - 1] as Layer;
  }

  /** Frames after which a layer counts from 0 again. */
  #period({ settings }: Layer): number {
    return settings?.wave === 'sweep' ? this.sweepFrames : COUNTED_FRAMES;
  }

  #restartAfter(layer: Layer, frame: number): number {
    const period = this.#period(layer);
    return layer.origin + (Math.floor((frame - layer.origin) / period) + 1) * period;
  }

  #part(layer: Layer, frame: number, gainFrom: number, gainTo: number): Part {
    const { settings, origin, phase } = layer;
    const period = this.#period(layer);
    const count = Math.floor((frame - origin) / period);
    const start = origin + count * period;
    const wrapped = count > 0 && isPeriodic(settings) ? cyclesAt(layer, start, this.#rateHz) : phase;
    return { settings, firstFrame: frame - start, phase: wrapped, gainFrom, gainTo };
  }
}

const isPeriodic = (settings: ToneSettings | null): settings is ToneSettings =>
  settings !== null && settings.wave !== 'sweep' && !isNoise(settings.wave);

/** Phase of a periodic layer at a frame, 0…1. */
function cyclesAt({ settings, origin, phase }: Layer, frame: number, rateHz: number): number {
  return (phase + ((frame - origin) * (settings?.frequencyHz ?? 0)) / rateHz) % 1;
}

/** The new wave takes over at the phase that the old one has reached. */
function phaseAfter(before: Layer, settings: ToneSettings | null, frame: number, rateHz: number): number {
  return isPeriodic(settings) && isPeriodic(before.settings) ? cyclesAt(before, frame, rateHz) : 0;
}
