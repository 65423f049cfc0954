// SWEEP: a sine whose frequency goes from one value to another, linearly or logarithmically, and then stays. The phase
// is the frequency's integral in closed form, so frame n needs no frame before it.

import {
  ENGINE_BAD_ADDRESS,
  ENGINE_MALFORMED,
  ENGINE_OK,
  SWEEP_AMPLITUDE,
  SWEEP_DST,
  SWEEP_FORMAT,
  SWEEP_FRAMES,
  SWEEP_FROM_HZ,
  SWEEP_LOGARITHMIC,
  SWEEP_PHASE,
  SWEEP_RATE_HZ,
  SWEEP_START,
  SWEEP_TO_HZ,
} from '../../src/hda/dsp-packets.ts';
import { exp2, fraction, log2, sinTurns } from './math.ts';
import { operand, operandBytes, sampleAlignment, wholeFrames } from './packet.ts';
import { BLOCK_A } from './scratch.ts';
import { blockFrames, put } from './signal.ts';

export function sweep(packet: u32, flags: u32): u32 {
  const format = load<u32>(packet, SWEEP_FORMAT);
  let frames = wholeFrames(format, operandBytes(packet + SWEEP_DST));
  const rate = <f64>load<u32>(packet, SWEEP_RATE_HZ);
  const from = load<f64>(packet, SWEEP_FROM_HZ) / rate; // cycles per frame
  const to = load<f64>(packet, SWEEP_TO_HZ) / rate;
  const length = <f64>load<u32>(packet, SWEEP_FRAMES);
  const logarithmic = flags === SWEEP_LOGARITHMIC;
  if (frames === 0 || length === 0 || (flags !== 0 && !logarithmic)) return ENGINE_MALFORMED;
  if (!(from >= 0 && from <= 0.5 && to >= 0 && to <= 0.5)) return ENGINE_MALFORMED;
  if (logarithmic && !(from >= 1e-12 && to >= 1e-12)) return ENGINE_MALFORMED;
  let into = operand(packet + SWEEP_DST, sampleAlignment(format));
  if (into === 0) return ENGINE_BAD_ADDRESS;

  const amplitude = <f64>load<f32>(packet, SWEEP_AMPLITUDE);
  const phase = <f64>load<f32>(packet, SWEEP_PHASE);
  const octaves = logarithmic ? log2(to / from) : 0;
  const curved = abs(octaves) > 1e-9; // a flat logarithmic sweep is a linear one
  let frame = load<u32>(packet, SWEEP_START);
  while (frames > 0) {
    const block = min(frames, blockFrames(format));
    for (let n: u32 = 0; n < block; n++) {
      const now = <f64>(<u64>frame + n);
      const swept = min(now, length);
      const x = swept / length;
      // ∫ from·2^(octaves·x) dt, or ∫ from + (to − from)·x dt
      const cycles = curved
        ? (from * length * (exp2(octaves * x) - 1)) / (octaves * Math.LN2)
        : from * swept + 0.5 * (to - from) * swept * x;
      const held = to * (now - swept);
      store<f64>(BLOCK_A + (n << 3), amplitude * sinTurns(fraction(fraction(cycles) + fraction(held) + phase)));
    }
    into = put(format, block, into);
    frame += block;
    frames -= block;
  }
  return ENGINE_OK;
}
