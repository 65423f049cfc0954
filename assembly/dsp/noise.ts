// NOISE: white and pink as hashes of seed, channel and absolute frame, so any frame can be made without those before it.
//
// White is uniform in ±amplitude. Pink (−3 dB an octave, within 0.3 dB from 20 Hz to 20 kHz at 48 kHz; the same RMS as
// white) is a sum of white noises that are each held for PERIOD frames, PERIOD = 1, 2, 3, 4, 6, 8, 12 … 32768: the Voss
// generator with half octaves, its weights fitted to 1/f.

import {
  ENGINE_BAD_ADDRESS,
  ENGINE_MALFORMED,
  ENGINE_OK,
  NOISE_AMPLITUDE,
  NOISE_DST,
  NOISE_FORMAT,
  NOISE_PINK,
  NOISE_SEED,
  NOISE_START,
} from '../../src/hda/dsp-packets.ts';
import { encode, formatChannels, frameBytes } from './containers.ts';
import { mix64 } from './math.ts';
import { operand, operandBytes, sampleAlignment, wholeFrames } from './packet.ts';
import { BLOCK_A, BLOCK_B } from './scratch.ts';
import { blockFrames } from './signal.ts';

const PERIOD_MAX: u32 = 32768;

export function noise(packet: u32, flags: u32): u32 {
  const format = load<u32>(packet, NOISE_FORMAT);
  let frames = wholeFrames(format, operandBytes(packet + NOISE_DST));
  if (frames === 0 || flags > NOISE_PINK) return ENGINE_MALFORMED;
  let to = operand(packet + NOISE_DST, sampleAlignment(format));
  if (to === 0) return ENGINE_BAD_ADDRESS;

  const amplitude = <f64>load<f32>(packet, NOISE_AMPLITUDE);
  const seed = <u64>load<u32>(packet, NOISE_SEED);
  const channels = formatChannels(format);
  let frame = <u64>load<u32>(packet, NOISE_START);
  while (frames > 0) {
    const block = min(frames, blockFrames(format));
    for (let channel: u32 = 0; channel < channels; channel++) {
      memory.fill(BLOCK_A, 0, block << 3);
      const stream = mix64((seed << 5) | channel);
      if (flags === NOISE_PINK) addPink(stream, frame, block, amplitude);
      else addHeld(stream, 1, frame, block, amplitude);
      for (let n: u32 = 0; n < block; n++) {
        store<f64>(BLOCK_B + ((n * channels + channel) << 3), load<f64>(BLOCK_A + (n << 3)));
      }
    }
    encode(format, BLOCK_B, block * channels, to);
    to += block * frameBytes(format);
    frame += block;
    frames -= block;
  }
  return ENGINE_OK;
}

function addPink(stream: u64, frame: u64, frames: u32, amplitude: f64): void {
  for (let octave: u32 = 1; octave <= PERIOD_MAX; octave <<= 1) {
    addHeld(stream + octave, octave, frame, frames, amplitude * pinkWeight(octave));
    const period = (octave >>> 1) * 3;
    if (period !== 0 && octave !== PERIOD_MAX) {
      addHeld(stream + period, period, frame, frames, amplitude * pinkWeight(period));
    }
  }
}

/** Square root of the power that the noise of this period has in the sum; all powers together are 1. */
function pinkWeight(period: u32): f64 {
  if (period <= 2) return sqrt(1.72 / PINK_POWER);
  if (period === 3) return sqrt(0.3 / PINK_POWER);
  if (period === 4) return sqrt(0.84 / PINK_POWER);
  if (period === PERIOD_MAX) return sqrt(1.9 / PINK_POWER);
  return sqrt((popcnt(period) === 1 ? 0.52 : 0.87) / PINK_POWER);
}

/** Σ of the powers above. */
const PINK_POWER: f64 = 2 * 1.72 + 0.3 + 0.84 + 12 * 0.52 + 13 * 0.87 + 1.9;

/** BLOCK_A += amplitude × white noise that changes every `period` frames. */
function addHeld(stream: u64, period: u32, frame: u64, frames: u32, amplitude: f64): void {
  let n: u32 = 0;
  while (n < frames) {
    const index = (frame + n) / period;
    const left = <u32>min((index + 1) * period - frame, <u64>frames);
    const value = amplitude * uniform(stream ^ mix64(index));
    for (; n < left; n++) store<f64>(BLOCK_A + (n << 3), load<f64>(BLOCK_A + (n << 3)) + value);
  }
}

/** −1…1 */
function uniform(index: u64): f64 {
  return <f64>(<i64>mix64(index) >> 11) * (1.0 / 4503599627370496.0);
}
