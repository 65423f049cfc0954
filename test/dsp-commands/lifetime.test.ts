import { expect, it } from 'vitest';
import {
  ALLOCATIONLIST_WRITE_OPERATION,
  CREATECONTEXT_SYSTEM_CONTEXT,
  STATUS_GRAPHICS_DRIVER_MISMATCH,
} from '../../src/ddi/dxgk.ts';
import {
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_NO_MEMORY,
  STATUS_SUCCESS,
} from '../../src/ddi/ntstatus.ts';
import { INTERFACE_ID } from '../../src/dsp/commands-table.ts';
import { Base } from './support/adapter.ts';
import { copy, fill, ref, stream } from './support/stream.ts';

const privateData = (id = INTERFACE_ID) => new Uint8Array(Uint32Array.of(id).buffer);
const fillA1 = (pattern: number) => stream([fill(ref(1, 0, 65536), pattern)]);

it('DX-L1 CreateContext on node 0: a handle, a command buffer and lists of the start sizes', () => {
  const base = new Base();
  const { status, hContext, user, info } = base.adapter.createContext({
    hDevice: base.D,
    NodeOrdinal: 0,
    EngineAffinity: 1,
    pPrivateDriverData: privateData(),
  });
  expect(status).toBe(STATUS_SUCCESS);
  expect(hContext).not.toBe(0);
  expect([user?.commandBuffer.byteLength, user?.allocationListSize, user?.patchLocationListSize]).toEqual([
    4096, 64, 256,
  ]);
  expect(info).toMatchObject({ DmaBufferSize: 4096, AllocationListSize: 64, PatchLocationListSize: 256 });
});

it.each([
  ['DX-L2 CreateContext on node 2: there is none', { NodeOrdinal: 2 }, STATUS_INVALID_PARAMETER],
  [
    'DX-L3 CreateContext with SystemContext from an app',
    { Flags: CREATECONTEXT_SYSTEM_CONTEXT },
    STATUS_INVALID_PARAMETER,
  ],
  [
    'DX-L4 CreateContext with another interface id',
    { pPrivateDriverData: privateData(1) },
    STATUS_GRAPHICS_DRIVER_MISMATCH,
  ],
])('%s', (_, request, expected) => {
  const base = new Base();
  const result = base.adapter.createContext({ hDevice: base.D, pPrivateDriverData: privateData(), ...request });
  expect(result).toMatchObject({ status: expected, hContext: 0, user: null });
});

it('DX-L5 a thousand contexts: no cap but memory', () => {
  const roomy = new Base();
  const handles = Array.from({ length: 1000 }, () => roomy.context(roomy.D));
  expect(handles.every(({ status }) => status === STATUS_SUCCESS)).toBe(true);
  expect(new Set(handles.map(({ hContext }) => hContext)).size).toBe(1000);

  const tight = new Base({ limits: { kernelBytes: 1 << 20 } });
  const statuses = Array.from({ length: 1000 }, () => tight.context(tight.D).status);
  const firstRefused = statuses.indexOf(STATUS_NO_MEMORY);
  expect(firstRefused).toBeGreaterThan(50);
  expect(statuses.slice(firstRefused).every((status) => status === STATUS_NO_MEMORY)).toBe(true);
});

it('DX-L6 DestroyContext twice: the second is refused, nothing else is disturbed', () => {
  const base = new Base();
  const other = base.context(base.D);
  expect(base.adapter.destroyContext(other.hContext)).toBe(STATUS_SUCCESS);
  expect(base.adapter.destroyContext(other.hContext)).toBe(STATUS_INVALID_PARAMETER);
  expect(base.run(fillA1(7))).toBe(STATUS_SUCCESS);
});

it('DX-L7 DestroyContext with three buffers queued completes after the third fence', () => {
  const base = new Base();
  for (const pattern of [1, 2, 3]) base.render(fillA1(pattern));
  expect(base.adapter.kernel.scheduler.lastCompleted).toBe(0);
  expect(base.adapter.destroyContext(base.C)).toBe(STATUS_SUCCESS);
  expect(base.adapter.kernel.scheduler.lastCompleted).toBe(3);
  expect(base.read(base.A1)[0]).toBe(3);
});

it('DX-L8 Render on a destroyed context: the call has no such argument', () => {
  const base = new Base();
  base.adapter.destroyContext(base.C);
  expect(base.render(fillA1(1)).status).toBe(STATUS_INVALID_PARAMETER);
});

it('DX-L9 a stale handle names nothing, though its slot is used again', () => {
  const base = new Base();
  expect(base.adapter.allocations.destroy(base.D, base.A1)).toBe(STATUS_SUCCESS);
  const A3 = base.allocate(65536);
  expect(A3 & 0xfffff).toBe(base.A1 & 0xfffff);
  expect(A3).not.toBe(base.A1);
  expect(base.render(fillA1(1)).status).toBe(STATUS_INVALID_HANDLE);
});

it('DX-L10 DestroyAllocation twice: the second is refused', () => {
  const base = new Base();
  expect(base.adapter.allocations.destroy(base.D, base.A1)).toBe(STATUS_SUCCESS);
  expect(base.adapter.allocations.destroy(base.D, base.A1)).toBe(STATUS_INVALID_PARAMETER);
  expect(base.miniport.calls).toEqual(['close', 'destroy']);
});

