// LPIB and the position buffer (hda-hardware §3.8).

import { expect } from 'vitest';
import { DPLBASE, DPUBASE } from '../../src/hda/registers.ts';
import { type CoreKind, createRig, noise, OUTPUT, onEachCore, type Rig } from './rig.ts';

const BASE = 0x8000;
const BUFFER = [0, 1].map((i) => ({ address: 0x10000 + i * 4096, bytes: 4096, ioc: true }));

async function positioned(kind: CoreKind, base: number): Promise<Rig> {
  const rig = await createRig(kind);
  rig.core.memory.write(BASE - 0x80, new Uint8Array(0x200).fill(0xee));
  rig.registers.setUint32(DPLBASE, base, true);
  return rig;
}

const slot = (rig: Rig, n: number) => Array.from(new Uint32Array(rig.core.memory.read(BASE + 8 * n, 8).buffer));
const UNTOUCHED = [0xeeeeeeee, 0xeeeeeeee];

onEachCore(
  'HW-D9: 48 kHz, 16 bits, stereo, CBL 2 × 4096: 2048 bytes in 10.667 ms; LPIB wraps at 8192',
  async (kind) => {
    const rig = await positioned(kind, 0);
    rig.setUp(OUTPUT, { format: 0x0011, entries: BUFFER });
    rig.start(OUTPUT);
    rig.run(512 * 500);
    expect(rig.lpib(OUTPUT)).toBe(2048);
    rig.run((2047 - 512) * 500);
    expect(rig.lpib(OUTPUT)).toBe(8188);
    rig.run(500);
    expect(rig.lpib(OUTPUT)).toBe(0);
  },
);

onEachCore('HW-D12: when BCIS shows, LPIB is past the entry and the position buffer says the same', async (kind) => {
  const rig = await positioned(kind, BASE + 1);
  rig.setUp(OUTPUT, { format: 0x0011, entries: BUFFER });
  rig.start(OUTPUT);
  const seen: number[][] = [];
  rig.run(2100 * 500, { each: () => rig.status(OUTPUT) && seen.push([rig.lpib(OUTPUT), ...slot(rig, OUTPUT)]) });
  expect(seen).toEqual([
    [4096, 4096, 0],
    [0, 0, 0],
  ]);
});

onEachCore('HW-D19: the dword at base + 8n follows LPIB, the one after it is 0', async (kind) => {
  const rig = await positioned(kind, BASE + 1);
  rig.setUp(OUTPUT, { format: 0x0011, entries: BUFFER });
  rig.start(OUTPUT);
  for (let frame = 1; frame < 3000; frame += 7) {
    rig.run(7 * 500);
    expect(slot(rig, OUTPUT)).toEqual([rig.lpib(OUTPUT), 0]);
  }
});

onEachCore('HW-D20: with enable 0 the position buffer is not touched', async (kind) => {
  const rig = await positioned(kind, BASE);
  rig.setUp(OUTPUT, { format: 0x0011, entries: BUFFER });
  rig.start(OUTPUT);
  rig.run(1000 * 500);
  expect(rig.core.memory.read(BASE - 0x80, 0x200)).toEqual(new Uint8Array(0x200).fill(0xee));
});

onEachCore('HW-D21: input 0 writes offset 0, output 4 offset 20h, and nobody any other', async (kind) => {
  const rig = await positioned(kind, BASE + 1);
  rig.setUp(OUTPUT, { format: 0x0011, entries: BUFFER });
  rig.setUp(0, { format: 0x0031, entries: [{ address: 0x20000, bytes: 8192 }] });
  rig.start(0, OUTPUT);
  rig.run(100 * 500);
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((n) => slot(rig, n))).toEqual([
    [800, 0],
    UNTOUCHED,
    UNTOUCHED,
    UNTOUCHED,
    [400, 0],
    UNTOUCHED,
    UNTOUCHED,
    UNTOUCHED,
  ]);
});

onEachCore('HOSTILE-H42: enable toggled under RUN: written while 1', async (kind) => {
  const rig = await positioned(kind, BASE + 1);
  rig.setUp(OUTPUT, { format: 0x0011, entries: BUFFER });
  rig.start(OUTPUT);
  rig.run(100 * 500);
  rig.registers.setUint32(DPLBASE, BASE, true);
  rig.run(100 * 500);
  expect(slot(rig, OUTPUT)).toEqual([400, 0]);
  rig.registers.setUint32(DPLBASE, BASE + 1, true);
  rig.run(100 * 500);
  expect(slot(rig, OUTPUT)).toEqual([1200, 0]);
});

