import {
  GUID_HDAUDIO_BUS_INTERFACE_V2,
  type HDAUDIO_BUS_INTERFACE_V2,
  type InterfaceBuffer,
  IOCTL_AZALIABUS_SENDVERBS,
  interfaceBytes,
  irpLog,
  NT_SUCCESS,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
  type WDF_DEVICE_CALLBACKS,
  WdfDeviceCreate,
  WdfDriverCreate,
  WdfFdoQueryForInterface,
} from 'azalia/driver-kit';
import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import { helloWorld } from '../../src/drivers/hello-world/hello-world.ts';

const IDS = ['HDAUDIO\\FUNC_01'];

/** A framework function driver whose callbacks write their names; `answers` decides their statuses. */
function recorded(answers: Partial<Record<keyof WDF_DEVICE_CALLBACKS, number>> = {}) {
  const log: string[] = [];
  const names = [
    'EvtDevicePrepareHardware',
    'EvtDeviceD0Entry',
    'EvtDeviceD0EntryPostInterruptsEnabled',
    'EvtDeviceSelfManagedIoInit',
    'EvtDeviceSelfManagedIoRestart',
    'EvtDeviceSelfManagedIoSuspend',
    'EvtDeviceD0ExitPreInterruptsDisabled',
    'EvtDeviceD0Exit',
    'EvtDeviceReleaseHardware',
    'EvtDeviceSelfManagedIoFlush',
    'EvtDeviceSelfManagedIoCleanup',
    'EvtDeviceSurpriseRemoval',
    'EvtDeviceQueryRemove',
    'EvtDeviceQueryStop',
    'EvtCleanupCallback',
    'EvtDestroyCallback',
  ] as const;
  const callbacks = Object.fromEntries(
    names.map((name) => [
      name,
      () => {
        log.push(name);
        return answers[name] ?? STATUS_SUCCESS;
      },
    ]),
  ) as WDF_DEVICE_CALLBACKS;
  const row = {
    service: 'Recorded',
    role: 'function' as const,
    ids: IDS,
    rank: 1,
    DriverEntry: (driver: Parameters<typeof WdfDriverCreate>[0]) =>
      WdfDriverCreate(driver, { EvtDriverDeviceAdd: (_driver, init) => WdfDeviceCreate(init, callbacks).status }),
  };
  return { log, row };
}

async function bootWith(...rows: Parameters<Awaited<ReturnType<typeof createMachine>>['windows']['loadDriver']>[0][]) {
  const machine = await createMachine();
  for (const row of rows) machine.windows.loadDriver(row);
  machine.windows.boot();
  const node = machine.windows.controllerNode?.children[0];
  if (!node) throw new Error('no function group');
  return { windows: machine.windows, node };
}

const UP = ['EvtDevicePrepareHardware', 'EvtDeviceD0Entry', 'EvtDeviceD0EntryPostInterruptsEnabled'];
const DOWN = [
  'EvtDeviceSelfManagedIoSuspend',
  'EvtDeviceD0ExitPreInterruptsDisabled',
  'EvtDeviceD0Exit',
  'EvtDeviceReleaseHardware',
];
const END = ['EvtCleanupCallback', 'EvtDestroyCallback'];

it('event callbacks come in the order of §5.5: start, stop and restart, remove, surprise removal', async () => {
  const { log, row } = recorded();
  const { windows, node } = await bootWith(row);
  const since = () => log.splice(0);
  expect(since()).toEqual([...UP, 'EvtDeviceSelfManagedIoInit']);
  expect(windows.pnp.rebalance(node)).toBe(true);
  expect(since()).toEqual(['EvtDeviceQueryStop', ...DOWN, ...UP, 'EvtDeviceSelfManagedIoRestart']);
  expect(windows.pnp.remove(node)).toBe(true);
  expect(since()).toEqual([
    'EvtDeviceQueryRemove',
    ...DOWN,
    'EvtDeviceSelfManagedIoFlush',
    'EvtDeviceSelfManagedIoCleanup',
    ...END,
  ]);
  windows.pnp.start(node);
  since();
  windows.unplugController();
  expect(since()).toEqual([
    'EvtDeviceSurpriseRemoval',
    ...DOWN,
    'EvtDeviceSelfManagedIoFlush',
    'EvtDeviceSelfManagedIoCleanup',
    ...END,
  ]);
  expect(windows.violations).toEqual([]);
});

