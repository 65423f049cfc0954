// IRP_MJ_POWER at a PDO, and what wakes it: the bus's half of power (hdaudio-ddi §5.4, Wake).

import { DevicePowerState, IRP_MN_QUERY_POWER, IRP_MN_SET_POWER, IRP_MN_WAIT_WAKE } from '../ddi/irp.ts';
import {
  type NTSTATUS,
  STATUS_DEVICE_BUSY,
  STATUS_NOT_SUPPORTED,
  STATUS_PENDING,
  STATUS_SUCCESS,
} from '../ddi/ntstatus.ts';
import type { Child } from './bus-half.ts';
import { completeCancelled } from './io-manager.ts';
import { IoGetCurrentIrpStackLocation, IoMarkIrpPending, type Irp } from './irp.ts';
import { complete } from './pass-down.ts';

/** The bottom of the stack: the state is entered, and every packet but a wait-wake completes here. */
export function dispatchChildPower(child: Child, irp: Irp): NTSTATUS {
  const { MinorFunction, Parameters } = IoGetCurrentIrpStackLocation(irp);
  switch (MinorFunction) {
    case IRP_MN_SET_POWER:
      if (Parameters.Power?.Type === DevicePowerState) child.services.setPower?.(Parameters.Power.State);
      return complete(irp, STATUS_SUCCESS);
    case IRP_MN_QUERY_POWER:
      return complete(irp, STATUS_SUCCESS);
    case IRP_MN_WAIT_WAKE:
      return waitWake(child, irp);
    default:
      return complete(irp, irp.IoStatus.Status, irp.IoStatus.Information);
  }
}

function waitWake(child: Child, irp: Irp): NTSTATUS {
  if (!child.services.canWake) return complete(irp, STATUS_NOT_SUPPORTED);
  if (child.waitWake) return complete(irp, STATUS_DEVICE_BUSY); // one at a time
  child.waitWake = irp;
  irp.CancelRoutine = () => {
    child.waitWake = null;
    completeCancelled(irp);
  };
  IoMarkIrpPending(irp);
  return STATUS_PENDING;
}

/** The child asked to be awake: its wait-wake, if there is one, is over. */
export function completeWake(child: Child): void {
  const irp = child.waitWake;
  child.waitWake = null;
  if (irp) complete(irp, STATUS_SUCCESS);
}
