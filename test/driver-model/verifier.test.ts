// The verifier (issue 6, item 5): each rule broken by a driver on purpose; the report names driver, object and call.

import {
  type DeviceObject,
  DISPATCH_LEVEL,
  type DriverPackage,
  GUID_HDAUDIO_BUS_INTERFACE_V3,
  type HDAUDIO_BUS_INTERFACE_V3,
  type InterfaceBuffer,
  IoCallDriver,
  IoCompleteRequest,
  IoCreateDevice,
  IoDeleteDevice,
  IoGetNextIrpStackLocation,
  IoMarkIrpPending,
  IoSetCompletionRoutine,
  IRP_MJ_PNP,
  IRP_MN_QUERY_CAPABILITIES,
  IRP_MN_WAIT_WAKE,
  Irp,
  interfaceBytes,
  KernelEvent,
  PoRequestPowerIrp,
  PowerSystemSleeping3,
  STATUS_PENDING,
  STATUS_SUCCESS,
  type WDF_DEVICE_CALLBACKS,
  type WdfDevice,
  WdfDeviceCreate,
  WdfDriverCreate,
  WdfFdoQueryForInterface,
} from 'azalia/driver-kit';
import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import { IOCTL_AZALIABUS_SENDVERBS } from '../../src/drivers/audio-class/verb-ioctl.ts';

const ROGUE = '\\Driver\\Rogue';
const GROUP = 'function group 0:1';
const guid = GUID_HDAUDIO_BUS_INTERFACE_V3;

function rogue(callbacks: WDF_DEVICE_CALLBACKS): DriverPackage {
  return {
    service: 'Rogue',
    role: 'function',
    ids: ['HDAUDIO\\FUNC_01'],
    rank: 1,
    DriverEntry: (driver) =>
      WdfDriverCreate(driver, { EvtDriverDeviceAdd: (_driver, init) => WdfDeviceCreate(init, callbacks).status }),
  };
}

/** Boots a machine with the driver, lets a user send it a request, and shuts down; what the verifier has to say. */
async function violationsOf(callbacks: WDF_DEVICE_CALLBACKS) {
  const { windows } = await createMachine();
  windows.loadDriver(rogue(callbacks));
  windows.boot();
  const { userMode } = windows;
  const handle = userMode.CreateFile(windows.controllerNode?.children[0]?.instancePath ?? '');
  userMode.DeviceIoControl(handle, IOCTL_AZALIABUS_SENDVERBS, new Uint8Array(8), 12);
  userMode.CloseHandle(handle);
  windows.shutdown();
  return windows.violations.map(({ rule, driver, object, call }) => [rule, driver, object, call]);
}

const kernelOf = (device: WdfDevice) => device.deviceObject.DriverObject.kernel;

function interfaceOf(device: WdfDevice): HDAUDIO_BUS_INTERFACE_V3 {
  const buffer: InterfaceBuffer<HDAUDIO_BUS_INTERFACE_V3> = { interface: null };
  WdfFdoQueryForInterface(device, guid, buffer, interfaceBytes(guid), 0x0100);
  return buffer.interface as HDAUDIO_BUS_INTERFACE_V3;
}

const FORMAT = { SampleRate: 48000, ValidBitsPerSample: 16, ContainerSize: 16, NumberOfChannels: 2 };
const engineOf = (bus: HDAUDIO_BUS_INTERFACE_V3) =>
  bus.AllocateRenderDmaEngine(bus.Context, FORMAT, false).handle as number;

/** In EvtDevicePrepareHardware: gets an interface, does something with it, and gives it back. */
const withInterface = (use: (bus: HDAUDIO_BUS_INTERFACE_V3, device: WdfDevice) => void): WDF_DEVICE_CALLBACKS => ({
  EvtDevicePrepareHardware: (device) => {
    const bus = interfaceOf(device);
    use(bus, device);
    bus.InterfaceDereference(bus.Context);
    return STATUS_SUCCESS;
  },
});

const onStart = (body: (device: WdfDevice) => void): WDF_DEVICE_CALLBACKS => ({
  EvtDevicePrepareHardware: (device) => {
    body(device);
    return STATUS_SUCCESS;
  },
});

/** A query of the device's capabilities, for the device below. */
function ownPacket(device: WdfDevice): Irp {
  const irp = new Irp(kernelOf(device), device.lower.StackSize);
  Object.assign(IoGetNextIrpStackLocation(irp), {
    MajorFunction: IRP_MJ_PNP,
    MinorFunction: IRP_MN_QUERY_CAPABILITIES,
  });
  return irp;
}

