// Hostile global registers: hostile-inputs §4, H38–H44.

import { expect, it } from 'vitest';
import { REGISTERS, STREAM_REGISTERS } from '../../src/hda/register-table.ts';
import * as R from '../../src/hda/registers.ts';
import { command8, VERB_GET_PARAMETER } from '../../src/hda/verbs.ts';
import { POSITIONS, RUN_AND_INTERRUPT } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';
import { seeded } from '../support/random.ts';

const VENDOR_ID = command8(0, 0, VERB_GET_PARAMETER, 0);
const OUTPUT = 4;

it('HOSTILE-H38: CRST cleared with everything running stops everything, and a new start finds a clean device', async () => {
  const { device, guest, codec } = await powerUp();
  guest.start();
  guest.write32(R.INTCTL, 0xffffffff);
  for (let index = 0; index < 8; index++)
    guest
      .stream(index)
      .setUpTwoEntries(64, { tag: index + 1 })
      .run();
  guest.queue(VENDOR_ID);
  device.advance(100);
  expect(device.controller.interrupt).toBe(true);
  guest.write32(R.GCTL, 0);
  expect(device.controller.interrupt).toBe(false);
  const memory = device.memory.read(0, device.memory.bytes);
  device.advance(1000);
  expect(Buffer.compare(device.memory.read(0, device.memory.bytes), memory)).toBe(0);
  guest.start();
  for (let index = 0; index < 8; index++) expect(guest.stream(index).position).toBe(0);
  expect(guest.ask(VENDOR_ID)).toBe(codec.model.vendorId);
});

it('HOSTILE-H38: CRST toggled faster than codecs answer shows none of them until 25 quiet frames have passed', async () => {
  const { device, guest } = await powerUp();
  for (let n = 0; n < 1000; n++) {
    guest.write8(R.GCTL, 1);
    device.advance(24);
    guest.write8(R.GCTL, 0);
    device.advance(0.01);
  }
  expect(guest.read16(R.STATESTS)).toBe(0);
  guest.write8(R.GCTL, 1);
  device.advance(25);
  expect(guest.read16(R.STATESTS)).toBe(1);
});

it('HOSTILE-H38: in reset every register reads its reset value and takes no write but GCTL, WAKEEN and STATESTS', async () => {
  const { guest } = await powerUp();
  for (let offset = 0; offset < 0x180; offset++) {
    if (offset < R.GCTL || offset >= R.STATESTS + 2) guest.write8(offset, 0xff);
  }
  for (const row of REGISTERS) {
    for (let lane = 0; lane < row.bytes; lane++) {
      expect([row.name, guest.read8(row.offset + lane)]).toEqual([row.name, (row.reset >>> (8 * lane)) & 0xff]);
    }
  }
});

it('HOSTILE-H39: any width at any offset is the composition of its bytes, holes and the end of the BAR included', async () => {
  const { device, guest } = await powerUp();
  const random = seeded(39);
  guest.start();
  for (let offset = 0; offset < 0x180; offset++) if (offset !== R.GCTL) guest.write8(offset, random(256));
  for (let offset = 0; offset < R.BAR_BYTES; offset++) {
    const bytes = [0, 1, 2, 3].map((lane) => guest.read8(offset + lane));
    const [a = 0, b = 0, c = 0, d = 0] = bytes;
    if (guest.read16(offset) !== (a | (b << 8))) throw new Error(`word at ${offset.toString(16)}`);
    if (guest.read32(offset) !== (a | (b << 8) | (c << 16) | (d << 24)) >>> 0)
      throw new Error(`dword at ${offset.toString(16)}`);
  }
  expect(device.controller.read(R.BAR_BYTES - 1, 4)).toBe(0xffffff00);
});

it('HOSTILE-H39: a write of any width and alignment ends as its bytes written one by one, low first', async () => {
  const random = seeded(3939);
  const whole = await powerUp();
  const parts = await powerUp();
  for (const { guest } of [whole, parts]) guest.start();
  for (let n = 0; n < 20_000; n++) {
    // ICIS, CORBCTL and CORBWP send commands, so that a byte more or less shows; streams must not fault half-way.
    const offset = random(0x190);
    const bytes = ([1, 2, 4] as const)[random(3)] as 1 | 2 | 4;
    const value = random(3) === 0 ? random(2 ** 32) : random(256) << (8 * random(4));
    if (offset < R.GCTL + 4 && offset + bytes > R.GCTL) continue; // a reset in each second step would hide the rest
    whole.device.controller.write(offset, bytes, value);
    for (let lane = 0; lane < bytes; lane++) parts.guest.write8(offset + lane, (value >>> (8 * lane)) & 0xff);
    if (n % 50 !== 0) continue;
    for (let at = 0; at < 0x180; at += 4) {
      if (whole.guest.read32(at) !== parts.guest.read32(at)) {
        throw new Error(
          `step ${n}: ${bytes} bytes ${value.toString(16)} at ${offset.toString(16)}: ${at.toString(16)} differs`,
        );
      }
    }
  }
});

