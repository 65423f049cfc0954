// MIX: the sum of sources, each with its gain, rounded once at the end.

import {
  ENGINE_BAD_ADDRESS,
  ENGINE_MALFORMED,
  ENGINE_OK,
  MIX_ADD,
  MIX_COUNT,
  MIX_DST,
  MIX_FORMAT,
  MIX_SOURCE_BYTES,
  MIX_SOURCE_GAIN,
  MIX_SOURCES,
  MIX_SOURCES_MAX,
  PACKET_BYTES,
} from '../../src/hda/dsp-packets.ts';
import { decode, encode, formatChannels, sampleBytes } from './containers.ts';
import { operand, operandBytes, sampleAlignment, wholeFrames } from './packet.ts';
import { BLOCK, BLOCK_A, BLOCK_B } from './scratch.ts';

export function mix(packet: u32, flags: u32): u32 {
  const format = load<u32>(packet, MIX_FORMAT);
  const count = load<u32>(packet, MIX_COUNT);
  const bytes = operandBytes(packet + MIX_DST);
  const frames = wholeFrames(format, bytes);
  if (frames === 0 || count === 0 || count > MIX_SOURCES_MAX || flags > MIX_ADD) return ENGINE_MALFORMED;
  if (load<u32>(packet, PACKET_BYTES) !== MIX_SOURCES + count * MIX_SOURCE_BYTES) return ENGINE_MALFORMED;
  const alignment = sampleAlignment(format);
  const to = operand(packet + MIX_DST, alignment);
  if (to === 0) return ENGINE_BAD_ADDRESS;
  const sources = packet + MIX_SOURCES;
  for (let n: u32 = 0; n < count; n++) {
    const source = sources + n * MIX_SOURCE_BYTES;
    if (operandBytes(source) !== bytes) return ENGINE_MALFORMED;
    if (operand(source, alignment) === 0) return ENGINE_BAD_ADDRESS;
  }

  const samples = frames * formatChannels(format);
  const size = sampleBytes(format);
  for (let at: u32 = 0; at < samples; at += BLOCK) {
    const block = min(samples - at, BLOCK);
    if (flags === MIX_ADD) decode(format, to + at * size, block, BLOCK_A);
    else memory.fill(BLOCK_A, 0, block << 3);
    for (let n: u32 = 0; n < count; n++) {
      const source = sources + n * MIX_SOURCE_BYTES;
      decode(format, operand(source, alignment) + at * size, block, BLOCK_B);
      accumulate(block, <f64>load<f32>(source, MIX_SOURCE_GAIN));
    }
    encode(format, BLOCK_A, block, to + at * size);
  }
  return ENGINE_OK;
}

/** BLOCK_A += gain × BLOCK_B */
function accumulate(samples: u32, gain: f64): void {
  let n: u32 = 0;
  const bytes = samples << 3;
  if (ASC_FEATURE_SIMD) {
    const gains = f64x2.splat(gain);
    for (; n + 16 <= bytes; n += 16) {
      v128.store(BLOCK_A + n, f64x2.add(v128.load(BLOCK_A + n), f64x2.mul(gains, v128.load(BLOCK_B + n))));
    }
  }
  for (; n < bytes; n += 8) store<f64>(BLOCK_A + n, load<f64>(BLOCK_A + n) + gain * load<f64>(BLOCK_B + n));
}
