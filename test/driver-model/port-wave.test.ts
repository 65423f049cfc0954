// A port and a miniport: a general and a specific half beside the framework's (hdaudio-ddi §5.1, §5.5).

import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import {
  STATUS_DEVICE_NOT_READY,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../../src/ddi/ntstatus.ts';
import { hdaWave } from '../../src/drivers/port-wave/hda-miniport.ts';
import { PortStream } from '../../src/drivers/port-wave/port-stream.ts';
import type { PortWaveRT } from '../../src/drivers/port-wave/port-wave-rt.ts';
import { type IMiniportWaveRTStream, KSSTATE } from '../../src/drivers/port-wave/wave-rt.ts';
import { measureTone } from '../../src/dsp/measure.ts';
import { createTone, signalSource } from '../support/signals.ts';

const GREEN = 0x14;
const STEREO = { rateHz: 48000, channels: 2, bits: 16 } as const;

async function booted() {
  const machine = await createMachine({ outputRateHz: 'stream' });
  const { windows } = machine;
  let port: PortWaveRT | null = null;
  const DriverEntry = hdaWave((subdevice) => {
    port = subdevice;
  });
  windows.loadDriver({ service: 'HdaWave', role: 'function', ids: ['HDAUDIO\\FUNC_01'], rank: 1, DriverEntry });
  windows.boot();
  const portNow = () => port as PortWaveRT | null;
  const open = (pin = GREEN, format: Parameters<PortWaveRT['newStream']>[1] = STEREO) =>
    portNow()?.newStream(pin, format, 512) ?? { status: -1, stream: null };
  const tap = machine.codecs[0]?.listen(GREEN);
  const hear = (frames: number) => {
    tap?.read();
    machine.advance(frames);
    return tap?.read()[0] ?? new Float32Array(0);
  };
  return { machine, windows, portNow, open, hear };
}

const ramp = (into: Uint8Array, firstFrame: number, frames: number): void => {
  const samples = new Int16Array(into.buffer, into.byteOffset, 2 * frames);
  for (let n = 0; n < frames; n++) samples.fill(((firstFrame + n) % 30_000) + 1, 2 * n, 2 * n + 2);
};
const frames = (samples: Float32Array) => Array.from(samples, (sample) => Math.round(sample * 32768));
const counting = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);

