// Test tones as people name them: what wave, how high, how loud.

export const WAVES = ['sine', 'square', 'saw', 'triangle', 'sweep', 'noise', 'pink'] as const;
export type Wave = (typeof WAVES)[number];

export interface ToneSettings {
  readonly wave: Wave;
  /** Above 0 and below half the rate. A sweep starts here; noise has none. */
  readonly frequencyHz: number;
  /** The wave's peak: 0 is full scale, so a sine at 0 dBFS reaches ±1. Of pink noise 4.5 times the RMS. */
  readonly levelDbfs: number;
}

/** Where a sweep of this rate ends. */
export const sweepEndHz = (rateHz: number): number => Math.min(20_000, 0.45 * rateHz);

export const isNoise = (wave: Wave): boolean => wave === 'noise' || wave === 'pink';

/** Errors: RangeError for a frequency or level outside the limits above, in one line. */
export function checkTone({ wave, frequencyHz, levelDbfs }: ToneSettings, rateHz: number): void {
  if (!isNoise(wave) && !(frequencyHz > 0 && frequencyHz < rateHz / 2)) {
    throw new RangeError(`frequencyHz ${frequencyHz} is not above 0 and below half of ${rateHz}`);
  }
  if (!(levelDbfs <= 0)) throw new RangeError(`levelDbfs ${levelDbfs} is above 0`);
}
