// What a framework driver is called for; every event callback of a device may be left out (hdaudio-ddi §5.5).

import type { NTSTATUS } from '../../ddi/ntstatus.ts';
import type { Irp } from '../irp.ts';
import type { WDFDEVICE_INIT, WdfDevice, WdfDriver } from './wdf-device.ts';

/** What a driver gives to WdfDriverCreate. */
export interface WDF_DRIVER_CONFIG {
  /**
   * PASSIVE_LEVEL, for each device that the driver serves: calls WdfDeviceCreate (`nc-wdfdriver-evt_wdf_driver_device_add`).
   * An error of a function driver leaves the device without a stack, of a filter the stack without it.
   */
  EvtDriverDeviceAdd(Driver: WdfDriver, DeviceInit: WDFDEVICE_INIT): NTSTATUS;
  /** PASSIVE_LEVEL, when the driver's last device is gone. */
  EvtDriverUnload?(Driver: WdfDriver): void;
}

/** Where a device goes from D0, or comes from: D3 to sleep, D3Final when it is stopped or removed. */
export type WDF_POWER_DEVICE_STATE = 'WdfPowerDeviceD0' | 'WdfPowerDeviceD3' | 'WdfPowerDeviceD3Final';

/**
 * What a driver gives to WdfDeviceCreate, by the request that brings each about
 * (`wdm-irps-and-kmdf-event-callback-functions`). PASSIVE_LEVEL all. An error on the way up fails the start of the device; on
 * the way down it changes nothing.
 */
export interface WDF_DEVICE_CALLBACKS {
  /** Start: the drivers below have started. Where the bus DDI is queried and memory allocated. */
  EvtDevicePrepareHardware?(Device: WdfDevice): NTSTATUS;
  /** Power is there: at start, and after sleep. Where the codec is programmed and streams run. */
  EvtDeviceD0Entry?(Device: WdfDevice, PreviousState: WDF_POWER_DEVICE_STATE): NTSTATUS;
  /** After EvtDeviceD0Entry, with interrupts. */
  EvtDeviceD0EntryPostInterruptsEnabled?(Device: WdfDevice): NTSTATUS;
  /** Last of the first start. */
  EvtDeviceSelfManagedIoInit?(Device: WdfDevice): NTSTATUS;
  /** Last of every later start, and of waking. */
  EvtDeviceSelfManagedIoRestart?(Device: WdfDevice): NTSTATUS;
  /** First of stop, removal and sleep. */
  EvtDeviceSelfManagedIoSuspend?(Device: WdfDevice): NTSTATUS;
  /** Before EvtDeviceD0Exit, with interrupts. */
  EvtDeviceD0ExitPreInterruptsDisabled?(Device: WdfDevice): NTSTATUS;
  /** Power goes: streams stop and go back to Reset. */
  EvtDeviceD0Exit?(Device: WdfDevice, TargetState: WDF_POWER_DEVICE_STATE): NTSTATUS;
  /** Stop and removal, and a start that failed: gives back what EvtDevicePrepareHardware took, as far as it came. */
  EvtDeviceReleaseHardware?(Device: WdfDevice): NTSTATUS;
  /** Removal, once the device is out of D0. */
  EvtDeviceSelfManagedIoFlush?(Device: WdfDevice): void;
  /** Removal, after EvtDeviceSelfManagedIoFlush. */
  EvtDeviceSelfManagedIoCleanup?(Device: WdfDevice): void;
  /** The hardware is gone; EvtDeviceD0Exit and EvtDeviceReleaseHardware follow. */
  EvtDeviceSurpriseRemoval?(Device: WdfDevice): void;
  /** May refuse to be removed. */
  EvtDeviceQueryRemove?(Device: WdfDevice): NTSTATUS;
  /** May refuse to be stopped. */
  EvtDeviceQueryStop?(Device: WdfDevice): NTSTATUS;
  /** The device object is about to go. */
  EvtCleanupCallback?(Device: WdfDevice): void;
  /** It is gone: the last call for this device. */
  EvtDestroyCallback?(Device: WdfDevice): void;
  /** Completes the packet, or pends it. */
  EvtIoRead?(Device: WdfDevice, Request: Irp): NTSTATUS;
  /** As EvtIoRead. */
  EvtIoWrite?(Device: WdfDevice, Request: Irp): NTSTATUS;
  /** IRP_MJ_DEVICE_CONTROL: as EvtIoRead. */
  EvtIoDeviceControl?(Device: WdfDevice, Request: Irp, IoControlCode: number): NTSTATUS;
  /** IRP_MJ_INTERNAL_DEVICE_CONTROL: as EvtIoRead. */
  EvtIoInternalDeviceControl?(Device: WdfDevice, Request: Irp, IoControlCode: number): NTSTATUS;
  /**
   * Reads, writes and controls without a callback of their own. Without it they are STATUS_INVALID_DEVICE_REQUEST, or
   * passed down by a filter.
   */
  EvtIoDefault?(Device: WdfDevice, Request: Irp): NTSTATUS;
}
