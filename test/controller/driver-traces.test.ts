// What real drivers do to a controller, replayed from hda-hardware §3.1–3.5 and §7: rows O1–O3 of §8. Each poll has the
// driver's own budget, so that a late acknowledge fails here as it would there.

import { expect, it } from 'vitest';
import * as R from '../../src/hda/registers.ts';
import { command8, VERB_FUNCTION_RESET, VERB_GET_PARAMETER } from '../../src/hda/verbs.ts';
import { BUFFERS, CORB, LISTS, POSITIONS, RIRB } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';

const MICROSECOND = 0.048; // link frames

/** Polls at most `tries` times, `microseconds` apart. */
type Poll = (condition: () => boolean, tries: number, microseconds: number) => void;

async function machine() {
  const powered = await powerUp();
  const poll: Poll = (condition, tries, microseconds) => {
    for (let n = 0; n < tries; n++) {
      if (condition()) return;
      powered.device.advance(microseconds * MICROSECOND);
    }
    throw new Error('poll timed out');
  };
  return { ...powered, poll };
}

it('HW-O1: Linux snd_hda_intel probes, finds the codec by interrupt, and plays a prepared stream', async () => {
  const { device, guest, codec, poll } = await machine();
  device.pci.write(0x44, 1, device.pci.read(0x44, 1) & ~7); // TCSEL
  const outputs = (guest.read16(R.GCAP) >>> 12) & 15;
  const inputs = (guest.read16(R.GCAP) >>> 8) & 15;
  expect([inputs, outputs]).toEqual([4, 4]);

  // snd_hdac_bus_reset_link
  guest.write16(R.STATESTS, R.SDI_MASK);
  guest.write8(R.GCTL, guest.read8(R.GCTL) & ~R.GCTL_CRST);
  poll(() => (guest.read8(R.GCTL) & R.GCTL_CRST) === 0, 100, 1000);
  guest.write8(R.GCTL, guest.read8(R.GCTL) | R.GCTL_CRST);
  poll(() => guest.read8(R.GCTL) !== 0, 100, 1000);
  device.advance(1000 * MICROSECOND);
  const codecMask = guest.read16(R.STATESTS);
  expect(codecMask).toBe(1);

  // azx_int_clear, int_enable
  for (let n = 0; n < inputs + outputs; n++) guest.write8(R.SD_BASE + n * R.SD_STRIDE + R.SDnSTS, R.SDnSTS_CAUSES);
  guest.write16(R.STATESTS, R.SDI_MASK);
  guest.write8(R.RIRBSTS, 0x05);
  guest.write32(R.INTSTS, 0x400000ff);
  guest.write32(R.INTCTL, guest.read32(R.INTCTL) | R.INTCTL_CIE | R.INTCTL_GIE);

  // snd_hdac_bus_init_cmd_io
  guest.write32(R.CORBLBASE, CORB);
  guest.write32(R.CORBUBASE, 0);
  guest.write8(R.CORBSIZE, 0x02);
  guest.write16(R.CORBWP, 0);
  guest.write16(R.CORBRP, R.CORBRP_RST);
  poll(() => guest.read16(R.CORBRP) === R.CORBRP_RST, 1000, 1);
  guest.write16(R.CORBRP, 0);
  poll(() => guest.read16(R.CORBRP) === 0, 1000, 1);
  guest.write8(R.CORBCTL, R.CORBCTL_RUN);
  guest.write32(R.RIRBLBASE, RIRB);
  guest.write32(R.RIRBUBASE, 0);
  guest.write8(R.RIRBSIZE, 0x02);
  guest.write16(R.RIRBWP, R.RIRBWP_RST);
  guest.write16(R.RINTCNT, 1);
  guest.write8(R.RIRBCTL, R.RIRBCTL_DMAEN | R.RIRBCTL_RINTCTL);
  guest.write32(R.GCTL, guest.read32(R.GCTL) | R.GCTL_UNSOL);
  guest.write32(R.DPLBASE, POSITIONS);
  guest.write32(R.DPUBASE, 0);

  // The interrupt handler: status, clear RIRBSTS first, then read the pointer.
  const responses: number[] = [];
  let read = 0;
  let periods = 0;
  device.controller.onInterrupt((level) => {
    for (let loops = 0; level && loops < 10; loops++) {
      const status = guest.read32(R.INTSTS);
      if (status === 0 || status === 0xffffffff) return;
      for (let n = 0; n < inputs + outputs; n++) {
        if (((status >>> n) & 1) === 0) continue;
        const at = R.SD_BASE + n * R.SD_STRIDE + R.SDnSTS;
        if (guest.read8(at) & R.SDnSTS_BCIS) periods++;
        guest.write8(at, R.SDnSTS_CAUSES);
      }
      if ((guest.read8(R.RIRBSTS) & 5) !== 0) {
        guest.write8(R.RIRBSTS, 5);
        const pointer = guest.read16(R.RIRBWP);
        while (read !== pointer) {
          read = (read + 1) & 0xff;
          expect(guest.entry(read)[1]).toBe(0);
          responses.push(guest.entry(read)[0]);
        }
      }
    }
  });
  const send = (word: number) => {
    const pointer = (guest.read16(R.CORBWP) + 1) & 0xff;
    guest.setDword(CORB + 4 * pointer, word);
    guest.write16(R.CORBWP, pointer);
  };
  send(command8(0, 0, VERB_GET_PARAMETER, 0));
  send(command8(0, 0, VERB_GET_PARAMETER, 4));
  send(command8(0, 1, VERB_GET_PARAMETER, 5));
  expect(responses).toEqual([codec.model.vendorId, 0x00010001, 0x00000001]);

  // snd_hdac_stream_reset, setup, start: four periods of 1024 frames behind a fragment of one (bdl_pos_adj)
  const base = R.SD_BASE + 4 * R.SD_STRIDE;
  guest.write8(base, guest.read8(base) | R.SDnCTL_SRST);
  poll(() => (guest.read8(base) & R.SDnCTL_SRST) !== 0, 300, 3);
  guest.write8(base, guest.read8(base) & ~R.SDnCTL_SRST);
  poll(() => (guest.read8(base) & R.SDnCTL_SRST) === 0, 300, 3);
  const period = 4096;
  guest.writeList(LISTS, [
    { address: BUFFERS, length: 4, ioc: true },
    ...[0, 1, 2].map((n) => ({ address: BUFFERS + 4 + n * period, length: period, ioc: true })),
    { address: BUFFERS + 4 + 3 * period, length: period - 4 },
  ]);
  guest.write32(base, (guest.read32(base) & 0xff0fffff) | 0x00500000);
  guest.write32(base + R.SDnCBL, 4 * period);
  guest.write16(base + R.SDnFMT, 0x0011);
  guest.write16(base + R.SDnLVI, 4);
  guest.write32(base + R.SDnBDPL, LISTS);
  guest.write32(base + R.SDnBDPU, 0);
  if ((guest.read32(R.DPLBASE) & 1) === 0) guest.write32(R.DPLBASE, POSITIONS | 1);
  guest.write32(base, guest.read32(base) | 0x1c);
  poll(() => guest.read16(base + R.SDnFIFOS) !== 0, 100, 3);
  const started = guest.read32(R.WALCLK);
  guest.write32(R.INTCTL, guest.read32(R.INTCTL) | (1 << 4));
  guest.write8(base, guest.read8(base) | R.SDnCTL_RUN | 0x1c);
  poll(() => (guest.read8(base + R.SDnSTS) & R.SDnSTS_FIFORDY) !== 0, 5000, 0);
  device.advance(4096);
  expect(periods).toBe(4);
  expect((guest.read32(R.WALCLK) - started) >>> 0).toBe(4096 * 500);
  expect(guest.dword(POSITIONS + 8 * 4)).toBe(guest.read32(base + R.SDnLPIB)); // never «Invalid position buffer»

  // stop and clean up
  guest.write8(base, guest.read8(base) & ~0x1e);
  poll(() => (guest.read8(base) & R.SDnCTL_RUN) === 0, 100, 1000);
  guest.write8(base + R.SDnSTS, 0x1c);
  guest.write32(R.INTCTL, guest.read32(R.INTCTL) & ~(1 << 4));
  guest.write32(base + R.SDnBDPL, 0);
  guest.write32(base, 0);
  expect(device.controller.interrupt).toBe(false);
});

