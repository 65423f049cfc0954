// GAIN: a linear ramp from one gain to another over the whole command; frame n has its own gain wherever a packet starts.

import {
  ENGINE_BAD_ADDRESS,
  ENGINE_MALFORMED,
  ENGINE_OK,
  GAIN_DST,
  GAIN_FORMAT,
  GAIN_FROM,
  GAIN_SRC,
  GAIN_START,
  GAIN_TO,
  GAIN_TOTAL,
} from '../../src/hda/dsp-packets.ts';
import { decode, encode, formatChannels, frameBytes } from './containers.ts';
import { operand, operandBytes, sampleAlignment, wholeFrames } from './packet.ts';
import { BLOCK_A } from './scratch.ts';
import { blockFrames } from './signal.ts';

export function gain(packet: u32): u32 {
  const format = load<u32>(packet, GAIN_FORMAT);
  let frames = wholeFrames(format, operandBytes(packet + GAIN_DST));
  const total = load<u32>(packet, GAIN_TOTAL);
  if (frames === 0 || total === 0 || operandBytes(packet + GAIN_SRC) !== operandBytes(packet + GAIN_DST)) {
    return ENGINE_MALFORMED;
  }
  let to = operand(packet + GAIN_DST, sampleAlignment(format));
  let from = operand(packet + GAIN_SRC, sampleAlignment(format));
  if (to === 0 || from === 0) return ENGINE_BAD_ADDRESS;

  const first = <f64>load<f32>(packet, GAIN_FROM);
  const change = <f64>load<f32>(packet, GAIN_TO) - first;
  const channels = formatChannels(format);
  let frame = load<u32>(packet, GAIN_START);
  while (frames > 0) {
    const block = min(frames, blockFrames(format));
    decode(format, from, block * channels, BLOCK_A);
    let at = BLOCK_A;
    for (let n: u32 = 0; n < block; n++) {
      const factor = first + change * (<f64>(frame + n) / <f64>total);
      for (let channel: u32 = 0; channel < channels; channel++, at += 8) store<f64>(at, load<f64>(at) * factor);
    }
    encode(format, BLOCK_A, block * channels, to);
    from += block * frameBytes(format);
    to += block * frameBytes(format);
    frame += block;
    frames -= block;
  }
  return ENGINE_OK;
}
