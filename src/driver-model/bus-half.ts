// What every bus driver does for its children: reports their PDOs and answers for them (hdaudio-ddi §5.2–5.4).

import {
  BusQueryCompatibleIDs,
  BusQueryDeviceID,
  BusQueryHardwareIDs,
  BusQueryInstanceID,
  DeviceTextDescription,
  DO_BUS_ENUMERATED_DEVICE,
  DO_DEVICE_INITIALIZING,
  FILE_DEVICE_SOUND,
  IRP_MN_CANCEL_REMOVE_DEVICE,
  IRP_MN_CANCEL_STOP_DEVICE,
  IRP_MN_QUERY_CAPABILITIES,
  IRP_MN_QUERY_DEVICE_RELATIONS,
  IRP_MN_QUERY_DEVICE_TEXT,
  IRP_MN_QUERY_ID,
  IRP_MN_QUERY_INTERFACE,
  IRP_MN_QUERY_REMOVE_DEVICE,
  IRP_MN_QUERY_RESOURCE_REQUIREMENTS,
  IRP_MN_QUERY_RESOURCES,
  IRP_MN_QUERY_STOP_DEVICE,
  IRP_MN_REMOVE_DEVICE,
  IRP_MN_START_DEVICE,
  IRP_MN_STOP_DEVICE,
  IRP_MN_SURPRISE_REMOVAL,
  type IrpParameters,
  PowerDeviceD0,
  PowerDeviceD3,
  PowerDeviceUnspecified,
  PowerSystemSleeping3,
  PowerSystemUnspecified,
  TargetDeviceRelation,
} from '../ddi/irp.ts';
import { type NTSTATUS, STATUS_SUCCESS } from '../ddi/ntstatus.ts';
import { type DeviceObject, type DriverObject, IoCreateDevice, IoDeleteDevice } from './driver-object.ts';
import { completeCancelled, IoCompleteRequest } from './io-manager.ts';
import { describeIrp, IoGetCurrentIrpStackLocation, type Irp } from './irp.ts';

/** Minors that every driver of a stack answers with success where it has nothing against them (§5.4). */
export const STATE_CHANGES: ReadonlySet<number> = new Set([
  IRP_MN_START_DEVICE,
  IRP_MN_QUERY_STOP_DEVICE,
  IRP_MN_STOP_DEVICE,
  IRP_MN_CANCEL_STOP_DEVICE,
  IRP_MN_QUERY_REMOVE_DEVICE,
  IRP_MN_REMOVE_DEVICE,
  IRP_MN_CANCEL_REMOVE_DEVICE,
  IRP_MN_SURPRISE_REMOVAL,
]);

/** What identifies a child (§5.3). */
export interface ChildIdentity {
  readonly deviceId: string;
  readonly hardwareIds: readonly string[];
  readonly compatibleIds: readonly string[];
  readonly instanceId: string;
  /** The instance id is unique in the machine, not on its bus alone. */
  readonly uniqueId?: boolean;
  readonly description: string;
  readonly location: string;
}

/** What the bus does for a child beyond telling who it is. */
export interface ChildServices {
  /** A null status leaves the packet's as it came (§1.6). `sender` is the driver that asks, where one does. */
  readonly queryInterface?: (
    query: NonNullable<IrpParameters['QueryInterface']>,
    sender: DriverObject | null,
  ) => NTSTATUS | null;
  /** The child goes to PowerDeviceD0 or PowerDeviceD3. */
  readonly setPower?: (state: number) => void;
  /** The bus notices when the child wants to be awake: it takes IRP_MN_WAIT_WAKE. */
  readonly canWake?: boolean;
}

/** A child of a bus: the extension of its PDO. */
export class Child {
  readonly identity: ChildIdentity;
  readonly services: ChildServices;
  readonly pdo: DeviceObject;
  /** In the bus's present list of children: a PDO that is not is deleted when it is removed. */
  present = true;
  /** IRP_MN_WAIT_WAKE that waits for completeWake. */
  waitWake: Irp | null = null;

  constructor(driver: DriverObject, identity: ChildIdentity, services: ChildServices = {}) {
    this.identity = identity;
    this.services = services;
    this.pdo = IoCreateDevice(driver, this, FILE_DEVICE_SOUND);
    this.pdo.Flags |= DO_BUS_ENUMERATED_DEVICE;
    this.pdo.Flags &= ~DO_DEVICE_INITIALIZING;
  }
}

