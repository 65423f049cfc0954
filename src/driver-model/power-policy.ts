// IRP_MJ_POWER above the PDO (hdaudio-ddi §5.4). A system state is turned into a device state by one driver of the stack,
// its power policy owner. On the way to sleep a driver acts before it passes the packet down, on the way back after the
// drivers below. It waits for nothing: what comes later is done in completion routines.

import {
  DevicePowerState,
  IRP_MN_SET_POWER,
  PowerDeviceD0,
  PowerDeviceD3,
  PowerSystemWorking,
  SystemPowerState,
} from '../ddi/irp.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_MORE_PROCESSING_REQUIRED,
  STATUS_PENDING,
  STATUS_SUCCESS,
} from '../ddi/ntstatus.ts';
import type { DeviceObject } from './driver-object.ts';
import { IoCallDriver, IoCompleteRequest } from './io-manager.ts';
import {
  IoCopyCurrentIrpStackLocationToNext,
  IoGetCurrentIrpStackLocation,
  IoMarkIrpPending,
  IoSetCompletionRoutine,
  type Irp,
} from './irp.ts';
import { passDown } from './pass-down.ts';
import { PoRequestPowerIrp } from './power-irp.ts';

/** What a driver does as its device loses power and gets it back. Either may be asked for a state that it is in. */
export interface PowerRoutines {
  /** Power goes: before the drivers below. */
  powerDown?(): void;
  /** Power is back, after the drivers below. An error is the packet's status from here on upward. */
  powerUp?(): NTSTATUS;
}

/** The routine of a function driver: it owns the policy. */
export function dispatchPower(
  DeviceObject: DeviceObject,
  Lower: DeviceObject,
  Irp: Irp,
  routines: PowerRoutines = {},
): NTSTATUS {
  const { MinorFunction, Parameters } = IoGetCurrentIrpStackLocation(Irp);
  const isSystem = MinorFunction === IRP_MN_SET_POWER && Parameters.Power?.Type === SystemPowerState;
  return isSystem ? dispatchSystemPower(DeviceObject, Lower, Irp) : dispatchDevicePower(Lower, Irp, routines);
}

/** Of a filter, or of a driver above one that owns the policy: device states only. */
export function dispatchDevicePower(Lower: DeviceObject, Irp: Irp, routines: PowerRoutines): NTSTATUS {
  const { MinorFunction, Parameters } = IoGetCurrentIrpStackLocation(Irp);
  if (MinorFunction !== IRP_MN_SET_POWER || Parameters.Power?.Type !== DevicePowerState) return passDown(Lower, Irp);
  if (Parameters.Power.State !== PowerDeviceD0) {
    routines.powerDown?.();
    return passDown(Lower, Irp);
  }
  IoCopyCurrentIrpStackLocationToNext(Irp);
  const poweredUp = () => {
    if (NT_SUCCESS(Irp.IoStatus.Status)) Irp.IoStatus.Status = routines.powerUp?.() ?? STATUS_SUCCESS;
    if (Irp.PendingReturned) IoMarkIrpPending(Irp);
    return STATUS_SUCCESS;
  };
  IoSetCompletionRoutine(Irp, poweredUp, null, true, true, true);
  return IoCallDriver(Lower, Irp);
}

/** The system's packet goes down first; then the device state is requested, and its end is that of the packet. */
function dispatchSystemPower(DeviceObject: DeviceObject, Lower: DeviceObject, Irp: Irp): NTSTATUS {
  const { Parameters } = IoGetCurrentIrpStackLocation(Irp);
  const state = Parameters.Power?.State === PowerSystemWorking ? PowerDeviceD0 : PowerDeviceD3;
  IoCopyCurrentIrpStackLocationToNext(Irp);
  const passed = () => {
    if (!NT_SUCCESS(Irp.IoStatus.Status)) return STATUS_SUCCESS;
    PoRequestPowerIrp(DeviceObject, IRP_MN_SET_POWER, state, (_device, _minor, _state, _context, { Status }) => {
      Irp.IoStatus.Status = Status;
      IoCompleteRequest(Irp);
    });
    return STATUS_MORE_PROCESSING_REQUIRED;
  };
  IoSetCompletionRoutine(Irp, passed, null, true, true, true);
  IoMarkIrpPending(Irp);
  IoCallDriver(Lower, Irp);
  return STATUS_PENDING;
}
