// Waking: a jack that is plugged, and the packet that waits for it (hdaudio-ddi §5.4; hda-hardware §5.11).

import {
  IRP_MJ_PNP,
  IRP_MJ_POWER,
  IRP_MN_QUERY_CAPABILITIES,
  IRP_MN_WAIT_WAKE,
  PowerDeviceD3,
  PowerSystemSleeping3,
  STATUS_DEVICE_BUSY,
  STATUS_NOT_SUPPORTED,
} from 'azalia/driver-kit';
import { expect, it } from 'vitest';
import { sendRequest } from '../../src/driver-model/request.ts';
import * as V from '../../src/hda/verbs.ts';
import { booted, counting, GREEN, GROUP, HEADPHONE, ramp, watch } from './sleeper.ts';

it('a jack wakes the system if the device is enabled for it: the wait-wake completes, the streams go on (§5.4, Wake)', async () => {
  const log: string[] = [];
  const { machine, windows, audio, render, listen } = await booted({}, [watch(log, 'codec', GROUP)]);
  const stream = render(GREEN);
  stream.start(ramp);
  const green = listen(GREEN);
  green(100);
  windows.power.sleep();
  machine.codecs[0]?.plug(HEADPHONE, true);
  expect(windows.power.asleep).toBe(true); // nobody enabled it
  windows.power.wake();
  green(100);
  audio.wakesOnJack = true;
  windows.power.sleep();
  expect(windows.kd('!irp')[0]).toBe('1 packets under way');
  expect(green(100)).toEqual(counting(0, 100).fill(0));
  log.splice(0);
  machine.codecs[0]?.plug(HEADPHONE, false);
  expect([windows.power.asleep, windows.kd('!irp')[0]]).toEqual([false, '0 packets under way']);
  expect(log[0]).toBe('codec WAIT_WAKE STATUS_SUCCESS');
  expect(green(100)).toEqual(counting(201, 100));
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('a jack wakes a device that sleeps alone; without the wish it sleeps on (§5.4, Wake; §5.11 EPSS)', async () => {
  const { machine, windows, audio, group, render, listen, verb } = await booted();
  const stream = render(GREEN);
  stream.start(ramp);
  const green = listen(GREEN);
  for (const wakes of [true, false]) {
    audio.wakesOnJack = wakes;
    windows.power.setDevice(group(), 'D3');
    machine.codecs[0]?.plug(HEADPHONE, wakes);
    machine.advance(10);
    expect(audio.asleep).toBe(!wakes);
  }
  const played = stream.framesPlayed;
  windows.power.setDevice(group(), 'D0');
  expect(green(10)).toEqual(counting(played + 1, 10));
  expect(verb(HEADPHONE, V.VERB_GET_UNSOLICITED) & V.UNSOLICITED_ENABLE).toBe(0); // as before it was armed
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('of two codecs that sleep the one whose jack is plugged wakes (§5.4, Wake)', async () => {
  const { machine, windows } = await booted({ codecs: ['desktop', 'desktop'] });
  for (const [n, audio] of windows.audio.entries()) {
    audio.wakesOnJack = true;
    const node = windows.controllerNode?.children[n];
    if (node) windows.power.setDevice(node, 'D3');
  }
  machine.codecs[1]?.plug(HEADPHONE, true);
  machine.advance(10);
  expect(windows.audio.map(({ codecAddress, asleep }) => [codecAddress, asleep])).toEqual([
    [0, true],
    [1, false],
  ]);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('wait-wake: one a device, none where the bus cannot wake, cancelled with the device’s return to D0', async () => {
  const { windows, group, audio } = await booted();
  const capabilities = (pdo = group().pdo) =>
    sendRequest(pdo, IRP_MJ_PNP, IRP_MN_QUERY_CAPABILITIES).IoStatus.Information;
  expect(capabilities()).toMatchObject({ SystemWake: PowerSystemSleeping3, DeviceWake: PowerDeviceD3 });
  expect(capabilities(windows.controllerNode?.pdo)).toMatchObject({ SystemWake: 0, DeviceWake: 0 });
  const wait = (pdo = group().pdo) => sendRequest(pdo, IRP_MJ_POWER, IRP_MN_WAIT_WAKE).IoStatus.Status;
  expect(wait(windows.controllerNode?.pdo)).toBe(STATUS_NOT_SUPPORTED);
  audio.wakesOnJack = true;
  windows.power.setDevice(group(), 'D3');
  expect([wait(), windows.kd('!irp')[0]]).toEqual([STATUS_DEVICE_BUSY, '1 packets under way']);
  windows.power.setDevice(group(), 'D0');
  expect(windows.kd('!irp')[0]).toBe('0 packets under way');
  windows.power.setDevice(group(), 'D3');
  windows.shutdown(); // removal cancels it too
  expect(windows.violations).toEqual([]);
});
