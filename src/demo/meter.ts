// The level of one channel: a bar for the peak that falls slowly, RMS within it, a mark where it was highest.

import type { Observation } from 'azalia';
import { Screen } from './canvas.ts';
import { make } from './make.ts';

/** Linear, full scale 1. */
export type Level = Observation['levels'][number]['channels'][number];

export const FLOOR_DB = -60;
export const CEILING_DB = 3;
const SILENT_DB = FLOOR_DB - 1;
const HOT_DB = -6;
/** Of a peak programme meter (IEC 60268-10, type I): 20 dB in 1.7 s. */
const FALL_DB_PER_SECOND = 20 / 1.7;
const RMS_SECONDS = 0.15;
const HOLD_SECONDS = 1.5;
const TELL_SECONDS = 0.5;
const SILENCE: Level = { peak: 0, truePeak: 0, rms: 0 };

/** Where a level stands on the scale, 0 to 1. */
export const partOf = (db: number): number => Math.min(1, Math.max(0, (db - FLOOR_DB) / (CEILING_DB - FLOOR_DB)));
/** `−12.0`, or `−∞` below the scale. */
export const inWords = (db: number): string => (db < FLOOR_DB ? '−∞' : db.toFixed(1).replace('-', '−'));
const decibels = (linear: number): number => Math.max(SILENT_DB, 20 * Math.log10(linear));

/** The highest for a while. */
class Hold {
  db = SILENT_DB;
  #since = 0;

  take(db: number, seconds: number): void {
    if (db < this.db && seconds - this.#since < HOLD_SECONDS) return;
    this.db = db;
    this.#since = seconds;
  }
}

export class Meter {
  readonly element = make('canvas', { className: 'meter', role: 'meter' });
  readonly #screen = new Screen(this.element);
  #level = SILENCE;
  #peakDb = SILENT_DB;
  #rmsDb = SILENT_DB;
  #peakHold = new Hold();
  #trueHold = new Hold();
  #drawnAt = 0;
  #toldAt = 0;
  #drawn = '';

  /** `name`: whose level it is. */
  constructor(name: string) {
    this.element.ariaLabel = `${name}, peak in dBFS`;
    this.element.ariaValueMin = `${FLOOR_DB}`;
    this.element.ariaValueMax = `${CEILING_DB}`;
    this.#tell();
  }

  /** In dB: the highest of a while, and RMS. */
  get figures(): { readonly peak: number; readonly rms: number; readonly truePeak: number } {
    return { peak: this.#peakHold.db, rms: this.#rmsDb, truePeak: this.#trueHold.db };
  }

  feed(level: Level): void {
    this.#level = level;
  }

  clear(): void {
    this.#peakHold = new Hold();
    this.#trueHold = new Hold();
  }

  /** The bar as it stands now. */
  draw(seconds: number): void {
    const spent = seconds - this.#drawnAt;
    this.#drawnAt = seconds;
    this.#peakDb = Math.max(decibels(this.#level.peak), this.#peakDb - FALL_DB_PER_SECOND * spent);
    this.#rmsDb += (decibels(this.#level.rms) - this.#rmsDb) * (1 - Math.exp(-spent / RMS_SECONDS));
    this.#peakHold.take(this.#peakDb, seconds);
    this.#trueHold.take(decibels(this.#level.truePeak), seconds);
    this.#paint();
    if (seconds - this.#toldAt < TELL_SECONDS) return;
    this.#toldAt = seconds;
    this.#tell();
  }

  #paint(): void {
    const { width, height, colors } = this.#screen;
    const xOf = (db: number) => Math.round(partOf(db) * width);
    const [peak, rms, mark, hot] = [this.#peakDb, this.#rmsDb, this.#peakHold.db, HOT_DB].map(xOf) as [
      number,
      number,
      number,
      number,
    ];
    const drawing = [this.#screen.version, peak, rms, mark].join();
    if (drawing === this.#drawn) return;
    this.#drawn = drawing;
    const context = this.#screen.clear();
    const bar = (color: string, from: number, to: number) => {
      context.fillStyle = color;
      if (to > from) context.fillRect(from, 0, to - from, height);
    };
    bar(colors.grid, 0, width);
    bar(colors['accent-faded'], 0, Math.min(peak, hot));
    bar(colors['hot-faded'], hot, peak);
    bar(colors.accent, 0, Math.min(rms, hot));
    bar(colors.hot, hot, rms);
    if (mark > 0) bar(mark > hot ? colors.hot : colors.accent, mark - 2, mark);
  }

  #tell(): void {
    const { peak, rms, truePeak } = this.figures;
    const now = Math.min(CEILING_DB, Math.max(FLOOR_DB, peak)).toFixed(1);
    if (this.element.ariaValueNow === now) return;
    this.element.ariaValueNow = now;
    this.element.ariaValueText =
      peak < FLOOR_DB ? 'silent' : `peak ${inWords(peak)}, RMS ${inWords(rms)}, true peak ${inWords(truePeak)} dBFS`;
  }
}
