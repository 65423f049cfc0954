// HdAudio: the function driver of audio function groups as a WDM driver (hdaudio-ddi §5.1, §5.2, §5.4).

import { type HDAUDIO_BUS_INTERFACE, interfaceBytes } from '../../ddi/bus-interface.ts';
import {
  GUID_HDAUDIO_BUS_INTERFACE,
  GUID_HDAUDIO_BUS_INTERFACE_V2,
  HDAUDIO_INTERFACE_VERSION,
} from '../../ddi/hdaudio.ts';
import {
  DO_DEVICE_INITIALIZING,
  FILE_DEVICE_SOUND,
  type InterfaceBuffer,
  IRP_MJ_CLEANUP,
  IRP_MJ_CLOSE,
  IRP_MJ_CREATE,
  IRP_MJ_DEVICE_CONTROL,
  IRP_MJ_PNP,
  IRP_MJ_POWER,
  IRP_MN_QUERY_INTERFACE,
  IRP_MN_REMOVE_DEVICE,
  IRP_MN_START_DEVICE,
  IRP_MN_STOP_DEVICE,
  IRP_MN_SURPRISE_REMOVAL,
} from '../../ddi/irp.ts';
import type { GUID } from '../../ddi/kernel.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_DEVICE_NOT_CONNECTED,
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_NO_SUCH_DEVICE,
  STATUS_SUCCESS,
} from '../../ddi/ntstatus.ts';
import { STATE_CHANGES } from '../../driver-model/bus-half.ts';
import {
  type DeviceObject,
  type DRIVER_INITIALIZE,
  IoAttachDeviceToDeviceStack,
  IoCreateDevice,
  IoDeleteDevice,
  IoDetachDevice,
} from '../../driver-model/driver-object.ts';
import {
  IoCallDriver,
  IoForwardIrpSynchronously,
  IoGetCurrentIrpStackLocation,
  IoGetNextIrpStackLocation,
  Irp,
} from '../../driver-model/irp.ts';
import { complete, passDown, succeed } from '../../driver-model/pass-down.ts';
import { AudioClassDevice } from './audio-class-device.ts';
import { IOCTL_AZALIABUS_SENDVERBS, sendVerbs } from './verb-ioctl.ts';

/** Told of audio devices that come and go: what a device interface is to user mode. */
export interface AudioListener {
  arrived(device: AudioClassDevice): void;
  departed(device: AudioClassDevice): void;
}

/** The extension of the FDO. */
export class AudioFdo {
  lower: DeviceObject | null = null;
  audio: AudioClassDevice | null = null;
}

