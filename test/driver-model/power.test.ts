// Power: packets in the right order, and sound that stops and comes back (hdaudio-ddi §5.4; hda-hardware §3.1, §5.11, §5.13).

import {
  type DriverPackage,
  IoCompleteRequest,
  IRP_MJ_POWER,
  IRP_MN_QUERY_POWER,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
} from 'azalia/driver-kit';
import { expect, it } from 'vitest';
import { builtInCodecs } from '../../src/codec/index.ts';
import { PARAM_POWER_STATES, PS_EPSS } from '../../src/hda/parameters.ts';
import * as V from '../../src/hda/verbs.ts';
import { AFG, booted, CONTROLLER, counting, D3HOT, GREEN, GROUP, HEADPHONE, PMCS, ramp, watch } from './sleeper.ts';
import { loggingFilter } from './support.ts';

it('S3: all are asked first; children before parents to sleep, parents first back; D3 follows S3 in each stack (§5.4)', async () => {
  const log: string[] = [];
  const { windows } = await booted({}, [watch(log, 'codec', GROUP), watch(log, 'controller', CONTROLLER)]);
  expect([windows.power.sleep(), windows.power.asleep]).toEqual([true, true]);
  const down = (name: string) => [
    `${name} SET_POWER S3`,
    `${name} SET_POWER S3 STATUS_SUCCESS`,
    `${name} SET_POWER D3`,
    `${name} SET_POWER D3 STATUS_SUCCESS`,
  ];
  const asked = ['codec', 'controller'].flatMap((name) => [
    `${name} QUERY_POWER S3`,
    `${name} QUERY_POWER S3 STATUS_SUCCESS`,
  ]);
  expect(log.splice(0)).toEqual([...asked, ...down('codec'), ...down('controller')]);
  windows.power.wake();
  const up = (name: string) => down(name).map((line) => line.replace('S3', 'S0').replace('D3', 'D0'));
  expect(log.splice(0)).toEqual([...up('controller'), ...up('codec')]);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('S3: the controller sleeps in D3hot and the pins are silent; awake, every stream goes on with its very next frame (§3.1)', async () => {
  const { machine, windows, render, listen } = await booted();
  const [first, second] = [render(GREEN), render(HEADPHONE)];
  first.start(ramp);
  machine.advance(333);
  second.start(ramp);
  const [green, headphone] = [listen(GREEN), listen(HEADPHONE)];
  machine.advance(700);
  for (let played = 1033; played < 20_000; ) {
    expect(windows.power.sleep()).toBe(true);
    expect(machine.pci.read(PMCS, 4)).toBe(D3HOT);
    expect(machine.controller.read(0, 4)).toBe(0xffffffff);
    expect(green(50)).toEqual(counting(0, 50).fill(0));
    windows.power.wake();
    expect([first.framesPlayed, second.framesPlayed]).toEqual([played, played - 333]);
    const frames = 1 + ((played * 7) % 1500); // every phase of the buffer
    expect(green(frames)).toEqual(counting(played + 1, frames));
    expect(headphone(10)).toEqual(counting(played + frames - 333 + 1, 10));
    played += frames + 10;
  }
  expect([first.underrunFrames, second.underrunFrames]).toEqual([0, 0]);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('S3 at 44.1 kHz, and on a bus of the first interface, where a timer is the notification (§1.2)', async () => {
  const { windows, render, listen } = await booted({ windows: 'winxp' });
  const stream = render(GREEN, 44100);
  stream.start(ramp);
  const green = listen(GREEN);
  const before = green(1000);
  windows.power.sleep();
  windows.power.wake();
  const after = green(3000);
  expect(before).toEqual(counting(1, before.length));
  const [start = 0] = after;
  expect(after).toEqual(counting(start, after.length));
  expect(start - before.length).toBeLessThanOrEqual(2); // a block that had left and was not yet converted is lost (§3.6)
  expect(stream.framesPlayed - before.length).toBeGreaterThanOrEqual(after.length);
});

it('a device alone goes to D3 and back: its pin falls silent, the group reads D3, the controller and its clock run on (§5.11)', async () => {
  const { machine, windows, group, render, listen, verb } = await booted();
  const stream = render(GREEN);
  stream.start(ramp);
  const green = listen(GREEN);
  green(600);
  expect(windows.power.setDevice(group(), 'D3')).toBe(STATUS_SUCCESS);
  expect(verb(AFG, V.VERB_GET_POWER_STATE) & 0xff).toBe((V.POWER_D3 << V.POWER_ACT_SHIFT) | V.POWER_D3);
  expect([green(100), machine.pci.read(PMCS, 4)]).toEqual([counting(0, 100).fill(0), 0]);
  expect(windows.power.setDevice(group(), 'D3')).toBe(STATUS_SUCCESS); // it is there already
  expect(windows.power.setDevice(group(), 'D0')).toBe(STATUS_SUCCESS);
  expect(green(2000)).toEqual(counting(601, 2000));
  expect(stream.framesPlayed).toBe(2600);
});

it('the controller goes to D3 after what hangs on it, and a device to D0 after what it hangs on (§5.4)', async () => {
  const log: string[] = [];
  const { machine, windows, group } = await booted({}, [
    watch(log, 'codec', GROUP),
    watch(log, 'controller', CONTROLLER),
  ]);
  const { controllerNode } = windows;
  if (!controllerNode) throw new Error('no controller');
  windows.power.setDevice(controllerNode, 'D3');
  expect(machine.pci.read(PMCS, 4)).toBe(D3HOT);
  windows.power.setDevice(group(), 'D0');
  expect(log.filter((line) => line.endsWith('SUCCESS'))).toEqual([
    'codec SET_POWER D3 STATUS_SUCCESS',
    'controller SET_POWER D3 STATUS_SUCCESS',
    'controller SET_POWER D0 STATUS_SUCCESS',
    'codec SET_POWER D0 STATUS_SUCCESS',
  ]);
  expect(machine.pci.read(PMCS, 4)).toBe(0);
});

const HALF = (V.AMP_SET_OUTPUT | V.AMP_SET_LEFT | V.AMP_SET_RIGHT) >>> 0;

it.each([true, false])(
  'settings after S3, EPSS %s: kept as they were, or those of the open streams again (§5.13)',
  async (epss) => {
    const desktop = builtInCodecs.desktop as NonNullable<typeof builtInCodecs.desktop>;
    const functionGroups = desktop.functionGroups.map((each) => ({
      ...each,
      powerStates: epss ? each.powerStates : (each.powerStates ?? 0) & ~PS_EPSS,
      widgets: each.widgets.map((widget) => ({
        ...widget,
        ...(widget.powerStates !== undefined && !epss && { powerStates: widget.powerStates & ~PS_EPSS }),
      })),
    }));
    const { windows, render, listen, verb } = await booted({ codecs: [{ ...desktop, functionGroups } as never] });
    expect((verb(AFG, V.VERB_GET_PARAMETER, PARAM_POWER_STATES) & PS_EPSS) !== 0).toBe(epss);
    const stream = render(GREEN);
    stream.start(ramp);
    const green = listen(GREEN);
    verb(GREEN, V.VERB_SET_AMP_GAIN_MUTE, HALF | V.AMP_MUTE); // somebody turned the pin off
    expect(new Set(green(400))).toEqual(new Set([0]));
    windows.power.sleep();
    windows.power.wake();
    expect(green(100)).toEqual(epss ? counting(0, 100).fill(0) : counting(401, 100));
  },
);

it('settings lost while the codec slept are those of the open streams again: PS-SettingsReset (§5.11)', async () => {
  const { windows, group, render, listen, verb } = await booted();
  const stream = render(GREEN);
  stream.start(ramp);
  const green = listen(GREEN);
  green(100);
  windows.power.setDevice(group(), 'D3');
  for (let n = 0; n < 2; n++) verb(AFG, V.VERB_FUNCTION_RESET);
  expect(verb(GREEN, V.VERB_GET_PIN_CONTROL) & V.PIN_OUT).toBe(0);
  windows.power.setDevice(group(), 'D0');
  expect(green(100)).toEqual(counting(101, 100));
});

it('a driver that refuses QUERY_POWER keeps the system awake: those that were asked are told S0, and nothing is heard of it', async () => {
  const log: string[] = [];
  const refusing = loggingFilter('Refusing', 'lower filter', CONTROLLER);
  const { DriverEntry } = refusing.package;
  const filter: DriverPackage = {
    ...refusing.package,
    DriverEntry: (driver, path) => {
      const status = DriverEntry(driver, path);
      const pass = driver.MajorFunction[IRP_MJ_POWER];
      driver.MajorFunction[IRP_MJ_POWER] = (device, irp) => {
        if (irp.stack[irp.current]?.MinorFunction !== IRP_MN_QUERY_POWER)
          return pass?.(device, irp) ?? STATUS_UNSUCCESSFUL;
        irp.IoStatus.Status = STATUS_UNSUCCESSFUL;
        IoCompleteRequest(irp);
        return STATUS_UNSUCCESSFUL;
      };
      return status;
    },
  };
  const { windows, render, listen } = await booted({}, [watch(log, 'codec', GROUP), filter]);
  const stream = render(GREEN);
  stream.start(ramp);
  const green = listen(GREEN);
  green(100);
  log.splice(0);
  expect([windows.power.sleep(), windows.power.asleep]).toEqual([false, false]);
  expect(log.filter((line) => !line.includes('STATUS'))).toEqual([
    'codec QUERY_POWER S3',
    'codec SET_POWER S0',
    'codec SET_POWER D0',
  ]);
  expect(green(1000)).toEqual(counting(101, 1000));
});
