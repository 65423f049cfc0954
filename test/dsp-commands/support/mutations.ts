// Valid command streams with every command in them, and what a hostile app makes of them.

import { STREAM_HEADER_BYTES } from '../../../src/dsp/commands-table.ts';
import { resamplerStateBytes } from '../../../src/dsp/resampler.ts';
import * as op from '../../../src/hda/dsp-packets.ts';
import {
  bind,
  command,
  copy,
  F32_MONO,
  fill,
  format,
  gain,
  meter,
  mix,
  nop,
  PCM16_STEREO,
  ref,
  stream,
  tone,
  ufence,
  unbind,
} from './stream.ts';

export type Random = () => number;

/** Numbers in 0…1, the same for one seed. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let x = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Bytes of the allocations that the corpus names at indices 1…4; the last two are states. */
export const SIZES = [8192, 8192, 4096, resamplerStateBytes(44100, 48000, 1)];
const f64 = (value: number) => [...new Uint32Array(Float64Array.of(value).buffer)];
const HALF = 0x3f000000; // 0.5 as f32
const rate44 = format(op.KIND_F32, 1, 32, 44100);
const state = ref(4, 0, SIZES[3] ?? 0, 2);

const COMMANDS: readonly number[][] = [
  nop(),
  copy(ref(1, 0, 1024), ref(2, 64, 1024, 1)),
  fill(ref(1, 128, 256), 0x55aa55aa, 4),
  tone(ref(1, 0, 2048), PCM16_STEREO, 1000, 0.5, 0, 2),
  command(op.DSP_TONEAT, [...ref(1, 0, 800), ...F32_MONO, ...f64(440), HALF, 0, 0xfffffd00, 0]),
  gain(ref(1, 0, 512), ref(2, 0, 512, 1), F32_MONO, 0, 1),
  mix(ref(1, 0, 256), F32_MONO, [
    [ref(2, 0, 256, 1), 0.5],
    [ref(2, 256, 256, 2), -0.5],
  ]),
  command(op.DSP_CONVERT, [
    ...ref(1, 0, 512),
    ...ref(2, 0, 256, 1),
    ...F32_MONO,
    ...format(op.KIND_PCM16, 1, 16),
    128,
    5,
  ]),
  meter(ref(2, 0, 1024), ref(1, 0, 12, 1), F32_MONO),
  ufence(ref(1, 8, 8), 5n),
  bind(ref(2, 0, 64, 7)),
  unbind(7),
  command(op.DSP_SPLITHINT, []),
  command(op.DSP_MARK, [1, 0]),
  command(
    op.DSP_SWEEP,
    [...ref(1, 0, 800), ...F32_MONO, ...f64(20), ...f64(9000), HALF, 0, 5, 400],
    op.SWEEP_LOGARITHMIC,
  ),
  command(op.DSP_NOISE, [...ref(1, 0, 800), ...F32_MONO, HALF, 3, 9, 0], op.NOISE_PINK),
  command(op.DSP_BIQUAD, [
    ...ref(1, 0, 400),
    ...ref(2, 0, 400, 1),
    ...F32_MONO,
    ...ref(3, 0, 80, 2),
    ...ref(3, 1024, 32, 3),
  ]),
  command(op.DSP_RESAMPLE, [
    ...ref(1, 0, 400),
    ...ref(2, 0, 2000, 1),
    ...F32_MONO,
    ...rate44,
    ...state,
    44100,
    44100,
    48000,
    0,
  ]),
];

/** A stream of a few of them. */
export function validStream(random: Random): Uint8Array {
  const count = Math.floor(random() * 5);
  return stream(Array.from({ length: count }, () => pick(random, COMMANDS)));
}

/** Each command alone. */
export const EACH: readonly Uint8Array[] = COMMANDS.map((each) => stream([each]));

const INTERESTING = [
  0, 1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 24, 31, 32, 40, 48, 63, 64, 65, 255, 256, 4095, 4096, 8191, 8192, 8193, 16384,
  16385, 44100, 48000, 65535, 65536, 192000, 0x7fff, 0x8001, 0x8000, 0x3f800000, 0x7f800000, 0x7fc00000, 0x7fffffff,
  0x80000000, 0xfffffff0, 0xfffffff8, 0xffffffff,
];

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** Some bytes of the stream made something else; its length may change. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let out = bytes.slice();
  for (let n = Math.floor(random() * 4); n > 0; n--) {
    const view = new DataView(out.buffer);
    const word = Math.floor(random() * (out.length >> 2)) * 4;
    const choice = random();
    if (out.length < 8) return out;
    if (choice < 0.35) view.setUint32(word, pick(random, INTERESTING), true);
    else if (choice < 0.5) view.setUint8(word, view.getUint8(word) ^ (1 << Math.floor(random() * 8)));
    else if (choice < 0.65) view.setUint16(word + 2, pick(random, INTERESTING) & 0xffff, true);
    else if (choice < 0.75) view.setUint32(word, view.getUint32(word, true) + (random() < 0.5 ? 4 : -4), true);
    else if (choice < 0.85) view.setUint32(word, Math.floor(random() * 2 ** 32), true);
    else if (choice < 0.9) out = out.slice(0, Math.floor(random() * out.length) & ~3);
    else {
      // Another command in the place of what followed; the header may count it.
      const more = pick(random, EACH).subarray(STREAM_HEADER_BYTES);
      const joined = new Uint8Array(out.length + more.length);
      joined.set(out);
      joined.set(more, out.length);
      out = joined;
      const header = new DataView(out.buffer);
      if (random() < 0.8) header.setUint32(8, out.length, true);
      if (random() < 0.8) header.setUint32(12, header.getUint32(12, true) + 1, true);
    }
  }
  return out;
}

/** The allocation list, now and then with something wrong in it. */
export function mutateList(list: Uint32Array, handles: readonly number[], random: Random): Uint32Array {
  const out = list.slice(0, random() < 0.05 ? Math.floor(random() * list.length) & ~1 : list.length);
  if (random() < 0.1) out[Math.floor(random() * out.length)] = pick(random, [...handles, ...INTERESTING]);
  return out;
}

/** A patch list: none, or elements of words that are near to right. */
export function randomPatches(random: Random): number[][] {
  if (random() < 0.85) return [];
  const word = () => (random() < 0.5 ? pick(random, INTERESTING) : Math.floor(random() * 160) & ~7);
  return Array.from({ length: 1 + Math.floor(random() * 3) }, () => [
    1 + Math.floor(random() * 2),
    0,
    0,
    0,
    word(),
    32,
  ]);
}
