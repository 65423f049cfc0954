// Command and response rings: hda-hardware §3.2, §3.3 and rows C1–C29 of §8.

import { describe, expect, it } from 'vitest';
import * as R from '../../src/hda/registers.ts';
import {
  command8,
  UNSOLICITED_ENABLE,
  UNSOLICITED_TAG_SHIFT,
  VERB_GET_PARAMETER,
  VERB_GET_STREAM_CHANNEL,
  VERB_SET_STREAM_CHANNEL,
  VERB_SET_UNSOLICITED,
} from '../../src/hda/verbs.ts';
import { CORB, RIRB } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';
import { DAC, OUTPUT_PIN, TestCodec } from '../support/test-codec.ts';

const vendorId = (codec = 0) => command8(codec, 0, VERB_GET_PARAMETER, 0);
const setStream = (payload: number) => command8(0, DAC, VERB_SET_STREAM_CHANNEL, payload);
const enableUnsolicited = (tag: number) => command8(0, OUTPUT_PIN, VERB_SET_UNSOLICITED, UNSOLICITED_ENABLE | tag);

async function started(options: Parameters<typeof powerUp>[0] = {}, start = {}) {
  const powered = await powerUp(options);
  powered.guest.start(start);
  powered.guest.write32(R.INTCTL, R.INTCTL_GIE | R.INTCTL_CIE);
  return powered;
}

describe('CORBRP (§3.2)', () => {
  it('HW-C1: the pointer reset bit reads back as written, both ways', async () => {
    const { guest } = await powerUp();
    guest.reset();
    guest.write16(R.CORBRP, R.CORBRP_RST);
    expect(guest.read16(R.CORBRP)).toBe(0x8000);
    guest.write16(R.CORBRP, 0);
    expect(guest.read16(R.CORBRP)).toBe(0);
  });

  it.each([
    ['low byte first', false],
    ['high byte first', true],
  ])('HW-C1: the same with byte writes, %s (Appendix A)', async (_order, highFirst) => {
    const { guest } = await started();
    guest.queue(vendorId(), vendorId());
    guest.writeBytes(R.CORBRP, R.CORBRP_RST, highFirst);
    expect(guest.read16(R.CORBRP)).toBe(0x8000);
    guest.writeBytes(R.CORBRP, 0, highFirst);
    expect(guest.read16(R.CORBRP) & 0x8000).toBe(0);
  });

  it('HW-C2: while the bit is set nothing is fetched; clearing it goes on', async () => {
    const { guest, codec } = await started();
    guest.write16(R.CORBRP, R.CORBRP_RST);
    guest.queue(vendorId());
    expect(codec.commands).toHaveLength(0);
    guest.write16(R.CORBRP, 0);
    expect(codec.commands).toHaveLength(1);
  });

  it('HW-C3: software cannot set the pointer (QEMU lets it, §7.4)', async () => {
    const { guest } = await started();
    guest.write16(R.CORBRP, 0x0005);
    expect(guest.read16(R.CORBRP)).toBe(0);
  });
});

