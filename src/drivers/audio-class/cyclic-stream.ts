// A stream on the DDI: a cyclic buffer of two halves, one with the hardware while the other is the driver's (hdaudio-ddi §2.0).

import type { EngineResult, HDAUDIO_BUS_INTERFACE_V2, RegisterView } from '../../ddi/bus-interface.ts';
import { type HDAUDIO_STREAM_STATE, PauseState, ResetState, RunState } from '../../ddi/hdaudio.ts';
import type { HANDLE, MDL } from '../../ddi/kernel.ts';
import { NT_SUCCESS, type NTSTATUS, STATUS_INVALID_DEVICE_REQUEST, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import { KernelEvent } from '../../driver-model/event.ts';
import type { Kernel } from '../../driver-model/kernel.ts';
import { blockBytes } from '../../hda/pcm.ts';

/** What a stream asks of the device that opened it. */
export interface Converters {
  readonly pins: readonly number[];
  /** Puts the converters on the stream. */
  join(format: number, streamId: number): void;
  /** Takes them off it, and frees their paths. */
  release(): void;
}

/** An engine with its buffer, and everything to give back. */
export interface Cycle {
  readonly kernel: Kernel;
  readonly bus: HDAUDIO_BUS_INTERFACE_V2;
  readonly handle: HANDLE;
  readonly mdl: MDL;
  readonly position: RegisterView;
  readonly frameBytes: number;
  readonly converters: Converters;
}

/** Gives an allocated engine its buffer and puts the converters on it; where that fails the engine is given back. */
export function openCycle(
  kernel: Kernel,
  bus: HDAUDIO_BUS_INTERFACE_V2,
  engine: EngineResult,
  bufferFrames: number,
  converters: Converters,
): { readonly status: NTSTATUS; readonly cycle: Cycle | null } {
  const { handle, converterFormat } = engine;
  if (handle === null) return { status: engine.status, cycle: null };
  const frameBytes = blockBytes(converterFormat);
  const buffer = bus.AllocateDmaBufferWithNotification(bus.Context, handle, 2, bufferFrames * frameBytes);
  const { position } = bus.GetLinkPositionRegister(bus.Context, handle);
  if (!buffer.bufferMdl || !position) {
    bus.FreeDmaEngine(bus.Context, handle);
    return { status: buffer.status, cycle: null };
  }
  converters.join(converterFormat, buffer.streamId);
  const cycle = { kernel, bus, handle, mdl: buffer.bufferMdl, position, frameBytes, converters };
  return { status: STATUS_SUCCESS, cycle };
}

export abstract class CyclicStream {
  readonly frameBytes: number;
  readonly bufferFrames: number;
  protected readonly mdl: MDL;
  readonly #cycle: Cycle;
  readonly #event: KernelEvent;
  #endWait: () => void = () => {};
  #running = false;
  #closed = false;
  #movedBytes = 0;
  #lastPosition = 0;
  #notifications = 0;

  constructor(cycle: Cycle) {
    const { kernel, bus, handle, mdl, frameBytes } = cycle;
    this.#cycle = cycle;
    this.mdl = mdl;
    this.frameBytes = frameBytes;
    this.bufferFrames = mdl.bytes / frameBytes;
    this.#event = new KernelEvent(kernel, 'synchronization');
    bus.RegisterNotificationEvent(bus.Context, handle, this.#event);
  }

  get pins(): readonly number[] {
    return this.#cycle.converters.pins;
  }

  get notifications(): number {
    return this.#notifications;
  }

  /** Frames that went over the link since start, exact. */
  protected get framesMoved(): number {
    if (this.#running) this.#look();
    return Math.floor(this.#movedBytes / this.frameBytes);
  }

  /** PASSIVE_LEVEL, after a half has gone round. */
  protected abstract serveHalf(framesMoved: number): void;

  /** After the last frame, with the engine stopped. */
  protected finish(_framesMoved: number): void {}

  /** Starts at frame 0: `prepare` runs before the engine does. */
  protected startCycle(prepare: () => void): NTSTATUS {
    return this.#cycle.kernel.call(() => {
      if (this.#closed || this.#running) return STATUS_INVALID_DEVICE_REQUEST;
      this.#movedBytes = 0;
      this.#lastPosition = 0;
      this.#notifications = 0;
      this.#event.reset();
      prepare();
      this.#running = true;
      this.#endWait = this.#event.wait(this.#notified);
      const status = this.#move(PauseState, RunState);
      if (!NT_SUCCESS(status)) this.#end();
      return status;
    });
  }

  stop(): NTSTATUS {
    return this.#cycle.kernel.call(() => {
      if (!this.#running) return STATUS_SUCCESS;
      const status = this.#move(PauseState);
      this.finish(this.framesMoved);
      this.#end();
      return NT_SUCCESS(status) ? this.#move(ResetState) : status;
    });
  }

  close(): NTSTATUS {
    const { kernel, bus, handle, converters } = this.#cycle;
    return kernel.call(() => {
      if (this.#closed) return STATUS_SUCCESS;
      this.stop();
      this.#closed = true;
      converters.release();
      bus.UnregisterNotificationEvent(bus.Context, handle, this.#event);
      bus.FreeDmaBufferWithNotification(bus.Context, handle, this.mdl, this.mdl.bytes);
      return bus.FreeDmaEngine(bus.Context, handle);
    });
  }

  readonly #notified = (): void => {
    if (!this.#running) return;
    this.#endWait = this.#event.wait(this.#notified);
    this.#notifications++;
    this.serveHalf(this.framesMoved);
  };

  /** Bytes that went by since the last look: less than a buffer, since every half brings a notification. */
  #look(): void {
    const position = this.#cycle.position.value;
    if (position >= this.mdl.bytes) return; // the controller is gone
    this.#movedBytes += (position - this.#lastPosition + this.mdl.bytes) % this.mdl.bytes;
    this.#lastPosition = position;
  }

  #move(...states: readonly HDAUDIO_STREAM_STATE[]): NTSTATUS {
    const { bus, handle } = this.#cycle;
    for (const state of states) {
      const status = bus.SetDmaEngineState(bus.Context, state, 1, [handle]);
      if (!NT_SUCCESS(status)) return status;
    }
    return STATUS_SUCCESS;
  }

  #end(): void {
    this.#endWait();
    this.#running = false;
  }
}
