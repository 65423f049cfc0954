// What a guest can do to descriptor lists, buffers and formats (hostile-inputs §4). Each ends in bounded time, with a status
// bit of the standard and a counter, and touches nothing outside RAM.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  CLOCK,
  COUNTERS,
  GUEST_RAM,
  GUEST_RAM_PAD,
  INPUTS,
  LANES,
  RATES,
  RESAMPLINGS,
  SILENT_LANE,
} from '../../assembly/layout.ts';
import {
  DPLBASE,
  DPUBASE,
  SD_BASE,
  SD_STRIDE,
  SDnBDPL,
  SDnBDPU,
  SDnCBL,
  SDnFMT,
  SDnLVI,
  SDnSTS_BCIS,
  SDnSTS_DESE,
} from '../../src/hda/registers.ts';
import { type CoreKind, createRig, type Entry, noise, OUTPUT, onEachCore, type Rig, type StreamSetup } from './rig.ts';

const RAM_BYTES = 0x100000;
const FMT = 0x0011;

async function hurt(kind: CoreKind, setup: Partial<StreamSetup> & { entries: readonly Entry[] }): Promise<Rig> {
  const rig = await createRig(kind);
  rig.core.memory.write(0x10000, noise(0x8000));
  rig.listen(FMT, 48000, 2);
  rig.setUp(OUTPUT, { format: FMT, ...setup });
  return rig;
}

/** Runs until the error, which must fall at link frame `frame`, then checks that the stream has stopped for good. */
function expectError(rig: Rig, frame: number, stream = OUTPUT): void {
  rig.start(stream);
  rig.run(1000 * 500);
  expect(rig.stops).toContainEqual({ frame, stream, status: expect.anything() });
  expect(rig.stops.filter(({ status }) => (status & SDnSTS_DESE) !== 0)).toEqual([
    { frame, stream, status: expect.anything() },
  ]);
  expect(rig.isRunning(stream)).toBe(false);
  expect(rig.core.counters.descriptorFaults).toBe(1);
  const lpib = rig.lpib(stream);
  rig.run(100 * 500);
  expect(rig.lpib(stream)).toBe(lpib);
}

const GOOD: Entry = { address: 0x10000, bytes: 400 };

// An entry that cannot be, after one of 100 blocks: DESE at frame 101, where its first byte is due.
const BAD_ENTRIES: [row: string, entry: Entry][] = [
  ['H5: a buffer in BAR0', { address: 0xfebf0000, bytes: 64 }],
  ['H7: a buffer one byte beyond the end of RAM', { address: RAM_BYTES - 399, bytes: 400 }],
  ['H7: a buffer of one byte at the end of RAM', { address: RAM_BYTES, bytes: 1 }],
  ['H8: a valid low half under a high half', { address: 2 ** 32 + 0x10000, bytes: 64 }],
  ['H9: address + length wraps 2^32', { address: 2 ** 32 - 16, bytes: 32 }],
  ['H27: length ffffffffh', { address: 0x10000, bytes: 0xffffffff }],
];

for (const [row, entry] of BAD_ENTRIES)
  onEachCore(
    `HOSTILE-${row} sets DESE where its first byte is due, for output and input, and stops the stream (HW-D29)`,
    async (kind) => {
      const rig = await hurt(kind, { entries: [GOOD, entry], cbl: 0x8000 });
      expectError(rig, 101);
      expect(rig.lpib(OUTPUT)).toBe(400);
      const input = await createRig(kind);
      input.setUp(0, { format: FMT, entries: [GOOD, entry] });
      expectError(input, 101, 0);
    },
  );

onEachCore('HOSTILE-H9: address + length wraps 2^64', async (kind) => {
  const rig = await hurt(kind, { entries: [GOOD, GOOD] });
  rig.core.memory.write(0x1000 + OUTPUT * 0x1000 + 16, new Uint8Array(8).fill(0xff));
  expectError(rig, 101);
});

onEachCore('HOSTILE-H7: a buffer that ends with RAM is played and recorded to its last byte', async (kind) => {
  const entry = { address: RAM_BYTES - 401, bytes: 401 };
  const rig = await hurt(kind, { entries: [entry, entry] });
  rig.setUp(0, { format: FMT, entries: [entry, entry] });
  rig.start(OUTPUT, 0);
  rig.run(1000 * 500);
  expect(rig.isRunning(OUTPUT) && rig.isRunning(0)).toBe(true);
});

