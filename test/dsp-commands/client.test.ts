import { describe, expect, it } from 'vitest';
import { connect } from '../../bench/resampling.ts';
import {
  ALLOCATIONLIST_WRITE_OPERATION,
  DEVICE_ACTIVE,
  STATUS_INVALID_USER_BUFFER,
  STATUS_PRIVILEGED_INSTRUCTION,
} from '../../src/ddi/dxgk.ts';
import { STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import { commands } from '../../src/dsp/commands.ts';
import { Base } from './support/adapter.ts';
import { float, pcm } from './support/sounds.ts';
import { copy, fill, ref, stream } from './support/stream.ts';

it('the worked example: two minutes of sweep → biquad → gain → meter, into a stream’s buffer piece by piece', () => {
  const rateHz = 8000;
  const [seconds, pieceFrames] = [120, 8000];
  const { engine, device, context, allocate } = connect();
  const format = float(2, rateHz);
  const [work, filter, state, levels] = [allocate(pieceFrames * 8), allocate(40), allocate(64), allocate(24)];
  // The stream's cyclic buffer is the class driver's memory: it hands it to its own connection as a fixed allocation.
  const [address, bytes] = [engine.ram.length - 8192, 4096 + 4096];
  const cyclic = device.adapter.allocations.createFixed(device.handle, address, bytes);
  expect(cyclic.status).toBe(STATUS_SUCCESS);
  const ring = { handle: cyclic.hAllocation, bytes: 1000 * 4 };
  // A one-pole low-pass at 200 Hz.
  const a1 = -Math.exp((-2 * Math.PI * 200) / rateHz);
  filter.write(new Uint8Array(Float64Array.of(1 + a1, 0, 0, a1, 0).buffer));

  const peaks: number[] = [];
  for (let first = 0; first < seconds * rateHz; first += pieceFrames) {
    const list = commands
      .sweep({
        into: work,
        format,
        fromHz: 20,
        toHz: 3900,
        frames: seconds * rateHz,
        amplitude: 0.9,
        firstFrame: first,
      })
      .biquad({
        from: work,
        into: work,
        format,
        coefficients: { buffer: filter, bytes: 40 },
        state: { buffer: state, bytes: 32 },
      })
      .gain({ from: work, into: work, format, start: 0.5 })
      .meter({ from: work, into: levels, format })
      .convert({
        from: work,
        fromFormat: format,
        into: ring,
        intoFormat: pcm(16, 2, rateHz),
        frames: 1000,
        ditherSeed: 1,
      });
    expect(context.submit(list).status).toBe(STATUS_SUCCESS);
    const [peak = 0] = new Float32Array(levels.read(0, 4).slice().buffer);
    peaks.push(peak);
  }
  const gainAt = (hz: number) =>
    (0.45 * (1 + a1)) /
    Math.hypot(1 + a1 * Math.cos((2 * Math.PI * hz) / rateHz), a1 * Math.sin((2 * Math.PI * hz) / rateHz));
  for (const second of [10, 40, 80, 110]) {
    const [low, high] = [second, second + 1].map((at) => gainAt(20 * (3900 / 20) ** (at / seconds)));
    expect(peaks[second]).toBeLessThan((low ?? 0) * 1.02);
    expect(peaks[second]).toBeGreaterThan((high ?? 0) * 0.97);
  }
  const heard = new Int16Array(engine.ram.slice(address, address + 4000).buffer);
  expect(heard.some((sample) => Math.abs(sample) > 100)).toBe(true);
  expect(device.adapter.deviceState(device.handle)).toBe(DEVICE_ACTIVE);
});

describe('a context of the client', () => {
  it('takes lists longer than its first command buffer and allocation list', async () => {
    const { device, context, allocate } = connect();
    const buffers = Array.from({ length: 100 }, () => allocate(4096));
    let list = commands;
    for (const [n, into] of buffers.entries()) list = list.fill({ into, pattern: n }).nop();
    const { status, submission } = context.submit(list);
    expect(status).toBe(STATUS_SUCCESS);
    device.adapter.runToIdle();
    expect(await context.finished(submission)).toBe(STATUS_SUCCESS);
    expect(buffers.map((buffer) => buffer.read(0, 1)[0])).toEqual(buffers.map((_, n) => n));
  });

  it('refuses a list that no command buffer holds', () => {
    const { context, allocate } = connect();
    const into = allocate(4096);
    let list = commands;
    for (let n = 0; n < 33_000; n++) list = list.fill({ into, pattern: n });
    expect(context.submit(list)).toEqual({ status: STATUS_INVALID_USER_BUFFER, submission: 0 });
    expect(context.submit(commands.fill({ into, pattern: 1 })).status).toBe(STATUS_SUCCESS);
  });

  it('says when there is work', () => {
    let calls = 0;
    const { context, allocate } = connect({ onWork: () => calls++ });
    context.submit(commands.fill({ into: allocate(4096), pattern: 1 }));
    expect(calls).toBe(1);
  });
});

it('a list is never changed: what it was is still there to go on from', () => {
  const into = { handle: 1, bytes: 64 };
  const one = commands.fill({ into, pattern: 1 });
  const [a, b] = [one.mark(1), one.mark(2)];
  expect([commands.length, one.length, a.length]).toEqual([0, 1, 2]);
  expect(one.build().stream.length).toBe(64);
  expect(a.build().stream).not.toEqual(b.build().stream);
});

describe('RenderKm', () => {
  it('runs the kernel’s own commands', () => {
    const base = new Base();
    const list = new Uint8Array(Uint32Array.of(0, 0, base.A1, ALLOCATIONLIST_WRITE_OPERATION).buffer);
    expect(base.adapter.renderKm(base.C, stream([fill(ref(1, 0, 4), 0x12345678)]), list).status).toBe(STATUS_SUCCESS);
    base.adapter.runToIdle();
    expect([...base.read(base.A1).subarray(0, 4)]).toEqual([0x78, 0x56, 0x34, 0x12]);
  });

  it.each([
    ['an illegal opcode', stream([[0x7fff, 8]])],
    ['a privileged one', stream([[0x8001, 8]])],
    ['another version', stream([], { interfaceId: 1 })],
    ['a range beyond the allocation', stream([fill(ref(1, 65532, 8), 0)])],
  ])('%s is a wrong parameter: the app’s statuses are not the kernel’s (§2.3)', (_, bytes) => {
    const base = new Base();
    const list = new Uint8Array(Uint32Array.of(0, 0, base.A1, ALLOCATIONLIST_WRITE_OPERATION).buffer);
    expect(base.adapter.renderKm(base.C, bytes, list).status).toBe(STATUS_INVALID_PARAMETER);
    expect(base.isUntouched()).toBe(true);
  });
});

it('reading and writing stop at the allocation’s edges and at what is read-only', () => {
  const base = new Base();
  const { allocations } = base.adapter;
  expect(allocations.read(base.D, base.A1, 65_536, 1).status).toBe(STATUS_INVALID_PARAMETER);
  expect(allocations.write(base.D, base.A1, 65_535, new Uint8Array(2))).toBe(STATUS_INVALID_PARAMETER);
  expect(allocations.write(base.D, base.A1, -1, new Uint8Array(2))).toBe(STATUS_INVALID_PARAMETER);
  const E = base.adapter.createDevice().hDevice;
  const { hShared } = allocations.create({ hDevice: E, bytes: 4096, shared: true });
  const opened = allocations.open(base.D, hShared, true).hAllocation;
  expect(allocations.write(base.D, opened, 0, new Uint8Array(4))).toBe(STATUS_INVALID_PARAMETER);
  expect(allocations.lock(base.D, opened).status).toBe(STATUS_INVALID_PARAMETER); // not its maker (§1.3)
  expect(allocations.read(E, base.A1, 0, 4).status).toBe(STATUS_INVALID_PARAMETER);
  const writes = stream([copy(ref(2, 0, 4), ref(1, 0, 4, 1))]);
  const list = Uint32Array.of(0, 0, base.A1, 1, opened, 0);
  expect(base.render(writes, { list }).status).toBe(STATUS_PRIVILEGED_INSTRUCTION);
});
