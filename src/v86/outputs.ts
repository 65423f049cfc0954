import type { Machine, PinTap } from '../entries/machine.ts';
import type { OutputListener } from './options.ts';
import { outputPins } from './pins.ts';

/** From the output pins to a listener: of every pin that a converter has fed meanwhile, all frames since the last step. */
export class Outputs {
  frames = 0;
  readonly #listener: OutputListener;
  readonly #taps: readonly { readonly pin: number; readonly tap: PinTap }[];

  constructor(machine: Machine, listener: OutputListener) {
    this.#listener = listener;
    this.#taps = outputPins(machine).map(({ codec, nid }) => ({ pin: nid, tap: codec.listen(nid) }));
  }

  flush(): void {
    for (const { pin, tap } of this.#taps) {
      for (;;) {
        const { rateHz, fed } = tap; // of what read() returns next
        const channels = tap.read();
        const frames = channels[0]?.length ?? 0;
        if (frames === 0) break;
        if (!fed) continue;
        this.frames += frames;
        this.#listener(channels, rateHz, pin);
      }
    }
  }

  close(): void {
    for (const { tap } of this.#taps) tap.close();
  }
}
