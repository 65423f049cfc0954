// A client of the DDIs that imports azalia/driver-kit and nothing else: a function driver that holds one interface, and the
// ways in which the four DDIs give it a cyclic buffer and tell it how that goes round.

import {
  codecTransfer,
  type DriverPackage,
  encodeBufferDescriptors,
  type HDAUDIO_BUS_INTERFACE_BDL,
  type HDAUDIO_BUS_INTERFACE_V3,
  HDAUDIO_INTERFACE_VERSION,
  type InterfaceBuffer,
  interfaceBytes,
  KernelEvent,
  type NTSTATUS,
  STATUS_SUCCESS,
  statusName,
  type WdfDevice,
  WdfDeviceCreate,
  WdfDriverCreate,
  WdfFdoQueryForInterface,
} from 'azalia/driver-kit';
import { expect } from 'vitest';

export const FRAME_BYTES = 4;
export const CYCLE_FRAMES = 2048;
export const CYCLE_BYTES = CYCLE_FRAMES * FRAME_BYTES;

/** All routines there are: which of them the client has, its DDI says. */
type Bus = HDAUDIO_BUS_INTERFACE_V3 & HDAUDIO_BUS_INTERFACE_BDL;

/** A function driver that queries one DDI when its hardware is prepared and lets go of it when that is released. */
export class Client {
  readonly package: DriverPackage;
  readonly called = new Set<string>();
  status: NTSTATUS | null = null;
  begun = 0n;
  readonly #guid: string;
  #bus: Bus | null = null;
  #device: WdfDevice | null = null;

  constructor(guid: string) {
    this.#guid = guid;
    this.package = {
      service: 'DdiClient',
      role: 'function',
      ids: ['HDAUDIO\\FUNC_01'],
      rank: 1,
      DriverEntry: (DriverObject) =>
        WdfDriverCreate(DriverObject, {
          EvtDriverDeviceAdd: (_Driver, DeviceInit) =>
            WdfDeviceCreate(DeviceInit, {
              EvtDevicePrepareHardware: (device) => this.#prepare(device),
              EvtDeviceReleaseHardware: () => this.#release(),
            }).status,
        }),
    };
  }

  #prepare(device: WdfDevice): NTSTATUS {
    const found: InterfaceBuffer = { interface: null };
    this.#device = device;
    this.status = WdfFdoQueryForInterface(
      device,
      this.#guid,
      found,
      interfaceBytes(this.#guid),
      HDAUDIO_INTERFACE_VERSION,
    );
    const logged = ([name, member]: [string, unknown]): [string, unknown] => {
      if (typeof member !== 'function') return [name, member];
      const call = (...args: unknown[]) => {
        this.called.add(name);
        return member(...args);
      };
      return [name, call];
    };
    if (found.interface) this.#bus = Object.fromEntries(Object.entries(found.interface).map(logged)) as unknown as Bus;
    return STATUS_SUCCESS;
  }

