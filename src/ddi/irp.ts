// I/O request packets: function codes and what a stack location carries (hdaudio-ddi §5.4).

import type { INTERFACE } from './bus-interface.ts';
import type { GUID } from './kernel.ts';

/** Major functions in order: the index is the code, 00h…1Bh. */
export const IRP_MJ_NAMES = [
  'CREATE',
  'CREATE_NAMED_PIPE',
  'CLOSE',
  'READ',
  'WRITE',
  'QUERY_INFORMATION',
  'SET_INFORMATION',
  'QUERY_EA',
  'SET_EA',
  'FLUSH_BUFFERS',
  'QUERY_VOLUME_INFORMATION',
  'SET_VOLUME_INFORMATION',
  'DIRECTORY_CONTROL',
  'FILE_SYSTEM_CONTROL',
  'DEVICE_CONTROL',
  'INTERNAL_DEVICE_CONTROL',
  'SHUTDOWN',
  'LOCK_CONTROL',
  'CLEANUP',
  'CREATE_MAILSLOT',
  'QUERY_SECURITY',
  'SET_SECURITY',
  'POWER',
  'SYSTEM_CONTROL',
  'DEVICE_CHANGE',
  'QUERY_QUOTA',
  'SET_QUOTA',
  'PNP',
] as const;

export const IRP_MJ_CREATE = 0x00;
export const IRP_MJ_CLOSE = 0x02;
export const IRP_MJ_READ = 0x03;
export const IRP_MJ_WRITE = 0x04;
export const IRP_MJ_DEVICE_CONTROL = 0x0e;
export const IRP_MJ_INTERNAL_DEVICE_CONTROL = 0x0f;
export const IRP_MJ_CLEANUP = 0x12;
export const IRP_MJ_POWER = 0x16;
export const IRP_MJ_SYSTEM_CONTROL = 0x17;
export const IRP_MJ_PNP = 0x1b;
export const IRP_MJ_MAXIMUM_FUNCTION = 0x1b;

export const IRP_MN_START_DEVICE = 0x00;
export const IRP_MN_QUERY_REMOVE_DEVICE = 0x01;
export const IRP_MN_REMOVE_DEVICE = 0x02;
export const IRP_MN_CANCEL_REMOVE_DEVICE = 0x03;
export const IRP_MN_STOP_DEVICE = 0x04;
export const IRP_MN_QUERY_STOP_DEVICE = 0x05;
export const IRP_MN_CANCEL_STOP_DEVICE = 0x06;
export const IRP_MN_QUERY_DEVICE_RELATIONS = 0x07;
export const IRP_MN_QUERY_INTERFACE = 0x08;
export const IRP_MN_QUERY_CAPABILITIES = 0x09;
export const IRP_MN_QUERY_RESOURCES = 0x0a;
export const IRP_MN_QUERY_RESOURCE_REQUIREMENTS = 0x0b;
export const IRP_MN_QUERY_DEVICE_TEXT = 0x0c;
export const IRP_MN_FILTER_RESOURCE_REQUIREMENTS = 0x0d;
export const IRP_MN_QUERY_ID = 0x13;
export const IRP_MN_QUERY_PNP_DEVICE_STATE = 0x14;
export const IRP_MN_QUERY_BUS_INFORMATION = 0x15;
export const IRP_MN_SURPRISE_REMOVAL = 0x17;

/** PnP minors by code; the gaps have no name. */
export const IRP_MN_PNP_NAMES: readonly (string | undefined)[] = [
  'START_DEVICE',
  'QUERY_REMOVE_DEVICE',
  'REMOVE_DEVICE',
  'CANCEL_REMOVE_DEVICE',
  'STOP_DEVICE',
  'QUERY_STOP_DEVICE',
  'CANCEL_STOP_DEVICE',
  'QUERY_DEVICE_RELATIONS',
  'QUERY_INTERFACE',
  'QUERY_CAPABILITIES',
  'QUERY_RESOURCES',
  'QUERY_RESOURCE_REQUIREMENTS',
  'QUERY_DEVICE_TEXT',
  'FILTER_RESOURCE_REQUIREMENTS',
  undefined,
  'READ_CONFIG',
  'WRITE_CONFIG',
  'EJECT',
  'SET_LOCK',
  'QUERY_ID',
  'QUERY_PNP_DEVICE_STATE',
  'QUERY_BUS_INFORMATION',
  'DEVICE_USAGE_NOTIFICATION',
  'SURPRISE_REMOVAL',
  'QUERY_LEGACY_BUS_INFORMATION',
  'DEVICE_ENUMERATED',
];

