// The way down to the controller: root, ACPI, PCI (hdaudio-ddi §5.1). Each is a bus driver whose one child is the next bus.

import {
  BusRelations,
  DO_DEVICE_INITIALIZING,
  FILE_DEVICE_BUS_EXTENDER,
  IRP_MJ_PNP,
  IRP_MJ_POWER,
  IRP_MN_QUERY_DEVICE_RELATIONS,
  IRP_MN_REMOVE_DEVICE,
} from '../ddi/irp.ts';
import { STATUS_NO_SUCH_DEVICE, STATUS_SUCCESS } from '../ddi/ntstatus.ts';
import {
  Child,
  type ChildIdentity,
  type ChildServices,
  dispatchChildPnp,
  reportChildren,
  STATE_CHANGES,
} from './bus-half.ts';
import { dispatchChildPower } from './child-power.ts';
import {
  type DeviceObject,
  type DRIVER_INITIALIZE,
  IoAttachDeviceToDeviceStack,
  IoCreateDevice,
  IoDeleteDevice,
  IoDetachDevice,
} from './driver-object.ts';
import { IoGetCurrentIrpStackLocation } from './irp.ts';
import { complete, passDown } from './pass-down.ts';
import { dispatchPower } from './power-policy.ts';

interface BusExtension {
  lower: DeviceObject | null;
  readonly children: Child[];
}

/** DriverEntry of a bus driver with this one child, which is there while `isPresent` says so. */
export function busDriver(
  identity: ChildIdentity,
  isPresent: () => boolean = () => true,
  services: ChildServices = {},
): DRIVER_INITIALIZE {
  return (DriverObject) => {
    DriverObject.AddDevice = (driver, pdo) => {
      const extension: BusExtension = { lower: null, children: [] };
      const fdo = IoCreateDevice(driver, extension, FILE_DEVICE_BUS_EXTENDER);
      extension.lower = IoAttachDeviceToDeviceStack(fdo, pdo);
      if (!extension.lower) return STATUS_NO_SUCH_DEVICE;
      fdo.Flags &= ~DO_DEVICE_INITIALIZING;
      return STATUS_SUCCESS;
    };
    DriverObject.DriverUnload = () => {};
    DriverObject.MajorFunction[IRP_MJ_PNP] = (device, irp) => {
      if (device.DeviceExtension instanceof Child) return dispatchChildPnp(device.DeviceExtension, irp);
      const extension = device.DeviceExtension as BusExtension;
      const { MinorFunction, Parameters } = IoGetCurrentIrpStackLocation(irp);
      if (MinorFunction === IRP_MN_QUERY_DEVICE_RELATIONS && Parameters.QueryDeviceRelations?.Type === BusRelations) {
        for (const child of extension.children) child.present &&= isPresent();
        if (isPresent() && !extension.children.some(({ present }) => present))
          extension.children.push(new Child(DriverObject, identity, services));
        reportChildren(irp, extension.children);
      }
      const { lower } = extension;
      if (!lower) return complete(irp, STATUS_NO_SUCH_DEVICE);
      if (STATE_CHANGES.has(MinorFunction)) irp.IoStatus.Status = STATUS_SUCCESS;
      if (MinorFunction !== IRP_MN_REMOVE_DEVICE) return passDown(lower, irp);
      const status = passDown(lower, irp);
      IoDetachDevice(lower);
      for (const { pdo } of extension.children) if (!pdo.deleted) IoDeleteDevice(pdo);
      IoDeleteDevice(device);
      return status;
    };
    DriverObject.MajorFunction[IRP_MJ_POWER] = (device, irp) => {
      const extension = device.DeviceExtension as BusExtension | Child;
      if (extension instanceof Child) return dispatchChildPower(extension, irp);
      return extension.lower ? dispatchPower(device, extension.lower, irp) : complete(irp, STATUS_NO_SUCH_DEVICE);
    };
    return STATUS_SUCCESS;
  };
}