describe('commands (§3.2)', () => {
  it('HW-C4: the first command is slot 1, its response entry 1', async () => {
    const { guest, codec } = await started();
    guest.setDword(CORB + 4, 0x000f0000);
    guest.write16(R.CORBWP, 1);
    expect([guest.read16(R.CORBRP), guest.read16(R.RIRBWP)]).toEqual([1, 1]);
    expect(guest.entry(1)).toEqual([codec.model.vendorId, 0]);
  });

  it('HW-C5, HW-C6: 255 commands in one write run in order, and the ring wraps to entry 0', async () => {
    const { guest, codec } = await started();
    const words = Array.from({ length: 255 }, (_, i) => command8(0, DAC, VERB_GET_PARAMETER, i));
    guest.queue(...words);
    expect(codec.commands).toEqual(words);
    expect([guest.read16(R.CORBRP), guest.read16(R.RIRBWP)]).toEqual([255, 255]);
    guest.setDword(RIRB, 0xdeadbeef);
    guest.queue(vendorId());
    expect([guest.read16(R.CORBWP), guest.read16(R.CORBRP), guest.read16(R.RIRBWP)]).toEqual([0, 0, 0]);
    expect(guest.entry(0)).toEqual([codec.model.vendorId, 0]);
  });

  it('HW-C7: commands queued while stopped run when RUN is set', async () => {
    const { guest, codec } = await started();
    guest.write8(R.CORBCTL, 0);
    guest.queue(vendorId(), vendorId());
    expect(codec.commands).toHaveLength(0);
    guest.write8(R.CORBCTL, R.CORBCTL_RUN);
    expect(codec.commands).toHaveLength(2);
    expect(guest.read16(R.RIRBWP)).toBe(2);
  });

  it('HW-C8: a command to an absent codec is fetched, answered by nobody, and raises nothing', async () => {
    const { device, guest } = await started();
    guest.queue(vendorId(5));
    expect([guest.read16(R.CORBRP), guest.read16(R.RIRBWP), guest.read8(R.RIRBSTS)]).toEqual([1, 0, 0]);
    expect(device.controller.interrupt).toBe(false);
    expect(device.diagnostics.unansweredCommands).toBe(1);
  });

  it('HW-C9: responses of several codecs come in the order of the commands', async () => {
    const { guest } = await started({ codecs: [new TestCodec(0x10), null, new TestCodec(0x12)] });
    guest.queue(vendorId(2), vendorId(0), vendorId(2), vendorId(0));
    expect([1, 2, 3, 4].map((index) => guest.entry(index))).toEqual([
      [0x12, 2],
      [0x10, 0],
      [0x12, 2],
      [0x10, 0],
    ]);
  });

  it('HW-C10: RUN cleared reads 0 at once and later commands wait', async () => {
    const { guest, codec } = await started();
    guest.write8(R.CORBCTL, 0);
    expect(guest.read8(R.CORBCTL)).toBe(0);
    guest.queue(vendorId());
    expect(codec.commands).toHaveLength(0);
  });

  it('HW-C11, HW-C12: a CORB outside RAM sets CMEI, stops RUN, interrupts with CMEIE; 1 clears it', async () => {
    const { device, guest } = await started();
    guest.write8(R.CORBCTL, 0);
    guest.write32(R.CORBLBASE, 0xfffff000);
    guest.write8(R.CORBCTL, R.CORBCTL_RUN | R.CORBCTL_CMEIE);
    guest.write16(R.CORBWP, 1);
    expect(guest.read8(R.CORBSTS)).toBe(R.CORBSTS_CMEI);
    expect(guest.read8(R.CORBCTL)).toBe(R.CORBCTL_CMEIE);
    expect(guest.read16(R.CORBRP)).toBe(0);
    expect(device.controller.interrupt).toBe(true);
    expect(device.diagnostics.corbFaults).toBe(1);
    guest.write8(R.CORBSTS, R.CORBSTS_CMEI);
    expect(guest.read8(R.CORBSTS)).toBe(0);
    expect(device.controller.interrupt).toBe(false);
  });

  it('HW-C13: with one size offered the size fields are read-only', async () => {
    const { guest } = await started();
    for (const value of [0x02, 0x42, 0x00, 0xff]) {
      guest.write8(R.CORBSIZE, value);
      guest.write8(R.RIRBSIZE, value);
      expect([guest.read8(R.CORBSIZE), guest.read8(R.RIRBSIZE)]).toEqual([0x42, 0x42]);
    }
  });

  it.each([
    ['low byte first', false],
    ['high byte first', true],
  ])('HW-C14: CORBWP as two byte writes, %s, runs the command once (Appendix A)', async (_order, highFirst) => {
    const { guest, codec } = await started();
    guest.setDword(CORB + 4, vendorId());
    guest.writeBytes(R.CORBWP, 0x0001, highFirst);
    expect(codec.commands).toHaveLength(1);
    expect(guest.read16(R.CORBWP)).toBe(1);
  });

  it.each([
    [2, 0],
    [16, 1],
    [256, 2],
  ] as const)('rings of %i entries wrap at their size (§2.2)', async (entries, code) => {
    const { guest, codec } = await started({ ringEntries: [2, 16, 256] });
    expect(guest.read8(R.CORBSIZE)).toBe(0x72);
    guest.write8(R.CORBCTL, 0);
    guest.write8(R.CORBSIZE, code);
    guest.write8(R.RIRBSIZE, code);
    guest.write8(R.CORBCTL, R.CORBCTL_RUN);
    let slot = 0;
    for (let n = 1; n <= 2 * entries + 1; n++) {
      slot = (slot + 1) % entries;
      guest.setDword(CORB + 4 * slot, command8(0, DAC, VERB_GET_PARAMETER, n & 0xff));
      guest.write16(R.CORBWP, slot);
      expect([guest.read16(R.CORBRP), guest.read16(R.RIRBWP)]).toEqual([slot, slot]);
    }
    expect(codec.commands).toHaveLength(2 * entries + 1);
    expect(guest.dword(RIRB + 8 * entries)).toBe(0); // nothing beyond the ring
  });
});

