// Packets on their way down a stack and up again: call, complete, cancel, forward (hdaudio-ddi §5.4).

import { IRP_MJ_PNP } from '../ddi/irp.ts';
import { DISPATCH_LEVEL, PASSIVE_LEVEL } from '../ddi/irql.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_CANCELLED,
  STATUS_MORE_PROCESSING_REQUIRED,
  STATUS_PENDING,
} from '../ddi/ntstatus.ts';
import type { DeviceObject } from './driver-object.ts';
import {
  type Completion,
  describeIrp,
  type IO_COMPLETION_ROUTINE,
  IoCopyCurrentIrpStackLocationToNext,
  IoGetCurrentIrpStackLocation,
  IoMarkIrpPending,
  IoSetCompletionRoutine,
  type IoStackLocation,
  type Irp,
  requestName,
} from './irp.ts';

/** Who is to be named for what happens to a packet now. */
const callerOf = (irp: Irp): string => (irp.kernel.driver ?? irp.sender)?.DriverName ?? 'nt';

/**
 * Gives the packet to the next lower device and returns what its dispatch routine returns: STATUS_PENDING, or the status
 * that the packet was completed with (`nf-wdm-iofcalldriver`). Up to DISPATCH_LEVEL, but IRP_MJ_PNP at
 * PASSIVE_LEVEL.
 */
export function IoCallDriver(DeviceObject: DeviceObject, Irp: Irp): NTSTATUS {
  const { DriverObject } = DeviceObject;
  const { kernel } = DriverObject;
  Irp.current--;
  const location = IoGetCurrentIrpStackLocation(Irp);
  location.DeviceObject = DeviceObject;
  const call = requestName(location.MajorFunction, location.MinorFunction);
  const highest = location.MajorFunction === IRP_MJ_PNP ? PASSIVE_LEVEL : DISPATCH_LEVEL;
  kernel.allows(highest, 'IoCallDriver', describeIrp(Irp));
  if (DeviceObject.deleted)
    kernel.verifier.report('IRP sent to a deleted device', callerOf(Irp), describeIrp(Irp), `IoCallDriver (${call})`);
  const dispatch = DriverObject.MajorFunction[location.MajorFunction];
  if (!dispatch) throw new RangeError(`IRP major function ${location.MajorFunction}: 0 to 27`);
  const status = kernel.as(DriverObject, () => kernel.call(() => dispatch(DeviceObject, Irp)));
  const isLeft = !Irp.completed && Irp.stack[Irp.current] === location && location.DeviceObject === DeviceObject;
  if (isLeft && status !== STATUS_PENDING) kernel.verifier.reportLost(Irp, call);
  return status;
}

/**
 * Ends the work on a packet: walks up from the completing driver and calls each completion routine that matches, nearest
 * first (`nf-wdm-iocompleterequest`). Up to DISPATCH_LEVEL; once a packet.
 */
export function IoCompleteRequest(Irp: Irp): void {
  const { kernel } = Irp;
  const report = (rule: string) => kernel.verifier.report(rule, callerOf(Irp), describeIrp(Irp), 'IoCompleteRequest');
  if (Irp.completed) {
    report('IRP completed twice');
    return;
  }
  kernel.allows(DISPATCH_LEVEL, 'IoCompleteRequest', describeIrp(Irp));
  if (Irp.IoStatus.Status === STATUS_PENDING) report('IRP completed with STATUS_PENDING');
  Irp.CancelRoutine = null;
  while (Irp.current < Irp.stack.length) {
    const location = Irp.stack[Irp.current] as IoStackLocation;
    const { completion } = location;
    Irp.PendingReturned = location.pending;
    location.clear();
    Irp.current++;
    const above = Irp.stack[Irp.current] ?? null;
    if (completion && matches(completion, Irp)) {
      const owner = above?.DeviceObject?.DriverObject ?? Irp.sender;
      const { routine, context } = completion;
      const result = kernel.as(owner, () => routine(above?.DeviceObject ?? null, Irp, context));
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
  const holder = Irp.stack[Irp.current]?.DeviceObject?.DriverObject ?? null;
  if (routine) Irp.kernel.as(holder, () => routine(Irp));
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
