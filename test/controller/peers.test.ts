// What other emulators got wrong (hda-hardware §7.4, §7.5; hostile-inputs §3), replayed and answered as hardware would.
// Faults that are a row of §8 or of the hostile catalogue are tested there; the names here say what remains.

import { describe, expect, it } from 'vitest';
import * as R from '../../src/hda/registers.ts';
import { command8, VERB_GET_PARAMETER, VERB_SET_STREAM_CHANNEL } from '../../src/hda/verbs.ts';
import { BUFFERS, CORB } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';
import { DAC, OUTPUT_PIN } from '../support/test-codec.ts';

const VENDOR_ID = command8(0, 0, VERB_GET_PARAMETER, 0);
const OUTPUT = 4;

describe('QEMU (§7.4)', () => {
  it('GitLab 542: RIRB on the registers through the alias page, fed by the CORB, is one lost response a command', async () => {
    const { device, guest } = await powerUp();
    guest.start();
    const bar = device.pci.read(0x10, 4);
    guest.write32(R.CORBLBASE, CORB);
    guest.write32(R.RIRBLBASE, bar + 0x2000);
    for (let slot = 0; slot < 256; slot++) guest.setDword(CORB + 4 * slot, VENDOR_ID);
    for (let n = 1; n < 256; n++) guest.write16(R.CORBWP, n);
    expect(device.diagnostics.rirbFaults).toBe(255);
    expect(guest.read16(R.RIRBWP)).toBe(0);
  });

  it('CVE-2016-8909: an entry of length 0 at the present position is skipped, the rest plays', async () => {
    const { device, guest } = await powerUp();
    guest.start();
    const stream = guest.stream(OUTPUT).setUp({
      entries: [
        { address: BUFFERS, length: 0, ioc: true },
        { address: BUFFERS, length: 0 },
        { address: BUFFERS, length: 64, ioc: true },
      ],
    });
    stream.run();
    device.advance(100_000);
    expect(stream.position).toBe((100_000 * 4) % 64);
  });

  it('a commands’ count equal to RINTCNT does not hold the CORB up, acknowledged or not', async () => {
    const { guest, codec } = await powerUp();
    guest.start({ responses: 2 });
    for (let n = 0; n < 20; n++) guest.queue(VENDOR_ID);
    expect(codec.commands).toHaveLength(20);
  });

  it('a dword at 4Ch returns CORBCTL, CORBSTS and CORBSIZE; a byte at an odd half is a write like any other', async () => {
    const { guest } = await powerUp();
    guest.start();
    expect(guest.read32(R.CORBCTL)).toBe(0x00420002);
    guest.write8(R.RINTCNT, 0x17);
    guest.write8(R.RINTCNT + 1, 0xff);
    expect(guest.read16(R.RINTCNT)).toBe(0x0017);
    guest.write8(R.SDnLVI + R.SD_BASE + 1, 0xff);
    expect(guest.read16(R.SDnLVI + R.SD_BASE)).toBe(0);
  });

  it('OUTSTRMPAY, INSTRMPAY, FIFOW and SSYNC are there', async () => {
    const { guest } = await powerUp();
    guest.reset();
    expect([guest.read16(R.OUTSTRMPAY), guest.read16(R.INSTRMPAY), guest.read16(R.SD_BASE + R.SDnFIFOW)]).toEqual([
      48, 24, 4,
    ]);
  });

  it('SRST tells the codec of the stream’s own tag: its converter falls silent', async () => {
    const { device, guest } = await powerUp();
    guest.start();
    guest.verb(DAC, VERB_SET_STREAM_CHANNEL, 0x50);
    device.memory.write(BUFFERS + 0x10000 * OUTPUT, new Uint8Array(512).fill(0x40));
    const stream = guest.stream(OUTPUT).setUpTwoEntries(256, { tag: 5 });
    stream.run();
    const tap = device.codecs[0]?.listen(OUTPUT_PIN);
    device.advance(10);
    expect(tap?.read()[0]?.every((sample) => sample !== 0)).toBe(true);
    guest.write8(stream.base, R.SDnCTL_SRST | R.SDnCTL_RUN);
    device.advance(10);
    expect(tap?.read()[0]?.every((sample) => sample === 0)).toBe(true);
  });

  it('position moves with device time, not with a host timer: every frame, without jumps (PipeWire xruns)', async () => {
    const { device, guest } = await powerUp();
    guest.start();
    const stream = guest.stream(OUTPUT).setUpTwoEntries(0x4000);
    stream.run();
    for (let n = 1; n <= 1000; n++) {
      device.advance(1);
      expect(stream.position).toBe(4 * n);
    }
  });
});

