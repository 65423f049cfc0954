import { expect, it } from 'vitest';
import {
  DEVICE_ACTIVE,
  DEVICE_ERROR_DMAFAULT,
  DEVICE_ERROR_DMAPAGEFAULT,
  DEVICE_HUNG,
  DEVICE_RESET,
  type DXGKARG_RESETENGINE,
  STATUS_DEVICE_REMOVED,
  STATUS_GRAPHICS_GPU_EXCEPTION_ON_DEVICE,
  STATUS_INVALID_USER_BUFFER,
} from '../../src/ddi/dxgk.ts';
import { type NTSTATUS, STATUS_SUCCESS, STATUS_UNSUCCESSFUL } from '../../src/ddi/ntstatus.ts';
import {
  STOP_ABORTED_FENCE,
  STOP_RECOVERY_FAILED,
  STOP_SCHEDULER,
  STOP_TOO_MANY_HANGS,
} from '../../src/dsp/kernel/stop.ts';
import { TDR_DELAY_MS } from '../../src/dsp/kernel/watchdog.ts';
import type { Node } from '../../src/dsp/miniport/node.ts';
import { FILL_DST, PACKET_BYTES } from '../../src/hda/dsp-packets.ts';
import { Base, type BaseOptions, SpyMiniport } from './support/adapter.ts';
import { createTestEngine } from './support/engine.ts';
import { copy, F32_MONO, fill, gain, ref, stream } from './support/stream.ts';

const fillAt = (n: number) => stream([fill(ref(1, n * 4, 4), n + 1)]);
const engineSubmits = (base: Base) => base.miniport.submits.filter(({ node }) => node === 0);

it('DX-R1 preempted with three queued and one done: two are replayed with new fences', () => {
  const base = new Base();
  const halve = stream([gain(ref(1, 0, 64), ref(1, 0, 64), F32_MONO, 0.5, 0.5)]);
  const start = new Float32Array(base.read(base.A1).buffer).slice(0, 16);
  for (let n = 0; n < 3; n++) base.render(halve);
  base.adapter.kernel.scheduler.schedule();
  base.miniport.nodes[0]?.run(1);
  const notified: object[] = [];
  const { kernel } = base.adapter;
  const notify = kernel.DxgkCbNotifyInterrupt.bind(kernel);
  kernel.DxgkCbNotifyInterrupt = (data) => {
    notified.push({ type: data.InterruptType, fence: data.FenceId, last: data.LastCompletedFenceId });
    notify(data);
  };
  kernel.scheduler.preempt(0);
  base.adapter.runToIdle();
  expect(notified[0]).toEqual({ type: 2, fence: 4, last: 1 });
  expect(engineSubmits(base).map(({ fence }) => fence)).toEqual([1, 2, 3, 5, 6]);
  const end = new Float32Array(base.read(base.A1).buffer).slice(0, 16);
  expect(end).toEqual(start.map((value) => value / 8)); // three halvings, none of them twice
});

it('DX-R2 preempted idle, all reported: answered without the engine', () => {
  const base = new Base();
  base.run(fillAt(0));
  const node = base.miniport.nodes[0] as Node;
  let asked = 0;
  node.preempt = () => asked++;
  const types: number[] = [];
  const { kernel } = base.adapter;
  kernel.DxgkCbNotifyInterrupt = (data) => void types.push(data.InterruptType);
  expect(base.miniport.preemptCommand({ PreemptionFenceId: 9, NodeOrdinal: 0, EngineOrdinal: 0 })).toBe(STATUS_SUCCESS);
  expect([asked, types]).toEqual([0, [2]]);
});

it('DX-R3 preemption meets paging: replayed first, with the same fence', () => {
  const base = new Base();
  const content = base.read(base.A2);
  base.adapter.kernel.videoMemory.evict(base.allocation(base.A2));
  const paging = base.miniport.submits.map(({ fence }) => fence);
  base.adapter.kernel.scheduler.preempt(1);
  expect(base.run(stream([copy(ref(1, 0, 65536), ref(2, 0, 65536, 1))]))).toBe(STATUS_SUCCESS);
  const fences = base.miniport.submits.filter(({ node }) => node === 1).map(({ fence }) => fence);
  expect(fences.slice(0, paging.length * 2)).toEqual([...paging, ...paging]);
  expect(fences.length).toBeGreaterThan(paging.length * 2); // then what brings the allocation back
  expect(Buffer.compare(base.read(base.A1), content)).toBe(0);
});

