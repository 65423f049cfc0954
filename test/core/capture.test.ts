// Input streams (hda-hardware §3.5, §3.6, §3.10): lanes to containers in memory.

import fc from 'fast-check';
import { expect } from 'vitest';
import { blockBytes, containerBytes, formatRateHz, PCM_RATES, PCM_SIZES } from '../../src/hda/pcm.ts';
import { SDnSTS_BCIS } from '../../src/hda/registers.ts';
import { FORMAT_BITS_SHIFT, formatBitsCode, formatChannels } from '../../src/hda/stream-format.ts';
import { sampleAt, samplesAfter } from './reference.ts';
import { type CoreKind, createRig, noise, OUTPUT, onEachCore, type Rig } from './rig.ts';

const TO = 0x40003; // odd on purpose

/** Lanes 0…channels−1 are a jack that the test fills, and talk on tag 1 to input stream 0. */
async function talking(kind: CoreKind, format: number, bytes = 0x10000): Promise<Rig> {
  const rig = await createRig(kind);
  const lanes = Array.from({ length: formatChannels(format) }, (_, i) => i);
  rig.load({
    ratesHz: [formatRateHz(format)],
    lanes: lanes.length,
    inputs: [{ tag: 1, firstStreamChannel: 0, format, rate: 0, lanes }],
    feeds: [{ rate: 0, lanes }],
  });
  rig.setUp(0, { format, entries: [{ address: TO, bytes, ioc: true }] });
  return rig;
}

const SIZES = PCM_SIZES.map((row) => row.bits);

/** sample · 2^(bits − 1) to nearest even, clamped; NaN is 0; left-justified, 8 bits with offset 128. */
function container(sample: number, bits: number): number {
  const full = 2 ** (bits - 1);
  const scaled = Number.isNaN(sample) ? 0 : sample * full;
  const below = Math.floor(scaled);
  const rest = scaled - below;
  const rounded = rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
  const integer = Math.max(-full, Math.min(full - 1, scaled === Infinity || scaled === -Infinity ? scaled : rounded));
  if (bits === 8) return integer + 128;
  return bits === 16 ? integer : integer * 2 ** (32 - bits);
}

const SPECIAL = [0, -0, 1, -1, 0.999999, -0.999999, 2, -2, 1e30, -1e30, Infinity, -Infinity, NaN, 1e-45];

for (const bits of SIZES)
  onEachCore(`${bits} bits: rounded to nearest even, clamped, NaN silent, 1–16 channels`, async (kind) => {
    const full = 2 ** (bits - 1);
    const code = PCM_SIZES.find((row) => row.bits === bits)?.code as number;
    const ties = [0.5, 1.5, 2.5, -0.5, -1.5, 3, -3, full - 0.5, full - 1.5, -full + 0.5].map((x) => x / full);
    const random = Array.from(noise(400), (byte, i) => ((byte + i / 7) / 128 - 1) * 1.1);
    const samples = [...SPECIAL, ...ties, ...random].map(Math.fround);
    for (let channels = 1; channels <= 16; channels++) {
      const format = (code << FORMAT_BITS_SHIFT) | (channels - 1);
      const rig = await talking(kind, format);
      for (let lane = 0; lane < channels; lane++) {
        rig.core.laneView(lane).set(samples.map((_, i) => samples[(i + lane) % samples.length] as number));
      }
      rig.start(0);
      rig.run(samples.length * 500);
      const stored = new DataView(rig.core.memory.read(TO, samples.length * blockBytes(format)).buffer);
      for (let i = 0; i < samples.length; i++) {
        for (let lane = 0; lane < channels; lane++) {
          const at = i * blockBytes(format) + lane * containerBytes(format);
          const got =
            bits === 8 ? stored.getUint8(at) : bits === 16 ? stored.getInt16(at, true) : stored.getInt32(at, true);
          const sample = samples[(i + lane) % samples.length] as number;
          if (got !== container(sample, bits))
            expect({ sample, got }).toEqual({ sample, got: container(sample, bits) });
        }
      }
      expect(rig.core.memory.read(TO - 1, 1)).toEqual(Uint8Array.of(0));
      expect(rig.core.memory.read(TO + samples.length * blockBytes(format), 16)).toEqual(new Uint8Array(16));
    }
  });

onEachCore('BCIS of an input sets at the frame at which the entry’s last byte is in memory (§3.7)', async (kind) => {
  const rig = await talking(kind, 0x0011, 400);
  rig.core.laneView(0).fill(0.5);
  rig.core.laneView(1).fill(-0.5);
  rig.start(0);
  expect(rig.core.advance(500 * 512)).toBe(500 * 100);
  expect(rig.status(0)).toBe(SDnSTS_BCIS);
  expect(rig.lpib(0)).toBe(0);
  const stored = new Int16Array(rig.core.memory.read(TO, 400).buffer);
  expect(stored).toEqual(Int16Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 16384 : -16384)));
});

