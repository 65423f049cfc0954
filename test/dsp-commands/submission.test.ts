import { expect, it } from 'vitest';
import { SUBMIT_PAGING } from '../../src/ddi/dxgk.ts';
import { STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import { STOP_BAD_FENCE, STOP_SCHEDULER } from '../../src/dsp/kernel/stop.ts';
import type { Node, NodeEvent } from '../../src/dsp/miniport/node.ts';
import { RING_ENTRIES } from '../../src/dsp/miniport/node.ts';
import { COPY_BYTES, COPY_DST, COPY_SRC, ENGINE_BAD_ADDRESS } from '../../src/hda/dsp-packets.ts';
import { Base, SpyMiniport } from './support/adapter.ts';
import { copy, fill, ref, stream, unbind } from './support/stream.ts';

const copies = (count: number) =>
  stream(Array.from({ length: count }, (_, n) => copy(ref(1, n * 4, 4), ref(2, n * 4, 4, 1))));
const fillWith = (pattern: number) => stream([fill(ref(1, 0, 4), pattern)]);

/** The arguments of a Patch over what the only pass of Render made. */
function patchArguments(base: Base, start: number, length: number) {
  const [pass] = base.miniport.passes;
  const { address, bytes } = { address: 5 * 4096, bytes: pass?.bytes ?? 0 };
  const addresses = [0, base.allocation(base.A1).address, base.allocation(base.A2).address];
  return {
    DmaBufferPhysicalAddress: address,
    DmaBufferSize: 4096,
    DmaBufferSubmissionStartOffset: 0,
    DmaBufferSubmissionEndOffset: bytes,
    pAllocationList: addresses.map((PhysicalAddress, n) => ({
      hDeviceSpecificAllocation: n === 0 ? null : {},
      WriteOperation: n === 1,
      SegmentId: n === 0 ? 0 : 1,
      PhysicalAddress,
    })),
    pPatchLocationList: pass?.patches as never,
    PatchLocationListSubmissionStart: start,
    PatchLocationListSubmissionLength: length,
    SubmissionFenceId: 1,
    Flags: 0,
  };
}

it('DX-S1 Patch twice with one list: the same bytes', () => {
  const base = new Base();
  base.render(copies(4));
  const buffer = () => base.engine.ram.slice(5 * 4096, 6 * 4096);
  const rendered = buffer();
  const args = patchArguments(base, 0, 8);
  expect(base.miniport.patch(args)).toBe(STATUS_SUCCESS);
  expect(buffer()).toEqual(rendered); // pre-patched already: what Patch writes is what stands there
  for (const element of args.pAllocationList.slice(1)) element.PhysicalAddress += 0x1000;
  base.miniport.patch(args);
  const once = buffer();
  base.miniport.patch(args);
  expect(buffer()).toEqual(once);
  expect(once).not.toEqual(rendered);
});

it('DX-S2 an allocation moves between Render and submission: the old place is neither read nor written', () => {
  const base = new Base();
  const { videoMemory } = base.adapter.kernel;
  const [a1, a2] = [base.allocation(base.A1), base.allocation(base.A2)];
  const before = [a1.address, a2.address];
  const expected = base.read(base.A2).subarray(0, 1024);
  base.render(stream([copy(ref(1, 0, 1024), ref(2, 0, 1024, 1))]));
  videoMemory.evict(a1);
  videoMemory.evict(a2);
  base.adapter.kernel.paging.drain();
  const squatter = base.allocate(2 * 65536);
  videoMemory.makeResident(base.allocation(squatter), new Set());
  base.adapter.kernel.paging.drain();
  const at = base.allocation(squatter).address;
  base.engine.ram.fill(0x77, at, at + 2 * 65536);
  base.adapter.runToIdle();
  expect([a1.address, a2.address]).not.toEqual(before);
  expect(base.read(base.A1).subarray(0, 1024)).toEqual(expected);
  expect(base.engine.ram.slice(at, at + 2 * 65536).every((byte) => byte === 0x77)).toBe(true);
});

it('DX-S3 Patch of elements 5…7: only those', () => {
  const base = new Base();
  base.render(copies(8));
  const at = 5 * 4096;
  const view = new DataView(base.engine.ram.buffer, base.engine.ram.byteOffset + at);
  const words = () =>
    Array.from({ length: 16 }, (_, n) =>
      view.getUint32((n >> 1) * COPY_BYTES + (n % 2 === 0 ? COPY_DST : COPY_SRC), true),
    );
  const rendered = words();
  for (let n = 0; n < 16; n++) view.setUint32((n >> 1) * COPY_BYTES + (n % 2 === 0 ? COPY_DST : COPY_SRC), 0, true);
  base.miniport.patch(patchArguments(base, 5, 3));
  expect(words()).toEqual(rendered.map((word, n) => (n >= 5 && n <= 7 ? word : 0)));
});

it('DX-S4 addresses as Render knew them: no Patch, and it runs', () => {
  const base = new Base();
  expect(base.run(copies(4))).toBe(STATUS_SUCCESS);
  expect(base.miniport.patchCalls).toEqual([]);
  expect(base.read(base.A1).subarray(0, 16)).toEqual(base.read(base.A2).subarray(0, 16));
});

/** Keeps completions to itself while `deaf`. */
class Deaf extends SpyMiniport {
  deaf = false;
  override interruptRoutine(node: Node, event: NodeEvent): void {
    if (!this.deaf) super.interruptRoutine(node, event);
  }
}

it('DX-S5 fences 7, 8, 9 done and one interrupt for 9: all three retire, in order', async () => {
  const base = new Base({ Spy: Deaf, lastFence: 6 });
  base.miniport.submits.length = 0;
  const retired: number[] = [];
  (base.miniport as Deaf).deaf = true;
  for (const pattern of [1, 2, 3]) {
    const { submission } = base.render(fillWith(pattern));
    void base.adapter.wait(base.C, submission).then(() => retired.push(submission));
  }
  base.adapter.run();
  await Promise.resolve();
  expect(base.miniport.submits.map(({ fence }) => fence)).toEqual([7, 8, 9]);
  expect(retired).toEqual([]);
  (base.miniport as Deaf).deaf = false;
  base.miniport.interruptRoutine(base.miniport.nodes[0] as Node, { type: 'completed', fenceId: 9 });
  base.adapter.run();
  await Promise.resolve();
  expect(retired).toEqual([1, 2, 3]);
});

it('DX-S6 a lost interrupt: QueryCurrentFence reports once, then is silent', () => {
  const base = new Base({ Spy: Deaf });
  const miniport = base.miniport as Deaf;
  miniport.deaf = true;
  base.render(fillWith(1));
  base.adapter.run();
  expect(base.adapter.retired(base.C)).toBe(0);
  const notified: number[] = [];
  const { kernel } = base.adapter;
  const notify = kernel.DxgkCbNotifyInterrupt.bind(kernel);
  kernel.DxgkCbNotifyInterrupt = (data) => {
    notified.push(data.FenceId);
    notify(data);
  };
  const query = { CurrentFence: 0, NodeOrdinal: 0, EngineOrdinal: 0 };
  expect(miniport.queryCurrentFence(query)).toBe(STATUS_SUCCESS);
  expect(query.CurrentFence).toBe(1);
  expect(miniport.queryCurrentFence(query)).toBe(STATUS_SUCCESS);
  expect(notified).toEqual([1]);
  base.adapter.run();
  expect(base.adapter.retired(base.C)).toBe(1);
});

it('DX-S7 the fence after 0xFFFFFFFF is 1, and the order holds', () => {
  const base = new Base({ lastFence: 0xfffffffd });
  base.miniport.submits.length = 0;
  for (const pattern of [1, 2, 3, 4]) expect(base.render(fillWith(pattern)).status).toBe(STATUS_SUCCESS);
  base.adapter.runToIdle();
  const engine = base.miniport.submits.filter(({ flags }) => (flags & SUBMIT_PAGING) === 0);
  expect(engine.map(({ fence }) => fence)).toEqual([0xfffffffe, 0xffffffff, 1, 2]);
  expect([base.adapter.retired(base.C), base.read(base.A1)[0]]).toEqual([4, 4]);
});

it('DX-S8 a fence that was never submitted stops the adapter', () => {
  const base = new Base();
  base.miniport.interruptRoutine(base.miniport.nodes[0] as Node, { type: 'completed', fenceId: 77 });
  base.adapter.run();
  expect(base.adapter.kernel.stopRecord).toEqual({ code: STOP_SCHEDULER, parameter1: STOP_BAD_FENCE });
});

it('DX-S9 who is woken by the fence sees the samples', async () => {
  const base = new Base();
  const { submission } = base.render(stream([copy(ref(1, 0, 65536), ref(2, 0, 65536, 1))]));
  const at = base.allocation(base.A1).address;
  const seen = base.adapter.wait(base.C, submission).then(() => base.engine.ram.slice(at, at + 65536));
  const expected = base.engine.ram.slice(base.allocation(base.A2).address).subarray(0, 65536);
  base.adapter.runToIdle();
  expect(Buffer.compare(await seen, expected)).toBe(0);
});

it('DX-S10 the ring full: submission waits for room and never fails', () => {
  const base = new Base({ poolBytes: 1 << 20 });
  let most = 0;
  const { submitCommand } = base.miniport;
  base.miniport.submitCommand = (args) => {
    const ring = base.miniport.nodes[0]?.ring.length ?? 0;
    most = Math.max(most, ring);
    expect(ring).toBeLessThan(RING_ENTRIES);
    return submitCommand.call(base.miniport, args);
  };
  for (let n = 0; n < 100; n++) expect(base.render(fillWith(n)).status).toBe(STATUS_SUCCESS);
  base.adapter.run(1);
  expect(most).toBe(RING_ENTRIES - 1);
  base.adapter.runToIdle();
  expect(base.adapter.retired(base.C)).toBe(100);
  expect(base.read(base.A1)[0]).toBe(99);
});

it('DX-S11 the NULL element reached by Patch: address words 0', () => {
  const base = new Base();
  base.render(stream([unbind(5), copy(ref(1, 0, 4), ref(2, 0, 4, 1))]));
  const view = new DataView(base.engine.ram.buffer, base.engine.ram.byteOffset + 5 * 4096);
  view.setUint32(8, 0xdeadbeef, true);
  base.miniport.patch(patchArguments(base, 0, 3));
  expect([view.getUint32(8, true), view.getUint32(12, true)]).toEqual([0, 0]);
  expect(view.getUint32(16 + COPY_DST, true)).toBe(base.allocation(base.A1).address);
});

it('the engine refuses an address that nobody patched (§2.5)', () => {
  const base = new Base();
  base.render(copies(1));
  new DataView(base.engine.ram.buffer, base.engine.ram.byteOffset + 5 * 4096).setUint32(COPY_SRC, 0, true);
  const stop = base.engine.execute(5 * 4096, 5 * 4096 + COPY_BYTES, 1);
  expect([stop, base.engine.fault]).toEqual([5 * 4096, ENGINE_BAD_ADDRESS]);
});
