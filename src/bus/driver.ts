// HDAudBus: the FDO on the controller, and a PDO for each function group (hdaudio-ddi §5.1, §5.2).

import {
  BusRelations,
  DO_DEVICE_INITIALIZING,
  FILE_DEVICE_BUS_EXTENDER,
  IRP_MJ_PNP,
  IRP_MJ_POWER,
  IRP_MN_QUERY_DEVICE_RELATIONS,
  IRP_MN_REMOVE_DEVICE,
  IRP_MN_SET_POWER,
  IRP_MN_START_DEVICE,
  IRP_MN_STOP_DEVICE,
  IRP_MN_SURPRISE_REMOVAL,
  type IrpParameters,
  PowerDeviceD0,
} from '../ddi/irp.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_INVALID_PARAMETER,
  STATUS_NO_SUCH_DEVICE,
  STATUS_SUCCESS,
} from '../ddi/ntstatus.ts';
import { Child, dispatchChildPnp, reportChildren, STATE_CHANGES } from '../driver-model/bus-half.ts';
import { completeWake, dispatchChildPower } from '../driver-model/child-power.ts';
import {
  type DeviceObject,
  type DRIVER_INITIALIZE,
  type DriverObject,
  IoAttachDeviceToDeviceStack,
  IoCreateDevice,
  IoDeleteDevice,
  IoDetachDevice,
} from '../driver-model/driver-object.ts';
import { IoForwardIrpSynchronously } from '../driver-model/io-manager.ts';
import { IoGetCurrentIrpStackLocation, type Irp } from '../driver-model/irp.ts';
import { complete, passDown } from '../driver-model/pass-down.ts';
import { PoRequestPowerIrp } from '../driver-model/power-irp.ts';
import { dispatchPower } from '../driver-model/power-policy.ts';
import { HdAudioBus } from './bus.ts';
import type { FunctionGroup } from './function-group.ts';
import { functionGroupIdentity } from './identity.ts';

/** The PDO of a function group. */
class GroupChild extends Child {
  readonly bus: HdAudioBus;
  readonly group: FunctionGroup;

  /** `fdo`: the controller's, which must be in D0 for a function group to be. */
  constructor(fdo: DeviceObject, bus: HdAudioBus, group: FunctionGroup) {
    super(fdo.DriverObject, functionGroupIdentity(group, bus.kernel.port.pci), {
      queryInterface: (query, sender) => queryInterface(bus, group, query, sender),
      setPower: (state) => {
        if (state === PowerDeviceD0 && bus.asleep) PoRequestPowerIrp(fdo, IRP_MN_SET_POWER, PowerDeviceD0);
      },
      canWake: true,
    });
    this.bus = bus;
    this.group = group;
  }
}

/** The extension of the controller's FDO. */
export class ControllerFdo {
  readonly bus: HdAudioBus;
  lower: DeviceObject | null = null;
  readonly children = new Map<string, GroupChild>();
  started = false;

  constructor(bus: HdAudioBus) {
    this.bus = bus;
    bus.onWake = (codecMask) => this.wake(codecMask);
  }

  /** Codecs with a function driver that waits for them. */
  get wakeMask(): number {
    const waiting = [...this.children.values()].filter(({ waitWake }) => waitWake);
    return waiting.reduce((mask, { group }) => mask | (1 << group.codecAddress), 0);
  }

  /** Completes every wait-wake of these codecs: which of its function groups woke a codec does not say (§5.4, Wake). */
  wake(codecMask: number): void {
    for (const child of this.children.values())
      if (((codecMask >>> child.group.codecAddress) & 1) !== 0) completeWake(child);
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

/** A PDO is in whatever state its function driver put the codec into; the FDO's is the controller's. */
function HdaDispatchPower(device: DeviceObject, irp: Irp): NTSTATUS {
  const extension = device.DeviceExtension;
  if (extension instanceof Child) return dispatchChildPower(extension, irp);
  const fdo = extension as ControllerFdo;
  if (!fdo.lower) return complete(irp, STATUS_NO_SUCH_DEVICE);
  return dispatchPower(device, fdo.lower, irp, {
    powerDown: () => {
      if (fdo.started) fdo.bus.suspend(fdo.wakeMask);
    },
    powerUp: () => {
      const { status, woken } = fdo.bus.resume();
      fdo.wake(woken);
      return status;
    },
  });
}

function HdaDispatchPnp(device: DeviceObject, irp: Irp): NTSTATUS {
  const extension = device.DeviceExtension;
  if (extension instanceof GroupChild) return dispatchGroupPnp(extension, irp);
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
  bus.gone = true; // whoever still has an interface reaches what is not this driver's any more
  const status = passDown(lower, irp);
  IoDetachDevice(lower);
  for (const { pdo } of fdo.children.values()) if (!pdo.deleted) IoDeleteDevice(pdo);
  IoDeleteDevice(device);
  return status;
}

function dispatchGroupPnp(child: GroupChild, irp: Irp): NTSTATUS {
  const { MinorFunction } = IoGetCurrentIrpStackLocation(irp);
  const status = dispatchChildPnp(child, irp);
  if (MinorFunction === IRP_MN_REMOVE_DEVICE) child.bus.groupRemoved(child.group);
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
    children.set(key, new GroupChild(device, bus, group));
  }
  for (const [key, child] of children) if (!seen.has(key)) child.present = false;
  return [...children.values()];
}

function queryInterface(
  bus: HdAudioBus,
  group: FunctionGroup,
  query: NonNullable<IrpParameters['QueryInterface']>,
  sender: DriverObject | null,
): NTSTATUS | null {
  if (!query.Interface) return STATUS_INVALID_PARAMETER;
  const result = bus.queryInterface(group, query.InterfaceType, query.Size, query.Version, sender);
  if (result.interface) query.Interface.interface = result.interface;
  return result.status;
}