describe('RIRBWP (§3.3)', () => {
  it.each([
    ['as a word', (guest: Guest16) => guest.write16(R.RIRBWP, 0x8000)],
    ['as bytes, low first', (guest: Guest16) => guest.writeBytes(R.RIRBWP, 0x8000)],
    ['as bytes, high first', (guest: Guest16) => guest.writeBytes(R.RIRBWP, 0x8000, true)],
  ])('HW-C15: bit 15 %s zeroes the pointer, reads 0, and the next entry is slot 1', async (_form, write) => {
    const { guest, codec } = await started();
    guest.queue(vendorId(), vendorId(), vendorId());
    write(guest);
    expect(guest.read16(R.RIRBWP)).toBe(0);
    guest.setDword(RIRB + 8, 0);
    guest.queue(vendorId());
    expect(guest.entry(1)[0]).toBe(codec.model.vendorId);
  });

  it('HW-C16: a write without bit 15 is a no-op (Zircon writes 1000h)', async () => {
    const { guest } = await started();
    guest.queue(vendorId(), vendorId(), vendorId());
    guest.write16(R.RIRBWP, 0x1000);
    expect(guest.read16(R.RIRBWP)).toBe(3);
  });
});

interface Guest16 {
  write16(offset: number, value: number): void;
  writeBytes(offset: number, value: number, highFirst?: boolean): void;
}