/** Adds the children to the list in IoStatus.Information and sets success; the caller passes the packet down (§5.2). */
export function reportChildren(irp: Irp, children: readonly Child[]): void {
  const before = Array.isArray(irp.IoStatus.Information) ? (irp.IoStatus.Information as DeviceObject[]) : [];
  const pdos = children.filter(({ present }) => present).map(({ pdo }) => pdo);
  for (const pdo of pdos) pdo.reference();
  irp.IoStatus.Information = [...before, ...pdos];
  irp.IoStatus.Status = STATUS_SUCCESS;
}

/** IRP_MJ_PNP at a PDO: always completes; a minor that is not handled with the status it came with. */
export function dispatchChildPnp(child: Child, irp: Irp): NTSTATUS {
  const { MinorFunction } = IoGetCurrentIrpStackLocation(irp);
  const status = answer(child, irp);
  if (status !== null) irp.IoStatus.Status = status;
  const result = irp.IoStatus.Status;
  IoCompleteRequest(irp);
  if (MinorFunction === IRP_MN_REMOVE_DEVICE) removeChild(child);
  return result;
}

/** The stack above is gone; the PDO of a child that is still there is kept (§5.4, Removal). */
function removeChild(child: Child): void {
  const { waitWake, pdo } = child;
  if (waitWake) {
    const sender = waitWake.sender?.DriverName ?? 'nt';
    const { verifier } = pdo.DriverObject.kernel;
    verifier.report('IRP_MN_WAIT_WAKE not cancelled', sender, describeIrp(waitWake), 'IRP_MN_REMOVE_DEVICE');
    child.waitWake = null;
    completeCancelled(waitWake);
  }
  if (!child.present && !pdo.deleted) IoDeleteDevice(pdo);
}

function answer(child: Child, irp: Irp): NTSTATUS | null {
  const { MinorFunction, Parameters } = IoGetCurrentIrpStackLocation(irp);
  const give = (information: unknown): NTSTATUS => {
    irp.IoStatus.Information = information;
    return STATUS_SUCCESS;
  };
  if (MinorFunction === IRP_MN_START_DEVICE) child.services.setPower?.(PowerDeviceD0); // a bus starts what has power
  if (STATE_CHANGES.has(MinorFunction)) return STATUS_SUCCESS;
  switch (MinorFunction) {
    case IRP_MN_QUERY_ID: {
      const id = identifier(child.identity, Parameters.QueryId?.IdType);
      return id === null ? null : give(id);
    }
    case IRP_MN_QUERY_DEVICE_TEXT: {
      const isDescription = Parameters.QueryDeviceText?.DeviceTextType === DeviceTextDescription;
      return give(isDescription ? child.identity.description : child.identity.location);
    }
    case IRP_MN_QUERY_CAPABILITIES:
      return give(capabilities(child));
    case IRP_MN_QUERY_RESOURCES:
    case IRP_MN_QUERY_RESOURCE_REQUIREMENTS:
      return give(null); // the hardware is the bus driver's
    case IRP_MN_QUERY_DEVICE_RELATIONS: {
      const type = Parameters.QueryDeviceRelations?.Type;
      if (type !== TargetDeviceRelation) return null;
      child.pdo.reference();
      return give([child.pdo]);
    }
    case IRP_MN_QUERY_INTERFACE:
      return (
        (Parameters.QueryInterface && child.services.queryInterface?.(Parameters.QueryInterface, irp.sender)) ?? null
      );
    default:
      return null;
  }
}

/** The members of DEVICE_CAPABILITIES that anybody asks for. */
function capabilities({ identity, services }: Child) {
  const canWake = services.canWake === true;
  return {
    UniqueID: identity.uniqueId === true,
    SystemWake: canWake ? PowerSystemSleeping3 : PowerSystemUnspecified,
    DeviceWake: canWake ? PowerDeviceD3 : PowerDeviceUnspecified,
  };
}

function identifier(identity: ChildIdentity, type: number | undefined): string | readonly string[] | null {
  switch (type) {
    case BusQueryDeviceID:
      return identity.deviceId;
    case BusQueryHardwareIDs:
      return identity.hardwareIds;
    case BusQueryCompatibleIDs:
      return identity.compatibleIds;
    case BusQueryInstanceID:
      return identity.instanceId;
    default:
      return null; // container ids are for what can be unplugged
  }
}