onEachCore('without a talker an input stream stores silence at its rate (§3.5 DECISION)', async (kind) => {
  for (const [format, silence] of [
    [0x0001, 0x80],
    [0x0011, 0],
    [0x4841, 0],
  ] as const) {
    const rig = await createRig(kind);
    rig.core.memory.write(TO - 1, new Uint8Array(4001).fill(0x55));
    rig.setUp(0, { format, entries: [{ address: TO, bytes: 4000 }] });
    rig.start(0);
    rig.run(160 * 500);
    const bytes = samplesAfter(160, formatRateHz(format)) * blockBytes(format);
    expect(rig.lpib(0)).toBe(bytes);
    expect(rig.core.memory.read(TO - 1, 1)).toEqual(Uint8Array.of(0x55));
    expect(rig.core.memory.read(TO, bytes)).toEqual(new Uint8Array(bytes).fill(silence));
    expect(rig.core.memory.read(TO + bytes, 1)).toEqual(Uint8Array.of(0x55));
  }
});

/** Plays a ramp of the analogue clock's own sample numbers into the stream and returns what it stored. */
async function numbered(kind: CoreKind, code: number, before: number, steps: readonly number[], frames: number) {
  const format = code | (4 << FORMAT_BITS_SHIFT);
  const rateHz = formatRateHz(format);
  const rig = await talking(kind, format, 0x4000);
  const lane = rig.core.laneView(0);
  const step = 2 ** -20;
  const fill = () => {
    const first = samplesAfter(rig.linkFrames, rateHz);
    for (let i = 0; i < lane.length; i++) lane[i] = (first + i) * step;
  };
  fill();
  rig.core.advance(before);
  const start = rig.linkFrames;
  rig.start(0);
  let turn = 0;
  for (let left = frames * 500; left > 0; ) {
    fill();
    left -= rig.core.advance(Math.min(left, steps[turn++ % steps.length] as number));
  }
  const blocks = samplesAfter(rig.linkFrames - start, rateHz);
  expect(rig.lpib(0)).toBe((blocks * 4) % 0x4000);
  const stored = new Int32Array(rig.core.memory.read(TO, blocks * 4).buffer);
  return { stored: Array.from(stored, (x) => x / 2 ** 31 / step), first: samplesAfter(start, rateHz), rateHz, start };
}

onEachCore(
  'no analogue sample is lost or repeated, at any rate, start and step; at most one block of delay (§3.10)',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...PCM_RATES.map((row) => row.code)),
        fc.integer({ min: 0, max: 100_000 }),
        fc.array(fc.oneof(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 1, max: 40_000 })), {
          minLength: 1,
          maxLength: 6,
        }),
        async (code, before, steps) => {
          const { stored, first, rateHz, start } = await numbered(kind, code, before, steps, 200);
          const inPhase = (start * rateHz) % 48000 === 0;
          const plain = stored.map((_, i) => first + i);
          expect(stored).toEqual(inPhase ? plain : [0, ...plain.slice(0, -1)]);
        },
      ),
      { numRuns: 150, seed: 5 },
    );
  },
);

for (const { rateHz, code } of PCM_RATES)
  onEachCore(
    `rendered and captured over a joint of lanes, ${rateHz} Hz returns bit for bit at every size (32 bits to 24 significant)`,
    async (kind) => {
      for (const [sizeCode, channels] of [
        [0, 2],
        [1, 2],
        [1, 6],
        [2, 3],
        [3, 8],
        [4, 16],
        [4, 1],
      ] as const) {
        const format = code | (sizeCode << FORMAT_BITS_SHIFT) | (channels - 1);
        const rig = await createRig(kind);
        const lanes = Array.from({ length: channels }, (_, i) => i);
        rig.load({
          ratesHz: [rateHz],
          lanes: channels,
          outputs: [{ tag: 1, firstStreamChannel: 0, format, rate: 0, lanes }],
          inputs: [{ tag: 1, firstStreamChannel: 0, format, rate: 0, lanes }],
        });
        const blocks = 500;
        const bytes = blocks * blockBytes(format);
        const data = noise(bytes, channels);
        rig.core.memory.write(0x10000, data);
        const entries = (at: number) => [
          { address: at, bytes: 333 },
          { address: at + 333, bytes: bytes - 333 },
        ];
        rig.setUp(OUTPUT, { format, entries: entries(0x10000) });
        rig.setUp(0, { format, entries: entries(0x40000) });
        rig.core.advance(7 * 500);
        rig.start(OUTPUT, 0);
        const frames = Math.floor(((blocks - 1) * 48000) / rateHz);
        rig.run(frames * 500, { step: 11_111 });
        const stored = rig.core.memory.read(0x40000, bytes);
        const delay = (7 * rateHz) % 48000 === 0 ? 0 : 1;
        const done = samplesAfter(frames, rateHz) - delay;
        for (let i = 0; i < done * channels; i++) {
          const at = i * containerBytes(format);
          const sent = sampleAt(data, at, format);
          const got = sampleAt(stored, at + delay * blockBytes(format), format);
          if (got !== sent) expect({ rateHz, bits: formatBitsCode(format), i, got }).toEqual({ sent });
        }
      }
    },
  );
