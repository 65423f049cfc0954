// One line of set-up: a real device, the bus driver on it, and a client's interface.

import { HdAudioBus } from '../../src/bus/bus.ts';
import type { HDAUDIO_BUS_INTERFACE_BDL, HDAUDIO_BUS_INTERFACE_V3, INTERFACE } from '../../src/ddi/bus-interface.ts';
import { interfaceBytes } from '../../src/ddi/bus-interface.ts';
import {
  GUID_HDAUDIO_BUS_INTERFACE,
  GUID_HDAUDIO_BUS_INTERFACE_BDL,
  GUID_HDAUDIO_BUS_INTERFACE_V2,
  GUID_HDAUDIO_BUS_INTERFACE_V3,
  type HDAUDIO_STREAM_FORMAT,
} from '../../src/ddi/hdaudio.ts';
import type { WindowsVersion } from '../../src/ddi/windows-version.ts';
import { WINDOWS_NTDDI } from '../../src/ddi/windows-version.ts';
import { Kernel } from '../../src/driver-model/kernel.ts';
import { createDevice, type Device } from '../../src/machine/device.ts';
import type { DeviceOptions } from '../../src/machine/options.ts';
import type { DevicePort } from '../../src/port/device-port.ts';

export const V1 = GUID_HDAUDIO_BUS_INTERFACE;
export const V2 = GUID_HDAUDIO_BUS_INTERFACE_V2;
export const V3 = GUID_HDAUDIO_BUS_INTERFACE_V3;
export const BDL = GUID_HDAUDIO_BUS_INTERFACE_BDL;

export interface BusOptions extends DeviceOptions {
  windows?: WindowsVersion;
  /** Puts something between device and driver: faults. */
  port?: (device: Device) => DevicePort;
}

export async function startBus(options: BusOptions = {}) {
  const { windows = 'win10-19h1', port, ...rest } = options;
  const device = await createDevice({ outputRateHz: 'stream', ...rest });
  const kernel = new Kernel(port ? port(device) : device);
  const bus = new HdAudioBus(kernel, WINDOWS_NTDDI[windows]);
  const status = bus.start();
  return { device, kernel, bus, status };
}

/** The interface as a client of function group `index` gets it. */
export function query<T extends INTERFACE>(bus: HdAudioBus, guid: string, index = 0): T {
  const group = bus.functionGroups[index];
  if (!group) throw new Error(`no function group ${index}`);
  const result = bus.queryInterface(group, guid, interfaceBytes(guid), 0x0100);
  if (!result.interface) throw new Error(`no interface: ${result.status}`);
  return result.interface as T;
}

/** A V3 client, with routines that need no Context argument written out. */
export async function v3Client(options: BusOptions = {}) {
  const started = await startBus(options);
  return { ...started, ddi: query<HDAUDIO_BUS_INTERFACE_V3>(started.bus, V3) };
}

/** A BDL client on Windows XP. */
export async function bdlClient(options: BusOptions = {}) {
  const started = await startBus({ windows: 'winxp', ...options });
  return { ...started, ddi: query<HDAUDIO_BUS_INTERFACE_BDL>(started.bus, BDL) };
}

export function pcm(rateHz: number, bits: number, channels: number, container?: number): HDAUDIO_STREAM_FORMAT {
  return {
    SampleRate: rateHz,
    ValidBitsPerSample: bits,
    ContainerSize: container ?? (bits > 16 ? 32 : bits),
    NumberOfChannels: channels,
  };
}

export const CD_LIKE = pcm(48000, 16, 2);

/** The device's port with some of its registers answered by the test. */
export function between(
  device: Device,
  faults: {
    read?: (offset: number, bytes: number, value: number) => number;
    write?: (offset: number, bytes: number, value: number) => boolean;
  },
): DevicePort {
  const { registers } = device;
  return {
    memory: device.memory,
    engine: device.engine,
    pci: device.pci,
    get linkTicks() {
      return device.linkTicks;
    },
    stall: (frames) => device.stall(frames),
    callAt: (linkTicks, listener) => device.callAt(linkTicks, listener),
    registers: {
      read: (offset, bytes) => {
        const value = registers.read(offset, bytes);
        return faults.read ? faults.read(offset, bytes, value) : value;
      },
      write: (offset, bytes, value) => {
        if (!faults.write || faults.write(offset, bytes, value)) registers.write(offset, bytes, value);
      },
      get interrupt() {
        return registers.interrupt;
      },
      onInterrupt: (listener) => registers.onInterrupt(listener),
      onWake: (listener) => registers.onWake(listener),
    },
  };
}
