// The framework (KMDF): the general half of a driver pair. It owns the dispatch table and calls the specific driver's
// event callbacks where it needs them (hdaudio-ddi §5.5). One device object serves both.

import {
  DO_BUFFERED_IO,
  DO_DEVICE_INITIALIZING,
  FILE_DEVICE_UNKNOWN,
  type InterfaceBuffer,
  IRP_MJ_CLEANUP,
  IRP_MJ_CLOSE,
  IRP_MJ_CREATE,
  IRP_MJ_DEVICE_CONTROL,
  IRP_MJ_INTERNAL_DEVICE_CONTROL,
  IRP_MJ_PNP,
  IRP_MJ_POWER,
  IRP_MJ_READ,
  IRP_MJ_SYSTEM_CONTROL,
  IRP_MJ_WRITE,
  IRP_MN_QUERY_INTERFACE,
  IRP_MN_QUERY_REMOVE_DEVICE,
  IRP_MN_QUERY_STOP_DEVICE,
  IRP_MN_REMOVE_DEVICE,
  IRP_MN_START_DEVICE,
  IRP_MN_STOP_DEVICE,
  IRP_MN_SURPRISE_REMOVAL,
} from '../ddi/irp.ts';
import type { GUID } from '../ddi/kernel.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
} from '../ddi/ntstatus.ts';
import { STATE_CHANGES } from './bus-half.ts';
import {
  type DeviceObject,
  type DriverObject,
  IoAttachDeviceToDeviceStack,
  IoCreateDevice,
  IoDeleteDevice,
  IoDetachDevice,
  stackTop,
} from './driver-object.ts';
import {
  IoCallDriver,
  IoForwardIrpSynchronously,
  IoGetCurrentIrpStackLocation,
  IoGetNextIrpStackLocation,
  Irp,
} from './irp.ts';
import { complete, passDown } from './pass-down.ts';

const MODULE = 'Wdf01000';
const modules = new WeakMap<object, string>();

/** The module a routine belongs to, where that is not the driver whose table it stands in. */
export function moduleOf(routine: object): string | null {
  return modules.get(routine) ?? null;
}

export interface WDF_DRIVER_CONFIG {
  /** PASSIVE_LEVEL, for each device that the driver serves: calls WdfDeviceCreate. */
  EvtDriverDeviceAdd(Driver: WdfDriver, DeviceInit: WDFDEVICE_INIT): NTSTATUS;
  EvtDriverUnload?(Driver: WdfDriver): void;
}

/** Why a device leaves D0: D3Final when it is stopped or removed. */
export type WDF_POWER_DEVICE_STATE = 'WdfPowerDeviceD0' | 'WdfPowerDeviceD3' | 'WdfPowerDeviceD3Final';

/** Event callbacks of a device; every one may be left out. */
export interface WDF_DEVICE_CALLBACKS {
  EvtDevicePrepareHardware?(Device: WdfDevice): NTSTATUS;
  EvtDeviceD0Entry?(Device: WdfDevice, PreviousState: WDF_POWER_DEVICE_STATE): NTSTATUS;
  EvtDeviceD0EntryPostInterruptsEnabled?(Device: WdfDevice): NTSTATUS;
  EvtDeviceSelfManagedIoInit?(Device: WdfDevice): NTSTATUS;
  EvtDeviceSelfManagedIoRestart?(Device: WdfDevice): NTSTATUS;
  EvtDeviceSelfManagedIoSuspend?(Device: WdfDevice): NTSTATUS;
  EvtDeviceD0ExitPreInterruptsDisabled?(Device: WdfDevice): NTSTATUS;
  EvtDeviceD0Exit?(Device: WdfDevice, TargetState: WDF_POWER_DEVICE_STATE): NTSTATUS;
  EvtDeviceReleaseHardware?(Device: WdfDevice): NTSTATUS;
  EvtDeviceSelfManagedIoFlush?(Device: WdfDevice): void;
  EvtDeviceSelfManagedIoCleanup?(Device: WdfDevice): void;
  EvtDeviceSurpriseRemoval?(Device: WdfDevice): void;
  EvtDeviceQueryRemove?(Device: WdfDevice): NTSTATUS;
  EvtDeviceQueryStop?(Device: WdfDevice): NTSTATUS;
  EvtCleanupCallback?(Device: WdfDevice): void;
  EvtDestroyCallback?(Device: WdfDevice): void;
  /** Completes the packet, or pends it. */
  EvtIoRead?(Device: WdfDevice, Request: Irp): NTSTATUS;
  EvtIoWrite?(Device: WdfDevice, Request: Irp): NTSTATUS;
  EvtIoDeviceControl?(Device: WdfDevice, Request: Irp, IoControlCode: number): NTSTATUS;
  EvtIoInternalDeviceControl?(Device: WdfDevice, Request: Irp, IoControlCode: number): NTSTATUS;
  EvtIoDefault?(Device: WdfDevice, Request: Irp): NTSTATUS;
}

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
  /** A filter passes requests down that it has no callback for. */
  isFilter: boolean;
  device: WdfDevice | null;
}

