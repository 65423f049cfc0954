// What `tone` and `play` print when the sound has reached the pin.

import type { PcmFormat } from '../node/render.ts';
import type { WavReport } from '../node/render-wav.ts';
import { drawSpectrum, drawWave } from './drawing.ts';
import { paintFor } from './paint.ts';
import { pinName } from './pin-option.ts';

const LEVEL_SPREAD_DB = 0.01;
const MOST_DRAWN = 0.45; // of the rate

export interface ReportHead {
  /** What was played, in a few words. */
  readonly title: string;
  readonly codec: string;
  readonly out: string;
  readonly drawing: 'wave' | 'spectrum';
}

export function describeFormat({ rateHz, bits, channels }: PcmFormat): string {
  return `${rateHz} Hz, ${bits} bits, ${channels} channel${channels === 1 ? '' : 's'}`;
}

/** Lines of at most 80 columns. */
export function formatReport(head: ReportHead, report: WavReport): string {
  const { bold, dim, accent } = paintFor(process.stdout);
  const row = (name: string, value: string) => `  ${dim(name.padEnd(12))} ${value}`;
  const pins = [...new Set(report.channels.map((channel) => channel.pin))];
  const pinWord = pins.length > 1 ? 'pins' : 'pin';
  const [first] = report.channels;
  const tone = first?.tone ?? null;
  const single = tone !== null && tone.thdPlusNoiseDb < 0; // one sine outweighs everything else
  const lines = [
    `${bold(head.title)}  ${dim(describeFormat(report.format))}`,
    dim(`codec ${head.codec}, ${report.output}, ${pinWord} ${pins.map(pinName).join(' ')}`),
    '',
    ...(head.drawing === 'wave' && single && isDrawable(tone.frequencyHz, report)
      ? drawWave(report.samples, report.format.rateHz, tone.frequencyHz)
      : drawSpectrum(report.spectrum.amplitudes, report.spectrum.binHz)
    ).map((line) => accent(line)),
    '',
    ...(single
      ? [
          row('frequency', `${tone.frequencyHz.toFixed(4)} Hz`),
          row('level', `${tone.levelDbfs.toFixed(3)} dBFS${dim(alike(report))}`),
          row('THD+N', `${tone.thdPlusNoiseDb.toFixed(2)} dB`),
        ]
      : [row('level', first && first.peakDbfs > -Infinity ? `${first.peakDbfs.toFixed(3)} dBFS peak` : 'silence')]),
    row('frames', `${report.frames}`),
    row('descriptors', `${report.descriptors} walked`),
    row('interrupts', `${report.interrupts}`),
    row('speed', `${report.timesRealTime.toPrecision(3)} x real time`),
    '',
    `${bold(head.out)} holds what reached the ${pinWord}.`,
    `See and hear it in a browser:  ${bold(`${invocation()} serve`)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** A wave is drawn where there is a period of it, and frames enough in a period to draw a curve from. */
function isDrawable(frequencyHz: number, { format, frames }: WavReport): boolean {
  return frequencyHz * frames >= format.rateHz && frequencyHz <= MOST_DRAWN * format.rateHz;
}

/** Whether the first channel's level speaks for the others. */
function alike({ channels }: WavReport): string {
  if (channels.length === 1) return '';
  const levels = channels.map((channel) => channel.tone?.levelDbfs ?? Number.NEGATIVE_INFINITY);
  const spread = Math.max(...levels) - Math.min(...levels);
  const all = channels.length === 2 ? 'both' : `all ${channels.length}`;
  return spread < LEVEL_SPREAD_DB ? ` in ${all} channels` : ` in the first of ${channels.length} channels`;
}

/** How this command line is started where it was started from. */
export function invocation(environment = process.env): string {
  const script = environment.npm_lifecycle_event;
  return script !== undefined && script !== 'npx' ? 'npm run azalia --' : 'azalia';
}
