// Containers to planar float32 (hda-hardware §3.10): sample = integer / 2^(bits−1). Every container is made a left-justified
// 32-bit integer, converted (rounding to nearest even, which only 32-bit samples need) and scaled by 2^−31, so all sizes
// share one rule and SIMD and scalar forms agree bit for bit.
//
// SIMD forms take four frames at a time. They may read GUEST_RAM_PAD bytes beyond the last block and write three samples
// beyond the last frame of a lane; the next fragment overwrites those, or nobody reads them.

import { BITS_8, BITS_16, BITS_20, BITS_24, formatBitsCode } from '../src/hda/stream-format.ts';
import { LANE_BYTES, UNHEARD_LANE } from './layout.ts';
import { laneOf, Stream } from './stream.ts';

const SCALE: f32 = 1.0 / 2147483648.0;

// SIMD constants, loaded rather than splatted: V8 rebuilds a splat inside the loop.
const SCALES: usize = memory.data<f32>([1.0 / 2147483648.0, 1.0 / 32768.0]);
const SCALES_16: usize = SCALES + 4;
const MASK_32: usize = memory.data<u32>([0xffffffff, 0xffffff00, 0xfffff000, 0xffff0000]);
const MASK_24: usize = MASK_32 + 4;
const MASK_20: usize = MASK_32 + 8;
const MASK_16: usize = MASK_32 + 12;

/**
 * Converts `blocks` blocks at `source` into the stream's lanes from sample `frame` on.
 * Cost: no allocation; a channel that nobody hears costs nothing beyond its neighbours'.
 */
export function toLanes(stream: Stream, source: u32, blocks: u32, frame: u32): void {
  const bits = formatBitsCode(stream.format);
  if (ASC_FEATURE_SIMD && bits === BITS_16) toLanes16(stream, source, blocks, frame << 2);
  else if (ASC_FEATURE_SIMD && bits !== BITS_8) {
    const mask = bits === BITS_20 ? MASK_20 : bits === BITS_24 ? MASK_24 : MASK_32;
    toLanes32(stream, source, blocks, frame << 2, mask);
  } else sampleBySample(stream, source, blocks, frame << 2, bits);
}

function sampleBySample(stream: Stream, source: u32, blocks: u32, at: u32, bits: u32): void {
  const channels = stream.channels;
  const stride = stream.blockBytes;
  const mask = bits === BITS_20 ? 0xfffff000 : bits === BITS_24 ? 0xffffff00 : 0xffffffff;
  for (let channel: u32 = 0; channel < channels; channel++, source += stride / channels) {
    const lane = laneOf(stream, channel);
    if (lane === UNHEARD_LANE) continue;
    let from = source;
    let to = lane + at;
    const end = to + (blocks << 2);
    if (bits === BITS_8) {
      for (; to < end; to += 4, from += stride) store<f32>(to, <f32>((<i32>(load<u8>(from) ^ 0x80)) << 24) * SCALE);
    } else if (bits === BITS_16) {
      for (; to < end; to += 4, from += stride) store<f32>(to, <f32>((<i32>load<i16>(from)) << 16) * SCALE);
    } else {
      for (; to < end; to += 4, from += stride) store<f32>(to, <f32>(<i32>(load<u32>(from) & mask)) * SCALE);
    }
  }
}

function toLanes16(stream: Stream, source: u32, blocks: u32, at: u32): void {
  const stride = stream.blockBytes;
  const channels = stream.channels;
  if (channels === 1) {
    mono16(source, blocks, laneOf(stream, 0) + at);
    return;
  }
  if (channels === 2) {
    stereo16(source, blocks, laneOf(stream, 0) + at, laneOf(stream, 1) + at);
    return;
  }
  for (let channel: u32 = 0; channel < channels; ) {
    if ((stream.quads >>> channel) & 1) {
      quad16(source, stride, blocks, laneOf(stream, channel) + at);
      channel += 4;
      source += 8;
    } else {
      if ((stream.heard >>> channel) & 3)
        pair16(source, stride, blocks, laneOf(stream, channel) + at, laneOf(stream, channel + 1) + at);
      channel += 2;
      source += 4;
    }
  }
}

function toLanes32(stream: Stream, source: u32, blocks: u32, at: u32, maskAt: usize): void {
  const stride = stream.blockBytes;
  const channels = stream.channels;
  if (channels === 1) {
    mono32(source, blocks, laneOf(stream, 0) + at, maskAt);
    return;
  }
  for (let channel: u32 = 0; channel < channels; ) {
    if ((stream.quads >>> channel) & 1) {
      quad32(source, stride, blocks, laneOf(stream, channel) + at, maskAt);
      channel += 4;
      source += 16;
    } else {
      if ((stream.heard >>> channel) & 3)
        pair32(source, stride, blocks, laneOf(stream, channel) + at, laneOf(stream, channel + 1) + at, maskAt);
      channel += 2;
      source += 8;
    }
  }
}

function mono16(source: u32, blocks: u32, a: u32): void {
  const scale = v128.load32_splat(SCALES_16);
  for (const end = a + (blocks << 2); a < end; a += 16, source += 8) {
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(v128.load16x4_s(source)), scale));
  }
}

