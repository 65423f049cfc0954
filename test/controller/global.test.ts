// Global registers: hda-hardware §2.1, §2.6–2.8, §3.1 and rows G1–G25 of §8.

import { expect, it } from 'vitest';
import * as R from '../../src/hda/registers.ts';
import { command8, VERB_GET_PARAMETER } from '../../src/hda/verbs.ts';
import { powerUp } from '../support/power-up.ts';
import { TestCodec } from '../support/test-codec.ts';

const VENDOR_ID = command8(0, 0, VERB_GET_PARAMETER, 0);
const CIS_GIS = R.INTSTS_CIS + R.INTSTS_GIS;
const FIRST_OUTPUT = R.SD_BASE + 4 * R.SD_STRIDE;

it.each([
  [{ input: 4, output: 4, bidirectional: 0 }, 0x4401],
  [{ input: 1, output: 2, bidirectional: 0 }, 0x2101],
  [{ input: 15, output: 15, bidirectional: 0 }, 0xff01],
  [{ input: 0, output: 0, bidirectional: 30 }, 0x00f1],
])('HW-G1: GCAP says the streams there are, version 1.0: %o', async (streams, gcap) => {
  const { guest } = await powerUp({ streams });
  expect(guest.read16(R.GCAP)).toBe(gcap);
  expect([guest.read8(R.VMAJ), guest.read8(R.VMIN)]).toEqual([1, 0]);
});

it('HW-G2: payload and ring capabilities: 003Ch, 001Dh, 256 entries (§2.1, §2.2)', async () => {
  const { guest } = await powerUp();
  expect([guest.read16(R.OUTPAY), guest.read16(R.INPAY)]).toEqual([0x3c, 0x1d]);
  expect([guest.read8(R.CORBSIZE) & 0x40, guest.read8(R.RIRBSIZE) & 0x40]).toEqual([0x40, 0x40]);
});

it('HW-G3: in reset writes are dropped and reads give reset values (§2.6)', async () => {
  const { device, guest } = await powerUp();
  for (const offset of [R.CORBLBASE, R.INTCTL, R.SD_BASE + R.SDnCBL]) {
    guest.write32(offset, 0xffffffff);
    expect(guest.read32(offset)).toBe(0);
  }
  expect(guest.read8(R.CORBSIZE)).toBe(R.RING_SIZE_256);
  expect(device.diagnostics.writesInReset).toBe(3);
});

it('HW-G4: WAKEEN takes a write in reset (§2.1 sticky)', async () => {
  const { guest } = await powerUp();
  guest.write16(R.WAKEEN, 0x0001);
  expect(guest.read16(R.WAKEEN)).toBe(0x0001);
});

it('HW-G5: CRST cleared reads 0 at once, and all but the resume well is reset (§3.1)', async () => {
  const { guest } = await powerUp();
  guest.start();
  guest.write16(R.WAKEEN, 0x0003);
  guest.write32(R.INTCTL, 0xffffffff);
  guest.queue(VENDOR_ID);
  guest.stream(4).setUpTwoEntries(256).run();
  guest.write32(R.GCTL, 0);
  expect(guest.read32(R.GCTL)).toBe(0);
  const reset = [R.INTCTL, R.CORBLBASE, R.CORBWP, R.RIRBWP, FIRST_OUTPUT + R.SDnCBL, FIRST_OUTPUT + R.SDnBDPL];
  for (const offset of reset) expect(guest.read16(offset)).toBe(0);
  expect([guest.read8(R.CORBCTL), guest.read8(R.RIRBCTL), guest.read8(R.RIRBSTS)]).toEqual([0, 0, 0]);
  expect(guest.read32(FIRST_OUTPUT + R.SDnCTL)).toBe(0x040000);
  expect(guest.read16(R.WAKEEN)).toBe(0x0003);
});

it('HW-G6: CRST set reads 1 in the next read, written as a byte or a dword (§7.2)', async () => {
  const { guest } = await powerUp();
  guest.write8(R.GCTL, 1);
  expect(guest.read8(R.GCTL)).toBe(1);
  guest.write8(R.GCTL, 0);
  expect(guest.read8(R.GCTL)).toBe(0);
  guest.write32(R.GCTL, 1);
  expect(guest.read32(R.GCTL)).toBe(1);
});

