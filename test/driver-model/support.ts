// Drivers for tests: one that passes everything down and says what it saw.

import { DO_DEVICE_INITIALIZING, IRP_MJ_PNP, IRP_MN_PNP_NAMES, IRP_MN_REMOVE_DEVICE } from '../../src/ddi/irp.ts';
import { type NTSTATUS, STATUS_NO_SUCH_DEVICE, STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import {
  type DeviceObject,
  type DRIVER_INITIALIZE,
  IoAttachDeviceToDeviceStack,
  IoCreateDevice,
  IoDeleteDevice,
  IoDetachDevice,
} from '../../src/driver-model/driver-object.ts';
import type { DriverPackage } from '../../src/driver-model/driver-package.ts';
import { IoGetCurrentIrpStackLocation, type Irp } from '../../src/driver-model/irp.ts';
import { passDown } from '../../src/driver-model/pass-down.ts';

/** A filter (or function driver) that passes every packet down; `onPnp` may answer instead. */
export function loggingFilter(
  service: string,
  role: DriverPackage['role'],
  ids: readonly string[],
  onPnp: (minor: string, irp: Irp, lower: DeviceObject) => NTSTATUS | null = () => null,
) {
  const log: string[] = [];
  const DriverEntry: DRIVER_INITIALIZE = (DriverObject) => {
    DriverObject.AddDevice = (driver, pdo) => {
      const extension: { lower: DeviceObject | null } = { lower: null };
      const filter = IoCreateDevice(driver, extension, 0x22);
      extension.lower = IoAttachDeviceToDeviceStack(filter, pdo);
      filter.Flags &= ~DO_DEVICE_INITIALIZING;
      return extension.lower ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE;
    };
    DriverObject.DriverUnload = () => log.push('unload');
    DriverObject.MajorFunction.fill((device, irp) => {
      const { lower } = device.DeviceExtension as { lower: DeviceObject };
      const { MajorFunction, MinorFunction } = IoGetCurrentIrpStackLocation(irp);
      const isPnp = MajorFunction === IRP_MJ_PNP;
      const name = isPnp ? (IRP_MN_PNP_NAMES[MinorFunction] ?? `${MinorFunction}`) : `major ${MajorFunction}`;
      log.push(name);
      const answer = isPnp ? onPnp(name, irp, lower) : null;
      if (answer !== null) return answer;
      const status = passDown(lower, irp);
      if (isPnp && MinorFunction === IRP_MN_REMOVE_DEVICE) {
        IoDetachDevice(lower);
        IoDeleteDevice(device);
      }
      return status;
    });
    return STATUS_SUCCESS;
  };
  return { log, package: { service, role, ids, DriverEntry } satisfies DriverPackage };
}