export const IRP_MN_WAIT_WAKE = 0x00;
export const IRP_MN_POWER_SEQUENCE = 0x01;
export const IRP_MN_SET_POWER = 0x02;
export const IRP_MN_QUERY_POWER = 0x03;

/** Power minors by code. */
export const IRP_MN_POWER_NAMES = ['WAIT_WAKE', 'POWER_SEQUENCE', 'SET_POWER', 'QUERY_POWER'] as const;

/** Parameters.QueryDeviceRelations.Type. */
export const BusRelations = 0;
export const EjectionRelations = 1;
export const PowerRelations = 2;
export const RemovalRelations = 3;
export const TargetDeviceRelation = 4;

/** Parameters.QueryId.IdType. */
export const BusQueryDeviceID = 0;
export const BusQueryHardwareIDs = 1;
export const BusQueryCompatibleIDs = 2;
export const BusQueryInstanceID = 3;
export const BusQueryContainerID = 5;

/** Parameters.QueryDeviceText.DeviceTextType. */
export const DeviceTextDescription = 0;
export const DeviceTextLocationInformation = 1;

/** POWER_STATE_TYPE: which of the two kinds of state Parameters.Power.State is. */
export const SystemPowerState = 0;
export const DevicePowerState = 1;

/** SYSTEM_POWER_STATE: S0 and S3. */
export const PowerSystemUnspecified = 0;
export const PowerSystemWorking = 1;
export const PowerSystemSleeping3 = 4;

/** DEVICE_POWER_STATE. */
export const PowerDeviceUnspecified = 0;
export const PowerDeviceD0 = 1;
export const PowerDeviceD3 = 4;

/** What C's caller allocates and zeroes; the provider fills it in one piece (hdaudio-ddi §1.4). */
export interface InterfaceBuffer<T extends INTERFACE = INTERFACE> {
  interface: T | null;
}

/** IO_STACK_LOCATION.Parameters: the member of the request's own kind is there. */
export interface IrpParameters {
  readonly QueryInterface?: {
    readonly InterfaceType: GUID;
    readonly Size: number;
    readonly Version: number;
    readonly Interface: InterfaceBuffer;
  };
  readonly QueryDeviceRelations?: { readonly Type: number };
  readonly QueryId?: { readonly IdType: number };
  readonly QueryDeviceText?: { readonly DeviceTextType: number };
  readonly DeviceIoControl?: {
    readonly IoControlCode: number;
    readonly InputBufferLength: number;
    readonly OutputBufferLength: number;
  };
  readonly Power?: { readonly Type: number; readonly State: number };
  /** The deepest SYSTEM_POWER_STATE out of which the device is to wake the system. */
  readonly WaitWake?: { readonly PowerState: number };
}

/** CTL_CODE(type, function, METHOD_BUFFERED 0, access). */
export function CTL_CODE(deviceType: number, functionCode: number, method: number, access: number): number {
  return ((deviceType << 16) | (access << 14) | (functionCode << 2) | method) >>> 0;
}

export const FILE_DEVICE_SOUND = 0x1d;
export const FILE_DEVICE_UNKNOWN = 0x22;
export const FILE_DEVICE_BUS_EXTENDER = 0x2a;
export const METHOD_BUFFERED = 0;
export const FILE_ANY_ACCESS = 0;

export const DO_BUFFERED_IO = 0x04;
export const DO_DEVICE_INITIALIZING = 0x80;
export const DO_BUS_ENUMERATED_DEVICE = 0x1000;
export const FILE_DEVICE_SECURE_OPEN = 0x100;
