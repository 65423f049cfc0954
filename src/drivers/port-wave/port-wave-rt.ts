// The WaveRT port: the general half of an audio driver. It owns the dispatch table, the streams and their order; what the
// hardware is, the adapter's miniport knows (hdaudio-ddi §5.1: a pair occupies one level and one device object).

import {
  DO_DEVICE_INITIALIZING,
  FILE_DEVICE_SOUND,
  IRP_MJ_CLEANUP,
  IRP_MJ_CLOSE,
  IRP_MJ_CREATE,
  IRP_MJ_PNP,
  IRP_MJ_POWER,
  IRP_MN_REMOVE_DEVICE,
  IRP_MN_START_DEVICE,
  IRP_MN_STOP_DEVICE,
  IRP_MN_SURPRISE_REMOVAL,
  PowerDeviceD0,
  PowerDeviceD3,
} from '../../ddi/irp.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_DEVICE_NOT_READY,
  STATUS_NO_SUCH_DEVICE,
  STATUS_SUCCESS,
} from '../../ddi/ntstatus.ts';
import { STATE_CHANGES } from '../../driver-model/bus-half.ts';
import {
  type DeviceObject,
  type DriverObject,
  IoAttachDeviceToDeviceStack,
  IoCreateDevice,
  IoDeleteDevice,
  IoDetachDevice,
} from '../../driver-model/driver-object.ts';
import { IoForwardIrpSynchronously } from '../../driver-model/io-manager.ts';
import { IoGetCurrentIrpStackLocation, type Irp } from '../../driver-model/irp.ts';
import type { Kernel } from '../../driver-model/kernel.ts';
import { nameModule } from '../../driver-model/module-names.ts';
import { complete, passDown, succeed } from '../../driver-model/pass-down.ts';
import { dispatchPower } from '../../driver-model/power-policy.ts';
import { PCM_SIZES } from '../../hda/pcm.ts';
import { PortStream, type StreamHost } from './port-stream.ts';
import type { IMiniportWaveRT, WaveFormat } from './wave-rt.ts';

/** What an adapter driver hands to the port in DriverEntry. */
export interface AdapterConfig {
  /** A miniport for each device: PcNewMiniport. */
  readonly newMiniport: (driver: DriverObject) => IMiniportWaveRT;
  /** PcRegisterSubdevice: the port of a device that has started, by which user mode reaches its streams; null: it is gone. */
  readonly subdevice: (port: PortWaveRT | null) => void;
}

/** The extension of the device object that port and miniport share. */
export class PortWaveRT implements StreamHost {
  readonly #kernel: Kernel;
  readonly #miniport: IMiniportWaveRT;
  readonly #streams = new Set<PortStream>();
  #state: 'stopped' | 'D0' | 'D3' = 'stopped';
  lower: DeviceObject | null = null;

  constructor(kernel: Kernel, miniport: IMiniportWaveRT) {
    this.#kernel = kernel;
    this.#miniport = miniport;
  }

