import { expect, it } from 'vitest';
import {
  DEVICE_ACTIVE,
  DEVICE_ERROR_OUTOFMEMORY,
  type DXGKARG_BUILDPAGINGBUFFER,
  PAGING_DISCARD_CONTENT,
  PAGING_FILL,
  PAGING_TRANSFER,
  STATUS_DEVICE_REMOVED,
  STATUS_GRAPHICS_ALLOCATION_BUSY,
  STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER,
} from '../../src/ddi/dxgk.ts';
import { type NTSTATUS, STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import { Base, SpyMiniport } from './support/adapter.ts';
import { copy, F32_MONO, fill, mix, ref, stream, unbind } from './support/stream.ts';

interface Operation {
  readonly operation: number;
  readonly status: NTSTATUS;
  readonly idle: boolean;
  readonly multipassBefore: number;
  readonly transferOffset: number;
}

class PagingSpy extends SpyMiniport {
  readonly operations: Operation[] = [];
  override buildPagingBuffer(args: DXGKARG_BUILDPAGINGBUFFER): NTSTATUS {
    const before = args.MultipassOffset;
    const status = super.buildPagingBuffer(args);
    const { Operation: operation, AllocationIsIdle: idle, TransferOffset: transferOffset } = args;
    this.operations.push({ operation, status, idle, multipassBefore: before, transferOffset });
    return status;
  }
}

const spied = (options: object = {}) => {
  const base = new Base({ Spy: PagingSpy, ...options });
  const { operations } = base.miniport as PagingSpy;
  operations.length = 0;
  return { base, operations };
};

it('DX-G1 a working set twice the segment, slots unbound between commands: portions, paging, right output', () => {
  const { base, operations } = spied({ segmentBytes: 256 << 10 });
  base.adapter.allocations.destroy(base.D, base.A1);
  base.adapter.allocations.destroy(base.D, base.A2);
  const pairs = Array.from({ length: 4 }, () => [base.allocate(65536), base.allocate(65536)] as const); // 512 KiB
  const list = Uint32Array.of(0, 0, ...pairs.flat().flatMap((handle) => [handle, 1]));
  const commands = pairs.flatMap((_, n) => [
    fill(ref(2 * n + 1, 0, 65536, 0), n + 1),
    copy(ref(2 * n + 2, 0, 65536, 1), ref(2 * n + 1, 0, 65536, 0)),
    unbind(0),
    unbind(1),
  ]);
  base.miniport.submits.length = 0;
  expect(base.run(stream(commands), { list })).toBe(STATUS_SUCCESS);
  const portions = base.miniport.submits.filter(({ node }) => node === 0);
  expect(portions.length).toBeGreaterThan(1);
  expect(portions.map(({ start }) => start).slice(1)).toEqual(portions.map(({ end }) => end).slice(0, -1));
  expect(operations.some(({ operation }) => operation === PAGING_TRANSFER)).toBe(true);
  for (const [n, pair] of pairs.entries()) {
    for (const handle of pair)
      expect(new Uint32Array(base.read(handle).buffer).every((word) => word === n + 1)).toBe(true);
  }
});

it('DX-G2 one MIX that needs more than the segment: Render succeeds, the device runs out of memory', () => {
  const { base } = spied({ segmentBytes: 256 << 10 });
  const handles = Array.from({ length: 5 }, () => base.allocate(65536));
  const list = Uint32Array.of(0, 0, ...handles.flatMap((handle) => [handle, 1]));
  const sources = [2, 3, 4, 5].map((index): [number[], number] => [ref(index, 0, 65536, index), 1]);
  const bytes = stream([mix(ref(1, 0, 65536), F32_MONO, sources)]);
  expect(base.render(bytes, { list }).status).toBe(STATUS_SUCCESS);
  base.adapter.runToIdle();
  expect(base.adapter.deviceState(base.D)).toBe(DEVICE_ERROR_OUTOFMEMORY);
  expect(base.render(bytes, { list }).status).toBe(STATUS_DEVICE_REMOVED);
  expect(base.adapter.kernel.stopRecord).toBeNull();
});

it('slots that stay bound keep their allocations in: then it does not fit (§3.5)', () => {
  const { base } = spied({ segmentBytes: 128 << 10 });
  const third = base.allocate(65536);
  const list = Uint32Array.of(...base.list, third, 1);
  const bound = (slot: number) => stream([copy(ref(1, 0, 4, 0), ref(2, 0, 4, 1)), fill(ref(3, 0, 4, slot), 7)]);
  expect(base.run(bound(0), { list })).toBe(STATUS_SUCCESS); // slot 0 is programmed anew: A1 may go
  expect(base.read(third)[0]).toBe(7);
  expect(base.run(bound(2), { list })).toBe(STATUS_SUCCESS);
  expect(base.adapter.deviceState(base.D)).toBe(DEVICE_ERROR_OUTOFMEMORY);
});

it('DX-G3 paging a state block: BUSY, and again when it is idle', () => {
  const { base, operations } = spied();
  const state = base.allocate(4096, { isState: true });
  base.touch([state]);
  const content = base.read(state);
  operations.length = 0;
  base.adapter.kernel.videoMemory.evict(base.allocation(state));
  expect(operations.map(({ status, idle }) => [status, idle])).toEqual([
    [STATUS_GRAPHICS_ALLOCATION_BUSY, false],
    [STATUS_SUCCESS, true],
  ]);
  base.adapter.runToIdle();
  expect(base.allocation(state).address).toBe(0);
  expect(base.read(state)).toEqual(content);
});

it('DX-G4 a transfer longer than the paging buffer: several, TransferOffset constant, MultipassOffset advancing', () => {
  const { base, operations } = spied({ limits: { pagingBufferBytes: 48 } }); // two packets of 64 KiB
  const big = base.allocate(5 * 65536);
  base.touch([big]);
  const content = base.read(big);
  operations.length = 0;
  base.adapter.kernel.videoMemory.evict(base.allocation(big));
  const INSUFFICIENT = STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER;
  expect(operations.map(({ status }) => status)).toEqual([INSUFFICIENT, INSUFFICIENT, STATUS_SUCCESS]);
  expect(operations.map(({ multipassBefore }) => multipassBefore)).toEqual([0, 2 * 65536, 4 * 65536]);
  expect(new Set(operations.map(({ transferOffset }) => transferOffset)).size).toBe(1);
  expect(Buffer.compare(base.read(big), content)).toBe(0);
});

it('DX-G5 an unwritten allocation that keeps its backing copy: discarded, not copied', () => {
  const { base, operations } = spied();
  const kept = base.allocate(65536, { permanentSysMem: true });
  base.adapter.allocations.write(base.D, kept, 0, Uint8Array.of(1, 2, 3));
  const list = Uint32Array.of(0, 0, base.A1, 1, kept, 0);
  expect(base.run(stream([copy(ref(1, 0, 4), ref(2, 0, 4, 1))]), { list })).toBe(STATUS_SUCCESS);
  operations.length = 0;
  base.miniport.submits.length = 0;
  base.adapter.kernel.videoMemory.evict(base.allocation(kept));
  base.adapter.runToIdle();
  expect(operations.map(({ operation }) => operation)).toEqual([PAGING_DISCARD_CONTENT]);
  expect(base.miniport.submits).toEqual([]);
  expect([...base.read(kept).subarray(0, 3)]).toEqual([1, 2, 3]);
});

it('a new allocation is zeros, whatever lay there before', () => {
  const { base, operations } = spied({ segmentBytes: 192 << 10 });
  const first = base.allocate(65536);
  base.touch([first]);
  base.adapter.allocations.destroy(base.D, first);
  operations.length = 0;
  const second = base.allocate(65536);
  const list = Uint32Array.of(0, 0, second, 1);
  expect(base.run(stream([fill(ref(1, 0, 4), 0)]), { list })).toBe(STATUS_SUCCESS);
  expect(operations.map(({ operation }) => operation)).toEqual([PAGING_FILL]);
  expect(base.read(second).every((byte) => byte === 0)).toBe(true);
});

it('what the ring needs is not evicted: another context waits for room', () => {
  const { base } = spied({ segmentBytes: 128 << 10 });
  const other = base.context(base.D);
  const [B1, B2] = [base.allocate(65536), base.allocate(65536)];
  const content = base.read(base.A2);
  const copyAll = stream([copy(ref(1, 0, 65536), ref(2, 0, 65536, 1))]);
  const onOther = { hContext: other.hContext, user: other.user ?? base.user };
  base.render(copyAll);
  base.render(stream([fill(ref(1, 0, 65536), 5), copy(ref(2, 0, 65536, 1), ref(1, 0, 65536))]), {
    ...onOther,
    list: Uint32Array.of(0, 0, B1, 1, B2, 1),
  });
  base.adapter.kernel.scheduler.schedule();
  expect(base.miniport.nodes[0]?.ring.length).toBe(1);
  base.adapter.kernel.paging.drain();
  base.adapter.runToIdle();
  expect(Buffer.compare(base.read(base.A1), content)).toBe(0);
  expect(new Uint32Array(base.read(B2).buffer).every((word) => word === 5)).toBe(true);
  expect(base.adapter.deviceState(base.D)).toBe(DEVICE_ACTIVE);
});

it.each(['the engine', 'the app'])('a kept backing copy is not enough once %s has written the allocation', (who) => {
  const { base, operations } = spied();
  const kept = base.allocate(65536, { permanentSysMem: true });
  const list = Uint32Array.of(0, 0, kept, 1, base.A2, 0);
  base.run(stream([fill(ref(1, 0, 65536), 1)]), { list });
  for (const value of [2, 3]) {
    base.adapter.kernel.videoMemory.evict(base.allocation(kept));
    base.run(stream([copy(ref(1, 0, 4), ref(1, 4, 4, 1))]), { list }); // brings it in
    base.adapter.kernel.videoMemory.evict(base.allocation(kept));
    base.adapter.kernel.videoMemory.makeResident(base.allocation(kept), new Set());
    base.adapter.runToIdle(); // resident and clean
    if (who === 'the app') base.adapter.allocations.write(base.D, kept, 8, Uint8Array.of(value, 0, 0, 0));
    else base.run(stream([fill(ref(1, 8, 4), value)]), { list });
    operations.length = 0;
    base.adapter.kernel.videoMemory.evict(base.allocation(kept));
    expect(operations.map(({ operation }) => operation)).toEqual([PAGING_TRANSFER]);
    expect(base.read(kept)[8]).toBe(value);
  }
});

it('an allocation destroyed on its way out: nothing is left of it, nothing stops', () => {
  const { base } = spied();
  const [made] = [base.allocate(65536)];
  base.touch([made]);
  base.adapter.kernel.videoMemory.evict(base.allocation(made));
  const { stores } = base.adapter.kernel.videoMemory;
  const before = stores.size;
  expect(base.adapter.allocations.destroy(base.D, made)).toBe(STATUS_SUCCESS);
  base.adapter.runToIdle();
  expect(base.adapter.kernel.stopRecord).toBeNull();
  expect(stores.size).toBe(before - 1);
});
