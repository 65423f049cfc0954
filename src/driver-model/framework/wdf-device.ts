// Framework objects: a driver, and its devices. One device object serves the framework and the driver (hdaudio-ddi §5.5).

import type { InterfaceOf } from '../../ddi/bus-interface.ts';
import { DO_BUFFERED_IO, DO_DEVICE_INITIALIZING, FILE_DEVICE_UNKNOWN, type InterfaceBuffer } from '../../ddi/irp.ts';
import type { GUID } from '../../ddi/kernel.ts';
import { type NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_SUCCESS, STATUS_UNSUCCESSFUL } from '../../ddi/ntstatus.ts';
import {
  type DeviceObject,
  type DriverObject,
  IoAttachDeviceToDeviceStack,
  IoCreateDevice,
  IoDeleteDevice,
} from '../driver-object.ts';
import { queryInterface } from '../request.ts';
import type { WDF_DEVICE_CALLBACKS, WDF_DRIVER_CONFIG } from './callbacks.ts';

/** WDFDRIVER: a driver and its configuration. */
export class WdfDriver {
  readonly DriverObject: DriverObject;
  readonly config: WDF_DRIVER_CONFIG;

  constructor(DriverObject: DriverObject, config: WDF_DRIVER_CONFIG) {
    this.DriverObject = DriverObject;
    this.config = config;
  }
}

/** What EvtDriverDeviceAdd gets and hands to WdfDeviceCreate. */
export interface WDFDEVICE_INIT {
  readonly driver: WdfDriver;
  readonly pdo: DeviceObject;
  /** A filter passes requests down that it has no callback for, and leaves the stack's power policy to the function driver. */
  isFilter: boolean;
  device: WdfDevice | null;
}

/** WDFDEVICE: a device of a framework driver, in its stack. */
export class WdfDevice {
  readonly driver: WdfDriver;
  readonly deviceObject: DeviceObject;
  readonly pdo: DeviceObject;
  readonly lower: DeviceObject;
  readonly callbacks: WDF_DEVICE_CALLBACKS;
  readonly isFilter: boolean;
  /** The driver's own. */
  context: unknown = null;
  /** In D0 and D3 the hardware is prepared, in `stopped` it is not. */
  state: 'stopped' | 'D0' | 'D3' = 'stopped';
  wasStarted = false;
  /** EvtDeviceSelfManagedIoFlush comes once. */
  wasFlushed = false;

  constructor(init: WDFDEVICE_INIT, callbacks: WDF_DEVICE_CALLBACKS, deviceObject: DeviceObject, lower: DeviceObject) {
    this.driver = init.driver;
    this.pdo = init.pdo;
    this.isFilter = init.isFilter;
    this.callbacks = callbacks;
    this.deviceObject = deviceObject;
    this.lower = lower;
  }
}

/** The extension of a framework device object: the device arrives in it after it is attached. */
interface Extension {
  device: WdfDevice | null;
}

export const deviceOf = (DeviceObject: DeviceObject): WdfDevice =>
  (DeviceObject.DeviceExtension as Extension).device as WdfDevice;

/**
 * Creates the device object and attaches it. PASSIVE_LEVEL, in EvtDriverDeviceAdd.
 *
 * @param context - the driver's own, at `device.context`.
 * @returns STATUS_UNSUCCESSFUL: the stack is going away.
 */
export function WdfDeviceCreate(
  DeviceInit: WDFDEVICE_INIT,
  callbacks: WDF_DEVICE_CALLBACKS,
  context: unknown = null,
): { readonly status: NTSTATUS; readonly device: WdfDevice | null } {
  const extension: Extension = { device: null };
  const deviceObject = IoCreateDevice(DeviceInit.driver.DriverObject, extension, FILE_DEVICE_UNKNOWN);
  deviceObject.Flags |= DO_BUFFERED_IO;
  const lower = IoAttachDeviceToDeviceStack(deviceObject, DeviceInit.pdo);
  if (!lower) {
    IoDeleteDevice(deviceObject);
    return { status: STATUS_UNSUCCESSFUL, device: null };
  }
  const device = new WdfDevice(DeviceInit, callbacks, deviceObject, lower);
  device.context = context;
  extension.device = device;
  DeviceInit.device = device;
  deviceObject.Flags &= ~DO_DEVICE_INITIALIZING;
  return { status: STATUS_SUCCESS, device };
}

/**
 * Asks the device's own stack for a driver-defined interface (`nf-wdffdo-wdffdoqueryforinterface`). PASSIVE_LEVEL.
 *
 * @param Interface - filled with the interface of that GUID; untouched on failure.
 * @param Size - `interfaceBytes(InterfaceType)`.
 * @param Version - `HDAUDIO_INTERFACE_VERSION`.
 * @returns STATUS_NOT_SUPPORTED: nobody in the stack has it, so this Windows lacks that DDI. STATUS_INVALID_BUFFER_SIZE:
 *   Size or Version is too low. STATUS_INVALID_PARAMETER: no device or buffer.
 */
export function WdfFdoQueryForInterface<G extends GUID>(
  Fdo: WdfDevice,
  InterfaceType: G,
  Interface: InterfaceBuffer<InterfaceOf<G>>,
  Size: number,
  Version: number,
): NTSTATUS {
  if (!Fdo || !InterfaceType || !Interface) return STATUS_INVALID_PARAMETER;
  return queryInterface(Fdo.deviceObject, InterfaceType, Interface, Size, Version);
}
