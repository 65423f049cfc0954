// HDAUDIO_BUS_INTERFACE, _V2, _V3 and _BDL: routines, callbacks, and the order of slots (hdaudio-ddi §1.1, §2).
//
// The binding to C: a routine is called as in C, `bus.AllocateRenderDmaEngine(bus.Context, …)`, with the in parameters
// in their order. What C writes through pointers comes back in a record beside the status; where the status is an
// error these fields are null or 0. A routine that has no out parameter returns the bare status. So a NULL out pointer
// cannot be written down. Pointers to live registers are RegisterView: every look at `value` reads the register.

import type {
  HDAUDIO_CODEC_RESPONSE,
  HDAUDIO_CODEC_TRANSFER,
  HDAUDIO_CONVERTER_FORMAT,
  HDAUDIO_DEVICE_INFORMATION,
  HDAUDIO_STREAM_FORMAT,
  HDAUDIO_STREAM_STATE,
} from './hdaudio.ts';
import {
  GUID_HDAUDIO_BUS_INTERFACE,
  GUID_HDAUDIO_BUS_INTERFACE_BDL,
  GUID_HDAUDIO_BUS_INTERFACE_V2,
  GUID_HDAUDIO_BUS_INTERFACE_V3,
} from './hdaudio.ts';
import type { ContiguousMemory, GUID, HANDLE, KEVENT, MDL, PVOID, Referenced } from './kernel.ts';
import type { NTSTATUS } from './ntstatus.ts';

/** A 32-bit register that the client reads without asking the bus driver again (§2.11, §2.12). */
export interface RegisterView {
  readonly value: number;
}

/** DISPATCH_LEVEL, once a call, with the array's last element: data first, context second (C1, C3, §2.1). */
export type PHDAUDIO_TRANSFER_COMPLETE_CALLBACK = (transfer: HDAUDIO_CODEC_TRANSFER, Context: PVOID) => void;
/** DISPATCH_LEVEL; data first, context second (C1, C3). */
export type PHDAUDIO_UNSOLICITED_RESPONSE_CALLBACK = (response: HDAUDIO_CODEC_RESPONSE, Context: PVOID) => void;
/** DIRQL. Mask: bit 4 descriptor error, bit 3 FIFO error, bit 2 an entry with IOC is done (§2.22). */
export type PHDAUDIO_BDL_ISR = (Context: PVOID, InterruptBitMask: number) => void;
/** DISPATCH_LEVEL; context first, then the performance counter (24 MHz) as the ISR found it (C2). */
export type PHDAUDIO_DMA_NOTIFICATION_CALLBACK = (Context: PVOID, QpcTimestamp: bigint) => void;

export interface EngineResult {
  readonly status: NTSTATUS;
  readonly handle: HANDLE | null;
  readonly converterFormat: HDAUDIO_CONVERTER_FORMAT;
}

export interface BufferResult {
  readonly status: NTSTATUS;
  readonly bufferMdl: MDL | null;
  readonly allocatedBufferSize: number;
  /** Program it into the codec: 1…15. */
  readonly streamId: number;
  readonly fifoSize: number;
}

export interface NotificationBufferResult extends BufferResult {
  readonly offsetFromFirstPage: number;
}

/** INTERFACE: the header of every interface that IRP_MN_QUERY_INTERFACE returns (§1.3). */
export interface INTERFACE {
  readonly Size: number;
  readonly Version: number;
  readonly Context: PVOID;
  InterfaceReference(Context: PVOID): void;
  InterfaceDereference(Context: PVOID): void;
}