const irpText = expect.stringMatching(/^IRP [0-9a-f]{8}$/);
const deviceText = expect.stringMatching(/^device object [0-9a-f]{8}$/);
type Row = [rule: string, driver: string, object: unknown, call: string];
const leaked = (what: string, call = 'InterfaceDereference'): Row => [`1 ${what} leaked`, ROGUE, GROUP, call];

const CASES: [name: string, callbacks: WDF_DEVICE_CALLBACKS, reports: Row[]][] = [
  ['a driver without a fault', withInterface((bus) => bus.FreeDmaEngine(bus.Context, engineOf(bus))), []],
  ['an engine leaked', withInterface((bus) => engineOf(bus)), [leaked('DMA engines')]],
  [
    'a buffer leaked, with its engine',
    withInterface((bus) => bus.AllocateDmaBuffer(bus.Context, engineOf(bus), 4096)),
    [leaked('DMA engines'), leaked('DMA buffers')],
  ],
  [
    'a notification event leaked',
    withInterface((bus, device) => {
      const event = new KernelEvent(kernelOf(device), 'notification');
      bus.RegisterNotificationEvent(bus.Context, engineOf(bus), event);
    }),
    [leaked('DMA engines'), leaked('notification events')],
  ],
  [
    'a notification callback leaked',
    withInterface((bus, { deviceObject }) =>
      bus.RegisterNotificationCallback(bus.Context, engineOf(bus), deviceObject, () => {}, null),
    ),
    [leaked('DMA engines'), leaked('notification callbacks')],
  ],
  [
    'a tag of unsolicited responses leaked',
    withInterface((bus) => bus.RegisterEventCallback(bus.Context, () => {}, null)),
    [leaked('event tags')],
  ],
  [
    'an interface never dereferenced, and an engine of it',
    onStart((device) => engineOf(interfaceOf(device))),
    [
      ['interface never dereferenced', ROGUE, GROUP, 'IRP_MN_REMOVE_DEVICE'],
      leaked('DMA engines', 'IRP_MN_REMOVE_DEVICE'),
    ],
  ],
  [
    'pool leaked: the tag leads to the driver',
    onStart((device) => kernelOf(device).pool.allocate('nonpaged', 64, 'Rogu')),
    [['64 bytes of pool leaked', ROGUE, "tag 'Rogu'", 'DriverUnload']],
  ],
  [
    'a routine of PASSIVE_LEVEL called above',
    withInterface((bus, device) =>
      kernelOf(device).raise(DISPATCH_LEVEL, () => bus.GetDeviceInformation(bus.Context, 10)),
    ),
    [['IRQL DISPATCH_LEVEL too high', ROGUE, GROUP, 'GetDeviceInformation']],
  ],
  [
    'paged pool at DISPATCH_LEVEL',
    onStart((device) =>
      kernelOf(device).raise(DISPATCH_LEVEL, () => kernelOf(device).pool.allocate('paged', 8, 'Rogu')),
    ),
    [['IRQL DISPATCH_LEVEL too high', ROGUE, "tag 'Rogu'", 'ExAllocatePool2']],
  ],
  [
    'a device object made and deleted at DISPATCH_LEVEL',
    onStart((device) =>
      kernelOf(device).raise(DISPATCH_LEVEL, () =>
        IoDeleteDevice(IoCreateDevice(device.deviceObject.DriverObject, null, 0x22)),
      ),
    ),
    [
      ['IRQL DISPATCH_LEVEL too high', ROGUE, ROGUE, 'IoCreateDevice'],
      ['IRQL DISPATCH_LEVEL too high', ROGUE, deviceText, 'IoDeleteDevice'],
    ],
  ],
  [
    'a packet completed above DISPATCH_LEVEL',
    {
      EvtIoDeviceControl: (device, irp) =>
        kernelOf(device).raise(5, () => {
          IoCompleteRequest(irp);
          return STATUS_SUCCESS;
        }),
    },
    [['IRQL DIRQL (5) too high', ROGUE, irpText, 'IoCompleteRequest']],
  ],
  [
    'a packet sent above DISPATCH_LEVEL, and so completed there',
    onStart((device) => {
      const irp = ownPacket(device);
      kernelOf(device).raise(5, () => IoCallDriver(device.lower, irp));
    }),
    [
      ['IRQL DIRQL (5) too high', ROGUE, irpText, 'IoCallDriver'],
      ['IRQL DIRQL (5) too high', '\\Driver\\HDAudBus', irpText, 'IoCompleteRequest'],
    ],
  ],
  [
    'a PnP packet sent at DISPATCH_LEVEL',
    onStart((device) => {
      const irp = ownPacket(device);
      kernelOf(device).raise(DISPATCH_LEVEL, () => IoCallDriver(device.lower, irp));
    }),
    [['IRQL DISPATCH_LEVEL too high', ROGUE, irpText, 'IoCallDriver']],
  ],
  [
    'an event waited for at DISPATCH_LEVEL, and set by an interrupt service routine',
    onStart((device) => {
      const kernel = kernelOf(device);
      const event = new KernelEvent(kernel, 'notification');
      kernel.raise(DISPATCH_LEVEL, () => event.wait(() => {}));
      kernel.raise(5, () => event.set());
    }),
    [
      ['IRQL DISPATCH_LEVEL too high', ROGUE, 'event', 'KeWaitForSingleObject'],
      ['IRQL DIRQL (5) too high', ROGUE, 'event', 'KeSetEvent'],
    ],
  ],
  [
    'a fault in a completion routine, which runs while the driver below completes',
    onStart((device) => {
      const kernel = kernelOf(device);
      const irp = ownPacket(device);
      const routine = () => {
        kernel.raise(DISPATCH_LEVEL, () => kernel.pool.allocate('paged', 1, 'Rogu'));
        return STATUS_SUCCESS;
      };
      IoSetCompletionRoutine(irp, routine, null, true, true, true);
      IoCallDriver(device.lower, irp);
    }),
    [['IRQL DISPATCH_LEVEL too high', ROGUE, "tag 'Rogu'", 'ExAllocatePool2']],
  ],
  [
    'a routine called after the last dereference',
    onStart((device) => {
      const bus = interfaceOf(device);
      bus.InterfaceDereference(bus.Context);
      bus.GetDeviceInformation(bus.Context, 10);
      bus.InterfaceDereference(bus.Context);
    }),
    ['GetDeviceInformation', 'InterfaceDereference'].map((call) => [
      'no such context, or its last reference is gone',
      ROGUE,
      GROUP,
      call,
    ]),
  ],
  [
    'a packet completed twice',
    {
      EvtIoDeviceControl: (_device, irp) => {
        irp.IoStatus.Status = STATUS_SUCCESS;
        IoCompleteRequest(irp);
        IoCompleteRequest(irp);
        return STATUS_SUCCESS;
      },
    },
    [['IRP completed twice', ROGUE, irpText, 'IoCompleteRequest']],
  ],
  [
    'a packet completed with STATUS_PENDING',
    {
      EvtIoDeviceControl: (_device, irp) => {
        irp.IoStatus.Status = STATUS_PENDING;
        IoCompleteRequest(irp);
        return STATUS_PENDING;
      },
    },
    [['IRP completed with STATUS_PENDING', ROGUE, irpText, 'IoCompleteRequest']],
  ],
  [
    'a packet forgotten: neither completed, nor passed down, nor pending',
    { EvtIoDeviceControl: () => STATUS_SUCCESS },
    [['IRP never completed', ROGUE, irpText, 'IRP_MJ_DEVICE_CONTROL']],
  ],
  [
    'a packet pending for ever',
    {
      EvtIoDeviceControl: (_device, irp) => {
        IoMarkIrpPending(irp);
        return STATUS_PENDING;
      },
    },
    [['IRP never completed', ROGUE, irpText, 'IoDeleteDevice']],
  ],
  [
    'a packet made and never sent',
    onStart((device) => new Irp(kernelOf(device), 1)),
    [['IRP never completed', ROGUE, irpText, 'shutdown']],
  ],
  [
    'a packet sent to a device that is deleted',
    onStart((device) => {
      const gone: DeviceObject = IoCreateDevice(device.deviceObject.DriverObject, { device }, 0x22);
      IoDeleteDevice(gone);
      const irp = new Irp(kernelOf(device), 1);
      IoGetNextIrpStackLocation(irp).MajorFunction = 0x0d;
      IoCallDriver(gone, irp);
    }),
    [['IRP sent to a deleted device', ROGUE, irpText, 'IoCallDriver (IRP_MJ_FILE_SYSTEM_CONTROL)']],
  ],
  [
    'a device object deleted twice',
    onStart((device) => {
      const own = IoCreateDevice(device.deviceObject.DriverObject, null, 0x22);
      IoDeleteDevice(own);
      IoDeleteDevice(own);
    }),
    [['device object deleted twice', ROGUE, deviceText, 'IoDeleteDevice']],
  ],
  [
    'an object dereferenced more often than referenced',
    onStart((device) => {
      const own = IoCreateDevice(device.deviceObject.DriverObject, null, 0x22);
      IoDeleteDevice(own);
      own.dereference();
    }),
    [['dereferenced more often than referenced', ROGUE, deviceText, 'ObDereferenceObject']],
  ],
  [
    'a wait-wake not cancelled at removal',
    onStart(({ deviceObject }) => PoRequestPowerIrp(deviceObject, IRP_MN_WAIT_WAKE, PowerSystemSleeping3)),
    [['IRP_MN_WAIT_WAKE not cancelled', ROGUE, irpText, 'IRP_MN_REMOVE_DEVICE']],
  ],
];