/** An engine that can be made to stand in the middle of a packet, or to take its packet for broken. */
function stuckBase(options: BaseOptions = {}) {
  const engine = createTestEngine(4 << 20);
  const state = { stuck: false };
  const hooked = Object.assign(Object.create(engine) as typeof engine, {
    execute: (start: number, end: number, packets: number) =>
      state.stuck ? start : engine.execute(start, end, packets),
  });
  const base = new Base({ engine: hooked, ...options });
  Object.assign(base, { engine });
  base.miniport.ram = engine.ram;
  return { base, state };
}
const pass = (base: Base, ms: number) => {
  base.adapter.run();
  base.nowMs += ms;
  base.adapter.run();
};

it('DX-R4 a packet that does not end: asked, then reset; the guilty device is hung, another works on', () => {
  const { base, state } = stuckBase();
  const E = base.adapter.createDevice().hDevice;
  const other = base.context(E);
  const made = base.adapter.allocations.create({ hDevice: E, bytes: 4096 }).hAllocation;
  const aborted: number[] = [];
  const { resetEngine } = base.miniport;
  base.miniport.resetEngine = (args) => {
    const status = resetEngine.call(base.miniport, args);
    aborted.push(args.LastAbortedFenceId);
    return status;
  };
  base.run(fillAt(0));
  const { lastCompleted } = base.adapter.kernel.scheduler;
  state.stuck = true;
  base.render(fillAt(1));
  base.adapter.run();
  const onE = { hContext: other.hContext, user: other.user ?? base.user, list: Uint32Array.of(0, 0, made, 1) };
  expect(base.render(fillAt(2), onE).status).toBe(STATUS_SUCCESS);
  pass(base, 200);
  expect(aborted).toEqual([]);
  base.nowMs += TDR_DELAY_MS - 1;
  base.adapter.run();
  expect(base.adapter.deviceState(base.D)).toBe(DEVICE_ACTIVE);
  base.nowMs += 1;
  base.adapter.run();
  state.stuck = false;
  expect(aborted).toEqual([lastCompleted + 1]);
  expect(base.adapter.deviceState(base.D)).toBe(DEVICE_HUNG);
  base.adapter.runToIdle();
  expect(base.adapter.deviceState(E)).toBe(DEVICE_ACTIVE);
  expect(base.read(made, E)[8]).toBe(3);
  expect(base.render(fillAt(3)).status).toBe(STATUS_DEVICE_REMOVED);
});

class BadReset extends SpyMiniport {
  answer: (args: DXGKARG_RESETENGINE) => NTSTATUS = () => STATUS_UNSUCCESSFUL;
  override resetEngine(args: DXGKARG_RESETENGINE): NTSTATUS {
    return this.answer(args);
  }
}
/** Lets a submission hang until the node is reset. */
function hang(base: Base, state: { stuck: boolean }, hContext = base.C, options: object = {}): void {
  state.stuck = true;
  base.render(fillAt(1), { hContext, ...options });
  pass(base, 200);
  pass(base, TDR_DELAY_MS);
  state.stuck = false;
}

it('DX-R5 ResetEngine names a fence that was never submitted: fatal stop', () => {
  const { base, state } = stuckBase({ Spy: BadReset });
  (base.miniport as BadReset).answer = (args) => {
    args.LastAbortedFenceId = 1000;
    return STATUS_SUCCESS;
  };
  hang(base, state);
  expect(base.adapter.kernel.stopRecord).toEqual({ code: STOP_SCHEDULER, parameter1: STOP_ABORTED_FENCE });
});

it('DX-R6 ResetEngine fails: the adapter is reset, all content of the segment lost, every device RESET', () => {
  const { base, state } = stuckBase({ Spy: BadReset });
  const E = base.adapter.createDevice().hDevice;
  hang(base, state);
  const { scheduler, paging, stopRecord, isIdle } = base.adapter.kernel;
  expect(scheduler.lastCompleted).toBe(scheduler.lastSubmitted);
  expect(paging.lastCompleted).toBe(paging.lastSubmitted);
  expect([base.adapter.deviceState(base.D), base.adapter.deviceState(E)]).toEqual([DEVICE_RESET, DEVICE_RESET]);
  expect(base.allocation(base.A1).address).toBe(0);
  expect([stopRecord, isIdle]).toEqual([null, true]);
  const again = base.adapter.createDevice();
  expect(again.status).toBe(STATUS_SUCCESS);
  const context = base.context(again.hDevice);
  const { hAllocation } = base.adapter.allocations.create({ hDevice: again.hDevice, bytes: 4096 });
  const options = {
    hContext: context.hContext,
    user: context.user ?? base.user,
    list: Uint32Array.of(0, 0, hAllocation, 1),
  };
  expect(base.run(fillAt(4), options)).toBe(STATUS_SUCCESS);
  expect(base.read(hAllocation, again.hDevice)[16]).toBe(5);
});