describe('RINTFL (§3.3)', () => {
  it('HW-C17: with N = 1 the first response sets it, it stays, and nothing waits for the acknowledge', async () => {
    const { device, guest } = await started();
    guest.queue(vendorId(), vendorId(), vendorId());
    expect([guest.read16(R.RIRBWP), guest.read8(R.RIRBSTS)]).toEqual([3, R.RIRBSTS_RINTFL]);
    expect(device.controller.interrupt).toBe(true);
  });

  it('HW-C18: with N = 4 it comes no sooner than the fourth of four queued responses', async () => {
    const { device, guest } = await started({}, { responses: 4 });
    let atInterrupt = -1;
    device.controller.onInterrupt((level) => {
      if (level) atInterrupt = guest.read16(R.RIRBWP);
    });
    guest.queue(vendorId(), vendorId(), vendorId(), vendorId());
    expect(atInterrupt).toBe(4);
  });

  it('HW-C19: with N = 255 a single response sets it once the queue has drained', async () => {
    const { device, guest } = await started({}, { responses: 255 });
    guest.queue(vendorId());
    expect(guest.read8(R.RIRBSTS)).toBe(R.RIRBSTS_RINTFL);
    expect(device.controller.interrupt).toBe(true);
  });

  it('HW-C20: N = 0 means 256, and 256 commands run without a clear between (QEMU stalls, §7.4)', async () => {
    const { guest, codec } = await started({}, { responses: 0 });
    for (let n = 0; n < 2; n++) guest.queue(...Array.from({ length: 128 }, () => vendorId()));
    expect(codec.commands).toHaveLength(256);
    expect([guest.read16(R.RIRBWP), guest.read8(R.RIRBSTS)]).toEqual([0, R.RIRBSTS_RINTFL]);
  });

  it('HW-C21: with RINTCTL = 0 a hundred commands are answered and the line never rises', async () => {
    const { device, guest, codec } = await started({}, { responses: 64, rirbControl: R.RIRBCTL_DMAEN });
    const levels: boolean[] = [];
    device.controller.onInterrupt((level) => levels.push(level));
    for (let n = 0; n < 100; n++) guest.queue(vendorId());
    expect(codec.commands).toHaveLength(100);
    expect(guest.read16(R.RIRBWP)).toBe(100);
    expect(levels).toEqual([]);
    expect(guest.read8(R.RIRBSTS)).toBe(R.RIRBSTS_RINTFL); // pollers see it (§3.3 DECISION)
  });

  it('HW-C22: writing 05h clears it and drops the line; the next response sets it again', async () => {
    const { device, guest } = await started();
    const levels: boolean[] = [];
    device.controller.onInterrupt((level) => levels.push(level));
    guest.queue(vendorId());
    guest.write8(R.RIRBSTS, 0x05);
    expect(guest.read8(R.RIRBSTS)).toBe(0);
    guest.queue(vendorId());
    expect(levels).toEqual([true, false, true]);
  });

  it('HW-C23: a response between the read of RIRBWP and the acknowledge is seen by the next read', async () => {
    const { guest } = await started();
    guest.queue(vendorId());
    const seen = guest.read16(R.RIRBWP);
    guest.queue(vendorId());
    guest.write8(R.RIRBSTS, R.RIRBSTS_RINTFL);
    expect(guest.read16(R.RIRBWP)).toBe(seen + 1);
    guest.queue(vendorId());
    expect(guest.read8(R.RIRBSTS)).toBe(R.RIRBSTS_RINTFL);
  });

  it('the count restarts at each interrupt: with N = 2 three responses one by one raise it each time they drain', async () => {
    const { guest } = await started({}, { responses: 2 });
    for (let n = 0; n < 3; n++) {
      guest.queue(vendorId());
      expect(guest.read8(R.RIRBSTS)).toBe(R.RIRBSTS_RINTFL);
      guest.write8(R.RIRBSTS, R.RIRBSTS_RINTFL);
    }
  });
});