const BAD_LISTS: [row: string, low: number, high: number][] = [
  ['H4: a list in BAR0', 0xfebf0000, 0],
  ['H8: a list whose high half is not 0', 0x5000, 1],
  ['H9: a list that wraps 2^64', 0xffffff80, 0xffffffff],
  ['H29: a list behind the end of RAM', RAM_BYTES, 0],
];

for (const [row, low, high] of BAD_LISTS)
  onEachCore(`HOSTILE-${row} sets DESE at the first block due`, async (kind) => {
    const rig = await hurt(kind, { entries: [GOOD, GOOD] });
    rig.registers.setUint32(SD_BASE + OUTPUT * SD_STRIDE + SDnBDPL, low, true);
    rig.registers.setUint32(SD_BASE + OUTPUT * SD_STRIDE + SDnBDPU, high, true);
    expectError(rig, 1);
  });

onEachCore(
  'HOSTILE-H29: low bits of BDPL are no part of the address; a list may lie at 0 and end with RAM',
  async (kind) => {
    for (const list of [0, 0x6000, RAM_BYTES - 128]) {
      const rig = await hurt(kind, { entries: Array.from({ length: 8 }, () => GOOD), list });
      rig.registers.setUint32(SD_BASE + OUTPUT * SD_STRIDE + SDnBDPL, list + 0x7f, true);
      rig.start(OUTPUT);
      rig.run(900 * 500);
      expect(rig.isRunning(OUTPUT)).toBe(true);
      expect(rig.core.counters.descriptors).toBe(9);
    }
  },
);

onEachCore('HOSTILE-H29: a list that runs over the end of RAM fails at its first entry outside', async (kind) => {
  const rig = await hurt(kind, { entries: Array.from({ length: 8 }, () => GOOD), list: RAM_BYTES - 128, lvi: 8 });
  expectError(rig, 801);
});

onEachCore('HOSTILE-H25: LVI 255 over garbage ends in bounded time, in DESE or playing', async (kind) => {
  const rig = await hurt(kind, { entries: [GOOD], lvi: 255 });
  const list = 0x1000 + OUTPUT * 0x1000;
  rig.core.memory.write(list + 16, noise(255 * 16, 3));
  expectError(rig, 101);
});

onEachCore('HOSTILE-H25: LVI lowered below the present entry under RUN goes on at entry 0', async (kind) => {
  const entries = [0, 1, 2, 3].map((i) => ({ address: 0x10000 + i * 400, bytes: 400, ioc: i === 0 }));
  const rig = await hurt(kind, { entries });
  rig.start(OUTPUT);
  rig.run(350 * 500);
  rig.registers.setUint16(SD_BASE + OUTPUT * SD_STRIDE + SDnLVI, 1, true);
  rig.run(400 * 500);
  expect(rig.stops.map(({ frame }) => frame)).toEqual([100, 500, 700]);
});

onEachCore(
  'HOSTILE-H26: a list of empty entries sets DESE; an empty one among others is skipped without its IOC',
  async (kind) => {
    const empty = { address: 0x10000, bytes: 0, ioc: true };
    for (const n of [1, 2, 256]) expectError(await hurt(kind, { entries: new Array(n).fill(empty) }), 1);
    for (const at of [0, 1, 2]) {
      const entries: Entry[] = [GOOD, GOOD];
      entries.splice(at, 0, { ...empty, address: 0xffffffff }); // nor is its address looked at
      const rig = await hurt(kind, { entries });
      rig.start(OUTPUT);
      rig.run(1000 * 500);
      expect(rig.stops).toEqual([]);
      expect(rig.lpib(OUTPUT)).toBe((1000 * 4) % 800);
      expect(rig.core.counters.descriptors).toBe(10);
    }
  },
);

