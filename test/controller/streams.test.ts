// Stream descriptors: hda-hardware §3.5–3.10 and rows D1–D32 and F1 of §8.

import { describe, expect, it } from 'vitest';
import * as R from '../../src/hda/registers.ts';
import { BUFFERS, type Entry, LISTS, POSITIONS, RUN_AND_INTERRUPT } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';

const FRAME_BYTES = 4; // 48 kHz, 16 bits, stereo: one link frame
const OUTPUT = 4; // index of the first output stream with the default four inputs

async function ready(options: Parameters<typeof powerUp>[0] = {}) {
  const powered = await powerUp(options);
  powered.guest.reset();
  powered.guest.write32(R.INTCTL, R.INTCTL_GIE | R.STREAM_MASK);
  return { ...powered, output: powered.guest.stream(OUTPUT) };
}

describe('reset and registers (§2.4, §3.5)', () => {
  it('HW-D1: SRST reads 1 at once and everything else of the descriptor is reset (QEMU keeps it, §7.4)', async () => {
    const { device, guest, output } = await ready();
    output.setUpTwoEntries(192).run();
    device.advance(10);
    guest.write32(output.base + R.SDnCTL, R.SDnCTL_SRST);
    expect(output.control).toBe(0x040000 | R.SDnCTL_SRST);
    for (const offset of [R.SDnSTS, R.SDnLPIB, R.SDnCBL, R.SDnLVI, R.SDnFMT, R.SDnBDPL, R.SDnBDPU]) {
      expect([offset, guest.read16(output.base + offset)]).toEqual([offset, 0]);
    }
  });

  it('HW-D2: SRST reads 0 at once when 0 is written', async () => {
    const { guest, output } = await ready();
    guest.write8(output.base + R.SDnCTL, R.SDnCTL_SRST);
    guest.write8(output.base + R.SDnCTL, 0);
    expect(output.control).toBe(0x040000);
  });

  it('HW-D3: CBL, LVI, FMT and BDPL store, BDPL less its low seven bits', async () => {
    const { guest, output } = await ready();
    guest.write32(output.base + R.SDnCBL, 0x12345678);
    guest.write16(output.base + R.SDnLVI, 0xffff);
    guest.write16(output.base + R.SDnFMT, 0x4011);
    guest.write32(output.base + R.SDnBDPL, 0xffffffff);
    guest.write32(output.base + R.SDnBDPU, 0x87654321);
    expect(guest.read32(output.base + R.SDnCBL)).toBe(0x12345678);
    expect(guest.read16(output.base + R.SDnLVI)).toBe(0x00ff);
    expect(guest.read16(output.base + R.SDnFMT)).toBe(0x4011);
    expect(guest.read32(output.base + R.SDnBDPL)).toBe(0xffffff80);
    expect(guest.read32(output.base + R.SDnBDPU)).toBe(0x87654321);
  });

  it('HW-D4: the byte with the tag leaves RUN, STS and FMT alone (W98 writes 14h)', async () => {
    const { device, guest, output } = await ready();
    output.setUpTwoEntries(192, { tag: 0 }).run();
    device.advance(96);
    const status = output.status;
    guest.write8(output.base + R.SDnCTL + 2, 0x14);
    expect(output.control).toBe(0x140000 | RUN_AND_INTERRUPT);
    expect(output.status).toBe(status);
    expect(guest.read16(output.base + R.SDnFMT)).toBe(0x0011);
  });

  it.each([
    ['HW-D5: a dword write of the value read clears BCIS and keeps RUN', true, 0],
    ['HW-D6: a dword write with 00h in the top byte leaves BCIS', false, R.SDnSTS_BCIS],
  ])('%s (§2.4)', async (_claim, withStatus, left) => {
    const { device, guest, output } = await ready();
    output.setUpTwoEntries(192).run();
    device.advance(96);
    const value = guest.read32(output.base + R.SDnCTL);
    expect(value >>> 24).toBe(R.SDnSTS_BCIS | R.SDnSTS_FIFORDY);
    guest.write32(output.base + R.SDnCTL, withStatus ? value : value & 0xffffff);
    expect(output.status & R.SDnSTS_BCIS).toBe(left);
    expect(output.control & R.SDnCTL_RUN).toBe(R.SDnCTL_RUN);
    expect(device.controller.interrupt).toBe(left !== 0);
  });

  it('HW-D7: RUN reads 1 at once when set and 0 at once when cleared', async () => {
    const { output } = await ready();
    output.setUpTwoEntries(192).run();
    expect(output.control & R.SDnCTL_RUN).toBe(R.SDnCTL_RUN);
    output.stop();
    expect(output.control & R.SDnCTL_RUN).toBe(0);
  });

  // §2.6 names LVI with the others, so a running stream takes none of the five; VirtualBox does the same because
  // Windows 10 writes them. Stopped, it takes them, and the list goes on from where it was.
  it('HW-D8: a running stream ignores CBL, LVI, FMT, BDPL and BDPU, and plays on', async () => {
    const { device, guest, output } = await ready();
    output.setUpTwoEntries(192).run();
    device.advance(10);
    const held = [R.SDnCBL, R.SDnLVI, R.SDnFMT, R.SDnBDPL, R.SDnBDPU];
    const before = held.map((offset) => guest.read16(output.base + offset));
    for (const offset of held) guest.write16(output.base + offset, 0xffff);
    for (const offset of held) guest.writeBytes(output.base + offset, 0x0101);
    expect(held.map((offset) => guest.read16(output.base + offset))).toEqual(before);
    device.advance(10);
    expect(output.position).toBe(20 * FRAME_BYTES);
    expect(device.diagnostics.writesUnderRun).toBe(15);
  });

  it('HW-D25: FIFOS is never 0, whatever FMT says (§2.4)', async () => {
    const { guest } = await ready();
    const fifos = (index: number, format: number) => {
      const { base } = guest.stream(index);
      guest.write16(base + R.SDnFMT, format);
      return guest.read16(base + R.SDnFIFOS);
    };
    expect([0x0011, 0x0021, 0x0031, 0x0041].map((format) => fifos(0, format))).toEqual([0x77, 0x9f, 0x9f, 0x9f]);
    expect([0x0001, 0x0011, 0x0031, 0xffff].map((format) => fifos(OUTPUT, format))).toEqual([0xbf, 0xbf, 0xbf, 0xbf]);
    const { base } = guest.stream(OUTPUT);
    for (const [written, read] of [
      [0xff, 0xff],
      [0x0f, 0x0f],
      [0x10, 0xbf],
      [0, 0xbf],
    ] as const) {
      guest.write16(base + R.SDnFIFOS, written);
      expect(guest.read16(base + R.SDnFIFOS)).toBe(read);
    }
  });

  it.each([
    ['low byte first', false],
    ['high byte first', true],
  ])('HW-D31: FMT and LVI written as two bytes, %s, end right (Appendix A)', async (_order, highFirst) => {
    const { guest, output } = await ready();
    guest.writeBytes(output.base + R.SDnFMT, 0x4831, highFirst);
    guest.writeBytes(output.base + R.SDnLVI, 0x0011, highFirst);
    expect(guest.read16(output.base + R.SDnFMT)).toBe(0x4831);
    expect(guest.read16(output.base + R.SDnLVI)).toBe(0x0011);
  });

  it('HW-F1: FMT stores everything but bit 7, reserved codes too, and running it hurts nobody (§4)', async () => {
    const { device, guest, output } = await ready();
    output.setUpTwoEntries(192);
    guest.write16(output.base + R.SDnFMT, 0xffff);
    expect(guest.read16(output.base + R.SDnFMT)).toBe(0xff7f);
    output.run();
    device.advance(100);
    expect(output.position).toBeLessThan(384);
  });

  it('writes to a descriptor held in SRST are lost (§2.6)', async () => {
    const { device, guest, output } = await ready();
    guest.write8(output.base + R.SDnCTL, R.SDnCTL_SRST);
    guest.write32(output.base + R.SDnCBL, 0x1000);
    guest.write8(output.base + R.SDnCTL + 2, 0x50);
    guest.write8(output.base + R.SDnCTL, 0);
    expect(guest.read32(output.base + R.SDnCBL)).toBe(0);
    expect(output.control).toBe(0x040000);
    expect(device.diagnostics.writesInStreamReset).toBeGreaterThan(0);
  });

  it('DIR is a bit of bidirectional engines alone; STRIPE and TP are stored (§2.4)', async () => {
    const { guest } = await ready({ streams: { input: 1, output: 1, bidirectional: 1 } });
    for (const index of [0, 1, 2]) guest.write8(guest.stream(index).base + R.SDnCTL + 2, 0xff);
    expect([0, 1, 2].map((index) => guest.stream(index).control >>> 16)).toEqual([0xf7, 0xf7, 0xff]);
    for (const index of [0, 1, 2]) guest.write8(guest.stream(index).base + R.SDnCTL + 2, 0x00);
    expect([0, 1, 2].map((index) => guest.stream(index).control >>> 16)).toEqual([0, 0, 0]);
  });
});

