import { createTone, type Signal, type Wave } from '../dsp/tone.ts';

export interface VoiceSettings {
  readonly wave: Wave;
  readonly frequencyHz: number;
  readonly levelDbfs: number;
}

const FADE_FRAMES = 256;
const SWEEP_SECONDS = 10;

interface Layer {
  readonly settings: VoiceSettings | null;
  readonly signal: Signal;
  /** Frame at which its phase is 0; not whole after a change. */
  readonly origin: number;
  /** First frame of the fade into it, and what it fades from. */
  readonly from: number;
  readonly before: Layer | null;
}

/**
 * A tone that can be changed while it plays, without a click: the phase goes on where the wave is periodic, and every
 * change is faded. Until the first change it is createTone's signal, to the bit.
 */
export class Voice {
  readonly #rateHz: number;
  #top: Layer;

  /** RangeError as createTone. A sweep takes `frames`; where they have no end, 10 s, and begins anew. */
  constructor(settings: VoiceSettings, rateHz: number, frames: number) {
    this.#rateHz = rateHz;
    const signal = this.#createSignal(settings, frames);
    this.#top = { settings, signal, origin: 0, from: Number.NEGATIVE_INFINITY, before: null };
  }

  get settings(): VoiceSettings | null {
    return this.#top.settings;
  }

  readonly signal: Signal = (frame) => valueAt(this.#top, frame);

  /**
   * Fades to other settings, or to silence for null, from `frame` on or when the fade before is over; `frame` is the
   * first that was not asked for yet. Returns the frame from which the change is complete. RangeError as createTone.
   */
  change(settings: VoiceSettings | null, frame: number): number {
    const waiting = this.#top.from > frame; // not begun: this one takes its place
    const before = (waiting ? this.#top.before : this.#top) as Layer;
    const from = Math.max(frame, before.from + FADE_FRAMES);
    const signal = settings ? this.#createSignal(settings, Number.POSITIVE_INFINITY) : () => 0;
    const faded = frame >= before.from + FADE_FRAMES;
    this.#top = {
      settings,
      signal,
      origin: settings ? this.#originAt(from, settings, before) : from,
      from,
      before: faded ? { ...before, before: null } : before,
    };
    return from + FADE_FRAMES;
  }

  #createSignal(settings: VoiceSettings, frames: number): Signal {
    const rateHz = this.#rateHz;
    if (settings.wave !== 'sweep' || Number.isFinite(frames)) return createTone({ ...settings, rateHz, frames });
    const period = SWEEP_SECONDS * rateHz;
    const once = createTone({ ...settings, rateHz, frames: period });
    return (frame) => once(frame % period);
  }

  /** Where phase 0 lies, so that the new wave takes over at the phase that the old one has reached. */
  #originAt(from: number, next: VoiceSettings, { settings, origin }: Layer): number {
    if (!settings || !isPeriodic(next.wave) || !isPeriodic(settings.wave)) return from;
    const cycles = ((from - origin) * settings.frequencyHz) / this.#rateHz;
    return from - ((cycles % 1) * this.#rateHz) / next.frequencyHz;
  }
}

const isPeriodic = (wave: Wave) => wave !== 'noise' && wave !== 'sweep';

function valueAt({ signal, origin, from, before }: Layer, frame: number): number {
  const share = (frame - from) / FADE_FRAMES;
  if (!before || share >= 1) return signal(frame - origin);
  const old = valueAt(before, frame);
  return share <= 0 ? old : old + share * (signal(frame - origin) - old);
}
