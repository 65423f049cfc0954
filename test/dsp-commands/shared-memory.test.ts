import { expect, it } from 'vitest';
import { STATUS_PRIVILEGED_INSTRUCTION } from '../../src/ddi/dxgk.ts';
import { STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import { DSP_COPY, DSP_PHYS_COPY } from '../../src/hda/dsp-packets.ts';
import { Base } from './support/adapter.ts';
import { withScribbler } from './support/scribbler.ts';
import { copy, F32_MONO, ref, stream, tone } from './support/stream.ts';

const oneCopy = stream([copy(ref(1, 0, 64), ref(2, 0, 64, 1))]);
/** Words of the buffer: command header, offset of dst. */
const OPCODE_WORD = 8;
const DST_OFFSET_WORD = 12;

it('DX-X1 another thread flips opcode 0001 ↔ 8001 during 10 000 submissions', async () => {
  const base = new Base();
  base.render(oneCopy);
  const seen = new Map<number, number>();
  const request = { hContext: base.C, CommandLength: oneCopy.length, NumAllocations: 3 };
  const places = [{ at: OPCODE_WORD, values: [DSP_COPY, DSP_PHYS_COPY] }];
  const rounds = await withScribbler(base.user.commandBuffer, places, () => {
    for (let n = 0; n < 10_000 || (seen.size < 2 && n < 1_000_000); n++) {
      const { status } = base.adapter.render(request);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      base.adapter.runToIdle();
    }
  });
  expect(rounds).toBeGreaterThan(100);
  expect([...seen.keys()].sort()).toEqual([STATUS_SUCCESS, STATUS_PRIVILEGED_INSTRUCTION]);
  const opcodes = base.miniport.passes.filter(({ bytes }) => bytes > 0).map(({ packets }) => packets[1]);
  expect(opcodes.every((high) => high === 0)).toBe(true);
  expect(base.adapter.kernel.stopRecord).toBeNull();
});

it('DX-X2 what the app writes after the call returned is not run', () => {
  const base = new Base();
  expect(base.render(oneCopy).status).toBe(STATUS_SUCCESS);
  new Uint32Array(base.user.commandBuffer)[DST_OFFSET_WORD] = 4096;
  base.adapter.runToIdle();
  const [a1, a2] = [base.read(base.A1), base.read(base.A2)];
  expect(a1.subarray(0, 64)).toEqual(a2.subarray(0, 64));
  expect(a1.subarray(4096, 4160)).not.toEqual(a2.subarray(0, 64));
});

const long = () => {
  const base = new Base({ segmentBytes: 16 << 20, ramBytes: 20 << 20 });
  const A4 = base.allocate(8_000_000);
  const list = Uint32Array.of(0, 0, A4, 1);
  return { base, list, bytes: stream([tone(ref(1, 0, 8_000_000), F32_MONO)]) };
};

it('DX-X3 sizeBytes written between two passes: the second pass reads the capture', () => {
  const quiet = long();
  quiet.base.run(quiet.bytes, { list: quiet.list });
  const { base, list, bytes } = long();
  base.miniport.beforeRender = (pass) => {
    if (pass === 1) new Uint32Array(base.user.commandBuffer)[OPCODE_WORD + 1] = 0xfffffff8;
  };
  expect(base.run(bytes, { list })).toBe(STATUS_SUCCESS);
  expect(base.miniport.passes).toHaveLength(2);
  expect(base.miniport.passes).toEqual(quiet.base.miniport.passes);
});

it('DX-X4 handles written after the list was converted are not read', () => {
  const base = new Base();
  base.miniport.beforeRender = () => new Uint32Array(base.user.allocationList).fill(0xffffffff);
  expect(base.run(oneCopy)).toBe(STATUS_SUCCESS);
  expect(base.read(base.A1).subarray(0, 64)).toEqual(base.read(base.A2).subarray(0, 64));
});

it('DX-X5 every field of the request is read once', () => {
  const base = new Base();
  base.render(oneCopy);
  base.adapter.runToIdle();
  const reads = new Map<string, number>();
  const first: Record<string, number> = { hContext: base.C, CommandLength: oneCopy.length, NumAllocations: 3 };
  const request = new Proxy(first, {
    get(target, name) {
      const count = (reads.get(String(name)) ?? 0) + 1;
      reads.set(String(name), count);
      return count === 1 ? target[String(name)] : 0xffffffff;
    },
  });
  expect(base.adapter.render(request as never).status).toBe(STATUS_SUCCESS);
  expect([...reads.values()].every((count) => count === 1)).toBe(true);
});

/** The base’s context with user memory of the app’s own making in place of the kernel’s. */
function withCommandBuffer(buffer: ArrayBuffer): Base {
  const base = new Base();
  const context = [...base.adapter.kernel.devices][0]?.contexts.values().next().value;
  if (!context) throw new Error('no context');
  context.user = { ...context.user, commandBuffer: buffer };
  new Uint8Array(buffer).set(oneCopy);
  new Uint32Array(context.user.allocationList).set(base.list);
  return base;
}

it('DX-X6 a command buffer that was transferred away: refused, not taken for zeros', () => {
  const buffer = new ArrayBuffer(4096);
  const base = withCommandBuffer(buffer);
  const request = { hContext: base.C, CommandLength: oneCopy.length, NumAllocations: 3 };
  expect(base.adapter.render(request).status).toBe(STATUS_SUCCESS);
  structuredClone(buffer, { transfer: [buffer] });
  expect(base.adapter.render(request).status).toBe(STATUS_INVALID_PARAMETER);
  expect(base.adapter.render({ ...request, CommandOffset: 0, CommandLength: 0 }).status).toBe(STATUS_INVALID_PARAMETER);
});

it('DX-X7 a command buffer that became shorter than it was given', () => {
  const buffer = new (
    ArrayBuffer as unknown as new (
      bytes: number,
      options: object,
    ) => ArrayBuffer & { resize(n: number): void }
  )(4096, { maxByteLength: 4096 });
  const base = withCommandBuffer(buffer);
  const request = { hContext: base.C, CommandLength: oneCopy.length, NumAllocations: 3 };
  expect(base.adapter.render(request).status).toBe(STATUS_SUCCESS);
  buffer.resize(oneCopy.length - 1);
  expect(base.adapter.render(request).status).toBe(STATUS_INVALID_PARAMETER);
});

it('DX-X8 all user memory scribbled over right after the capture: the result is the same', () => {
  const quiet = new Base();
  quiet.run(oneCopy);
  const base = new Base();
  base.miniport.beforeRender = () => {
    for (const buffer of [base.user.commandBuffer, base.user.allocationList, base.user.patchLocationList]) {
      new Uint8Array(buffer).fill(0xff);
    }
  };
  expect(base.run(oneCopy)).toBe(STATUS_SUCCESS);
  expect(base.miniport.passes).toEqual(quiet.miniport.passes);
  expect(base.read(base.A1)).toEqual(quiet.read(quiet.A1));
});

it('DX-X9 the completion word is the app’s to spoil', async () => {
  const base = new Base();
  base.render(oneCopy);
  const second = base.render(oneCopy).submission;
  base.adapter.run(1);
  base.user.completion[0] = -5;
  base.adapter.runToIdle();
  expect(base.adapter.retired(base.C)).toBe(2);
  expect(base.user.completion[0]).toBe(2);
  await expect(base.adapter.wait(base.C, second)).resolves.toBe(STATUS_SUCCESS);
});