describe('position (§3.5, §3.8)', () => {
  it('HW-D9: LPIB advances with the link and wraps at CBL', async () => {
    const { device, output } = await ready();
    output.setUpTwoEntries(4096).run();
    device.advance(512); // 10.667 ms
    expect(output.position).toBe(2048);
    device.advance(3 * 512 - 1);
    expect(output.position).toBe(8188);
    device.advance(1);
    expect(output.position).toBe(0);
  });

  it('HW-D14: RUN cleared and set again goes on where it stood (QEMU restarts, §7.4; WDMHDA Alpha-022)', async () => {
    const { device, output } = await ready();
    output.setUpTwoEntries(192).run();
    device.advance(95); // near the end of the buffer
    output.stop();
    device.advance(1000);
    expect(output.position).toBe(380);
    output.run();
    device.advance(1);
    expect(output.position).toBe(0);
    expect(output.status & R.SDnSTS_BCIS).toBe(R.SDnSTS_BCIS);
  });

  it('HW-D15: after an SRST cycle it starts at 0', async () => {
    const { device, guest, output } = await ready();
    output.setUpTwoEntries(192).run();
    device.advance(50);
    output.stop();
    guest.write8(output.base + R.SDnCTL, R.SDnCTL_SRST);
    guest.write8(output.base + R.SDnCTL, 0);
    output.setUpTwoEntries(192).run();
    expect(output.position).toBe(0);
    device.advance(5);
    expect(output.position).toBe(20);
  });

  it('HW-D16: with CBL less than the list LPIB wraps at CBL and the list at LVI (inferred)', async () => {
    const { device, guest, output } = await ready();
    output.setUpTwoEntries(192, { cyclicBufferBytes: 100 }).run();
    device.advance(30);
    expect(output.position).toBe(20); // 120 mod 100
    expect(output.status & R.SDnSTS_BCIS).toBe(0);
    device.advance(66);
    expect(output.position).toBe(84); // 384 mod 100
    expect(output.status & R.SDnSTS_BCIS).toBe(R.SDnSTS_BCIS);
    expect(guest.read32(output.base + R.SDnCBL)).toBe(100);
  });

  it('HW-D17: LVI = 0 plays a list of one entry over and over (VirtualBox refuses it, §7.5)', async () => {
    const { device, output } = await ready();
    output.setUp({ entries: [{ address: BUFFERS, length: 64, ioc: true }] }).run();
    const before = device.diagnostics.descriptors as number;
    device.advance(160);
    expect(output.position).toBe(0);
    expect((device.diagnostics.descriptors as number) - before).toBeGreaterThanOrEqual(10);
  });

  it('HW-D18: an entry of 4 bytes at an odd address plays its 4 bytes (Linux bdl_pos_adj)', async () => {
    const { device, output } = await ready();
    const entries: Entry[] = [
      { address: BUFFERS + 1, length: 4, ioc: true },
      { address: BUFFERS + 5, length: 188 },
    ];
    output.setUp({ entries }).run();
    device.advance(1);
    expect(output.status & R.SDnSTS_BCIS).toBe(R.SDnSTS_BCIS);
    expect(output.position).toBe(4);
  });

  it('HW-D19, HW-D20: the position buffer follows LPIB while enabled and is untouched otherwise', async () => {
    const { device, guest, output } = await ready();
    const slot = POSITIONS + 8 * OUTPUT;
    guest.setDword(slot, 0x11111111);
    guest.setDword(slot + 4, 0x22222222);
    guest.write32(R.DPLBASE, POSITIONS);
    output.setUpTwoEntries(192).run();
    device.advance(10);
    expect(guest.dword(slot)).toBe(0x11111111);
    guest.write32(R.DPLBASE, POSITIONS | R.DPLBASE_ENABLE);
    device.advance(10);
    expect([guest.dword(slot), guest.dword(slot + 4)]).toEqual([80, 0]);
    expect(output.position).toBe(80);
  });

  it('HW-D21: slots are in descriptor order: input 0 at 0, output 4 at 20h (old QEMU had them wrong)', async () => {
    const { device, guest, output } = await ready();
    guest.write32(R.DPLBASE, POSITIONS | R.DPLBASE_ENABLE);
    guest.stream(0).setUpTwoEntries(192, { tag: 2 }).run();
    device.advance(10);
    output.setUpTwoEntries(192).run();
    device.advance(10);
    expect([guest.dword(POSITIONS), guest.dword(POSITIONS + 0x20)]).toEqual([80, 40]);
  });

  it('HW-D30: tag 0, or a tag that nobody hears, moves all the same (QEMU and VirtualBox stall)', async () => {
    const { device, guest, output } = await ready();
    output.setUpTwoEntries(192, { tag: 0 }).run();
    guest.stream(5).setUpTwoEntries(192, { tag: 9 }).run();
    guest.stream(0).setUpTwoEntries(192, { tag: 9 }).run(); // and an input without a talker
    device.advance(10);
    expect([output.position, guest.stream(5).position, guest.stream(0).position]).toEqual([40, 40, 40]);
  });

  it.each([
    ['HW-D26: 44.1 kHz takes 147 blocks in 160 frames', 0x4011, 160, 147 * 4],
    ['HW-D27: 24 bits stereo takes 8 bytes a frame', 0x0031, 1, 8],
    ['HW-D28: 192 kHz stereo 16 bits takes 16 bytes a frame', 0x1811, 1, 16],
    ['8 kHz mono 8 bits takes one byte in six frames', 0x0500, 6, 1],
    ['32 kHz takes two blocks in three frames', 0x0a11, 3, 8],
    ['6 kHz (48/8) takes one block in eight frames', 0x0711, 8, 4],
  ])('%s (§3.10)', async (_claim, format, frames, bytes) => {
    const { device, output } = await ready();
    output.setUpTwoEntries(4096, { format }).run();
    device.advance(frames);
    expect(output.position).toBe(bytes);
    device.advance(9 * frames);
    expect(output.position).toBe(10 * bytes);
  });

  it('HW-D32: a list without IOC gives a monotonic LPIB, the exact total in a second, and no interrupt', async () => {
    const { device, output } = await ready();
    const levels: boolean[] = [];
    device.controller.onInterrupt((level) => levels.push(level));
    const length = 0x1000;
    const entries = [0, 1, 2, 3].map((n) => ({ address: BUFFERS + n * length, length }));
    output.setUp({ entries, format: 0x4011 }).run();
    let total = 0;
    let last = 0;
    for (let ms = 0; ms < 1000; ms++) {
      device.advance(48);
      const moved = (output.position - last + 4 * length) % (4 * length);
      expect(Math.abs(moved - 44.1 * 4)).toBeLessThanOrEqual(4);
      total += moved;
      last = output.position;
    }
    expect(total).toBe(44100 * 4);
    expect(levels).toEqual([]);
  });
});

