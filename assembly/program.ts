// The codecs' routes as the core runs them: analogue clocks, converters, mixes (src/link/routes.ts). The host writes the
// tables (src/controller/core.ts, loadProgram) in the layout of layout.ts; lanes and clocks are addresses.

import { clock, samplesAfter } from './clock.ts';
import { COPIES, MIX_BYTES, MIXES, PROGRAM, RATE_BYTES, RATES } from './layout.ts';
import { resampleInputs, resampleOutputs, startResamplings } from './resampling.ts';

@unmanaged
export class Program {
  rates: u32; // rows in use of each table
  outputs: u32;
  inputs: u32;
  mixes: u32;
  copies: u32; // the rest is made by plan.ts
  rateMismatches: u32; // converters silent because …
  formatMismatches: u32;
  resampledOutputs: u32; // rows of RESAMPLINGS, outputs first
  resampledInputs: u32;
}

/** One analogue clock: every lane at its rate holds its frames of the present segment. */
@unmanaged
export class Rate {
  numerator: u32;
  denominator: u32;
  frames: u32; // of this segment
  reserved: u32;
  done: u64; // samples given since power-up
}

@unmanaged
export class Mix {
  into: u32;
  from: u32; // bit 0: the first into its lane
  gain: f32;
  rate: u32;
}

export function program(): Program {
  return changetype<Program>(PROGRAM);
}

export function rateAt(i: u32): Rate {
  return changetype<Rate>(RATES + i * RATE_BYTES);
}

/** The host has written the tables. What streams hold is theirs: samples go on where they were. */
export function programLoaded(): void {
  const time = clock();
  for (let i: u32 = 0; i < program().rates; i++) {
    const rate = rateAt(i);
    rate.frames = 0;
    rate.done = samplesAfter(time.frame, rate.numerator, rate.denominator);
  }
  program().copies = 0;
  startResamplings();
  time.stale = 1;
}

/** Every clock gives its frames up to link frame `frame`. */
export function advanceRates(frame: u64): void {
  const count = program().rates;
  for (let i: u32 = 0; i < count; i++) {
    const rate = rateAt(i);
    const done = samplesAfter(frame, rate.numerator, rate.denominator);
    rate.frames = <u32>(done - rate.done);
    rate.done = done;
  }
}

/** What two converters hear of one channel, then the mixes in order, between what is resampled on both sides. */
export function runProgram(): void {
  const table = program();
  if (table.copies) run(COPIES, table.copies);
  resampleOutputs(table);
  if (table.mixes) run(MIXES, table.mixes);
  resampleInputs(table);
}

/** into = (first ? 0 : into) + gain · from, row by row. */
function run(row: u32, count: u32): void {
  for (const end = row + count * MIX_BYTES; row < end; row += MIX_BYTES) {
    const mix = changetype<Mix>(row);
    const bytes = changetype<Rate>(mix.rate).frames << 2;
    const from = mix.from & ~1;
    if (mix.from & 1) scale(mix.into, from, bytes, row);
    else add(mix.into, from, bytes, row);
  }
}

function scale(into: u32, from: u32, bytes: u32, row: u32): void {
  if (ASC_FEATURE_SIMD) {
    const gain = v128.load32_splat(row, offsetof<Mix>('gain'));
    for (const end = from + bytes; from < end; from += 16, into += 16) {
      v128.store(into, f32x4.mul(v128.load(from), gain));
    }
  } else {
    const gain = changetype<Mix>(row).gain;
    for (const end = from + bytes; from < end; from += 4, into += 4) store<f32>(into, load<f32>(from) * gain);
  }
}

function add(into: u32, from: u32, bytes: u32, row: u32): void {
  if (ASC_FEATURE_SIMD) {
    const gain = v128.load32_splat(row, offsetof<Mix>('gain'));
    for (const end = from + bytes; from < end; from += 16, into += 16) {
      v128.store(into, f32x4.add(v128.load(into), f32x4.mul(v128.load(from), gain)));
    }
  } else {
    const gain = changetype<Mix>(row).gain;
    for (const end = from + bytes; from < end; from += 4, into += 4) {
      store<f32>(into, load<f32>(into) + load<f32>(from) * gain);
    }
  }
}
