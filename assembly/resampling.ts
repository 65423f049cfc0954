// Converters whose stream has another rate than the analogue side (hda-hardware §3.10): their lanes pass a resampler, of
// outputs before the codecs' mixes, of inputs after them.
//
// Both sides' clocks count from power-up. Output n of one side stands at source time n·src/dst, half a filter late. It is
// due once k·dst/48000 > n, and then k·src/48000 > ⌊n·src/dst⌋: its last source frame has always come, and when all that
// are due are made no source frame is left that the next would not need. So nothing waits between segments but history.

import { clock, samplesAfter } from './clock.ts';
import { LANE_FRAMES, Resampler, resample, resamplerLane, resamplerTake, startResampler } from './dsp/resample.ts';
import { LANE_BYTES, RESAMPLING_BYTES, RESAMPLING_SOURCES, RESAMPLINGS } from './layout.ts';
import { Program, program, Rate } from './program.ts';

@unmanaged
export class Resampling {
  resampler: u32; // address of its Resampler
  from: u32; // address of the source's clock
  into: u32; // address of the clock of what comes out
  lane: u32; // address of the first lane that comes out; the others follow it
  lanes: u32;
  fresh: u32; // 1: its resampler is yet to be made
}

/** Makes the resamplers that are new with this program. Cost: milliseconds each. */
export function startResamplings(): void {
  const table = program();
  for (let i: u32 = 0; i < table.resampledOutputs + table.resampledInputs; i++) {
    const row = resamplingAt(i);
    if (row.fresh) start(row);
    row.fresh = 0;
  }
}

function start(row: Resampling): void {
  const from = changetype<Rate>(row.from);
  const into = changetype<Rate>(row.into);
  const resampler = changetype<Resampler>(row.resampler);
  let src = from.numerator * into.denominator;
  let dst = into.numerator * from.denominator;
  const divisor = greatestCommonDivisor(src, dst);
  src /= divisor;
  dst /= divisor;
  startResampler(resampler, src, dst, row.lanes, true);
  const frame = clock().frame;
  const time = samplesAfter(frame, into.numerator, into.denominator) * src; // of the next output, in 1/dst source frames
  resampler.need = <u32>(time / dst + 1 - samplesAfter(frame, from.numerator, from.denominator));
  resampler.remainder = <u32>(time % dst);
}

export function resampleOutputs(table: Program): void {
  for (let i: u32 = 0; i < table.resampledOutputs; i++) run(resamplingAt(i));
}

export function resampleInputs(table: Program): void {
  for (let i: u32 = 0; i < table.resampledInputs; i++) run(resamplingAt(table.resampledOutputs + i));
}

/** Every source frame of the segment goes in, every frame that the other clock has given comes out. */
function run(row: Resampling): void {
  const resampler = changetype<Resampler>(row.resampler);
  const sources = changetype<u32>(row) + RESAMPLING_SOURCES;
  const given = changetype<Rate>(row.from).frames;
  const due = changetype<Rate>(row.into).frames;
  const step = resampler.srcRateHz;
  const unit = resampler.dstRateHz;
  let taken: u32 = 0;
  let made: u32 = 0;
  while (taken < given || made < due) {
    const count = min(given - taken, LANE_FRAMES);
    for (let lane: u32 = 0; lane < row.lanes; lane++) {
      const from = load<u32>(sources + (lane << 2)) + (taken << 2);
      memory.copy(resamplerLane(resampler, lane), from, count << 2);
    }
    made += resample(resampler, count, due - made, row.lane + (made << 2), LANE_BYTES, step, step, unit, 0, 1);
    resamplerTake(resampler, count);
    taken += count;
    if (count === 0) break;
  }
}

function resamplingAt(i: u32): Resampling {
  return changetype<Resampling>(RESAMPLINGS + i * RESAMPLING_BYTES);
}

function greatestCommonDivisor(a: u32, b: u32): u32 {
  while (b) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}
