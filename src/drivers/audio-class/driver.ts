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
  IRP_MN_REMOVE_DEVICE,
  IRP_MN_SET_POWER,
  IRP_MN_START_DEVICE,
  IRP_MN_STOP_DEVICE,
  IRP_MN_SURPRISE_REMOVAL,
  IRP_MN_WAIT_WAKE,
  PowerDeviceD0,
  PowerSystemSleeping3,
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
import { IoCancelIrp, IoForwardIrpSynchronously } from '../../driver-model/io-manager.ts';
import { IoGetCurrentIrpStackLocation, type Irp } from '../../driver-model/irp.ts';
import { complete, passDown, succeed } from '../../driver-model/pass-down.ts';
import { PoRequestPowerIrp, type REQUEST_POWER_COMPLETE } from '../../driver-model/power-irp.ts';
import { dispatchPower } from '../../driver-model/power-policy.ts';
import { queryInterface } from '../../driver-model/request.ts';
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
  /** Pending while the device sleeps and may be woken. */
  waitWake: Irp | null = null;

  endWait(): void {
    if (this.waitWake) IoCancelIrp(this.waitWake);
    this.waitWake = null;
  }
}

const NO_BUS: QueriedBus = { status: STATUS_NO_SUCH_DEVICE, bus: null };

/** DriverEntry of the class driver. */
export function hdAudio(listener: AudioListener): DRIVER_INITIALIZE {
  const start = (fdo: AudioFdo, device: DeviceObject): NTSTATUS => {
    const { status, bus } = fdo.lower ? queryBusInterface(fdo.lower) : NO_BUS;
    if (!bus) return status;
    fdo.audio = new AudioClassDevice(device.DriverObject.kernel, bus);
    listener.arrived(fdo.audio);
    return STATUS_SUCCESS;
  };
  const stop = (fdo: AudioFdo): void => {
    if (!fdo.audio) return;
    fdo.endWait();
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
      const fdo = device.DeviceExtension as AudioFdo;
      if (!fdo.lower) return complete(irp, STATUS_NO_SUCH_DEVICE);
      return dispatchPower(device, fdo.lower, irp, {
        powerDown: () => powerDown(fdo, device),
        powerUp: () => powerUp(fdo),
      });
    };
    for (const major of [IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE]) DriverObject.MajorFunction[major] = succeed;
    DriverObject.MajorFunction[IRP_MJ_DEVICE_CONTROL] = dispatchDeviceControl;
    return STATUS_SUCCESS;
  };
}

/** The codec is armed before the wait-wake is sent (§5.4, Wake); whatever ends that with success wakes the device. */
function powerDown(fdo: AudioFdo, device: DeviceObject): void {
  if (!fdo.audio || fdo.audio.asleep) return;
  fdo.audio.powerDown();
  if (!fdo.audio.wakesOnJack) return;
  const woken: REQUEST_POWER_COMPLETE = (_device, _minor, _state, _context, { Status }) => {
    fdo.waitWake = null;
    if (NT_SUCCESS(Status)) PoRequestPowerIrp(device, IRP_MN_SET_POWER, PowerDeviceD0);
  };
  fdo.waitWake = PoRequestPowerIrp(device, IRP_MN_WAIT_WAKE, PowerSystemSleeping3, woken).irp;
}

function powerUp(fdo: AudioFdo): NTSTATUS {
  fdo.endWait();
  fdo.audio?.powerUp();
  return STATUS_SUCCESS;
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
function queryBusInterface(lower: DeviceObject): QueriedBus {
  const second = query(lower, GUID_HDAUDIO_BUS_INTERFACE_V2);
  return second.bus ? second : query(lower, GUID_HDAUDIO_BUS_INTERFACE);
}

interface QueriedBus {
  readonly status: NTSTATUS;
  readonly bus: HDAUDIO_BUS_INTERFACE | null;
}

function query(lower: DeviceObject, guid: GUID): QueriedBus {
  const buffer: InterfaceBuffer = { interface: null };
  const status = queryInterface(lower, guid, buffer, interfaceBytes(guid), HDAUDIO_INTERFACE_VERSION);
  return { status, bus: buffer.interface as HDAUDIO_BUS_INTERFACE | null };
}
