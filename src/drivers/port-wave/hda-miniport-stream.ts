// A stream of the HD Audio miniport: one DMA engine and the path from its converter to a pin (hdaudio-ddi §2.0).

import type { HDAUDIO_BUS_INTERFACE_V2 } from '../../ddi/bus-interface.ts';
import type { RegisterView } from '../../ddi/common-routines.ts';
import { PauseState, ResetState, RunState } from '../../ddi/hdaudio.ts';
import type { HANDLE, KEVENT, MDL } from '../../ddi/kernel.ts';
import { type NTSTATUS, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import { formatChannels } from '../../hda/stream-format.ts';
import type { CodecVerbs } from '../audio-class/codec-verbs.ts';
import { idleConverter, programConverter, programRenderPath } from '../audio-class/program.ts';
import { type Path, sourceOf } from '../audio-class/route.ts';
import type { Topology } from '../audio-class/topology.ts';
import { type IMiniportWaveRTStream, KSSTATE } from './wave-rt.ts';

export class HdaMiniportStream implements IMiniportWaveRTStream {
  readonly #bus: HDAUDIO_BUS_INTERFACE_V2;
  readonly #verbs: CodecVerbs;
  readonly #topology: Topology;
  readonly #path: Path;
  readonly #handle: HANDLE;
  readonly #format: number;
  readonly #released: () => void;
  readonly #position: RegisterView | null;
  #streamId = 0;
  #state: KSSTATE = KSSTATE.STOP;

  constructor(
    bus: HDAUDIO_BUS_INTERFACE_V2,
    verbs: CodecVerbs,
    topology: Topology,
    path: Path,
    handle: HANDLE,
    format: number,
    released: () => void,
  ) {
    this.#bus = bus;
    this.#verbs = verbs;
    this.#topology = topology;
    this.#path = path;
    this.#handle = handle;
    this.#format = format;
    this.#released = released;
    this.#position = bus.GetLinkPositionRegister(bus.Context, handle).position; // live, all ones when the controller is gone
  }

  AllocateBufferWithNotification(NotificationCount: 1 | 2, RequestedSize: number) {
    const { status, bufferMdl, streamId } = this.#bus.AllocateDmaBufferWithNotification(
      this.#bus.Context,
      this.#handle,
      NotificationCount,
      RequestedSize,
    );
    this.#streamId = streamId;
    return { status, AudioBufferMdl: bufferMdl };
  }

  FreeBufferWithNotification(AudioBufferMdl: MDL): void {
    this.#bus.FreeDmaBufferWithNotification(this.#bus.Context, this.#handle, AudioBufferMdl, AudioBufferMdl.bytes);
  }

  RegisterNotificationEvent(NotificationEvent: KEVENT): NTSTATUS {
    return this.#bus.RegisterNotificationEvent(this.#bus.Context, this.#handle, NotificationEvent);
  }

  UnregisterNotificationEvent(NotificationEvent: KEVENT): NTSTATUS {
    return this.#bus.UnregisterNotificationEvent(this.#bus.Context, this.#handle, NotificationEvent);
  }

  GetPosition(): number {
    return this.#position?.value ?? 0;
  }

  /** The converter joins with ACQUIRE, so that in STOP the codec may lose it; the engine knows the states from PAUSE up. */
  SetState(State: KSSTATE): NTSTATUS {
    const from = this.#state;
    this.#state = State;
    if (State === KSSTATE.ACQUIRE && from === KSSTATE.STOP) return this.#join();
    if (State === KSSTATE.ACQUIRE) return this.#move(ResetState);
    if (State === KSSTATE.PAUSE) return this.#move(PauseState);
    if (State === KSSTATE.RUN) return this.#move(RunState);
    idleConverter(this.#verbs, sourceOf(this.#path));
    return STATUS_SUCCESS;
  }

  Release(): void {
    this.#bus.FreeDmaEngine(this.#bus.Context, this.#handle);
    this.#released();
  }

  #join(): NTSTATUS {
    programRenderPath(this.#verbs, this.#topology, this.#path);
    const stream = {
      format: this.#format,
      id: this.#streamId,
      firstChannel: 0,
      channels: formatChannels(this.#format),
    };
    programConverter(this.#verbs, sourceOf(this.#path), stream);
    return STATUS_SUCCESS;
  }

  #move(state: typeof ResetState | typeof PauseState | typeof RunState): NTSTATUS {
    return this.#bus.SetDmaEngineState(this.#bus.Context, state, 1, [this.#handle]);
  }
}
