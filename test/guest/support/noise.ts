// A sound for a microphone in which every stretch is unlike every other, so that a recording says where it was taken.

import { gunzipSync } from 'node:zlib';
import type { InputSource } from '../../../src/entries/v86.ts';
import { type Pcm, parseWav } from './wav.ts';

/** 16-bit values, another sequence for each channel. */
const valueAt = (frame: number, channel: number) => (((frame + 1) * (channel === 0 ? 16807 : 48271)) % 65521) - 32760;

export class Noise {
  #frames = 0;
  readonly #pin: number;

  constructor(pin: number) {
    this.#pin = pin;
  }

  readonly source: InputSource = (frames, _rateHz, pin) => {
    if (pin !== this.#pin) return null;
    const first = this.#frames;
    this.#frames += frames;
    return [0, 1].map((channel) =>
      Float32Array.from({ length: frames }, (_, i) => valueAt(first + i, channel) / 2 ** 15),
    );
  };

  /**
   * Where a recording is not a stretch of this noise, or null. Its first frame may be silent: a rate that is no divisor
   * of the link's gives a stream its first block before the jack has it.
   */
  differenceOf({ channels, bits, rateHz }: Pcm): string | null {
    const scale = 2 ** (bits - 16);
    const [left, right] = channels;
    if (!left || !right) return `${channels.length} channels`;
    const matches = (start: number, frame: number) =>
      left[frame] === valueAt(start + frame, 0) * scale && right[frame] === valueAt(start + frame, 1) * scale;
    const first = left[0] === 0 && right[0] === 0 && 48000 % rateHz !== 0 ? 1 : 0;
    let start = 0;
    while (start < this.#frames && !(matches(start, first) && matches(start, first + 1) && matches(start, 100)))
      start++;
    if (start === this.#frames) return 'no stretch of it';
    for (let frame = first; frame < left.length; frame++) {
      if (!matches(start, frame)) return `frame ${frame} of the recording, from frame ${start} on`;
    }
    return null;
  }
}

/** From what `gzip -c file.wav | base64` printed. */
export const decodeRecording = (text: string): Pcm => parseWav(gunzipSync(Buffer.from(text, 'base64')));
