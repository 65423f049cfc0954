import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import {
  DO_DEVICE_INITIALIZING,
  IRP_MJ_DEVICE_CONTROL,
  IRP_MJ_NAMES,
  IRP_MJ_PNP,
  IRP_MJ_READ,
  IRP_MN_REMOVE_DEVICE,
  IRP_MN_START_DEVICE,
} from '../../src/ddi/irp.ts';
import {
  STATUS_CANCELLED,
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_MORE_PROCESSING_REQUIRED,
  STATUS_NOT_SUPPORTED,
  STATUS_PENDING,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
} from '../../src/ddi/ntstatus.ts';
import {
  type DeviceObject,
  DriverObject,
  deviceStack,
  IoAttachDeviceToDeviceStack,
  IoCreateDevice,
  IoDeleteDevice,
} from '../../src/driver-model/driver-object.ts';
import { completeCancelled, IoCallDriver, IoCancelIrp, IoCompleteRequest } from '../../src/driver-model/io-manager.ts';
import {
  IoCopyCurrentIrpStackLocationToNext,
  IoGetNextIrpStackLocation,
  IoMarkIrpPending,
  IoSetCompletionRoutine,
  Irp,
} from '../../src/driver-model/irp.ts';
import { Kernel } from '../../src/driver-model/kernel.ts';
import { complete } from '../../src/driver-model/pass-down.ts';
import { createDevice } from '../../src/machine/device.ts';
import { loggingFilter } from './support.ts';

const GROUP = ['HDAUDIO\\FUNC_01'];

async function stackOf(...names: string[]) {
  const kernel = new Kernel(await createDevice());
  const devices: DeviceObject[] = [];
  for (const name of names) {
    const driver = new DriverObject(kernel, name, () => STATUS_SUCCESS);
    const device = IoCreateDevice(driver, { lower: devices.at(-1) ?? null }, 0x22);
    const [bottom] = devices;
    if (bottom) IoAttachDeviceToDeviceStack(device, bottom);
    device.Flags &= ~DO_DEVICE_INITIALIZING;
    devices.push(device);
  }
  const send = (MajorFunction: number) => {
    const top = devices.at(-1) as DeviceObject;
    const irp = new Irp(kernel, top.StackSize);
    Object.assign(IoGetNextIrpStackLocation(irp), { MajorFunction });
    return { irp, status: IoCallDriver(top, irp) };
  };
  return { kernel, devices, send };
}

it('DDI-96: a major function that a driver leaves alone completes with STATUS_INVALID_DEVICE_REQUEST, Information 0', async () => {
  const { devices, send } = await stackOf('Quiet');
  expect(devices[0]?.DriverObject.MajorFunction).toHaveLength(28);
  expect(IRP_MJ_NAMES).toHaveLength(28);
  for (let major = 0; major <= IRP_MJ_PNP; major++) {
    const { irp, status } = send(major);
    expect([status, irp.IoStatus, irp.completed]).toEqual([
      STATUS_INVALID_DEVICE_REQUEST,
      { Status: STATUS_INVALID_DEVICE_REQUEST, Information: 0 },
      true,
    ]);
  }
});

it('DDI-97: a stack is built from the bottom: PDO, lower filter, FDO, upper filter; StackSize 1, 2, 3, 4', async () => {
  const machine = await createMachine();
  for (const [name, role] of [
    ['Above', 'upper filter'],
    ['Below', 'lower filter'],
  ] as const)
    machine.windows.loadDriver(loggingFilter(name, role, GROUP).package);
  machine.windows.boot();
  const stack = deviceStack(machine.windows.controllerNode?.children[0]?.pdo as DeviceObject).reverse();
  expect(stack.map(({ DriverObject, StackSize }) => [DriverObject.service, StackSize])).toEqual([
    ['HDAudBus', 1],
    ['Below', 2],
    ['HdAudAddService', 3],
    ['Above', 4],
  ]);
});

it('DDI-98: attaching to a PDO that has an upper device attaches above that, and returns it', async () => {
  const { devices, kernel } = await stackOf('Pdo', 'Fdo');
  const late = IoCreateDevice(new DriverObject(kernel, 'Late', () => STATUS_SUCCESS), null, 0x22);
  expect(IoAttachDeviceToDeviceStack(late, devices[0] as DeviceObject)).toBe(devices[1]);
  expect(late.StackSize).toBe(3);
});

it('DDI-99: START_DEVICE is worked off upward: PDO, FDO, upper filter', async () => {
  const machine = await createMachine();
  const order: string[] = [];
  const started = (name: string) => (minor: string, irp: Irp, lower: DeviceObject) => {
    if (minor !== 'START_DEVICE') return null;
    IoCopyCurrentIrpStackLocationToNext(irp);
    const done = () => {
      order.push(`${name} ${machine.windows.audio.length}`);
      return STATUS_SUCCESS;
    };
    IoSetCompletionRoutine(irp, done, null, true, true, true);
    return IoCallDriver(lower, irp);
  };
  for (const [name, role] of [
    ['above', 'upper filter'],
    ['below', 'lower filter'],
  ] as const)
    machine.windows.loadDriver(loggingFilter(name, role, GROUP, started(name)).package);
  machine.windows.boot();
  expect(order).toEqual(['below 0', 'above 1']); // between them the FDO made its audio device
});

