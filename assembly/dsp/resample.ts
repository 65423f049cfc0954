// The resampler: RESAMPLE's, and a converter's whose stream has another rate than the analogue side.
//
// Output frame n stands at source time n·step/unit, a fraction kept in integers: after an hour it is as exact as at once.
// Its value is the source through a Kaiser-windowed sinc, FILTER_TAPS zero crossings of the lower rate long: flat to
// 0.91 of half the lower rate, −130 dB from half the lower rate on. The filter's shape between the taps is a table of
// cubics, fitted at Chebyshev points (error −150 dB), so any ratio costs the same and may change from frame to frame.
//
//   record    0 srcRateHz  4 dstRateHz  8 channels  12 taps  16 phases                        what it was made for
//            20 need       source frames that must have come for the next output
//            24 remainder  28 unit      source time of the next output beyond a whole frame
//            32 cursor     RESAMPLE's: source frames of the present command already taken
//            64 weights    f32 × taps: the filter at the present output
//               table      f32 × phases × taps × 4: cubics, four taps together (c0 ×4, c1 ×4, c2 ×4, c3 ×4)
//               lanes      f32 × channels × (taps + LANE_FRAMES): the last `taps` source frames, then new ones
//
// Nothing allocates: whoever calls brings resamplerBytes(). Then, in turn:
//   put up to LANE_FRAMES new source frames at resamplerLane(), behind what the last turn left there;
//   resample() makes what outputs these allow;
//   resamplerTake() moves the lanes on; what it did not take stays at the lanes' beginning.
// A converter in real time starts `streaming`: after k link frames ⌈k·src/48000⌉ source frames have come, and they always
// allow the ⌈k·dst/48000⌉ outputs that the analogue clock asks for.

import { besselI0, fraction, sinTurns } from './math.ts';

export const LANE_FRAMES: u32 = 256;

/** Taps at the lower rate. 192 make the transition 0.0443 of a rate wide: 20.1 kHz to 22.05 kHz at 44.1 kHz. */
const FILTER_TAPS: u32 = 192;
const FILTER_PHASES: u32 = 32;
const KAISER_BETA: f64 = 13.3672; // 0.1102 · (130 dB − 8.7)
const CUTOFF: f64 = 0.47785; // cycles per frame of the lower rate: the transition ends at ½

@unmanaged
export class Resampler {
  srcRateHz: u32;
  dstRateHz: u32;
  channels: u32;
  taps: u32;
  phases: u32;
  need: u32;
  remainder: u32;
  unit: u32;
  cursor: u32;
}

const HEADER_BYTES: u32 = 64;

/** Taps at the source rate: a multiple of four. */
export function resamplerTaps(srcRateHz: u32, dstRateHz: u32): u32 {
  if (srcRateHz <= dstRateHz) return FILTER_TAPS;
  return ((FILTER_TAPS * srcRateHz + dstRateHz * 4 - 1) / (dstRateHz * 4)) * 4;
}

function resamplerPhases(srcRateHz: u32, dstRateHz: u32): u32 {
  if (srcRateHz <= dstRateHz) return FILTER_PHASES;
  return (FILTER_PHASES * dstRateHz + srcRateHz - 1) / srcRateHz;
}

/** Bytes of the record, tables and lanes included. */
export function resamplerBytes(srcRateHz: u32, dstRateHz: u32, channels: u32): u32 {
  const taps = resamplerTaps(srcRateHz, dstRateHz);
  const phases = resamplerPhases(srcRateHz, dstRateHz);
  return HEADER_BYTES + ((taps + phases * taps * 4 + channels * (taps + LANE_FRAMES)) << 2);
}

function weightsOf(resampler: Resampler): u32 {
  return <u32>changetype<usize>(resampler) + HEADER_BYTES;
}

function tableOf(resampler: Resampler): u32 {
  return weightsOf(resampler) + (resampler.taps << 2);
}

/** Where the channel's new source frames are put: LANE_FRAMES f32. */
export function resamplerLane(resampler: Resampler, channel: u32): u32 {
  const lanes = tableOf(resampler) + ((resampler.phases * resampler.taps) << 4);
  return lanes + ((channel * (resampler.taps + LANE_FRAMES) + resampler.taps) << 2);
}

/** Whether the record is one that startResampler made for this. */
export function resamplerFits(resampler: Resampler, srcRateHz: u32, dstRateHz: u32, channels: u32): bool {
  return (
    resampler.srcRateHz === srcRateHz &&
    resampler.dstRateHz === dstRateHz &&
    resampler.channels === channels &&
    resampler.taps === resamplerTaps(srcRateHz, dstRateHz) &&
    resampler.phases === resamplerPhases(srcRateHz, dstRateHz) &&
    resampler.unit !== 0 &&
    resampler.remainder < resampler.unit &&
    resampler.need <= resampler.taps + LANE_FRAMES // else somebody wrote here
  );
}

