// Hostile streams: hostile-inputs §4, H25–H37.

import { describe, expect, it } from 'vitest';
import * as R from '../../src/hda/registers.ts';
import { VERB_SET_CONVERTER_FORMAT, VERB_SET_STREAM_CHANNEL } from '../../src/hda/verbs.ts';
import { BUFFERS, type Entry, LISTS, POSITIONS, RUN_AND_INTERRUPT } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';
import { seeded } from '../support/random.ts';
import { ADC, DAC, OUTPUT_PIN } from '../support/test-codec.ts';

const OUTPUT = 4;
const LIST = LISTS + 0x1000 * OUTPUT;
const FAULT = R.SDnSTS_DESE;

async function ready(options: Parameters<typeof powerUp>[0] = {}) {
  const powered = await powerUp(options);
  powered.guest.start();
  powered.guest.write32(R.INTCTL, R.INTCTL_GIE | R.STREAM_MASK);
  return { ...powered, output: powered.guest.stream(OUTPUT) };
}

/** Entries one after another in memory. */
function chain(lengths: readonly number[], ioc: (index: number) => boolean = () => false): Entry[] {
  let address = BUFFERS;
  return lengths.map((length, index) => {
    const entry = { address, length, ioc: ioc(index) };
    address += length;
    return entry;
  });
}

describe('HOSTILE-H25: LVI', () => {
  it('255 with garbage in memory: plays what is in RAM, else DESE', async () => {
    const { device, output } = await ready();
    const random = seeded(25);
    device.memory.write(
      LIST,
      Uint8Array.from({ length: 4096 }, () => random(256)),
    );
    output.guest.write32(output.base + R.SDnBDPL, LIST);
    output.guest.write32(output.base + R.SDnCBL, 4096);
    output.guest.write16(output.base + R.SDnLVI, 255);
    output.run();
    device.advance(1000);
    expect(output.status & FAULT).toBe(FAULT);
  });

  it('made smaller while held: the list goes on from its beginning after the present entry', async () => {
    const { device, output } = await ready();
    output.setUp({ entries: chain([64, 64, 64, 64]), cyclicBufferBytes: 0x10000 }).run();
    device.advance(40); // 160 bytes: within entry 2
    output.stop();
    output.guest.write16(output.base + R.SDnLVI, 1);
    output.run();
    const before = device.diagnostics.descriptors as number;
    device.advance(40);
    expect(output.position).toBe(320);
    expect((device.diagnostics.descriptors as number) - before).toBe(2);
  });
});

describe('HOSTILE-H26: entries of length 0 (CVE-2016-8909)', () => {
  it.each([1, 2, 256])('%i of them and nothing else: DESE at once, in bounded work', async (count) => {
    const { device, output } = await ready();
    output.setUp({ entries: chain(new Array<number>(count).fill(0), () => true), cyclicBufferBytes: 256 }).run();
    device.advance(1000);
    expect([output.status, output.control & R.SDnCTL_RUN, output.position]).toEqual([FAULT, 0, 0]);
  });

  it.each([
    ['first', 0],
    ['middle', 1],
    ['last', 2],
  ])('one in the %s place is skipped, and its IOC is not honoured', async (_place, empty) => {
    const { device, output } = await ready();
    const lengths = [64, 64, 64].map((length, index) => (index === empty ? 0 : length));
    output.setUp({ entries: chain(lengths, (index) => index === empty) }).run();
    device.advance(500);
    expect(output.position).toBe(2000 % 128);
    expect(output.status).toBe(R.SDnSTS_FIFORDY);
  });
});

describe('HOSTILE-H27: lengths', () => {
  it.each([1, 2, 3])('entries of %i bytes, each a part of a sample, join to the same sound', async (length) => {
    const { device, guest, output } = await ready();
    guest.verb(DAC, VERB_SET_STREAM_CHANNEL, 0x10);
    const bytes = Uint8Array.from({ length: 240 }, (_, i) => (i * 31) & 0xff);
    device.memory.write(BUFFERS, bytes);
    output.setUp({ entries: chain(new Array<number>(240 / length).fill(length)) }).run();
    const tap = device.codecs[0]?.listen(OUTPUT_PIN);
    device.advance(60);
    const words = new Int16Array(bytes.buffer);
    expect([...(tap?.read()[0] ?? [])]).toEqual([...words].filter((_, i) => i % 2 === 0).map((word) => word / 32768));
  });

  it('FFFFFFFFh is beyond RAM: DESE', async () => {
    const { device, output } = await ready();
    output.setUp({ entries: [{ address: BUFFERS, length: 0xffffffff }], cyclicBufferBytes: 4096 }).run();
    device.advance(10);
    expect(output.status).toBe(FAULT);
  });
});

