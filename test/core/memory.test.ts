// Guest RAM in the core and RAM that the embedder owns (design, Memory).

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  CLOCK,
  GUEST_RAM,
  LANE_BYTES,
  LANES,
  LANES_MAX,
  RATE_BYTES,
  RATES,
  RATES_MAX,
  RESAMPLINGS,
  STAGING,
  STAGING_BYTES,
} from '../../assembly/layout.ts';
import { Core } from '../../src/controller/core.ts';
import { DPLBASE } from '../../src/hda/registers.ts';
import type { BusMemory } from '../../src/port/device-port.ts';
import { type CoreKind, createRig, type Entry, noise, OUTPUT, onEachCore } from './rig.ts';

/** RAM as v86 has it: an array of its own, and strict. */
function embedded(bytes: number): BusMemory & { array: Uint8Array; accesses: number } {
  const array = new Uint8Array(bytes);
  const check = (address: number, length: number) => {
    if (address < 0 || address + length > bytes) throw new RangeError(`${address} + ${length}`);
  };
  return {
    array,
    bytes,
    accesses: 0,
    read(address, length) {
      check(address, length);
      this.accesses++;
      return array.slice(address, address + length);
    },
    write(address, data) {
      check(address, data.length);
      this.accesses++;
      array.set(data, address);
    },
  };
}

const BYTES = 0x80000;
const entry: fc.Arbitrary<Entry> = fc.record({
  address: fc.integer({ min: 0x10000, max: BYTES + 100 }),
  bytes: fc.oneof(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 5000 })),
  ioc: fc.boolean(),
});

async function play(kind: CoreKind, memory: BusMemory | null, entries: readonly Entry[], format: number) {
  const rig = await createRig(kind, memory ? { memory } : { ramBytes: BYTES });
  rig.core.memory.write(0x10000, noise(BYTES - 0x10000));
  rig.registers.setUint32(DPLBASE, 0xf001, true);
  const lanes = [0, 1, 2];
  const all = [{ tag: 1, firstStreamChannel: 0, format, rate: 0, lanes }];
  rig.load({ ratesHz: [44100], lanes: 3, outputs: all, inputs: all });
  rig.setUp(OUTPUT, { format, entries });
  rig.setUp(0, { format, entries: [...entries].reverse() });
  rig.start(OUTPUT, 0);
  const heard = rig.run(300 * 500, { step: 24_000, lanes });
  return { heard, stops: rig.stops, memory: Buffer.from(rig.core.memory.read(0, BYTES)).toString('base64') };
}

onEachCore(
  'RAM that the embedder owns gives what RAM in the core gives, and is never asked outside its bounds',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(0x4012, 0x4002, 0x4042, 0x4032),
        async (entries, format) => {
          expect(await play(kind, embedded(BYTES), entries, format)).toEqual(await play(kind, null, entries, format));
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  },
);

it('an embedder’s RAM may be larger than 4 GiB', async () => {
  const base = 5 * 2 ** 32;
  const window = embedded(0x10000);
  const memory: BusMemory = {
    bytes: 2 ** 36,
    read: (address, length) => window.read(address - base, length),
    write: (address, data) => window.write(address - base, data),
  };
  const rig = await createRig('simd', { memory });
  window.array.set(noise(400), 0x8000);
  rig.setUp(OUTPUT, { format: 0x0011, list: base, entries: [{ address: base + 0x8000, bytes: 400 }] });
  rig.listen(0x0011, 48000, 2);
  rig.start(OUTPUT);
  const [left] = rig.run(100 * 500, { lanes: [0] });
  const samples = new Int16Array(window.array.buffer, 0x8000, 200);
  expect(left).toEqual(Float32Array.from({ length: 100 }, (_, i) => (samples[i * 2] as number) / 32768));
});

