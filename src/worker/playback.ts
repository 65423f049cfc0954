import { STATUS_SUCCESS } from '../ddi/ntstatus.ts';
import type { RenderStream, SampleSource } from '../drivers/audio-class/audio-device.ts';
import type { ToneSettings } from '../dsp/tone.ts';
import type { ToneSource } from '../dsp/tone-source.ts';
import type { PcmFormat } from '../hda/pcm.ts';
import { PcmQueue } from './pcm-queue.ts';
import type { Samples } from './protocol.ts';

/** A render stream on its way: ends at a frame that may become known late, and tells when that has been heard. */
export abstract class Playback {
  readonly stream: RenderStream;
  readonly finished: Promise<void>;
  readonly #source: SampleSource;
  #resolve: () => void = () => {};
  #started = false;
  /** First frame that is not part of it. */
  endFrame = Number.POSITIVE_INFINITY;
  /** First frame that its source was not asked for yet. */
  filledFrames = 0;
  /** What the outlet must have played for its last sample to be heard; null while it still flows. */
  #heardAt: number | null = null;

  constructor(stream: RenderStream, source: SampleSource) {
    this.stream = stream;
    this.finished = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#source = (into, firstFrame, frames) => {
      this.filledFrames = firstFrame + frames;
      source(into, firstFrame, frames);
    };
  }

  /** NTSTATUS. */
  start(): number {
    this.#started = true;
    return this.stream.start(this.#source);
  }

  get started(): boolean {
    return this.#started;
  }

  /** Device time has passed: `framesWritten` are on the way to the listener. */
  flowed(framesWritten: number): void {
    if (this.#heardAt !== null || !this.#started || this.stream.framesPlayed < this.endFrame) return;
    this.stream.close();
    this.#heardAt = framesWritten;
  }

  /** The listener has taken `framesPlayed`; true once that is all of it. */
  heard(framesPlayed: number): boolean {
    if (this.#heardAt === null || framesPlayed < this.#heardAt) return false;
    this.#resolve();
    return true;
  }

  /** Ends it here and now. */
  close(): void {
    if (this.#heardAt === null) this.stream.close();
    this.#resolve();
  }
}

export class TonePlayback extends Playback {
  readonly #tone: ToneSource;

  constructor(stream: RenderStream, tone: ToneSource, frames: number) {
    super(stream, tone.fill);
    this.#tone = tone;
    this.endFrame = frames;
    void this.finished.then(() => tone.close());
  }

  /** Fades to other settings, or for null out and to the end. One that is ending stays so. RangeError as checkTone. */
  change(settings: Partial<ToneSettings> | null): void {
    const now = this.#tone.settings;
    if (!now) return;
    const changedAt = this.#tone.change(settings && { ...now, ...settings }, this.filledFrames);
    if (!settings) this.endFrame = Math.min(this.endFrame, changedAt);
  }
}

export class QueuePlayback extends Playback {
  readonly #queue: PcmQueue;

  constructor(stream: RenderStream, format: PcmFormat) {
    const queue = new PcmQueue(format);
    super(stream, queue.source);
    this.#queue = queue;
  }

  /** Resolves, with an NTSTATUS, when more may be written; starts once a buffer can be filled. RangeError as PcmQueue.write. */
  async write(samples: Samples): Promise<number> {
    this.#queue.write(samples);
    const status = this.started || this.#queue.queued < this.stream.bufferFrames ? STATUS_SUCCESS : this.start();
    await this.#queue.room();
    return status;
  }

  /** Nothing more will be written: what waits is played to its end. NTSTATUS. */
  end(): number {
    this.endFrame = this.filledFrames + this.#queue.queued;
    return this.started ? STATUS_SUCCESS : this.start();
  }

  override close(): void {
    super.close();
    this.#queue.close();
  }
}
