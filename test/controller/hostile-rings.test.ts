// Hostile rings: hostile-inputs §4, H13–H24.

import { expect, it } from 'vitest';
import { builtInCodecs, Codec } from '../../src/codec/index.ts';
import * as R from '../../src/hda/registers.ts';
import { command8, VERB_GET_PARAMETER } from '../../src/hda/verbs.ts';
import { CORB, RIRB } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';
import { TestCodec } from '../support/test-codec.ts';

const VENDOR_ID = command8(0, 0, VERB_GET_PARAMETER, 0);
const BURST = Array.from({ length: 255 }, () => VENDOR_ID);

async function started(options: Parameters<typeof powerUp>[0] = {}, start = {}) {
  const powered = await powerUp(options);
  powered.guest.start(start);
  return powered;
}

it.each([
  [2, 0],
  [16, 1],
  [256, 2],
] as const)(
  'HOSTILE-H13: CORBWP beyond a ring of %i counts modulo the ring and ends (CVE-2024-51564)',
  async (entries, code) => {
    const { guest, codec } = await started({ ringEntries: [2, 16, 256] });
    guest.write8(R.CORBSIZE, code);
    for (const pointer of [entries, entries + 1, 0xff, 0xfe]) {
      const before = codec.commands.length;
      guest.write16(R.CORBWP, pointer);
      expect(guest.read16(R.CORBRP)).toBe(pointer % entries);
      expect(codec.commands.length - before).toBeLessThan(entries);
    }
  },
);

it('HOSTILE-H14: the reserved size and one that is not offered are not taken', async () => {
  const { guest } = await started({ ringEntries: [16, 256] });
  for (const register of [R.CORBSIZE, R.RIRBSIZE]) {
    expect(guest.read8(register)).toBe(0x62);
    for (const [written, read] of [
      [1, 0x61],
      [3, 0x61],
      [0, 0x61],
      [2, 0x62],
      [0xff, 0x62],
    ] as const) {
      guest.write8(register, written);
      expect(guest.read8(register)).toBe(read);
    }
  }
});

it('HOSTILE-H15: a size changed while running counts from the next entry on', async () => {
  const { guest, codec } = await started({ ringEntries: [2, 16, 256] });
  guest.queue(...BURST.slice(0, 100));
  guest.write8(R.CORBSIZE, 1);
  guest.write8(R.RIRBSIZE, 1);
  guest.write16(R.CORBWP, 3);
  expect(guest.read16(R.CORBRP)).toBe(3);
  expect(guest.read16(R.RIRBWP)).toBeLessThan(16);
  expect(codec.commands.length).toBeLessThanOrEqual(116);
});

it('HOSTILE-H15: a pointer beyond the new size counts modulo it', async () => {
  const { guest, codec } = await started({ ringEntries: [16, 256] });
  guest.queue(...BURST.slice(0, 100));
  guest.write8(R.CORBSIZE, 1);
  guest.write16(R.CORBWP, 100 % 16);
  expect(codec.commands).toHaveLength(100);
});

it('HOSTILE-H12: memory that writes registers back, as another device’s would, cannot make the CORB recurse', async () => {
  const ram = new Uint8Array(0x10000);
  let depth = 0;
  let deepest = 0;
  const memory = {
    bytes: ram.length,
    read: (address: number, length: number) => ram.slice(address, address + length),
    write(address: number, data: Uint8Array) {
      ram.set(data, address);
      deepest = Math.max(deepest, ++depth);
      if (depth < 1000) powered.guest.write16(R.CORBWP, (powered.guest.read16(R.CORBRP) + 2) & 0xff);
      depth--;
    },
  };
  const powered = await powerUp({ memory, memoryBytes: undefined as never });
  powered.guest.start();
  powered.guest.write16(R.CORBWP, 1);
  expect(deepest).toBe(1);
  expect(powered.device.diagnostics.unansweredCommands).toBe(0);
  expect(powered.codec.commands).toHaveLength(256); // one ring a turn
});

it('HOSTILE-H16: a base changed while running counts from the next entry on', async () => {
  const { guest, codec } = await started();
  guest.queue(VENDOR_ID);
  guest.setDword(0x8000 + 4 * 2, VENDOR_ID);
  guest.write32(R.CORBLBASE, 0x8000);
  guest.write32(R.RIRBLBASE, 0x9000);
  guest.write16(R.CORBWP, 2);
  expect(codec.commands).toHaveLength(2);
  expect(guest.dword(0x9000 + 8 * 2)).toBe(codec.model.vendorId);
  expect(guest.dword(RIRB + 8 * 2)).toBe(0);
});

it('HOSTILE-H17: CORBRP reset while running, left half-way, or by byte lanes in any order: held, then on', async () => {
  const { guest, codec } = await started();
  guest.queue(...BURST.slice(0, 10));
  guest.write8(R.CORBRP + 1, 0x80);
  guest.write8(R.CORBRP, 0x33);
  guest.queue(VENDOR_ID);
  expect(codec.commands).toHaveLength(10);
  expect(guest.read16(R.CORBRP)).toBe(0x8000);
  guest.write8(R.CORBRP, 0);
  expect(codec.commands).toHaveLength(10);
  guest.write8(R.CORBRP + 1, 0);
  expect(codec.commands).toHaveLength(21); // slots 1…11 again
});

