// Save and restore: a restored machine goes on bit for bit (issue 3, item 5).

import { createHash } from 'node:crypto';
import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import * as R from '../../src/hda/registers.ts';
import {
  UNSOLICITED_ENABLE,
  VERB_SET_CONVERTER_FORMAT,
  VERB_SET_STREAM_CHANNEL,
  VERB_SET_UNSOLICITED,
} from '../../src/hda/verbs.ts';
import { BUFFERS, POSITIONS } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';
import { seeded } from '../support/random.ts';
import { ADC, DAC, INPUT_PIN, OUTPUT_PIN } from '../support/test-codec.ts';

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Everything going at once: render at 44.1 kHz, capture, position buffer, unsolicited responses, a fed jack. */
async function busy() {
  const powered = await powerUp();
  const { device, guest } = powered;
  const random = seeded(7);
  guest.start();
  guest.write32(R.INTCTL, 0xffffffff);
  guest.write32(R.GCTL, R.GCTL_CRST | R.GCTL_UNSOL);
  guest.write32(R.DPLBASE, POSITIONS | R.DPLBASE_ENABLE);
  for (const converter of [DAC, ADC]) {
    guest.verb(converter, VERB_SET_CONVERTER_FORMAT, 0x4011);
    guest.verb(converter, VERB_SET_STREAM_CHANNEL, 0x10);
  }
  guest.verb(OUTPUT_PIN, VERB_SET_UNSOLICITED, UNSOLICITED_ENABLE | 5);
  device.memory.write(
    BUFFERS + 0x40000,
    Uint8Array.from({ length: 8192 }, () => random(256)),
  );
  device.codecs[0]?.feed(INPUT_PIN, [Float32Array.from({ length: 3000 }, () => random(1000) / 1000 - 0.5)]);
  guest.stream(4).setUpTwoEntries(4096, { format: 0x4011 }).run();
  device.advance(33.3);
  guest.stream(0).setUpTwoEntries(1000, { format: 0x4011 }).run();
  device.codecs[0]?.plug(OUTPUT_PIN, true);
  return powered;
}

/** What a person outside can see of half a second of it. */
function observe({ device, guest }: Awaited<ReturnType<typeof busy>>) {
  const seen: unknown[] = [];
  const tap = device.codecs[0]?.listen(OUTPUT_PIN);
  const end = device.controller.onInterrupt((level) => {
    seen.push([device.linkTicks, level, guest.read32(R.INTSTS), guest.stream(0).position]);
    for (const index of [0, 4]) guest.stream(index).acknowledge();
    guest.write8(R.RIRBSTS, 5);
  });
  for (let n = 0; n < 500; n++) device.advance(47.7);
  end();
  const registers = Array.from({ length: 0x180 }, (_, offset) => guest.read8(offset));
  seen.push(registers, device.diagnostics, tap?.read(), digest(device.memory.read(0, device.memory.bytes)));
  tap?.close();
  return seen;
}

it('after restore the same half second follows: interrupts, registers, samples, memory, counters', async () => {
  const powered = await busy();
  powered.device.advance(5.25);
  const state = powered.device.save();
  const first = observe(powered);
  powered.device.restore(state);
  expect(observe(powered)).toEqual(first);
});

it('a state goes into another machine built alike', async () => {
  const powered = await busy();
  const other = await powerUp();
  other.guest.reset();
  other.device.restore(powered.device.save());
  expect(other.device.linkTicks).toBe(powered.device.linkTicks);
  expect(observe(other)).toEqual(observe(powered));
});

it('what ran before a restore does not run after it, and can be started again', async () => {
  const { device, guest } = await powerUp();
  guest.start();
  const stream = guest.stream(4).setUpTwoEntries(1024);
  const state = device.save();
  stream.run();
  device.memory.write(BUFFERS + 0x80000, Uint8Array.of(1, 2, 3));
  device.advance(10);
  device.restore(state);
  expect([...device.memory.read(BUFFERS + 0x80000, 3)]).toEqual([0, 0, 0]);
  stream.run();
  device.advance(10);
  expect(stream.position).toBe(40);
  device.restore(state);
  device.advance(10);
  expect(stream.position).toBe(0);
});

it('listeners hear when a restored line differs', async () => {
  const { device, guest } = await busy();
  guest.stream(0).acknowledge();
  guest.stream(4).acknowledge();
  guest.write8(R.RIRBSTS, 5);
  const quiet = device.save();
  expect(device.controller.interrupt).toBe(false);
  device.advance(4800);
  expect(device.controller.interrupt).toBe(true);
  const levels: boolean[] = [];
  device.controller.onInterrupt((level) => levels.push(level));
  device.restore(quiet);
  expect(levels).toEqual([false]);
});

it('what waits at a jack keeps every bit, NaN and −0 too', async () => {
  const { device, guest } = await powerUp();
  device.codecs[0]?.feed(INPUT_PIN, [Float32Array.of(Number.NaN, -0, 0.1)]);
  const state = device.save();
  expect(digest(device.save())).toBe(digest(state));
  device.restore(state);
  expect(digest(device.save())).toBe(digest(state));
  guest.reset();
});

it.each([
  ['empty', (state: Uint8Array) => state.subarray(0, 0), 'not a saved machine'],
  ['something else', (state: Uint8Array) => state.map((byte) => byte ^ 0xff), 'not a saved machine'],
  ['cut short', (state: Uint8Array) => state.subarray(0, state.length - 1), 'cut short'],
  ['of another version', (state: Uint8Array) => state.with(4, 99), 'version 99'],
  ['damaged', (state: Uint8Array) => state.with(200, (state[200] ?? 0) ^ 1), 'damaged'],
])('restore of bytes that are %s is a TypeError of one line, and nothing changes', async (_what, spoil, message) => {
  const { device } = await busy();
  const state = device.save();
  device.advance(100);
  const present = device.save();
  expect(() => device.restore(spoil(state))).toThrow(TypeError);
  expect(() => device.restore(spoil(state))).toThrow(message);
  expect(digest(device.save())).toBe(digest(present));
});

it('a state of a machine that is built otherwise is refused', async () => {
  const { device } = await busy();
  const other = await powerUp({ streams: { input: 2, output: 4, bidirectional: 0 } });
  expect(() => other.device.restore(device.save())).toThrow('saved from another machine');
});

it('a real codec comes back as it was, and Windows must not be booted', async () => {
  const machine = await createMachine({ memoryBytes: 1 << 20 });
  machine.advance(1);
  const text = machine.codecs[0]?.dump();
  const state = machine.save();
  machine.controller.write(R.GCTL, 4, 1);
  machine.advance(25);
  machine.controller.write(R.ICOI, 4, 0x00270640);
  machine.controller.write(R.ICIS, 2, 1);
  machine.restore(state);
  expect(machine.codecs[0]?.dump()).toBe(text);
  expect(machine.linkTicks).toBe(500n);
  machine.windows.boot();
  expect(() => machine.save()).toThrow('booted');
  expect(() => machine.restore(state)).toThrow('booted');
});