it('HOSTILE-H40: all ones and all zeros everywhere: read-only and reserved bits stay as the standard has them', async () => {
  const { guest } = await powerUp();
  guest.start();
  const rows = [
    ...REGISTERS,
    ...STREAM_REGISTERS.map((row) => ({ ...row, offset: row.offset + R.SD_BASE + OUTPUT * R.SD_STRIDE })),
  ];
  for (const value of [0xff, 0x00]) {
    for (let offset = 0; offset < 0x180; offset++) {
      const isControl = offset === R.GCTL || (offset >= R.SD_BASE && offset % R.SD_STRIDE === R.SDnCTL);
      if (!isControl) guest.write8(offset, value);
    }
    for (const row of rows) {
      // What a write sets off of its own: run bits fall at faults, pointers and status move, ICIS answers.
      if (/GCTL|GSTS|SSYNC|RINT|CORB(RP|STS|CTL)|RIRB(WP|STS)|IC|INT|WALCLK|SDnCTL|SDnSTS|SDnFIFOS/.test(row.name))
        continue;
      for (let lane = 0; lane < row.bytes; lane++) {
        const writable = (row.writable >>> (8 * lane)) & 0xff;
        const reset = (row.reset >>> (8 * lane)) & 0xff;
        const expected = (reset & ~writable) | (value & writable);
        expect([row.name, lane, guest.read8(row.offset + lane)]).toEqual([row.name, lane, expected]);
      }
    }
  }
});

it('HOSTILE-H41: WAKEEN and STATESTS have no bit 15', async () => {
  const { guest } = await powerUp();
  guest.reset();
  guest.write16(R.WAKEEN, 0xffff);
  expect(guest.read16(R.WAKEEN)).toBe(0x7fff);
  guest.write16(R.STATESTS, 0x8000);
  expect(guest.read16(R.STATESTS)).toBe(1);
});

it('HOSTILE-H42: the position buffer enabled and disabled under way writes while it is enabled, nothing else', async () => {
  const { device, guest } = await powerUp();
  guest.reset();
  const stream = guest.stream(OUTPUT).setUpTwoEntries(4096);
  stream.run();
  const slot = POSITIONS + 8 * OUTPUT;
  let last = 0;
  for (let n = 0; n < 40; n++) {
    const enabled = n % 2 === 0;
    guest.write32(R.DPLBASE, POSITIONS | (enabled ? R.DPLBASE_ENABLE : 0));
    device.advance(11);
    if (enabled) last = stream.position;
    expect(guest.dword(slot)).toBe(last);
  }
});

it('HOSTILE-H43: SSYNC bits of streams that are not there do not exist', async () => {
  const { guest } = await powerUp({ streams: { input: 1, output: 1, bidirectional: 1 } });
  guest.reset();
  guest.write32(R.SSYNC, 0xffffffff);
  expect(guest.read32(R.SSYNC)).toBe(7);
  guest.write32(R.INTCTL, 0xffffffff);
  expect(guest.read32(R.INTCTL)).toBe(0xc0000007);
  for (let offset = R.SD_BASE + 3 * R.SD_STRIDE; offset < 0x800; offset += 4) {
    guest.write32(offset, 0xffffffff);
    expect(guest.read32(offset)).toBe(0);
  }
});

it('HOSTILE-H44: WALCLK wraps at 2^32 ticks, 178.957 s, and time goes on', async () => {
  const { device, guest } = await powerUp();
  guest.reset();
  guest.write32(R.INTCTL, 0xffffffff);
  const frames = Math.floor(2 ** 32 / 500);
  device.advance(frames - 25 - 1);
  const stream = guest.stream(OUTPUT).setUpTwoEntries(4096);
  stream.run(RUN_AND_INTERRUPT);
  const before = guest.read32(R.WALCLK);
  expect(before).toBeGreaterThan(2 ** 32 - 1000);
  device.advance(100);
  expect((guest.read32(R.WALCLK) - before) >>> 0).toBe(50_000);
  expect(guest.read32(R.WALCLKA)).toBeLessThan(50_000);
  expect(stream.position).toBe(400);
  expect(device.linkTicks).toBe(BigInt(frames + 99) * 500n);
});
