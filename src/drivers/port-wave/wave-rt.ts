// WaveRT: what the port, the general half of the pair, and an adapter's miniport, the specific half, call of each other.
// Names are those of portcls.h; IUnknown and its counting are left to the language.

import type { KEVENT, MDL } from '../../ddi/kernel.ts';
import type { NTSTATUS } from '../../ddi/ntstatus.ts';
import type { DeviceObject } from '../../driver-model/driver-object.ts';

/** A stream goes from one to the next and back, never two at once. */
export const KSSTATE = { STOP: 0, ACQUIRE: 1, PAUSE: 2, RUN: 3 } as const;
export type KSSTATE = (typeof KSSTATE)[keyof typeof KSSTATE];

/** What of KSDATAFORMAT_WAVEFORMATEXTENSIBLE there is for PCM. */
export interface WaveFormat {
  readonly rateHz: number;
  readonly channels: number;
  /** Valid bits; 20 and 24 of them lie in containers of 32. */
  readonly bits: 8 | 16 | 20 | 24 | 32;
}

/** The specific half: one device. PASSIVE_LEVEL, all of it. */
export interface IMiniportWaveRT {
  /** At START_DEVICE, when the stack below has started. `Lower` is where to ask for interfaces. */
  Init(Lower: DeviceObject): NTSTATUS;
  /** A stream to this pin; STATUS_INVALID_PARAMETER for a format or pin that there is not. */
  NewStream(
    Pin: number,
    DataFormat: WaveFormat,
  ): { readonly status: NTSTATUS; readonly stream: IMiniportWaveRTStream | null };
  /** IAdapterPowerManagement: PowerDeviceD0 or PowerDeviceD3. In D3 every stream is in KSSTATE.STOP. */
  PowerChangeState(State: number): void;
  /** After the last stream is closed: what Init took is given back. */
  Release(): void;
}

/** The specific half: one stream. */
export interface IMiniportWaveRTStream {
  /** A cyclic buffer with that many notifications a round, of the size nearest to the one asked for. */
  AllocateBufferWithNotification(
    NotificationCount: 1 | 2,
    RequestedSize: number,
  ): { readonly status: NTSTATUS; readonly AudioBufferMdl: MDL | null };
  /** In STOP. */
  FreeBufferWithNotification(AudioBufferMdl: MDL): void;
  /** Has the event set at each notification. */
  RegisterNotificationEvent(NotificationEvent: KEVENT): NTSTATUS;
  /** STATUS_INVALID_PARAMETER: it is not registered. */
  UnregisterNotificationEvent(NotificationEvent: KEVENT): NTSTATUS;
  /** Bytes from the start of the buffer to what is played next. Up to DISPATCH_LEVEL. */
  GetPosition(): number;
  /** One step at a time. STOP forgets the position. */
  SetState(State: KSSTATE): NTSTATUS;
  /** In STOP, without buffer. */
  Release(): void;
}
