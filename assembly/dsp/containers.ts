// Containers to doubles and back (hda-hardware §3.10): every command works on doubles, which hold 32-bit samples exactly,
// and rounds once, when it writes. Sample = integer / 2^(bits−1); 8-bit PCM is unsigned with offset 128.
// SIMD and scalar forms do the same operations in the same order: the same bits.

import { KIND_F32, KIND_PCM8, KIND_PCM16 } from '../../src/hda/dsp-packets.ts';

export function formatKind(format: u32): u32 {
  return format & 0xff;
}

export function formatChannels(format: u32): u32 {
  return (format >>> 8) & 0xff;
}

export function formatBits(format: u32): u32 {
  return (format >>> 16) & 0xff;
}

/** Bytes of one sample. */
export function sampleBytes(format: u32): u32 {
  const kind = formatKind(format);
  return kind === KIND_PCM8 ? 1 : kind === KIND_PCM16 ? 2 : 4;
}

export function frameBytes(format: u32): u32 {
  return sampleBytes(format) * formatChannels(format);
}

/** Reads `samples` containers at `from` as f64 at `to`. */
export function decode(format: u32, from: u32, samples: u32, to: u32): void {
  const kind = formatKind(format);
  if (kind === KIND_F32) decodeFloat(from, samples, to);
  else if (kind === KIND_PCM16) decode16(from, samples, to);
  else if (kind === KIND_PCM8) decode8(from, samples, to);
  else decode32(from, samples, to, formatBits(format));
}

/** Writes `samples` f64 at `from` as containers at `to`: nearest, ties to even, clamped; NaN is 0 in PCM. */
export function encode(format: u32, from: u32, samples: u32, to: u32): void {
  const kind = formatKind(format);
  const bits = formatBits(format);
  const scale = <f64>((<u64>1) << (bits - 1));
  if (kind === KIND_F32) encodeFloat(from, samples, to);
  else if (kind === KIND_PCM16) encode16(from, samples, to, scale);
  else if (kind === KIND_PCM8) encode8(from, samples, to, scale);
  else encode32(from, samples, to, scale, 32 - bits);
}

function decodeFloat(from: u32, samples: u32, to: u32): void {
  let n: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    for (; n + 4 <= samples; n += 4) {
      const quad = v128.load(from + (n << 2));
      v128.store(to + (n << 3), f64x2.promote_low_f32x4(quad));
      v128.store(to + (n << 3), f64x2.promote_low_f32x4(v128.shuffle<i64>(quad, quad, 1, 1)), 16);
    }
  }
  for (; n < samples; n++) store<f64>(to + (n << 3), <f64>load<f32>(from + (n << 2)));
}

function encodeFloat(from: u32, samples: u32, to: u32): void {
  let n: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    for (; n + 4 <= samples; n += 4) {
      const low = f32x4.demote_f64x2_zero(v128.load(from + (n << 3)));
      const high = f32x4.demote_f64x2_zero(v128.load(from + (n << 3), 16));
      v128.store(to + (n << 2), v128.shuffle<i64>(low, high, 0, 2));
    }
  }
  for (; n < samples; n++) store<f32>(to + (n << 2), <f32>load<f64>(from + (n << 3)));
}

function decode16(from: u32, samples: u32, to: u32): void {
  let n: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    const scale = f64x2.splat(1.0 / 32768);
    for (; n + 4 <= samples; n += 4) storeScaled(v128.load_ext<i16>(from + (n << 1)), scale, to + (n << 3));
  }
  for (; n < samples; n++) store<f64>(to + (n << 3), <f64>load<i16>(from + (n << 1)) * (1.0 / 32768));
}

function decode32(from: u32, samples: u32, to: u32, bits: u32): void {
  const unused = 32 - bits; // low bits of the container, ignored
  const unit = 1.0 / <f64>((<u64>1) << (bits - 1));
  let n: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    const scale = f64x2.splat(unit);
    for (; n + 4 <= samples; n += 4) {
      storeScaled(i32x4.shr_s(v128.load(from + (n << 2)), unused), scale, to + (n << 3));
    }
  }
  for (; n < samples; n++) store<f64>(to + (n << 3), <f64>(load<i32>(from + (n << 2)) >> unused) * unit);
}

function decode8(from: u32, samples: u32, to: u32): void {
  for (let n: u32 = 0; n < samples; n++) store<f64>(to + (n << 3), <f64>(<i32>load<u8>(from + n) - 128) * (1.0 / 128));
}

function storeScaled(integers: v128, scale: v128, to: u32): void {
  v128.store(to, f64x2.mul(f64x2.convert_low_i32x4_s(integers), scale));
  v128.store(to, f64x2.mul(f64x2.convert_low_i32x4_s(v128.shuffle<i64>(integers, integers, 1, 1)), scale), 16);
}

function round(value: f64, scale: f64): i32 {
  return <i32>min(max(nearest(value * scale), -scale), scale - 1);
}

/** Four doubles as integers. */
function round4(from: u32, scale: v128, least: v128, most: v128): v128 {
  const low = f64x2.nearest(f64x2.mul(v128.load(from), scale));
  const high = f64x2.nearest(f64x2.mul(v128.load(from, 16), scale));
  return v128.shuffle<i64>(
    i32x4.trunc_sat_f64x2_s_zero(f64x2.min(f64x2.max(low, least), most)),
    i32x4.trunc_sat_f64x2_s_zero(f64x2.min(f64x2.max(high, least), most)),
    0,
    2,
  );
}

function encode16(from: u32, samples: u32, to: u32, scale: f64): void {
  let n: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    const scales = f64x2.splat(scale);
    const least = f64x2.splat(-scale);
    const most = f64x2.splat(scale - 1);
    for (; n + 4 <= samples; n += 4) {
      const integers = round4(from + (n << 3), scales, least, most);
      v128.store64_lane(to + (n << 1), i16x8.narrow_i32x4_s(integers, integers), 0);
    }
  }
  for (; n < samples; n++) store<i16>(to + (n << 1), round(load<f64>(from + (n << 3)), scale));
}

function encode32(from: u32, samples: u32, to: u32, scale: f64, unused: u32): void {
  let n: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    const scales = f64x2.splat(scale);
    const least = f64x2.splat(-scale);
    const most = f64x2.splat(scale - 1);
    for (; n + 4 <= samples; n += 4) {
      v128.store(to + (n << 2), i32x4.shl(round4(from + (n << 3), scales, least, most), unused));
    }
  }
  for (; n < samples; n++) store<i32>(to + (n << 2), round(load<f64>(from + (n << 3)), scale) << unused);
}

function encode8(from: u32, samples: u32, to: u32, scale: f64): void {
  for (let n: u32 = 0; n < samples; n++) store<u8>(to + n, round(load<f64>(from + (n << 3)), scale) + 128);
}
