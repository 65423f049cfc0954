// The filter that logs every packet, below and above the class driver (issue 6, item 4).

import {
  type DeviceObject,
  type DriverPackage,
  IoCallDriver,
  IoCancelIrp,
  IoGetNextIrpStackLocation,
  IoSetCompletionRoutine,
  IRP_MJ_POWER,
  IRP_MN_WAIT_WAKE,
  Irp,
  irpLog,
  STATUS_PENDING,
  STATUS_SUCCESS,
} from 'azalia/driver-kit';
import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import { deviceStack } from '../../src/driver-model/driver-object.ts';
import { encodeCommandPacket, IOCTL_AZALIABUS_SENDVERBS } from '../../src/drivers/audio-class/verb-ioctl.ts';

async function booted(role: DriverPackage['role']) {
  const log: string[] = [];
  const { windows } = await createMachine();
  const ids = ['HDAUDIO\\FUNC_01'];
  windows.loadDriver({ service: 'IrpLog', role, ids, DriverEntry: irpLog((line) => log.push(line)) });
  windows.boot();
  const node = () => windows.controllerNode?.children[0] as NonNullable<typeof windows.controllerNode>;
  return { windows, node, log: () => log.splice(0) };
}

/** A packet that comes back at once: on its way down, then up with this status. */
const round = (request: string, status = 'STATUS_SUCCESS') => [`IRP_MJ_${request}`, `IRP_MJ_${request} ${status}`];
const PNP = 'PNP IRP_MN_';
const POWER = 'POWER IRP_MN_';

it('below the class driver: the packets of start, use and removal in their order, each down and up', async () => {
  const { windows, node, log } = await booted('lower filter');
  expect(deviceStack(node().pdo).map(({ DriverObject }) => DriverObject.service)).toEqual([
    'HdAudAddService',
    'IrpLog',
    'HDAudBus',
  ]);
  expect(log()).toEqual([
    ...round(`${PNP}START_DEVICE`),
    ...round(`${PNP}QUERY_INTERFACE`), // the class driver, on the packet's way up
    ...round(`${PNP}QUERY_DEVICE_RELATIONS`, 'STATUS_NOT_SUPPORTED'), // a codec has no children
  ]);
  windows.audio[0]?.openRender({ rateHz: 48000, bits: 16, channels: 2 }).stream?.close();
  expect(log()).toEqual([]); // streams are calls of the interface, not packets
  windows.power.setDevice(node(), 'D3');
  windows.power.setDevice(node(), 'D0');
  expect(log()).toEqual([...round(`${POWER}SET_POWER D3`), ...round(`${POWER}SET_POWER D0`)]);
  windows.pnp.rebalance(node());
  expect(log()).toEqual([
    ...round(`${PNP}QUERY_STOP_DEVICE`),
    ...round(`${PNP}STOP_DEVICE`),
    ...round(`${PNP}START_DEVICE`),
    ...round(`${PNP}QUERY_INTERFACE`),
    ...round(`${PNP}QUERY_DEVICE_RELATIONS`, 'STATUS_NOT_SUPPORTED'),
  ]);
  windows.pnp.remove(node());
  expect(log()).toEqual([...round(`${PNP}QUERY_REMOVE_DEVICE`), ...round(`${PNP}REMOVE_DEVICE`)]);
  windows.pnp.start(node());
  log();
  windows.unplugController();
  expect(log()).toEqual([...round(`${PNP}SURPRISE_REMOVAL`), ...round(`${PNP}REMOVE_DEVICE`)]);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('above it: what user mode sends, and what the class driver answers', async () => {
  const { windows, node, log } = await booted('upper filter');
  log();
  const { userMode } = windows;
  const handle = userMode.CreateFile(node().instancePath);
  const packet = encodeCommandPacket([0x000f0000]);
  expect(userMode.DeviceIoControl(handle, IOCTL_AZALIABUS_SENDVERBS, packet, 12).ok).toBe(true);
  expect(userMode.DeviceIoControl(handle, 0x1234, packet, 12).ok).toBe(false);
  userMode.CloseHandle(handle);
  expect(log()).toEqual([
    ...round('CREATE'),
    ...round('DEVICE_CONTROL'),
    ...round('DEVICE_CONTROL', 'STATUS_INVALID_DEVICE_REQUEST'),
    ...round('CLEANUP'),
    ...round('CLOSE'),
  ]);
  windows.power.sleep();
  expect(log()).toEqual([
    ...round(`${POWER}QUERY_POWER S3`),
    'IRP_MJ_POWER IRP_MN_SET_POWER S3',
    ...round(`${POWER}SET_POWER D3`), // asked for by the class driver before the system's packet is over
    'IRP_MJ_POWER IRP_MN_SET_POWER S3 STATUS_SUCCESS',
  ]);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('a packet that stays pending is logged when it comes back, and still says to whoever sent it that it was pending (§5.4)', async () => {
  const { windows, node, log } = await booted('lower filter');
  log();
  const filter = deviceStack(node().pdo)[1] as DeviceObject;
  const irp = new Irp(windows.kernel, filter.StackSize);
  Object.assign(IoGetNextIrpStackLocation(irp), { MajorFunction: IRP_MJ_POWER, MinorFunction: IRP_MN_WAIT_WAKE });
  let wasPending = false;
  const back = () => {
    wasPending = irp.PendingReturned;
    return STATUS_SUCCESS;
  };
  IoSetCompletionRoutine(irp, back, null, true, true, true);
  expect(IoCallDriver(filter, irp)).toBe(STATUS_PENDING);
  expect(log()).toEqual(['IRP_MJ_POWER IRP_MN_WAIT_WAKE']);
  expect([IoCancelIrp(irp), wasPending]).toEqual([true, true]);
  expect(log()).toEqual(['IRP_MJ_POWER IRP_MN_WAIT_WAKE STATUS_CANCELLED']);
});
