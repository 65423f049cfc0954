// Containers (hda-hardware §3.10, §4): all sizes, all channel counts, bit for bit.

import { expect } from 'vitest';
import { blockBytes, containerBytes } from '../../src/hda/pcm.ts';
import { FORMAT_BITS_SHIFT, formatChannels } from '../../src/hda/stream-format.ts';
import { sampleAt } from './reference.ts';
import { type CoreKind, createRig, noise, OUTPUT, onEachCore } from './rig.ts';

const SIZES = [8, 16, 20, 24, 32];
const FRAMES = 509; // no multiple of a vector

/** Plays `data` once at 48 kHz and returns its lanes. */
async function play(kind: CoreKind, format: number, data: Uint8Array, frames: number): Promise<Float32Array[]> {
  const rig = await createRig(kind);
  const channels = formatChannels(format);
  rig.core.memory.write(0x10001, data);
  rig.setUp(OUTPUT, { format, entries: [{ address: 0x10001, bytes: data.length }] });
  rig.listen(format, 48000, channels);
  rig.start(OUTPUT);
  return rig.run(frames * 500, { step: 37 * 500, lanes: Array.from({ length: channels }, (_, i) => i) });
}

for (const [code, bits] of SIZES.entries())
  onEachCore(`${bits} bits, 1–16 channels: sample = integer / 2^${bits - 1}, bit for bit (§3.10)`, async (kind) => {
    for (let channels = 1; channels <= 16; channels++) {
      const format = (code << FORMAT_BITS_SHIFT) | (channels - 1);
      const data = noise(FRAMES * blockBytes(format), channels);
      const lanes = await play(kind, format, data, FRAMES);
      lanes.forEach((lane, channel) => {
        const plain = Float32Array.from({ length: FRAMES }, (_, i) =>
          sampleAt(data, i * blockBytes(format) + channel * containerBytes(format), format),
        );
        expect(lane).toEqual(plain);
      });
    }
  });

// size code, container bytes low first, sample: full scale, zero and one step off (§3.10); low bits of 20 and 24 ignored
const VALUES: [code: number, bytes: number[], sample: number][] = [
  [0, [0x80], 0],
  [0, [0x00], -1],
  [0, [0xff], 127 / 128],
  [0, [0x81], 1 / 128],
  [1, [0x00, 0x80], -1],
  [1, [0xff, 0x7f], 32767 / 32768],
  [1, [0xff, 0xff], -1 / 32768],
  [2, [0xff, 0x0f, 0x00, 0x00], 0],
  [2, [0x00, 0x10, 0x00, 0x00], 2 ** -19],
  [2, [0xff, 0xff, 0xff, 0x7f], (2 ** 19 - 1) / 2 ** 19],
  [2, [0xff, 0x0f, 0x00, 0x80], -1],
  [3, [0xff, 0x00, 0x00, 0x00], 0],
  [3, [0x00, 0x01, 0x00, 0x00], 2 ** -23],
  [3, [0xff, 0xff, 0xff, 0xff], -(2 ** -23)],
  [3, [0x00, 0xff, 0xff, 0x7f], (2 ** 23 - 1) / 2 ** 23],
  [4, [0x01, 0x00, 0x00, 0x00], 2 ** -31],
  [4, [0x00, 0x00, 0x00, 0x80], -1],
  [4, [0xff, 0xff, 0xff, 0x7f], 1], // 2^31 − 1 rounds to 2^31
  [4, [0x01, 0x00, 0x00, 0x01], 2 ** -7], // 2^24 + 1 is a tie: to even, down
  [4, [0x03, 0x00, 0x00, 0x01], (2 ** 24 + 4) / 2 ** 31], // 2^24 + 3: to even, up
];

for (const [code, bytes, sample] of VALUES)
  onEachCore(
    `${SIZES[code]} bits: container ${Buffer.from(bytes).toString('hex')} (low byte first) is ${sample} (§3.10)`,
    async (kind) => {
      const [lane] = await play(kind, code << FORMAT_BITS_SHIFT, Uint8Array.from(bytes), 1);
      expect(lane).toEqual(Float32Array.of(sample));
    },
  );

onEachCore('a stream of one channel goes to both sides of a stereo converter', async (kind) => {
  const rig = await createRig(kind);
  const data = noise(200, 3);
  rig.core.memory.write(0x10000, data);
  rig.setUp(OUTPUT, { format: 0x0010, entries: [{ address: 0x10000, bytes: 200 }] });
  rig.listen(0x0011, 48000, 2);
  rig.start(OUTPUT);
  const [left, right] = rig.run(100 * 500, { lanes: [0, 1] });
  expect(left).toEqual(Float32Array.from({ length: 100 }, (_, i) => sampleAt(data, i * 2, 0x10)));
  expect(right).toEqual(left);
});
