// Power packets that drivers ask for (hdaudio-ddi §5.4).

import {
  DevicePowerState,
  IRP_MJ_POWER,
  IRP_MN_QUERY_POWER,
  IRP_MN_SET_POWER,
  IRP_MN_WAIT_WAKE,
  type IrpParameters,
} from '../ddi/irp.ts';
import { PASSIVE_LEVEL } from '../ddi/irql.ts';
import { type NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_PENDING } from '../ddi/ntstatus.ts';
import { type DeviceObject, stackTop } from './driver-object.ts';
import { IoCallDriver } from './io-manager.ts';
import { IoGetNextIrpStackLocation, Irp } from './irp.ts';

/** Up to DISPATCH_LEVEL, when the packet is back. */
export type REQUEST_POWER_COMPLETE = (
  DeviceObject: DeviceObject,
  MinorFunction: number,
  PowerState: number,
  Context: unknown,
  IoStatus: Irp['IoStatus'],
) => void;

/**
 * Sends a power packet to the top of the device's stack: IRP_MN_SET_POWER or IRP_MN_QUERY_POWER with a device state, or
 * IRP_MN_WAIT_WAKE with the deepest system state that the device is to wake from. STATUS_PENDING, and the packet, which
 * only IoCancelIrp may be used on; or STATUS_INVALID_PARAMETER for another minor. Up to DISPATCH_LEVEL: drivers get it at
 * PASSIVE_LEVEL, as soon as there is that.
 */
export function PoRequestPowerIrp(
  DeviceObject: DeviceObject,
  MinorFunction: number,
  PowerState: number,
  CompletionFunction: REQUEST_POWER_COMPLETE | null = null,
  Context: unknown = null,
): { readonly status: NTSTATUS; readonly irp: Irp | null } {
  const isWait = MinorFunction === IRP_MN_WAIT_WAKE;
  if (!isWait && MinorFunction !== IRP_MN_SET_POWER && MinorFunction !== IRP_MN_QUERY_POWER)
    return { status: STATUS_INVALID_PARAMETER, irp: null };
  const { kernel } = DeviceObject.DriverObject;
  const top = stackTop(DeviceObject);
  const irp = new Irp(kernel, top.StackSize);
  const Parameters: IrpParameters = isWait
    ? { WaitWake: { PowerState } }
    : { Power: { Type: DevicePowerState, State: PowerState } };
  Object.assign(IoGetNextIrpStackLocation(irp), { MajorFunction: IRP_MJ_POWER, MinorFunction, Parameters });
  const { driver } = kernel;
  irp.whenCompleted(() =>
    kernel.as(driver, () => CompletionFunction?.(DeviceObject, MinorFunction, PowerState, Context, irp.IoStatus)),
  );
  const send = () => void kernel.call(() => IoCallDriver(top, irp));
  if (kernel.irql === PASSIVE_LEVEL) send();
  else kernel.ready(send);
  return { status: STATUS_PENDING, irp };
}
