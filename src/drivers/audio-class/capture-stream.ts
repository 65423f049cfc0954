// Capture: what has come in is handed out; at stop, the rest of it.

import type { NTSTATUS } from '../../ddi/ntstatus.ts';
import type { CaptureStream, SampleSink } from './audio-device.ts';
import { CyclicStream } from './cyclic-stream.ts';

export class CaptureCycle extends CyclicStream implements CaptureStream {
  #sink: SampleSink = () => {};
  #takenFrames = 0;
  #overrunFrames = 0;

  get framesCaptured(): number {
    return this.framesMoved;
  }

  get overrunFrames(): number {
    return this.#overrunFrames;
  }

  start(sink: SampleSink): NTSTATUS {
    return this.startCycle(() => {
      this.#sink = sink;
      this.#takenFrames = 0;
      this.#overrunFrames = 0;
    });
  }

  protected override finish(framesCaptured: number): void {
    this.serveHalf(framesCaptured);
  }

  protected override serveHalf(framesCaptured: number): void {
    const lost = framesCaptured - this.#takenFrames - this.bufferFrames;
    if (lost > 0) {
      this.#overrunFrames += lost;
      this.#takenFrames += lost;
    }
    while (this.#takenFrames < framesCaptured) {
      const at = (this.#takenFrames - this.firstFrame) % this.bufferFrames;
      const frames = Math.min(framesCaptured - this.#takenFrames, this.bufferFrames - at);
      this.#sink(this.mdl.read(at * this.frameBytes, frames * this.frameBytes), this.#takenFrames, frames);
      this.#takenFrames += frames;
    }
  }
}