  /** A stream to a pin with a buffer of two halves. STATUS_DEVICE_NOT_READY in D3; else the miniport's statuses. */
  newStream(
    pin: number,
    format: WaveFormat,
    bufferFrames: number,
  ): { readonly status: NTSTATUS; readonly stream: PortStream | null } {
    if (!this.isAwake) return { status: STATUS_DEVICE_NOT_READY, stream: null };
    return this.#kernel.call(() => {
      const { status, stream: miniport } = this.#miniport.NewStream(pin, format);
      if (!miniport) return { status, stream: null };
      const containerBytes = PCM_SIZES.find(({ bits }) => bits === format.bits)?.containerBytes ?? 0;
      const frameBytes = containerBytes * format.channels;
      const buffer = miniport.AllocateBufferWithNotification(2, bufferFrames * frameBytes);
      if (!buffer.AudioBufferMdl) {
        miniport.Release();
        return { status: buffer.status, stream: null };
      }
      const stream = new PortStream(this.#kernel, miniport, buffer.AudioBufferMdl, frameBytes, this);
      this.#streams.add(stream);
      return { status, stream };
    });
  }

  get isAwake(): boolean {
    return this.#state === 'D0';
  }

  /** StreamHost: the stream has let go of everything. */
  closed(stream: PortStream): void {
    this.#streams.delete(stream);
  }

  /** START_DEVICE: what the miniport's Init says. */
  start(lower: DeviceObject): NTSTATUS {
    const status = this.#miniport.Init(lower);
    if (NT_SUCCESS(status)) this.#state = 'D0';
    return status;
  }

  /** False where it was stopped already. */
  stop(): boolean {
    if (this.#state === 'stopped') return false;
    for (const stream of [...this.#streams]) stream.close();
    this.#state = 'stopped';
    this.#miniport.Release();
    return true;
  }

  /** To D3: streams first. */
  powerDown(): void {
    if (this.#state !== 'D0') return;
    this.#state = 'D3';
    for (const stream of this.#streams) stream.suspend();
    this.#miniport.PowerChangeState(PowerDeviceD3);
  }

  /** To D0: streams last. */
  powerUp(): NTSTATUS {
    if (this.#state !== 'D3') return STATUS_SUCCESS;
    this.#state = 'D0';
    this.#miniport.PowerChangeState(PowerDeviceD0);
    for (const stream of this.#streams) stream.resume();
    return STATUS_SUCCESS;
  }
}

/** Called from an adapter's DriverEntry: installs the port's dispatch table, AddDevice and Unload. */
export function PcInitializeAdapterDriver(DriverObject: DriverObject, config: AdapterConfig): NTSTATUS {
  DriverObject.AddDevice = function PcAddDevice(driver, pdo) {
    const port = new PortWaveRT(driver.kernel, config.newMiniport(driver));
    const fdo = IoCreateDevice(driver, port, FILE_DEVICE_SOUND);
    port.lower = IoAttachDeviceToDeviceStack(fdo, pdo);
    fdo.Flags &= ~DO_DEVICE_INITIALIZING;
    if (port.lower) return STATUS_SUCCESS;
    IoDeleteDevice(fdo);
    return STATUS_NO_SUCH_DEVICE;
  };
  DriverObject.DriverUnload = function PcUnload() {};
  const { MajorFunction } = DriverObject;
  MajorFunction[IRP_MJ_PNP] = function PcDispatchPnp(device, irp) {
    const { lower } = device.DeviceExtension as PortWaveRT;
    return lower ? dispatchPnp(device, lower, irp, config) : complete(irp, STATUS_NO_SUCH_DEVICE);
  };
  MajorFunction[IRP_MJ_POWER] = function PcDispatchPower(device, irp) {
    const port = device.DeviceExtension as PortWaveRT;
    return port.lower ? dispatchPower(device, port.lower, irp, port) : complete(irp, STATUS_NO_SUCH_DEVICE);
  };
  for (const major of [IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE]) MajorFunction[major] = succeed;
  nameModule('portcls', [MajorFunction[IRP_MJ_PNP], MajorFunction[IRP_MJ_POWER], DriverObject.AddDevice]);
  return STATUS_SUCCESS;
}

function dispatchPnp(device: DeviceObject, lower: DeviceObject, irp: Irp, { subdevice }: AdapterConfig): NTSTATUS {
  const port = device.DeviceExtension as PortWaveRT;
  const { MinorFunction } = IoGetCurrentIrpStackLocation(irp);
  if (MinorFunction === IRP_MN_START_DEVICE)
    return IoForwardIrpSynchronously(lower, irp, () => {
      const status = NT_SUCCESS(irp.IoStatus.Status) ? port.start(lower) : irp.IoStatus.Status;
      if (NT_SUCCESS(status)) subdevice(port);
      return complete(irp, status);
    });
  if (STATE_CHANGES.has(MinorFunction)) irp.IoStatus.Status = STATUS_SUCCESS;
  const stops = [IRP_MN_STOP_DEVICE, IRP_MN_SURPRISE_REMOVAL, IRP_MN_REMOVE_DEVICE];
  if (stops.includes(MinorFunction) && port.stop()) subdevice(null);
  if (MinorFunction !== IRP_MN_REMOVE_DEVICE) return passDown(lower, irp);
  const status = passDown(lower, irp);
  IoDetachDevice(lower);
  IoDeleteDevice(device);
  return status;
}