onEachCore('HOSTILE-H27: entries of 1, 2 and 3 bytes make whole samples across their edges', async (kind) => {
  const data = noise(0x8000);
  const entries: Entry[] = [];
  for (let at = 0, i = 0; at < 600; i++) {
    const bytes = 1 + (i % 3);
    entries.push({ address: 0x10000 + at, bytes });
    at += bytes;
  }
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(entries.length).toBeLessThanOrEqual(300);
  const rig = await hurt(kind, { entries: entries.slice(0, 256) });
  rig.start(OUTPUT);
  const frames = Math.floor(entries.slice(0, 256).reduce((sum, { bytes }) => sum + bytes, 0) / 4);
  const [left] = rig.run(frames * 500, { lanes: [0] });
  expect(total).toBeGreaterThan(frames * 4);
  const words = new DataView(data.buffer);
  expect(left).toEqual(Float32Array.from({ length: frames }, (_, i) => words.getInt16(i * 4, true) / 32768));
});

onEachCore(
  'HOSTILE-H28: CBL 0 keeps LPIB 0; 1, below and above the sum and no multiple of a block: LPIB stays below CBL',
  async (kind) => {
    for (const cbl of [0, 1, 3, 399, 401, 0xffffffff]) {
      const rig = await hurt(kind, { entries: [GOOD, { ...GOOD, ioc: true }], cbl });
      rig.start(OUTPUT);
      rig.run(1001 * 500, { step: 777 });
      expect(rig.lpib(OUTPUT)).toBe(cbl === 0 ? 0 : 4004 % cbl);
      expect(rig.stops.map(({ frame }) => frame)).toEqual([200, 400, 600, 800, 1000]);
    }
  },
);

onEachCore('HOSTILE-H28: CBL lowered under RUN: LPIB is below it from the next block on', async (kind) => {
  const rig = await hurt(kind, { entries: [GOOD, GOOD] });
  rig.start(OUTPUT);
  rig.run(150 * 500);
  rig.registers.setUint32(SD_BASE + OUTPUT * SD_STRIDE + SDnCBL, 100, true);
  rig.run(500);
  expect(rig.lpib(OUTPUT)).toBe(604 % 100);
});

onEachCore(
  'HOSTILE-H36: IOC on every entry of one link frame: an interrupt each frame, none lost, time never stands still',
  async (kind) => {
    const entries = Array.from({ length: 256 }, (_, i) => ({ address: 0x10000 + i * 4, bytes: 4, ioc: true }));
    const rig = await hurt(kind, { entries });
    rig.start(OUTPUT);
    rig.run(5000 * 500);
    expect(rig.stops).toEqual(
      Array.from({ length: 5000 }, (_, i) => ({ frame: i + 1, stream: OUTPUT, status: SDnSTS_BCIS })),
    );
  },
);

onEachCore(
  'HOSTILE-H27: of entries of one byte a call takes at most 512 a stream, and time goes on all the same',
  async (kind) => {
    const entries = Array.from({ length: 256 }, (_, i) => ({ address: 0x10000 + i, bytes: 1 }));
    const rig = await createRig(kind);
    rig.core.memory.write(0x10000, noise(0x1000));
    rig.setUp(OUTPUT, { format: 0x184f, entries }); // 192 kHz, 32 bits, 16 channels: 256 bytes a link frame
    rig.start(OUTPUT);
    for (let frames = 0; frames < 100; ) {
      const before = rig.core.counters.descriptors;
      const moved = rig.core.advance(512 * 500);
      frames += moved / 500;
      expect(moved).toBe(2 * 500);
      expect(rig.core.counters.descriptors - before).toBe(512);
    }
    rig.setUp(OUTPUT + 1, { format: 0x387f, entries }); // the same under reserved codes, 8 blocks: 512 bytes a link frame
    rig.start(OUTPUT + 1);
    expect(rig.core.advance(512 * 500)).toBe(500);
  },
);

onEachCore('HOSTILE-H9: a list that wraps 2^64 under a stream in its ninth entry is no list at 0', async (kind) => {
  const rig = await hurt(kind, { entries: new Array(16).fill(GOOD) });
  rig.start(OUTPUT);
  rig.run(850 * 500);
  rig.stop(OUTPUT);
  rig.writeList(16, [GOOD]); // where the tenth entry would be: 2^64 − 128 + 9 · 16
  rig.registers.setUint32(SD_BASE + OUTPUT * SD_STRIDE + SDnBDPL, 0xffffff80, true);
  rig.registers.setUint32(SD_BASE + OUTPUT * SD_STRIDE + SDnBDPU, 0xffffffff, true);
  rig.start(OUTPUT);
  rig.run(100 * 500);
  expect(rig.stops).toEqual([{ frame: 901, stream: OUTPUT, status: SDnSTS_DESE }]);
});

