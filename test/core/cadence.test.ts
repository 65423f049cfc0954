// Sample blocks per link frame (hda-hardware §3.10).

import { expect } from 'vitest';
import { blockBytes, formatRateHz, PCM_RATES } from '../../src/hda/pcm.ts';
import { samplesAfter } from './reference.ts';
import { type CoreKind, createRig, noise, OUTPUT, onEachCore, type Rig } from './rig.ts';

const STEREO_16 = 0x0011;

/** A stream of one entry as long as its CBL: LPIB counts from 0 for 0x8000 bytes. */
async function counting(kind: CoreKind, format: number): Promise<Rig> {
  const rig = await createRig(kind);
  rig.setUp(OUTPUT, { format, entries: [{ address: 0x10000, bytes: 0x8000 }], lvi: 0 });
  return rig;
}

// Blocks in so many link frames, as §3.10 prints them; 44.1 kHz: 147 per 160.
const BLOCKS: Record<number, [blocks: number, frames: number]> = {
  6000: [1, 8],
  8000: [1, 6],
  9600: [1, 5],
  11025: [147, 640],
  16000: [1, 3],
  22050: [147, 320],
  24000: [1, 2],
  32000: [2, 3],
  44100: [147, 160],
  48000: [1, 1],
  88200: [147, 80],
  96000: [2, 1],
  144000: [3, 1],
  176400: [147, 40],
  192000: [4, 1],
};

for (const { rateHz, code } of PCM_RATES)
  onEachCore(
    `${rateHz} Hz has its exact number of blocks, from the frame at which RUN is set (§3.5, §3.10)`,
    async (kind) => {
      const [blocks, frames] = BLOCKS[rateHz] as [number, number];
      for (const before of [0, 1, 77]) {
        const rig = await counting(kind, code | STEREO_16);
        rig.core.advance(before * 500 + 250); // RUN in the middle of a link frame: whole frames count
        rig.start(OUTPUT);
        for (let k = 1; k <= 3 * frames; k++) {
          expect(rig.core.advance(500)).toBe(500);
          expect(rig.lpib(OUTPUT)).toBe((Math.ceil((k * blocks) / frames) * 4) % 0x8000);
        }
      }
    },
  );

onEachCore(
  '44.1 kHz: twelve, eleven, eleven, … frames with a block, one without, 13 without in 160 (§3.10)',
  async (kind) => {
    const rig = await counting(kind, 0x4011);
    rig.start(OUTPUT);
    const runs: number[] = [];
    let run = 0;
    let last = 0;
    for (let k = 0; k < 320; k++) {
      rig.core.advance(500);
      const moved = rig.lpib(OUTPUT) - last;
      last = rig.lpib(OUTPUT);
      if (moved > 0) run++;
      else {
        runs.push(run);
        run = 0;
      }
    }
    const lap = [12, 11, 11, 12, 11, 11, 12, 11, 11, 12, 11, 11, 11];
    expect(runs).toEqual([...lap, ...lap]);
  },
);

onEachCore(
  'HW-F1, HOSTILE-H31: every code of SDnFMT moves its exact number of bytes, reserved MULT and BITS and non-PCM too',
  async (kind) => {
    const rig = await counting(kind, 0);
    for (let code = 0; code < 0x800; code++) {
      const format = ((code & 0xff) << 8) | ((code >>> 8) << 4) | 1; // TYPE, BASE, MULT, DIV; BITS; two channels
      rig.core.resetStream(OUTPUT);
      rig.setUp(OUTPUT, { format, entries: [{ address: 0x10000, bytes: 0x40000 }] });
      rig.start(OUTPUT);
      rig.core.advance(500 * 160);
      expect(rig.lpib(OUTPUT)).toBe(samplesAfter(160, formatRateHz(format)) * blockBytes(format));
      rig.stop(OUTPUT);
    }
  },
);

onEachCore('one hour of 44.1 kHz in steps of 1 ms ends on its frame, with every interrupt (§3.10)', async (kind) => {
  const rig = await createRig(kind);
  const bytes = 441 * 4; // 10 ms
  const entries = [0, 1].map((i) => ({ address: 0x10000 + i * bytes, bytes, ioc: true }));
  rig.core.memory.write(0x10000, noise(2 * bytes));
  rig.setUp(OUTPUT, { format: 0x4011, entries });
  rig.listen(0x4011, 44100, 2);
  rig.start(OUTPUT);
  let interrupts = 0;
  let frames = 0;
  let wrong = 0;
  for (let millisecond = 1; millisecond <= 3_600_000; millisecond++) {
    for (let left = 24_000; left > 0; ) {
      left -= rig.core.advance(left);
      frames += rig.core.frames(0);
      if ((rig.status(OUTPUT) & 4) === 0) continue;
      rig.acknowledge(OUTPUT);
      // Entry n ends with block 441 n: after the first link frame k with ⌈147 k / 160⌉ ≥ 441 n.
      const ended = 441 * ++interrupts;
      if (rig.linkFrames !== Math.floor(((ended - 1) * 160) / 147) + 1) wrong++;
    }
  }
  expect(rig.core.linkTicks).toBe(3600n * 24_000_000n);
  expect(frames).toBe(3600 * 44100);
  expect(interrupts).toBe(360_000);
  expect(wrong).toBe(0);
  expect(rig.lpib(OUTPUT)).toBe(0);
  expect(rig.core.counters.descriptors).toBe(360_000);
});

onEachCore('link ticks count on beyond 2^32, and ticksLow with them (HOSTILE-H44)', async (kind) => {
  const rig = await counting(kind, 0x4011);
  rig.start(OUTPUT);
  let ticks = 0;
  while (ticks < 2 ** 32 + 1000) ticks += rig.core.advance(0xffffffff);
  expect(rig.core.linkTicks).toBe(BigInt(ticks));
  expect(rig.core.ticksLow).toBe(ticks - 2 ** 32);
  expect(rig.lpib(OUTPUT)).toBe((samplesAfter(Math.floor(ticks / 500), 44100) * 4) % 0x8000);
});

onEachCore('advance moves at most 512 link frames, and no ticks of none', async (kind) => {
  const rig = await counting(kind, STEREO_16);
  expect(rig.core.advance(0)).toBe(0);
  expect(rig.core.advance(0xffffffff)).toBe(512 * 500);
  expect(rig.core.advance(3)).toBe(3);
  expect(rig.core.linkTicks).toBe(256_003n);
});

onEachCore('ticksToEvent is where advance would stop, and moves nothing', async (kind) => {
  const rig = await createRig(kind);
  expect(rig.core.ticksToEvent()).toBe(Number.POSITIVE_INFINITY);
  rig.setUp(OUTPUT, {
    format: 0x4011,
    entries: [
      { address: 0x10000, bytes: 588 },
      { address: 0x10000, bytes: 588, ioc: true },
    ],
  });
  rig.core.advance(1234);
  rig.start(OUTPUT);
  expect(rig.core.ticksToEvent()).toBe(319 * 500 - 234); // the 294th block: frame ⌊293 · 160 / 147⌋ + 1
  rig.core.advance(300);
  expect(rig.core.ticksToEvent()).toBe(319 * 500 - 534);
  expect(rig.core.advance(0xffffffff)).toBe(319 * 500 - 534);
  rig.stop(OUTPUT);
  expect(rig.core.ticksToEvent()).toBe(Number.POSITIVE_INFINITY);
});
