// What a tap and a jack say of themselves: PinTap.fed, MachineCodec.inputRateHz (design, MachineCodec).

import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import { VERB_SET_CONVERTER_FORMAT, VERB_SET_STREAM_CHANNEL } from '../../src/hda/verbs.ts';
import type { MachineCodec } from '../../src/machine/machine-codec.ts';
import { powerUp } from '../support/power-up.ts';
import { DAC, OUTPUT_PIN } from '../support/test-codec.ts';

const LINE_IN = 0x1a;
const LINE_OUT = 0x14;

async function listening() {
  const { device, guest } = await powerUp();
  guest.start();
  const tap = (device.codecs[0] as MachineCodec).listen(OUTPUT_PIN);
  const route = (tag: number) => guest.verb(DAC, VERB_SET_STREAM_CHANNEL, tag << 4);
  return { device, guest, tap, route };
}

it('fed: what the next read returns holds something that a converter gave, silence of a stream included', async () => {
  const { device, tap, route } = await listening();
  device.advance(10);
  expect(tap.fed).toBe(false);
  expect(tap.read()[0]?.length).toBeGreaterThan(0);
  route(1); // a converter at tag 1 with no stream there: silence, but a converter's
  device.advance(10);
  expect(tap.fed).toBe(true);
  expect(Math.max(...(tap.read()[0] ?? []))).toBe(0);
});

it('fed: one frame among many silent ones counts, and reading begins anew', async () => {
  const { device, tap, route } = await listening();
  device.advance(1000);
  route(1);
  device.advance(1);
  route(0);
  device.advance(1000);
  expect(tap.fed).toBe(true);
  tap.read();
  expect(tap.fed).toBe(false);
  device.advance(1000);
  expect(tap.fed).toBe(false);
});

it('fed: each take that a change of format leaves has its own, oldest first', async () => {
  const { device, guest, tap, route } = await listening();
  device.advance(10);
  guest.verb(DAC, VERB_SET_CONVERTER_FORMAT, 0x0811); // 96 kHz: another take
  device.advance(10);
  expect([tap.rateHz, tap.fed]).toEqual([48_000, false]);
  tap.read();
  route(1);
  device.advance(10);
  expect([tap.rateHz, tap.fed]).toEqual([96_000, true]);
});

it.each<[outputRateHz: number | 'stream', heardHz: number]>([
  [48_000, 48_000],
  [44_100, 44_100],
  ['stream', 96_000],
])(
  'inputRateHz with the analogue side at %s: 0, %i while a 96 kHz stream records, 0 again',
  async (outputRateHz, heardHz) => {
    const machine = await createMachine({ outputRateHz });
    const codec = machine.codecs[0] as MachineCodec;
    expect(codec.inputRateHz(LINE_IN)).toBe(0);
    machine.windows.boot();
    const stream = machine.windows.audio[0]?.openCapture({
      rateHz: 96_000,
      bits: 24,
      channels: 2,
      pin: LINE_IN,
    }).stream;
    stream?.start(() => {});
    expect(codec.inputRateHz(LINE_IN)).toBe(heardHz);
    stream?.close();
    expect(codec.inputRateHz(LINE_IN)).toBe(0);
    machine.close();
  },
);

it('inputRateHz of what is no input pin is a RangeError that names those there are', async () => {
  const codec = (await createMachine()).codecs[0] as MachineCodec;
  expect(() => codec.inputRateHz(LINE_OUT)).toThrow(RangeError);
  expect(() => codec.inputRateHz(0x77)).toThrow(/pin 119 is no input pin of .*0x1a/);
});
