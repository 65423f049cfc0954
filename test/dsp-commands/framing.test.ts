import { expect, it } from 'vitest';
import {
  STATUS_GRAPHICS_DRIVER_MISMATCH,
  STATUS_ILLEGAL_INSTRUCTION,
  STATUS_INVALID_USER_BUFFER,
  STATUS_PRIVILEGED_INSTRUCTION,
} from '../../src/ddi/dxgk.ts';
import { type NTSTATUS, STATUS_INVALID_PARAMETER } from '../../src/ddi/ntstatus.ts';
import type { RenderRequest } from '../../src/dsp/kernel/render-request.ts';
import { DSP_COPY, DSP_MIX } from '../../src/hda/dsp-packets.ts';
import { Base } from './support/adapter.ts';
import { copy, F32_MONO, fill, nop, ref, stream } from './support/stream.ts';

const good = copy(ref(1, 0, 1024), ref(2, 0, 1024, 1));
/** A stream of one command with this size word. */
const sized = (bytes: number) => stream([[good[0] ?? 0, bytes, ...good.slice(2)]]);

/** A command of this opcode and all-ones operands. */
const privileged = (opcode: number) => stream([[opcode, 24, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]]);

type Case = [name: string, bytes: Uint8Array, expected: NTSTATUS, request?: Partial<RenderRequest>];

const CASES: Case[] = [
  ['DX-H1 an empty payload', new Uint8Array(0), STATUS_INVALID_USER_BUFFER],
  ['DX-H2 31 bytes', stream([]).subarray(0, 31), STATUS_INVALID_USER_BUFFER],
  ['DX-H3 another magic', stream([good], { magic: 0x12345678, total: 7 }), STATUS_GRAPHICS_DRIVER_MISMATCH],
  ['DX-H3 another major version', stream([good], { major: 2, total: 7 }), STATUS_GRAPHICS_DRIVER_MISMATCH],
  ['DX-H4 totalBytes too large', stream([good], { total: 80 }), STATUS_INVALID_USER_BUFFER],
  ['DX-H4 totalBytes too small', stream([good], { total: 64 }), STATUS_INVALID_USER_BUFFER],
  ['DX-H5 the last command header cut', stream([good, [0]], { count: 2 }), STATUS_INVALID_USER_BUFFER],
  ['DX-H6 sizeBytes 0', sized(0), STATUS_INVALID_USER_BUFFER],
  ['DX-H7 sizeBytes 4', sized(4), STATUS_INVALID_USER_BUFFER],
  ['DX-H7 sizeBytes 7', sized(7), STATUS_INVALID_USER_BUFFER],
  ['DX-H7 sizeBytes 12', sized(12), STATUS_INVALID_USER_BUFFER],
  ['DX-H8 sizeBytes 0xFFFFFFF8', sized(0xfffffff8), STATUS_INVALID_USER_BUFFER],
  ['DX-H9 COPY of 32 bytes', stream([[DSP_COPY, 32, ...ref(1, 0, 8), 0, 0]]), STATUS_INVALID_USER_BUFFER],
  ['DX-H10 COPY of 48 bytes', stream([[DSP_COPY, 48, ...good.slice(2), 0, 0]]), STATUS_INVALID_USER_BUFFER],
  ['DX-H11 one command fewer than announced', stream([good], { count: 2 }), STATUS_INVALID_USER_BUFFER],
  ['DX-H11 one command more than announced', stream([good, good], { count: 1 }), STATUS_INVALID_USER_BUFFER],
  ['DX-H12 commandCount 0xFFFFFFFF', stream([good], { count: 0xffffffff }), STATUS_INVALID_USER_BUFFER],
  ['DX-H13 CommandOffset beyond CommandLength', stream([good]), STATUS_INVALID_PARAMETER, { CommandOffset: 73 }],
  ['DX-H13 CommandLength beyond the buffer', stream([good]), STATUS_INVALID_PARAMETER, { CommandLength: 4097 }],
  ['DX-H14 NumAllocations 0xFFFFFFFF', stream([good]), STATUS_INVALID_PARAMETER, { NumAllocations: 0xffffffff }],
  [
    'DX-H14 NumPatchLocations × 24 past 2³²',
    stream([good]),
    STATUS_INVALID_PARAMETER,
    { NumPatchLocations: 0x0aaaaaab },
  ],
  ...[1, 2, 3, 4, 5, 6, 7, 8].map(
    (n): Case => [`DX-H15 opcode 0x800${n}`, privileged(0x8000 + n), STATUS_PRIVILEGED_INSTRUCTION],
  ),
  ['DX-H16 opcode 0x7FFF', stream([[0x7fff, 8]]), STATUS_ILLEGAL_INSTRUCTION],
  ['DX-H17 a header flag', stream([good], { flags: 1 }), STATUS_INVALID_PARAMETER],
  ['DX-H17 a command flag', stream([[DSP_COPY | (1 << 16), ...good.slice(1)]]), STATUS_INVALID_PARAMETER],
  [
    'DX-H18 MIX of 0x0AAAAAAB sources: × 24 is 8 modulo 2³²',
    stream([[DSP_MIX, 48, ...ref(1, 0, 4), ...F32_MONO, 0x0aaaaaab, 0, 0, 0]]),
    STATUS_INVALID_USER_BUFFER,
  ],
];

it.each(CASES)('%s', (_, bytes, expected, request = {}) => {
  const base = new Base();
  const before = base.engine.ram.slice();
  expect(base.render(bytes, request).status.toString(16)).toBe(expected.toString(16));
  expect(base.isUntouched()).toBe(true);
  expect(Buffer.compare(base.engine.ram, before)).toBe(0);
  expect(base.run(stream([good]))).toBe(0);
});

it('DX-H19 nine good commands before an illegal one: none of them is run', () => {
  const base = new Base();
  const before = base.read(base.A1);
  const nine = Array.from({ length: 9 }, (_, n) => fill(ref(1, n * 4, 4), 0x5a5a5a5a));
  expect(base.run(stream([...nine, [0x0999, 8]]))).toBe(STATUS_ILLEGAL_INSTRUCTION);
  expect(base.isUntouched()).toBe(true);
  expect(base.read(base.A1)).toEqual(before);
});

it('framing is judged before any command (§5.4)', () => {
  const base = new Base();
  expect(base.render(stream([[0x8001, 8], nop()], { count: 3 })).status).toBe(STATUS_INVALID_USER_BUFFER);
});

it.each([Number.NaN, -1, 1.5, 2 ** 53, Number.POSITIVE_INFINITY])(
  'CommandLength %s is refused before capture',
  (length) => {
    const base = new Base();
    expect(base.render(stream([good]), { CommandLength: length }).status).toBe(STATUS_INVALID_PARAMETER);
  },
);
