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
      this.#fillUp();
    });
  }

  protected override serveHalf(framesPlayed: number): void {
    this.#underrunFrames += Math.max(0, framesPlayed - this.#filledFrames);
    while (this.#filledFrames - framesPlayed <= this.bufferFrames / 2) this.#fill(this.bufferFrames / 2);
  }

  /** What has not been played moves to the start of the buffer; the source fills what follows. */
  protected override rotate(playedFrames: number): void {
    const bytes = this.mdl.read(0, this.mdl.bytes);
    const at = playedFrames * this.frameBytes;
    this.mdl.write(0, bytes.subarray(at));
    this.mdl.write(this.mdl.bytes - at, bytes.subarray(0, at));
    this.#underrunFrames += Math.max(0, this.firstFrame - this.#filledFrames);
    this.#filledFrames = Math.max(this.#filledFrames, this.firstFrame);
    this.#fillUp();
  }

  #fillUp(): void {
    const end = this.firstFrame + this.bufferFrames;
    while (this.#filledFrames < end) this.#fill(Math.min(this.bufferFrames / 2, end - this.#filledFrames));
  }

  #fill(frames: number): void {
    const at = (this.#filledFrames - this.firstFrame) % this.bufferFrames;
    const into = this.#half.subarray(0, frames * this.frameBytes);
    this.#source(into, this.#filledFrames, frames);
    this.mdl.write(at * this.frameBytes, into);
    this.#filledFrames += frames;
  }
}
