import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { BLOCK, BLOCK_A, BLOCK_B, METER_LANE, OUTPUT_LANES, WEIGHTS } from '../../assembly/dsp/scratch.ts';
import { STAGING, STAGING_BYTES } from '../../assembly/layout.ts';
import { STATUS_INVALID_PARAMETER } from '../../src/ddi/ntstatus.ts';
import {
  CHANNELS_MAX,
  ENGINE_BAD_ADDRESS,
  ENGINE_MALFORMED,
  ENGINE_OK,
  FILL_BYTES,
  HARMONICS_MAX,
  PACKET_FRAMES_MAX,
} from '../../src/hda/dsp-packets.ts';
import { Base } from './support/adapter.ts';
import { createTestEngine } from './support/engine.ts';

it('the kernels’ working memory lies in the staging area, piece by piece', () => {
  const pieces = [
    [BLOCK_A, BLOCK * 8],
    [BLOCK_B, BLOCK * 8],
    [WEIGHTS, HARMONICS_MAX * 8],
    [METER_LANE, PACKET_FRAMES_MAX * 8],
  ] as const;
  let end = STAGING;
  for (const [at, bytes] of pieces) {
    expect(at).toBeGreaterThanOrEqual(end);
    end = at + bytes;
  }
  expect(OUTPUT_LANES).toBeGreaterThanOrEqual(WEIGHTS + HARMONICS_MAX * 8); // shared with METER_LANE
  expect(OUTPUT_LANES + CHANNELS_MAX * BLOCK * 4).toBeLessThanOrEqual(STAGING + STAGING_BYTES);
  expect(end).toBeLessThanOrEqual(STAGING + STAGING_BYTES);
});

it('the core is at most 40 kB', () => {
  expect(gzipSync(readFileSync('build/core.wasm')).length).toBeLessThan(40_000);
});

it('dspExecute stops at what is no packet, and says why (§5.3)', () => {
  const engine = createTestEngine(1 << 16);
  const view = new DataView(engine.ram.buffer, engine.ram.byteOffset);
  const packet = (opcode: number, bytes: number, address: number, flags = 0) => {
    for (const [n, word] of [opcode | (flags << 16), bytes, address, 64, 7, 4].entries()) {
      view.setUint32(4096 + n * 4, word, true);
    }
    return [engine.execute(4096, 4096 + FILL_BYTES, 1), engine.fault];
  };
  expect(packet(2, FILL_BYTES, 8192)).toEqual([4096 + FILL_BYTES, ENGINE_OK]);
  expect(view.getUint32(8192, true)).toBe(7);
  const refusals: [number[], number][] = [
    [[2, 0, 8192], ENGINE_MALFORMED],
    [[2, 4, 8192], ENGINE_MALFORMED],
    [[2, 28, 8192], ENGINE_MALFORMED],
    [[2, 32, 8192], ENGINE_MALFORMED], // beyond the end
    [[0x7fff, FILL_BYTES, 8192], ENGINE_MALFORMED],
    [[0x8002, FILL_BYTES, 8192], ENGINE_MALFORMED],
    [[2, FILL_BYTES, 8192, 1], ENGINE_MALFORMED],
    [[2, FILL_BYTES, 0], ENGINE_BAD_ADDRESS],
    [[2, FILL_BYTES, 8194], ENGINE_BAD_ADDRESS],
    [[2, FILL_BYTES, 0xfffc], ENGINE_BAD_ADDRESS],
    [[2, FILL_BYTES, 0xffffffc0], ENGINE_BAD_ADDRESS],
  ];
  for (const [words, fault] of refusals) {
    const [opcode = 0, bytes = 0, address = 0, flags = 0] = words;
    expect([words, ...packet(opcode, bytes, address, flags)]).toEqual([words, 4096, fault]);
  }
  expect([engine.execute(0xfff8, 0x20000, 1), engine.fault]).toEqual([0xfff8, ENGINE_BAD_ADDRESS]);
});

it.each([5n, '5', Number.NaN, 1.5, -1, undefined, null, {}])(
  'a handle of %s names nothing, and nothing throws',
  (handle) => {
    const { adapter } = new Base();
    const hContext = handle as number;
    expect(adapter.render({ hContext, CommandLength: 0, NumAllocations: 0 }).status).toBe(STATUS_INVALID_PARAMETER);
    expect(adapter.destroyContext(hContext)).toBe(STATUS_INVALID_PARAMETER);
    expect(adapter.destroyDevice(hContext)).toBe(STATUS_INVALID_PARAMETER);
    expect(adapter.allocations.create({ hDevice: hContext, bytes: 1 }).status).toBe(STATUS_INVALID_PARAMETER);
  },
);
