// HDAUDIO_BUS_INTERFACE, _V2, _V3 and _BDL: what each is made of, and the order of its slots (hdaudio-ddi §1).

import type {
  HdAudioBdlRoutines,
  HdAudioBufferRoutines,
  HdAudioCallbackRoutines,
  HdAudioNotificationRoutines,
} from './buffer-routines.ts';
import type { HdAudioCommonRoutines } from './common-routines.ts';
import {
  GUID_HDAUDIO_BUS_INTERFACE,
  GUID_HDAUDIO_BUS_INTERFACE_BDL,
  GUID_HDAUDIO_BUS_INTERFACE_V2,
  GUID_HDAUDIO_BUS_INTERFACE_V3,
} from './hdaudio.ts';
import type { GUID, PVOID } from './kernel.ts';

/** INTERFACE: the header of every interface that IRP_MN_QUERY_INTERFACE returns (§1.3, `ns-wdm-_interface`). */
export interface INTERFACE {
  /** Bytes of C's structure, this header included. */
  readonly Size: number;
  readonly Version: number;
  /** The first argument of every routine; one for each query. */
  readonly Context: PVOID;
  /** Takes a reference, for somebody whom the client hands the interface to. Any IRQL. */
  InterfaceReference(Context: PVOID): void;
  /** Gives one back. The client starts with one; after the last no routine may be called. Any IRQL. */
  InterfaceDereference(Context: PVOID): void;
}

/** 14 routines; on every Windows. */
export interface HDAUDIO_BUS_INTERFACE extends INTERFACE, HdAudioCommonRoutines, HdAudioBufferRoutines {}
/** 18 routines, with notification events; from Windows Vista on. */
export interface HDAUDIO_BUS_INTERFACE_V2 extends HDAUDIO_BUS_INTERFACE, HdAudioNotificationRoutines {}
/** 20 routines, with notification callbacks; from Windows 10 version 1903 on. */
export interface HDAUDIO_BUS_INTERFACE_V3 extends HDAUDIO_BUS_INTERFACE_V2, HdAudioCallbackRoutines {}
/** 15 routines, with lists of the client's own; on Windows 2000, XP and Server 2003 only. */
export interface HDAUDIO_BUS_INTERFACE_BDL extends INTERFACE, HdAudioCommonRoutines, HdAudioBdlRoutines {}

/** What each GUID stands for. */
export interface HdAudioInterfaces {
  readonly [GUID_HDAUDIO_BUS_INTERFACE]: HDAUDIO_BUS_INTERFACE;
  readonly [GUID_HDAUDIO_BUS_INTERFACE_V2]: HDAUDIO_BUS_INTERFACE_V2;
  readonly [GUID_HDAUDIO_BUS_INTERFACE_V3]: HDAUDIO_BUS_INTERFACE_V3;
  readonly [GUID_HDAUDIO_BUS_INTERFACE_BDL]: HDAUDIO_BUS_INTERFACE_BDL;
}
/** The interface of a GUID, so that a query for one cannot be read as another. */
export type InterfaceOf<G extends GUID> = G extends keyof HdAudioInterfaces ? HdAudioInterfaces[G] : INTERFACE;

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
