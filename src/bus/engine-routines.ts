// Engines: allocation, bandwidth, state, position (hdaudio-ddi §2.2–2.4, §2.9–2.12).

import type { EngineResult, HdAudioCommonRoutines } from '../ddi/common-routines.ts';
import { type HDAUDIO_STREAM_STATE, PauseState, ResetState, RunState } from '../ddi/hdaudio.ts';
import { DISPATCH_LEVEL, PASSIVE_LEVEL } from '../ddi/irql.ts';
import {
  type NTSTATUS,
  STATUS_DEVICE_NOT_READY,
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_NO_SUCH_DEVICE,
  STATUS_SUCCESS,
} from '../ddi/ntstatus.ts';
import { ALIAS_BASE, SD_BASE, SD_STRIDE, SDnLPIB, WALCLKA } from '../hda/registers.ts';
import type { HdAudioBus } from './bus.ts';
import { haltTogether, runTogether } from './engine.ts';
import type { HeldEngine } from './engines.ts';
import { converterFormat } from './format.ts';
import { bareStatus, guarded } from './guard.ts';

type EngineRoutines = Pick<
  HdAudioCommonRoutines,
  | 'AllocateCaptureDmaEngine'
  | 'AllocateRenderDmaEngine'
  | 'ChangeBandwidthAllocation'
  | 'FreeDmaEngine'
  | 'SetDmaEngineState'
  | 'GetLinkPositionRegister'
  | 'GetWallClockRegister'
>;

const SDI_LINES = 15;

const refuseEngine = (status: NTSTATUS): EngineResult => ({ status, handle: null, converterFormat: 0 });

