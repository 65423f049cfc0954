// Working memory of one packet. It is the core's staging area: the engine never runs while data moves, and nothing here
// outlives a packet.

import { STAGING } from '../layout.ts';

/** Samples that the kernels take at a time: both blocks stay in the first-level cache. */
export const BLOCK: u32 = 256;

// f64 each
export const BLOCK_A: u32 = STAGING;
export const BLOCK_B: u32 = STAGING + 0x800;

/** f64 × HARMONICS_MAX: the amplitudes of a band-limited wave's harmonics. */
export const WEIGHTS: u32 = STAGING + 0x1000;

/** f64 × PACKET_FRAMES_MAX: one channel of what is metered. */
export const METER_LANE: u32 = STAGING + 0x4000;

/** f32 × 256 × channels: what the resampler gives. */
export const OUTPUT_LANES: u32 = STAGING + 0x4000;