describe('interrupts (§3.7, §3.8)', () => {
  /** Link frames (since RUN) at which BCIS came, acknowledged at once. */
  async function completions(frames: number, entries: readonly Entry[], format = 0x0011) {
    const { device, guest, output } = await ready();
    guest.write32(R.DPLBASE, POSITIONS | R.DPLBASE_ENABLE);
    const start = device.linkTicks;
    const seen: { frame: number; position: number; inMemory: number; wallClock: number }[] = [];
    device.controller.onInterrupt((level) => {
      if (!level) return;
      seen.push({
        frame: Number(device.linkTicks - start) / 500,
        position: output.position,
        inMemory: guest.dword(POSITIONS + 8 * OUTPUT),
        wallClock: guest.read32(R.WALCLK),
      });
      output.acknowledge();
    });
    output.setUp({ entries, format }).run();
    device.advance(frames);
    return seen;
  }

  const second = (length: number): Entry[] => [
    { address: BUFFERS, length },
    { address: BUFFERS + length, length, ioc: true },
  ];

  it('HW-D10: IOC on entry 1 of 2 interrupts once a lap, at the frame at which the entry ends', async () => {
    const seen = await completions(400, second(192));
    expect(seen.map(({ frame }) => frame)).toEqual([96, 192, 288, 384]);
  });

  it('HW-D11: BCIS that nobody acknowledges holds nothing up', async () => {
    const { device, output } = await ready();
    const entries = second(192).map((entry) => ({ ...entry, ioc: true }));
    output.setUp({ entries }).run();
    for (let n = 1; n <= 20; n++) {
      device.advance(48);
      expect(output.position).toBe((n * 192) % 384);
    }
  });

  it('HW-D12: at the interrupt LPIB is past the entry and the position buffer says the same', async () => {
    const [first] = await completions(100, [
      { address: BUFFERS, length: 192, ioc: true },
      { address: BUFFERS + 192, length: 192 },
    ]);
    expect(first?.position).toBe(192);
    expect(first?.inMemory).toBe(192);
  });

  it('HW-D13: interrupts are one period of WALCLK apart, at 44.1 kHz to a frame', async () => {
    const exact = await completions(48_000, second(192));
    const steps = exact.slice(1).map((seen, i) => seen.wallClock - (exact[i]?.wallClock ?? 0));
    expect(new Set(steps)).toEqual(new Set([96 * 500]));
    const period = (2 * 441 * 24_000_000) / 44_100;
    const uneven = await completions(48_000, second(441 * 4), 0x4011);
    for (const [i, seen] of uneven.slice(1).entries()) {
      expect(Math.abs(seen.wallClock - (uneven[i]?.wallClock ?? 0) - period)).toBeLessThan(500);
    }
    expect(uneven).toHaveLength(50);
  });

  it('HW-D29: a list outside RAM sets DESE, clears RUN, and interrupts with DEIE', async () => {
    const { device, guest, output } = await ready();
    output.setUpTwoEntries(192);
    guest.write32(output.base + R.SDnBDPU, 1);
    output.run();
    device.advance(2);
    expect(output.status & R.SDnSTS_DESE).toBe(R.SDnSTS_DESE);
    expect(output.control & R.SDnCTL_RUN).toBe(0);
    expect(output.status & R.SDnSTS_FIFORDY).toBe(0);
    expect(device.controller.interrupt).toBe(true);
    output.acknowledge();
    expect(device.controller.interrupt).toBe(false);
    expect(device.diagnostics.descriptorFaults).toBe(1);
  });

  it('HW-D24: FIFORDY is up in the first read after RUN and down when RUN is', async () => {
    const { output } = await ready();
    expect(output.status & R.SDnSTS_FIFORDY).toBe(0);
    output.setUpTwoEntries(192).run();
    expect(output.status & R.SDnSTS_FIFORDY).toBe(R.SDnSTS_FIFORDY);
    output.stop();
    expect(output.status & R.SDnSTS_FIFORDY).toBe(0);
  });
});