/** What all four have (§2). PASSIVE_LEVEL but where it says otherwise. */
export interface HdAudioCommonRoutines {
  /** Callback null: PASSIVE_LEVEL, every Input is written on return. Else up to DISPATCH_LEVEL, and only queued. */
  TransferCodecVerbs(
    Context: PVOID,
    Count: number,
    CodecTransfer: readonly HDAUDIO_CODEC_TRANSFER[],
    Callback: PHDAUDIO_TRANSFER_COMPLETE_CALLBACK | null,
    CallbackContext: PVOID,
  ): NTSTATUS;
  AllocateCaptureDmaEngine(Context: PVOID, CodecAddress: number, StreamFormat: HDAUDIO_STREAM_FORMAT): EngineResult;
  AllocateRenderDmaEngine(Context: PVOID, StreamFormat: HDAUDIO_STREAM_FORMAT, Stripe: boolean): EngineResult;
  ChangeBandwidthAllocation(
    Context: PVOID,
    Handle: HANDLE,
    StreamFormat: HDAUDIO_STREAM_FORMAT,
  ): { readonly status: NTSTATUS; readonly converterFormat: HDAUDIO_CONVERTER_FORMAT };
  /** Up to DISPATCH_LEVEL. */
  FreeDmaEngine(Context: PVOID, Handle: HANDLE): NTSTATUS;
  /** Up to DISPATCH_LEVEL. All engines or none, all at one link frame. */
  SetDmaEngineState(
    Context: PVOID,
    StreamState: HDAUDIO_STREAM_STATE,
    NumberOfHandles: number,
    Handles: readonly HANDLE[],
  ): NTSTATUS;
  /** Up to DISPATCH_LEVEL. 24 MHz, wraps at 2^32. Null where C would leave the pointer as it was. */
  GetWallClockRegister(Context: PVOID): RegisterView | null;
  /** Up to DISPATCH_LEVEL. Bytes from the start of the cyclic buffer. */
  GetLinkPositionRegister(
    Context: PVOID,
    Handle: HANDLE,
  ): { readonly status: NTSTATUS; readonly position: RegisterView | null };
  RegisterEventCallback(
    Context: PVOID,
    Routine: PHDAUDIO_UNSOLICITED_RESPONSE_CALLBACK,
    CallbackContext: PVOID,
  ): { readonly status: NTSTATUS; readonly tag: number };
  UnregisterEventCallback(Context: PVOID, Tag: number): NTSTATUS;
  /** `Size` is what C's caller writes into the structure: 10, or 14 for the second version. */
  GetDeviceInformation(
    Context: PVOID,
    Size: number,
  ): { readonly status: NTSTATUS; readonly deviceInformation: HDAUDIO_DEVICE_INFORMATION | null };
  GetResourceInformation(Context: PVOID): { readonly codecAddress: number; readonly functionGroupStartNode: number };
}

export interface HdAudioBufferRoutines {
  AllocateDmaBuffer(Context: PVOID, Handle: HANDLE, RequestedBufferSize: number): BufferResult;
  FreeDmaBuffer(Context: PVOID, Handle: HANDLE): NTSTATUS;
}

export interface HdAudioNotificationRoutines {
  /** `NotificationCount`: 1 (at the wrap) or 2 (at the midpoint too). */
  AllocateDmaBufferWithNotification(
    Context: PVOID,
    Handle: HANDLE,
    NotificationCount: number,
    RequestedBufferSize: number,
  ): NotificationBufferResult;
  FreeDmaBufferWithNotification(Context: PVOID, Handle: HANDLE, BufferMdl: MDL, BufferSize: number): NTSTATUS;
  RegisterNotificationEvent(Context: PVOID, Handle: HANDLE, NotificationEvent: KEVENT): NTSTATUS;
  UnregisterNotificationEvent(Context: PVOID, Handle: HANDLE, NotificationEvent: KEVENT): NTSTATUS;
}

export interface HdAudioCallbackRoutines {
  RegisterNotificationCallback(
    Context: PVOID,
    Handle: HANDLE,
    Fdo: Referenced,
    NotificationCallback: PHDAUDIO_DMA_NOTIFICATION_CALLBACK,
    CallbackContext: PVOID,
  ): NTSTATUS;
  UnregisterNotificationCallback(
    Context: PVOID,
    Handle: HANDLE,
    NotificationCallback: PHDAUDIO_DMA_NOTIFICATION_CALLBACK,
    CallbackContext: PVOID,
  ): NTSTATUS;
}