export function engineRoutines(bus: HdAudioBus): EngineRoutines {
  /** Read by both address and mirror page; a controller that is gone reads all ones. */
  const view = (offset: number) => ({
    get value() {
      return bus.gone ? 0xffffffff : bus.controller.read(offset, 4) >>> 0;
    },
  });

  return {
    AllocateCaptureDmaEngine: guarded(
      bus,
      { call: 'AllocateCaptureDmaEngine', irql: PASSIVE_LEVEL, refuse: refuseEngine },
      (client, codecAddress, StreamFormat) => {
        const format = converterFormat(StreamFormat);
        if (format === null || !(Number.isInteger(codecAddress) && codecAddress >= 0 && codecAddress < SDI_LINES))
          return refuseEngine(STATUS_INVALID_PARAMETER);
        return bus.engines.allocate({ client, direction: 'capture', codecAddress, lines: 1, format });
      },
    ),

    AllocateRenderDmaEngine: guarded(
      bus,
      { call: 'AllocateRenderDmaEngine', irql: PASSIVE_LEVEL, refuse: refuseEngine },
      (client, StreamFormat, Stripe) => {
        const format = converterFormat(StreamFormat);
        const lines = Stripe ? bus.controller.outputLines : 1;
        if (format === null || (Stripe && lines < 2)) return refuseEngine(STATUS_INVALID_PARAMETER);
        return bus.engines.allocate({ client, direction: 'render', codecAddress: 0, lines, format });
      },
    ),

    ChangeBandwidthAllocation: guarded(
      bus,
      { call: 'ChangeBandwidthAllocation', irql: PASSIVE_LEVEL, refuse: (status) => ({ status, converterFormat: 0 }) },
      (client, Handle, StreamFormat) => {
        const refuse = (status: NTSTATUS) => ({ status, converterFormat: 0 });
        const engine = bus.engines.find(client, Handle);
        if (!engine) return refuse(STATUS_INVALID_HANDLE);
        const format = converterFormat(StreamFormat);
        if (format === null) return refuse(STATUS_INVALID_PARAMETER);
        if (engine.allocation.state !== ResetState || engine.allocation.buffer)
          return refuse(STATUS_INVALID_DEVICE_REQUEST);
        const status = bus.engines.change(engine, format);
        return status === STATUS_SUCCESS ? { status, converterFormat: format } : refuse(status);
      },
    ),

    FreeDmaEngine: guarded(
      bus,
      { call: 'FreeDmaEngine', irql: DISPATCH_LEVEL, refuse: bareStatus, whenGone: true },
      (client, Handle): NTSTATUS => {
        const engine = bus.engines.find(client, Handle);
        if (!engine) return STATUS_INVALID_HANDLE;
        const { state, buffer, callbacks } = engine.allocation;
        if (state !== ResetState || (buffer && !bus.freesEnginesFirst)) return STATUS_INVALID_DEVICE_REQUEST;
        if (buffer) client.outliving.set(Handle, buffer);
        for (const { fdo } of callbacks) fdo.dereference();
        bus.engines.free(engine);
        return STATUS_SUCCESS;
      },
    ),

    SetDmaEngineState: guarded(
      bus,
      { call: 'SetDmaEngineState', irql: DISPATCH_LEVEL, refuse: bareStatus, whenGone: true },
      (client, StreamState, NumberOfHandles, Handles): NTSTATUS => {
        if (
          !Array.isArray(Handles) ||
          !Number.isInteger(NumberOfHandles) ||
          NumberOfHandles < 1 ||
          NumberOfHandles > Handles.length
        )
          return STATUS_INVALID_PARAMETER;
        const engines = new Set<HeldEngine>();
        for (const handle of Handles.slice(0, NumberOfHandles)) {
          const engine = bus.engines.find(client, handle);
          if (!engine) return STATUS_INVALID_HANDLE;
          engines.add(engine);
        }
        if (StreamState !== ResetState && StreamState !== PauseState && StreamState !== RunState)
          return STATUS_INVALID_PARAMETER;
        for (const { allocation } of engines)
          if (!isLegal(allocation.state, StreamState, allocation.streamId !== 0)) return STATUS_INVALID_DEVICE_REQUEST;
        if (StreamState === RunState && !bus.reachable)
          return bus.gone ? STATUS_NO_SUCH_DEVICE : STATUS_DEVICE_NOT_READY;
        move(bus, [...engines], StreamState);
        return STATUS_SUCCESS;
      },
    ),

    GetWallClockRegister: guarded(bus, { call: 'GetWallClockRegister', irql: DISPATCH_LEVEL, refuse: () => null }, () =>
      view(WALCLKA),
    ),

    GetLinkPositionRegister: guarded(
      bus,
      { call: 'GetLinkPositionRegister', irql: DISPATCH_LEVEL, refuse: (status) => ({ status, position: null }) },
      (client, Handle) => {
        const engine = bus.engines.find(client, Handle);
        if (!engine) return { status: STATUS_INVALID_HANDLE, position: null };
        const offset = ALIAS_BASE + SD_BASE + SD_STRIDE * engine.index + SDnLPIB;
        return { status: STATUS_SUCCESS, position: view(offset) };
      },
    ),
  };
}

/** The table of §2.0: Reset and Run reach each other only through Pause; without a set-up buffer there is only Reset. */
function isLegal(from: HDAUDIO_STREAM_STATE, to: HDAUDIO_STREAM_STATE, isSetUp: boolean): boolean {
  if (to === ResetState) return from !== RunState;
  return isSetUp && (to !== RunState || from !== ResetState);
}

/** All of it is legal: moves the engines that are not there yet, in one link frame. */
function move(bus: HdAudioBus, engines: readonly HeldEngine[], to: HDAUDIO_STREAM_STATE): void {
  const moving = engines.filter((engine) => engine.allocation.state !== to);
  if (bus.reachable) {
    const running = moving.filter((engine) => engine.allocation.state === RunState);
    if (to === RunState) runTogether(bus.controller, moving);
    else if (running.length > 0) haltTogether(bus.controller, running);
    if (to === ResetState) for (const engine of moving) engine.program(engine.allocation);
  }
  for (const engine of moving) engine.allocation.state = to;
}