onEachCore(
  'HOSTILE-H6: a position buffer outside RAM is counted, and one on the list itself is only memory',
  async (kind) => {
    const rig = await positioned(kind, 0);
    rig.core.memory.write(0x10000, noise(8192));
    rig.setUp(OUTPUT, { format: 0x0011, entries: BUFFER });
    const bytes = rig.core.memory.bytes;
    for (const [low, high] of [
      [bytes - 0x80 + 1, 1],
      [0xffffff81, 0xffffffff],
      [bytes + 1, 0],
    ] as const) {
      rig.registers.setUint32(DPLBASE, low, true);
      rig.registers.setUint32(DPUBASE, high, true);
      rig.start(OUTPUT);
      const before = rig.core.counters.positionFaults;
      rig.run(500);
      expect(rig.core.counters.positionFaults).toBe(before + 1);
    }
    rig.registers.setUint32(DPLBASE, 0x1000 + OUTPUT * 0x1000 + 1, true); // the list: entries 2 and 3 are not in it
    rig.registers.setUint32(DPUBASE, 0, true);
    rig.run(500 * 3000);
    expect(rig.isRunning(OUTPUT)).toBe(true);
  },
);

// §8 D26–D28: LPIB after so many link frames
const ROWS: [row: string, format: number, frames: number, bytes: number][] = [
  ['D26: 44.1 kHz', 0x4011, 160, 147 * 4],
  ['D27: 24-bit stereo', 0x0031, 1, 8],
  ['D28: 192 kHz 16-bit stereo', 0x1811, 1, 16],
];

for (const [row, format, frames, bytes] of ROWS)
  onEachCore(`HW-${row}: LPIB + ${bytes} in ${frames} frames`, async (kind) => {
    const rig = await positioned(kind, 0);
    rig.setUp(OUTPUT, { format, entries: BUFFER });
    rig.start(OUTPUT);
    rig.run(frames * 500);
    expect(rig.lpib(OUTPUT)).toBe(bytes);
  });

onEachCore('HW-D23: streams started on one frame have equal counts after a second', async (kind) => {
  const rig = await positioned(kind, 0);
  for (const n of [4, 5]) rig.setUp(n, { format: 0x4011, entries: [{ address: 0x10000, bytes: 0x40000 }] });
  rig.core.advance(12_345);
  rig.start(4, 5);
  rig.run(24_000_000, { step: 23_456 });
  expect(rig.lpib(4)).toBe(44100 * 4);
  expect(rig.lpib(5)).toBe(44100 * 4);
});

onEachCore(
  'HW-D32: a list without IOC never stops time; LPIB polled every 1 ms is monotonic and exact',
  async (kind) => {
    const rig = await positioned(kind, 0);
    rig.setUp(OUTPUT, { format: 0x0011, entries: [{ address: 0x10000, bytes: 0x8000 }] });
    rig.start(OUTPUT);
    let total = 0;
    let last = 0;
    for (let millisecond = 0; millisecond < 1000; millisecond++) {
      expect(rig.core.advance(24_000)).toBe(24_000);
      total += (rig.lpib(OUTPUT) - last + 0x8000) % 0x8000;
      last = rig.lpib(OUTPUT);
    }
    expect(total).toBe(48000 * 4);
    expect(rig.stops).toEqual([]);
  },
);

onEachCore('HW-D30: a stream with tag 0 or without a listener moves all the same', async (kind) => {
  const rig = await positioned(kind, 0);
  rig.listen(0x0011, 48000, 2);
  rig.setUp(4, { format: 0x0011, entries: BUFFER, tag: 0 });
  rig.setUp(5, { format: 0x0011, entries: BUFFER, tag: 9 });
  rig.start(4, 5);
  rig.run(1100 * 500);
  expect([rig.lpib(4), rig.lpib(5)]).toEqual([4400, 4400]);
  expect(rig.stops.map(({ frame, stream }) => [frame, stream])).toEqual([
    [1024, 4],
    [1024, 5],
  ]);
});