it('S3 and back, or a device alone: out of D0 and into it, with the hardware prepared all the while (§5.5)', async () => {
  const targets: string[] = [];
  const packets: string[] = [];
  const { log, row } = recorded();
  const below = irpLog((line) => packets.push(line));
  const { windows, node } = await bootWith(
    row,
    { ...row, role: 'lower filter', service: 'Log', DriverEntry: below },
    {
      ...row,
      service: 'Filter',
      role: 'upper filter',
      DriverEntry: (driver) =>
        WdfDriverCreate(driver, {
          EvtDriverDeviceAdd: (_driver, init) => {
            init.isFilter = true;
            return WdfDeviceCreate(init, {
              EvtDeviceD0Exit: (_device, target) => {
                targets.push(`${target} before ${log.length}`);
                return STATUS_SUCCESS;
              },
              EvtDeviceD0Entry: (_device, previous) => {
                targets.push(`${previous} after ${log.length}`);
                return STATUS_SUCCESS;
              },
            }).status;
          },
        }),
    },
  );
  const asleep = DOWN.slice(0, -1);
  const awake = [...UP.slice(1), 'EvtDeviceSelfManagedIoRestart'];
  for (const [sleep, wake] of [
    [() => windows.power.sleep(), () => windows.power.wake()],
    [() => windows.power.setDevice(node, 'D3'), () => windows.power.setDevice(node, 'D0')],
  ] as const) {
    log.splice(0);
    targets.splice(0);
    packets.splice(0);
    sleep();
    expect(packets.filter((line) => line.endsWith('SET_POWER D3'))).toHaveLength(1); // the filter leaves policy alone
    expect(log).toEqual(asleep);
    wake();
    expect(log).toEqual([...asleep, ...awake]);
    expect(targets).toEqual(['WdfPowerDeviceD3 before 0', 'WdfPowerDeviceD3 after 6']); // the filter: above, so first and last
  }
  windows.power.sleep();
  log.splice(0);
  windows.unplugController();
  expect(log).toEqual([
    'EvtDeviceSurpriseRemoval',
    'EvtDeviceReleaseHardware',
    'EvtDeviceSelfManagedIoFlush',
    'EvtDeviceSelfManagedIoCleanup',
    ...END,
  ]);
  expect(windows.violations).toEqual([]);
});

it('a device that cannot come back to D0 gives its hardware up, and says so to whoever asked (§5.5)', async () => {
  const answers: Parameters<typeof recorded>[0] = {};
  const { log, row } = recorded(answers);
  const { windows, node } = await bootWith(row);
  windows.power.setDevice(node, 'D3');
  answers.EvtDeviceD0Entry = STATUS_INVALID_DEVICE_STATE;
  log.splice(0);
  expect(windows.power.setDevice(node, 'D0')).toBe(STATUS_INVALID_DEVICE_STATE);
  expect(log).toEqual(['EvtDeviceD0Entry', 'EvtDeviceReleaseHardware']);
});

it('a callback that fails on the way up fails the start; one that refuses stops query-stop and query-remove', async () => {
  const failing = recorded({ EvtDeviceD0Entry: STATUS_INVALID_DEVICE_STATE });
  const { node } = await bootWith(failing.row);
  expect([node.state, node.problem]).toEqual(['DeviceNodeRemoved', 10]);
  expect(failing.log.slice(0, 3)).toEqual(['EvtDevicePrepareHardware', 'EvtDeviceD0Entry', 'EvtDeviceReleaseHardware']);
  const refusing = recorded({ EvtDeviceQueryRemove: STATUS_UNSUCCESSFUL, EvtDeviceQueryStop: STATUS_UNSUCCESSFUL });
  const second = await bootWith(refusing.row);
  expect([second.windows.pnp.remove(second.node), second.windows.pnp.rebalance(second.node)]).toEqual([false, false]);
  expect(second.node.isStarted).toBe(true);
});

