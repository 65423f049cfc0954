// The record (issue 3, item 7): typed events in link ticks.

import { expect, it } from 'vitest';
import type { DeviceEvent } from '../../src/controller/record.ts';
import * as R from '../../src/hda/registers.ts';
import { command8, UNSOLICITED_ENABLE, VERB_GET_PARAMETER, VERB_SET_UNSOLICITED } from '../../src/hda/verbs.ts';
import type { Device } from '../../src/machine/device.ts';
import { BUFFERS } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';
import { OUTPUT_PIN } from '../support/test-codec.ts';

const VENDOR_ID = command8(0, 0, VERB_GET_PARAMETER, 0);
const OUTPUT = 4;

/** What happens meanwhile, ticks counted from its beginning. */
function recorded(device: Device, act: () => void): Record<string, unknown>[] {
  const from = device.linkTicks;
  const events: DeviceEvent[] = [];
  device.record((event) => events.push(event));
  act();
  device.record(null);
  return events.map((event) => ({ ...event, linkTicks: Number(event.linkTicks - from) }));
}

it('register accesses bear the register’s name, holes none', async () => {
  const { device, guest } = await powerUp();
  guest.reset();
  const events = recorded(device, () => {
    guest.write16(R.SD_BASE + OUTPUT * R.SD_STRIDE + R.SDnFMT, 0x4011);
    guest.read8(R.VMAJ);
    guest.read32(0x3c);
    guest.read32(R.WALCLKA);
  });
  expect(events).toEqual([
    { kind: 'write', linkTicks: 0, offset: 0x112, bytes: 2, value: 0x4011, register: 'SD4FMT' },
    { kind: 'read', linkTicks: 0, offset: 0x03, bytes: 1, value: 1, register: 'VMAJ' },
    { kind: 'read', linkTicks: 0, offset: 0x3c, bytes: 4, value: 0, register: null },
    { kind: 'read', linkTicks: 0, offset: 0x2030, bytes: 4, value: 12500, register: 'WALCLK' },
  ]);
});

it('a verb with its response, one that nobody answers, and the interrupt that follows', async () => {
  const { device, guest, codec } = await powerUp();
  guest.start();
  guest.write32(R.INTCTL, 0xffffffff);
  const absent = command8(7, 0, VERB_GET_PARAMETER, 0);
  const events = recorded(device, () => guest.queue(VENDOR_ID, absent));
  expect(events.filter(({ kind }) => kind !== 'write')).toEqual([
    { kind: 'verb', linkTicks: 0, codec: 0, command: VENDOR_ID, response: codec.model.vendorId },
    { kind: 'verb', linkTicks: 0, codec: 7, command: absent, response: null },
    { kind: 'interrupt', linkTicks: 0, level: true },
  ]);
});

it('descriptors and fragments at their frames, zero lengths passed over, then the fault', async () => {
  const { device, guest } = await powerUp();
  guest.start();
  guest.write32(R.INTCTL, 0xffffffff);
  const stream = guest.stream(OUTPUT).setUp({
    entries: [
      { address: BUFFERS, length: 6 },
      { address: BUFFERS, length: 0 },
      { address: BUFFERS + 6, length: 2 },
      { address: BUFFERS + 8, length: 16, ioc: true },
      { address: 0xfea00000, length: 4 },
    ],
  });
  const events = recorded(device, () => {
    stream.run();
    device.advance(10);
  });
  const stream4 = { stream: OUTPUT };
  const entry = (linkTicks: number, index: number, address: number, length: number, interruptOnCompletion = false) => ({
    ...stream4,
    kind: 'descriptor',
    linkTicks,
    index,
    address,
    length,
    interruptOnCompletion,
  });
  expect(events.slice(1)).toEqual([
    { ...stream4, kind: 'stream', linkTicks: 0, event: 'run' },
    entry(500, 0, BUFFERS, 6),
    { ...stream4, kind: 'fragment', linkTicks: 1000, index: 0 },
    entry(1000, 2, BUFFERS + 6, 2),
    { ...stream4, kind: 'fragment', linkTicks: 1000, index: 2 },
    entry(1500, 3, BUFFERS + 8, 16, true),
    { ...stream4, kind: 'fragment', linkTicks: 3000, index: 3 },
    { kind: 'interrupt', linkTicks: 3000, level: true },
    { ...stream4, kind: 'descriptorFault', linkTicks: 3500 },
    { ...stream4, kind: 'stream', linkTicks: 3500, event: 'stop' },
  ]);
});

it('codecs found, jacks, and unsolicited responses sent and dropped', async () => {
  const { device, guest } = await powerUp();
  guest.write32(R.GCTL, 1);
  expect(recorded(device, () => device.advance(100))).toEqual([
    { kind: 'codec', linkTicks: 12_500, codec: 0, event: 'enumerated' },
  ]);
  guest.rings();
  guest.ask(command8(0, OUTPUT_PIN, VERB_SET_UNSOLICITED, UNSOLICITED_ENABLE | 3));
  const plugged = () => {
    device.codecs[0]?.plug(OUTPUT_PIN, false);
    device.advance(1);
  };
  const response = 3 * 2 ** 26;
  expect(recorded(device, plugged)).toEqual([
    { kind: 'jack', linkTicks: 0, codec: 0, pin: OUTPUT_PIN, present: false },
    { kind: 'unsolicited', linkTicks: 500, codec: 0, response, delivered: false },
  ]);
  guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
  expect(recorded(device, plugged).at(-1)).toMatchObject({ kind: 'unsolicited', response, delivered: true });
});

it('what is recorded happens as it does unrecorded, and a listener that looks at registers is not recorded itself', async () => {
  const runs = [];
  for (const on of [false, true]) {
    const { device, guest } = await powerUp();
    guest.start();
    guest.write32(R.INTCTL, 0xffffffff);
    let reads = 0;
    if (on) device.record(() => reads++ < 100_000 && guest.read32(R.WALCLK));
    const interrupts: bigint[] = [];
    const stream = guest.stream(OUTPUT).setUpTwoEntries(1000, { format: 0x4011 });
    device.controller.onInterrupt((level) => {
      if (!level) return;
      interrupts.push(device.linkTicks);
      stream.acknowledge();
    });
    stream.run();
    device.advance(4800.5);
    runs.push([interrupts, stream.position, device.memory.read(0, 0x4000).join()]);
    expect(reads > 0).toBe(on);
  }
  expect(runs[0]).toEqual(runs[1]);
});