  #release(): NTSTATUS {
    this.#bus?.InterfaceDereference(this.#bus.Context);
    return STATUS_SUCCESS;
  }

  get bus(): Bus {
    if (!this.#bus) throw new Error(`no interface: ${statusName(this.status ?? 0)}`);
    return this.#bus;
  }

  get device(): WdfDevice {
    if (!this.#device) throw new Error('no device');
    return this.#device;
  }

  get kernel() {
    return this.device.deviceObject.DriverObject.kernel;
  }

  /** Link frames since the stream was started. */
  frame(now = this.kernel.performanceCounter): number {
    return Number(now - this.begun) / 500;
  }

  verbs(...commands: number[]): number[] {
    const transfers = commands.map(codecTransfer);
    const status = this.bus.TransferCodecVerbs(this.bus.Context, transfers.length, transfers, null, null);
    expect([status, transfers.every(({ Input }) => Input.IsValid)]).toEqual([STATUS_SUCCESS, true]);
    return transfers.map(({ Input }) => Input.Response);
  }

  setState(state: 0 | 1 | 2, handle: number): void {
    expect(this.bus.SetDmaEngineState(this.bus.Context, state, 1, [handle])).toBe(STATUS_SUCCESS);
  }
}

/** A cyclic buffer, whichever way a DDI gives it. */
interface CyclicBuffer {
  readonly streamId: number;
  fill(content: Uint8Array): void;
  content(): Uint8Array;
  free(): NTSTATUS;
  /** What came when, in link frames since the start. */
  readonly notified: [by: string, frame: number][];
}
export type Allocate = (client: Client, handle: number) => CyclicBuffer;

export const plain: Allocate = ({ bus }, handle) => {
  const { status, bufferMdl, allocatedBufferSize, streamId } = bus.AllocateDmaBuffer(bus.Context, handle, CYCLE_BYTES);
  expect([status, allocatedBufferSize]).toEqual([STATUS_SUCCESS, CYCLE_BYTES]);
  return {
    streamId,
    fill: (content) => bufferMdl?.write(0, content),
    content: () => bufferMdl?.read(0, CYCLE_BYTES) ?? new Uint8Array(),
    free: () => bus.FreeDmaBuffer(bus.Context, handle),
    notified: [],
  };
};

export const withEvents: Allocate = (client, handle) => {
  const { bus, kernel } = client;
  const notified: [string, number][] = [];
  const event = new KernelEvent(kernel, 'synchronization');
  const thread = () => {
    notified.push(['event', client.frame()]);
    event.wait(thread);
  };
  event.wait(thread);
  expect(bus.RegisterNotificationEvent(bus.Context, handle, event)).toBe(STATUS_SUCCESS);
  const given = bus.AllocateDmaBufferWithNotification(bus.Context, handle, 2, CYCLE_BYTES);
  const { status, bufferMdl: mdl, allocatedBufferSize, offsetFromFirstPage, streamId } = given;
  expect([status, allocatedBufferSize, offsetFromFirstPage]).toEqual([STATUS_SUCCESS, CYCLE_BYTES, 0]);
  if (!mdl) throw new Error('no buffer');
  return {
    streamId,
    fill: (content) => mdl.write(0, content),
    content: () => mdl.read(0, CYCLE_BYTES),
    free: () => {
      expect(bus.UnregisterNotificationEvent(bus.Context, handle, event)).toBe(STATUS_SUCCESS);
      return bus.FreeDmaBufferWithNotification(bus.Context, handle, mdl, CYCLE_BYTES);
    },
    notified,
  };
};

export const withCallbacks: Allocate = (client, handle) => {
  const { bus, device } = client;
  const buffer = withEvents(client, handle);
  const callback = (context: unknown, timestamp: bigint) =>
    void buffer.notified.push([`${context}`, client.frame(timestamp)]);
  const fdo = device.deviceObject;
  expect(bus.RegisterNotificationCallback(bus.Context, handle, fdo, callback, 'callback')).toBe(STATUS_SUCCESS);
  return {
    ...buffer,
    free: () => {
      expect(bus.UnregisterNotificationCallback(bus.Context, handle, callback, 'callback')).toBe(STATUS_SUCCESS);
      return buffer.free();
    },
  };
};

/** Frames of each fragment, with a gap after it where 128 bytes want it; the last of them make up a whole cycle. */
const FRAGMENTS = [100, 1, 7, 640, 32, 300, 500, 468];
export const IOC = [1, 2, 5, 7];
export const ends = FRAGMENTS.map((_, last) => FRAGMENTS.slice(0, last + 1).reduce((sum, frames) => sum + frames, 0));

export const withBdl: Allocate = (client, handle) => {
  const { bus } = client;
  const notified: [string, number][] = [];
  let at = 0;
  const fragments = FRAGMENTS.map((frames, index) => {
    const offset = at;
    at += Math.ceil((frames * FRAME_BYTES) / 128) * 128;
    return { offset, bytes: frames * FRAME_BYTES, cycle: ((ends[index] ?? 0) - frames) * FRAME_BYTES };
  });
  const { status, dataBuffer: data, bdlBuffer } = bus.AllocateContiguousDmaBuffer(bus.Context, handle, at);
  expect(status).toBe(STATUS_SUCCESS);
  if (!data || !bdlBuffer) throw new Error('no buffer');
  const descriptors = fragments.map(({ offset, bytes }, index) => ({
    Address: data.physicalAddress + offset,
    Length: bytes,
    InterruptOnCompletion: IOC.includes(index),
  }));
  bdlBuffer.write(0, encodeBufferDescriptors(descriptors));
  const isr = (context: unknown, mask: number) => void notified.push([`${context} ${mask}`, client.frame()]);
  const lvi = fragments.length - 1;
  const setUp = bus.SetupDmaEngineWithBdl(bus.Context, handle, CYCLE_BYTES, lvi, isr, 'isr');
  expect(setUp.status).toBe(STATUS_SUCCESS);
  return {
    streamId: setUp.streamId,
    fill: (content) => {
      for (const { offset, bytes, cycle } of fragments) data.write(offset, content.subarray(cycle, cycle + bytes));
    },
    content: () => Uint8Array.from(fragments.flatMap(({ offset, bytes }) => [...data.read(offset, bytes)])),
    free: () => bus.FreeContiguousDmaBuffer(bus.Context, handle),
    notified,
  };
};
