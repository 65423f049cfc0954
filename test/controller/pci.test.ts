// PCI configuration space: hda-hardware §1 and rows P1–P7 of §8.

import { expect, it } from 'vitest';
import * as R from '../../src/hda/registers.ts';
import { command8, UNSOLICITED_ENABLE, VERB_GET_PARAMETER, VERB_SET_UNSOLICITED } from '../../src/hda/verbs.ts';
import { powerUp } from '../support/power-up.ts';
import { OUTPUT_PIN } from '../support/test-codec.ts';

const VENDOR_ID = command8(0, 0, VERB_GET_PARAMETER, 0);

it.each([
  ['ich6', 0x26688086, 0x01],
  ['ich9', 0x293e8086, 0x03],
] as const)('HW-P1: %s is an HD Audio function by class (§1.1)', async (identity, ids, revision) => {
  const { device } = await powerUp({ identity });
  expect(device.pci.read(0x00, 4)).toBe(ids);
  expect(device.pci.read(0x08, 4)).toBe(0x04030000 | revision);
  expect(device.pci.read(0x3d, 1)).toBe(1); // INTA#
  expect(device.pci.read(0x04, 2)).toBe(0x0006); // as firmware leaves it (design, Contracts)
});

it('HW-P2: BAR0 sized by writing all ones reads FFFFC000h, the 32-bit form (§1.4)', async () => {
  const { device } = await powerUp();
  const before = device.pci.read(0x10, 4);
  expect(before & 0x3fff).toBe(0); // memory, not prefetchable, 32-bit
  device.pci.write(0x10, 4, 0xffffffff);
  expect(device.pci.read(0x10, 4)).toBe(0xffffc000);
  expect(device.pci.read(0x14, 4)).toBe(0);
  device.pci.write(0x10, 4, before);
  expect(device.pci.read(0x10, 4)).toBe(before);
});

it('HW-P3: exactly 16 KB are decoded: holes inside read 0, beyond them the bus reads all ones (§1.2, §2.6)', async () => {
  const { device, guest } = await powerUp();
  device.pci.write(0x10, 4, 0xffffffff);
  expect((~device.pci.read(0x10, 4) >>> 0) + 1).toBe(R.BAR_BYTES);
  expect(guest.read32(R.BAR_BYTES - 4)).toBe(0);
  expect(guest.read32(R.BAR_BYTES)).toBe(0xffffffff);
  expect(guest.read32(R.BAR_BYTES - 2)).toBe(0xffff0000); // straddles the end
});

it('HW-P4: HDCTL has bit 0 set, TCSEL stores three bits (§1.2)', async () => {
  const { device } = await powerUp();
  expect(device.pci.read(0x40, 1) & 1).toBe(1);
  expect(device.pci.read(0x44, 1)).toBe(0);
  device.pci.write(0x44, 1, 0xff);
  expect(device.pci.read(0x44, 1)).toBe(7);
  device.pci.write(0x44, 1, 0);
  expect(device.pci.read(0x44, 1)).toBe(0);
});

it('HW-P5: PCICMD bit 10 holds INTx down while set; PCISTS bit 3 follows the cause all the same (§1.3)', async () => {
  const { device, guest } = await powerUp();
  guest.start();
  guest.write32(R.INTCTL, 0xffffffff);
  guest.queue(VENDOR_ID);
  expect(device.controller.interrupt).toBe(true);
  expect(device.pci.read(0x06, 2)).toBe(0x0018);
  const levels: boolean[] = [];
  device.controller.onInterrupt((level) => levels.push(level));
  device.pci.write(0x04, 2, 0x0406);
  expect(device.controller.interrupt).toBe(false);
  expect(device.pci.read(0x06, 2)).toBe(0x0018);
  device.pci.write(0x04, 2, 0x0006);
  expect(device.controller.interrupt).toBe(true);
  expect(levels).toEqual([false, true]);
  guest.write8(R.RIRBSTS, R.RIRBSTS_RINTFL);
  expect(device.pci.read(0x06, 2)).toBe(0x0010);
});