it('DX-R7 the sixth adapter hang within a minute is the last', () => {
  const { base, state } = stuckBase({ Spy: BadReset });
  for (let n = 1; n <= 6; n++) {
    const { hDevice } = base.adapter.createDevice();
    const context = base.context(hDevice);
    const { hAllocation } = base.adapter.allocations.create({ hDevice, bytes: 4096 });
    const list = Uint32Array.of(0, 0, hAllocation, 1);
    expect(base.adapter.kernel.stopRecord).toBeNull();
    hang(base, state, context.hContext, { user: context.user, list });
    expect(base.adapter.deviceState(hDevice)).not.toBe(DEVICE_ACTIVE);
  }
  expect(base.adapter.kernel.stopRecord).toEqual({ code: STOP_RECOVERY_FAILED, parameter1: STOP_TOO_MANY_HANGS });
});

it('DX-R8 a lost device renders and creates nothing, and can be taken apart', () => {
  const { base, state } = stuckBase();
  hang(base, state);
  expect(base.adapter.deviceState(base.D)).toBe(DEVICE_HUNG);
  expect(base.render(fillAt(0)).status).toBe(STATUS_DEVICE_REMOVED);
  expect(base.context(base.D).status).toBe(STATUS_DEVICE_REMOVED);
  expect(base.adapter.allocations.create({ hDevice: base.D, bytes: 4096 }).status).toBe(STATUS_DEVICE_REMOVED);
  expect(base.adapter.destroyContext(base.C)).toBe(STATUS_SUCCESS);
  expect(base.adapter.allocations.destroy(base.D, base.A1)).toBe(STATUS_SUCCESS);
  expect(base.adapter.destroyDevice(base.D)).toBe(STATUS_SUCCESS);
});

it('DX-R9 a corrupt packet: the next Render on the context learns of it, then the device is gone', async () => {
  const base = new Base();
  const other = base.context(base.D);
  const { submission } = base.render(fillAt(0));
  const onOther = { hContext: other.hContext, user: other.user ?? base.user };
  base.render(fillAt(1), onOther);
  new DataView(base.engine.ram.buffer, base.engine.ram.byteOffset + 5 * 4096).setUint32(PACKET_BYTES, 0, true);
  base.adapter.runToIdle();
  await expect(base.adapter.wait(base.C, submission)).resolves.toBe(STATUS_SUCCESS);
  expect(base.read(base.A1)[4]).toBe(2); // the other context’s work ran
  expect(base.adapter.deviceState(base.D)).toBe(DEVICE_ACTIVE);
  expect(base.render(fillAt(0)).status).toBe(STATUS_GRAPHICS_GPU_EXCEPTION_ON_DEVICE);
  expect(base.adapter.deviceState(base.D)).toBe(DEVICE_ERROR_DMAFAULT);
  expect(base.render(fillAt(0)).status).toBe(STATUS_DEVICE_REMOVED);
  expect(base.render(new Uint8Array(0)).status).not.toBe(STATUS_INVALID_USER_BUFFER);
});

it('DX-R10 a completion after the adapter was reset reaches nobody', () => {
  const { base, state } = stuckBase({ Spy: BadReset });
  hang(base, state);
  const { hDevice } = base.adapter.createDevice();
  const context = base.context(hDevice);
  const { hAllocation } = base.adapter.allocations.create({ hDevice, bytes: 4096 });
  const options = {
    hContext: context.hContext,
    user: context.user ?? base.user,
    list: Uint32Array.of(0, 0, hAllocation, 1),
  };
  base.render(fillAt(1), options);
  base.miniport.interruptRoutine(base.miniport.nodes[0] as Node, { type: 'completed', fenceId: 1 });
  base.adapter.kernel.miniport.dpcRoutine();
  expect(base.adapter.retired(context.hContext)).toBe(0);
  expect(base.adapter.kernel.stopRecord).toBeNull();
  base.adapter.runToIdle();
  expect(base.adapter.retired(context.hContext)).toBe(1);
});

it('an address in the kernel’s own pool is a page fault, whoever wrote it into the packet', () => {
  const base = new Base();
  base.render(fillAt(0));
  const pool = 5 * 4096;
  new DataView(base.engine.ram.buffer, base.engine.ram.byteOffset + pool).setUint32(FILL_DST, pool + 64, true);
  base.adapter.runToIdle();
  expect(base.engine.ram[pool + 64]).toBe(0);
  expect(base.render(fillAt(0)).status).toBe(STATUS_GRAPHICS_GPU_EXCEPTION_ON_DEVICE);
  expect(base.adapter.deviceState(base.D)).toBe(DEVICE_ERROR_DMAPAGEFAULT);
});