describe('VirtualBox (§7.5)', () => {
  it('GCTL.UNSOL is stored', async () => {
    const { guest } = await powerUp();
    guest.reset();
    guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
    expect(guest.read32(R.GCTL)).toBe(R.GCTL_CRST | R.GCTL_UNSOL);
  });

  it('CIS does not rise from STATESTS without WAKEEN', async () => {
    const { guest } = await powerUp();
    guest.reset();
    guest.write32(R.INTCTL, 0xc0000000);
    expect(guest.read32(R.INTSTS)).toBe(0);
  });

  it('WALCLK runs on while no stream moves, and is not held back by one that does', async () => {
    const { device, guest } = await powerUp();
    guest.reset();
    const before = guest.read32(R.WALCLK);
    guest.stream(OUTPUT).setUpTwoEntries(0x4000).run();
    device.advance(0.5);
    expect(guest.read32(R.WALCLK) - before).toBe(250);
  });

  it('RINTCNT and RIRBWP take writes while the CORB runs', async () => {
    const { guest } = await powerUp();
    guest.start();
    guest.queue(VENDOR_ID);
    guest.write16(R.RINTCNT, 9);
    guest.write16(R.RIRBWP, R.RIRBWP_RST);
    expect([guest.read16(R.RINTCNT), guest.read16(R.RIRBWP)]).toEqual([9, 0]);
  });

  it('only the entry of a response is written, not the whole ring', async () => {
    const { device, guest } = await powerUp();
    guest.start();
    const ring = new Uint8Array(2048).fill(0xaa);
    device.memory.write(0x2000, ring);
    guest.queue(VENDOR_ID);
    const after = device.memory.read(0x2000, 2048);
    expect(after.subarray(0, 8)).toEqual(ring.subarray(0, 8));
    expect(after.subarray(16)).toEqual(ring.subarray(16));
  });

  it('CVE-2019-3002: a stream takes its registers as they are at RUN and each is checked: nothing outside RAM moves', async () => {
    const { device, guest } = await powerUp();
    guest.start();
    for (const index of [0, OUTPUT]) {
      const stream = guest
        .stream(index)
        .setUp({ entries: [{ address: BUFFERS, length: 0x7fffffff }], cyclicBufferBytes: 0xffffffff });
      stream.run();
      device.advance(10);
      expect(stream.status).toBe(R.SDnSTS_DESE);
    }
  });

  it('FIFORDY is up while running, for a stream held by SSYNC too (Linux sync timed out)', async () => {
    const { guest } = await powerUp();
    guest.reset();
    guest.write32(R.SSYNC_ICH6, 1 << OUTPUT);
    const stream = guest.stream(OUTPUT).setUpTwoEntries(256);
    stream.run();
    expect(stream.status).toBe(R.SDnSTS_FIFORDY);
  });
});

describe('bhyve (§7.5, hostile-inputs §3)', () => {
  it('PR 264435: an offset beyond the registers is a hole or beyond the BAR, never a table index', async () => {
    const { device, guest } = await powerUp();
    guest.reset();
    for (const offset of [0x180, 0x440, 0x7ff, 0x800, 0x1fff, 0x3fff, 0x4000, 0x7fffffff, 2 ** 40]) {
      device.controller.write(offset, 4, 0xffffffff);
      expect(device.controller.read(offset, 1)).toBe(offset < R.BAR_BYTES ? 0 : 0xff);
    }
  });

  it('SA-24:17: parameters 0…255 of any node are answered', async () => {
    const { guest } = await powerUp();
    guest.start();
    for (let id = 0; id < 256; id++) guest.queue(command8(0, 0x7f, VERB_GET_PARAMETER, id));
    expect(guest.read16(R.RIRBWP)).toBe(0); // 256 entries, once round
  });

  it('RUN set twice is RUN', async () => {
    const { device, guest } = await powerUp();
    guest.reset();
    const stream = guest.stream(OUTPUT).setUpTwoEntries(256);
    stream.run();
    device.advance(10);
    stream.run();
    device.advance(10);
    expect(stream.position).toBe(80);
  });

  it('buffers are found anew at every access, not once at RUN', async () => {
    const { device, guest } = await powerUp();
    guest.start();
    guest.verb(DAC, VERB_SET_STREAM_CHANNEL, 0x10);
    const stream = guest.stream(OUTPUT).setUpTwoEntries(256);
    stream.run();
    const tap = device.codecs[0]?.listen(OUTPUT_PIN);
    device.advance(10);
    device.memory.write(BUFFERS + 0x10000 * OUTPUT, new Uint8Array(512).fill(0x40));
    device.advance(10);
    const heard = [...(tap?.read()[0] ?? [])];
    expect(heard.map((sample) => sample !== 0)).toEqual(heard.map((_, i) => i >= 10));
  });
});

it('an access of a width that no bus has, or no offset at all, is the caller’s fault and says so', async () => {
  const { device } = await powerUp();
  for (const [offset, bytes] of [
    [0, 3],
    [0, 8],
    [-1, 4],
    [0.5, 1],
    [Number.NaN, 4],
  ] as const) {
    expect(() => device.controller.read(offset, bytes as 4)).toThrow(RangeError);
    expect(() => device.controller.write(offset, bytes as 4, 0)).toThrow(RangeError);
    expect(() => device.pci.read(offset, bytes as 4)).toThrow(RangeError);
  }
});
