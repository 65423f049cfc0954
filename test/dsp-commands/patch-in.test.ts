import { expect, it } from 'vitest';
import { STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import { Base, patchElement } from './support/adapter.ts';
import { copy, F32_MONO, gain, ref, stream } from './support/stream.ts';

// COPY at 32 with refs at 40 and 56; GAIN at 72 with refs at 80 and 96, its gains at 120.
const BYTES = stream([
  copy(ref(1, 0, 64), ref(2, 0, 64, 1)),
  gain(ref(1, 64, 64), ref(2, 64, 64, 1), F32_MONO, 1, 0.5),
]);
const right = [
  patchElement(1, 0, 0, 40, 32),
  patchElement(2, 1, 0, 56, 32),
  patchElement(1, 0, 64, 80, 72),
  patchElement(2, 1, 64, 96, 72),
];
const [dst = [], src = [], later = []] = right;

const WRONG: [name: string, patches: number[][]][] = [
  ['DX-P1 PatchOffset beyond the payload', [patchElement(1, 0, 0, 4000, 32)]],
  ['DX-P2 PatchOffset + 16 wraps', [patchElement(1, 0, 0, 0xfffffff8, 32)]],
  ['DX-P3 an odd PatchOffset', [patchElement(1, 0, 0, 41, 32)]],
  ['DX-P4 PatchOffset at a gain', [patchElement(1, 0, 0, 120, 72)]],
  ['DX-P5 another AllocationIndex than the command’s', [patchElement(2, 0, 0, 40, 32)]],
  ['DX-P6 SplitOffset decreasing', [later, dst]],
  ['DX-P6 reserved bits', [patchElement(1, 0x01000000, 0, 40, 32)]],
  ['DX-P7 one ref twice', [dst, dst]],
  ['another AllocationOffset than the command’s', [patchElement(1, 0, 4, 40, 32)]],
  ['another command’s SplitOffset', [patchElement(1, 0, 0, 40, 72)]],
];

it.each(WRONG)('%s', (_, patches) => {
  const base = new Base();
  expect(base.render(BYTES, { patches }).status).toBe(STATUS_INVALID_PARAMETER);
  expect(base.isUntouched()).toBe(true);
});

it('a right list is taken, whole or in part (§5.5)', () => {
  const base = new Base();
  for (const patches of [right, [src], [dst, later]]) expect(base.run(BYTES, { patches })).toBe(STATUS_SUCCESS);
});
