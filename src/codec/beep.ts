// The beep generator's tone (hda-hardware §5.12): a square wave of 48000 / (4 · divider) Hz.

import { FRAME_HZ } from '../hda/timing.ts';

/** A quarter of full scale: a codec adds the beep to what plays, and amps on its way make it softer (inferred). */
export const BEEP_LEVEL = 0.25;

/** Half a period, in link frames. */
const FRAMES_PER_DIVIDER = 2;

/**
 * Writes `frames` frames of the tone, from frame `firstFrame` on, counted at rateHz since power-up.
 * Cost: no allocation.
 */
export function fillBeep(
  into: Float32Array,
  frames: number,
  divider: number,
  rateHz: number,
  firstFrame: number,
): void {
  const framesPerHalf = FRAMES_PER_DIVIDER * divider * rateHz;
  for (let i = 0; i < frames; i++) {
    const half = Math.floor(((firstFrame + i) * FRAME_HZ) / framesPerHalf);
    into[i] = half % 2 === 0 ? BEEP_LEVEL : -BEEP_LEVEL;
  }
}
