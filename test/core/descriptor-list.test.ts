// The descriptor walk (hda-hardware §3.5, §3.6) against a model that goes byte by byte.

import fc from 'fast-check';
import { expect } from 'vitest';
import { formatRateHz, PCM_RATES } from '../../src/hda/pcm.ts';
import { SDnSTS_BCIS } from '../../src/hda/registers.ts';
import { FORMAT_BITS_SHIFT, formatChannels } from '../../src/hda/stream-format.ts';
import { expected } from './reference.ts';
import { type CoreKind, createRig, type Entry, noise, OUTPUT, onEachCore, type Rig, type StreamSetup } from './rig.ts';

const RAM_BYTES = 0x80000;
const DATA = 0x20000;

const format = fc
  .record({
    rate: fc.constantFrom(...PCM_RATES.map((row) => row.code)),
    bits: fc.nat(4),
    channels: fc.nat(15),
  })
  .map(({ rate, bits, channels }) => rate | (bits << FORMAT_BITS_SHIFT) | channels);

const length = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 9 }) },
  { weight: 3, arbitrary: fc.integer({ min: 10, max: 400 }) },
  { weight: 1, arbitrary: fc.integer({ min: 401, max: 20000 }) },
);

const entry: fc.Arbitrary<Entry> = fc.record({
  address: fc.integer({ min: DATA, max: RAM_BYTES - 20000 }),
  bytes: length,
  ioc: fc.boolean(),
});

const setup: fc.Arbitrary<StreamSetup> = fc
  .record({
    format,
    entries: fc.oneof(
      fc.array(entry, { minLength: 2, maxLength: 9 }),
      fc.array(entry, { minLength: 2, maxLength: 256, size: 'max' }),
    ),
    cbl: fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 70000 })),
  })
  .filter(({ entries }) => entries.some(({ bytes }) => bytes > 0))
  .map(({ cbl, ...rest }) => (cbl === undefined ? rest : { ...rest, cbl }));

async function powered(kind: CoreKind): Promise<{ rig: Rig; ram: Uint8Array }> {
  const rig = await createRig(kind, { ramBytes: RAM_BYTES });
  rig.core.memory.write(DATA, noise(RAM_BYTES - DATA));
  return { rig, ram: rig.core.memory.read(0, RAM_BYTES) };
}

onEachCore(
  'any list of 2–256 entries, any length and address, gives sample for sample what lies in RAM (§3.6)',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        setup,
        fc.nat(200_000),
        fc.integer({ min: 1, max: 700 }),
        fc.array(fc.integer({ min: 1, max: 300_000 }), { minLength: 1, maxLength: 8 }),
        async (list, before, frames, steps) => {
          const { rig, ram } = await powered(kind);
          rig.core.advance(before);
          const start = rig.linkFrames;
          const channels = formatChannels(list.format);
          rig.listen(list.format, formatRateHz(list.format), channels);
          rig.setUp(OUTPUT, list);
          rig.start(OUTPUT);
          let turn = 0;
          const ticks = (start + frames) * 500 - Number(rig.core.linkTicks);
          const lanes = Array.from({ length: channels }, (_, i) => i);
          const heard = rig.run(ticks, { step: () => steps[turn++ % steps.length] as number, lanes });
          const model = expected(ram, list, start, start + frames);
          expect(heard).toEqual(model.lanes);
          expect(rig.stops).toEqual(model.stops.map((stop) => ({ ...stop, stream: OUTPUT })));
          expect(rig.lpib(OUTPUT)).toBe(model.lpib);
          expect(rig.isRunning(OUTPUT)).toBe(!model.fault);
        },
      ),
      { numRuns: 150, seed: 24 },
    );
  },
);

/** 256 stereo 16-bit blocks an entry, entry i at DATA + i · 0x1000. */
const page = (i: number, bytes = 1024, ioc = false): Entry => ({ address: DATA + i * 0x1000, bytes, ioc });

async function playing(kind: CoreKind, list: Omit<StreamSetup, 'format'>) {
  const { rig, ram } = await powered(kind);
  rig.listen(0x0011, 48000, 2);
  rig.setUp(OUTPUT, { format: 0x0011, ...list });
  return { rig, ram, setup: { format: 0x0011, ...list } };
}

onEachCore('HW-D10: IOC on entry 1 of 2 sets BCIS once a lap, at the end of entry 1', async (kind) => {
  const { rig } = await playing(kind, { entries: [page(0), page(1, 1024, true)] });
  rig.start(OUTPUT);
  rig.run(500 * 2000);
  expect(rig.stops).toEqual([512, 1024, 1536].map((frame) => ({ frame, stream: OUTPUT, status: SDnSTS_BCIS })));
});

