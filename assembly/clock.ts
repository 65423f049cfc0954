// Time: link ticks since power-up, and what cadences make of them (hda-hardware §3.10).
// A cadence is a fraction of samples per link frame; positions are functions of it, so no error adds up.

import { CLOCK } from './layout.ts';

@unmanaged
export class Clock {
  now: u64; // 24 MHz ticks; the host reads it here
  frame: u64; // now / 500
  tick: u32; // now % 500
  rendering: u32; // output streams that move, one bit each
  capturing: u32; // input streams that move
  draining: u32; // stopped output streams whose last blocks have not been played
  stale: u32; // 1: plan() must run before data moves
  inputs: u32; // streams 0…inputs−1 are inputs
  outputs: u32; // so many outputs follow; the rest are bidirectional
}

export function clock(): Clock {
  return changetype<Clock>(CLOCK);
}

/** Samples that a cadence has given after `frames` link frames: ⌈frames · numerator / denominator⌉. */
export function samplesAfter(frames: u64, numerator: u32, denominator: u32): u64 {
  if (denominator === 1) return frames * numerator;
  return (frames * numerator + (denominator - 1)) / denominator;
}

/** The first link frame after which a cadence has given `samples` (≥ 1): the inverse of samplesAfter. */
export function frameOfSample(samples: u64, numerator: u32, denominator: u32): u64 {
  return ((samples - 1) * denominator) / numerator + 1;
}
