// A stream of the port: state by state, half by half (the general half of IMiniportWaveRTStream).

import type { MDL } from '../../ddi/kernel.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_DEVICE_NOT_READY,
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_SUCCESS,
} from '../../ddi/ntstatus.ts';
import { KernelEvent } from '../../driver-model/event.ts';
import type { Kernel } from '../../driver-model/kernel.ts';
import type { SampleSource } from '../audio-class/audio-device.ts';
import { type IMiniportWaveRTStream, KSSTATE } from './wave-rt.ts';

/** The port, as its streams see it. */
export interface StreamHost {
  /** In D0. */
  readonly isAwake: boolean;
  closed(stream: PortStream): void;
}

/** A stream that user mode has opened: the port fills the buffer that the miniport's hardware plays. */
export class PortStream {
  readonly bufferFrames: number;
  readonly #kernel: Kernel;
  readonly #miniport: IMiniportWaveRTStream;
  readonly #mdl: MDL;
  readonly #frameBytes: number;
  readonly #event: KernelEvent;
  readonly #host: StreamHost;
  #state: KSSTATE = KSSTATE.STOP;
  #isClosed = false;
  /** It ran when power went. */
  #suspended = false;
  #source: SampleSource = () => {};
  /** The frame at the start of the buffer, and what has been played and filled, in frames since play(). */
  #firstFrame = 0;
  #played = 0;
  #filled = 0;
  #endWait: () => void = () => {};

  constructor(kernel: Kernel, miniport: IMiniportWaveRTStream, mdl: MDL, frameBytes: number, host: StreamHost) {
    this.#kernel = kernel;
    this.#miniport = miniport;
    this.#mdl = mdl;
    this.#frameBytes = frameBytes;
    this.bufferFrames = mdl.bytes / frameBytes;
    this.#host = host;
    this.#event = new KernelEvent(kernel, 'synchronization');
    miniport.RegisterNotificationEvent(this.#event);
  }

  get state(): KSSTATE {
    return this.#state;
  }

  /** Frames that were played since play(), exact. */
  get framesPlayed(): number {
    if (this.#state === KSSTATE.RUN) this.#look();
    return this.#played;
  }

  /** Starts with frame 0. STATUS_INVALID_DEVICE_REQUEST where it plays or is closed, STATUS_DEVICE_NOT_READY in D3. */
  play(source: SampleSource): NTSTATUS {
    return this.#kernel.call(() => {
      if (this.#state !== KSSTATE.STOP || this.#isClosed || this.#suspended) return STATUS_INVALID_DEVICE_REQUEST;
      if (!this.#host.isAwake) return STATUS_DEVICE_NOT_READY;
      this.#source = source;
      this.#played = 0;
      return this.#run();
    });
  }

  /** Power goes: STOP, with its place kept. */
  suspend(): void {
    const ran = this.#state === KSSTATE.RUN;
    this.stop();
    this.#suspended = ran;
  }

  /** Power is back: what ran goes on. */
  resume(): void {
    if (this.#suspended) this.#run();
    this.#suspended = false;
  }

  /** On from the frame that was played last. */
  #run(): NTSTATUS {
    this.#firstFrame = this.#played;
    this.#filled = this.#played;
    for (let half = 0; half < 2; half++) this.#fillHalf();
    this.#event.reset();
    this.#endWait = this.#event.wait(this.#awake);
    return this.#goTo(KSSTATE.RUN);
  }

  /** To STOP, and the place is forgotten. STATUS_SUCCESS too where it does not play. */
  stop(): NTSTATUS {
    return this.#kernel.call(() => {
      this.#suspended = false;
      this.#endWait();
      return this.#goTo(KSSTATE.STOP);
    });
  }

  /** Stops, and gives everything back. Idempotent. */
  close(): void {
    this.#kernel.call(() => {
      if (this.#isClosed) return;
      this.stop();
      this.#isClosed = true;
      this.#miniport.UnregisterNotificationEvent(this.#event);
      this.#miniport.FreeBufferWithNotification(this.#mdl);
      this.#miniport.Release();
      this.#host.closed(this);
    });
  }

  #goTo(target: KSSTATE): NTSTATUS {
    while (this.#state !== target) {
      const status = this.#step((this.#state + Math.sign(target - this.#state)) as KSSTATE);
      if (!NT_SUCCESS(status)) return status;
    }
    return STATUS_SUCCESS;
  }

  #step(next: KSSTATE): NTSTATUS {
    const status = this.#miniport.SetState(next);
    if (!NT_SUCCESS(status)) return status;
    if (this.#state === KSSTATE.RUN) this.#look(); // where the engine has stopped
    this.#state = next;
    return status;
  }

  /** Adds what went by since the last look: less than a buffer, since every half wakes the port. */
  #look(): void {
    const into = Math.floor(this.#miniport.GetPosition() / this.#frameBytes);
    if (into >= this.bufferFrames) return; // the controller is gone
    const before = (this.#played - this.#firstFrame) % this.bufferFrames;
    this.#played += (into - before + this.bufferFrames) % this.bufferFrames;
  }

  readonly #awake = (): void => {
    if (this.#state !== KSSTATE.RUN) return;
    this.#endWait = this.#event.wait(this.#awake);
    while (this.#filled - this.framesPlayed <= this.bufferFrames / 2) this.#fillHalf();
  };

  #fillHalf(): void {
    const frames = this.bufferFrames / 2;
    const half = new Uint8Array(frames * this.#frameBytes);
    this.#source(half, this.#filled, frames);
    this.#mdl.write(((this.#filled - this.#firstFrame) % this.bufferFrames) * this.#frameBytes, half);
    this.#filled += frames;
  }
}
