// Every format that SDnFMT can encode, rendered and captured back through a codec whose ADC is joined to its DAC
// (issue 3; hda-hardware §3.10, §4). The device does not police the link budget, so all of them run.

import { expect, it } from 'vitest';
import { blockBytes, containerBytes, decodeFormat, formatRateHz } from '../../src/hda/pcm.ts';
import * as R from '../../src/hda/registers.ts';
import {
  BITS_8,
  BITS_16,
  BITS_20,
  BITS_24,
  BITS_32,
  FORMAT_BASE_44K1,
  FORMAT_BITS_SHIFT,
  FORMAT_DIV_SHIFT,
  FORMAT_MULT_SHIFT,
  formatBitsCode,
} from '../../src/hda/stream-format.ts';
import { FRAME_HZ } from '../../src/hda/timing.ts';
import { VERB_SET_CONVERTER_FORMAT, VERB_SET_STREAM_CHANNEL } from '../../src/hda/verbs.ts';
import { powerUp } from '../support/power-up.ts';
import { seeded } from '../support/random.ts';
import { ADC, DAC } from '../support/test-codec.ts';

const BLOCKS = 24; // of each format: both entries are crossed
const SOURCE = 0x40000;
const TARGET = 0x60000;
const SPARE = 0x80000;

/** What comes back for a container that was played: the low bits of 20 and 24 are ignored, 32 is rounded to float32. */
function returned(container: number, bitsCode: number): number {
  if (bitsCode === BITS_20) return container & ~0xfff;
  if (bitsCode === BITS_24) return container & ~0xff;
  return bitsCode === BITS_32 ? Math.min(Math.fround(container), 2 ** 31 - 1) : container;
}

function containers(bytes: Uint8Array, size: 1 | 2 | 4): ArrayLike<number> {
  if (size === 1) return bytes;
  return size === 2 ? new Int16Array(bytes.buffer) : new Int32Array(bytes.buffer);
}

const RATE_CODES = [0, FORMAT_BASE_44K1].flatMap((base) =>
  [0, 1, 2, 3].flatMap((mult) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((div) => base | (mult << FORMAT_MULT_SHIFT) | (div << FORMAT_DIV_SHIFT)),
  ),
);

it.each([
  [8, BITS_8],
  [16, BITS_16],
  [20, BITS_20],
  [24, BITS_24],
  [32, BITS_32],
])('%i bits at all 64 rates and 1 to 16 channels come back bit for bit', async (_bits, bitsCode) => {
  const { device, guest } = await powerUp();
  const random = seeded(bitsCode + 1);
  guest.start();
  for (const rateCode of RATE_CODES) {
    for (let channels = 1; channels <= 16; channels++) {
      const format = rateCode | (bitsCode << FORMAT_BITS_SHIFT) | (channels - 1);
      expect(decodeFormat(format)?.channels).toBe(channels);
      const bytes = BLOCKS * blockBytes(format);
      const played = Uint8Array.from({ length: bytes }, () => random(256));
      device.memory.write(SOURCE, played);
      device.memory.write(TARGET, new Uint8Array(bytes));
      for (const converter of [DAC, ADC]) {
        guest.verb(converter, VERB_SET_CONVERTER_FORMAT, format);
        guest.verb(converter, VERB_SET_STREAM_CHANNEL, 0x10);
      }
      device.advance(20); // the converters fall silent
      const list = (address: number) => [
        { address, length: bytes / 2 },
        { address: address + bytes / 2, length: bytes / 2 },
        { address: SPARE, length: 16 * blockBytes(format) }, // a link frame may hold more blocks than are wanted
      ];
      const streams = [
        guest.stream(4).setUp({ format, entries: list(SOURCE) }),
        guest.stream(0).setUp({ format, entries: list(TARGET) }),
      ];
      for (const stream of streams) stream.run();
      device.advance(Math.ceil(((BLOCKS - 1) * FRAME_HZ) / formatRateHz(format)));
      for (const { base } of streams) {
        guest.write8(base + R.SDnCTL, 0);
        guest.write8(base + R.SDnCTL, R.SDnCTL_SRST);
        guest.write8(base + R.SDnCTL, 0);
      }
      const size = containerBytes(format);
      const expected = Array.from(containers(played, size), (value) => returned(value, formatBitsCode(format)));
      const back = Array.from(containers(device.memory.read(TARGET, bytes), size));
      // The streams began at any phase of the analogue clock, so the first block may still be silence; nothing else is.
      const silence = size === 1 ? 128 : 0;
      const delay = back.slice(0, channels).some((value, i) => value !== expected[i]) ? channels : 0;
      const heard = [...new Array(delay).fill(silence), ...expected].slice(0, (BLOCKS - 2) * channels);
      expect([format.toString(16), back.slice(0, heard.length)]).toEqual([format.toString(16), heard]);
    }
  }
});
