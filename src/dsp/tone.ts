// Test signals as pure functions of the absolute frame index: splitting, seeking and an hour change nothing.

import { uniformAt } from './random.ts';

export const WAVES = ['sine', 'square', 'saw', 'sweep', 'noise'] as const;
export type Wave = (typeof WAVES)[number];

export interface Tone {
  readonly wave: Wave;
  /** Above 0 and below rateHz/2. A sweep starts here; noise has none. */
  readonly frequencyHz: number;
  readonly rateHz: number;
  /** The wave's peak: 0 is full scale, so a sine at 0 dBFS reaches ±1. */
  readonly levelDbfs: number;
  /** Length: a sweep ends here. Phases are exact to 10⁻¹² of a cycle through 2³¹ frames. */
  readonly frames: number;
  readonly seed?: number;
}

/** The value at an absolute frame, full scale ±1. */
export type Signal = (frame: number) => number;

/** Above this many harmonics (1 Hz up to 20 kHz) a square or saw is band-limited lower than half the rate. */
const MOST_HARMONICS = 20_000;

/** Where a sweep of this rate ends. */
export const sweepEndHz = (rateHz: number): number => Math.min(20_000, 0.45 * rateHz);

/**
 * Sine; square and saw of all harmonics below half the rate; sweep, logarithmic, from frequencyHz to sweepEndHz; white
 * noise, uniform.
 * Errors: RangeError for a frequency, level or length outside the limits above.
 */
export function createTone(tone: Tone): Signal {
  const { wave, frequencyHz, rateHz, levelDbfs, frames, seed = 0 } = tone;
  if (wave !== 'noise' && !(frequencyHz > 0 && frequencyHz < rateHz / 2)) {
    throw new RangeError(`frequencyHz ${frequencyHz} is not above 0 and below half of ${rateHz}`);
  }
  if (!(levelDbfs <= 0)) throw new RangeError(`levelDbfs ${levelDbfs} is above 0`);
  if (!(frames > 0)) throw new RangeError(`frames ${frames} is not above 0`);
  const peak = 10 ** (levelDbfs / 20);

  switch (wave) {
    case 'sine': {
      const angle = angleAt(frequencyHz, rateHz);
      return (frame) => peak * Math.sin(angle(frame));
    }
    case 'square':
    case 'saw': {
      const angle = angleAt(frequencyHz, rateHz);
      const step = wave === 'square' ? 2 : 1;
      const highest = Math.min(Math.ceil(rateHz / 2 / frequencyHz) - 1, MOST_HARMONICS);
      // The sum is highest in the first lobe: at π/2m for m odd harmonics, at π/(K+1) for the first K.
      const lobe = step === 2 ? Math.PI / (2 * Math.ceil(highest / 2)) : Math.PI / (highest + 1);
      const scale = peak / harmonicSum(lobe, step, highest);
      return (frame) => scale * harmonicSum(angle(frame), step, highest);
    }
    case 'sweep': {
      const ratio = Math.log(sweepEndHz(rateHz) / frequencyHz) / frames;
      if (ratio === 0) return createTone({ ...tone, wave: 'sine' });
      const cycles = frequencyHz / rateHz / ratio;
      return (frame) => peak * Math.sin(2 * Math.PI * ((cycles * Math.expm1(ratio * frame)) % 1));
    }
    case 'noise':
      return (frame) => peak * (2 * uniformAt(seed, frame) - 1);
  }
}

/**
 * The phase at a frame, in radians, 0 at frame 0. Frequency ÷ rate is split into 22 bits and a rest: frame × 22 bits is
 * exact in a double, and the rest stays so small that its error does. One product would lose 10⁻⁷ cycles in an hour.
 */
function angleAt(frequencyHz: number, rateHz: number): (frame: number) => number {
  const coarse = Math.floor((frequencyHz / rateHz) * 2 ** 22) / 2 ** 22;
  const fine = (frequencyHz - coarse * rateHz) / rateHz;
  return (frame) => 2 * Math.PI * ((((frame * coarse) % 1) + frame * fine) % 1);
}

/** Σ sin(kθ)/k over k = 1, 1 + step, … ≤ highest, by sin(kθ + δ) = 2·cos δ·sin kθ − sin(kθ − δ). */
function harmonicSum(angle: number, step: 1 | 2, highest: number): number {
  const twice = 2 * Math.cos(step * angle);
  let previous = Math.sin((1 - step) * angle);
  let current = Math.sin(angle);
  let sum = 0;
  for (let k = 1; k <= highest; k += step) {
    sum += current / k;
    const next = twice * current - previous;
    previous = current;
    current = next;
  }
  return sum;
}