export class WdfDevice {
  readonly driver: WdfDriver;
  readonly deviceObject: DeviceObject;
  readonly pdo: DeviceObject;
  readonly lower: DeviceObject;
  readonly callbacks: WDF_DEVICE_CALLBACKS;
  readonly isFilter: boolean;
  /** The driver's own. */
  context: unknown = null;
  inD0 = false;
  wasStarted = false;

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

const deviceOf = (DeviceObject: DeviceObject): WdfDevice =>
  (DeviceObject.DeviceExtension as Extension).device as WdfDevice;

/** Called from DriverEntry: installs the framework's dispatch table, AddDevice and Unload. */
export function WdfDriverCreate(DriverObject: DriverObject, config: WDF_DRIVER_CONFIG): NTSTATUS {
  if (!config?.EvtDriverDeviceAdd) return STATUS_INVALID_PARAMETER;
  const driver = new WdfDriver(DriverObject, config);
  DriverObject.AddDevice = function FxDriverAddDevice(_driver, pdo) {
    const init: WDFDEVICE_INIT = { driver, pdo, isFilter: false, device: null };
    const status = config.EvtDriverDeviceAdd(driver, init);
    if (NT_SUCCESS(status) || !init.device) return status;
    IoDetachDevice(init.device.lower);
    IoDeleteDevice(init.device.deviceObject);
    return status;
  };
  DriverObject.DriverUnload = function FxDriverUnload() {
    config.EvtDriverUnload?.(driver);
  };
  const { MajorFunction } = DriverObject;
  MajorFunction.fill(FxDispatchDefault);
  MajorFunction[IRP_MJ_PNP] = FxDispatchPnp;
  MajorFunction[IRP_MJ_POWER] = FxDispatchDown;
  MajorFunction[IRP_MJ_SYSTEM_CONTROL] = FxDispatchDown;
  for (const major of [IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE]) MajorFunction[major] = FxDispatchFile;
  for (const major of [IRP_MJ_READ, IRP_MJ_WRITE, IRP_MJ_DEVICE_CONTROL, IRP_MJ_INTERNAL_DEVICE_CONTROL])
    MajorFunction[major] = FxDispatchIo;
  for (const routine of [DriverObject.AddDevice, DriverObject.DriverUnload, ...MajorFunction])
    modules.set(routine, MODULE);
  return STATUS_SUCCESS;
}

/** Creates the device object and attaches it. */
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

/** Asks the device's own stack for a driver-defined interface. STATUS_INVALID_PARAMETER without device or buffer. */
export function WdfFdoQueryForInterface(
  Fdo: WdfDevice,
  InterfaceType: GUID,
  Interface: InterfaceBuffer,
  Size: number,
  Version: number,
): NTSTATUS {
  if (!Fdo || !InterfaceType || !Interface) return STATUS_INVALID_PARAMETER;
  const top = stackTop(Fdo.deviceObject);
  const irp = new Irp(Fdo.deviceObject.DriverObject.kernel, top.StackSize);
  Object.assign(IoGetNextIrpStackLocation(irp), {
    MajorFunction: IRP_MJ_PNP,
    MinorFunction: IRP_MN_QUERY_INTERFACE,
    Parameters: { QueryInterface: { InterfaceType, Size, Version, Interface } },
  });
  IoCallDriver(top, irp);
  return irp.IoStatus.Status;
}

function FxDispatchPnp(DeviceObject: DeviceObject, irp: Irp): NTSTATUS {
  const device = deviceOf(DeviceObject);
  const { callbacks, lower } = device;
  const { MinorFunction } = IoGetCurrentIrpStackLocation(irp);
  if (MinorFunction === IRP_MN_START_DEVICE)
    return IoForwardIrpSynchronously(lower, irp, () =>
      complete(irp, NT_SUCCESS(irp.IoStatus.Status) ? start(device) : irp.IoStatus.Status),
    );
  const refusal =
    MinorFunction === IRP_MN_QUERY_REMOVE_DEVICE
      ? callbacks.EvtDeviceQueryRemove?.(device)
      : MinorFunction === IRP_MN_QUERY_STOP_DEVICE
        ? callbacks.EvtDeviceQueryStop?.(device)
        : undefined;
  if (refusal !== undefined && !NT_SUCCESS(refusal)) return complete(irp, refusal);
  if (STATE_CHANGES.has(MinorFunction)) irp.IoStatus.Status = STATUS_SUCCESS;
  if (MinorFunction === IRP_MN_STOP_DEVICE) stop(device);
  if (MinorFunction === IRP_MN_SURPRISE_REMOVAL) {
    callbacks.EvtDeviceSurpriseRemoval?.(device);
    stop(device);
    callbacks.EvtDeviceSelfManagedIoFlush?.(device);
  }
  if (MinorFunction !== IRP_MN_REMOVE_DEVICE) return passDown(lower, irp);
  const surprised = !device.inD0;
  stop(device);
  if (!surprised) callbacks.EvtDeviceSelfManagedIoFlush?.(device);
  if (device.wasStarted) callbacks.EvtDeviceSelfManagedIoCleanup?.(device);
  const status = passDown(lower, irp);
  callbacks.EvtCleanupCallback?.(device);
  IoDetachDevice(lower);
  IoDeleteDevice(DeviceObject);
  callbacks.EvtDestroyCallback?.(device);
  return status;
}

/** START_DEVICE on its way up: hardware, D0, then self-managed I/O; where one fails, what was done is undone. */
function start(device: WdfDevice): NTSTATUS {
  const { callbacks } = device;
  const again = device.wasStarted;
  device.inD0 = true;
  device.wasStarted = true;
  for (const step of [
    () => callbacks.EvtDevicePrepareHardware?.(device),
    () => callbacks.EvtDeviceD0Entry?.(device, 'WdfPowerDeviceD3Final'),
    () => callbacks.EvtDeviceD0EntryPostInterruptsEnabled?.(device),
    () => (again ? callbacks.EvtDeviceSelfManagedIoRestart?.(device) : callbacks.EvtDeviceSelfManagedIoInit?.(device)),
  ]) {
    const status = step() ?? STATUS_SUCCESS;
    if (NT_SUCCESS(status)) continue;
    device.inD0 = false;
    callbacks.EvtDeviceReleaseHardware?.(device);
    return status;
  }
  return STATUS_SUCCESS;
}

function stop(device: WdfDevice): void {
  if (!device.inD0) return;
  const { callbacks } = device;
  device.inD0 = false;
  callbacks.EvtDeviceSelfManagedIoSuspend?.(device);
  callbacks.EvtDeviceD0ExitPreInterruptsDisabled?.(device);
  callbacks.EvtDeviceD0Exit?.(device, 'WdfPowerDeviceD3Final');
  callbacks.EvtDeviceReleaseHardware?.(device);
}

function FxDispatchDown(DeviceObject: DeviceObject, irp: Irp): NTSTATUS {
  return passDown(deviceOf(DeviceObject).lower, irp);
}

/** Create, cleanup, close: a function driver's device may be opened; a filter lets the device below decide. */
function FxDispatchFile(DeviceObject: DeviceObject, irp: Irp): NTSTATUS {
  const { isFilter, lower } = deviceOf(DeviceObject);
  return isFilter ? passDown(lower, irp) : complete(irp, STATUS_SUCCESS);
}

function FxDispatchIo(DeviceObject: DeviceObject, irp: Irp): NTSTATUS {
  const device = deviceOf(DeviceObject);
  const { callbacks } = device;
  const { MajorFunction, Parameters } = IoGetCurrentIrpStackLocation(irp);
  const code = Parameters.DeviceIoControl?.IoControlCode ?? 0;
  if (MajorFunction === IRP_MJ_READ && callbacks.EvtIoRead) return callbacks.EvtIoRead(device, irp);
  if (MajorFunction === IRP_MJ_WRITE && callbacks.EvtIoWrite) return callbacks.EvtIoWrite(device, irp);
  if (MajorFunction === IRP_MJ_DEVICE_CONTROL && callbacks.EvtIoDeviceControl)
    return callbacks.EvtIoDeviceControl(device, irp, code);
  if (MajorFunction === IRP_MJ_INTERNAL_DEVICE_CONTROL && callbacks.EvtIoInternalDeviceControl)
    return callbacks.EvtIoInternalDeviceControl(device, irp, code);
  if (callbacks.EvtIoDefault) return callbacks.EvtIoDefault(device, irp);
  return FxDispatchDefault(DeviceObject, irp);
}

/** What the framework has no callback for: down from a filter, refused by a function driver. */
function FxDispatchDefault(DeviceObject: DeviceObject, irp: Irp): NTSTATUS {
  const { isFilter, lower } = deviceOf(DeviceObject);
  return isFilter ? passDown(lower, irp) : complete(irp, STATUS_INVALID_DEVICE_REQUEST);
}
