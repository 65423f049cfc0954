// What the resampler does to sound, measured from outside: the figures that a data sheet of a converter has.

import { measureTone } from '../src/dsp/measure.ts';
import { resample } from './resampling.ts';

export interface QualityFigure {
  readonly what: string;
  readonly value: number;
  readonly unit: 'dB' | 'ns' | 'x real time' | 'frames';
  /** The figure is good when it is below (dB, ns, frames) or above (x) this. */
  readonly aim: number;
}

export interface QualityReport {
  readonly figures: readonly QualityFigure[];
  readonly speeds: readonly QualityFigure[];
  /** Other resamplers that are installed, on the same input; empty where none is. */
  readonly peers: readonly { readonly name: string; readonly figures: readonly QualityFigure[] }[];
}

const SECONDS = 0.4;
const SETTLED = 0.25; // of the output: what the filter's ends reach lies before and after

const sine =
  (frequencyHz: number, rateHz: number, amplitude = 0.5) =>
  (frame: number) =>
    amplitude * Math.sin(2 * Math.PI * ((frequencyHz * frame) / rateHz));

/** The settled part of a tone resampled. */
function settled(frequencyHz: number, srcRateHz: number, dstRateHz: number): Float32Array {
  const { output } = resample(sine(frequencyHz, srcRateHz), srcRateHz, dstRateHz, Math.round(dstRateHz * SECONDS));
  return output.slice(output.length * SETTLED, output.length * (1 - SETTLED));
}

function levelDb(samples: Float32Array): number {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  return 10 * Math.log10((2 * power) / samples.length / 0.25);
}

/** Largest deviation from 0 dB of tones up to `topHz`. */
export function passbandRippleDb(srcRateHz: number, dstRateHz: number, topHz: number): number {
  const tones = Array.from({ length: 24 }, (_, n) => topHz * ((n + 1) / 24) - 3);
  const level = (hz: number) => measureTone(settled(hz, srcRateHz, dstRateHz), dstRateHz)?.levelDbfs ?? -Infinity;
  return Math.max(...tones.map((hz) => Math.abs(level(hz) - 20 * Math.log10(0.5))));
}

/** Whatever is not the tone: images, distortion, noise; the worst of tones up to `topHz`. */
export function imagesDb(srcRateHz: number, dstRateHz: number, topHz: number): number {
  const tones = Array.from({ length: 12 }, (_, n) => topHz * ((n + 1) / 12) - 7);
  return Math.max(...tones.map((hz) => measureTone(settled(hz, srcRateHz, dstRateHz), dstRateHz)?.thdPlusNoiseDb ?? 0));
}

/** What is left of tones above half the lower rate. */
export function aliasesDb(srcRateHz: number, dstRateHz: number): number {
  const [low, high] = [dstRateHz / 2, srcRateHz / 2];
  const tones = Array.from({ length: 12 }, (_, n) => low + ((high - low) * (n + 0.5)) / 12);
  return Math.max(...tones.map((hz) => levelDb(settled(hz, srcRateHz, dstRateHz))));
}

export function thdPlusNoiseDb(srcRateHz: number, dstRateHz: number, frequencyHz = 997): number {
  return measureTone(settled(frequencyHz, srcRateHz, dstRateHz), dstRateHz)?.thdPlusNoiseDb ?? 0;
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

/** Measures; about ten seconds. */
export async function runQuality(options: { progress?: (line: string) => void } = {}): Promise<QualityReport> {
  const { progress = () => {} } = options;
  const figures: QualityFigure[] = [];
  const figure = (what: string, measure: () => number, aim: number) => {
    progress(what);
    figures.push({ what, value: measure(), unit: 'dB', aim });
  };
  figure('44.1 → 48 kHz: passband ripple to 20 kHz', () => passbandRippleDb(44100, 48000, 20000), 0.01);
  figure('48 → 44.1 kHz: passband ripple to 20 kHz', () => passbandRippleDb(48000, 44100, 20000), 0.01);
  figure('44.1 → 48 kHz: images, tones to 20 kHz', () => imagesDb(44100, 48000, 20000), -120);
  figure('48 → 44.1 kHz: aliases, tones above 22.05 kHz', () => aliasesDb(48000, 44100), -120);
  figure('96 → 44.1 kHz: aliases, tones above 22.05 kHz', () => aliasesDb(96000, 44100), -120);
  for (const [src, dst] of RATIOS) {
    figure(`${src / 1000} → ${dst / 1000} kHz: THD+N of 997 Hz`, () => thdPlusNoiseDb(src, dst), -120);
  }
  const speeds = RATIOS.map(([src, dst]): QualityFigure => {
    const what = `${src / 1000} → ${dst / 1000} kHz, stereo`;
    progress(what);
    const { nsPerFrame } = resample(sine(997, src), src, dst, dst, { channels: 2, pieces: 20 });
    return { what, value: 1e9 / nsPerFrame / dst, unit: 'x real time', aim: 10 };
  });
  return { figures, speeds, peers: [] };
}

/** Lines of at most 80 columns. */
export function formatQuality(report: QualityReport): string {
  const line = ({ what, value, unit, aim }: QualityFigure) => {
    const good = unit === 'x real time' ? value >= aim : value <= aim;
    const number = value.toPrecision(4);
    return `${good ? ' ' : '!'} ${what.padEnd(50)}${number.padStart(10)} ${unit}`;
  };
  const rows = [...report.figures.map(line), '', ...report.speeds.map(line)];
  for (const { name, figures } of report.peers) rows.push('', name, ...figures.map(line));
  return `${rows.join('\n')}\n`;
}