it.each([
  [0, 0],
  [1, 0],
  [100, 1000 % 100],
  [250, 0],
  [0x1000, 1000],
  [0xffffffff, 1000],
])(
  'HOSTILE-H28: CBL %i, whatever the list’s sum is: LPIB stays below it and the list goes round',
  async (cbl, position) => {
    const { device, output } = await ready();
    output.setUp({ entries: chain([128, 128], (index) => index === 1), cyclicBufferBytes: cbl }).run();
    for (let n = 0; n < 250; n++) {
      device.advance(1);
      if (cbl > 0) expect(output.position).toBeLessThan(cbl);
    }
    expect(output.position).toBe(cbl === 0 ? output.position : position);
    expect(output.control & R.SDnCTL_RUN).toBe(R.SDnCTL_RUN);
    expect(output.status & R.SDnSTS_BCIS).toBe(R.SDnSTS_BCIS);
  },
);

it('HOSTILE-H29: BDPL 0 is address 0, and its low bits are none', async () => {
  const { device, guest, output } = await ready();
  output.setUp({ entries: chain([128, 128]), list: 0 });
  guest.write32(output.base + R.SDnBDPL, 0x7f);
  output.run();
  device.advance(10);
  expect([guest.read32(output.base + R.SDnBDPL), output.position, output.status]).toEqual([0, 40, R.SDnSTS_FIFORDY]);
});

describe('HOSTILE-H30: tags', () => {
  it('two outputs with one tag both move; the lowest index is heard (§3.5, as QEMU)', async () => {
    const { device, guest } = await ready();
    guest.verb(DAC, VERB_SET_STREAM_CHANNEL, 0x10);
    const streams = [OUTPUT, OUTPUT + 1].map((index) => {
      device.memory.write(BUFFERS + 0x10000 * index, new Uint8Array(512).fill(index));
      return guest.stream(index).setUpTwoEntries(256);
    });
    const tap = device.codecs[0]?.listen(OUTPUT_PIN);
    for (const stream of [...streams].reverse()) stream.run();
    device.advance(64);
    expect(streams.map((stream) => stream.position)).toEqual([256, 256]);
    expect(new Set(tap?.read()[0])).toEqual(new Set([0x0404 / 32768]));
  });

  it('an output and an input with one tag are two streams (RHBZ 740493)', async () => {
    const { device, guest, output } = await ready();
    for (const converter of [DAC, ADC]) guest.verb(converter, VERB_SET_STREAM_CHANNEL, 0x10);
    device.memory.write(BUFFERS + 0x10000 * OUTPUT, new Uint8Array(512).fill(0x77));
    output.setUpTwoEntries(256).run();
    const input = guest.stream(0).setUpTwoEntries(256);
    device.advance(10);
    input.run();
    device.advance(54);
    expect([output.position, input.position]).toEqual([256, 216]);
    expect(device.memory.read(BUFFERS, 220)).toEqual(Uint8Array.from({ length: 220 }, (_, i) => (i < 216 ? 0x77 : 0)));
  });
});

describe('HOSTILE-H31: formats', () => {
  it('every one of the 65536 format words can be run, and position never leaves the buffer', async () => {
    const { device, guest, output } = await ready();
    guest.verb(DAC, VERB_SET_STREAM_CHANNEL, 0x10);
    output.setUpTwoEntries(2048);
    for (let format = 0; format < 0x10000; format += 7) {
      guest.write16(output.base + R.SDnFMT, format);
      output.run();
      device.advance(3);
      if (output.position >= 4096 || (output.status & FAULT) !== 0) throw new Error(`format ${format.toString(16)}`);
      output.stop();
    }
    expect(device.linkTicks).toBeGreaterThan(0n);
  });

  it.each([
    ['a reserved multiplier', 0x2011],
    ['a reserved size', 0x0051],
    ['non-PCM', 0x8011],
    ['another rate than the converter has', 0x0811],
    ['another size than the converter has', 0x0031],
  ])('%s is silent at the pin and counted, and the stream moves', async (_what, format) => {
    const { device, guest, output } = await ready();
    guest.verb(DAC, VERB_SET_CONVERTER_FORMAT, 0x0011);
    guest.verb(DAC, VERB_SET_STREAM_CHANNEL, 0x10);
    device.memory.write(BUFFERS + 0x10000 * OUTPUT, new Uint8Array(4096).fill(0x55));
    output.setUpTwoEntries(2048, { format }).run();
    const tap = device.codecs[0]?.listen(OUTPUT_PIN);
    device.advance(100);
    expect(tap?.read().every((channel) => channel.length === 100 && channel.every((sample) => sample === 0))).toBe(
      true,
    );
    expect(output.position).toBeGreaterThan(0);
    const { formatMismatch = 0, rateMismatch = 0 } = device.diagnostics;
    expect(formatMismatch + rateMismatch).toBe(100);
  });
});

