import { expect, it } from 'vitest';
import { RENDER_NULL_RENDERING, STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER } from '../../src/ddi/dxgk.ts';
import { STATUS_NO_MEMORY, STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import {
  BIND_OPERAND,
  COPY_BYTES,
  COPY_DST,
  COPY_SRC,
  DSP_COPY,
  PACKET_BYTES,
  PACKET_OPCODE,
} from '../../src/hda/dsp-packets.ts';
import { Base, type Pass, patchElement } from './support/adapter.ts';
import { copy, fill, nop, ref, stream, unbind } from './support/stream.ts';

const COPY_AT = 32; // the first command of a stream
const copyCommand = (offset = 0) => stream([copy(ref(1, offset, 1024), ref(2, 0, 1024, 1))]);
const u32 = (pass: Pass | undefined, offset: number) => {
  const bytes = pass?.packets ?? new Uint8Array(0);
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true);
};

it('DX-T1 COPY: one packet of 24 bytes, two patch locations in operand order, cursors by 24 and 2', () => {
  const base = new Base();
  expect(base.run(copyCommand())).toBe(STATUS_SUCCESS);
  const [pass] = base.miniport.passes;
  expect(pass?.bytes).toBe(COPY_BYTES);
  expect([u32(pass, PACKET_OPCODE), u32(pass, PACKET_BYTES)]).toEqual([DSP_COPY, COPY_BYTES]);
  expect(pass?.patches).toEqual([
    { AllocationIndex: 1, SlotId: 0, DriverId: 0, AllocationOffset: 0, PatchOffset: COPY_DST, SplitOffset: 0 },
    { AllocationIndex: 2, SlotId: 1, DriverId: 1, AllocationOffset: 0, PatchOffset: COPY_SRC, SplitOffset: 0 },
  ]);
  expect(base.read(base.A1).subarray(0, 1024)).toEqual(base.read(base.A2).subarray(0, 1024));
});

it('DX-T2 a resident allocation is pre-patched, and listed all the same', () => {
  const base = new Base();
  base.run(copyCommand(256));
  const [pass] = base.miniport.passes;
  expect(u32(pass, COPY_DST)).toBe(base.allocation(base.A1).address + 256);
  expect(pass?.patches[0]).toMatchObject({ AllocationIndex: 1, AllocationOffset: 256 });
});

it('DX-T3 a paged-out allocation leaves its word 0, and Patch writes it', () => {
  const base = new Base();
  base.adapter.kernel.videoMemory.evict(base.allocation(base.A1));
  base.adapter.runToIdle();
  expect(base.run(copyCommand())).toBe(STATUS_SUCCESS);
  const [pass] = base.miniport.passes;
  expect(u32(pass, COPY_DST)).toBe(0);
  expect(pass?.patches).toHaveLength(2);
  expect(base.read(base.A1).subarray(0, 1024)).toEqual(base.read(base.A2).subarray(0, 1024));
});

it('DX-T4 no patch-in list and a right one: the same patch-out list', () => {
  const base = new Base();
  base.run(copyCommand());
  const patches = [patchElement(1, 0, 0, COPY_AT + 8, COPY_AT), patchElement(2, 1, 0, COPY_AT + 24, COPY_AT)];
  expect(base.run(copyCommand(), { patches })).toBe(STATUS_SUCCESS);
  expect(base.miniport.passes[1]?.patches).toEqual(base.miniport.passes[0]?.patches);
});

it('DX-T5 UNBIND: a patch location on element 0, address words 0 before and after Patch', () => {
  const base = new Base();
  base.adapter.kernel.videoMemory.evict(base.allocation(base.A1)); // so that Patch runs
  expect(base.run(stream([copy(ref(1, 0, 4), ref(2, 0, 4, 1)), unbind(3)]))).toBe(STATUS_SUCCESS);
  const [pass] = base.miniport.passes;
  expect(pass?.patches[2]).toMatchObject({ AllocationIndex: 0, SlotId: 3, PatchOffset: COPY_BYTES + BIND_OPERAND });
  const at = base.miniport.submits.find(({ node }) => node === 0)?.start ?? 0;
  const packet = new DataView(base.engine.ram.buffer, base.engine.ram.byteOffset + at + COPY_BYTES);
  expect(base.miniport.patchCalls).toContainEqual({ start: 0, length: 3 });
  expect([packet.getUint32(BIND_OPERAND, true), packet.getUint32(BIND_OPERAND + 4, true)]).toEqual([0, 0]);
});