onEachCore('HW-D11: with BCIS never acknowledged the stream goes on, and completions merge (§3.7)', async (kind) => {
  const { rig } = await playing(kind, { entries: [page(0, 1024, true), page(1, 1024, true)] });
  rig.start(OUTPUT);
  expect(rig.core.advance(500 * 512)).toBe(500 * 256);
  expect(rig.status(OUTPUT)).toBe(SDnSTS_BCIS);
  expect(rig.core.advance(500 * 512)).toBe(500 * 512);
  expect(rig.lpib(OUTPUT)).toBe((768 * 4) % 2048);
  expect(rig.status(OUTPUT)).toBe(SDnSTS_BCIS);
});

onEachCore('HW-D14: RUN 1→0→1 goes on at the same byte of the same entry (§3.5)', async (kind) => {
  const { rig, ram, setup } = await playing(kind, { entries: [page(0), page(1, 1024, true)] });
  rig.start(OUTPUT);
  const [before] = rig.run(500 * 300, { lanes: [0] });
  rig.stop(OUTPUT);
  const lpib = rig.lpib(OUTPUT);
  expect(lpib).toBe(1200);
  const [pause] = rig.run(500 * 100, { lanes: [0] });
  expect(rig.lpib(OUTPUT)).toBe(lpib);
  rig.start(OUTPUT);
  const [after] = rig.run(500 * 300, { lanes: [0] });
  const whole = expected(ram, setup, 0, 600).lanes[0] as Float32Array;
  expect(before).toEqual(whole.slice(0, 300));
  expect(pause).toEqual(new Float32Array(100));
  expect(after).toEqual(whole.slice(300));
  expect(rig.stops.map((stop) => stop.frame)).toEqual([612]);
});

onEachCore('HW-D15: after SRST a stream starts at entry 0, LPIB 0', async (kind) => {
  const { rig, ram, setup } = await playing(kind, { entries: [page(0), page(1)] });
  rig.start(OUTPUT);
  rig.run(500 * 300);
  rig.stop(OUTPUT);
  rig.core.resetStream(OUTPUT);
  expect(rig.lpib(OUTPUT)).toBe(0);
  rig.start(OUTPUT);
  const [heard] = rig.run(500 * 400, { lanes: [0] });
  expect(heard).toEqual(expected(ram, setup, 0, 400).lanes[0]);
  expect(rig.lpib(OUTPUT)).toBe(1600);
});

onEachCore('HW-D16: with CBL below the sum LPIB wraps at CBL and the list at LVI (§3.6)', async (kind) => {
  const { rig, ram, setup } = await playing(kind, { entries: [page(0), page(1, 1024, true)], cbl: 1000 });
  rig.start(OUTPUT);
  const [heard] = rig.run(500 * 600, { lanes: [0] });
  expect(heard).toEqual(expected(ram, setup, 0, 600).lanes[0]);
  expect(rig.lpib(OUTPUT)).toBe(2400 % 1000);
  expect(rig.stops.map((stop) => stop.frame)).toEqual([512]);
});

onEachCore('HW-D17: LVI 0 plays one entry over and over', async (kind) => {
  const { rig, ram, setup } = await playing(kind, { entries: [page(0, 1024, true)] });
  rig.start(OUTPUT);
  const [heard] = rig.run(500 * 600, { lanes: [0] });
  expect(heard).toEqual(expected(ram, setup, 0, 600).lanes[0]);
  expect(rig.stops.map((stop) => stop.frame)).toEqual([256, 512]);
});

onEachCore('HW-D18: an entry of 4 bytes at an odd address is played', async (kind) => {
  const entries = [page(0), { address: DATA + 0x3001, bytes: 4, ioc: true }];
  const { rig, ram, setup } = await playing(kind, { entries });
  rig.start(OUTPUT);
  const [left, right] = rig.run(500 * 300, { lanes: [0, 1] });
  expect([left, right]).toEqual(expected(ram, setup, 0, 300).lanes);
  expect(left?.[256]).toBe(new DataView(ram.buffer).getInt16(DATA + 0x3001, true) / 32768);
  expect(rig.stops.map((stop) => stop.frame)).toEqual([257]);
});

onEachCore(
  'HOSTILE-H37: an entry counts as it was when it began; a change is seen the next time round',
  async (kind) => {
    const { rig, ram } = await playing(kind, { entries: [page(0), page(1)] });
    rig.start(OUTPUT);
    const [first] = rig.run(500 * 100, { lanes: [0] });
    rig.writeList(0x1000 + OUTPUT * 0x1000, [page(2), page(3)]);
    const [second] = rig.run(500 * 512, { lanes: [0] });
    const left = (address: number) => new DataView(ram.buffer).getInt16(address, true) / 32768;
    expect(first?.[99]).toBe(left(DATA + 99 * 4));
    expect(second?.[0]).toBe(left(DATA + 100 * 4)); // the old entry 0 to its end
    expect(second?.[155]).toBe(left(DATA + 255 * 4));
    expect(second?.[156]).toBe(left(DATA + 0x3000)); // then the new entry 1
    expect(second?.[412]).toBe(left(DATA + 0x2000));
  },
);