function stereo16(source: u32, blocks: u32, a: u32, b: u32): void {
  const scale = v128.load32_splat(SCALES);
  const mask = v128.load32_splat(MASK_16);
  const end = a + (blocks << 2);
  for (; a + 16 < end; a += 32, b += 32, source += 32) {
    const words = v128.load(source);
    const more = v128.load(source, 16);
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(words, 16)), scale));
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(more, 16)), scale), 16);
    v128.store(b, f32x4.mul(f32x4.convert_i32x4_s(v128.and(words, mask)), scale));
    v128.store(b, f32x4.mul(f32x4.convert_i32x4_s(v128.and(more, mask)), scale), 16);
  }
  if (a < end) {
    const words = v128.load(source);
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(words, 16)), scale));
    v128.store(b, f32x4.mul(f32x4.convert_i32x4_s(v128.and(words, mask)), scale));
  }
}

function pair16(source: u32, stride: u32, blocks: u32, a: u32, b: u32): void {
  const scale = v128.load32_splat(SCALES);
  const mask = v128.load32_splat(MASK_16);
  for (const end = a + (blocks << 2); a < end; a += 16, b += 16) {
    let words = v128.load32_zero(source);
    source += stride;
    words = v128.load32_lane(source, words, 1);
    source += stride;
    words = v128.load32_lane(source, words, 2);
    source += stride;
    words = v128.load32_lane(source, words, 3);
    source += stride;
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(words, 16)), scale));
    v128.store(b, f32x4.mul(f32x4.convert_i32x4_s(v128.and(words, mask)), scale));
  }
}

/** Four channels of four frames: rows are frames, a transpose makes them channels. */
function quad16(source: u32, stride: u32, blocks: u32, a: u32): void {
  const scale = v128.load32_splat(SCALES);
  const mask = v128.load32_splat(MASK_16);
  for (const end = a + (blocks << 2); a < end; a += 16) {
    let low = v128.load64_zero(source);
    source += stride;
    low = v128.load64_lane(source, low, 1);
    source += stride;
    let high = v128.load64_zero(source);
    source += stride;
    high = v128.load64_lane(source, high, 1);
    source += stride;
    const ab = i32x4.shuffle(low, high, 0, 2, 4, 6);
    const cd = i32x4.shuffle(low, high, 1, 3, 5, 7);
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(ab, 16)), scale));
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(v128.and(ab, mask)), scale), LANE_BYTES);
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(i32x4.shl(cd, 16)), scale), 2 * LANE_BYTES);
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(v128.and(cd, mask)), scale), 3 * LANE_BYTES);
  }
}

function mono32(source: u32, blocks: u32, a: u32, maskAt: usize): void {
  const scale = v128.load32_splat(SCALES);
  const mask = v128.load32_splat(maskAt);
  for (const end = a + (blocks << 2); a < end; a += 16, source += 16) {
    v128.store(a, f32x4.mul(f32x4.convert_i32x4_s(v128.and(v128.load(source), mask)), scale));
  }
}

function pair32(source: u32, stride: u32, blocks: u32, a: u32, b: u32, maskAt: usize): void {
  const scale = v128.load32_splat(SCALES);
  const mask = v128.load32_splat(maskAt);
  for (const end = a + (blocks << 2); a < end; a += 16, b += 16) {
    let low = v128.load64_zero(source);
    source += stride;
    low = v128.load64_lane(source, low, 1);
    source += stride;
    let high = v128.load64_zero(source);
    source += stride;
    high = v128.load64_lane(source, high, 1);
    source += stride;
    low = f32x4.mul(f32x4.convert_i32x4_s(v128.and(low, mask)), scale);
    high = f32x4.mul(f32x4.convert_i32x4_s(v128.and(high, mask)), scale);
    v128.store(a, i32x4.shuffle(low, high, 0, 2, 4, 6));
    v128.store(b, i32x4.shuffle(low, high, 1, 3, 5, 7));
  }
}

function quad32(source: u32, stride: u32, blocks: u32, a: u32, maskAt: usize): void {
  const scale = v128.load32_splat(SCALES);
  const mask = v128.load32_splat(maskAt);
  for (const end = a + (blocks << 2); a < end; a += 16) {
    const row0 = f32x4.mul(f32x4.convert_i32x4_s(v128.and(v128.load(source), mask)), scale);
    source += stride;
    const row1 = f32x4.mul(f32x4.convert_i32x4_s(v128.and(v128.load(source), mask)), scale);
    source += stride;
    const row2 = f32x4.mul(f32x4.convert_i32x4_s(v128.and(v128.load(source), mask)), scale);
    source += stride;
    const row3 = f32x4.mul(f32x4.convert_i32x4_s(v128.and(v128.load(source), mask)), scale);
    source += stride;
    const ab01 = i32x4.shuffle(row0, row1, 0, 4, 1, 5);
    const ab23 = i32x4.shuffle(row2, row3, 0, 4, 1, 5);
    const cd01 = i32x4.shuffle(row0, row1, 2, 6, 3, 7);
    const cd23 = i32x4.shuffle(row2, row3, 2, 6, 3, 7);
    v128.store(a, i32x4.shuffle(ab01, ab23, 0, 1, 4, 5));
    v128.store(a, i32x4.shuffle(ab01, ab23, 2, 3, 6, 7), LANE_BYTES);
    v128.store(a, i32x4.shuffle(cd01, cd23, 0, 1, 4, 5), 2 * LANE_BYTES);
    v128.store(a, i32x4.shuffle(cd01, cd23, 2, 3, 6, 7), 3 * LANE_BYTES);
  }
}
