// The computer's microphone into the codec's line in, recorded by the driver, and played by the driver to the first pin.

import type { Azalia } from 'azalia';

export class Microphone {
  readonly #azalia: Azalia;
  #stop: (() => void) | null = null;

  constructor(azalia: Azalia) {
    this.#azalia = azalia;
  }

  get on(): boolean {
    return this.#stop !== null;
  }

  /** Returns the pin that it is heard at; null when it was switched off. */
  async toggle(): Promise<number | null> {
    if (this.#stop) {
      this.#stop();
      return null;
    }
    const { context } = this.#azalia;
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const media = await navigator.mediaDevices.getUserMedia({ audio: plain });
    await context.resume();
    const source = context.createMediaStreamSource(media);
    source.connect(this.#azalia.input);
    const format = { sampleRate: context.sampleRate, bits: 16, channels: 2 } as const;
    const capture = await this.#azalia.openCapture(format);
    const render = await this.#azalia.openRender(format);
    const over = new AbortController();
    this.#stop = () => {
      this.#stop = null;
      over.abort();
      source.disconnect();
      for (const track of media.getTracks()) track.stop();
    };
    capture.readable.pipeTo(render.writable, { signal: over.signal }).catch(() => {});
    return render.pins[0] ?? null;
  }
}