/**
 * Makes the record at rest. Output 0 stands at source frame 0 and waits for half the filter to come after it; `streaming`
 * instead gives output 0 with the first source frame, half a filter late: what a converter in real time must do.
 * Cost: milliseconds, for the table.
 */
export function startResampler(
  resampler: Resampler,
  srcRateHz: u32,
  dstRateHz: u32,
  channels: u32,
  streaming: bool,
): void {
  resampler.srcRateHz = srcRateHz;
  resampler.dstRateHz = dstRateHz;
  resampler.channels = channels;
  resampler.taps = resamplerTaps(srcRateHz, dstRateHz);
  resampler.phases = resamplerPhases(srcRateHz, dstRateHz);
  resampler.need = streaming ? 1 : (resampler.taps >>> 1) + 1;
  resampler.remainder = 0;
  resampler.unit = dstRateHz;
  resampler.cursor = 0;
  const lanes = resamplerLane(resampler, 0) - (resampler.taps << 2);
  memory.fill(lanes, 0, (channels * (resampler.taps + LANE_FRAMES)) << 2);
  setTable(resampler);
}

/**
 * For each phase and tap the cubic through the filter at the four Chebyshev points of the phase. The filter is symmetric:
 * phase p, tap k mirrors phase phases − 1 − p, tap taps − 1 − k.
 */
function setTable(resampler: Resampler): void {
  const taps = resampler.taps;
  const phases = resampler.phases;
  const cutoff = CUTOFF * min(1, <f64>resampler.dstRateHz / <f64>resampler.srcRateHz);
  const scale = 1 / besselI0(KAISER_BETA);
  const a: f64 = 0.46193976625564337; // ½ cos π/8
  const b: f64 = 0.1913417161825449; // ½ cos 3π/8
  const aa = a * a;
  const bb = b * b;
  const width = 1 / <f64>phases;
  for (let phase: u32 = 0; phase < (phases + 1) / 2; phase++) {
    for (let tap: u32 = 0; tap < taps; tap++) {
      const time = <f64>tap - <f64>((taps >>> 1) - 1) - (<f64>phase + 0.5) * width;
      // Points of the phase are counted against time: its fraction is what the output lies after a source frame.
      const h0 = scale * filter(time + a * width, cutoff, taps);
      const h1 = scale * filter(time + b * width, cutoff, taps);
      const h2 = scale * filter(time - b * width, cutoff, taps);
      const h3 = scale * filter(time - a * width, cutoff, taps);
      const evenA = (h0 + h3) * 0.5;
      const evenB = (h1 + h2) * 0.5;
      const oddA = (h3 - h0) * (0.5 / a);
      const oddB = (h2 - h1) * (0.5 / b);
      const c0 = (evenB * aa - evenA * bb) / (aa - bb);
      const c1 = (oddB * aa - oddA * bb) / (aa - bb);
      const c2 = (evenA - evenB) / (aa - bb);
      const c3 = (oddA - oddB) / (aa - bb);
      setCubic(resampler, phase, tap, c0, c1, c2, c3);
      setCubic(resampler, phases - 1 - phase, taps - 1 - tap, c0, -c1, c2, -c3);
    }
  }
}

function setCubic(resampler: Resampler, phase: u32, tap: u32, c0: f64, c1: f64, c2: f64, c3: f64): void {
  const row = tableOf(resampler) + ((phase * resampler.taps) << 4);
  const at = row + ((tap & ~3) << 4) + ((tap & 3) << 2);
  store<f32>(at, <f32>c0);
  store<f32>(at, <f32>c1, 16);
  store<f32>(at, <f32>c2, 32);
  store<f32>(at, <f32>c3, 48);
}

/** The windowed sinc at `time` source frames from its middle, times I₀(β); its sum over taps is I₀(β). */
function filter(time: f64, cutoff: f64, taps: u32): f64 {
  const x = time / (<f64>taps * 0.5);
  if (abs(x) >= 1) return 0;
  const angle = cutoff * time;
  const sinc = abs(angle) < 1e-9 ? 2 * cutoff : sinTurns(fraction(angle)) / (Math.PI * time);
  return besselI0(KAISER_BETA * sqrt(1 - x * x)) * sinc;
}

/**
 * Makes up to `frames` outputs from `available` new source frames in the lanes; returns how many. Output channel c goes
 * to `to` + c·stride as f32. The step of output n is stepFrom + (stepTo − stepFrom)·(start + n)/total of `unit`.
 * resamplerTake() follows before new frames are put.
 * Cost: taps·(3 + channels) multiply-adds a frame; no allocation.
 */
