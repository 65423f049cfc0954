// I/O request packets and their stack locations (hdaudio-ddi §5.4).

import {
  IRP_MJ_NAMES,
  IRP_MJ_PNP,
  IRP_MJ_POWER,
  IRP_MN_PNP_NAMES,
  IRP_MN_POWER_NAMES,
  type IrpParameters,
} from '../ddi/irp.ts';
import { type NTSTATUS, STATUS_NOT_SUPPORTED } from '../ddi/ntstatus.ts';
import type { DeviceObject, DriverObject } from './driver-object.ts';
import type { Kernel } from './kernel.ts';

/** Up to DISPATCH_LEVEL. STATUS_MORE_PROCESSING_REQUIRED stops the way up; anything else lets it go on. */
export type IO_COMPLETION_ROUTINE = (DeviceObject: DeviceObject | null, Irp: Irp, Context: unknown) => NTSTATUS;

/** What a driver has asked to be called for when the packet comes back. */
export interface Completion {
  readonly routine: IO_COMPLETION_ROUTINE;
  readonly context: unknown;
  readonly onSuccess: boolean;
  readonly onError: boolean;
  readonly onCancel: boolean;
}

/**
 * IO_STACK_LOCATION: what the request is to one driver of the stack (`i-o-stack-locations`). A driver touches its own and
 * the next lower one, nothing else.
 */
export class IoStackLocation {
  MajorFunction = 0;
  MinorFunction = 0;
  Parameters: IrpParameters = {};
  FileObject: unknown = null;
  DeviceObject: DeviceObject | null = null;
  /** Set by the driver above, to be called when this location is passed on the way up. */
  completion: Completion | null = null;
  /** IoMarkIrpPending was called here. */
  pending = false;

  /** The I/O manager's: a location is zeroed as it is passed on the way up. */
  clear(): void {
    Object.assign(this, new IoStackLocation());
  }
}

/**
 * IRP: a packet with a location for each device of the stack. Who has given it on, and set no completion routine, may not
 * look at it again.
 */
export class Irp {
  readonly kernel: Kernel;
  /** The driver that made the packet; null: the I/O manager, for whoever called it. */
  readonly sender: DriverObject | null;
  readonly IoStatus: { Status: NTSTATUS; Information: unknown } = { Status: STATUS_NOT_SUPPORTED, Information: 0 };
  /** METHOD_BUFFERED: one buffer for input and output. */
  SystemBuffer: Uint8Array | null = null;
  PendingReturned = false;
  Cancel = false;
  /** Set by the driver that pends the packet, which then completes it as cancelled: `completeCancelled` does. */
  CancelRoutine: ((irp: Irp) => void) | null = null;
  readonly stack: readonly IoStackLocation[];
  readonly address: number;
  /** Index of the current location; the number of locations before the first IoCallDriver. */
  current: number;
  completed = false;
  #whenCompleted: (() => void)[] = [];

  /** IoAllocateIrp: a location for each device of the stack. */
  constructor(kernel: Kernel, StackSize: number) {
    this.kernel = kernel;
    this.sender = kernel.driver;
    this.stack = Array.from({ length: StackSize }, () => new IoStackLocation());
    this.current = StackSize;
    this.address = kernel.objectAddress();
    kernel.irps.add(this);
  }

  /** What the sender does once the packet is back. */
  whenCompleted(then: () => void): void {
    if (this.completed) then();
    else this.#whenCompleted.push(then);
  }

  /** The I/O manager's: the packet is back with its sender. */
  finish(): void {
    this.completed = true;
    this.kernel.irps.delete(this);
    for (const then of this.#whenCompleted.splice(0)) then();
  }
}

const BAD_LOCATION = 'an IRP has no stack location there';

/** The caller's own location. Up to DISPATCH_LEVEL. RangeError in C's place of a wild pointer. */
export function IoGetCurrentIrpStackLocation(Irp: Irp): IoStackLocation {
  const location = Irp.stack[Irp.current];
  if (!location) throw new RangeError(BAD_LOCATION);
  return location;
}

/** The location of the next lower driver, for its caller to fill. Up to DISPATCH_LEVEL. RangeError below the lowest. */
export function IoGetNextIrpStackLocation(Irp: Irp): IoStackLocation {
  const location = Irp.stack[Irp.current - 1];
  if (!location) throw new RangeError(BAD_LOCATION);
  return location;
}

/**
 * The next driver gets a copy, so that a completion routine can be set (`nf-wdm-iocopycurrentirpstacklocationtonext`). Up to
 * DISPATCH_LEVEL.
 */
export function IoCopyCurrentIrpStackLocationToNext(Irp: Irp): void {
  const { MajorFunction, MinorFunction, Parameters, FileObject } = IoGetCurrentIrpStackLocation(Irp);
  Object.assign(IoGetNextIrpStackLocation(Irp), {
    MajorFunction,
    MinorFunction,
    Parameters,
    FileObject,
    completion: null,
  });
}

/**
 * The next driver gets this very location: no completion routine then (`nf-wdm-ioskipcurrentirpstacklocation`). Up to
 * DISPATCH_LEVEL.
 */
export function IoSkipCurrentIrpStackLocation(Irp: Irp): void {
  Irp.current++;
}

/**
 * Has a routine called when the packet comes back, for the outcomes that it asks for (`nf-wdm-iosetcompletionroutine`). Up to
 * DISPATCH_LEVEL; after IoCopyCurrentIrpStackLocationToNext and before IoCallDriver.
 *
 * @param onSuccess - NT_SUCCESS of the packet's status.
 * @param onError - any other.
 * @param onCancel - the packet was cancelled, whatever its status.
 */
export function IoSetCompletionRoutine(
  Irp: Irp,
  routine: IO_COMPLETION_ROUTINE,
  context: unknown,
  onSuccess: boolean,
  onError: boolean,
  onCancel: boolean,
): void {
  IoGetNextIrpStackLocation(Irp).completion = { routine, context, onSuccess, onError, onCancel };
}

/** Obliges the dispatch routine to return STATUS_PENDING (`nf-wdm-iomarkirppending`). Up to DISPATCH_LEVEL. */
export function IoMarkIrpPending(Irp: Irp): void {
  IoGetCurrentIrpStackLocation(Irp).pending = true;
}

/** `IRP_MJ_PNP IRP_MN_START_DEVICE`; majors that have no minors stand alone. */
export function requestName(MajorFunction: number, MinorFunction: number): string {
  const major = `IRP_MJ_${IRP_MJ_NAMES[MajorFunction] ?? MajorFunction}`;
  const minors =
    MajorFunction === IRP_MJ_PNP ? IRP_MN_PNP_NAMES : MajorFunction === IRP_MJ_POWER ? IRP_MN_POWER_NAMES : null;
  return minors ? `${major} IRP_MN_${minors[MinorFunction] ?? MinorFunction}` : major;
}

/** `IRP 0000c900`: a packet in reports. */
export function describeIrp(irp: Irp): string {
  return `IRP ${irp.address.toString(16).padStart(8, '0')}`;
}
