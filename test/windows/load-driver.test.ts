// A third-party driver comes and goes on a running machine (hdaudio-ddi §5.2).

import {
  type DriverPackage,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
  type WDF_DEVICE_CALLBACKS,
  WdfDeviceCreate,
  WdfDriverCreate,
} from 'azalia/driver-kit';
import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import { deviceStack } from '../../src/driver-model/driver-object.ts';

const own = (role: DriverPackage['role'], callbacks: WDF_DEVICE_CALLBACKS = {}): DriverPackage => ({
  service: 'Own',
  role,
  ids: ['HDAUDIO\\FUNC_01'],
  rank: 1,
  DriverEntry: (driver) =>
    WdfDriverCreate(driver, {
      EvtDriverDeviceAdd: (_driver, init) => {
        init.isFilter = role !== 'function';
        return WdfDeviceCreate(init, callbacks).status;
      },
    }),
});

async function bootedWith(row: DriverPackage) {
  const { windows } = await createMachine();
  windows.boot();
  const inBox = stack();
  windows.loadDriver(row);
  /** Services of the function group's stack, top first. */
  function stack() {
    const pdo = windows.controllerNode?.children[0]?.pdo;
    return pdo ? deviceStack(pdo).map(({ DriverObject }) => DriverObject.service) : [];
  }
  return { windows, stack, inBox };
}

it('a function driver takes the class driver’s place; unloaded, the class driver is back and plays (§5.2)', async () => {
  const { windows, stack, inBox } = await bootedWith(own('function'));
  expect([stack(), windows.audio.length]).toEqual([['Own', 'HDAudBus'], 0]);
  expect(windows.unloadDriver('Own')).toBe(true);
  expect([stack(), windows.audio.length]).toEqual([inBox, 1]);
  const { status, stream } = windows.audio[0]?.openRender({ rateHz: 48000, bits: 16, channels: 2 }) ?? {};
  expect([status, stream?.close()]).toEqual([STATUS_SUCCESS, STATUS_SUCCESS]);
  windows.shutdown();
  windows.boot();
  expect(stack()).toEqual(inBox); // and not at the next boot either
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it.each(['lower filter', 'upper filter'] as const)('a %s goes in at its place and out again (§5.2)', async (role) => {
  const { windows, stack, inBox } = await bootedWith(own(role));
  expect(stack()).toEqual(role === 'upper filter' ? ['Own', ...inBox] : [...inBox.slice(0, -1), 'Own', 'HDAudBus']);
  expect(windows.unloadDriver('Own')).toBe(true);
  expect([stack(), windows.audio.length]).toEqual([inBox, 1]);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('a driver that refuses its removal stays; a service that nobody loaded is not unloaded (§5.4)', async () => {
  const refuses = { EvtDeviceQueryRemove: () => STATUS_UNSUCCESSFUL };
  const { windows, stack } = await bootedWith(own('function', refuses));
  expect([windows.unloadDriver('Own'), windows.unloadDriver('HDAudBus')]).toEqual([false, false]);
  expect(stack()).toEqual(['Own', 'HDAudBus']);
});

it('the device of a driver that failed to start is given to the class driver when that driver goes (§5.2)', async () => {
  const fails = { EvtDeviceD0Entry: () => STATUS_UNSUCCESSFUL };
  const { windows, stack, inBox } = await bootedWith(own('function', fails));
  expect(windows.controllerNode?.children[0]?.problem).toBe(10);
  expect(windows.unloadDriver('Own')).toBe(true);
  expect([stack(), windows.controllerNode?.children[0]?.problem]).toEqual([inBox, 0]);
});
