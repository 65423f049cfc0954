// Taps and jacks (design, MachineCodec and PinTap).

import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import { VERB_SET_CONNECTION_SELECT, VERB_SET_CONVERTER_FORMAT, VERB_SET_STREAM_CHANNEL } from '../../src/hda/verbs.ts';
import type { MachineCodec } from '../../src/machine/machine-codec.ts';
import { BUFFERS } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';
import { ADC, DAC, INPUT_PIN, OUTPUT_PIN } from '../support/test-codec.ts';

const RAMP = 12_000; // samples of a stream that counts up by 1/32768 each

async function playing(format: number) {
  const powered = await powerUp();
  const { device, guest } = powered;
  guest.start();
  device.memory.write(BUFFERS, new Uint8Array(Int16Array.from({ length: RAMP }, (_, i) => i + 1).buffer));
  guest.verb(DAC, VERB_SET_CONVERTER_FORMAT, format);
  guest.verb(DAC, VERB_SET_STREAM_CHANNEL, 0x10);
  const entries = [
    { address: BUFFERS, length: RAMP },
    { address: BUFFERS + RAMP, length: RAMP },
  ];
  guest.stream(4).setUp({ format, entries });
  return { ...powered, codec: device.codecs[0] as MachineCodec };
}

it('a tap gives exactly as many frames as time has passed at the pin rate, silence included', async () => {
  const { device, codec } = await playing(0x4010);
  device.advance(7.7);
  const tap = codec.listen(OUTPUT_PIN);
  let frames = 0;
  for (let ms = 0; ms < 1000; ms++) {
    device.advance(48);
    frames += tap.read()[0]?.length ?? 0;
  }
  expect(tap.rateHz).toBe(44_100);
  expect(frames).toBe(44_100);
});

it('a tap hears from its own start on, bit for bit, and reads join without a seam', async () => {
  const { device, guest, codec } = await playing(0x0010);
  guest.stream(4).run();
  device.advance(100);
  const tap = codec.listen(OUTPUT_PIN);
  const heard: number[] = [];
  for (let n = 0; n < 40; n++) {
    device.advance(13.7);
    heard.push(...(tap.read()[0] ?? []));
  }
  expect(heard).toEqual(Array.from({ length: 548 }, (_, i) => (i + 101) / 32768));
});

it('a tap holds the last ten seconds and counts what it drops', async () => {
  const { device, guest, codec } = await playing(0x0010);
  const tap = codec.listen(OUTPUT_PIN);
  guest.stream(4).run();
  device.advance(10 * 48_000 + 500);
  const [left] = tap.read();
  expect(left).toHaveLength(480_000);
  expect(left?.[0]).toBe(501 / 32768);
  expect(device.diagnostics.tapFramesDropped).toBe(500);
});

it('when the converter’s rate or channels change, the old frames are read first, at the old rate', async () => {
  const { device, guest, codec } = await playing(0x0010);
  const tap = codec.listen(OUTPUT_PIN);
  device.advance(48);
  guest.verb(DAC, VERB_SET_CONVERTER_FORMAT, 0x1813); // 192 kHz, four channels
  device.advance(48);
  expect(tap.rateHz).toBe(48_000);
  expect(tap.read().map((channel) => channel.length)).toEqual([48]);
  expect(tap.rateHz).toBe(192_000);
  expect(tap.read().map((channel) => channel.length)).toEqual([192, 192, 192, 192]);
});

it('a guest that changes formats faster than anybody reads costs bounded memory, and the loss is counted', async () => {
  const { device, guest, codec } = await playing(0x0010);
  const tap = codec.listen(OUTPUT_PIN);
  for (let n = 0; n < 40; n++) {
    guest.verb(DAC, VERB_SET_CONVERTER_FORMAT, n % 2 ? 0x0010 : 0x0810);
    device.advance(1);
  }
  let reads = 0;
  while (tap.read()[0]?.length) reads++;
  expect(reads).toBeLessThan(12);
  expect(device.diagnostics.tapFramesDropped).toBeGreaterThan(20);
});

it('a closed tap costs nothing and other taps go on', async () => {
  const { device, codec } = await playing(0x0010);
  const [first, second] = [codec.listen(OUTPUT_PIN), codec.listen(OUTPUT_PIN)];
  first.close();
  first.close();
  device.advance(10);
  expect(second.read()[0]).toHaveLength(10);
});

it('what is fed to a jack arrives in RAM through the ADC, bit for bit, silence after it', async () => {
  const { device, guest, codec } = await playing(0x0011);
  guest.verb(ADC, VERB_SET_CONNECTION_SELECT, 1);
  guest.verb(ADC, VERB_SET_CONVERTER_FORMAT, 0x0011);
  guest.verb(ADC, VERB_SET_STREAM_CHANNEL, 0x20);
  const ramp = Float32Array.from({ length: 300 }, (_, i) => i / 32768);
  codec.feed(INPUT_PIN, [ramp.slice(0, 100), ramp.slice(0, 100).map((v) => -v)]);
  codec.feed(INPUT_PIN, [ramp.slice(100), ramp.slice(100).map((v) => -v)]);
  const recorder = guest.stream(0).setUpTwoEntries(1024, { tag: 2 });
  recorder.run();
  for (let n = 0; n < 8; n++) device.advance(50);
  const samples = new Int16Array(device.memory.read(BUFFERS, 1600).buffer);
  const expected = Array.from({ length: 400 }, (_, i) => (i < 300 ? [i, -i] : [0, 0])).flat();
  expect([...samples]).toEqual(expected.map((value) => value || 0));
});

it('a jack takes ten seconds and counts what is beyond', async () => {
  const { device, codec } = await playing(0x0010);
  codec.feed(INPUT_PIN, [new Float32Array(480_000)]);
  codec.feed(INPUT_PIN, [new Float32Array(1000)]);
  expect(device.diagnostics.jackFramesDropped).toBe(1000);
});

it('listen, feed and plug refuse what is no such pin, naming those there are', async () => {
  const { codec } = await playing(0x0010);
  expect(() => codec.listen(DAC)).toThrow(RangeError);
  expect(() => codec.listen(INPUT_PIN)).toThrow('there are 0x4');
  expect(() => codec.feed(OUTPUT_PIN, [new Float32Array(1)])).toThrow('there are 0x5');
  expect(() => codec.plug(99, true)).toThrow(RangeError);
  expect(() => codec.feed(INPUT_PIN, [new Float32Array(1), new Float32Array(2)])).toThrow(TypeError);
  expect(() => codec.feed(INPUT_PIN, [[0] as unknown as Float32Array])).toThrow(TypeError);
});

it('a tap on a pin that nothing feeds gives silence on the pin’s own channels', async () => {
  const machine = await createMachine({ memoryBytes: 1 << 20 });
  const codec = machine.codecs[0];
  const pins = codec?.model.functionGroups.flatMap((group) =>
    group.widgets.filter((widget) => (widget.pinCaps ?? 0) & 0x10),
  );
  for (const pin of pins ?? []) {
    const tap = codec?.listen(pin.nid);
    machine.advance(480);
    const channels = tap?.read();
    expect(channels).toHaveLength(2);
    for (const channel of channels ?? [])
      expect([channel.length, channel.some((sample) => sample !== 0)]).toEqual([480, false]);
  }
  expect(pins?.length).toBeGreaterThan(4);
});