it('HW-P6: with PCICMD bit 1 clear no register is decoded: all ones, and writes are lost (§1.4, hostile-inputs §5)', async () => {
  const { device, guest } = await powerUp();
  guest.reset();
  device.pci.write(0x04, 1, 0x04);
  expect([guest.read8(R.VMAJ), guest.read16(R.GCAP), guest.read32(R.GCTL)]).toEqual([0xff, 0xffff, 0xffffffff]);
  guest.write32(R.INTCTL, 0xc0000000);
  device.pci.write(0x04, 1, 0x06);
  expect(guest.read32(R.INTCTL)).toBe(0);
  expect(guest.read32(R.GCTL)).toBe(R.GCTL_CRST);
});

// §1.3: a host that cannot route a message must not offer MSI, and this machine ends at a line. So nothing is lost in
// the way that the row guards against: the line stays up for the cause that remains.
it('HW-P7: no MSI capability is offered, and acknowledging one of two causes leaves the line up for the other', async () => {
  const { device, guest } = await powerUp();
  for (let at = device.pci.read(0x34, 1), hops = 0; at !== 0; at = device.pci.read(at + 1, 1)) {
    expect(device.pci.read(at, 1)).not.toBe(0x05);
    expect(++hops).toBeLessThan(48);
  }
  guest.reset();
  guest.rings();
  guest.write16(R.WAKEEN, R.SDI_MASK);
  guest.write32(R.INTCTL, R.INTCTL_GIE | R.INTCTL_CIE);
  guest.queue(VENDOR_ID);
  const levels: boolean[] = [];
  device.controller.onInterrupt((level) => levels.push(level));
  guest.write8(R.RIRBSTS, R.RIRBSTS_RINTFL);
  expect(device.controller.interrupt).toBe(true); // STATESTS & WAKEEN remains
  guest.write16(R.STATESTS, R.SDI_MASK);
  expect(levels).toEqual([false]);
});

it('configuration space: read-only bytes stay, vendor bytes are storage (§1.2)', async () => {
  const { device } = await powerUp();
  const header = [0x00, 0x08, 0x2c, 0x34];
  const before = header.map((offset) => device.pci.read(offset, 4));
  for (const offset of header) device.pci.write(offset, 4, 0xffffffff);
  expect(header.map((offset) => device.pci.read(offset, 4))).toEqual(before);
  for (const offset of [0x42, 0x48, 0x4d, 0x78]) {
    device.pci.write(offset, 1, 0xa5);
    expect(device.pci.read(offset, 1)).toBe(0xa5);
  }
});

it('in D3hot no register answers and the line is down; D0 finds the controller in reset (§1.2 PMCS)', async () => {
  const { device, guest } = await powerUp();
  guest.start();
  guest.write32(R.INTCTL, 0xc0000000);
  guest.queue(VENDOR_ID);
  expect(device.controller.interrupt).toBe(true);
  device.pci.write(0x54, 2, 3);
  expect(device.controller.interrupt).toBe(false);
  expect(guest.read32(R.GCTL)).toBe(0xffffffff);
  device.pci.write(0x54, 2, 0);
  expect(guest.read32(R.GCTL)).toBe(0);
  expect(guest.reset()).toBe(1);
});

it('without bus mastering (PCICMD bit 2) no command is fetched; setting it goes on (§1.2)', async () => {
  const { device, guest, codec } = await powerUp();
  guest.start();
  device.pci.write(0x04, 2, 0x0002);
  guest.queue(VENDOR_ID);
  expect(codec.commands).toEqual([]);
  device.pci.write(0x04, 2, 0x0006);
  expect(codec.commands).toHaveLength(1);
  expect(guest.entry(1)[0]).toBe(codec.model.vendorId);
});

it('without bus mastering a response cannot be stored, and a stream stands until it is back (§1.2)', async () => {
  const { device, guest } = await powerUp();
  guest.start();
  guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
  guest.verb(OUTPUT_PIN, VERB_SET_UNSOLICITED, UNSOLICITED_ENABLE);
  const stream = guest.stream(4).setUpTwoEntries(1024);
  stream.run();
  device.advance(10);
  device.pci.write(0x04, 2, 0x0002);
  device.codecs[0]?.plug(OUTPUT_PIN, true);
  device.advance(10);
  expect([guest.read16(R.RIRBWP), guest.read8(R.RIRBSTS) & R.RIRBSTS_OIS]).toEqual([1, R.RIRBSTS_OIS]);
  expect(stream.position).toBe(40);
  device.pci.write(0x04, 2, 0x0006);
  device.advance(10);
  expect(stream.position).toBe(80);
});