export function resample(
  resampler: Resampler,
  available: u32,
  frames: u32,
  to: u32,
  stride: u32,
  stepFrom: u32,
  stepTo: u32,
  unit: u32,
  start: u32,
  total: u32,
): u32 {
  if (resampler.unit !== unit) {
    resampler.remainder = <u32>((<u64>resampler.remainder * unit) / resampler.unit);
    resampler.unit = unit;
  }
  const taps = resampler.taps;
  const channels = resampler.channels;
  const laneBytes = (taps + LANE_FRAMES) << 2;
  const history = resamplerLane(resampler, 0) - (taps << 2);
  const weights = weightsOf(resampler);
  let n: u32 = 0;
  for (; n < frames && resampler.need <= available; n++) {
    setWeights(resampler);
    let window = history + (resampler.need << 2);
    for (let channel: u32 = 0; channel < channels; channel++, window += laneBytes) {
      store<f32>(to + channel * stride + (n << 2), dot(weights, window, taps));
    }
    const step = <i64>stepFrom + ((<i64>stepTo - <i64>stepFrom) * <i64>(start + n)) / <i64>total;
    const time = <u64>resampler.remainder + <u64>step;
    const whole = time / unit;
    resampler.need += <u32>whole;
    resampler.remainder = <u32>(time - whole * unit);
  }
  return n;
}

/** Moves the lanes on by as many of the `available` frames as no later output needs new; returns how many. */
export function resamplerTake(resampler: Resampler, available: u32): u32 {
  const taken = min(available, resampler.need);
  const laneBytes = (resampler.taps + LANE_FRAMES) << 2;
  let lane = resamplerLane(resampler, 0) - (resampler.taps << 2);
  for (let channel: u32 = 0; channel < resampler.channels; channel++, lane += laneBytes) {
    memory.copy(lane, lane + (taken << 2), (resampler.taps + available - taken) << 2);
  }
  resampler.need -= taken;
  return taken;
}

/** The filter at the resampler's remainder. */
function setWeights(resampler: Resampler): void {
  const unit = resampler.unit;
  const position = <u64>resampler.remainder * resampler.phases;
  const phase = <u32>(position / unit);
  const d = <f32>(<f64>(position - <u64>phase * unit) / <f64>unit - 0.5);
  const taps = resampler.taps;
  let row = tableOf(resampler) + ((phase * taps) << 4);
  let to = weightsOf(resampler);
  const end = to + (taps << 2);
  if (ASC_FEATURE_SIMD) {
    const ds = f32x4.splat(d);
    for (; to < end; to += 16, row += 64) {
      let sum = f32x4.add(v128.load(row, 32), f32x4.mul(ds, v128.load(row, 48)));
      sum = f32x4.add(v128.load(row, 16), f32x4.mul(ds, sum));
      v128.store(to, f32x4.add(v128.load(row), f32x4.mul(ds, sum)));
    }
  } else {
    for (; to < end; to += 16, row += 64) {
      for (let tap: u32 = 0; tap < 16; tap += 4) {
        let sum: f32 = load<f32>(row + tap, 32) + d * load<f32>(row + tap, 48);
        sum = load<f32>(row + tap, 16) + d * sum;
        store<f32>(to + tap, load<f32>(row + tap) + d * sum);
      }
    }
  }
}

/** Σ a·b over `count` (a multiple of four), in eight partial sums. */
function dot(a: u32, b: u32, count: u32): f32 {
  const end = a + (count << 2);
  if (ASC_FEATURE_SIMD) {
    let even = f32x4.splat(0);
    let odd = f32x4.splat(0);
    for (; a + 32 <= end; a += 32, b += 32) {
      even = f32x4.add(even, f32x4.mul(v128.load(a), v128.load(b)));
      odd = f32x4.add(odd, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
    }
    if (a < end) even = f32x4.add(even, f32x4.mul(v128.load(a), v128.load(b)));
    const sums = f32x4.add(even, odd);
    return (
      f32x4.extract_lane(sums, 0) +
      f32x4.extract_lane(sums, 1) +
      (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3))
    );
  }
  let s0: f32 = 0;
  let s1: f32 = 0;
  let s2: f32 = 0;
  let s3: f32 = 0;
  let s4: f32 = 0;
  let s5: f32 = 0;
  let s6: f32 = 0;
  let s7: f32 = 0;
  for (; a + 32 <= end; a += 32, b += 32) {
    s0 += load<f32>(a) * load<f32>(b);
    s1 += load<f32>(a, 4) * load<f32>(b, 4);
    s2 += load<f32>(a, 8) * load<f32>(b, 8);
    s3 += load<f32>(a, 12) * load<f32>(b, 12);
    s4 += load<f32>(a, 16) * load<f32>(b, 16);
    s5 += load<f32>(a, 20) * load<f32>(b, 20);
    s6 += load<f32>(a, 24) * load<f32>(b, 24);
    s7 += load<f32>(a, 28) * load<f32>(b, 28);
  }
  if (a < end) {
    s0 += load<f32>(a) * load<f32>(b);
    s1 += load<f32>(a, 4) * load<f32>(b, 4);
    s2 += load<f32>(a, 8) * load<f32>(b, 8);
    s3 += load<f32>(a, 12) * load<f32>(b, 12);
  }
  return s0 + s4 + (s1 + s5) + (s2 + s6 + (s3 + s7));
}
