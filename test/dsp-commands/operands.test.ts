import { expect, it } from 'vitest';
import { STATUS_GRAPHICS_CANT_RENDER_LOCKED_ALLOCATION, STATUS_PRIVILEGED_INSTRUCTION } from '../../src/ddi/dxgk.ts';
import {
  type NTSTATUS,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../../src/ddi/ntstatus.ts';
import { KIND_PCM16, KIND_PCM32, PACKET_FRAMES_MAX } from '../../src/hda/dsp-packets.ts';
import { Base } from './support/adapter.ts';
import {
  copy,
  F32_MONO,
  fill,
  format,
  gain,
  meter,
  PCM16_STEREO,
  ref,
  stream,
  tone,
  ufence,
} from './support/stream.ts';

type Case = [name: string, commands: number[][], expected: NTSTATUS];
const two = (dst: number[], src: number[]) => [copy(dst, src)];

const CASES: Case[] = [
  ['DX-O1 allocIndex = AllocationListSize', two(ref(3, 0, 4), ref(2, 0, 4)), STATUS_INVALID_HANDLE],
  ['DX-O1 allocIndex 0xFFFFFFFF', two(ref(0xffffffff, 0, 4), ref(2, 0, 4)), STATUS_INVALID_HANDLE],
  ['DX-O2 the NULL element where data is needed', two(ref(1, 0, 4), ref(0, 0, 4)), STATUS_INVALID_HANDLE],
  ['DX-O3 writing an element without WriteOperation', two(ref(2, 0, 4), ref(1, 0, 4)), STATUS_PRIVILEGED_INSTRUCTION],
  ['DX-O4 one past the end', two(ref(1, 65536 - 8, 16), ref(2, 0, 16)), STATUS_PRIVILEGED_INSTRUCTION],
  ['DX-O5 offset + length wraps', two(ref(1, 0xfffffff0, 0x20), ref(2, 0, 0x20)), STATUS_PRIVILEGED_INSTRUCTION],
  ['DX-O6 zero length, beyond the end', two(ref(1, 65536, 0), ref(2, 0, 0)), STATUS_INVALID_PARAMETER],
  ['DX-O7 the last bytes', two(ref(1, 65532, 4), ref(2, 65532, 4)), STATUS_SUCCESS],
  ['DX-O8 COPY onto itself, four bytes overlapping', two(ref(1, 0, 64), ref(1, 60, 64)), STATUS_INVALID_PARAMETER],
  ['DX-O8 COPY onto itself, the same range', two(ref(1, 0, 64), ref(1, 0, 64)), STATUS_INVALID_PARAMETER],
  ['DX-O9 COPY onto itself, touching', two(ref(1, 0, 64), ref(1, 64, 64)), STATUS_SUCCESS],
  ['DX-O10 overlap through two indices', two(ref(1, 0, 64), ref(3, 60, 64)), STATUS_INVALID_PARAMETER],
  ['DX-O11 COPY of two lengths', two(ref(1, 0, 64), ref(2, 0, 60)), STATUS_INVALID_PARAMETER],
  ['DX-O12 COPY at offset 2', two(ref(1, 2, 4), ref(2, 0, 4)), STATUS_INVALID_PARAMETER],
  ['DX-O12 UFENCE at offset 4', [ufence(ref(1, 4, 8), 1n)], STATUS_INVALID_PARAMETER],
  ['DX-O13 a frame and a half', [tone(ref(1, 0, 6), PCM16_STEREO)], STATUS_INVALID_PARAMETER],
  ['DX-O14 no channels', [tone(ref(1, 0, 8), format(KIND_PCM16, 0, 16))], STATUS_INVALID_PARAMETER],
  ['DX-O14 17 channels', [tone(ref(1, 0, 34), format(KIND_PCM16, 17, 16))], STATUS_INVALID_PARAMETER],
  ['DX-O14 rate 0', [tone(ref(1, 0, 8), format(KIND_PCM16, 2, 16, 0))], STATUS_INVALID_PARAMETER],
  ['DX-O14 33 valid bits', [tone(ref(1, 0, 8), format(KIND_PCM32, 2, 33))], STATUS_INVALID_PARAMETER],
  ['DX-O14 kind 9', [tone(ref(1, 0, 8), format(9, 2, 16))], STATUS_INVALID_PARAMETER],
  ['DX-O15 frequency NaN', [tone(ref(1, 0, 8), F32_MONO, Number.NaN)], STATUS_INVALID_PARAMETER],
  ['DX-O15 amplitude ∞', [tone(ref(1, 0, 8), F32_MONO, 440, Number.POSITIVE_INFINITY)], STATUS_INVALID_PARAMETER],
  ['DX-O16 slot 64', two(ref(1, 0, 4, 64), ref(2, 0, 4)), STATUS_INVALID_PARAMETER],
  ['DX-O16 slot word 0x01000000', two(ref(1, 0, 4), ref(2, 0, 4, 0x01000000)), STATUS_INVALID_PARAMETER],
  [
    'DX-O17 METER of 20000 frames',
    [meter(ref(2, 0, 40000), ref(1, 0, 12), format(KIND_PCM16, 1, 16))],
    STATUS_INVALID_PARAMETER,
  ],
  ['DX-O18 UFENCE into a cell of the kernel’s: no index names one', [ufence(ref(4, 0, 8), 1n)], STATUS_INVALID_HANDLE],
  [
    'METER of as many frames as a packet may have',
    [meter(ref(2, 0, PACKET_FRAMES_MAX * 2), ref(1, 0, 12), format(KIND_PCM16, 1, 16))],
    STATUS_SUCCESS,
  ],
  ['GAIN in place', [gain(ref(1, 0, 64), ref(3, 0, 64), F32_MONO, 1, 0)], STATUS_SUCCESS],
  ['GAIN half in place', [gain(ref(1, 0, 64), ref(3, 32, 64), F32_MONO, 1, 0)], STATUS_INVALID_PARAMETER],
  ['a tone above half the rate', [tone(ref(1, 0, 8), F32_MONO, 24001)], STATUS_INVALID_PARAMETER],
  ['FILL of three-byte patterns', [fill(ref(1, 0, 6), 1, 3)], STATUS_INVALID_PARAMETER],
];

it.each(CASES)('%s', (name, commands, expected) => {
  const base = new Base();
  const third = name.includes('DX-O1 allocIndex =') ? [] : [base.A1, 1]; // the same allocation once more
  const list = Uint32Array.of(...base.list, ...third);
  const before = base.read(base.A2);
  expect(base.run(stream(commands), { list }).toString(16)).toBe(expected.toString(16));
  expect(base.read(base.A2)).toEqual(before);
  if (expected !== STATUS_SUCCESS) expect(base.isUntouched()).toBe(true);
});

it('DX-O19 an allocation that the app has locked cannot be rendered', () => {
  const base = new Base();
  const lock = base.adapter.allocations.lock(base.D, base.A1);
  expect(lock.status).toBe(STATUS_SUCCESS);
  const bytes = stream([copy(ref(1, 0, 4), ref(2, 0, 4))]);
  expect(base.render(bytes).status).toBe(STATUS_GRAPHICS_CANT_RENDER_LOCKED_ALLOCATION);
  expect(base.isUntouched()).toBe(true);
  lock.bytes?.fill(9, 4, 8);
  expect(base.adapter.allocations.unlock(base.D, base.A1)).toBe(STATUS_SUCCESS);
  expect(base.run(bytes)).toBe(STATUS_SUCCESS);
  expect([...base.read(base.A1).subarray(4, 8)]).toEqual([9, 9, 9, 9]);
});