onEachCore('HOSTILE-H31: an input of reserved format at 384 kHz stores silence, whatever else moves', async (kind) => {
  const rig = await hurt(kind, { entries: [{ address: 0x10000, bytes: 0x8000 }] });
  rig.core.memory.write(0x40000, new Uint8Array(0x40000).fill(0x55));
  rig.listen(FMT, 48000, 1); // the second channel is not heard
  rig.setUp(0, { format: 0x387f, entries: [{ address: 0x40000, bytes: 0x40000 }] });
  rig.start(OUTPUT, 0);
  rig.run(2 * 512 * 500);
  expect(rig.core.memory.read(0x40000, 0x40000).findIndex((byte) => byte !== 0)).toBe(-1);
});

onEachCore('HOSTILE-H33: a format written under RUN counts from the next start on', async (kind) => {
  const rig = await hurt(kind, { entries: [{ address: 0x10000, bytes: 0x8000 }] });
  rig.start(OUTPUT);
  rig.run(100 * 500);
  rig.registers.setUint16(SD_BASE + OUTPUT * SD_STRIDE + SDnFMT, 0x1811, true);
  rig.run(100 * 500);
  expect(rig.lpib(OUTPUT)).toBe(800);
  rig.stop(OUTPUT);
  rig.start(OUTPUT);
  rig.run(100 * 500);
  expect(rig.lpib(OUTPUT)).toBe(800 + 1600);
});

onEachCore('HOSTILE-H10: two inputs on one page both write it; nothing else is written', async (kind) => {
  const rig = await createRig(kind);
  rig.core.memory.write(0, new Uint8Array(RAM_BYTES).fill(0x77));
  for (const n of [0, 1]) rig.setUp(n, { format: FMT, entries: [{ address: 0x20000, bytes: 4096 }], list: 0x3000 });
  rig.start(0, 1);
  rig.run(3000 * 500);
  const ram = rig.core.memory.read(0, RAM_BYTES);
  expect(ram.subarray(0x20000, 0x21000)).toEqual(new Uint8Array(4096));
  expect(
    ram.findIndex((byte, i) => byte !== 0x77 && !(i >= 0x3000 && i < 0x3010) && !(i >= 0x20000 && i < 0x21000)),
  ).toBe(-1);
});

onEachCore(
  'HOSTILE-H11: a capture that writes an output’s list ends in that output’s DESE, not in ours',
  async (kind) => {
    const rig = await createRig(kind);
    rig.load({
      ratesHz: [48000],
      lanes: 1,
      inputs: [{ tag: 1, firstStreamChannel: 0, format: 0x0010, rate: 0, lanes: [0] }],
      feeds: [{ rate: 0, lanes: [0] }],
    });
    rig.core.laneView(0).fill(0.7);
    const list = 0x1000 + OUTPUT * 0x1000;
    rig.setUp(OUTPUT, { format: FMT, entries: new Array(256).fill({ address: 0x10000, bytes: 40 }) });
    rig.setUp(0, { format: 0x0010, entries: [{ address: list, bytes: 4096 }] });
    rig.start(0, OUTPUT);
    rig.run(1000 * 500);
    expect(rig.isRunning(OUTPUT)).toBe(false);
    expect(rig.isRunning(0)).toBe(true);
    expect(rig.stops.some(({ stream, status }) => stream === OUTPUT && status === SDnSTS_DESE)).toBe(true);
  },
);

onEachCore('after DESE a stream that is run again meets the same entry again', async (kind) => {
  const rig = await hurt(kind, { entries: [GOOD, { address: RAM_BYTES, bytes: 4 }] });
  rig.start(OUTPUT);
  rig.run(200 * 500);
  rig.start(OUTPUT);
  rig.run(10 * 500);
  expect(rig.stops.map(({ frame }) => frame)).toEqual([101, 201]);
  expect(rig.core.counters.descriptorFaults).toBe(2);
});

