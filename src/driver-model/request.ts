// Packets of the I/O manager's own making, and those that a driver sends to the stack it stands in (hdaudio-ddi §5.4).

import { type InterfaceBuffer, IRP_MJ_PNP, IRP_MN_QUERY_INTERFACE, type IrpParameters } from '../ddi/irp.ts';
import type { GUID } from '../ddi/kernel.ts';
import type { NTSTATUS } from '../ddi/ntstatus.ts';
import { type DeviceObject, stackTop } from './driver-object.ts';
import { IoCallDriver } from './io-manager.ts';
import { IoGetNextIrpStackLocation, Irp } from './irp.ts';

/** Makes a packet for this device, sends it there, and returns it: complete, or pending. */
export function sendRequest(
  device: DeviceObject,
  MajorFunction: number,
  MinorFunction: number,
  Parameters: IrpParameters = {},
): Irp {
  const { kernel } = device.DriverObject;
  const irp = new Irp(kernel, device.StackSize);
  Object.assign(IoGetNextIrpStackLocation(irp), { MajorFunction, MinorFunction, Parameters });
  kernel.call(() => IoCallDriver(device, irp));
  return irp;
}

/** Asks a stack, from its top, for a driver-defined interface (§1.4). */
export function queryInterface(
  device: DeviceObject,
  InterfaceType: GUID,
  Interface: InterfaceBuffer,
  Size: number,
  Version: number,
): NTSTATUS {
  const QueryInterface = { InterfaceType, Size, Version, Interface };
  return sendRequest(stackTop(device), IRP_MJ_PNP, IRP_MN_QUERY_INTERFACE, { QueryInterface }).IoStatus.Status;
}