it('a tone through port and miniport is at the pin: 1 kHz at −6 dBFS', async () => {
  const { windows, open, hear } = await booted();
  const { status, stream } = open();
  expect(status).toBe(STATUS_SUCCESS);
  const tone = { wave: 'sine', frequencyHz: 1000, rateHz: 48_000, levelDbfs: -6, frames: 48_000 } as const;
  const source = signalSource({ signal: createTone(tone), format: STEREO, frames: 48_000 });
  expect(stream?.play(source)).toBe(STATUS_SUCCESS);
  const measured = measureTone(hear(48_000), 48_000);
  expect(measured?.frequencyHz).toBeCloseTo(1000, 3);
  expect(measured?.levelDbfs).toBeCloseTo(-6, 2);
  expect(stream?.framesPlayed).toBe(48_000);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('the port takes a miniport through the states one at a time, up and down, and its buffer back in STOP (portcls.h, KSSTATE)', async () => {
  const { windows } = await booted();
  const { kernel } = windows;
  const mdl = kernel.memory.allocateMdl(2048);
  if (!mdl) throw new Error('no memory');
  const calls: string[] = [];
  const names = Object.keys(KSSTATE);
  const miniport: IMiniportWaveRTStream = {
    AllocateBufferWithNotification: () => ({ status: STATUS_SUCCESS, AudioBufferMdl: mdl }),
    FreeBufferWithNotification: () => calls.push('FreeBufferWithNotification'),
    RegisterNotificationEvent: () => STATUS_SUCCESS,
    UnregisterNotificationEvent: () => STATUS_SUCCESS,
    GetPosition: () => 0,
    SetState: (state) => {
      calls.push(names[state] ?? '');
      return STATUS_SUCCESS;
    },
    Release: () => calls.push('Release'),
  };
  const stream = new PortStream(kernel, miniport, mdl, 4, { isAwake: true, closed: () => calls.push('closed') });
  const asked: [number, number][] = [];
  stream.play((_into, first, count) => asked.push([first, count]));
  expect(asked).toEqual([
    [0, 256],
    [256, 256],
  ]);
  expect(stream.play(() => {})).toBe(STATUS_INVALID_DEVICE_REQUEST);
  stream.stop();
  stream.stop();
  stream.play(() => {});
  stream.close();
  stream.close();
  expect(stream.play(() => {})).toBe(STATUS_INVALID_DEVICE_REQUEST);
  const up = ['ACQUIRE', 'PAUSE', 'RUN'];
  const down = ['PAUSE', 'ACQUIRE', 'STOP'];
  expect(calls).toEqual([...up, ...down, ...up, ...down, 'FreeBufferWithNotification', 'Release', 'closed']);
  mdl.free();
});

it('what is played comes out frame by frame, over S3, over a codec that lost its settings, and from frame 0 again after stop', async () => {
  const { windows, portNow, open, hear } = await booted();
  const { stream } = open();
  const [idle, other] = [open(0x15).stream, open(0x16).stream];
  stream?.play(ramp);
  other?.play(ramp);
  expect(frames(hear(1234))).toEqual(counting(1, 1234));
  windows.power.sleep();
  expect(portNow()?.newStream(GREEN, STEREO, 512)).toEqual({ status: STATUS_DEVICE_NOT_READY, stream: null });
  expect(stream?.state).toBe(KSSTATE.STOP);
  expect(idle?.play(ramp)).toBe(STATUS_DEVICE_NOT_READY);
  other?.stop();
  expect(new Set(hear(100))).toEqual(new Set([0]));
  windows.power.wake();
  expect(stream?.framesPlayed).toBe(1234);
  expect(frames(hear(2000))).toEqual(counting(1235, 2000));
  expect([other?.state, other?.framesPlayed]).toEqual([KSSTATE.STOP, 1234]); // stopped while it slept
  expect([stream?.stop(), stream?.framesPlayed]).toEqual([STATUS_SUCCESS, 3234]);
  expect(new Set(hear(100))).toEqual(new Set([0]));
  const group = windows.controllerNode?.children[0];
  if (group) windows.power.setDevice(group, 'D3'); // the controller runs on
  expect(stream?.play(ramp)).toBe(STATUS_DEVICE_NOT_READY);
  if (group) windows.power.setDevice(group, 'D0');
  stream?.play(ramp);
  expect(frames(hear(700))).toEqual(counting(1, 700));
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('refusals are the miniport’s: no such pin, no such format, no engine left; a closed stream’s is free again', async () => {
  const { windows, open } = await booted();
  expect(open(0x02).status).toBe(STATUS_INVALID_PARAMETER);
  expect(open(GREEN, { ...STEREO, rateHz: 44_000 }).status).toBe(STATUS_INVALID_PARAMETER);
  const alone = open();
  expect(open().status).toBe(STATUS_INSUFFICIENT_RESOURCES); // the pin has a stream
  alone.stream?.close();
  const pins = [0x14, 0x15, 0x16, 0x17, 0x1b, 0x1c, 0x1d];
  const results = pins.map((pin) => open(pin));
  const opened = results.flatMap(({ stream }) => stream ?? []);
  expect(opened).toHaveLength(4); // engines of the controller
  expect(results.at(-1)?.status).toBe(STATUS_INSUFFICIENT_RESOURCES);
  opened[0]?.close();
  expect(open(0x1d).status).toBe(STATUS_SUCCESS);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('pulled out while it plays, the port is gone and its stream keeps its place; a rebalance brings a new one', async () => {
  const { windows, portNow, open, hear } = await booted();
  const { stream } = open();
  stream?.play(ramp);
  hear(600);
  expect(stream?.framesPlayed).toBe(600);
  windows.unplugController();
  expect([portNow(), stream?.state, stream?.framesPlayed]).toEqual([null, KSSTATE.STOP, 600]);
  windows.plugController();
  const again = open().stream;
  again?.play(ramp);
  expect(windows.controllerNode && windows.pnp.rebalance(windows.controllerNode)).toBe(true);
  open().stream?.play(ramp);
  expect(frames(hear(300))).toEqual(counting(1, 300));
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});

it('!drvobj shows the pair: the table is the port’s, the driver the adapter’s (§5.7)', async () => {
  const { windows } = await booted();
  const table = windows.kd('!drvobj HdaWave 2');
  expect(table.find((line) => line.startsWith('[1b]'))).toMatch(
    /^\[1b\] IRP_MJ_PNP +[0-9a-f]{8} portcls!PcDispatchPnp$/,
  );
  expect(table.find((line) => line.startsWith('[16]'))).toMatch(/portcls!PcDispatchPower$/);
  expect(table.find((line) => line.startsWith('DriverEntry'))).toMatch(/HdaWave!DriverEntry$/);
});