describe('what reaches the ring (§3.3)', () => {
  it('HW-C24: with RIRBDMAEN = 0 the response is lost and memory untouched', async () => {
    const { device, guest, codec } = await started({}, { rirbControl: 0 });
    guest.queue(vendorId());
    expect(codec.commands).toHaveLength(1);
    expect(guest.entry(1)).toEqual([0, 0]);
    expect(guest.read16(R.RIRBWP)).toBe(0);
    expect(device.diagnostics.responsesLost).toBe(1);
  });

  it('HW-C25: without GCTL.UNSOL an unsolicited response is dropped and counted', async () => {
    const { device, guest } = await started();
    guest.ask(enableUnsolicited(0x15));
    const before = guest.read16(R.RIRBWP);
    device.codecs[0]?.plug(OUTPUT_PIN, true);
    device.advance(2);
    expect(guest.read16(R.RIRBWP)).toBe(before);
    expect(device.diagnostics.unsolicitedDropped).toBe(1);
  });

  it('HW-C26: with UNSOL it comes at the next link frame, flagged, with its tag, and sets RINTFL', async () => {
    const { device, guest } = await started();
    guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
    guest.ask(enableUnsolicited(0x15));
    guest.write8(R.RIRBSTS, 0x05);
    device.advance(0.25);
    device.codecs[0]?.plug(OUTPUT_PIN, true);
    expect(guest.read8(R.RIRBSTS)).toBe(0);
    device.advance(0.75 - 1 / 500);
    expect(guest.read8(R.RIRBSTS)).toBe(0);
    device.advance(1 / 500);
    const [response, extended] = guest.entry(guest.read16(R.RIRBWP));
    expect(response >>> UNSOLICITED_TAG_SHIFT).toBe(0x15);
    expect(extended).toBe(R.RIRB_UNSOLICITED);
    expect(device.controller.interrupt).toBe(true);
  });

  it('HW-C27: a jack event beside a command gives two entries, and the reply is never the flagged one', async () => {
    const { device, guest, codec } = await started();
    guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
    guest.ask(enableUnsolicited(0x15));
    device.codecs[0]?.plug(OUTPUT_PIN, false);
    guest.queue(vendorId());
    device.advance(1);
    expect(guest.entry(2)).toEqual([codec.model.vendorId, 0]);
    expect(guest.entry(3)[1]).toBe(R.RIRB_UNSOLICITED);
    expect(guest.read16(R.RIRBWP)).toBe(3);
  });

  it('a codec sends one unsolicited response a frame, several codecs each their own (§3.3)', async () => {
    const codecs = [new TestCodec(), new TestCodec()];
    const { device, guest } = await started({ codecs });
    guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
    for (const codec of [0, 1])
      guest.ask(command8(codec, OUTPUT_PIN, VERB_SET_UNSOLICITED, UNSOLICITED_ENABLE | codec));
    for (let n = 0; n < 3; n++) for (const codec of [0, 1]) device.codecs[codec]?.plug(OUTPUT_PIN, n % 2 === 0);
    const counts = [0, 1, 2, 3].map(() => {
      device.advance(1);
      return guest.read16(R.RIRBWP) - 2;
    });
    expect(counts).toEqual([2, 4, 6, 6]);
  });

  it('HW-C28: the entry is in RAM whenever the new pointer can be read', async () => {
    const { device, guest, codec } = await started();
    const seen: number[] = [];
    device.controller.onInterrupt((level) => {
      if (level) seen.push(guest.entry(guest.read16(R.RIRBWP))[0]);
    });
    guest.queue(vendorId());
    expect(seen).toEqual([codec.model.vendorId]);
  });

  it('a codec that signals in the midst of a burst brings no interrupt before the burst is done', async () => {
    class Chatty extends TestCodec {
      override command(word: number): number {
        this.host?.unsolicited(0);
        return super.command(word);
      }
    }
    const { device, guest } = await started({ codecs: [new Chatty()] });
    const answered: number[] = [];
    device.controller.onInterrupt(() => answered.push(guest.read16(R.RIRBWP)));
    guest.queue(vendorId(), vendorId(), vendorId());
    expect(answered).toEqual([3]);
  });

  it('HW-C29: RIRBDMAEN reads back as written', async () => {
    const { guest } = await started();
    guest.write8(R.RIRBCTL, 2);
    expect(guest.read8(R.RIRBCTL)).toBe(2);
    guest.write8(R.RIRBCTL, 0);
    expect(guest.read8(R.RIRBCTL)).toBe(0);
  });

  it('a RIRB outside RAM loses the response, sets RIRBOIS, and interrupts with RIRBOIC (§3.3; QEMU after CVE-2021-3611)', async () => {
    const { device, guest } = await started();
    guest.write8(R.RIRBCTL, R.RIRBCTL_DMAEN | R.RIRBCTL_OIC);
    guest.write32(R.RIRBLBASE, 0xffffff80);
    guest.queue(vendorId());
    expect([guest.read16(R.RIRBWP), guest.read8(R.RIRBSTS)]).toEqual([0, R.RIRBSTS_OIS]);
    expect(device.controller.interrupt).toBe(true);
    expect(device.diagnostics.rirbFaults).toBe(1);
    guest.write8(R.RIRBSTS, R.RIRBSTS_OIS);
    expect(device.controller.interrupt).toBe(false);
  });

  it('an event while the link sleeps wakes it, and the response comes after the first command (§3.1)', async () => {
    const { device, guest } = await started();
    guest.ask(enableUnsolicited(0x15));
    guest.write32(R.GCTL, 0);
    device.codecs[0]?.plug(OUTPUT_PIN, false);
    expect(guest.read16(R.STATESTS)).toBe(0x0001);
    guest.start();
    guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
    device.advance(10);
    expect(guest.read16(R.RIRBWP)).toBe(0);
    guest.ask(command8(0, DAC, VERB_GET_STREAM_CHANNEL, 0));
    device.advance(1);
    expect(guest.entry(2)[1]).toBe(R.RIRB_UNSOLICITED);
  });

  it.each([
    [1, 1],
    [2, 2],
    [0, 3],
    [255, 3],
  ])('RINTCNT %i: of three responses in three frames the %ith sets RINTFL', async (responses, expected) => {
    const { device, guest } = await started({}, { responses });
    guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
    guest.ask(enableUnsolicited(1));
    guest.write8(R.RIRBSTS, 5);
    for (let n = 0; n < 3; n++) device.codecs[0]?.plug(OUTPUT_PIN, true);
    let frame = 0;
    while ((guest.read8(R.RIRBSTS) & R.RIRBSTS_RINTFL) === 0) {
      device.advance(1);
      frame++;
    }
    expect(frame).toBe(expected);
  });

  it('a reset forgets responses that were counted: nothing raises RINTFL afterwards by itself', async () => {
    const { device, guest } = await started({}, { responses: 255 });
    guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
    guest.ask(enableUnsolicited(1));
    for (let n = 0; n < 2; n++) device.codecs[0]?.plug(OUTPUT_PIN, true);
    device.advance(1);
    guest.start();
    expect(guest.read8(R.RIRBSTS)).toBe(0);
  });

  it('a codec that sends faster than the link takes it has sixteen waiting; the rest is dropped and counted', async () => {
    const { device, guest } = await started();
    guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
    guest.ask(enableUnsolicited(1));
    for (let n = 0; n < 100; n++) device.codecs[0]?.plug(OUTPUT_PIN, true);
    device.advance(100);
    expect(guest.read16(R.RIRBWP)).toBe(1 + 16);
    expect(device.diagnostics.unsolicitedDropped).toBe(84);
  });

  it('a codec that has had no command yet keeps its responses while another sends (§5.13)', async () => {
    const codecs = [new TestCodec(), new TestCodec()];
    const { device, guest } = await started({ codecs });
    guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
    for (const codec of [0, 1])
      guest.ask(command8(codec, OUTPUT_PIN, VERB_SET_UNSOLICITED, UNSOLICITED_ENABLE | codec));
    guest.start();
    guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
    guest.ask(vendorId(0));
    for (const codec of [0, 1]) device.codecs[codec]?.plug(OUTPUT_PIN, true);
    device.advance(3);
    expect([guest.read16(R.RIRBWP), guest.entry(2)[1]]).toEqual([2, R.RIRB_UNSOLICITED]);
    guest.ask(vendorId(1));
    device.advance(1);
    expect(guest.entry(4)[1]).toBe(R.RIRB_UNSOLICITED | 1);
  });

  it('a codec does not answer before it has its address, 25 frames after CRST (§3.1)', async () => {
    const { device, guest, codec } = await powerUp();
    guest.write32(R.GCTL, 1);
    guest.rings();
    device.advance(24);
    guest.queue(setStream(0x10));
    expect(codec.commands).toHaveLength(0);
    device.advance(1);
    guest.queue(setStream(0x20));
    expect(codec.commands).toHaveLength(1);
  });
});