it('the hello-world driver of seed 003 binds to a function group and prints its two lines', async () => {
  const lines: string[] = [];
  const { windows, node } = await bootWith({
    service: 'KmdfHelloWorld',
    role: 'function',
    ids: IDS,
    rank: 1,
    DriverEntry: helloWorld((line) => lines.push(line)),
  });
  expect(lines).toEqual(['KmdfHelloWorld: DriverEntry', 'KmdfHelloWorld: KmdfHelloWorldEvtDeviceAdd']);
  expect([node.service, node.isStarted, windows.audio]).toEqual(['KmdfHelloWorld', true, []]);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('a driver written on azalia/driver-kit alone queries the DDI in EvtDevicePrepareHardware and talks to its codec', async () => {
  let vendorId = 0;
  let bus: HDAUDIO_BUS_INTERFACE_V2 | null = null;
  const guid = GUID_HDAUDIO_BUS_INTERFACE_V2;
  const { windows } = await bootWith({
    service: 'Mine',
    role: 'function',
    ids: IDS,
    rank: 1,
    DriverEntry: (driver) =>
      WdfDriverCreate(driver, {
        EvtDriverDeviceAdd: (_driver, init) =>
          WdfDeviceCreate(init, {
            EvtDevicePrepareHardware: (device) => {
              const buffer: InterfaceBuffer<HDAUDIO_BUS_INTERFACE_V2> = { interface: null };
              const status = WdfFdoQueryForInterface(device, guid, buffer, interfaceBytes(guid), 0x0100);
              if (!NT_SUCCESS(status)) return status;
              bus = buffer.interface;
              if (!bus) return STATUS_UNSUCCESSFUL;
              const transfer = {
                Output: 0x000f0000,
                Input: { Response: 0, SDataIn: 0, IsUnsolicitedResponse: false, HasFifoOverrun: false, IsValid: false },
              };
              bus.TransferCodecVerbs(bus.Context, 1, [transfer], null, null);
              vendorId = transfer.Input.Response;
              return STATUS_SUCCESS;
            },
            EvtDeviceReleaseHardware: () => {
              bus?.InterfaceDereference(bus.Context);
              return STATUS_SUCCESS;
            },
          }).status,
      }),
  });
  expect(vendorId).toBeGreaterThan(0);
  expect(WdfFdoQueryForInterface(null as never, guid, { interface: null }, 176, 0x0100)).toBe(STATUS_INVALID_PARAMETER);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('DDI-106: a framework filter whose EvtDriverDeviceAdd fails is left out, and its device object with it', async () => {
  const machine = await createMachine();
  machine.windows.loadDriver({
    service: 'Bad',
    role: 'upper filter',
    ids: IDS,
    DriverEntry: (driver) =>
      WdfDriverCreate(driver, {
        EvtDriverDeviceAdd: (_driver, init) => {
          WdfDeviceCreate(init, {});
          return STATUS_UNSUCCESSFUL;
        },
      }),
  });
  machine.windows.boot();
  expect([machine.windows.audio.length, machine.windows.violations]).toEqual([1, []]);
  expect(machine.windows.pnp.drivers.get('Bad')?.devices).toEqual([]);
});

it('a framework filter passes down what it has no callback for: the verb IOCTL still reaches the class driver', async () => {
  const machine = await createMachine();
  machine.windows.loadDriver({
    service: 'Filter',
    role: 'upper filter',
    ids: IDS,
    DriverEntry: (driver) =>
      WdfDriverCreate(driver, {
        EvtDriverDeviceAdd: (_driver, init) => {
          init.isFilter = true;
          return WdfDeviceCreate(init, {}).status;
        },
      }),
  });
  machine.windows.boot();
  const { userMode, controllerNode } = machine.windows;
  const handle = userMode.CreateFile(controllerNode?.children[0]?.instancePath ?? '');
  const packet = new Uint8Array([1, 0, 0, 0, 0, 0, 0x0f, 0]);
  expect(userMode.DeviceIoControl(handle, IOCTL_AZALIABUS_SENDVERBS, packet, 12)).toMatchObject({
    ok: true,
    bytesReturned: 12,
  });
});
