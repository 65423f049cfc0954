// METER: peak, RMS and true peak of every channel, three f32 each, full scale 1.
// True peak is ITU-R BS.1770-4 Annex 2: four times oversampled by the filter printed there. A point between samples counts
// only where all twelve samples around it are the command's: what was not given must not ring.

import {
  ENGINE_BAD_ADDRESS,
  ENGINE_MALFORMED,
  ENGINE_OK,
  METER_CHANNEL_BYTES,
  METER_DST,
  METER_FORMAT,
  METER_SRC,
} from '../../src/hda/dsp-packets.ts';
import { decode, formatChannels, frameBytes } from './containers.ts';
import { operand, operandBytes, sampleAlignment, wholeFrames } from './packet.ts';
import { BLOCK_A, METER_LANE } from './scratch.ts';
import { blockFrames } from './signal.ts';

const TAPS: u32 = 12;
/** The filter's phases 0 and 1 in units of 2^−13; phases 3 and 2 are they reversed. */
const PHASES: usize = memory.data<i16>([
  14,
  90,
  -161,
  272,
  -487,
  1125,
  7964,
  -838,
  390,
  -218,
  122,
  -68, //
  -239,
  240,
  -424,
  730,
  -1364,
  3810,
  6388,
  -1641,
  832,
  -477,
  271,
  -155,
]);

export function meter(packet: u32): u32 {
  const format = load<u32>(packet, METER_FORMAT);
  const frames = wholeFrames(format, operandBytes(packet + METER_SRC));
  const channels = formatChannels(format);
  if (frames === 0 || operandBytes(packet + METER_DST) !== channels * METER_CHANNEL_BYTES) return ENGINE_MALFORMED;
  const from = operand(packet + METER_SRC, sampleAlignment(format));
  const to = operand(packet + METER_DST, 4);
  if (from === 0 || to === 0) return ENGINE_BAD_ADDRESS;

  for (let channel: u32 = 0; channel < channels; channel++) {
    pick(format, from, frames, channel);
    let peak: f64 = 0;
    let power: f64 = 0;
    for (let n: u32 = 0; n < frames; n++) {
      const value = load<f64>(METER_LANE + (n << 3));
      peak = max(peak, abs(value));
      power += value * value;
    }
    const into = to + channel * METER_CHANNEL_BYTES;
    store<f32>(into, <f32>peak);
    store<f32>(into, <f32>sqrt(power / <f64>frames), 4);
    store<f32>(into, <f32>max(peak, truePeak(frames)), 8);
  }
  return ENGINE_OK;
}

/** One channel's samples to METER_LANE. */
function pick(format: u32, from: u32, frames: u32, channel: u32): void {
  const channels = formatChannels(format);
  let to = METER_LANE;
  while (frames > 0) {
    const block = min(frames, blockFrames(format));
    decode(format, from, block * channels, BLOCK_A);
    for (let n: u32 = 0; n < block; n++, to += 8) store<f64>(to, load<f64>(BLOCK_A + ((n * channels + channel) << 3)));
    from += block * frameBytes(format);
    frames -= block;
  }
}

function truePeak(frames: u32): f64 {
  let peak: f64 = 0;
  for (let n: u32 = 0; n + TAPS <= frames; n++) {
    const at = METER_LANE + (n << 3);
    let p0: f64 = 0;
    let p1: f64 = 0;
    let p2: f64 = 0;
    let p3: f64 = 0;
    for (let tap: u32 = 0; tap < TAPS; tap++) {
      const newer = load<f64>(at + ((TAPS - 1 - tap) << 3));
      const older = load<f64>(at + (tap << 3));
      const h0 = <f64>load<i16>(PHASES + (tap << 1));
      const h1 = <f64>load<i16>(PHASES + (tap << 1), 24);
      p0 += h0 * newer;
      p1 += h1 * newer;
      p2 += h1 * older;
      p3 += h0 * older;
    }
    peak = max(peak, max(max(abs(p0), abs(p1)), max(abs(p2), abs(p3))));
  }
  return peak * (1.0 / 8192);
}
