import type { Machine, PinTap } from '../entries/machine.ts';
import type { OutputListener } from './options.ts';
import { outputPins } from './pins.ts';
import type { Speaker } from './speaker.ts';

/**
 * From the output pins to a listener, which gets every pin that a converter has fed meanwhile, and to a speaker, which gets
 * the first of them, or silence.
 */
export class Outputs {
  frames = 0;
  readonly #listener: OutputListener | undefined;
  readonly #speaker: Speaker | null;
  readonly #taps: readonly { readonly pin: number; readonly tap: PinTap }[];

  constructor(machine: Machine, listener: OutputListener | undefined, speaker: Speaker | null) {
    this.#listener = listener;
    this.#speaker = speaker;
    this.#taps = outputPins(machine).map(({ codec, nid }) => ({ pin: nid, tap: codec.listen(nid) }));
  }

  /** Hands over all frames since the last step. */
  flush(): void {
    let loud: Float32Array[][] | null = null;
    let quiet: Float32Array[][] | null = null;
    for (const { pin, tap } of this.#taps) {
      const steps: Float32Array[][] = [];
      let anyFed = false;
      for (;;) {
        const { rateHz, fed } = tap; // of what read() returns next
        const channels = tap.read();
        const frames = channels[0]?.length ?? 0;
        if (frames === 0) break;
        steps.push(channels);
        if (!fed) continue;
        anyFed = true;
        this.frames += frames;
        this.#listener?.(channels, rateHz, pin);
      }
      if (anyFed) loud ??= steps;
      else quiet ??= steps;
    }
    for (const channels of loud ?? quiet ?? []) this.#speaker?.play(channels);
  }

  close(): void {
    for (const { tap } of this.#taps) tap.close();
  }
}
