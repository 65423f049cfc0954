// Hostile DMA targets: hostile-inputs §4, H1–H12. Each ends at once, with a status bit of the standard and a counter,
// and touches nothing but guest RAM.

import { describe, expect, it } from 'vitest';
import * as R from '../../src/hda/registers.ts';
import {
  command8,
  VERB_GET_PARAMETER,
  VERB_SET_CONVERTER_FORMAT,
  VERB_SET_STREAM_CHANNEL,
} from '../../src/hda/verbs.ts';
import { BUFFERS, CORB, type Guest, LISTS, POSITIONS, RIRB } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';
import { ADC, DAC } from '../support/test-codec.ts';

const VENDOR_ID = command8(0, 0, VERB_GET_PARAMETER, 0);
const OUTPUT = 4;
const RAM = 1 << 20; // powerUp's
const BAR0 = 0xfea00000;

async function started() {
  const powered = await powerUp();
  powered.guest.start();
  return { ...powered, output: powered.guest.stream(OUTPUT) };
}

/** All registers as a guest reads them, but the clock and what is computed from others. */
function registers(guest: Guest): number[] {
  return Array.from({ length: 0x180 / 4 }, (_, i) =>
    4 * i === R.WALCLK || 4 * i === R.INTSTS ? 0 : guest.read32(4 * i),
  );
}

function setBase(guest: Guest, register: number, address: bigint) {
  guest.write32(register, Number(address & 0xffffffffn));
  guest.write32(register + 4, Number(address >> 32n));
}

/** Addresses where there is no RAM. */
const OUTSIDE: readonly (readonly [string, bigint])[] = [
  ['HOSTILE-H1: BAR0', BigInt(BAR0)],
  ['HOSTILE-H2: the alias page of BAR0', BigInt(BAR0 + 0x2000)],
  ['HOSTILE-H7: the end of RAM', BigInt(RAM)],
  ['HOSTILE-H8: a good low half under a high half that is not', (1n << 32n) + BigInt(RIRB)],
  ['HOSTILE-H9: the top of 32 bits', (1n << 32n) - 128n],
  ['HOSTILE-H9: the top of 64 bits', (1n << 64n) - 128n],
];

describe.each(OUTSIDE)('%s', (_place, address) => {
  it('as RIRB: the response is lost, RIRBOIS is set, no register changes (CVE-2021-3611)', async () => {
    const { device, guest, codec } = await started();
    setBase(guest, R.RIRBLBASE, address);
    const before = registers(guest);
    guest.queue(VENDOR_ID, VENDOR_ID);
    expect(codec.commands).toHaveLength(2);
    const expected = [...before];
    expected[R.CORBWP / 4] = 0x00020002;
    expected[R.RIRBCTL >> 2] = (before[R.RIRBCTL >> 2] as number) | (R.RIRBSTS_OIS << 8);
    expect(registers(guest)).toEqual(expected);
    expect(device.diagnostics.rirbFaults).toBe(2);
  });

  it('as CORB: CMEI, and RUN falls', async () => {
    const { guest, codec } = await started();
    setBase(guest, R.CORBLBASE, address - 128n); // slots 1…31 below, slot 32 there
    guest.write16(R.CORBWP, 40);
    expect(guest.read8(R.CORBSTS)).toBe(R.CORBSTS_CMEI);
    expect(guest.read8(R.CORBCTL)).toBe(0);
    expect(codec.commands.length).toBeLessThan(32);
  });

  it('as descriptor list: DESE, and RUN falls', async () => {
    const { device, output } = await started();
    output.setUpTwoEntries(192);
    setBase(output.guest, output.base + R.SDnBDPL, address);
    output.run();
    device.advance(4);
    expect([output.status, output.control & R.SDnCTL_RUN]).toEqual([R.SDnSTS_DESE, 0]);
    expect(device.diagnostics.descriptorFaults).toBe(1);
  });

  it.each([
    ['played', OUTPUT],
    ['recorded', 0],
  ])('as a buffer that is %s: DESE, nothing is moved', async (_way, index) => {
    const { device, guest } = await started();
    const stream = guest.stream(index).setUp({
      entries: [
        { address: BUFFERS, length: 64 },
        { address, length: 64 },
      ],
    });
    const before = registers(guest).slice(0, R.SD_BASE / 4);
    stream.run();
    device.advance(50);
    expect([stream.status, stream.control & R.SDnCTL_RUN]).toEqual([R.SDnSTS_DESE, 0]);
    expect(stream.position).toBe(64);
    expect(registers(guest).slice(0, R.SD_BASE / 4)).toEqual(before);
  });

  it('as position buffer: counted, and the stream plays on', async () => {
    const { device, guest, output } = await started();
    setBase(guest, R.DPLBASE, address | 1n);
    output.setUpTwoEntries(192).run();
    const before = registers(guest).slice(0, R.SD_BASE / 4);
    device.advance(50);
    expect(output.position).toBe(200);
    expect(device.diagnostics.positionFaults).toBeGreaterThan(0);
    expect(registers(guest).slice(0, R.SD_BASE / 4)).toEqual(before);
  });
});

it('HOSTILE-H1: with BAR0 laid over RAM the device still reaches only the RAM below it', async () => {
  const { device, guest, codec } = await started();
  device.pci.write(0x10, 4, RIRB);
  guest.queue(VENDOR_ID);
  expect(guest.entry(1)[0]).toBe(codec.model.vendorId);
  expect(guest.read16(R.RIRBWP)).toBe(1);
});

