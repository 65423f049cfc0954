import { createMachine, type WindowsVersion } from 'azalia/machine';
import { expect, it } from 'vitest';
import {
  codecTransfer,
  command8,
  GUID_HDAUDIO_BUS_CLASS,
  GUID_HDAUDIO_BUS_INTERFACE_BDL,
  GUID_HDAUDIO_BUS_INTERFACE_V3,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../../src/entries/driver-kit.ts';
import { VERB_SET_UNSOLICITED } from '../../src/hda/verbs.ts';
import { BusClients } from '../../src/worker/bus.ts';

const HEADPHONE = 0x1b;

async function client(guid = GUID_HDAUDIO_BUS_INTERFACE_V3, windows: WindowsVersion = 'win10-19h1') {
  const machine = await createMachine({ windows });
  machine.windows.boot();
  const bus = new BusClients(machine.windows, 0);
  const { client, status, routines } = bus.query(guid);
  return {
    machine,
    bus,
    status,
    routines,
    call: (name: string, ...args: unknown[]) => bus.call(client ?? -1, name, args),
  };
}

it('a jack event reaches the page’s callback with its own context; after unregistering it does not (§2.16)', async () => {
  const { machine, bus, call } = await client();
  const told: unknown[] = [];
  bus.listen((callback, args) => told.push([callback, ...args]));
  const { tag } = call('RegisterEventCallback', { callback: 7 }, 'mine') as { tag: number };
  const verbs = [codecTransfer(command8(0, HEADPHONE, VERB_SET_UNSOLICITED, 0x80 | tag))];
  expect(call('TransferCodecVerbs', 1, verbs, null, null)).toMatchObject({ status: STATUS_SUCCESS });
  machine.codecs[0]?.plug(HEADPHONE, true);
  machine.advance(100);
  expect(told).toEqual([[7, expect.objectContaining({ IsUnsolicitedResponse: true }), 'mine']]);
  expect(call('UnregisterEventCallback', tag)).toBe(STATUS_SUCCESS);
  machine.codecs[0]?.plug(HEADPHONE, false);
  machine.advance(100);
  expect(told).toHaveLength(1);
});

it('a notification callback can be unregistered by the same number, and its Fdo argument is the worker’s (§2.19)', async () => {
  const { call } = await client();
  const format = { SampleRate: 48000, ValidBitsPerSample: 16, ContainerSize: 16, NumberOfChannels: 2 };
  const { handle } = call('AllocateRenderDmaEngine', format, false) as { handle: number };
  call('AllocateDmaBufferWithNotification', handle, 1, 19200);
  expect(call('RegisterNotificationCallback', handle, null, { callback: 1 }, null)).toBe(STATUS_SUCCESS);
  expect(call('UnregisterNotificationCallback', handle, { callback: 2 }, null)).not.toBe(STATUS_SUCCESS);
  expect(call('UnregisterNotificationCallback', handle, { callback: 1 }, null)).toBe(STATUS_SUCCESS);
});

it('contiguous memory is reached by number, within its bytes (§2.20)', async () => {
  const { bus, call } = await client(GUID_HDAUDIO_BUS_INTERFACE_BDL, 'winxp');
  const format = { SampleRate: 48000, ValidBitsPerSample: 16, ContainerSize: 16, NumberOfChannels: 2 };
  const { handle } = call('AllocateRenderDmaEngine', format, false) as { handle: number };
  const { dataBuffer } = call('AllocateContiguousDmaBuffer', handle, 8192) as {
    dataBuffer: { memory: number; bytes: number; physicalAddress: number };
  };
  expect(dataBuffer.physicalAddress % 4096).toBe(0);
  bus.write(dataBuffer.memory, 8190, Uint8Array.of(1, 2));
  expect(bus.read(dataBuffer.memory, 8189, 3)).toEqual(Uint8Array.of(0, 1, 2));
  expect(() => bus.write(dataBuffer.memory, 8191, Uint8Array.of(1, 2))).toThrow(RangeError);
  expect(() => bus.read(99, 0, 1)).toThrow(TypeError);
});

it('an interface that there is not: its status, no client; a call without a client is a TypeError', async () => {
  const { status, routines, call } = await client(GUID_HDAUDIO_BUS_CLASS);
  expect(status).toBe(STATUS_NOT_SUPPORTED);
  expect(routines).toEqual([]);
  expect(() => call('FreeDmaEngine', 1)).toThrow(TypeError);
});