it.each(CASES)('the verifier: %s', async (_name, callbacks, reports) => {
  expect(await violationsOf(callbacks)).toEqual(reports);
});

it('the verifier: pool of a driver that is never unloaded is reported at shutdown, with its name', async () => {
  const { windows } = await createMachine();
  windows.loadDriver({
    service: 'Stays',
    role: 'lower filter',
    ids: ['HDAUDIO\\FUNC_01'],
    DriverEntry: (driver) => {
      driver.AddDevice = () => STATUS_SUCCESS;
      driver.kernel.pool.allocate('paged', 5, 'Stay');
      return STATUS_SUCCESS;
    },
  });
  windows.boot();
  expect(windows.kd('!poolused')[1]).toBe(' Stay  paged          1        5  \\Driver\\Stays');
  windows.shutdown();
  expect(windows.violations).toEqual([
    { rule: '5 bytes of pool leaked', driver: '\\Driver\\Stays', object: "tag 'Stay'", call: 'shutdown' },
  ]);
});

it('the verifier: what a driver put off is done in its name, whoever runs then', async () => {
  const machine = await createMachine();
  const { windows } = machine;
  const seen: string[] = [];
  const events: KernelEvent[] = [];
  windows.loadDriver(
    rogue(
      onStart((device) => {
        const kernel = kernelOf(device);
        const say = (what: string) => () => void seen.push(`${what} ${kernel.driver?.DriverName}`);
        const event = new KernelEvent(kernel, 'notification');
        events.push(event);
        event.wait(say('thread'));
        kernel.setTimer(kernel.performanceCounter + 500n, say('timer'));
      }),
    ),
  );
  windows.boot();
  machine.advance(2);
  for (const event of events) event.set(); // by the user of the machine
  const { kernel } = windows;
  const rogueDriver = windows.pnp.drivers.get('Rogue') ?? null;
  const say = (what: string) => () => void seen.push(`${what} ${kernel.driver?.DriverName}`);
  kernel.raise(DISPATCH_LEVEL, () => kernel.as(rogueDriver, () => kernel.queueDpc(say('dpc'))));
  kernel.call(() => kernel.as(rogueDriver, () => kernel.ready(say('work'))));
  expect(seen).toEqual(['timer', 'thread', 'dpc', 'work'].map((what) => `${what} ${ROGUE}`));
});

it('the verifier: a client that is no driver, but the user of the machine, is called client of HDAudBus', async () => {
  const { windows } = await createMachine();
  windows.boot();
  const pdo = windows.controllerNode?.children[0]?.pdo as DeviceObject;
  const buffer: InterfaceBuffer = { interface: null };
  windows.pnp.send(pdo, 0x1b, 0x08, {
    QueryInterface: { InterfaceType: guid, Size: interfaceBytes(guid), Version: 0x0100, Interface: buffer },
  });
  const bus = buffer.interface as HDAUDIO_BUS_INTERFACE_V3;
  engineOf(bus);
  bus.InterfaceDereference(bus.Context);
  expect(windows.violations).toEqual([
    { rule: '1 DMA engines leaked', driver: 'client of HDAudBus', object: GROUP, call: 'InterfaceDereference' },
  ]);
});