it.each([
  ['DX-T6 only NOPs', stream([nop(), nop()])],
  ['DX-T7 a header and no command', stream([])],
])('%s: nothing emitted, the fence retires in order', async (_, bytes) => {
  const base = new Base();
  const retired: number[] = [];
  for (const each of [copyCommand(), bytes, copyCommand()]) {
    const { status, submission } = base.render(each);
    expect(status).toBe(STATUS_SUCCESS);
    void base.adapter.wait(base.C, submission).then(() => retired.push(submission));
  }
  base.adapter.runToIdle();
  await Promise.resolve();
  expect(base.miniport.passes[1]).toMatchObject({ bytes: 0, patches: [] });
  expect(base.miniport.submits.map(({ fence }) => fence)).toEqual([1, 2, 3]);
  expect(retired).toEqual([1, 2, 3]);
});

it('DX-T8 one allocation in two elements: both can be used, each by its index', () => {
  const base = new Base();
  const list = Uint32Array.of(...base.list, base.A1, 1);
  const commands = [fill(ref(1, 0, 4), 0x11111111), fill(ref(3, 4, 4), 0x33333333)];
  expect(base.run(stream(commands), { list })).toBe(STATUS_SUCCESS);
  expect(base.miniport.passes[0]?.patches.map((patch) => patch.AllocationIndex)).toEqual([1, 3]);
  expect([...base.read(base.A1).subarray(0, 8)]).toEqual([0x11, 0x11, 0x11, 0x11, 0x33, 0x33, 0x33, 0x33]);
});

it('DX-T9 what a DMA buffer held before is not run', () => {
  const base = new Base();
  const target = ref(1, 0, 4);
  base.run(stream([fill(target, 1), fill(ref(1, 4, 4), 0xaaaaaaaa)]));
  base.adapter.allocations.write(base.D, base.A1, 0, new Uint8Array(8));
  expect(base.run(stream([fill(target, 2)]))).toBe(STATUS_SUCCESS);
  const [first, second] = base.miniport.submits;
  expect(second?.start).toBe(first?.start); // the same buffer, the second packet still in it
  expect([...base.read(base.A1).subarray(0, 8)]).toEqual([2, 0, 0, 0, 0, 0, 0, 0]);
});

it('DX-T10 NullRendering: the fence comes, nothing is done', async () => {
  const base = new Base();
  const before = base.read(base.A1);
  const { status, submission } = base.render(copyCommand(), { Flags: RENDER_NULL_RENDERING });
  expect(status).toBe(STATUS_SUCCESS);
  base.adapter.runToIdle();
  await expect(base.adapter.wait(base.C, submission)).resolves.toBe(STATUS_SUCCESS);
  expect(base.read(base.A1)).toEqual(before);
});

it('DX-T11 no memory for the capture: nothing queued; later it works', () => {
  const probe = new Base();
  const kernelBytes = 2 * 65536 + 4096 + 64 * 8 + 256 * 24 + 1000; // the base’s own, and 1000 bytes
  const base = new Base({ limits: { kernelBytes } });
  const long = stream(Array.from({ length: 30 }, () => copy(ref(1, 0, 4), ref(2, 0, 4, 1))));
  expect(base.render(long).status).toBe(STATUS_NO_MEMORY);
  expect(base.isUntouched()).toBe(true);
  expect(base.run(copyCommand())).toBe(STATUS_SUCCESS);
  expect(probe.run(long)).toBe(STATUS_SUCCESS);
});

it('no DMA buffer is free: NO_MEMORY, and after some work is done it goes (§2.3)', () => {
  const base = new Base({ poolBytes: 4 * 4096 + 2 * 4096 });
  expect([1, 2, 3].map(() => base.render(copyCommand()).status)).toEqual([
    STATUS_SUCCESS,
    STATUS_SUCCESS,
    STATUS_NO_MEMORY,
  ]);
  base.adapter.runToIdle();
  expect(base.run(copyCommand())).toBe(STATUS_SUCCESS);
  expect(base.miniport.passes.every((pass) => pass.status !== STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER)).toBe(true);
});
