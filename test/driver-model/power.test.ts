// Power: packets in the right order, and sound that stops and comes back (hdaudio-ddi §5.4; hda-hardware §3.1, §5.11, §5.13).

import {
  type DriverPackage,
  encodeCommandPacket,
  GUID_HDAUDIO_BUS_INTERFACE_V3,
  type HDAUDIO_BUS_INTERFACE_V3,
  type InterfaceBuffer,
  IOCTL_AZALIABUS_SENDVERBS,
  IoCompleteRequest,
  IRP_MJ_PNP,
  IRP_MJ_POWER,
  IRP_MN_QUERY_CAPABILITIES,
  IRP_MN_QUERY_POWER,
  IRP_MN_WAIT_WAKE,
  interfaceBytes,
  irpLog,
  NO_RESPONSE,
  PauseState,
  PowerDeviceD3,
  PowerSystemSleeping3,
  ResetState,
  RunState,
  STATUS_DEVICE_BUSY,
  STATUS_DEVICE_NOT_READY,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_NO_SUCH_DEVICE,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
} from 'azalia/driver-kit';
import { createMachine, type MachineOptions } from 'azalia/machine';
import { expect, it } from 'vitest';
import { builtInCodecs } from '../../src/codec/index.ts';
import { queryInterface, sendRequest } from '../../src/driver-model/request.ts';
import type { AudioDevice, RenderStream } from '../../src/drivers/audio-class/audio-device.ts';
import { PARAM_POWER_STATES, PS_EPSS } from '../../src/hda/parameters.ts';
import * as V from '../../src/hda/verbs.ts';
import { loggingFilter } from './support.ts';

const AFG = 0x01;
const GREEN = 0x14;
const HEADPHONE = 0x1b;
const SPDIF = 0x1d;
const LINE_IN = 0x1a;
const PMCS = 0x54;
const D3HOT = 3;
const GROUP = ['HDAUDIO\\FUNC_01'];
const CONTROLLER = ['PCI\\CC_0403'];

/** Both samples of frame n are n + 1, so that every frame that is heard names itself and 0 is silence. */
const ramp = (into: Uint8Array, firstFrame: number, frames: number): void => {
  const samples = new Int16Array(into.buffer, into.byteOffset, 2 * frames);
  for (let n = 0; n < frames; n++) samples.fill(((firstFrame + n) % 30_000) + 1, 2 * n, 2 * n + 2);
};
const counting = (from: number, frames: number) => Array.from({ length: frames }, (_, n) => from + n);

async function booted(options: MachineOptions = {}, drivers: readonly DriverPackage[] = []) {
  const machine = await createMachine({ outputRateHz: 'stream', ...options });
  const { windows } = machine;
  for (const driver of drivers) windows.loadDriver(driver);
  windows.boot();
  const audio = windows.audio[0] as AudioDevice;
  const group = () => windows.controllerNode?.children[0] as NonNullable<typeof windows.controllerNode>;
  const render = (pin: number, rateHz = 48000) =>
    audio.openRender({ rateHz, bits: 16, channels: 2, pin, bufferFrames: 512 }).stream as RenderStream;
  /** What comes out of the left side of a pin from now on. */
  const listen = (pin: number) => {
    const tap = machine.codecs[0]?.listen(pin);
    const read = () => Array.from(tap?.read()[0] ?? [], (sample) => Math.round(sample * 32768));
    return (frames: number) => {
      read();
      machine.advance(frames);
      return read();
    };
  };
  const verb = (nid: number, id: number, payload = 0) => {
    const buffer: InterfaceBuffer = { interface: null };
    const guid = GUID_HDAUDIO_BUS_INTERFACE_V3;
    queryInterface(group().pdo, guid, buffer, interfaceBytes(guid), 0x0100);
    const ddi = buffer.interface as HDAUDIO_BUS_INTERFACE_V3;
    const command = id < 16 ? V.command16(0, nid, id, payload) : V.command8(0, nid, id, payload);
    const transfer = { Output: command, Input: NO_RESPONSE };
    const status = ddi.TransferCodecVerbs(ddi.Context, 1, [transfer], null, null);
    ddi.InterfaceDereference(ddi.Context);
    return status === STATUS_SUCCESS ? transfer.Input.Response : -status;
  };
  return { machine, windows, audio, group, render, listen, verb };
}

