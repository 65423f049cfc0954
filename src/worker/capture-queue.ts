// What a capture stream of the driver has brought, until the page asks for it.

import type { CaptureStream } from '../drivers/audio-class/audio-device.ts';
import type { PcmFormat } from '../hda/pcm.ts';

/** More than this waits for nobody: the oldest is lost, and counted. */
const MOST_SECONDS = 2;

export type CapturedSamples = Uint8Array | Int16Array | Int32Array;

export interface Captured {
  /** Interleaved: 8 bits unsigned, 16 bits, or left-justified in 32; null: the stream is closed. */
  readonly samples: CapturedSamples | null;
  /** Frames that were lost before these, in all. */
  readonly lostFrames: number;
}

export class CaptureQueue {
  readonly stream: CaptureStream;
  readonly #format: PcmFormat;
  #chunks: Uint8Array[] = [];
  #frames = 0;
  #lostFrames = 0;
  #waiting: ((captured: Captured) => void) | null = null;
  #open = true;

  constructor(stream: CaptureStream, format: PcmFormat) {
    this.stream = stream;
    this.#format = format;
  }

  /** NTSTATUS. */
  start(): number {
    return this.stream.start((from, _first, frames) => {
      this.#chunks.push(from.slice());
      this.#frames += frames;
      while (this.#frames > MOST_SECONDS * this.#format.rateHz && this.#chunks.length > 1) {
        const lost = (this.#chunks.shift() as Uint8Array).length / this.stream.frameBytes;
        this.#frames -= lost;
        this.#lostFrames += lost;
      }
      this.#serve();
    });
  }

  /** All that has come since the call before, as soon as there is some. */
  read(): Promise<Captured> {
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#serve();
    });
  }

  close(): void {
    this.stream.close();
    this.#open = false;
    this.#serve();
  }

  #serve(): void {
    const { overrunFrames } = this.stream;
    const lostFrames = this.#lostFrames + overrunFrames;
    if (!this.#waiting || (this.#open && this.#frames === 0)) return;
    const samples = this.#frames > 0 ? typed(joined(this.#chunks), this.#format) : null;
    this.#chunks = [];
    this.#frames = 0;
    this.#waiting({ samples, lostFrames });
    this.#waiting = null;
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function typed(bytes: Uint8Array<ArrayBuffer>, { bits }: PcmFormat): CapturedSamples {
  if (bits === 8) return bytes;
  return bits === 16 ? new Int16Array(bytes.buffer) : new Int32Array(bytes.buffer);
}
