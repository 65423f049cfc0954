import type { Azalia, Tone, ToneSettings } from 'azalia';
import type { PinChoice } from './controls.ts';

/** A tone that goes on until it is stopped; one that has `seconds`, such as a sweep, ends by itself. */
export interface Sound extends ToneSettings {
  readonly seconds?: number;
}

/** One tone at one pin of the codec: plays it, and lets the pin be heard and seen. */
export class Player {
  readonly analyser: AnalyserNode;
  readonly #azalia: Azalia;
  readonly #onPlaying: (playing: boolean) => void;
  readonly #merger: ChannelMergerNode;
  #splitter: ChannelSplitterNode | null = null;
  #pin: PinChoice | null = null;
  #tone: Tone | null = null;
  #ends = false;
  #work: Promise<void> = Promise.resolve();
  #next: Sound | null = null;

  constructor(azalia: Azalia, onPlaying: (playing: boolean) => void) {
    const { context } = azalia;
    this.#azalia = azalia;
    this.#onPlaying = onPlaying;
    this.#merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
    this.analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0.5 });
    this.#merger.connect(this.analyser).connect(context.destination);
  }

  toggle(settings: Sound): Promise<void> {
    return this.#inTurn(() => (this.#tone ? this.#stop() : this.#play(settings)));
  }

  /** Makes room for another source: its pin's converter is free. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#tone) await this.#stop();
    });
  }

  /** Changes that come faster than they can be made become one. */
  async change(settings: Sound): Promise<void> {
    const waiting = this.#next !== null;
    this.#next = settings;
    if (waiting) return;
    await this.#inTurn(async () => {
      const next = this.#next;
      this.#next = null;
      if (!next || !this.#tone) return;
      if (!next.seconds && !this.#ends) return this.#tone.change(next);
      await this.#stop();
      await this.#play(next);
    });
  }

  move(pin: PinChoice, settings: Sound): Promise<void> {
    return this.#inTurn(async () => {
      const playing = this.#tone !== null;
      if (playing) await this.#stop();
      this.listen(pin);
      if (playing) await this.#play(settings);
    });
  }

  /** Both sides of a pin to the loudspeaker. */
  listen(pin: PinChoice): void {
    const { context, output } = this.#azalia;
    const { firstChannel, channels } = pin;
    if (this.#splitter) {
      output.disconnect(this.#splitter);
      this.#splitter.disconnect();
    }
    this.#pin = pin;
    this.#splitter = new ChannelSplitterNode(context, { numberOfOutputs: firstChannel + channels });
    output.connect(this.#splitter, pin.output);
    for (const side of [0, 1]) this.#splitter.connect(this.#merger, firstChannel + Math.min(side, channels - 1), side);
  }

  async #play(settings: Sound): Promise<void> {
    await this.#azalia.context.resume();
    const tone = await this.#azalia.playTone({ ...settings, ...(this.#pin && { pin: this.#pin.nid }) });
    this.#tone = tone;
    this.#ends = settings.seconds !== undefined;
    this.#onPlaying(true);
    tone.finished.then(() => this.#over(tone)).catch(() => {}); // what ends the machine is told by its close event
  }

  async #stop(): Promise<void> {
    const tone = this.#tone;
    this.#tone = null;
    this.#onPlaying(false);
    await tone?.stop();
  }

  /** It came to its end. */
  #over(tone: Tone): void {
    if (this.#tone !== tone) return;
    this.#tone = null;
    this.#onPlaying(false);
  }

  /** One after the other, whatever became of the one before. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => {});
    return done;
  }
}