it('DDI-100: STATUS_MORE_PROCESSING_REQUIRED stops the way up until the packet is completed again', async () => {
  const { devices, send, kernel } = await stackOf('Bottom', 'Middle', 'Top');
  const [bottom, middle, top] = devices as [DeviceObject, DeviceObject, DeviceObject];
  const calls: string[] = [];
  bottom.DriverObject.MajorFunction[IRP_MJ_READ] = (_device, irp) => complete(irp, STATUS_SUCCESS, 7);
  const forward = (lower: DeviceObject, name: string, result: number) => (_device: DeviceObject, irp: Irp) => {
    IoMarkIrpPending(irp);
    IoCopyCurrentIrpStackLocationToNext(irp);
    const routine = (device: DeviceObject | null) => {
      calls.push(`${name} ${device?.DriverObject.service}`);
      return result;
    };
    IoSetCompletionRoutine(irp, routine, null, true, true, true);
    IoCallDriver(lower, irp);
    return STATUS_PENDING;
  };
  middle.DriverObject.MajorFunction[IRP_MJ_READ] = forward(bottom, 'middle', STATUS_MORE_PROCESSING_REQUIRED);
  top.DriverObject.MajorFunction[IRP_MJ_READ] = forward(middle, 'top', STATUS_SUCCESS);
  const { irp, status } = send(IRP_MJ_READ);
  expect([calls, irp.completed, status]).toEqual([['middle Middle'], false, STATUS_PENDING]);
  IoCompleteRequest(irp);
  expect([calls, irp.completed, irp.IoStatus]).toEqual([
    ['middle Middle', 'top Top'],
    true,
    { Status: 0, Information: 7 },
  ]);
  expect(kernel.verifier.violations).toEqual([]);
});

it('completion routines run nearest first and only for what they asked: success, error, cancel (§5.4)', async () => {
  const { devices, send } = await stackOf('Bottom', 'Top');
  const [bottom, top] = devices as [DeviceObject, DeviceObject];
  const seen: string[] = [];
  for (const [onSuccess, onError, status, expected] of [
    [true, false, STATUS_SUCCESS, 1],
    [true, false, STATUS_UNSUCCESSFUL, 0],
    [false, true, STATUS_UNSUCCESSFUL, 1],
    [false, true, STATUS_SUCCESS, 0],
  ] as const) {
    bottom.DriverObject.MajorFunction[IRP_MJ_READ] = (_device, irp) => complete(irp, status);
    top.DriverObject.MajorFunction[IRP_MJ_READ] = (_device, irp) => {
      IoCopyCurrentIrpStackLocationToNext(irp);
      IoSetCompletionRoutine(
        irp,
        () => {
          seen.push('called');
          return STATUS_SUCCESS;
        },
        null,
        onSuccess,
        onError,
        false,
      );
      return IoCallDriver(bottom, irp);
    };
    seen.splice(0);
    expect(send(IRP_MJ_READ).irp.completed).toBe(true);
    expect(seen).toHaveLength(expected);
  }
});

it('a pending packet completes later, or is cancelled with STATUS_CANCELLED; completing it twice is reported (§5.4)', async () => {
  const { devices, send, kernel } = await stackOf('Slow');
  const slow = devices[0] as DeviceObject;
  slow.DriverObject.MajorFunction[IRP_MJ_READ] = (_device, irp) => {
    IoMarkIrpPending(irp);
    irp.CancelRoutine = completeCancelled;
    return STATUS_PENDING;
  };
  const first = send(IRP_MJ_READ);
  expect([first.status, first.irp.completed, kernel.irps.size]).toEqual([STATUS_PENDING, false, 1]);
  let back = 0;
  first.irp.whenCompleted(() => back++);
  complete(first.irp, STATUS_SUCCESS, 3);
  expect([back, first.irp.IoStatus.Information]).toEqual([1, 3]);
  const second = send(IRP_MJ_READ);
  expect(IoCancelIrp(second.irp)).toBe(true);
  expect([second.irp.IoStatus.Status, kernel.irps.size]).toEqual([STATUS_CANCELLED, 0]);
  expect(kernel.verifier.violations).toEqual([]);
  complete(second.irp, STATUS_SUCCESS);
  expect(kernel.verifier.violations).toMatchObject([{ rule: 'IRP completed twice', call: 'IoCompleteRequest' }]);
});

it('DDI-101: where the FDO fails START_DEVICE, REMOVE_DEVICE follows and the node has a problem', async () => {
  const machine = await createMachine();
  const failing = loggingFilter('Failing', 'function', GROUP, (minor, irp) =>
    minor === 'START_DEVICE' ? complete(irp, STATUS_INVALID_DEVICE_STATE) : null,
  );
  machine.windows.loadDriver({ ...failing.package, rank: 1 });
  machine.windows.boot();
  expect(failing.log).toEqual(['START_DEVICE', 'REMOVE_DEVICE', 'unload']);
  const node = machine.windows.controllerNode?.children[0];
  expect([node?.state, node?.problem, node?.service]).toEqual(['DeviceNodeRemoved', 10, 'Failing']);
  expect(machine.windows.violations).toEqual([]);
});

