// A third-party driver comes and goes on a running machine (hdaudio-ddi §5.2).

import {
  type DriverPackage,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
  type WDF_DEVICE_CALLBACKS,
  WdfDeviceCreate,
  WdfDriverCreate,
} from 'azalia/driver-kit';
import { createMachine, type Machine } from 'azalia/machine';
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
  const machine = await createMachine();
  const { windows } = machine;
  windows.boot();
  const inBox = stack();
  windows.loadDriver(row);
  /** Services of the function group's stack, top first. */
  function stack() {
    const pdo = windows.controllerNode?.children[0]?.pdo;
    return pdo ? deviceStack(pdo).map(({ DriverObject }) => DriverObject.service) : [];
  }
  return { machine, windows, stack, inBox };
}

const LINE_OUT = 0x14;

/** The class driver's device plays: what it puts into the buffer comes out at the pin, sample for sample. */
function expectSound(machine: Machine): void {
  const { windows, codecs } = machine;
  const { status, stream, reason } = windows.audio[0]?.openRender({ rateHz: 48000, bits: 16, channels: 2 }) ?? {};
  if (!stream) throw new Error(reason);
  const tap = codecs[0]?.listen(LINE_OUT);
  stream.start((into, firstFrame, frames) => {
    const samples = new Int16Array(into.buffer, into.byteOffset, 2 * frames);
    for (let n = 0; n < samples.length; n++) samples[n] = ((2 * firstFrame + n) % 5000) + 1;
  });
  machine.advance(2000);
  const side = (channel: number) =>
    Float32Array.from({ length: 2000 }, (_, n) => (((2 * n + channel) % 5000) + 1) / 32768);
  expect([status, tap?.read()]).toEqual([STATUS_SUCCESS, [side(0), side(1)]]);
  tap?.close();
  expect(stream.close()).toBe(STATUS_SUCCESS);
}

it('a function driver takes the class driver’s place; unloaded, the class driver is back and plays (§5.2)', async () => {
  const { machine, windows, stack, inBox } = await bootedWith(own('function'));
  expect([stack(), windows.audio.length]).toEqual([['Own', 'HDAudBus'], 0]);
  expect(windows.unloadDriver('Own')).toBe(true);
  expect([stack(), windows.audio.length]).toEqual([inBox, 1]);
  expectSound(machine);
  windows.shutdown();
  windows.boot();
  expect(stack()).toEqual(inBox); // and not at the next boot either
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it.each(['lower filter', 'upper filter'] as const)(
  'a %s goes in at its place and out again, and sound goes on (§5.2)',
  async (role) => {
    const { machine, windows, stack, inBox } = await bootedWith(own(role));
    expect(stack()).toEqual(role === 'upper filter' ? ['Own', ...inBox] : [...inBox.slice(0, -1), 'Own', 'HDAudBus']);
    expectSound(machine);
    expect(windows.unloadDriver('Own')).toBe(true);
    expect([stack(), windows.audio.length]).toEqual([inBox, 1]);
    expectSound(machine);
    windows.shutdown();
    expect(windows.violations).toEqual([]);
  },
);

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
