// What is asked of a machine that sleeps, and what happens to it meanwhile (hdaudio-ddi §5.4).

import {
  encodeCommandPacket,
  GUID_HDAUDIO_BUS_INTERFACE_V3,
  type HDAUDIO_BUS_INTERFACE_V3,
  type InterfaceBuffer,
  IOCTL_AZALIABUS_SENDVERBS,
  interfaceBytes,
  PauseState,
  ResetState,
  RunState,
  STATUS_DEVICE_NOT_READY,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_NO_SUCH_DEVICE,
  STATUS_SUCCESS,
} from 'azalia/driver-kit';
import { expect, it } from 'vitest';
import { queryInterface } from '../../src/driver-model/request.ts';
import * as V from '../../src/hda/verbs.ts';
import { AFG, booted, counting, GREEN, HEADPHONE, LINE_IN, PMCS, ramp, SPDIF } from './sleeper.ts';

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
