// CONVERT: any container to any other, with triangular dither where asked for. The dither of a sample is a hash of seed,
// absolute frame and channel, so a split changes nothing.

import {
  CONVERT_DITHER,
  CONVERT_DST,
  CONVERT_DST_FORMAT,
  CONVERT_FRAMES,
  CONVERT_SRC,
  CONVERT_SRC_FORMAT,
  CONVERT_START,
  ENGINE_BAD_ADDRESS,
  ENGINE_MALFORMED,
  ENGINE_OK,
  KIND_F32,
} from '../../src/hda/dsp-packets.ts';
import { decode, encode, formatBits, formatChannels, formatKind, sampleBytes } from './containers.ts';
import { mix64 } from './math.ts';
import { operand, operandBytes, sampleAlignment, wholeFrames } from './packet.ts';
import { BLOCK, BLOCK_A } from './scratch.ts';

export function convert(packet: u32): u32 {
  const dstFormat = load<u32>(packet, CONVERT_DST_FORMAT);
  const srcFormat = load<u32>(packet, CONVERT_SRC_FORMAT);
  const frames = load<u32>(packet, CONVERT_FRAMES);
  const channels = formatChannels(srcFormat);
  if (frames === 0 || channels !== formatChannels(dstFormat)) return ENGINE_MALFORMED;
  if (wholeFrames(dstFormat, operandBytes(packet + CONVERT_DST)) !== frames) return ENGINE_MALFORMED;
  if (wholeFrames(srcFormat, operandBytes(packet + CONVERT_SRC)) !== frames) return ENGINE_MALFORMED;
  let to = operand(packet + CONVERT_DST, sampleAlignment(dstFormat));
  let from = operand(packet + CONVERT_SRC, sampleAlignment(srcFormat));
  if (to === 0 || from === 0) return ENGINE_BAD_ADDRESS;

  const seed = formatKind(dstFormat) === KIND_F32 ? 0 : load<u32>(packet, CONVERT_DITHER);
  let index = <u64>load<u32>(packet, CONVERT_START) * channels;
  let samples = frames * channels;
  while (samples > 0) {
    const block = min(samples, BLOCK);
    decode(srcFormat, from, block, BLOCK_A);
    if (seed !== 0) dither(seed, index, block, formatBits(dstFormat));
    encode(dstFormat, BLOCK_A, block, to);
    from += block * sampleBytes(srcFormat);
    to += block * sampleBytes(dstFormat);
    index += block;
    samples -= block;
  }
  return ENGINE_OK;
}

/** Adds ±1 step of triangular density: the difference of two uniform numbers. */
function dither(seed: u32, index: u64, samples: u32, bits: u32): void {
  const step = 1.0 / 4294967296.0 / <f64>((<u64>1) << (bits - 1));
  for (let n: u32 = 0; n < samples; n++) {
    const random = mix64(((<u64>seed) << 37) + index + n);
    const difference = <f64>(random >> 32) - <f64>(random & 0xffffffff);
    store<f64>(BLOCK_A + (n << 3), load<f64>(BLOCK_A + (n << 3)) + difference * step);
  }
}