it('HW-O1: Linux falls back to single_cmd within 50 polls of a microsecond', async () => {
  const { guest, codec, poll } = await machine();
  guest.reset();
  poll(() => (guest.read16(R.ICIS) & R.ICIS_ICB) === 0, 50, 1);
  guest.write16(R.ICIS, guest.read16(R.ICIS) | R.ICIS_IRV);
  guest.write32(R.ICOI, command8(0, 0, VERB_GET_PARAMETER, 0));
  guest.write16(R.ICIS, guest.read16(R.ICIS) | R.ICIS_ICB);
  poll(() => (guest.read16(R.ICIS) & R.ICIS_IRV) !== 0, 50, 1);
  expect(guest.read32(R.ICII)).toBe(codec.model.vendorId);
});

it('HW-O2: the Windows 98 driver starts without a blind probe and without falling back to immediate commands', async () => {
  const { device, guest, codec, poll } = await machine();
  device.pci.write(0x40, 1, device.pci.read(0x40, 1) | 1);
  device.pci.write(0x44, 1, device.pci.read(0x44, 1) & ~7);
  guest.write8(R.GCTL, 0);
  poll(() => (guest.read8(R.GCTL) & 1) === 0, 10_000, 1);
  guest.write8(R.GCTL, 1);
  poll(() => (guest.read8(R.GCTL) & 1) === 1, 10_000, 1);
  device.advance(1000 * MICROSECOND);
  expect(guest.read16(R.STATESTS)).not.toBe(0); // else it probes all sixteen addresses

  expect(guest.read16(R.CORBCTL) & 2).toBe(0); // a word over CORBCTL and CORBSTS
  guest.write8(R.CORBCTL, 0);
  guest.write16(R.RIRBCTL, 0); // a word over RIRBCTL and RIRBSTS
  guest.write8(R.CORBSIZE, (guest.read8(R.CORBSIZE) & 0xf0) | 2);
  guest.write8(R.RIRBSIZE, (guest.read8(R.RIRBSIZE) & 0xf0) | 2);
  guest.write32(R.CORBLBASE, CORB);
  guest.write32(R.RIRBLBASE, RIRB);
  guest.write16(R.CORBRP, R.CORBRP_RST);
  poll(() => (guest.read16(R.CORBRP) & R.CORBRP_RST) !== 0, 10_000, 1);
  guest.write16(R.CORBRP, 0);
  poll(() => (guest.read16(R.CORBRP) & R.CORBRP_RST) === 0, 10_000, 1);
  guest.write16(R.CORBWP, 0);
  guest.write16(R.RIRBWP, R.RIRBWP_RST);
  guest.write16(R.RINTCNT, 0); // and interrupts off: QEMU stalls here (§7.4)
  guest.write32(R.DPLBASE, POSITIONS | 1);
  guest.write8(R.CORBCTL, 2);
  guest.write8(R.RIRBCTL, 2);
  expect([guest.read8(R.CORBCTL) & 2, guest.read8(R.RIRBCTL) & 2]).toEqual([2, 2]); // else immediate commands

  let pointer = 0;
  const send = (word: number): number => {
    pointer = (pointer + 1) & 0xff;
    guest.setDword(CORB + 4 * pointer, word);
    guest.write16(R.CORBWP, pointer);
    poll(() => guest.read16(R.RIRBWP) === pointer, 600, 10);
    return guest.entry(pointer)[0];
  };
  send(command8(0, 1, VERB_FUNCTION_RESET, 0));
  device.advance(500 * MICROSECOND);
  for (let n = 0; n < 400; n++) expect(send(command8(0, 0, VERB_GET_PARAMETER, 0))).toBe(codec.model.vendorId);

  // The stream: SRST within ten polls, tag and TP in one byte, RUN with IOCE, position by LPIB.
  const base = R.SD_BASE + 4 * R.SD_STRIDE;
  guest.write8(base, 1);
  poll(() => (guest.read8(base) & 1) === 1, 10, 1);
  guest.write8(base, 0);
  poll(() => (guest.read8(base) & 1) === 0, 10, 1);
  guest.writeList(LISTS, [
    { address: BUFFERS, length: 2048, ioc: true },
    { address: BUFFERS + 2048, length: 2048, ioc: true },
  ]);
  guest.write16(base + R.SDnFMT, 0x4011);
  guest.write32(base + R.SDnCBL, 4096);
  guest.write16(base + R.SDnLVI, 1);
  guest.write32(base + R.SDnBDPL, LISTS);
  guest.write8(base + 2, 0x14);
  guest.write8(base, 0x06);
  poll(() => guest.read32(base + R.SDnLPIB) !== 0, 9, 1000);
  guest.write8(base, 0);
  poll(() => (guest.read8(base) & 2) === 0, 40, 1);
});