const word = fc.oneof(
  fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff, 0xffffffff, 0x80000000, RAM_BYTES, RAM_BYTES - 1, RAM_BYTES - 128),
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.integer({ min: 0, max: 0x4000 }),
);
const step = fc.oneof(
  fc.record({ do: fc.constant('register' as const), at: fc.integer({ min: 0x1c, max: 0x5f }), value: word }),
  fc.record({ do: fc.constant('memory' as const), at: fc.integer({ min: 0, max: 0x3fff }), value: word }),
  fc.record({ do: fc.constantFrom('start' as const, 'stop' as const, 'reset' as const), at: fc.nat(7), value: word }),
  fc.record({ do: fc.constant('advance' as const), at: fc.constant(0), value: fc.integer({ min: 1, max: 200_000 }) }),
);

onEachCore(
  'whatever registers and memory hold, nothing is written but RAM, LPIB, RUN and status, and time goes on (H4–H11, H25–H33)',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), async (steps) => {
        const rig = await createRig(kind);
        const all = [0, 1].map((rate) => ({ tag: rate, firstStreamChannel: 0, format: FMT, rate: 0, lanes: [0, 1] }));
        rig.load({ ratesHz: [48000], lanes: 4, outputs: all, inputs: all });
        rig.core.memory.write(0, noise(0x4000, 5));
        const whole = new Uint8Array(rig.core.registers.buffer);
        const fixed = [
          [0, CLOCK],
          [INPUTS, LANES],
          [SILENT_LANE, RATES],
          [RESAMPLINGS, GUEST_RAM],
          [GUEST_RAM + RAM_BYTES, GUEST_RAM + RAM_BYTES + GUEST_RAM_PAD],
        ] as const;
        const before = fixed.map(([from, to]) => whole.slice(from, to));
        for (const { do: act, at, value } of steps) {
          if (act === 'register') rig.registers.setUint32(at * 4, value, true);
          else if (act === 'memory') new DataView(rig.core.registers.buffer).setUint32(GUEST_RAM + at, value, true);
          else if (act === 'start') rig.core.startStream(at);
          else if (act === 'stop') rig.core.stopStream(at);
          else if (act === 'reset') rig.core.resetStream(at);
          else {
            const registers = rig.core.registers.slice();
            const descriptors = rig.core.counters.descriptors;
            const moved = rig.core.advance(value);
            expect(moved).toBeGreaterThan(0);
            expect(moved).toBeLessThanOrEqual(value);
            // At most a descriptor a byte, and 8 blocks of 64 bytes a frame and stream.
            const bound = (Math.floor(moved / 500) + 1) * 8 * 64 * 8;
            expect(rig.core.counters.descriptors - descriptors).toBeLessThanOrEqual(bound);
            for (let n = 0; n < 8; n++) {
              const own = SD_BASE + n * SD_STRIDE;
              registers.set(rig.core.registers.subarray(own, own + 1), own);
              registers.set(rig.core.registers.subarray(own + 3, own + 8), own + 3);
            }
            expect(Buffer.compare(registers, rig.core.registers)).toBe(0);
          }
        }
        fixed.forEach(([from, to], i) => {
          expect(Buffer.compare(whole.subarray(from, to), before[i] as Uint8Array)).toBe(0);
        });
      }),
      { numRuns: 200, seed: 31 },
    );
  },
);

it('DPLBASE at any address, with any high half, reaches only RAM (H6)', async () => {
  const rig = await hurt('simd', { entries: [GOOD, GOOD] });
  const whole = new Uint8Array(rig.core.registers.buffer);
  rig.start(OUTPUT);
  for (const [low, high] of [
    [RAM_BYTES - 127, 0],
    [RAM_BYTES + 1, 0],
    [1, 1],
    [0xffffff81, 0xffffffff],
  ] as const) {
    rig.registers.setUint32(DPLBASE, low, true);
    rig.registers.setUint32(DPUBASE, high, true);
    rig.run(10 * 500);
  }
  expect(whole.subarray(GUEST_RAM + RAM_BYTES, GUEST_RAM + RAM_BYTES + GUEST_RAM_PAD)).toEqual(
    new Uint8Array(GUEST_RAM_PAD),
  );
  expect(whole.subarray(COUNTERS, COUNTERS + 8)).not.toEqual(new Uint8Array(8));
});