export interface HdAudioBdlRoutines {
  /** `bdlBuffer`: one page, which the client fills with descriptors. */
  AllocateContiguousDmaBuffer(
    Context: PVOID,
    Handle: HANDLE,
    RequestedBufferSize: number,
  ): {
    readonly status: NTSTATUS;
    readonly dataBuffer: ContiguousMemory | null;
    readonly bdlBuffer: ContiguousMemory | null;
  };
  /** `Lvi` is the index of the last descriptor: 1…255. */
  SetupDmaEngineWithBdl(
    Context: PVOID,
    Handle: HANDLE,
    BufferLength: number,
    Lvi: number,
    Isr: PHDAUDIO_BDL_ISR,
    CallbackContext: PVOID,
  ): { readonly status: NTSTATUS; readonly streamId: number; readonly fifoSize: number };
  FreeContiguousDmaBuffer(Context: PVOID, Handle: HANDLE): NTSTATUS;
}

export interface HDAUDIO_BUS_INTERFACE extends INTERFACE, HdAudioCommonRoutines, HdAudioBufferRoutines {}
export interface HDAUDIO_BUS_INTERFACE_V2 extends HDAUDIO_BUS_INTERFACE, HdAudioNotificationRoutines {}
export interface HDAUDIO_BUS_INTERFACE_V3 extends HDAUDIO_BUS_INTERFACE_V2, HdAudioCallbackRoutines {}
export interface HDAUDIO_BUS_INTERFACE_BDL extends INTERFACE, HdAudioCommonRoutines, HdAudioBdlRoutines {}

/** All 23 routines; every interface is some of them in the order of its slots. */
export interface HdAudioRoutines
  extends HdAudioCommonRoutines,
    HdAudioBufferRoutines,
    HdAudioNotificationRoutines,
    HdAudioCallbackRoutines,
    HdAudioBdlRoutines {}

const FIRST = [
  'TransferCodecVerbs',
  'AllocateCaptureDmaEngine',
  'AllocateRenderDmaEngine',
  'ChangeBandwidthAllocation',
] as const;
const LAST = [
  'FreeDmaEngine',
  'SetDmaEngineState',
  'GetWallClockRegister',
  'GetLinkPositionRegister',
  'RegisterEventCallback',
  'UnregisterEventCallback',
  'GetDeviceInformation',
  'GetResourceInformation',
] as const;
const V1 = [...FIRST, 'AllocateDmaBuffer', 'FreeDmaBuffer', ...LAST] as const;
const V2 = [
  ...V1,
  'AllocateDmaBufferWithNotification',
  'FreeDmaBufferWithNotification',
  'RegisterNotificationEvent',
  'UnregisterNotificationEvent',
] as const;
const V3 = [...V2, 'RegisterNotificationCallback', 'UnregisterNotificationCallback'] as const;
const BDL = [
  ...FIRST,
  'AllocateContiguousDmaBuffer',
  'SetupDmaEngineWithBdl',
  'FreeContiguousDmaBuffer',
  ...LAST,
] as const;

/** The function pointers of each interface in slot order (§1.1). V1 is a prefix of V2, V2 of V3; BDL of nothing. */
export const INTERFACE_SLOTS: Readonly<Record<GUID, readonly (keyof HdAudioRoutines)[]>> = {
  [GUID_HDAUDIO_BUS_INTERFACE]: V1,
  [GUID_HDAUDIO_BUS_INTERFACE_V2]: V2,
  [GUID_HDAUDIO_BUS_INTERFACE_V3]: V3,
  [GUID_HDAUDIO_BUS_INTERFACE_BDL]: BDL,
};

/** sizeof the structure on x64: the header's 32 bytes and a pointer a slot (§1.3). */
export function interfaceBytes(guid: GUID): number {
  return 32 + 8 * (INTERFACE_SLOTS[guid]?.length ?? 0);
}