it('guest RAM is read and written within its bounds, else RangeError and nothing happens', async () => {
  const { core } = await createRig('simd', { ramBytes: 10_000 });
  expect(core.memory.bytes).toBe(10_000);
  core.memory.write(9_990, new Uint8Array(10).fill(5));
  expect(core.memory.read(9_989, 11)).toEqual(Uint8Array.of(0, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5));
  const copy = core.memory.read(9_990, 1);
  copy[0] = 9;
  expect(core.memory.read(9_990, 1)).toEqual(Uint8Array.of(5));
  for (const [address, length] of [
    [9_991, 10],
    [-1, 1],
    [10_000, 1],
    [0.5, 1],
    [Number.NaN, 1],
    [2 ** 53, 1],
  ] as const) {
    expect(() => core.memory.read(address, length)).toThrow(RangeError);
    expect(() => core.memory.write(address, new Uint8Array(length))).toThrow(RangeError);
  }
});

it('options beyond what a controller or an address space has are RangeErrors with the value', async () => {
  const streams = { input: 4, output: 4, bidirectional: 0 };
  await expect(Core.create({ ramBytes: 2 ** 32, streams })).rejects.toThrow(/bytes of guest RAM: 4294967296/);
  await expect(Core.create({ ramBytes: 4096, streams: { ...streams, input: 16 } })).rejects.toThrow(
    /streams.input: 16/,
  );
  const none = { input: 0, output: 0, bidirectional: 0 };
  await expect(Core.create({ ramBytes: 4096, streams: none })).rejects.toThrow(/streams in all: 0/);
  const { core } = await createRig('simd');
  expect(() => core.startStream(8)).toThrow(/stream: 8 is not within 0…7/);
});

onEachCore('30 bidirectional streams: DIR makes each an input or an output (§2.4)', async (kind) => {
  const rig = await createRig(kind, { streams: { input: 0, output: 0, bidirectional: 30 } });
  rig.core.memory.write(0x80000, noise(0x10000));
  for (let n = 0; n < 30; n++) {
    rig.setUp(n, {
      format: 0x0011,
      list: 0x1000 + n * 0x80,
      entries: [{ address: 0x80000 + n * 0x400, bytes: 0x400 }],
    });
    if (n % 2 === 0) rig.registers.setUint8(0x80 + n * 0x20 + 2, 0x18); // DIR, tag 1
  }
  const before = rig.core.memory.read(0x80000, 30 * 0x400);
  rig.start(...Array.from({ length: 30 }, (_, n) => n));
  rig.run(256 * 500);
  const after = rig.core.memory.read(0x80000, 30 * 0x400);
  for (let n = 0; n < 30; n++) {
    const buffer = after.slice(n * 0x400, (n + 1) * 0x400);
    expect(buffer).toEqual(n % 2 === 0 ? before.slice(n * 0x400, (n + 1) * 0x400) : new Uint8Array(0x400));
    expect(rig.lpib(n)).toBe(0);
  }
});

it.each(['build/core.wat', 'build/core.scalar.wat'])(
  '%s: asc’s own data lies below the records, and no area of the map overlaps',
  (file) => {
    const text = readFileSync(file, 'utf8');
    const ends = [...text.matchAll(/\(data \$\d+ \(i32\.const (\d+)\) "((?:[^"\\]|\\.)*)"\)/g)].map(
      ([, at, data]) => Number(at) + (data as string).replace(/\\([0-9a-f]{2}|.)/g, '.').length,
    );
    expect(Math.max(...ends)).toBeLessThan(CLOCK);
    expect(text).not.toContain('~lib/rt');
    expect(text).not.toContain('memory.grow');
    expect(STAGING + STAGING_BYTES).toBeLessThan(LANES);
    expect(LANES + (LANES_MAX + 3) * LANE_BYTES).toBeLessThanOrEqual(RATES);
    expect(RATES + RATES_MAX * RATE_BYTES).toBeLessThanOrEqual(RESAMPLINGS);
    expect(GUEST_RAM % 4096).toBe(0);
  },
);
