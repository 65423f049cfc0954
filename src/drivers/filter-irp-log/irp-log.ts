// A filter driver that logs every packet of its stack, on its way down and on its way up (hdaudio-ddi §5.1, §5.4).

import {
  DevicePowerState,
  DO_DEVICE_INITIALIZING,
  FILE_DEVICE_UNKNOWN,
  IRP_MJ_PNP,
  IRP_MN_REMOVE_DEVICE,
} from '../../ddi/irp.ts';
import { type NTSTATUS, STATUS_NO_SUCH_DEVICE, STATUS_SUCCESS, statusName } from '../../ddi/ntstatus.ts';
import {
  type DeviceObject,
  type DRIVER_INITIALIZE,
  IoAttachDeviceToDeviceStack,
  IoCreateDevice,
  IoDeleteDevice,
  IoDetachDevice,
} from '../../driver-model/driver-object.ts';
import { IoCallDriver } from '../../driver-model/io-manager.ts';
import {
  IoCopyCurrentIrpStackLocationToNext,
  IoGetCurrentIrpStackLocation,
  IoMarkIrpPending,
  IoSetCompletionRoutine,
  type IoStackLocation,
  type Irp,
  requestName,
} from '../../driver-model/irp.ts';

/** The extension of a filter's device object. */
interface FilterExtension {
  lower: DeviceObject | null;
}

/**
 * DriverEntry of the log. It writes `IRP_MJ_PNP IRP_MN_START_DEVICE` as a packet goes down, and the same with its status
 * as it comes back; `to` takes the lines. As a lower filter it sees what the function driver sends, as an upper one what
 * reaches it.
 */
export function irpLog(to: (line: string) => void): DRIVER_INITIALIZE {
  return function DriverEntry(DriverObject) {
    DriverObject.AddDevice = function IrpLogAddDevice(driver, pdo) {
      const extension: FilterExtension = { lower: null };
      const filter = IoCreateDevice(driver, extension, FILE_DEVICE_UNKNOWN);
      extension.lower = IoAttachDeviceToDeviceStack(filter, pdo);
      filter.Flags &= ~DO_DEVICE_INITIALIZING;
      if (extension.lower) return STATUS_SUCCESS;
      IoDeleteDevice(filter);
      return STATUS_NO_SUCH_DEVICE;
    };
    DriverObject.DriverUnload = function IrpLogUnload() {};
    DriverObject.MajorFunction.fill(function IrpLogDispatch(filter, irp) {
      const { lower } = filter.DeviceExtension as FilterExtension;
      return lower ? passAndLog(filter, lower, irp, to) : STATUS_NO_SUCH_DEVICE;
    });
    return STATUS_SUCCESS;
  };
}

function passAndLog(filter: DeviceObject, lower: DeviceObject, irp: Irp, to: (line: string) => void): NTSTATUS {
  const location = IoGetCurrentIrpStackLocation(irp);
  const request = describe(location);
  const isRemoval = location.MajorFunction === IRP_MJ_PNP && location.MinorFunction === IRP_MN_REMOVE_DEVICE;
  to(request);
  IoCopyCurrentIrpStackLocationToNext(irp);
  const log = () => {
    to(`${request} ${statusName(irp.IoStatus.Status)}`);
    if (irp.PendingReturned) IoMarkIrpPending(irp);
    return STATUS_SUCCESS;
  };
  IoSetCompletionRoutine(irp, log, null, true, true, true);
  const status = IoCallDriver(lower, irp);
  if (isRemoval) {
    IoDetachDevice(lower);
    IoDeleteDevice(filter);
  }
  return status;
}

/** A power packet's state belongs to its name: `IRP_MJ_POWER IRP_MN_SET_POWER D3`. */
function describe({ MajorFunction, MinorFunction, Parameters: { Power } }: IoStackLocation): string {
  const request = requestName(MajorFunction, MinorFunction);
  return Power ? `${request} ${Power.Type === DevicePowerState ? 'D' : 'S'}${Power.State - 1}` : request;
}
