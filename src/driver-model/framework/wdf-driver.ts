// The framework (KMDF): the general half of a driver pair. It owns the dispatch table and calls the specific driver's
// event callbacks where it needs them (hdaudio-ddi §5.5).

import {
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
} from '../../ddi/irp.ts';
import { NT_SUCCESS, type NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import { type DriverObject, IoDeleteDevice, IoDetachDevice } from '../driver-object.ts';
import { nameModule } from '../module-names.ts';
import type { WDF_DRIVER_CONFIG } from './callbacks.ts';
import {
  FxDispatchDefault,
  FxDispatchDown,
  FxDispatchFile,
  FxDispatchIo,
  FxDispatchPnp,
  FxDispatchPower,
} from './dispatch.ts';
import { type WDFDEVICE_INIT, WdfDriver } from './wdf-device.ts';

/**
 * Installs the framework's dispatch table, AddDevice and Unload. PASSIVE_LEVEL, in DriverEntry, which returns its status.
 *
 * @returns STATUS_INVALID_PARAMETER: without EvtDriverDeviceAdd.
 */
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
  MajorFunction[IRP_MJ_POWER] = FxDispatchPower;
  MajorFunction[IRP_MJ_SYSTEM_CONTROL] = FxDispatchDown;
  for (const major of [IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE]) MajorFunction[major] = FxDispatchFile;
  for (const major of [IRP_MJ_READ, IRP_MJ_WRITE, IRP_MJ_DEVICE_CONTROL, IRP_MJ_INTERNAL_DEVICE_CONTROL])
    MajorFunction[major] = FxDispatchIo;
  nameModule('Wdf01000', [DriverObject.AddDevice, DriverObject.DriverUnload, ...MajorFunction]);
  return STATUS_SUCCESS;
}