it('DDI-102: REMOVE_DEVICE to the PDO of a codec that is still there keeps the PDO', async () => {
  const machine = await createMachine();
  machine.windows.boot();
  const { pnp, controllerNode } = machine.windows;
  const pdo = controllerNode?.children[0]?.pdo as DeviceObject;
  expect(pnp.send(pdo, IRP_MJ_PNP, IRP_MN_REMOVE_DEVICE).IoStatus.Status).toBe(STATUS_SUCCESS);
  expect([pdo.deleted, deviceStack(pdo)]).toEqual([false, [pdo]]);
  expect(pnp.send(pdo, IRP_MJ_PNP, IRP_MN_START_DEVICE).IoStatus.Status).toBe(STATUS_SUCCESS);
});

it('DDI-106: a filter whose AddDevice or DriverEntry fails is left out of the stack', async () => {
  for (const fails of ['AddDevice', 'DriverEntry'] as const) {
    const machine = await createMachine();
    machine.windows.loadDriver({
      service: 'Bad',
      role: 'lower filter',
      ids: GROUP,
      DriverEntry: (driver) => {
        driver.AddDevice = () => STATUS_UNSUCCESSFUL;
        return fails === 'DriverEntry' ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
      },
    });
    machine.windows.boot();
    expect(machine.windows.audio).toHaveLength(1);
    const stack = deviceStack(machine.windows.controllerNode?.children[0]?.pdo as DeviceObject);
    expect(stack.map(({ DriverObject }) => DriverObject.service)).toEqual(['HdAudAddService', 'HDAudBus']);
  }
});

it('a function driver whose AddDevice fails gets no stack: problem 31 (§5.5)', async () => {
  const machine = await createMachine();
  machine.windows.loadDriver({
    service: 'Bad',
    role: 'function',
    ids: GROUP,
    rank: 1,
    DriverEntry: (driver) => {
      driver.AddDevice = () => STATUS_UNSUCCESSFUL;
      return STATUS_SUCCESS;
    },
  });
  machine.windows.boot();
  expect(machine.windows.controllerNode?.children[0]?.problem).toBe(31);
  expect(machine.windows.audio).toEqual([]);
});

it('minors that nobody knows go down unchanged and come back STATUS_NOT_SUPPORTED (§5.4)', async () => {
  const machine = await createMachine();
  const filter = loggingFilter('Watch', 'lower filter', GROUP);
  machine.windows.loadDriver(filter.package);
  machine.windows.boot();
  const pdo = machine.windows.controllerNode?.children[0]?.pdo as DeviceObject;
  expect(machine.windows.pnp.send(pdo, IRP_MJ_PNP, 0x1f).IoStatus.Status).toBe(STATUS_NOT_SUPPORTED);
  expect(filter.log.at(-1)).toBe('31');
  expect(machine.windows.pnp.send(pdo, IRP_MJ_DEVICE_CONTROL, 0).IoStatus.Status).toBe(STATUS_INVALID_DEVICE_REQUEST);
});

it('the verifier names a device deleted twice, or while attached (issue 6)', async () => {
  const { devices, kernel } = await stackOf('Bottom', 'Top');
  IoDeleteDevice(devices[1] as DeviceObject);
  IoDeleteDevice(devices[1] as DeviceObject);
  expect(kernel.verifier.violations.map(({ rule, driver }) => [rule, driver])).toEqual([
    ['device object deleted while attached', '\\Driver\\Top'],
    ['device object deleted twice', '\\Driver\\Top'],
  ]);
});

it('query-remove that a driver refuses is cancelled and nothing is removed; remove unloads the driver (§5.4)', async () => {
  const machine = await createMachine();
  let refuse = true;
  const filter = loggingFilter('Veto', 'upper filter', GROUP, (minor, irp) =>
    minor === 'QUERY_REMOVE_DEVICE' && refuse ? complete(irp, STATUS_UNSUCCESSFUL) : null,
  );
  machine.windows.loadDriver(filter.package);
  machine.windows.boot();
  const node = machine.windows.controllerNode;
  filter.log.splice(0);
  expect(node && machine.windows.pnp.remove(node)).toBe(false);
  expect(filter.log).toEqual(['QUERY_REMOVE_DEVICE', 'CANCEL_REMOVE_DEVICE']);
  expect(machine.windows.audio).toHaveLength(1);
  refuse = false;
  filter.log.splice(0);
  expect(node && machine.windows.pnp.remove(node)).toBe(true);
  expect(filter.log).toEqual(['QUERY_REMOVE_DEVICE', 'REMOVE_DEVICE', 'unload']);
  expect([machine.windows.audio.length, machine.windows.violations]).toEqual([0, []]);
});