/** DriverEntry of the class driver. */
export function hdAudio(listener: AudioListener): DRIVER_INITIALIZE {
  const start = (fdo: AudioFdo, device: DeviceObject): NTSTATUS => {
    const query = queryBusInterface(fdo);
    if (!query.bus) return query.status;
    fdo.audio = new AudioClassDevice(device.DriverObject.kernel, query.bus);
    listener.arrived(fdo.audio);
    return STATUS_SUCCESS;
  };
  const stop = (fdo: AudioFdo): void => {
    if (!fdo.audio) return;
    fdo.audio.remove();
    listener.departed(fdo.audio);
    fdo.audio = null;
  };
  const dispatchPnp = (device: DeviceObject, irp: Irp): NTSTATUS => {
    const fdo = device.DeviceExtension as AudioFdo;
    const { lower } = fdo;
    if (!lower) return complete(irp, STATUS_NO_SUCH_DEVICE);
    const { MinorFunction } = IoGetCurrentIrpStackLocation(irp);
    if (MinorFunction === IRP_MN_START_DEVICE)
      return IoForwardIrpSynchronously(lower, irp, () =>
        complete(irp, NT_SUCCESS(irp.IoStatus.Status) ? start(fdo, device) : irp.IoStatus.Status),
      );
    if (STATE_CHANGES.has(MinorFunction)) irp.IoStatus.Status = STATUS_SUCCESS;
    const stops = [IRP_MN_STOP_DEVICE, IRP_MN_SURPRISE_REMOVAL, IRP_MN_REMOVE_DEVICE];
    if (stops.includes(MinorFunction)) stop(fdo);
    if (MinorFunction !== IRP_MN_REMOVE_DEVICE) return passDown(lower, irp);
    const status = passDown(lower, irp);
    IoDetachDevice(lower);
    IoDeleteDevice(device);
    return status;
  };

  return (DriverObject) => {
    DriverObject.AddDevice = (driver, pdo) => {
      const extension = new AudioFdo();
      const fdo = IoCreateDevice(driver, extension, FILE_DEVICE_SOUND);
      extension.lower = IoAttachDeviceToDeviceStack(fdo, pdo);
      if (!extension.lower) return STATUS_NO_SUCH_DEVICE;
      fdo.Flags &= ~DO_DEVICE_INITIALIZING;
      return STATUS_SUCCESS;
    };
    DriverObject.DriverUnload = () => {};
    DriverObject.MajorFunction[IRP_MJ_PNP] = dispatchPnp;
    DriverObject.MajorFunction[IRP_MJ_POWER] = (device, irp) => {
      const { lower } = device.DeviceExtension as AudioFdo;
      return lower ? passDown(lower, irp) : complete(irp, STATUS_NO_SUCH_DEVICE);
    };
    for (const major of [IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE]) DriverObject.MajorFunction[major] = succeed;
    DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = dispatchDeviceControl;
    return STATUS_SUCCESS;
  };
}

function dispatchDeviceControl(device: DeviceObject, irp: Irp): NTSTATUS {
  const { audio } = device.DeviceExtension as AudioFdo;
  const control = IoGetCurrentIrpStackLocation(irp).Parameters.DeviceIoControl;
  if (!audio) return complete(irp, STATUS_DEVICE_NOT_CONNECTED);
  if (control?.IoControlCode !== IOCTL_AZALIABUS_SENDVERBS) return complete(irp, STATUS_INVALID_DEVICE_REQUEST);
  const { status, information } = sendVerbs(
    audio.bus,
    (nid) => Boolean(audio.topology.widgets.get(nid)?.pin),
    irp.SystemBuffer ?? new Uint8Array(0),
    control.InputBufferLength,
    control.OutputBufferLength,
  );
  return complete(irp, status, information);
}

/** The second version of the interface, else the first, which the bus driver has on every Windows (§1.2). */
function queryBusInterface(fdo: AudioFdo): QueriedBus {
  const second = queryInterface(fdo, GUID_HDAUDIO_BUS_INTERFACE_V2);
  return second.bus ? second : queryInterface(fdo, GUID_HDAUDIO_BUS_INTERFACE);
}

interface QueriedBus {
  readonly status: NTSTATUS;
  readonly bus: HDAUDIO_BUS_INTERFACE | null;
}

/** IRP_MN_QUERY_INTERFACE down the driver's own stack (§1.4). */
function queryInterface({ lower }: AudioFdo, InterfaceType: GUID): QueriedBus {
  if (!lower) return { status: STATUS_NO_SUCH_DEVICE, bus: null };
  const irp = new Irp(lower.DriverObject.kernel, lower.StackSize);
  const buffer: InterfaceBuffer = { interface: null };
  const next = IoGetNextIrpStackLocation(irp);
  next.MajorFunction = IRP_MJ_PNP;
  next.MinorFunction = IRP_MN_QUERY_INTERFACE;
  next.Parameters = {
    QueryInterface: {
      InterfaceType,
      Size: interfaceBytes(InterfaceType),
      Version: HDAUDIO_INTERFACE_VERSION,
      Interface: buffer,
    },
  };
  IoCallDriver(lower, irp);
  return { status: irp.IoStatus.Status, bus: buffer.interface as HDAUDIO_BUS_INTERFACE | null };
}