it('HOSTILE-H3: CORB in BAR0 fetches no register as a command', async () => {
  const { guest, codec } = await started();
  guest.write32(R.CORBLBASE, BAR0);
  guest.write16(R.CORBWP, 1);
  expect(codec.commands).toEqual([]);
  expect(guest.read8(R.CORBSTS)).toBe(R.CORBSTS_CMEI);
});

it.each([
  ['HOSTILE-H4: a list in BAR0', true],
  ['HOSTILE-H5: an entry in BAR0', false],
])('%s stops the stream with DESE', async (_what, list) => {
  const { device, output } = await started();
  output.setUp({ entries: [{ address: list ? BUFFERS : BAR0, length: 256 }] });
  if (list) output.guest.write32(output.base + R.SDnBDPL, BAR0);
  output.run();
  device.advance(2);
  expect(output.status).toBe(R.SDnSTS_DESE);
});

it.each([
  ['RIRB', RIRB],
  ['CORB', CORB],
  ['descriptor list', LISTS + 0x1000 * OUTPUT],
])(
  'HOSTILE-H6: the position buffer on the %s is memory like any other, and everything ends',
  async (_place, address) => {
    const { device, guest, output } = await started();
    guest.write32(R.DPLBASE, address | R.DPLBASE_ENABLE);
    output.setUpTwoEntries(192).run();
    for (let n = 0; n < 50; n++) {
      device.advance(7);
      guest.queue(VENDOR_ID);
    }
    expect(guest.read16(R.RIRBWP)).toBe(50);
    expect(guest.dword(address + 8 * OUTPUT)).toBe(output.position);
  },
);

it.each([
  ['starts in RAM and ends one byte beyond', RAM - 255, 256],
  ['wraps 32 bits', 2 ** 32 - 256, 512],
  ['is 4 GiB less one long', 256, 0xffffffff],
])(
  'HOSTILE-H7, HOSTILE-H9: a buffer that %s is refused whole: DESE before its first byte',
  async (_what, address, length) => {
    const { device, guest } = await started();
    const memory = device.memory.read(0, RAM);
    const recorder = guest.stream(0).setUp({ entries: [{ address, length }], list: LISTS, cyclicBufferBytes: 1024 });
    const withList = device.memory.read(0, RAM);
    recorder.run();
    device.advance(100);
    expect(recorder.status).toBe(R.SDnSTS_DESE);
    expect(Buffer.compare(device.memory.read(0, RAM), withList)).toBe(0);
    expect(memory).toHaveLength(RAM);
  },
);

it('HOSTILE-H7: a buffer that ends on the last byte of RAM is good', async () => {
  const { device, guest } = await started();
  const recorder = guest.stream(0).setUp({ entries: [{ address: RAM - 256, length: 256 }] });
  recorder.run();
  device.advance(100);
  expect([recorder.status, recorder.position]).toEqual([R.SDnSTS_FIFORDY, 400 % 256]);
});

it('HOSTILE-H9: a list at the top of 64 bits does not wrap into RAM', async () => {
  const { device, output } = await started();
  output.setUpTwoEntries(192);
  output.guest.write32(output.base + R.SDnBDPL, 0xffffff80);
  output.guest.write32(output.base + R.SDnBDPU, 0xffffffff);
  output.guest.write16(output.base + R.SDnLVI, 255);
  output.run();
  device.advance(4);
  expect(output.status).toBe(R.SDnSTS_DESE);
});

it('HOSTILE-H10: two streams that record into one page both go on, the higher index last', async () => {
  const { device, guest } = await started();
  const streams = [0, 1].map((index) =>
    guest.stream(index).setUp({ entries: [{ address: BUFFERS, length: 512 }], tag: 1 }),
  );
  for (const stream of streams) stream.run();
  device.advance(1000);
  expect(streams.map((stream) => stream.position)).toEqual([4000 % 512, 4000 % 512]);
});

it('HOSTILE-H11: a recorder that writes the list of a player: the player takes what it finds, or stops with DESE', async () => {
  const { device, guest, output } = await started();
  for (const converter of [DAC, ADC]) {
    guest.verb(converter, VERB_SET_CONVERTER_FORMAT, 0x0011);
    guest.verb(converter, VERB_SET_STREAM_CHANNEL, 0x10);
  }
  device.memory.write(BUFFERS, new Uint8Array(4096).fill(0x5a));
  output
    .setUp({
      entries: [
        { address: BUFFERS, length: 96 },
        { address: BUFFERS, length: 96 },
      ],
    })
    .run();
  guest
    .stream(0)
    .setUp({ entries: [{ address: LISTS + 0x1000 * OUTPUT, length: 32 }] })
    .run();
  for (let n = 0; n < 200; n++) device.advance(1);
  expect(output.status & R.SDnSTS_DESE).toBe(R.SDnSTS_DESE); // 5a5a5a5a… is no address of RAM
});

it('HOSTILE-H12: responses that land on the CORB run nothing by themselves: a turn is one ring at most', async () => {
  const { device, guest, codec } = await started();
  guest.write32(R.RIRBLBASE, CORB);
  guest.queue(...Array.from({ length: 255 }, () => VENDOR_ID));
  expect(codec.commands.length + (device.diagnostics.unansweredCommands as number)).toBe(255);
  expect(guest.read16(R.CORBRP)).toBe(255);
});

it('the position buffer never writes beyond its slot', async () => {
  const { device, guest, output } = await started();
  guest.write32(R.DPLBASE, POSITIONS | R.DPLBASE_ENABLE);
  output.setUpTwoEntries(192).run();
  device.advance(50);
  const page = device.memory.read(POSITIONS, 0x1000);
  page.fill(0, 8 * OUTPUT, 8 * OUTPUT + 8);
  expect(page.every((byte) => byte === 0)).toBe(true);
});
