// A stream on the DDI: a cyclic buffer of two halves, one with the hardware while the other is the driver's (hdaudio-ddi §2.0).

import type { HDAUDIO_BUS_INTERFACE } from '../../ddi/bus-interface.ts';
import type { EngineResult, RegisterView } from '../../ddi/common-routines.ts';
import { type HDAUDIO_STREAM_STATE, PauseState, ResetState, RunState } from '../../ddi/hdaudio.ts';
import type { HANDLE, MDL } from '../../ddi/kernel.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_DEVICE_NOT_READY,
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_SUCCESS,
} from '../../ddi/ntstatus.ts';
import type { Kernel } from '../../driver-model/kernel.ts';
import { blockBytes, formatRateHz } from '../../hda/pcm.ts';
import { openBuffer, type StreamBuffer } from './stream-buffer.ts';

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
  readonly bus: HDAUDIO_BUS_INTERFACE;
  readonly handle: HANDLE;
  readonly buffer: StreamBuffer;
  readonly position: RegisterView;
  readonly frameBytes: number;
  readonly converters: Converters;
  /** Puts the converters on this stream. */
  join(): void;
}

/** Gives an allocated engine its buffer and puts the converters on it; where that fails the engine is given back. */
export function openCycle(
  kernel: Kernel,
  bus: HDAUDIO_BUS_INTERFACE,
  engine: EngineResult,
  bufferFrames: number,
  converters: Converters,
): { readonly status: NTSTATUS; readonly cycle: Cycle | null } {
  const { handle, converterFormat } = engine;
  if (handle === null) return { status: engine.status, cycle: null };
  const frameBytes = blockBytes(converterFormat);
  const rateHz = formatRateHz(converterFormat);
  const { status, buffer } = openBuffer(kernel, bus, { handle, frames: bufferFrames, frameBytes, rateHz });
  const { position } = bus.GetLinkPositionRegister(bus.Context, handle);
  if (!buffer || !position) {
    bus.FreeDmaEngine(bus.Context, handle);
    return { status, cycle: null };
  }
  const join = () => converters.join(converterFormat, buffer.streamId);
  join();
  return { status: STATUS_SUCCESS, cycle: { kernel, bus, handle, buffer, position, frameBytes, converters, join } };
}

export abstract class CyclicStream {
  readonly frameBytes: number;
  readonly bufferFrames: number;
  protected readonly mdl: MDL;
  readonly #cycle: Cycle;
  #endWait: () => void = () => {};
  #running = false;
  #powered = true;
  /** It ran when power went. */
  #suspended = false;
  #closed = false;
  #movedBytes = 0;
  /** The stream's frame that is at the start of the buffer: 0, or where power went. */
  #firstFrame = 0;
  #lastPosition = 0;
  #halves = 0;
  #notifications = 0;

  constructor(cycle: Cycle) {
    const { mdl } = cycle.buffer;
    this.#cycle = cycle;
    this.mdl = mdl;
    this.frameBytes = cycle.frameBytes;
    this.bufferFrames = mdl.bytes / cycle.frameBytes;
  }

  get pins(): readonly number[] {
    return this.#cycle.converters.pins;
  }

  get notifications(): number {
    return this.#notifications;
  }

  protected get firstFrame(): number {
    return this.#firstFrame;
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

  /** With the engine stopped: the frame at this place of the buffer is firstFrame now and goes to its start. */
  protected rotate(_playedFrames: number): void {}

  /** Starts at frame 0: `prepare` runs before the engine does. */
  protected startCycle(prepare: () => void): NTSTATUS {
    return this.#cycle.kernel.call(() => {
      if (this.#closed || this.#running || this.#suspended) return STATUS_INVALID_DEVICE_REQUEST;
      if (!this.#powered) return STATUS_DEVICE_NOT_READY;
      this.#movedBytes = 0;
      this.#firstFrame = 0;
      this.#notifications = 0;
      prepare();
      return this.#run();
    });
  }

  /** Power goes: what runs stops, and keeps its place. */
  suspend(): void {
    this.#powered = false;
    if (!this.#running) return;
    this.#move(PauseState);
    const moved = this.framesMoved;
    this.#end();
    this.#move(ResetState);
    this.finish(moved);
    const played = (moved - this.#firstFrame) % this.bufferFrames;
    this.#firstFrame = moved;
    this.rotate(played);
    this.#suspended = true;
  }

  /** Power is back: what ran goes on with the very next frame. */
  resume(): void {
    this.#powered = true;
    if (!this.#suspended) return;
    this.#suspended = false;
    this.#run();
  }

  #run(): NTSTATUS {
    this.#lastPosition = 0;
    this.#halves = 0;
    this.#cycle.buffer.reset();
    this.#running = true;
    this.#wait(this.#firstFrame);
    const status = this.#move(PauseState, RunState);
    if (!NT_SUCCESS(status)) this.#end();
    return status;
  }

  stop(): NTSTATUS {
    return this.#cycle.kernel.call(() => {
      this.#suspended = false;
      if (!this.#running) return STATUS_SUCCESS;
      const status = this.#move(PauseState);
      this.finish(this.framesMoved);
      this.#end();
      return NT_SUCCESS(status) ? this.#move(ResetState) : status;
    });
  }

  /** The codec has lost its settings: puts the converters on the stream again. */
  rejoin(): void {
    this.#cycle.join();
  }

  close(): NTSTATUS {
    const { kernel, bus, handle, buffer, converters } = this.#cycle;
    return kernel.call(() => {
      if (this.#closed) return STATUS_SUCCESS;
      this.stop();
      this.#closed = true;
      converters.release();
      buffer.free();
      return bus.FreeDmaEngine(bus.Context, handle);
    });
  }

  readonly #awake = (): void => {
    if (!this.#running) return;
    const moved = this.framesMoved;
    const halves = Math.floor((moved - this.#firstFrame) / (this.bufferFrames / 2));
    const isNew = halves > this.#halves;
    this.#halves = halves;
    this.#wait(moved);
    if (!isNew) return; // a timer that was early
    this.#notifications++;
    this.serveHalf(moved);
  };

  #wait(framesMoved: number): void {
    const left = (this.#halves + 1) * (this.bufferFrames / 2) - (framesMoved - this.#firstFrame);
    this.#endWait = this.#cycle.buffer.wait(left, this.#awake);
  }

  /** Bytes that went by since the last look: less than a buffer, since every half wakes the driver. */
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