it('HW-G7: STATESTS shows a codec 25 frames after CRST rose and not one tick sooner (§3.1, hostile-inputs §5)', async () => {
  const { device, guest, codec } = await powerUp();
  guest.write32(R.GCTL, 1);
  device.advance(25 - 1 / 500);
  expect(guest.read16(R.STATESTS)).toBe(0);
  device.advance(1 / 500);
  expect(guest.read16(R.STATESTS)).toBe(0x0001);
  expect(codec.linkResets).toBe(1);
});

it('HW-G8: without a codec STATESTS stays 0', async () => {
  const { guest } = await powerUp({ codecs: [] });
  expect(guest.reset()).toBe(0);
});

it('HW-G9: STATESTS has the bit of each codec address', async () => {
  const { guest } = await powerUp({ codecs: [new TestCodec(), null, new TestCodec()] });
  expect(guest.reset()).toBe(0x0005);
});

it('HW-G10: STATESTS clears the bits that are written as 1', async () => {
  const { guest } = await powerUp({ codecs: [new TestCodec(), null, new TestCodec()] });
  guest.reset();
  guest.write16(R.STATESTS, 0x0001);
  expect(guest.read16(R.STATESTS)).toBe(0x0004);
});

it('HW-G11: CRST does not clear STATESTS; writing 1 does, in reset too (§3.1 sticky)', async () => {
  const { guest } = await powerUp();
  guest.reset();
  guest.write32(R.GCTL, 0);
  expect(guest.read16(R.STATESTS)).toBe(0x0001);
  guest.write16(R.STATESTS, 0x7fff);
  expect(guest.read16(R.STATESTS)).toBe(0);
});

it('HW-G12: enabling WAKEEN after STATESTS is set raises CIS and the line at once (§2.8)', async () => {
  const { device, guest } = await powerUp();
  guest.reset();
  guest.write32(R.INTCTL, R.INTCTL_GIE | R.INTCTL_CIE);
  expect(device.controller.interrupt).toBe(false);
  guest.write16(R.WAKEEN, 0x7fff);
  expect(device.controller.interrupt).toBe(true);
  expect(guest.read32(R.INTSTS)).toBe(CIS_GIS);
});

it('HW-G13: clearing STATESTS drops CIS and the line at once (§2.8; VirtualBox misses it, §7.5)', async () => {
  const { device, guest } = await powerUp();
  guest.reset();
  guest.write32(R.INTCTL, R.INTCTL_GIE | R.INTCTL_CIE);
  guest.write16(R.WAKEEN, 0x7fff);
  guest.write16(R.STATESTS, 0x0001);
  expect(guest.read32(R.INTSTS)).toBe(0);
  expect(device.controller.interrupt).toBe(false);
});

it.each([
  ['low first', false],
  ['high first', true],
])('HW-G14: STATESTS as two byte writes, %s, ends as one word write (Appendix A)', async (_order, highFirst) => {
  const codecs = Array.from({ length: 10 }, () => new TestCodec());
  const { guest } = await powerUp({ codecs });
  expect(guest.reset()).toBe(0x03ff);
  guest.writeBytes(R.STATESTS, 0x0102, highFirst);
  expect(guest.read16(R.STATESTS)).toBe(0x02fd);
});

it('HW-G15: a flush completes in the write: FCNTRL reads 0, FSTS is set and clears by 1 (§3.11)', async () => {
  const { guest } = await powerUp();
  guest.start();
  guest.write32(R.DPLBASE, 0x3000);
  guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_FCNTRL | R.GCTL_UNSOL);
  expect(guest.read32(R.GCTL)).toBe(R.GCTL_CRST | R.GCTL_UNSOL);
  expect(guest.read16(R.GSTS)).toBe(R.GSTS_FSTS);
  guest.write16(R.GSTS, R.GSTS_FSTS);
  expect(guest.read16(R.GSTS)).toBe(0);
});

