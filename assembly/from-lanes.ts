// Planar float32 to containers (hda-hardware §3.10): integer = sample · 2^(bits−1), rounded to nearest even, clamped to the
// size's range; NaN is 0. SIMD and scalar forms agree bit for bit. Nothing is written beyond the last block: what lies
// there is the guest's.

import { BITS_8, BITS_16, BITS_20, BITS_24, formatBitsCode } from '../src/hda/stream-format.ts';
import { laneOf, Stream } from './stream.ts';

// Loaded, not splatted (see to-lanes.ts). 1.5 · 2^23 added to |x| < 2^22 leaves the rounded integer in the low bits.
const CONSTANTS: usize = memory.data<f32>([32768.0, 32767.0, -32768.0, 12582912.0]);
const SCALE_16: usize = CONSTANTS;
const MOST_16: usize = CONSTANTS + 4;
const LEAST_16: usize = CONSTANTS + 8;
const ROUND_16: usize = CONSTANTS + 12;
const LOW_HALF: usize = memory.data<u32>([0xffff]);

/** Converts `blocks` blocks of the stream's lanes from sample `frame` on into containers at `to`. */
export function fromLanes(stream: Stream, frame: u32, blocks: u32, to: u32): void {
  const bits = formatBitsCode(stream.format);
  if (ASC_FEATURE_SIMD && bits === BITS_16) fromLanes16(stream, frame << 2, blocks, to);
  else sampleBySample(stream, frame << 2, 0, blocks, to, bits);
}

/** Every channel's samples from the one at `first` of the run on. */
function sampleBySample(stream: Stream, at: u32, first: u32, blocks: u32, to: u32, bits: u32): void {
  const stride = stream.blockBytes;
  const bytes: u32 = bits === BITS_8 ? 1 : bits === BITS_16 ? 2 : 4;
  const channels = stream.channels;
  to += first * stride;
  at += first << 2;
  for (let channel: u32 = 0; channel < channels; channel++, to += bytes) {
    let from = laneOf(stream, channel) + at;
    const end = from + ((blocks - first) << 2);
    let into = to;
    if (bits === BITS_8) {
      for (; from < end; from += 4, into += stride) store<u8>(into, integer(load<f32>(from), 128.0) + 128);
    } else if (bits === BITS_16) {
      for (; from < end; from += 4, into += stride) store<u16>(into, <u16>integer(load<f32>(from), 32768.0));
    } else if (bits === BITS_20) {
      for (; from < end; from += 4, into += stride) store<i32>(into, integer(load<f32>(from), 524288.0) << 12);
    } else if (bits === BITS_24) {
      for (; from < end; from += 4, into += stride) store<i32>(into, integer(load<f32>(from), 8388608.0) << 8);
    } else {
      for (; from < end; from += 4, into += stride) store<i32>(into, integer32(load<f32>(from)));
    }
  }
}

/** Pairs of channels, four frames at a time; what is left of frames, and an odd last channel, sample by sample. */
function fromLanes16(stream: Stream, at: u32, blocks: u32, to: u32): void {
  const stride = stream.blockBytes;
  const channels = stream.channels;
  const whole = blocks & ~3;
  if (whole) {
    if (channels === 2) stereo16(laneOf(stream, 0) + at, laneOf(stream, 1) + at, whole, to);
    else {
      for (let channel: u32 = 0; channel < channels; channel += 2) {
        const a = laneOf(stream, channel) + at;
        if (channel + 1 < channels) pair16(a, laneOf(stream, channel + 1) + at, whole, to + (channel << 1), stride);
        else last16(a, whole, to + (channel << 1), stride);
      }
    }
  }
  if (whole < blocks) sampleBySample(stream, at, whole, blocks, to, BITS_16);
}

/** sample · full to nearest even, within −full…full − 1. The conversion saturates and makes 0 of NaN. */
function integer(sample: f32, full: f32): i32 {
  return <i32>min<f32>(max<f32>(nearest<f32>(sample * full), -full), full - 1);
}

/** The same for 2^31: the conversion alone knows the limit 2^31 − 1, which is no float32. */
function integer32(sample: f32): i32 {
  return <i32>nearest<f32>(sample * 2147483648.0);
}

/** Four frames of two channels as one word each: the left one low. */
function words16(a: u32, b: u32): v128 {
  const scale = v128.load32_splat(SCALE_16);
  const most = v128.load32_splat(MOST_16);
  const least = v128.load32_splat(LEAST_16);
  const round = v128.load32_splat(ROUND_16);
  let left = v128.load(a);
  let right = v128.load(b);
  left = f32x4.mul(v128.and(left, f32x4.eq(left, left)), scale);
  right = f32x4.mul(v128.and(right, f32x4.eq(right, right)), scale);
  left = f32x4.add(f32x4.pmin(f32x4.pmax(left, least), most), round);
  right = f32x4.add(f32x4.pmin(f32x4.pmax(right, least), most), round);
  return v128.or(v128.and(left, v128.load32_splat(LOW_HALF)), i32x4.shl(right, 16));
}

function stereo16(a: u32, b: u32, blocks: u32, to: u32): void {
  for (const end = a + (blocks << 2); a < end; a += 16, b += 16, to += 16) v128.store(to, words16(a, b));
}

function pair16(a: u32, b: u32, blocks: u32, to: u32, stride: u32): void {
  for (const end = a + (blocks << 2); a < end; a += 16, b += 16) {
    const words = words16(a, b);
    v128.store32_lane(to, words, 0);
    to += stride;
    v128.store32_lane(to, words, 1);
    to += stride;
    v128.store32_lane(to, words, 2);
    to += stride;
    v128.store32_lane(to, words, 3);
    to += stride;
  }
}

function last16(a: u32, blocks: u32, to: u32, stride: u32): void {
  for (const end = a + (blocks << 2); a < end; a += 4, to += stride) {
    store<u16>(to, <u16>integer(load<f32>(a), 32768.0));
  }
}
