// TONE: sine, and square, saw and triangle as exactly the harmonics below half the rate, so that nothing folds back.
// The phase is a 64-bit fraction of a cycle: integer arithmetic, so frame n is the same whoever starts where, for hours.

import {
  ENGINE_BAD_ADDRESS,
  ENGINE_MALFORMED,
  ENGINE_OK,
  HARMONICS_MAX,
  TONE_AMPLITUDE,
  TONE_DST,
  TONE_FORMAT,
  TONE_FREQUENCY_HZ,
  TONE_PHASE,
  TONE_RATE_HZ,
  TONE_START,
  WAVE_MASK,
  WAVE_SAW,
  WAVE_SINE,
  WAVE_SQUARE,
} from '../../src/hda/dsp-packets.ts';
import { fraction, sinTurns, sinTurns2 } from './math.ts';
import { operand, operandBytes, sampleAlignment, wholeFrames } from './packet.ts';
import { BLOCK_A, WEIGHTS } from './scratch.ts';
import { blockFrames, put } from './signal.ts';

const TURN: f64 = 4294967296.0 * 4294967296.0; // a cycle: 2^64

export function tone(packet: u32, flags: u32): u32 {
  const format = load<u32>(packet, TONE_FORMAT);
  let frames = wholeFrames(format, operandBytes(packet + TONE_DST));
  const rateHz = load<u32>(packet, TONE_RATE_HZ);
  const frequencyHz = load<f64>(packet, TONE_FREQUENCY_HZ);
  if (frames === 0 || flags > WAVE_MASK || !(frequencyHz >= 0 && frequencyHz * 2 <= <f64>rateHz))
    return ENGINE_MALFORMED;
  let to = operand(packet + TONE_DST, sampleAlignment(format));
  if (to === 0) return ENGINE_BAD_ADDRESS;

  const amplitude = <f64>load<f32>(packet, TONE_AMPLITUDE);
  const increment = cyclesPerFrame(frequencyHz, rateHz);
  let phase = turns(<f64>load<f32>(packet, TONE_PHASE)) + increment * <u64>load<u32>(packet, TONE_START);
  const harmonics = flags === WAVE_SINE ? 1 : setWeights(flags, highestHarmonic(frequencyHz, rateHz), amplitude);
  while (frames > 0) {
    const block = min(frames, blockFrames(format));
    if (flags === WAVE_SINE) sines(phase, increment, amplitude, block);
    else sums(phase, increment, flags === WAVE_SAW ? 1 : 2, harmonics, block);
    to = put(format, block, to);
    phase += increment * <u64>block;
    frames -= block;
  }
  return ENGINE_OK;
}

/** frequency / rate × 2^64, to the last bit: a double's quotient and the remainder that it leaves. */
export function cyclesPerFrame(frequencyHz: f64, rateHz: u32): u64 {
  const rate = <f64>rateHz;
  const quotient = frequencyHz / rate;
  const high = reinterpret<f64>(reinterpret<u64>(quotient) & 0xfffffffff8000000); // high × rate is exact
  const remainder = frequencyHz - high * rate - (quotient - high) * rate;
  return <u64>(quotient * TURN) + <u64>(<i64>((remainder / rate) * TURN));
}

/** A number of cycles as a 64-bit fraction. */
export function turns(cycles: f64): u64 {
  return <u64>((cycles - floor(cycles)) * TURN);
}

/** A 64-bit fraction as −½…½ cycles; its highest 52 bits. */
function cycles(phase: u64): f64 {
  return reinterpret<f64>(((phase ^ 0x8000000000000000) >> 12) | 0x3ff0000000000000) - 1.5;
}

function cycles2(phases: v128): v128 {
  const mantissas = i64x2.shr_u(v128.xor(phases, i64x2.splat(0x8000000000000000)), 12);
  return f64x2.sub(v128.or(mantissas, i64x2.splat(0x3ff0000000000000)), f64x2.splat(1.5));
}

function sines(phase: u64, increment: u64, amplitude: f64, frames: u32): void {
  let n: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    let phases = i64x2.replace_lane(i64x2.splat(phase), 1, phase + increment);
    const step = i64x2.splat(increment << 1);
    const amplitudes = f64x2.splat(amplitude);
    for (; n + 2 <= frames; n += 2) {
      v128.store(BLOCK_A + (n << 3), f64x2.mul(amplitudes, sinTurns2(cycles2(phases))));
      phases = i64x2.add(phases, step);
    }
  }
  for (; n < frames; n++) store<f64>(BLOCK_A + (n << 3), amplitude * sinTurns(cycles(phase + increment * <u64>n)));
}

