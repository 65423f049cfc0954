// RESAMPLE: containers through the resampler. The state allocation holds its record; a record that was not made for these
// rates and channels (zeros, above all) is made first. Source frames that are missing read as silence; those that no
// output needed yet are not taken: the next command's source begins with them.

import {
  ENGINE_BAD_ADDRESS,
  ENGINE_MALFORMED,
  ENGINE_OK,
  RATE_MAX_HZ,
  RATE_MIN_HZ,
  RESAMPLE_DST,
  RESAMPLE_DST_FORMAT,
  RESAMPLE_DST_RATE_HZ,
  RESAMPLE_SRC,
  RESAMPLE_SRC_FORMAT,
  RESAMPLE_SRC_RATE_HZ,
  RESAMPLE_START,
  RESAMPLE_STATE,
  RESAMPLE_STEP_FROM,
  RESAMPLE_STEP_TO,
  RESAMPLE_STEP_UNIT,
  RESAMPLE_STREAMING,
  RESAMPLE_TOTAL,
} from '../../src/hda/dsp-packets.ts';
import { decode, encode, formatChannels, frameBytes } from './containers.ts';
import { formatIsValid, operand, operandBytes, sampleAlignment, wholeFrames } from './packet.ts';
import {
  LANE_FRAMES,
  Resampler,
  resample,
  resamplerBytes,
  resamplerFits,
  resamplerLane,
  resamplerTake,
  startResampler,
} from './resample.ts';
import { BLOCK_A, OUTPUT_LANES } from './scratch.ts';
import { blockFrames } from './signal.ts';

export function resampleCommand(packet: u32, flags: u32): u32 {
  const dstFormat = load<u32>(packet, RESAMPLE_DST_FORMAT);
  const srcFormat = load<u32>(packet, RESAMPLE_SRC_FORMAT);
  const dstRateHz = load<u32>(packet, RESAMPLE_DST_RATE_HZ);
  const srcRateHz = load<u32>(packet, RESAMPLE_SRC_RATE_HZ);
  const channels = formatChannels(dstFormat);
  let frames = wholeFrames(dstFormat, operandBytes(packet + RESAMPLE_DST));
  if (frames === 0 || !formatIsValid(srcFormat) || formatChannels(srcFormat) !== channels) return ENGINE_MALFORMED;
  if (dstRateHz < RATE_MIN_HZ || dstRateHz > RATE_MAX_HZ || srcRateHz < RATE_MIN_HZ || srcRateHz > RATE_MAX_HZ) {
    return ENGINE_MALFORMED;
  }
  if (flags > RESAMPLE_STREAMING || !stepIsValid(packet, srcRateHz, dstRateHz)) return ENGINE_MALFORMED;
  const srcFrames = operandBytes(packet + RESAMPLE_SRC) / frameBytes(srcFormat);
  if (srcFrames * frameBytes(srcFormat) !== operandBytes(packet + RESAMPLE_SRC)) return ENGINE_MALFORMED;
  if (operandBytes(packet + RESAMPLE_STATE) !== resamplerBytes(srcRateHz, dstRateHz, channels)) return ENGINE_MALFORMED;
  let to = operand(packet + RESAMPLE_DST, sampleAlignment(dstFormat));
  const from = operand(packet + RESAMPLE_SRC, sampleAlignment(srcFormat));
  const state = operand(packet + RESAMPLE_STATE, 8);
  if (to === 0 || from === 0 || state === 0) return ENGINE_BAD_ADDRESS;

  const resampler = changetype<Resampler>(state);
  let frame = load<u32>(packet, RESAMPLE_START);
  if (!resamplerFits(resampler, srcRateHz, dstRateHz, channels)) {
    startResampler(resampler, srcRateHz, dstRateHz, channels, flags === RESAMPLE_STREAMING);
  }
  if (frame === 0) resampler.cursor = 0;
  while (frames > 0) {
    const cursor = min(resampler.cursor, srcFrames);
    let available = min(srcFrames - cursor, LANE_FRAMES);
    const present = available;
    if (present > 0) read(resampler, srcFormat, from + cursor * frameBytes(srcFormat), present);
    else {
      available = LANE_FRAMES;
      for (let channel: u32 = 0; channel < channels; channel++) {
        memory.fill(resamplerLane(resampler, channel), 0, LANE_FRAMES << 2);
      }
    }
    const made = resample(
      resampler,
      available,
      min(frames, blockFrames(dstFormat)),
      OUTPUT_LANES,
      LANE_FRAMES << 2,
      load<u32>(packet, RESAMPLE_STEP_FROM),
      load<u32>(packet, RESAMPLE_STEP_TO),
      load<u32>(packet, RESAMPLE_STEP_UNIT),
      frame,
      load<u32>(packet, RESAMPLE_TOTAL),
    );
    const taken = resamplerTake(resampler, available);
    if (present > 0) resampler.cursor = cursor + taken;
    write(dstFormat, to, made);
    to += made * frameBytes(dstFormat);
    frame += made;
    frames -= made;
  }
  return ENGINE_OK;
}

/** Steps within a tenth of the rates' ratio: the filter is made for that ratio. */
function stepIsValid(packet: u32, srcRateHz: u32, dstRateHz: u32): bool {
  const unit = <f64>load<u32>(packet, RESAMPLE_STEP_UNIT);
  const nominal = <f64>srcRateHz / <f64>dstRateHz;
  const from = <f64>load<u32>(packet, RESAMPLE_STEP_FROM) / unit;
  const to = <f64>load<u32>(packet, RESAMPLE_STEP_TO) / unit;
  if (load<u32>(packet, RESAMPLE_TOTAL) === 0 || unit === 0) return false;
  return from > 0.9 * nominal && from < 1.1 * nominal && to > 0.9 * nominal && to < 1.1 * nominal;
}

/** Containers to the resampler's lanes. */
function read(resampler: Resampler, format: u32, from: u32, frames: u32): void {
  const channels = formatChannels(format);
  let done: u32 = 0;
  while (done < frames) {
    const block = min(frames - done, blockFrames(format));
    decode(format, from, block * channels, BLOCK_A);
    for (let channel: u32 = 0; channel < channels; channel++) {
      let to = resamplerLane(resampler, channel) + (done << 2);
      let at = BLOCK_A + (channel << 3);
      for (let n: u32 = 0; n < block; n++, to += 4, at += channels << 3) store<f32>(to, <f32>load<f64>(at));
    }
    from += block * frameBytes(format);
    done += block;
  }
}

/** OUTPUT_LANES to containers; at most blockFrames. */
function write(format: u32, to: u32, frames: u32): void {
  const channels = formatChannels(format);
  for (let channel: u32 = 0; channel < channels; channel++) {
    const lane = OUTPUT_LANES + ((channel * LANE_FRAMES) << 2);
    let at = BLOCK_A + (channel << 3);
    for (let n: u32 = 0; n < frames; n++, at += channels << 3) store<f64>(at, <f64>load<f32>(lane + (n << 2)));
  }
  encode(format, BLOCK_A, frames * channels, to);
}