it('DX-L11 an allocation destroyed while queued work uses it: handle dead at once, memory after the fence', () => {
  const base = new Base();
  const { segment } = base.adapter.kernel.videoMemory;
  base.render(stream([copy(ref(1, 0, 65536), ref(2, 0, 65536, 1))]));
  const freeBefore = segment.freeBytes;
  const content = base.engine.ram.slice(base.allocation(base.A2).address).subarray(0, 65536);
  expect(base.adapter.allocations.destroy(base.D, base.A2)).toBe(STATUS_SUCCESS);
  expect(base.render(fillA1(1), { list: Uint32Array.of(0, 0, base.A2, 1) }).status).toBe(STATUS_INVALID_HANDLE);
  expect(segment.freeBytes).toBe(freeBefore);
  base.adapter.runToIdle();
  expect(segment.freeBytes).toBe(freeBefore + 65536);
  expect(Buffer.compare(base.read(base.A1), content)).toBe(0);
});

it('DX-L12 another device’s handle looks like none', () => {
  const base = new Base();
  const E = base.adapter.createDevice().hDevice;
  const context = base.context(E);
  const options = { hContext: context.hContext, user: context.user ?? base.user };
  expect(base.render(fillA1(1), options).status).toBe(STATUS_INVALID_HANDLE);
  const neverWas = Uint32Array.of(0, 0, 0xfff_fffff, ALLOCATIONLIST_WRITE_OPERATION);
  expect(base.render(fillA1(1), { ...options, list: neverWas }).status).toBe(STATUS_INVALID_HANDLE);
});

it('DX-L13 a shared allocation outlives the device that made it', () => {
  const base = new Base();
  const owner = base.adapter.createDevice().hDevice;
  const made = base.adapter.allocations.create({ hDevice: owner, bytes: 4096, shared: true });
  base.adapter.allocations.write(owner, made.hAllocation, 0, Uint8Array.of(5, 6, 7, 8));
  const opened = base.adapter.allocations.open(base.D, made.hShared, true);
  expect(base.adapter.destroyDevice(owner)).toBe(STATUS_SUCCESS);
  const list = Uint32Array.of(0, 0, base.A1, ALLOCATIONLIST_WRITE_OPERATION, opened.hAllocation, 0);
  expect(base.run(stream([copy(ref(1, 0, 4), ref(2, 0, 4, 1))]), { list })).toBe(STATUS_SUCCESS);
  expect([...base.read(base.A1).subarray(0, 4)]).toEqual([5, 6, 7, 8]);
});

it('DX-L14 a context’s handle in the allocation list is no allocation', () => {
  const base = new Base();
  const list = Uint32Array.of(0, 0, base.C, ALLOCATIONLIST_WRITE_OPERATION);
  expect(base.render(fillA1(1), { list }).status).toBe(STATUS_INVALID_HANDLE);
});

it('DX-L15 whoever destroys what is open has it closed first', () => {
  const base = new Base();
  base.allocate(4096);
  base.miniport.calls.length = 0;
  expect(base.adapter.destroyDevice(base.D)).toBe(STATUS_SUCCESS);
  expect(base.miniport.calls).toEqual(['close', 'destroy', 'close', 'destroy', 'close', 'destroy']);
});

it('DX-L16 a read-only binding is not listed for writing', () => {
  const base = new Base();
  const owner = base.adapter.createDevice().hDevice;
  const { hShared } = base.adapter.allocations.create({ hDevice: owner, bytes: 65536, shared: true });
  const { hAllocation } = base.adapter.allocations.open(base.D, hShared, true);
  const list = Uint32Array.of(0, 0, hAllocation, ALLOCATIONLIST_WRITE_OPERATION);
  expect(base.render(fillA1(1), { list }).status).toBe(STATUS_INVALID_PARAMETER);
  expect(base.isUntouched()).toBe(true);
});

it('what is taken comes back: a thousand of each leave the kernel as it was', () => {
  const base = new Base({ limits: { kernelBytes: 300_000 }, segmentBytes: 300 << 12 });
  const { segment } = base.adapter.kernel.videoMemory;
  const free = [segment.freeBytes, base.adapter.kernel.pool.freeBytes];
  for (let n = 0; n < 1000; n++) {
    expect(base.run(fillA1(n))).toBe(STATUS_SUCCESS);
    expect(base.run(stream([[0x7fff, 8]]))).not.toBe(STATUS_SUCCESS);
    const { hContext, status } = base.context(base.D);
    expect([status, base.adapter.destroyContext(hContext)]).toEqual([STATUS_SUCCESS, STATUS_SUCCESS]);
    const made = base.allocate(65536);
    expect(base.run(fillA1(1), { list: Uint32Array.of(0, 0, made, 1) })).toBe(STATUS_SUCCESS);
    expect(base.adapter.allocations.destroy(base.D, made)).toBe(STATUS_SUCCESS);
  }
  expect([segment.freeBytes, base.adapter.kernel.pool.freeBytes]).toEqual(free);
  expect(base.adapter.destroyDevice(base.D)).toBe(STATUS_SUCCESS);
  expect(segment.freeBytes).toBe(segment.range.bytes);
});
