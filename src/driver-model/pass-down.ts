// Dispatch routines that most function and filter drivers want (hdaudio-ddi §5.4).

import { type NTSTATUS, STATUS_SUCCESS } from '../ddi/ntstatus.ts';
import type { DeviceObject } from './driver-object.ts';
import { IoCallDriver, IoCompleteRequest } from './io-manager.ts';
import { IoSkipCurrentIrpStackLocation, type Irp } from './irp.ts';

/** Gives the packet to the next lower device untouched; returns what that returns. Up to DISPATCH_LEVEL. */
export function passDown(Lower: DeviceObject, Irp: Irp): NTSTATUS {
  IoSkipCurrentIrpStackLocation(Irp);
  return IoCallDriver(Lower, Irp);
}

/** Completes the packet with this status, which it returns for the dispatch routine to return. Up to DISPATCH_LEVEL. */
export function complete(Irp: Irp, Status: NTSTATUS, Information: unknown = 0): NTSTATUS {
  Irp.IoStatus.Status = Status;
  Irp.IoStatus.Information = Information;
  IoCompleteRequest(Irp);
  return Status;
}

/** For IRP_MJ_CREATE, CLEANUP and CLOSE of a device that anyone may open. */
export function succeed(_DeviceObject: DeviceObject, Irp: Irp): NTSTATUS {
  return complete(Irp, STATUS_SUCCESS);
}