it.each([0, 1, 255])('HOSTILE-H18: RINTCNT %i, changed in mid-flight too, holds nothing up', async (responses) => {
  const { guest, codec } = await started({}, { responses });
  for (let n = 0; n < 300; n++) {
    if (n % 7 === 0) guest.write16(R.RINTCNT, (n * 37) & 0xff);
    guest.queue(VENDOR_ID);
  }
  expect(codec.commands).toHaveLength(300);
  expect(guest.read16(R.RIRBWP)).toBe(300 & 0xff);
  expect(guest.read8(R.RIRBSTS)).toBe(R.RIRBSTS_RINTFL);
});

// The ring has no reader's pointer, so a reader that never comes is no overrun (§3.3 «no back-pressure»): RIRBOIS is for
// responses that could not be stored.
it('HOSTILE-H19: a million responses that nobody acknowledges: one flag, one edge, nothing grows', async () => {
  const { device, guest, codec } = await started();
  guest.write32(R.INTCTL, 0xffffffff);
  let edges = 0;
  device.controller.onInterrupt(() => edges++);
  guest.queue(...BURST);
  codec.commands.length = 0;
  for (let pointer = 0, n = 0; n < 1_000_000; n += 255) {
    pointer = (pointer + 255) & 0xff;
    guest.write16(R.CORBWP, (255 + pointer) & 0xff);
    codec.commands.length = 0;
  }
  expect(edges).toBe(1);
  expect(guest.read8(R.RIRBSTS)).toBe(R.RIRBSTS_RINTFL);
});

it('HOSTILE-H20: without RIRBDMAEN commands run and their responses are dropped', async () => {
  const { device, guest, codec } = await started({}, { rirbControl: R.RIRBCTL_RINTCTL });
  guest.queue(...BURST);
  expect(codec.commands).toHaveLength(255);
  expect([guest.read16(R.RIRBWP), guest.read8(R.RIRBSTS)]).toEqual([0, 0]);
  expect(device.diagnostics.responsesLost).toBe(255);
});

it('HOSTILE-H21: ICB beside a running CORB, ICB twice, IRV never cleared: every command is answered once', async () => {
  const { guest, codec } = await started();
  guest.write32(R.ICOI, VENDOR_ID);
  for (let n = 1; n <= 5; n++) {
    guest.queue(VENDOR_ID);
    guest.write16(R.ICIS, R.ICIS_ICB);
    expect(guest.read16(R.ICIS)).toBe(R.ICIS_IRV);
    expect(codec.commands).toHaveLength(2 * n);
    expect(guest.read16(R.RIRBWP)).toBe(n);
  }
});

it('HOSTILE-H22: a command to each of the sixteen addresses: only the codec that is there answers', async () => {
  const { device, guest } = await started({ codecs: [null, null, null, new TestCodec(0x33)] });
  guest.queue(...Array.from({ length: 16 }, (_, codec) => command8(codec, 0, VERB_GET_PARAMETER, 0)));
  expect([guest.read16(R.CORBRP), guest.read16(R.RIRBWP)]).toEqual([16, 1]);
  expect(guest.entry(1)).toEqual([0x33, 3]);
  expect(device.diagnostics.unansweredCommands).toBe(15);
});

it('HOSTILE-H22: fifteen codecs, address 15 is nobody’s (bhyve indexed one too far)', async () => {
  const { guest } = await started({ codecs: Array.from({ length: 15 }, (_, n) => new TestCodec(n)) });
  guest.queue(...Array.from({ length: 16 }, (_, codec) => command8(codec, 0, VERB_GET_PARAMETER, 0)));
  expect(guest.read16(R.RIRBWP)).toBe(15);
  expect(guest.entry(15)).toEqual([14, 14]);
});

// All verbs and payloads at every node of a real codec, and at a node that is not there (the table of an emulator was
// read beyond its end, CVE-2024-51565). A 20-bit command is verb and payload in every form.
it('HOSTILE-H23: every 20-bit command at every node of the desktop codec gets a 32-bit response', () => {
  const model = builtInCodecs.desktop;
  if (!model) throw new Error('no codec');
  const codec = new Codec(model, { outputRateHz: 48_000 });
  const nids = [
    0,
    ...model.functionGroups.flatMap((group) => [group.nid, ...group.widgets.map((widget) => widget.nid)]),
  ];
  for (const nid of [...nids, 0x7e]) {
    for (let command = 0; command < 1 << 20; command++) {
      const response = codec.command((nid << 20) | command) ?? 0; // in D3cold there is none
      if (!(response >= 0 && response <= 0xffffffff)) throw new Error(`node ${nid}, command ${command}: ${response}`);
    }
  }
  expect(codec.command(0x0f000000 | (VERB_GET_PARAMETER << 8))).toBe(0); // bit 27: a NID of F0h, which is not there
});

it('HOSTILE-H24: 255 commands in one write of CORBWP run within it, in order', async () => {
  const { guest, codec } = await started();
  const words = BURST.map((_, n) => command8(0, 2, VERB_GET_PARAMETER, n));
  guest.queue(...words);
  expect(codec.commands).toEqual(words);
  expect(guest.dword(CORB + 4 * 255)).toBe(words[254]);
});
