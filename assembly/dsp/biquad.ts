// BIQUAD: a cascade of second-order sections, transposed direct form II in doubles. Coefficients and state lie in
// allocations, so nothing is left in the engine between packets. State of section s, channel c: two f64 at 16·(s·channels + c).
// What a section holds below 1e-150 becomes 0: silence must not cost more than sound.

import {
  BIQUAD_COEFFICIENTS,
  BIQUAD_DST,
  BIQUAD_FORMAT,
  BIQUAD_SECTION_BYTES,
  BIQUAD_SECTIONS_MAX,
  BIQUAD_SRC,
  BIQUAD_STATE,
  BIQUAD_STATE_BYTES,
  ENGINE_BAD_ADDRESS,
  ENGINE_MALFORMED,
  ENGINE_OK,
} from '../../src/hda/dsp-packets.ts';
import { decode, encode, formatChannels, frameBytes } from './containers.ts';
import { operand, operandBytes, sampleAlignment, wholeFrames } from './packet.ts';
import { BLOCK_A } from './scratch.ts';
import { blockFrames } from './signal.ts';

export function biquad(packet: u32): u32 {
  const format = load<u32>(packet, BIQUAD_FORMAT);
  let frames = wholeFrames(format, operandBytes(packet + BIQUAD_DST));
  if (frames === 0 || operandBytes(packet + BIQUAD_SRC) !== operandBytes(packet + BIQUAD_DST)) return ENGINE_MALFORMED;
  const channels = formatChannels(format);
  const sections = operandBytes(packet + BIQUAD_COEFFICIENTS) / BIQUAD_SECTION_BYTES;
  if (sections === 0 || sections > BIQUAD_SECTIONS_MAX) return ENGINE_MALFORMED;
  if (sections * BIQUAD_SECTION_BYTES !== operandBytes(packet + BIQUAD_COEFFICIENTS)) return ENGINE_MALFORMED;
  if (operandBytes(packet + BIQUAD_STATE) !== sections * channels * BIQUAD_STATE_BYTES) return ENGINE_MALFORMED;
  let to = operand(packet + BIQUAD_DST, sampleAlignment(format));
  let from = operand(packet + BIQUAD_SRC, sampleAlignment(format));
  const coefficients = operand(packet + BIQUAD_COEFFICIENTS, 8);
  const state = operand(packet + BIQUAD_STATE, 8);
  if (to === 0 || from === 0 || coefficients === 0 || state === 0) return ENGINE_BAD_ADDRESS;

  while (frames > 0) {
    const block = min(frames, blockFrames(format));
    decode(format, from, block * channels, BLOCK_A);
    for (let section: u32 = 0; section < sections; section++) {
      const b = coefficients + section * BIQUAD_SECTION_BYTES;
      const held = state + section * channels * BIQUAD_STATE_BYTES;
      let channel: u32 = 0;
      if (ASC_FEATURE_SIMD) {
        for (; channel + 2 <= channels; channel += 2) runPair(b, held + (channel << 4), channel, channels, block);
      }
      for (; channel < channels; channel++) run(b, held + (channel << 4), channel, channels, block);
    }
    encode(format, BLOCK_A, block * channels, to);
    from += block * frameBytes(format);
    to += block * frameBytes(format);
    frames -= block;
  }
  return ENGINE_OK;
}

function held(value: f64): f64 {
  return abs(value) > 1e-150 ? value : 0;
}

function run(b: u32, state: u32, channel: u32, channels: u32, frames: u32): void {
  const b0 = load<f64>(b);
  const b1 = load<f64>(b, 8);
  const b2 = load<f64>(b, 16);
  const a1 = load<f64>(b, 24);
  const a2 = load<f64>(b, 32);
  let s1 = load<f64>(state);
  let s2 = load<f64>(state, 8);
  let at = BLOCK_A + (channel << 3);
  for (let n: u32 = 0; n < frames; n++, at += channels << 3) {
    const x = load<f64>(at);
    const y = b0 * x + s1;
    s1 = held(b1 * x - a1 * y + s2);
    s2 = held(b2 * x - a2 * y);
    store<f64>(at, y);
  }
  store<f64>(state, s1);
  store<f64>(state, s2, 8);
}

function held2(value: v128): v128 {
  return v128.and(value, f64x2.gt(f64x2.abs(value), f64x2.splat(1e-150)));
}

/** Two neighbouring channels at once. */
function runPair(b: u32, state: u32, channel: u32, channels: u32, frames: u32): void {
  const b0 = v128.load64_splat(b);
  const b1 = v128.load64_splat(b, 8);
  const b2 = v128.load64_splat(b, 16);
  const a1 = v128.load64_splat(b, 24);
  const a2 = v128.load64_splat(b, 32);
  const left = v128.load(state);
  const right = v128.load(state, 16);
  let s1 = v128.shuffle<i64>(left, right, 0, 2);
  let s2 = v128.shuffle<i64>(left, right, 1, 3);
  let at = BLOCK_A + (channel << 3);
  for (let n: u32 = 0; n < frames; n++, at += channels << 3) {
    const x = v128.load(at);
    const y = f64x2.add(f64x2.mul(b0, x), s1);
    s1 = held2(f64x2.add(f64x2.sub(f64x2.mul(b1, x), f64x2.mul(a1, y)), s2));
    s2 = held2(f64x2.sub(f64x2.mul(b2, x), f64x2.mul(a2, y)));
    v128.store(at, y);
  }
  v128.store(state, v128.shuffle<i64>(s1, s2, 0, 2));
  v128.store(state, v128.shuffle<i64>(s1, s2, 1, 3), 16);
}
