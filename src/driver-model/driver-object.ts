// Driver objects and device objects (hdaudio-ddi §5.1).

import { DO_BUS_ENUMERATED_DEVICE, DO_DEVICE_INITIALIZING, IRP_MJ_MAXIMUM_FUNCTION } from '../ddi/irp.ts';
import { APC_LEVEL } from '../ddi/irql.ts';
import type { Referenced } from '../ddi/kernel.ts';
import { type NTSTATUS, STATUS_INVALID_DEVICE_REQUEST } from '../ddi/ntstatus.ts';
import { IoCompleteRequest } from './io-manager.ts';
import type { Irp } from './irp.ts';
import type { Kernel } from './kernel.ts';

/**
 * Takes a packet of one major function: completes it, passes it down, or pends it and returns STATUS_PENDING. PASSIVE_LEVEL
 * for PnP, up to DISPATCH_LEVEL where the driver above is there.
 */
export type DRIVER_DISPATCH = (DeviceObject: DeviceObject, Irp: Irp) => NTSTATUS;
/** Makes a device object for a PDO and attaches it (`writing-an-adddevice-routine`). PASSIVE_LEVEL; no hardware yet. */
export type DRIVER_ADD_DEVICE = (DriverObject: DriverObject, PhysicalDeviceObject: DeviceObject) => NTSTATUS;
/** Called when the driver's last device is gone. PASSIVE_LEVEL. */
export type DRIVER_UNLOAD = (DriverObject: DriverObject) => void;
/** DriverEntry. PASSIVE_LEVEL, once a driver; fills the driver object. */
export type DRIVER_INITIALIZE = (DriverObject: DriverObject, RegistryPath: string) => NTSTATUS;

/** What every slot holds that a driver leaves alone: the I/O manager's own routine (§5.4). */
export function IopInvalidDeviceRequest(_DeviceObject: DeviceObject, Irp: Irp): NTSTATUS {
  Irp.IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp);
  return STATUS_INVALID_DEVICE_REQUEST;
}

/** DRIVER_OBJECT: one loaded driver, its entry points and its devices (`ns-wdm-_driver_object`). */
export class DriverObject {
  /** `\Driver\HDAudBus`. */
  readonly DriverName: string;
  readonly kernel: Kernel;
  readonly DriverInit: DRIVER_INITIALIZE;
  readonly MajorFunction: DRIVER_DISPATCH[];
  AddDevice: DRIVER_ADD_DEVICE | null = null;
  DriverUnload: DRIVER_UNLOAD | null = null;
  readonly devices: DeviceObject[] = [];
  readonly address: number;

  constructor(kernel: Kernel, service: string, DriverInit: DRIVER_INITIALIZE) {
    this.kernel = kernel;
    this.DriverName = `\\Driver\\${service}`;
    this.DriverInit = DriverInit;
    this.MajorFunction = Array(IRP_MJ_MAXIMUM_FUNCTION + 1).fill(IopInvalidDeviceRequest);
    this.address = kernel.objectAddress();
  }

  get service(): string {
    return this.DriverName.slice('\\Driver\\'.length);
  }
}

/** DEVICE_OBJECT: a driver's place in one stack (`ns-wdm-_device_object`). */
export class DeviceObject implements Referenced {
  readonly DriverObject: DriverObject;
  readonly DeviceExtension: unknown;
  readonly DeviceType: number;
  readonly name: string | null;
  readonly address: number;
  Flags = DO_DEVICE_INITIALIZING;
  StackSize = 1;
  AttachedDevice: DeviceObject | null = null;
  AttachedTo: DeviceObject | null = null;
  /** References that hold the object itself, its creation's included. */
  references = 1;
  deleted = false;

  constructor(DriverObject: DriverObject, DeviceExtension: unknown, DeviceType: number, name: string | null) {
    this.DriverObject = DriverObject;
    this.DeviceExtension = DeviceExtension;
    this.DeviceType = DeviceType;
    this.name = name;
    this.address = DriverObject.kernel.objectAddress();
    DriverObject.devices.push(this);
  }

  /** ObReferenceObject. */
  reference(): void {
    this.references++;
  }

  /** ObDereferenceObject. */
  dereference(): void {
    this.references--;
    const { kernel, DriverName } = this.DriverObject;
    const driver = kernel.driver?.DriverName ?? DriverName;
    if (this.references < 0)
      kernel.verifier.report('dereferenced more often than referenced', driver, describe(this), 'ObDereferenceObject');
  }
}

/** The device object with its extension, unnamed unless a name is given; DO_DEVICE_INITIALIZING is set. Up to APC_LEVEL. */
export function IoCreateDevice(
  DriverObject: DriverObject,
  DeviceExtension: unknown,
  DeviceType: number,
  DeviceName: string | null = null,
): DeviceObject {
  DriverObject.kernel.allows(APC_LEVEL, 'IoCreateDevice', DriverObject.DriverName);
  return new DeviceObject(DriverObject, DeviceExtension, DeviceType, DeviceName);
}

/** Up to APC_LEVEL. */
export function IoDeleteDevice(DeviceObject: DeviceObject): void {
  const { DriverObject } = DeviceObject;
  const { kernel } = DriverObject;
  const report = (rule: string) =>
    kernel.verifier.report(rule, DriverObject.DriverName, describe(DeviceObject), 'IoDeleteDevice');
  kernel.allows(APC_LEVEL, 'IoDeleteDevice', describe(DeviceObject));
  if (DeviceObject.deleted) {
    report('device object deleted twice');
    return;
  }
  if (DeviceObject.AttachedTo) report('device object deleted while attached');
  for (const irp of [...kernel.irps])
    if (irp.stack[irp.current]?.DeviceObject === DeviceObject) kernel.verifier.reportLost(irp, 'IoDeleteDevice');
  DeviceObject.deleted = true;
  DeviceObject.dereference();
  DriverObject.devices.splice(DriverObject.devices.indexOf(DeviceObject), 1);
}

/**
 * Attaches above the present top of the target's stack and returns that; null where the target is going away
 * (`nf-wdm-ioattachdevicetodevicestack`). Up to DISPATCH_LEVEL.
 */
export function IoAttachDeviceToDeviceStack(Source: DeviceObject, Target: DeviceObject): DeviceObject | null {
  const top = stackTop(Target);
  if (top.deleted || Target.deleted) return null;
  top.AttachedDevice = Source;
  Source.AttachedTo = top;
  Source.StackSize = top.StackSize + 1;
  return top;
}

/** Takes the device above off `Lower`, which is what IoAttachDeviceToDeviceStack returned. PASSIVE_LEVEL. */
export function IoDetachDevice(Lower: DeviceObject): void {
  if (Lower.AttachedDevice) Lower.AttachedDevice.AttachedTo = null;
  Lower.AttachedDevice = null;
}

/** The device at the top of a device's stack: where requests go in. */
export function stackTop(device: DeviceObject): DeviceObject {
  let top = device;
  while (top.AttachedDevice) top = top.AttachedDevice;
  return top;
}

/** The devices of a stack, top first. */
export function deviceStack(device: DeviceObject): DeviceObject[] {
  const stack: DeviceObject[] = [];
  for (let at: DeviceObject | null = stackTop(device); at; at = at.AttachedTo) stack.push(at);
  return stack;
}

/** Whether a bus driver made it for a child. */
export function isPdo(device: DeviceObject): boolean {
  return (device.Flags & DO_BUS_ENUMERATED_DEVICE) !== 0;
}

/** `device object 0000c700`: a device in reports. */
export function describe(device: DeviceObject): string {
  return `device object ${device.address.toString(16).padStart(8, '0')}`;
}
