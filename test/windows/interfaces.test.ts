import { createMachine, type WindowsVersion } from 'azalia/machine';
import { expect, it } from 'vitest';
import { type HDAUDIO_BUS_INTERFACE_V3, INTERFACE_SLOTS, interfaceBytes } from '../../src/ddi/bus-interface.ts';
import {
  GUID_HDAUDIO_BUS_INTERFACE_BDL as BDL,
  GUID_HDAUDIO_BUS_CLASS,
  GUID_HDAUDIO_BUS_INTERFACE as V1,
  GUID_HDAUDIO_BUS_INTERFACE_V2 as V2,
  GUID_HDAUDIO_BUS_INTERFACE_V3 as V3,
} from '../../src/ddi/hdaudio.ts';
import { type InterfaceBuffer, IRP_MJ_PNP, IRP_MN_QUERY_INTERFACE } from '../../src/ddi/irp.ts';
import {
  STATUS_BUFFER_TOO_SMALL,
  STATUS_INVALID_BUFFER_SIZE,
  STATUS_INVALID_PARAMETER,
  STATUS_NO_SUCH_DEVICE,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../../src/ddi/ntstatus.ts';
import { loggingFilter } from '../driver-model/support.ts';

/** A machine booted into a Windows, with the node of its first function group. */
async function booted(windows: WindowsVersion = 'win10-19h1', codecs: (string | null)[] = ['desktop']) {
  const machine = await createMachine({ windows, codecs, outputRateHz: 'stream' });
  machine.windows.boot();
  const node = machine.windows.controllerNode?.children[0];
  if (!node) throw new Error('no function group');
  const query = (
    guid: string,
    size = interfaceBytes(guid),
    version = 0x0100,
    buffer: InterfaceBuffer | null = { interface: null },
  ) => {
    const QueryInterface = { InterfaceType: guid, Size: size, Version: version, Interface: buffer as InterfaceBuffer };
    const irp = machine.windows.pnp.send(node.pdo, IRP_MJ_PNP, IRP_MN_QUERY_INTERFACE, { QueryInterface });
    return { ...irp.IoStatus, interface: buffer?.interface ?? null };
  };
  return { machine, node, query };
}

const ALL: WindowsVersion[] = [
  'win2000',
  'winxp',
  'ws2003',
  'vista',
  'win7',
  'win8.1',
  'win10-1809',
  'win10-19h1',
  'win11',
];
const BEFORE_VISTA = ['win2000', 'winxp', 'ws2003'];
const SINCE_19H1 = ['win10-19h1', 'win11'];

it.each(ALL)(
  'DDI-1, DDI-2, DDI-3, DDI-4, DDI-5, DDI-6: %s has the DDIs of its time, each whole and in its size; the others are STATUS_NOT_SUPPORTED',
  async (windows) => {
    const { query } = await booted(windows);
    const has: [string, boolean, number][] = [
      [V1, true, 14],
      [V2, !BEFORE_VISTA.includes(windows), 18],
      [V3, SINCE_19H1.includes(windows), 20],
      [BDL, BEFORE_VISTA.includes(windows), 15],
    ];
    for (const [guid, expected, routines] of has) {
      const answer = query(guid);
      expect([guid, answer.Status]).toEqual([guid, expected ? STATUS_SUCCESS : STATUS_NOT_SUPPORTED]);
      if (!expected) expect(answer.interface).toBeNull();
      else {
        expect(answer.Information).toBe(0);
        expect(answer.interface).toMatchObject({
          Size: interfaceBytes(guid),
          Version: 0x0100,
          Context: expect.anything(),
        });
        const members = Object.keys(answer.interface ?? {}).slice(5);
        expect(members).toEqual(INTERFACE_SLOTS[guid]);
        expect(members).toHaveLength(routines);
      }
    }
  },
);

/** The table of §1.1: slot of each routine in V1, V2, V3 and BDL; −1 where it is not a member. */
const SLOTS: Readonly<Record<string, readonly number[]>> = {
  TransferCodecVerbs: [0, 0, 0, 0],
  AllocateCaptureDmaEngine: [1, 1, 1, 1],
  AllocateRenderDmaEngine: [2, 2, 2, 2],
  ChangeBandwidthAllocation: [3, 3, 3, 3],
  AllocateDmaBuffer: [4, 4, 4, -1],
  FreeDmaBuffer: [5, 5, 5, -1],
  AllocateContiguousDmaBuffer: [-1, -1, -1, 4],
  SetupDmaEngineWithBdl: [-1, -1, -1, 5],
  FreeContiguousDmaBuffer: [-1, -1, -1, 6],
  FreeDmaEngine: [6, 6, 6, 7],
  SetDmaEngineState: [7, 7, 7, 8],
  GetWallClockRegister: [8, 8, 8, 9],
  GetLinkPositionRegister: [9, 9, 9, 10],
  RegisterEventCallback: [10, 10, 10, 11],
  UnregisterEventCallback: [11, 11, 11, 12],
  GetDeviceInformation: [12, 12, 12, 13],
  GetResourceInformation: [13, 13, 13, 14],
  AllocateDmaBufferWithNotification: [-1, 14, 14, -1],
  FreeDmaBufferWithNotification: [-1, 15, 15, -1],
  RegisterNotificationEvent: [-1, 16, 16, -1],
  UnregisterNotificationEvent: [-1, 17, 17, -1],
  RegisterNotificationCallback: [-1, -1, 18, -1],
  UnregisterNotificationCallback: [-1, -1, 19, -1],
};

it('sizes on x64 and the slots of all 23 routines are the header’s (§1.1, §1.3)', () => {
  expect([V1, V2, V3, BDL].map(interfaceBytes)).toEqual([144, 176, 192, 152]);
  for (const [routine, slots] of Object.entries(SLOTS)) {
    const found = [V1, V2, V3, BDL].map((guid) => (INTERFACE_SLOTS[guid] as readonly string[]).indexOf(routine));
    expect([routine, found]).toEqual([routine, slots]);
  }
  expect([V1, V2, V3, BDL].map((guid) => INTERFACE_SLOTS[guid]?.length)).toEqual([14, 18, 20, 15]);
});

it('DDI-7: an unknown GUID leaves the status as it came', async () => {
  const { query } = await booted();
  expect(query(GUID_HDAUDIO_BUS_CLASS, 200)).toMatchObject({ Status: STATUS_NOT_SUPPORTED, interface: null });
});

it('DDI-8, DDI-9: a size or version below the provider’s is STATUS_INVALID_BUFFER_SIZE and writes nothing; above is good', async () => {
  const { query } = await booted();
  expect(query(V2, interfaceBytes(V1))).toMatchObject({ Status: STATUS_INVALID_BUFFER_SIZE, interface: null });
  expect(query(V1, interfaceBytes(V1), 1)).toMatchObject({ Status: STATUS_INVALID_BUFFER_SIZE, interface: null });
  const larger = query(V1, 1000, 0x0200);
  expect(larger.Status).toBe(STATUS_SUCCESS);
  expect(larger.interface).toMatchObject({ Size: 144, Version: 0x0100 });
  expect(query(V1, 144, 0x0100, null).Status).toBe(STATUS_INVALID_PARAMETER); // (inferred)
});

it('DDI-10: the client starts with one reference; its last dereference ends the context, and calls after it are reported', async () => {
  const { query, machine } = await booted();
  const ddi = query(V3).interface as HDAUDIO_BUS_INTERFACE_V3;
  ddi.InterfaceReference(ddi.Context);
  ddi.InterfaceDereference(ddi.Context);
  expect(ddi.GetDeviceInformation(ddi.Context, 10).status).toBe(STATUS_SUCCESS);
  ddi.InterfaceDereference(ddi.Context);
  expect(machine.windows.violations).toEqual([]);
  expect(ddi.GetDeviceInformation(ddi.Context, 10)).toEqual({ status: STATUS_NO_SUCH_DEVICE, deviceInformation: null });
  expect(machine.windows.violations).toMatchObject([
    { call: 'GetDeviceInformation', rule: expect.stringContaining('last reference') },
  ]);
});

it('DDI-11: two clients get two contexts, which tell nothing', async () => {
  const { query } = await booted();
  const [a, b] = [query(V1).interface, query(V1).interface];
  expect(a?.Context).not.toBe(b?.Context);
  expect(Object.keys(a?.Context as object)).toEqual([]);
});

it('DDI-12: a filter above the FDO that does not own the interface passes the query down untouched', async () => {
  const machine = await createMachine({ outputRateHz: 'stream' });
  const { log, package: filter } = loggingFilter('AzFilter', 'upper filter', ['HDAUDIO\\FUNC_01']);
  machine.windows.loadDriver(filter);
  machine.windows.boot();
  const node = machine.windows.controllerNode?.children[0];
  if (!node) throw new Error('no function group');
  log.splice(0);
  for (const [guid, status] of [
    [V2, STATUS_SUCCESS],
    [BDL, STATUS_NOT_SUPPORTED],
  ] as const) {
    const Interface: InterfaceBuffer = { interface: null };
    const QueryInterface = { InterfaceType: guid, Size: 200, Version: 0x0100, Interface };
    const irp = machine.windows.pnp.send(node.pdo, IRP_MJ_PNP, IRP_MN_QUERY_INTERFACE, { QueryInterface });
    expect(irp.IoStatus.Status).toBe(status);
  }
  expect(log).toEqual(['QUERY_INTERFACE', 'QUERY_INTERFACE']);
});

it('DDI-78, DDI-79, DDI-80: GetDeviceInformation by Size, before and since 19H1', async () => {
  const since = (await booted('win10-19h1')).query(V1).interface as HDAUDIO_BUS_INTERFACE_V3;
  const before = (await booted('win10-1809')).query(V1).interface as HDAUDIO_BUS_INTERFACE_V3;
  const first = {
    Size: 10,
    DeviceVersion: 0x0100,
    DriverVersion: 0x0100,
    CodecsDetected: 1,
    IsStripingSupported: false,
  };
  for (const size of [8, 9, 0, Number.NaN])
    expect(since.GetDeviceInformation(since.Context, size)).toEqual({
      status: STATUS_BUFFER_TOO_SMALL,
      deviceInformation: null,
    });
  for (const size of [10, 13, 14, 100])
    expect(before.GetDeviceInformation(before.Context, size)).toEqual({
      status: STATUS_SUCCESS,
      deviceInformation: first,
    });
  for (const size of [10, 13]) expect(since.GetDeviceInformation(since.Context, size).deviceInformation).toEqual(first);
  expect(since.GetDeviceInformation(since.Context, 14).deviceInformation).toEqual({
    ...first,
    Size: 14,
    CtrlRevision: 1,
    CtrlVendorId: 0x8086,
    CtrlDeviceId: 0x2668,
  });
});

it('DDI-81: GetResourceInformation names the PDO’s codec and the first node of its function group', async () => {
  const { query } = await booted('win10-19h1', [null, null, 'desktop']);
  const ddi = query(V1).interface as HDAUDIO_BUS_INTERFACE_V3;
  expect(ddi.GetResourceInformation(ddi.Context)).toEqual({ codecAddress: 2, functionGroupStartNode: 1 });
  expect(ddi.GetDeviceInformation(ddi.Context, 10).deviceInformation?.CodecsDetected).toBe(0b100);
});
