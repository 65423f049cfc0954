// Render: the half that has just gone out is filled anew.

import type { NTSTATUS } from '../../ddi/ntstatus.ts';
import type { RenderStream, SampleSource } from './audio-device.ts';
import { type Cycle, CyclicStream } from './cyclic-stream.ts';

export class RenderCycle extends CyclicStream implements RenderStream {
  readonly #half: Uint8Array;
  #source: SampleSource = () => {};
  #filledFrames = 0;
  #underrunFrames = 0;

  constructor(cycle: Cycle) {
    super(cycle);
    this.#half = new Uint8Array(cycle.buffer.mdl.bytes / 2);
  }

  get framesPlayed(): number {
    return this.framesMoved;
  }

  get underrunFrames(): number {
    return this.#underrunFrames;
  }

  start(source: SampleSource): NTSTATUS {
    return this.startCycle(() => {
      this.#source = source;
      this.#filledFrames = 0;
      this.#underrunFrames = 0;
      this.#fillHalf();
      this.#fillHalf();
    });
  }

  protected override serveHalf(framesPlayed: number): void {
    this.#underrunFrames += Math.max(0, framesPlayed - this.#filledFrames);
    while (this.#filledFrames - framesPlayed <= this.bufferFrames / 2) this.#fillHalf();
  }

  #fillHalf(): void {
    const frames = this.bufferFrames / 2;
    this.#source(this.#half, this.#filledFrames, frames);
    this.mdl.write((this.#filledFrames % this.bufferFrames) * this.frameBytes, this.#half);
    this.#filledFrames += frames;
  }
}
