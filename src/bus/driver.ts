// HDAudBus: the FDO on the controller, and a PDO for each function group (hdaudio-ddi §5.1, §5.2).

import {
  BusRelations,
  DO_DEVICE_INITIALIZING,
  FILE_DEVICE_BUS_EXTENDER,
  IRP_MJ_PNP,
  IRP_MJ_POWER,
  IRP_MN_QUERY_DEVICE_RELATIONS,
  IRP_MN_REMOVE_DEVICE,
  IRP_MN_START_DEVICE,
  IRP_MN_STOP_DEVICE,
  IRP_MN_SURPRISE_REMOVAL,
  type IrpParameters,
} from '../ddi/irp.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_INVALID_PARAMETER,
  STATUS_NO_SUCH_DEVICE,
  STATUS_SUCCESS,
} from '../ddi/ntstatus.ts';
import { Child, dispatchChildPnp, reportChildren, STATE_CHANGES } from '../driver-model/bus-half.ts';
import {
  type DeviceObject,
  type DRIVER_INITIALIZE,
  IoAttachDeviceToDeviceStack,
  IoCreateDevice,
  IoDeleteDevice,
  IoDetachDevice,
} from '../driver-model/driver-object.ts';
import { IoForwardIrpSynchronously, IoGetCurrentIrpStackLocation, type Irp } from '../driver-model/irp.ts';
import { complete, passDown } from '../driver-model/pass-down.ts';
import { HdAudioBus } from './bus.ts';
import type { FunctionGroup } from './function-group.ts';
import { functionGroupIdentity } from './identity.ts';

/** The extension of the controller's FDO. */
export class ControllerFdo {
  readonly bus: HdAudioBus;
  lower: DeviceObject | null = null;
  readonly children = new Map<string, Child>();
  started = false;

  constructor(bus: HdAudioBus) {
    this.bus = bus;
  }
}

/** DriverEntry of HDAudBus on a Windows of this NTDDI version. */
export function hdAudBus(ntddi: number): DRIVER_INITIALIZE {
  return (DriverObject) => {
    DriverObject.AddDevice = (driver, pdo) => {
      const extension = new ControllerFdo(new HdAudioBus(driver.kernel, ntddi));
      const fdo = IoCreateDevice(driver, extension, FILE_DEVICE_BUS_EXTENDER);
      extension.lower = IoAttachDeviceToDeviceStack(fdo, pdo);
      if (!extension.lower) return STATUS_NO_SUCH_DEVICE;
      fdo.Flags &= ~DO_DEVICE_INITIALIZING;
      return STATUS_SUCCESS;
    };
    DriverObject.DriverUnload = () => {};
    DriverObject.MajorFunction[IRP_MJ_PNP] = HdaDispatchPnp;
    DriverObject.MajorFunction[IRP_MJ_POWER] = HdaDispatchPower;
    return STATUS_SUCCESS;
  };
}

function HdaDispatchPower(device: DeviceObject, irp: Irp): NTSTATUS {
  const extension = device.DeviceExtension;
  if (!(extension instanceof ControllerFdo)) return complete(irp, STATUS_SUCCESS);
  return extension.lower ? passDown(extension.lower, irp) : complete(irp, STATUS_NO_SUCH_DEVICE);
}

function HdaDispatchPnp(device: DeviceObject, irp: Irp): NTSTATUS {
  const extension = device.DeviceExtension;
  if (extension instanceof Child) return dispatchChildPnp(extension, irp);
  const fdo = extension as ControllerFdo;
  const { lower, bus } = fdo;
  if (!lower) return complete(irp, STATUS_NO_SUCH_DEVICE);
  const { MinorFunction, Parameters } = IoGetCurrentIrpStackLocation(irp);
  if (MinorFunction === IRP_MN_START_DEVICE)
    return IoForwardIrpSynchronously(lower, irp, () => {
      if (!NT_SUCCESS(irp.IoStatus.Status)) return complete(irp, irp.IoStatus.Status);
      const status = bus.start();
      fdo.started = NT_SUCCESS(status);
      return complete(irp, status);
    });
  if (MinorFunction === IRP_MN_QUERY_DEVICE_RELATIONS && Parameters.QueryDeviceRelations?.Type === BusRelations)
    reportChildren(irp, listChildren(device, fdo));
  if (STATE_CHANGES.has(MinorFunction)) irp.IoStatus.Status = STATUS_SUCCESS;
  if (MinorFunction === IRP_MN_STOP_DEVICE) stop(fdo);
  if (MinorFunction === IRP_MN_SURPRISE_REMOVAL) {
    if (fdo.started) bus.surpriseRemove();
    fdo.started = false;
  }
  if (MinorFunction !== IRP_MN_REMOVE_DEVICE) return passDown(lower, irp);
  stop(fdo);
  const status = passDown(lower, irp);
  IoDetachDevice(lower);
  for (const { pdo } of fdo.children.values()) if (!pdo.deleted) IoDeleteDevice(pdo);
  IoDeleteDevice(device);
  return status;
}

function stop(fdo: ControllerFdo): void {
  if (fdo.started) fdo.bus.stop();
  fdo.started = false;
}

/** A PDO for each new function group; one that went away is not present any more. */
function listChildren(device: DeviceObject, fdo: ControllerFdo): Child[] {
  const { bus, children } = fdo;
  const seen = new Set<string>();
  for (const group of bus.functionGroups) {
    const key = `${group.codecAddress}:${group.node}`;
    seen.add(key);
    if (children.has(key)) continue;
    const identity = functionGroupIdentity(group, bus.kernel.port.pci);
    children.set(key, new Child(device.DriverObject, identity, (query) => queryInterface(bus, group, query)));
  }
  for (const [key, child] of children) if (!seen.has(key)) child.present = false;
  return [...children.values()];
}

function queryInterface(
  bus: HdAudioBus,
  group: FunctionGroup,
  query: NonNullable<IrpParameters['QueryInterface']>,
): NTSTATUS | null {
  if (!query.Interface) return STATUS_INVALID_PARAMETER;
  const result = bus.queryInterface(group, query.InterfaceType, query.Size, query.Version);
  if (result.interface) query.Interface.interface = result.interface;
  return result.status;
}