it('HW-G16: WALCLK advances 24000 in a millisecond (§2.1)', async () => {
  const { device, guest } = await powerUp();
  guest.reset();
  const before = guest.read32(R.WALCLK);
  device.advance(48);
  expect(guest.read32(R.WALCLK) - before).toBe(24000);
});

it('HW-G17: WALCLK stands at 0 in reset and restarts from 0 (§3.1)', async () => {
  const { device, guest } = await powerUp();
  device.advance(48);
  expect(guest.read32(R.WALCLK)).toBe(0);
  guest.reset();
  expect(guest.read32(R.WALCLK)).toBe(25 * 500);
  device.advance(480);
  guest.write32(R.GCTL, 0);
  device.advance(48);
  expect(guest.read32(R.WALCLK)).toBe(0);
  guest.write32(R.GCTL, 1);
  expect(guest.read32(R.WALCLK)).toBe(0);
  device.advance(1 / 500);
  expect(guest.read32(R.WALCLK)).toBe(1);
});

it('HW-G18: the alias page shows WALCLK and every LPIB, and nothing else (§2.5)', async () => {
  const { device, guest } = await powerUp();
  guest.reset();
  for (const index of [0, 3, 4, 7])
    guest
      .stream(index)
      .setUpTwoEntries(512, { tag: index + 1 })
      .run();
  device.advance(100.5);
  expect(guest.read32(R.WALCLKA)).toBe(guest.read32(R.WALCLK));
  for (let index = 0; index < 8; index++) {
    const offset = R.SD_BASE + R.SD_STRIDE * index + R.SDnLPIB;
    expect(guest.read32(R.ALIAS_BASE + offset)).toBe(guest.read32(offset));
  }
  expect(guest.read32(R.ALIAS_BASE + FIRST_OUTPUT + R.SDnLPIB)).toBe(400);
  expect(guest.read32(R.ALIAS_BASE + FIRST_OUTPUT + R.SDnCBL)).toBe(0);
  expect(guest.read32(R.ALIAS_BASE + R.GCAP)).toBe(0);
  guest.write32(R.ALIAS_BASE + R.INTCTL, 0xffffffff);
  expect(guest.read32(R.INTCTL)).toBe(0);
});

it('HW-G19: every hole reads 0, never all ones (§2.6)', async () => {
  const { guest } = await powerUp();
  guest.reset();
  for (const offset of [0x12, 0x14, 0x1c, 0x28, 0x2c, 0x3c, 0x5f, 0x6a, 0x6c, 0x78, 0x7c, 0x94, 0x180, 0x7fc, 0x1000]) {
    guest.write32(offset & ~3, 0xffffffff);
    expect([offset, guest.read8(offset)]).toEqual([offset, 0]);
  }
  for (let offset = 0x180; offset < R.BAR_BYTES; offset += 4) {
    const alias = offset - R.ALIAS_BASE;
    const counter = offset === R.WALCLKA || (alias >= R.SD_BASE && alias < 0x180 && alias % R.SD_STRIDE === R.SDnLPIB);
    if (!counter) expect([offset, guest.read32(offset)]).toEqual([offset, 0]);
  }
});

it('HW-G20: SSYNC is one register at 34h and 38h, masked to the streams there are (§2.1 DECISION)', async () => {
  const { guest } = await powerUp();
  guest.reset();
  guest.write32(R.SSYNC_ICH6, 0xffffffff);
  expect(guest.read32(R.SSYNC)).toBe(0xff);
  guest.write8(R.SSYNC, 0x0f);
  expect(guest.read32(R.SSYNC_ICH6)).toBe(0x0f);
});

it('HW-G21: INTSTS ignores writes (§2.7)', async () => {
  const { device, guest } = await powerUp();
  guest.start();
  guest.write32(R.INTCTL, R.INTCTL_GIE | R.INTCTL_CIE);
  guest.queue(VENDOR_ID);
  guest.write32(R.INTSTS, 0xffffffff);
  expect(guest.read32(R.INTSTS)).toBe(CIS_GIS);
  expect(guest.read8(R.RIRBSTS)).toBe(R.RIRBSTS_RINTFL);
  expect(device.controller.interrupt).toBe(true);
});

