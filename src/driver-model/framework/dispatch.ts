// The framework's dispatch routines: each turns a packet into event callbacks (hdaudio-ddi §5.5).

import {
  IRP_MJ_DEVICE_CONTROL,
  IRP_MJ_INTERNAL_DEVICE_CONTROL,
  IRP_MJ_READ,
  IRP_MJ_WRITE,
  IRP_MN_QUERY_REMOVE_DEVICE,
  IRP_MN_QUERY_STOP_DEVICE,
  IRP_MN_REMOVE_DEVICE,
  IRP_MN_START_DEVICE,
  IRP_MN_STOP_DEVICE,
  IRP_MN_SURPRISE_REMOVAL,
} from '../../ddi/irp.ts';
import { NT_SUCCESS, type NTSTATUS, STATUS_INVALID_DEVICE_REQUEST, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import { STATE_CHANGES } from '../bus-half.ts';
import { type DeviceObject, IoDeleteDevice, IoDetachDevice } from '../driver-object.ts';
import { IoForwardIrpSynchronously } from '../io-manager.ts';
import { IoGetCurrentIrpStackLocation, type Irp } from '../irp.ts';
import { complete, passDown } from '../pass-down.ts';
import { dispatchDevicePower, dispatchPower } from '../power-policy.ts';
import { flushDevice, sleepDevice, startDevice, stopDevice, wakeDevice } from './device-states.ts';
import { deviceOf, type WdfDevice } from './wdf-device.ts';

export function FxDispatchPnp(DeviceObject: DeviceObject, irp: Irp): NTSTATUS {
  const device = deviceOf(DeviceObject);
  const { callbacks, lower } = device;
  const { MinorFunction } = IoGetCurrentIrpStackLocation(irp);
  if (MinorFunction === IRP_MN_START_DEVICE)
    return IoForwardIrpSynchronously(lower, irp, () =>
      complete(irp, NT_SUCCESS(irp.IoStatus.Status) ? startDevice(device) : irp.IoStatus.Status),
    );
  const refusal = askDriver(device, MinorFunction);
  if (!NT_SUCCESS(refusal)) return complete(irp, refusal);
  if (STATE_CHANGES.has(MinorFunction)) irp.IoStatus.Status = STATUS_SUCCESS;
  if (MinorFunction === IRP_MN_STOP_DEVICE) stopDevice(device);
  if (MinorFunction === IRP_MN_SURPRISE_REMOVAL) {
    callbacks.EvtDeviceSurpriseRemoval?.(device);
    stopDevice(device);
    flushDevice(device);
  }
  return MinorFunction === IRP_MN_REMOVE_DEVICE ? remove(device, irp) : passDown(lower, irp);
}

function askDriver(device: WdfDevice, MinorFunction: number): NTSTATUS {
  const { EvtDeviceQueryRemove, EvtDeviceQueryStop } = device.callbacks;
  if (MinorFunction === IRP_MN_QUERY_REMOVE_DEVICE) return EvtDeviceQueryRemove?.(device) ?? STATUS_SUCCESS;
  if (MinorFunction === IRP_MN_QUERY_STOP_DEVICE) return EvtDeviceQueryStop?.(device) ?? STATUS_SUCCESS;
  return STATUS_SUCCESS;
}

function remove(device: WdfDevice, irp: Irp): NTSTATUS {
  const { callbacks, lower, deviceObject } = device;
  stopDevice(device);
  if (device.wasStarted) {
    flushDevice(device);
    callbacks.EvtDeviceSelfManagedIoCleanup?.(device);
  }
  const status = passDown(lower, irp);
  callbacks.EvtCleanupCallback?.(device);
  IoDetachDevice(lower);
  IoDeleteDevice(deviceObject);
  callbacks.EvtDestroyCallback?.(device);
  return status;
}

export function FxDispatchPower(DeviceObject: DeviceObject, irp: Irp): NTSTATUS {
  const device = deviceOf(DeviceObject);
  const routines = { powerDown: () => sleepDevice(device), powerUp: () => wakeDevice(device) };
  return device.isFilter
    ? dispatchDevicePower(device.lower, irp, routines)
    : dispatchPower(DeviceObject, device.lower, irp, routines);
}

export function FxDispatchDown(DeviceObject: DeviceObject, irp: Irp): NTSTATUS {
  return passDown(deviceOf(DeviceObject).lower, irp);
}

/** Create, cleanup, close: a function driver's device may be opened; a filter lets the device below decide. */
export function FxDispatchFile(DeviceObject: DeviceObject, irp: Irp): NTSTATUS {
  const { isFilter, lower } = deviceOf(DeviceObject);
  return isFilter ? passDown(lower, irp) : complete(irp, STATUS_SUCCESS);
}

export function FxDispatchIo(DeviceObject: DeviceObject, irp: Irp): NTSTATUS {
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
export function FxDispatchDefault(DeviceObject: DeviceObject, irp: Irp): NTSTATUS {
  const { isFilter, lower } = deviceOf(DeviceObject);
  return isFilter ? passDown(lower, irp) : complete(irp, STATUS_INVALID_DEVICE_REQUEST);
}