/** A lower filter on these devices that writes its packets of one major, with a name before. */
function watch(log: string[], name: string, ids: readonly string[], only = 'IRP_MJ_POWER'): DriverPackage {
  const to = (line: string) => line.startsWith(only) && log.push(`${name} ${line.slice(only.length + 8)}`);
  return { service: `Watch ${name}`, role: 'lower filter', ids, DriverEntry: irpLog(to) };
}

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

it('while the system sleeps nothing opens, starts or answers: STATUS_DEVICE_NOT_READY; what is given back is taken', async () => {
  const { windows, audio, group, render, listen, verb } = await booted();
  const [stream, other] = [render(GREEN), render(HEADPHONE)];
  stream.start(ramp);
  windows.power.sleep();
  expect(audio.openRender({ rateHz: 48000, bits: 16, channels: 2 })).toMatchObject({
    status: STATUS_DEVICE_NOT_READY,
    reason: 'the device is asleep',
  });
  expect(audio.openCapture({ rateHz: 48000, bits: 16, channels: 2 }).status).toBe(STATUS_DEVICE_NOT_READY);
  expect(other.start(ramp)).toBe(STATUS_DEVICE_NOT_READY);
  expect(verb(AFG, V.VERB_GET_PARAMETER)).toBe(-STATUS_DEVICE_NOT_READY);
  expect(windows.power.setDevice(group(), 'D0')).toBe(STATUS_INVALID_DEVICE_STATE);
  const handle = windows.userMode.CreateFile(group().instancePath);
  const packet = encodeCommandPacket([V.command8(0, AFG, V.VERB_GET_POWER_STATE, 0)]);
  const { ok, lastError } = windows.userMode.DeviceIoControl(handle, IOCTL_AZALIABUS_SENDVERBS, packet, 12);
  expect([ok, lastError]).toEqual([false, 21]); // ERROR_NOT_READY
  windows.userMode.CloseHandle(handle);
  expect(windows.kd('!hdaudio').slice(0, 1)).toEqual(['HD Audio controller: in D3, codec mask 0001, 1 clients']);
  expect([stream.close(), other.stop()]).toEqual([STATUS_SUCCESS, STATUS_SUCCESS]);
  windows.power.wake();
  const green = listen(GREEN);
  const third = render(SPDIF); // a converter of its own, with the stream id of the first
  third.start((into) => into.fill(0x11));
  expect(green(100)).toEqual(counting(0, 100).fill(0)); // the converter of the stream that was closed is idle
  const again = render(GREEN);
  again.start(ramp);
  expect(green(100)).toEqual(counting(1, 100));
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('a recording goes on over S3 without a gap in its frames, with what the pin was fed (§2.12)', async () => {
  const { machine, windows, audio } = await booted();
  const { stream } = audio.openCapture({ rateHz: 48000, bits: 16, channels: 2, pin: LINE_IN, bufferFrames: 512 });
  if (!stream) throw new Error('no stream');
  machine.codecs[0]?.feed(
    LINE_IN,
    [0, 1].map(() => Float32Array.from({ length: 3000 }, (_, n) => (n + 1) / 32768)),
  );
  const heard: number[] = [];
  stream.start((from, firstFrame, frames) => {
    expect(firstFrame).toBe(heard.length);
    const samples = new Int16Array(from.buffer, from.byteOffset, 2 * frames);
    for (let n = 0; n < frames; n++) heard.push(samples[2 * n] as number);
  });
  machine.advance(777);
  windows.power.sleep();
  expect(heard).toEqual(counting(1, 777)); // what was there is handed out first
  windows.power.wake();
  machine.advance(1500);
  stream.stop();
  expect([heard.length, stream.framesCaptured, stream.overrunFrames]).toEqual([2277, 2277, 0]);
  const gap = (heard[777] as number) - 778; // link frames of the way back, in which nobody recorded
  expect(gap).toBeGreaterThan(0);
  expect(heard.slice(777)).toEqual([...counting(778 + gap, 1500)].map((sample) => (sample <= 3000 ? sample : 0)));
});

/** A client of the DDI, no driver, with an engine that runs over a buffer of 4096 bytes. */
async function runningClient() {
  const { machine, windows, group } = await booted();
  const buffer: InterfaceBuffer = { interface: null };
  const guid = GUID_HDAUDIO_BUS_INTERFACE_V3;
  queryInterface(group().pdo, guid, buffer, interfaceBytes(guid), 0x0100);
  const ddi = buffer.interface as HDAUDIO_BUS_INTERFACE_V3;
  const format = { SampleRate: 48000, ValidBitsPerSample: 16, ContainerSize: 16, NumberOfChannels: 2 };
  const handle = ddi.AllocateRenderDmaEngine(ddi.Context, format, false).handle as number;
  ddi.AllocateDmaBuffer(ddi.Context, handle, 4096);
  const set = (state: 0 | 1 | 2) => ddi.SetDmaEngineState(ddi.Context, state, 1, [handle]);
  set(PauseState);
  set(RunState);
  const { position } = ddi.GetLinkPositionRegister(ddi.Context, handle);
  /** Pause, Reset, and both frees: their statuses; then the interface. */
  const giveBack = () => {
    const statuses = [
      set(PauseState),
      set(ResetState),
      ddi.FreeDmaBuffer(ddi.Context, handle),
      ddi.FreeDmaEngine(ddi.Context, handle),
    ];
    ddi.InterfaceDereference(ddi.Context);
    return statuses;
  };
  machine.advance(100);
  expect(position?.value).toBe(400);
  return { machine, windows, ddi, set, position, giveBack };
}

it.each(['S3', 'a rebalance'])(
  'a client that knows nothing of %s finds its engine running again, from the start of its buffer (inferred)',
  async (what) => {
    const { machine, windows, set, position, giveBack } = await runningClient();
    if (what === 'S3') {
      windows.power.sleep();
      expect([position?.value, set(RunState)]).toEqual([0xffffffff, STATUS_DEVICE_NOT_READY]);
      windows.power.wake();
    } else if (windows.controllerNode) expect(windows.pnp.rebalance(windows.controllerNode)).toBe(true);
    const start = position?.value ?? 0;
    machine.advance(100);
    expect([start < 400, position?.value]).toEqual([true, start + 400]);
    expect(giveBack()).toEqual([STATUS_SUCCESS, STATUS_SUCCESS, STATUS_SUCCESS, STATUS_SUCCESS]);
    windows.shutdown();
    expect(windows.violations).toEqual([]);
  },
);

it('a client that outlives the controller’s driver reaches nothing of the next one’s, and gives back what it has (C12)', async () => {
  const { machine, windows, ddi, set, position, giveBack } = await runningClient();
  const { controllerNode } = windows;
  if (controllerNode) expect(windows.pnp.remove(controllerNode)).toBe(true);
  if (controllerNode) windows.pnp.start(controllerNode);
  const accesses: string[] = [];
  machine.record(({ kind }) => accesses.push(kind));
  expect([position?.value, set(RunState), ddi.GetDeviceInformation(ddi.Context, 10).status]).toEqual([
    0xffffffff,
    STATUS_NO_SUCH_DEVICE,
    STATUS_NO_SUCH_DEVICE,
  ]);
  expect(giveBack()).toEqual([STATUS_SUCCESS, STATUS_SUCCESS, STATUS_SUCCESS, STATUS_SUCCESS]);
  expect(accesses).toEqual([]);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('what happens to a machine that sleeps: unplugged, plugged, restarted, shut down and booted, it plays', async () => {
  const { machine, windows, listen } = await booted();
  for (const event of [
    () => windows.unplugController(),
    () => windows.controllerNode && windows.pnp.rebalance(windows.controllerNode),
    () => windows.controllerNode && windows.pnp.remove(windows.controllerNode),
    () => {
      windows.shutdown();
      expect(machine.pci.read(PMCS, 4)).toBe(0); // as it was found
    },
  ]) {
    const stream = windows.audio[0]?.openRender({ rateHz: 48000, bits: 16, channels: 2, pin: GREEN }).stream;
    stream?.start(ramp);
    windows.power.sleep();
    event();
    windows.shutdown();
    expect(windows.violations).toEqual([]);
    windows.boot();
  }
  expect(machine.pci.read(PMCS, 4)).toBe(0);
  const stream = windows.audio[0]?.openRender({ rateHz: 48000, bits: 16, channels: 2, pin: GREEN }).stream;
  const green = listen(GREEN);
  stream?.start(ramp);
  expect(green(100)).toEqual(counting(1, 100));
});