/** The last harmonic below half the rate. */
function highestHarmonic(frequencyHz: f64, rateHz: u32): u32 {
  const limit = <f64>rateHz / 2 / frequencyHz; // ∞ at 0 Hz
  return <u32>min(ceil(limit) - 1, <f64>HARMONICS_MAX);
}

/**
 * Fills WEIGHTS with the harmonics' amplitudes, such that the wave's highest point is `amplitude`; returns how many:
 * of all harmonics for a saw, of the odd ones otherwise.
 */
function setWeights(wave: u32, highest: u32, amplitude: f64): u32 {
  const step: u32 = wave === WAVE_SAW ? 1 : 2;
  const count = (highest + step - 1) / step;
  let sign: f64 = 1;
  for (let n: u32 = 0; n < count; n++) {
    const k = <f64>(1 + n * step);
    const weight = wave === WAVE_SQUARE || wave === WAVE_SAW ? 1 / k : 1 / (k * k);
    store<f64>(WEIGHTS + (n << 3), sign * weight);
    if (wave !== WAVE_SQUARE) sign = -sign;
  }
  if (count === 0) return 0;
  // Highest in the lobe next to the jump: at ½ − 1/(2(K+1)) for a saw, at 1/(4m) for m odd harmonics; a triangle at ¼.
  const peak = wave === WAVE_SAW ? 0.5 - 0.5 / <f64>(count + 1) : wave === WAVE_SQUARE ? 0.25 / <f64>count : 0.25;
  const scale = amplitude / sum(peak, step, count);
  for (let n: u32 = 0; n < count; n++) store<f64>(WEIGHTS + (n << 3), load<f64>(WEIGHTS + (n << 3)) * scale);
  return count;
}

/** Σ weight × sin kx over the harmonics, by sin(k + s)x = 2·cos sx·sin kx − sin(k − s)x. */
function sum(x: f64, step: u32, count: u32): f64 {
  const twice = 2 * sinTurns(fraction(<f64>step * x + 0.25));
  let current = sinTurns(x);
  let previous = step === 1 ? 0 : -current;
  let total: f64 = 0;
  for (let n: u32 = 0; n < count; n++) {
    total += load<f64>(WEIGHTS + (n << 3)) * current;
    const next = twice * current - previous;
    previous = current;
    current = next;
  }
  return total;
}

function sums(phase: u64, increment: u64, step: u32, count: u32, frames: u32): void {
  let n: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    for (; n + 4 <= frames; n += 4) {
      sum4(phase + increment * <u64>n, increment, step, count, BLOCK_A + (n << 3));
    }
  }
  for (; n < frames; n++) store<f64>(BLOCK_A + (n << 3), sum(cycles(phase + increment * <u64>n), step, count));
}

function fraction2(x: v128): v128 {
  return f64x2.sub(x, f64x2.nearest(x));
}

/** Four frames: two chains hide each other's latency. */
function sum4(phase: u64, increment: u64, step: u32, count: u32, to: u32): void {
  const xA = cycles2(i64x2.replace_lane(i64x2.splat(phase), 1, phase + increment));
  const xB = cycles2(i64x2.replace_lane(i64x2.splat(phase + (increment << 1)), 1, phase + increment * 3));
  const steps = f64x2.splat(<f64>step);
  const quarter = f64x2.splat(0.25);
  const two = f64x2.splat(2);
  const twiceA = f64x2.mul(two, sinTurns2(fraction2(f64x2.add(f64x2.mul(steps, xA), quarter))));
  const twiceB = f64x2.mul(two, sinTurns2(fraction2(f64x2.add(f64x2.mul(steps, xB), quarter))));
  let currentA = sinTurns2(xA);
  let currentB = sinTurns2(xB);
  let previousA = step === 1 ? f64x2.splat(0) : f64x2.neg(currentA);
  let previousB = step === 1 ? f64x2.splat(0) : f64x2.neg(currentB);
  let totalA = f64x2.splat(0);
  let totalB = f64x2.splat(0);
  for (let n: u32 = 0; n < count; n++) {
    const weight = v128.load64_splat(WEIGHTS + (n << 3));
    totalA = f64x2.add(totalA, f64x2.mul(weight, currentA));
    totalB = f64x2.add(totalB, f64x2.mul(weight, currentB));
    const nextA = f64x2.sub(f64x2.mul(twiceA, currentA), previousA);
    const nextB = f64x2.sub(f64x2.mul(twiceB, currentB), previousB);
    previousA = currentA;
    previousB = currentB;
    currentA = nextA;
    currentB = nextB;
  }
  v128.store(to, totalA);
  v128.store(to, totalB, 16);
}
