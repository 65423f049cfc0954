// What the resampler does to sound, measured from outside: the figures that a data sheet of a converter has.

import { measureTone } from '../src/dsp/measure.ts';
import { type Contestant, installedPeers, OURS, UnsupportedRatio } from './resamplers.ts';

export interface QualityFigure {
  readonly what: string;
  readonly unit: 'dB' | 'x real time';
  /** The figure is good when it is at most (dB) or at least (x real time) this. */
  readonly aim: number;
  /** One for each of the report's resamplers, in their order; null where one cannot do it. */
  readonly values: readonly (number | null)[];
}

export interface QualityReport {
  /** Ours first, then the peers that are installed. */
  readonly resamplers: readonly string[];
  readonly figures: readonly QualityFigure[];
}

const SECONDS = 0.4;
const SETTLED = 0.25; // of the output: what the filter's ends reach lies before and after

const sine =
  (frequencyHz: number, rateHz: number, amplitude = 0.5) =>
  (frame: number) =>
    amplitude * Math.sin(2 * Math.PI * ((frequencyHz * frame) / rateHz));

/** The settled part of a tone resampled. */
function settled(frequencyHz: number, srcRateHz: number, dstRateHz: number, by: Contestant): Float32Array {
  const output = by.tone(sine(frequencyHz, srcRateHz), srcRateHz, dstRateHz, Math.round(dstRateHz * SECONDS));
  return output.slice(output.length * SETTLED, output.length * (1 - SETTLED));
}

function levelDb(samples: Float32Array): number {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  return 10 * Math.log10((2 * power) / samples.length / 0.25);
}

/** Largest deviation from 0 dB of tones up to `topHz`. */
export function passbandRippleDb(srcRateHz: number, dstRateHz: number, topHz: number, by = OURS): number {
  const tones = Array.from({ length: 24 }, (_, n) => topHz * ((n + 1) / 24) - 3);
  const level = (hz: number) => measureTone(settled(hz, srcRateHz, dstRateHz, by), dstRateHz)?.levelDbfs ?? -Infinity;
  return Math.max(...tones.map((hz) => Math.abs(level(hz) - 20 * Math.log10(0.5))));
}

/** Whatever is not the tone: images, distortion, noise; the worst of tones up to `topHz`. */
export function imagesDb(srcRateHz: number, dstRateHz: number, topHz: number, by = OURS): number {
  const tones = Array.from({ length: 12 }, (_, n) => topHz * ((n + 1) / 12) - 7);
  return Math.max(...tones.map((hz) => thdPlusNoiseDb(srcRateHz, dstRateHz, hz, by)));
}

/** What is left of tones above half the lower rate. */
export function aliasesDb(srcRateHz: number, dstRateHz: number, by = OURS): number {
  const [low, high] = [dstRateHz / 2, srcRateHz / 2];
  const tones = Array.from({ length: 12 }, (_, n) => low + ((high - low) * (n + 0.5)) / 12);
  return Math.max(...tones.map((hz) => levelDb(settled(hz, srcRateHz, dstRateHz, by))));
}

export function thdPlusNoiseDb(srcRateHz: number, dstRateHz: number, frequencyHz = 997, by = OURS): number {
  return measureTone(settled(frequencyHz, srcRateHz, dstRateHz, by), dstRateHz)?.thdPlusNoiseDb ?? 0;
}

const RATIOS: readonly (readonly [number, number])[] = [
  [44100, 48000],
  [48000, 44100],
  [48000, 96000],
  [96000, 44100],
  [192000, 48000],
  [8000, 48000],
  [8000, 192000],
  [192000, 8000],
];

type Measure = (by: Contestant) => number;

export const MEASURES: readonly (readonly [
  what: string,
  measure: Measure,
  unit: QualityFigure['unit'],
  aim: number,
])[] = [
  ['44.1 → 48: ripple to 20 kHz', (by) => passbandRippleDb(44100, 48000, 20000, by), 'dB', 0.01],
  ['48 → 44.1: ripple to 20 kHz', (by) => passbandRippleDb(48000, 44100, 20000, by), 'dB', 0.01],
  ['44.1 → 48: images to 20 kHz', (by) => imagesDb(44100, 48000, 20000, by), 'dB', -120],
  ['48 → 44.1: aliases', (by) => aliasesDb(48000, 44100, by), 'dB', -120],
  ['96 → 44.1: aliases', (by) => aliasesDb(96000, 44100, by), 'dB', -120],
  ...RATIOS.map(([src, dst]) => {
    const what = `${src / 1000} → ${dst / 1000}: THD+N of 997 Hz`;
    return [what, (by: Contestant) => thdPlusNoiseDb(src, dst, 997, by), 'dB', -120] as const;
  }),
  ...RATIOS.map(([src, dst]) => {
    const what = `${src / 1000} → ${dst / 1000}: speed, stereo`;
    return [what, (by: Contestant) => by.timesRealTime(src, dst), 'x real time', 10] as const;
  }),
];

/** Measures ours and the peers that are installed; about half a minute. */
export async function runQuality(options: { progress?: (line: string) => void } = {}): Promise<QualityReport> {
  const { progress = () => {} } = options;
  const contestants = [OURS, ...(await installedPeers(RATIOS))];
  const figures: QualityFigure[] = [];
  for (const [what, measure, unit, aim] of MEASURES) {
    progress(what);
    figures.push({ what, unit, aim, values: contestants.map((by) => orNull(() => measure(by))) });
    await new Promise((resolve) => setTimeout(resolve));
  }
  return { resamplers: contestants.map(({ name }) => name), figures };
}

/** A peer may refuse a ratio. */
function orNull(measure: () => number): number | null {
  try {
    return measure();
  } catch (error) {
    if (error instanceof UnsupportedRatio) return null;
    throw error;
  }
}

/** Lines of at most 80 columns; `!` marks a figure of ours that misses its aim. */
export function formatQuality({ resamplers, figures }: QualityReport): string {
  const cell = (value: number | null | undefined) =>
    (value === null || value === undefined ? '–' : value.toPrecision(4)).padStart(14);
  const head = `${' '.repeat(32)}${resamplers.map((name) => name.padStart(14)).join('')}`;
  const rows = figures.map(({ what, unit, aim, values }) => {
    const [ours = 0] = values;
    const good = ours !== null && (unit === 'dB' ? ours <= aim : ours >= aim);
    return `${good ? ' ' : '!'} ${what.padEnd(30)}${values.map(cell).join('')}`;
  });
  const peers = resamplers.length > 1 ? [] : ['no peer is installed to stand beside'];
  return `${[head, ...rows, '', 'rates in kHz; ripple, images, aliases and THD+N in dB, speed x real time', ...peers].join('\n')}\n`;
}