it.each([
  ['HW-G22: without GIE', R.INTCTL_CIE],
  ['HW-G23: without CIE', R.INTCTL_GIE],
])('%s CIS and GIS show, the line stays low (§2.8)', async (_claim, control) => {
  const { device, guest } = await powerUp();
  guest.start();
  guest.write32(R.INTCTL, control);
  guest.queue(VENDOR_ID);
  expect(guest.read32(R.INTSTS)).toBe(CIS_GIS);
  expect(device.controller.interrupt).toBe(false);
  guest.write32(R.INTCTL, R.INTCTL_GIE | R.INTCTL_CIE);
  expect(device.controller.interrupt).toBe(true); // and INTCTL re-evaluates the line (§7.5)
});

it.each([
  ['HW-G24: BCIS with IOCE sets SIS and GIS and raises the line', R.SDnCTL_IOCE, true],
  ['HW-G25: BCIS without IOCE sets the status bit alone', 0, false],
])('%s (§2.8)', async (_claim, enable, raised) => {
  const { device, guest } = await powerUp();
  guest.reset();
  guest.write32(R.INTCTL, R.INTCTL_GIE | (1 << 2));
  const stream = guest.stream(2).setUpTwoEntries(192);
  stream.run(R.SDnCTL_RUN | enable);
  device.advance(96);
  expect(stream.status & R.SDnSTS_BCIS).toBe(R.SDnSTS_BCIS);
  expect(guest.read32(R.INTSTS)).toBe(raised ? R.INTSTS_GIS + (1 << 2) : 0);
  expect(device.controller.interrupt).toBe(raised);
});

it('a listener that acknowledges inside the callback sees every later edge (§2.8)', async () => {
  const { device, guest } = await powerUp();
  guest.start();
  guest.write32(R.INTCTL, R.INTCTL_GIE | R.INTCTL_CIE);
  const levels: boolean[] = [];
  let more = 3;
  device.controller.onInterrupt((level) => {
    levels.push(level);
    if (!level) return;
    guest.write8(R.RIRBSTS, R.RIRBSTS_RINTFL);
    if (more-- > 0) guest.queue(VENDOR_ID); // its answer raises the line again within this call
  });
  guest.queue(VENDOR_ID);
  expect(levels).toEqual([true, false, true, false, true, false, true, false]);
  expect(device.controller.interrupt).toBe(false);
});

it('an interrupt listener may access registers, but time stands still in it', async () => {
  const { device, guest } = await powerUp();
  guest.start();
  guest.write32(R.INTCTL, R.INTCTL_GIE | R.INTCTL_CIE);
  let thrown: unknown;
  const end = device.controller.onInterrupt(() => {
    try {
      device.advance(1);
    } catch (error) {
      thrown = error;
    }
  });
  guest.queue(VENDOR_ID);
  expect(thrown).toBeInstanceOf(Error);
  end();
  device.advance(1);
});

it('GCTL byte 0 reaches CRST without touching UNSOL in byte 1 (§2.7)', async () => {
  const { guest } = await powerUp();
  guest.reset();
  guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
  guest.write8(R.GCTL, R.GCTL_CRST);
  expect(guest.read32(R.GCTL)).toBe(R.GCTL_CRST | R.GCTL_UNSOL);
});

it('a read-modify-write that clears CRST clears UNSOL with it, as a reset does (§3.1)', async () => {
  const { guest } = await powerUp();
  guest.reset();
  guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
  guest.write32(R.GCTL, guest.read32(R.GCTL) & ~R.GCTL_CRST);
  expect(guest.read32(R.GCTL)).toBe(0);
});

it('in reset UNSOL does not take a write (§2.6)', async () => {
  const { guest } = await powerUp();
  guest.write8(R.GCTL + 1, 0x01);
  expect(guest.read32(R.GCTL)).toBe(0);
  guest.write8(R.GCTL, R.GCTL_CRST);
  expect(guest.read32(R.GCTL)).toBe(R.GCTL_CRST);
});
