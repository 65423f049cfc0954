import { FRAME_HZ } from '../hda/timing.ts';

/**
 * Link frames after which the analogue side has made `frames` frames since power-up: the least k with
 * ceil(k · rate / 48000) ≥ frames. Exact as long as k · rate / gcd(rate, 48000) stays below 2^53: years.
 */
export function linkFramesAt(frames: number, rateHz: number): number {
  if (frames <= 0) return 0;
  const divisor = gcd(rateHz, FRAME_HZ);
  return Math.floor(((frames - 1) * (FRAME_HZ / divisor)) / (rateHz / divisor)) + 1;
}

/** Frames that the analogue side has made after `linkFrames`: ceil(k · rate / 48000). */
export function framesAt(linkFrames: number, rateHz: number): number {
  const divisor = gcd(rateHz, FRAME_HZ);
  return Math.ceil((linkFrames * (rateHz / divisor)) / (FRAME_HZ / divisor));
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
