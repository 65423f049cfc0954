// The arithmetic of RESAMPLE that whoever feeds it needs: how large its state is and how many source frames it takes.
// assembly/dsp/resample.ts has the same numbers.

const FILTER_TAPS = 192;
const FILTER_PHASES = 32;
const LANE_FRAMES = 256;
const RECORD_BYTES = 64;

/** Length of the filter in source frames: a multiple of four. */
export function resamplerTaps(srcRateHz: number, dstRateHz: number): number {
  return srcRateHz <= dstRateHz ? FILTER_TAPS : 4 * Math.ceil(((FILTER_TAPS / 4) * srcRateHz) / dstRateHz);
}

/** Bytes of the state allocation for these rates and channels. */
export function resamplerStateBytes(srcRateHz: number, dstRateHz: number, channels: number): number {
  const taps = resamplerTaps(srcRateHz, dstRateHz);
  const phases = srcRateHz <= dstRateHz ? FILTER_PHASES : Math.ceil((FILTER_PHASES * dstRateHz) / srcRateHz);
  return RECORD_BYTES + 4 * (taps + phases * taps * 4 + channels * (taps + LANE_FRAMES));
}

/**
 * Source frames that the first `frames` outputs of a stream at a constant step take in all. A command that is given
 * exactly the difference to the one before uses all of them. `streaming` as RESAMPLE's flag.
 */
export function resamplerSourceFrames(srcRateHz: number, dstRateHz: number, frames: number, streaming = false): number {
  if (frames === 0) return 0;
  const ahead = streaming ? 1 : resamplerTaps(srcRateHz, dstRateHz) / 2 + 1;
  return ahead + Math.floor(((frames - 1) * srcRateHz) / dstRateHz);
}