describe('SSYNC (§3.9)', () => {
  it.each([
    ['34h', R.SSYNC_ICH6],
    ['38h', R.SSYNC],
  ])('HW-D22: a stream held by SSYNC at %s has RUN and FIFORDY but stands until it is released', async (_at, ssync) => {
    const { device, guest, output } = await ready();
    guest.write32(ssync, 1 << OUTPUT);
    output.setUpTwoEntries(192).run();
    device.advance(100);
    expect(output.position).toBe(0);
    expect(output.status).toBe(R.SDnSTS_FIFORDY);
    guest.write32(ssync, 0);
    device.advance(10);
    expect(output.position).toBe(40);
  });

  it('HW-D23: two streams released together stay on the same frame for a second', async () => {
    const { device, guest, output } = await ready();
    const other = guest.stream(OUTPUT + 1);
    guest.write32(R.SSYNC, 3 << OUTPUT);
    output.setUpTwoEntries(4096).run();
    device.advance(7.3);
    other.setUpTwoEntries(4096, { tag: 2 }).run();
    device.advance(11.1);
    guest.write32(R.SSYNC, 0);
    for (let ms = 0; ms < 1000; ms++) {
      device.advance(48);
      expect(other.position).toBe(output.position);
    }
    expect(output.position).toBe((48_000 * 4) % 8192);
    guest.write32(R.SSYNC, 3 << OUTPUT); // and a linked stop holds both
    const held = output.position;
    device.advance(48);
    expect([output.position, other.position]).toEqual([held, held]);
  });
});

it('a bidirectional engine plays or records as DIR says (§2.4)', async () => {
  const { device, guest } = await ready({ streams: { input: 0, output: 0, bidirectional: 2 } });
  const bytes = new Uint8Array(384).map((_, i) => i);
  device.memory.write(BUFFERS + 0x10000, bytes);
  guest.rings();
  guest.verb(2, 0x706, 0x10);
  guest.verb(3, 0x706, 0x10);
  const player = guest.stream(1).setUpTwoEntries(192);
  guest.write8(player.base + R.SDnCTL + 2, 0x10 | (R.SDnCTL_DIR >>> 16));
  const recorder = guest.stream(0).setUpTwoEntries(192);
  player.run();
  recorder.run();
  device.advance(96);
  expect(device.memory.read(BUFFERS, 384)).toEqual(bytes);
});

it('lists live in their own pages, so that the tests above mean what they say', () => {
  expect(LISTS + 0x1000 * R.SD_MAX).toBeLessThan(BUFFERS);
});