it('HW-O3: Zircon finds the codec by the wake interrupt alone, and reads responses with a large RINTCNT', async () => {
  const { device, guest, codec, poll } = await machine();
  expect([guest.read8(R.VMAJ), guest.read8(R.VMIN)]).toEqual([1, 0]);
  const wakes: number[] = [];
  const responses: number[] = [];
  let read = 0;
  device.controller.onInterrupt((level) => {
    if (!level) return;
    const status = guest.read32(R.INTSTS);
    expect(status >>> 31).toBe(1);
    if ((status & R.INTSTS_CIS) === 0) return;
    const wake = guest.read16(R.STATESTS);
    if (wake !== 0) wakes.push(wake);
    guest.write16(R.STATESTS, wake);
    const rirb = guest.read8(R.RIRBSTS);
    guest.write8(R.RIRBSTS, rirb);
    for (const pointer = guest.read16(R.RIRBWP); read !== pointer; ) {
      read = (read + 1) & 0xff;
      responses.push(guest.entry(read)[0]);
    }
  });

  guest.write32(R.GCTL, 0);
  poll(() => (guest.read32(R.GCTL) & 1) === 0, 100, 10);
  device.advance(100 * MICROSECOND);
  guest.write32(R.GCTL, 1);
  poll(() => (guest.read32(R.GCTL) & 1) === 1, 100, 10); // 1 ms in all
  device.advance(521 * MICROSECOND);

  guest.write8(R.CORBSIZE, 2);
  guest.write8(R.RIRBSIZE, 2);
  guest.write16(R.CORBRP, R.CORBRP_RST);
  poll(() => (guest.read16(R.CORBRP) & R.CORBRP_RST) !== 0, 100, 10);
  guest.write16(R.CORBRP, 0);
  poll(() => (guest.read16(R.CORBRP) & R.CORBRP_RST) === 0, 100, 10);
  guest.write16(R.CORBWP, 0);
  guest.write32(R.CORBLBASE, CORB);
  guest.write16(R.RIRBWP, R.RIRBWP_RST);
  guest.write16(R.RIRBWP, 0x1000); // its own slip: must be a no-op
  guest.write32(R.RIRBLBASE, RIRB);
  guest.write16(R.RINTCNT, 256 - 1 - 8);
  guest.write8(R.CORBCTL, R.CORBCTL_RUN | R.CORBCTL_CMEIE);
  guest.write8(R.RIRBCTL, R.RIRBCTL_DMAEN | R.RIRBCTL_RINTCTL | R.RIRBCTL_OIC);
  guest.write32(R.GCTL, guest.read32(R.GCTL) | R.GCTL_UNSOL);
  guest.write32(R.INTSTS, 0xffffffff);
  guest.write32(R.INTCTL, R.INTCTL_GIE | R.INTCTL_CIE);
  expect(wakes).toEqual([]); // STATESTS was never read
  guest.write16(R.WAKEEN, 0x7fff);
  expect(wakes).toEqual([1]);

  guest.queue(command8(0, 0, VERB_GET_PARAMETER, 0), command8(0, 0, VERB_GET_PARAMETER, 4));
  expect(responses).toEqual([codec.model.vendorId, 0x00010001]);
});