describe('HOSTILE-H32: RUN and SRST', () => {
  it('both in one write: SRST wins', async () => {
    const { device, output } = await ready();
    output.setUpTwoEntries(256);
    output.run(R.SDnCTL_RUN | R.SDnCTL_SRST);
    device.advance(10);
    expect([output.control, output.position]).toEqual([0x040000 | R.SDnCTL_SRST, 0]);
    output.run(R.SDnCTL_RUN); // ends SRST; no list is set up, address 0 is all zeros
    device.advance(2);
    expect(output.status).toBe(FAULT);
  });

  it('RUN that ends the SRST of a running stream in one write starts it anew', async () => {
    const { device, guest, output } = await ready();
    output.setUpTwoEntries(256).run();
    device.advance(10);
    output.run(R.SDnCTL_SRST);
    output.run(R.SDnCTL_RUN);
    guest.writeList(0, chain([256, 256])); // BDPL, LVI, CBL and FMT are 0 now: 8-bit mono from the list at 0
    device.advance(10);
    expect(device.diagnostics.descriptors).toBe(2);
  });

  it('SRST while running stops and forgets (QEMU left the codec running, §7.4)', async () => {
    const { device, guest, output } = await ready();
    guest.verb(DAC, VERB_SET_STREAM_CHANNEL, 0x10);
    device.memory.write(BUFFERS + 0x10000 * OUTPUT, new Uint8Array(512).fill(0x55));
    output.setUpTwoEntries(256).run();
    device.advance(10);
    output.run(RUN_AND_INTERRUPT | R.SDnCTL_SRST);
    const tap = device.codecs[0]?.listen(OUTPUT_PIN);
    device.advance(10);
    expect(tap?.read()[0]?.every((sample) => sample === 0)).toBe(true);
    expect(output.position).toBe(0);
  });

  it('RUN toggled a hundred thousand times, set twice in a row among them, stays where it is', async () => {
    const { device, output } = await ready();
    output.setUpTwoEntries(256);
    for (let n = 0; n < 100_000; n++) output.run(n % 3 === 2 ? 0 : RUN_AND_INTERRUPT);
    expect(output.position).toBe(0);
    device.advance(10);
    expect(output.position).toBe(40);
  });
});

it('HOSTILE-H33: every register of a running stream written: only CTL and STS take it, and it plays on', async () => {
  const { device, guest, output } = await ready();
  output.setUpTwoEntries(256).run();
  device.advance(7);
  const held = (offset: number) => guest.read32(output.base + offset);
  const before = [4, 8, 0x0c, 0x10, 0x14, 0x18, 0x1c].map(held);
  for (let offset = R.SDnLPIB; offset < R.SD_STRIDE; offset++) {
    if (offset === R.SDnFIFOW || offset === R.SDnFIFOW + 1) continue; // stored, no effect (Appendix B)
    for (const bytes of [1, 2, 4] as const) {
      if (offset + bytes <= R.SD_STRIDE && !(offset < R.SDnFIFOW && offset + bytes > R.SDnFIFOW)) {
        device.controller.write(output.base + offset, bytes, 0xffffffff);
      }
    }
  }
  guest.write8(output.base + R.SDnFIFOS, 0xbf);
  expect([4, 8, 0x0c, 0x10, 0x14, 0x18, 0x1c].map(held)).toEqual(before);
  device.advance(7);
  expect(output.position).toBe(56);
});

it('HOSTILE-H34, HOSTILE-H35: STRIPE, TP and every combination of the enables are stored and change no sample', async () => {
  const { device, guest, output } = await ready();
  output.setUpTwoEntries(256).run();
  let position = 0;
  for (let upper = 0; upper < 8; upper++) {
    for (let enables = 0; enables < 8; enables++) {
      guest.write8(output.base + R.SDnCTL + 2, 0x10 | upper);
      output.run(R.SDnCTL_RUN | (enables << 2));
      expect(output.control).toBe(0x100000 | (upper << 16) | R.SDnCTL_RUN | (enables << 2));
      device.advance(1);
      position = (position + 4) % 512;
      expect(output.position).toBe(position);
    }
  }
});

it('HOSTILE-H36: IOC on every entry of one frame gives one interrupt a frame, each at its own, none lost', async () => {
  const { device, output } = await ready();
  const start = device.linkTicks;
  const frames: number[] = [];
  device.controller.onInterrupt((level) => {
    if (!level) return;
    frames.push(Number(device.linkTicks - start) / 500);
    output.acknowledge();
  });
  output.setUp({ entries: chain(new Array<number>(256).fill(4), () => true) }).run();
  device.advance(4800);
  expect(frames).toEqual(Array.from({ length: 4800 }, (_, i) => i + 1));
});

// An entry is read when its first byte is due and kept to its last (assembly/bdl.ts), which is closer to hardware than
// QEMU's copy of the whole list at RUN (§3.5).
it('HOSTILE-H37: an entry edited under RUN counts from the next time it begins', async () => {
  const { device, guest, output } = await ready();
  guest.verb(DAC, VERB_SET_STREAM_CHANNEL, 0x10);
  device.memory.write(BUFFERS, new Uint8Array(64).fill(0x11));
  device.memory.write(POSITIONS, new Uint8Array(64).fill(0x22));
  output.setUp({ entries: [{ address: BUFFERS, length: 64 }] }).run();
  const tap = device.codecs[0]?.listen(OUTPUT_PIN);
  device.advance(8);
  guest.setDword(LIST, POSITIONS);
  device.advance(24);
  const heard = [...(tap?.read()[0] ?? [])].map((sample) => sample * 32768);
  expect(heard).toEqual([...new Array(16).fill(0x1111), ...new Array(16).fill(0x2222)]);
});
