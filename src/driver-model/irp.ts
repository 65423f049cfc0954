// I/O request packets on their way down a stack and up again (hdaudio-ddi §5.4).

import type { IrpParameters } from '../ddi/irp.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_CANCELLED,
  STATUS_MORE_PROCESSING_REQUIRED,
  STATUS_NOT_SUPPORTED,
  STATUS_PENDING,
} from '../ddi/ntstatus.ts';
import type { DeviceObject } from './driver-object.ts';
import type { Kernel } from './kernel.ts';

/** Up to DISPATCH_LEVEL. STATUS_MORE_PROCESSING_REQUIRED stops the way up; anything else lets it go on. */
export type IO_COMPLETION_ROUTINE = (DeviceObject: DeviceObject | null, Irp: Irp, Context: unknown) => NTSTATUS;

interface Completion {
  readonly routine: IO_COMPLETION_ROUTINE;
  readonly context: unknown;
  readonly onSuccess: boolean;
  readonly onError: boolean;
  readonly onCancel: boolean;
}

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

  clear(): void {
    Object.assign(this, new IoStackLocation());
  }
}

export class Irp {
  readonly kernel: Kernel;
  readonly IoStatus: { Status: NTSTATUS; Information: unknown } = { Status: STATUS_NOT_SUPPORTED, Information: 0 };
  /** METHOD_BUFFERED: one buffer for input and output. */
  SystemBuffer: Uint8Array | null = null;
  PendingReturned = false;
  Cancel = false;
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

  finish(): void {
    this.completed = true;
    this.kernel.irps.delete(this);
    for (const then of this.#whenCompleted.splice(0)) then();
  }
}

const BAD_LOCATION = 'an IRP has no stack location there';

export function IoGetCurrentIrpStackLocation(Irp: Irp): IoStackLocation {
  const location = Irp.stack[Irp.current];
  if (!location) throw new RangeError(BAD_LOCATION);
  return location;
}

export function IoGetNextIrpStackLocation(Irp: Irp): IoStackLocation {
  const location = Irp.stack[Irp.current - 1];
  if (!location) throw new RangeError(BAD_LOCATION);
  return location;
}

/** The next driver gets a copy, so that a completion routine can be set. */
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

/** The next driver gets this very location: no completion routine then. */
export function IoSkipCurrentIrpStackLocation(Irp: Irp): void {
  Irp.current++;
}

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

/** Obliges the dispatch routine to return STATUS_PENDING. */
export function IoMarkIrpPending(Irp: Irp): void {
  IoGetCurrentIrpStackLocation(Irp).pending = true;
}

/** Gives the packet to the next lower device and returns what its dispatch routine returns. */
export function IoCallDriver(DeviceObject: DeviceObject, Irp: Irp): NTSTATUS {
  const { DriverObject } = DeviceObject;
  const { kernel } = DriverObject;
  Irp.current--;
  const location = IoGetCurrentIrpStackLocation(Irp);
  location.DeviceObject = DeviceObject;
  if (DeviceObject.deleted)
    kernel.verifier.report('IRP sent to a deleted device', DriverObject.DriverName, describeIrp(Irp), 'IoCallDriver');
  const dispatch = DriverObject.MajorFunction[location.MajorFunction];
  if (!dispatch) throw new RangeError(`IRP major function ${location.MajorFunction}: 0 to 27`);
  const irql = kernel.irql;
  const status = kernel.call(() => dispatch(DeviceObject, Irp));
  if (kernel.irql !== irql)
    kernel.verifier.report('IRQL changed', DriverObject.DriverName, describeIrp(Irp), 'dispatch routine');
  return status;
}

/** Walks up from the completing driver and calls each completion routine that matches, nearest first. */
export function IoCompleteRequest(Irp: Irp): void {
  if (Irp.completed) {
    const driver = Irp.stack[Irp.current]?.DeviceObject?.DriverObject.DriverName ?? '';
    Irp.kernel.verifier.report('IRP completed twice', driver, describeIrp(Irp), 'IoCompleteRequest');
    return;
  }
  const { Status } = Irp.IoStatus;
  if (Status === STATUS_PENDING)
    Irp.kernel.verifier.report('IRP completed with STATUS_PENDING', '', describeIrp(Irp), 'IoCompleteRequest');
  Irp.CancelRoutine = null;
  while (Irp.current < Irp.stack.length) {
    const location = Irp.stack[Irp.current] as IoStackLocation;
    const { completion } = location;
    Irp.PendingReturned = location.pending;
    location.clear();
    Irp.current++;
    const above = Irp.stack[Irp.current] ?? null;
    if (completion && matches(completion, Irp)) {
      const result = completion.routine(above?.DeviceObject ?? null, Irp, completion.context);
      if (result === STATUS_MORE_PROCESSING_REQUIRED) return;
    } else if (Irp.PendingReturned && above) above.pending = true;
  }
  Irp.finish();
}

function matches(completion: Completion, irp: Irp): boolean {
  const succeeded = NT_SUCCESS(irp.IoStatus.Status);
  return (irp.Cancel && completion.onCancel) || (succeeded ? completion.onSuccess : completion.onError);
}

/** Asks for the end of a packet that is pending: true if a cancel routine was there and ran. */
export function IoCancelIrp(Irp: Irp): boolean {
  Irp.Cancel = true;
  const routine = Irp.CancelRoutine;
  Irp.CancelRoutine = null;
  routine?.(Irp);
  return routine !== null;
}

/** Completes a packet as cancelled: what most cancel routines do. */
export function completeCancelled(Irp: Irp): void {
  Irp.IoStatus.Status = STATUS_CANCELLED;
  Irp.IoStatus.Information = 0;
  IoCompleteRequest(Irp);
}

/**
 * Sends the packet down and goes on when it is back: `then` decides the status and completes it. Where the lower drivers
 * have not finished by the time they return, the packet is marked pending and `then` runs when they have.
 */
export function IoForwardIrpSynchronously(Lower: DeviceObject, Irp: Irp, then: () => NTSTATUS): NTSTATUS {
  let back = false;
  let waiting = false;
  IoCopyCurrentIrpStackLocationToNext(Irp);
  const returned: IO_COMPLETION_ROUTINE = () => {
    back = true;
    if (waiting) Irp.kernel.ready(() => then());
    return STATUS_MORE_PROCESSING_REQUIRED;
  };
  IoSetCompletionRoutine(Irp, returned, null, true, true, true);
  IoCallDriver(Lower, Irp);
  if (back) return then();
  waiting = true;
  IoMarkIrpPending(Irp);
  return STATUS_PENDING;
}

export function describeIrp(irp: Irp): string {
  return `IRP ${irp.address.toString(16).padStart(8, '0')}`;
}
