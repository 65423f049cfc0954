import type { Screen } from './canvas.ts';

const LOWEST_HZ = 20;
const HIGHEST_HZ = 20_000;
const FLOOR_DB = -130;
const CEILING_DB = 3;
/** An AnalyserNode's Blackman window shows a sine of peak 1 at −13.56 dB. */
const WINDOW_DB = 20 * Math.log10(2 / 0.42);
const LOWEST_BIN_DB = FLOOR_DB - WINDOW_DB;
const FREQUENCY_LINES = [50, 100, 200, 500, 1000, 2000, 5000, 10_000];
const LEVEL_LINES = [0, -30, -60, -90, -120];

/** Draws an AnalyserNode's bins, in dB, over the logarithm of frequency, and returns the highest peak in words. */
export function drawSpectrum(screen: Screen, bins: Float32Array, binHz: number): string {
  const { width, height, colors } = screen;
  const context = screen.clear();
  const bottom = height - 16;
  const xOf = (hz: number) => (Math.log(hz / LOWEST_HZ) / Math.log(HIGHEST_HZ / LOWEST_HZ)) * width;
  const yOf = (db: number) => ((CEILING_DB - Math.max(db, FLOOR_DB)) / (CEILING_DB - FLOOR_DB)) * bottom;

  context.strokeStyle = colors.grid;
  context.fillStyle = colors.quiet;
  context.beginPath();
  context.textAlign = 'center';
  for (const hz of FREQUENCY_LINES) {
    const x = Math.round(xOf(hz)) + 0.5;
    context.moveTo(x, 0);
    context.lineTo(x, bottom);
    context.fillText(hz < 1000 ? `${hz}` : `${hz / 1000}k`, x, height - 3);
  }
  context.textAlign = 'left';
  for (const db of LEVEL_LINES) {
    const y = Math.round(yOf(db)) + 0.5;
    context.moveTo(0, y);
    context.lineTo(width, y);
    if (db < 0) context.fillText(`${db}`.replace('-', '−'), 2, y - 3);
  }
  context.stroke();

  context.beginPath();
  context.moveTo(0, bottom);
  for (let x = 0; x <= width; x++) {
    const hz = LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** (x / width);
    const next = hz * (HIGHEST_HZ / LOWEST_HZ) ** (1 / width);
    context.lineTo(x, yOf(highest(bins, hz / binHz, next / binHz) + WINDOW_DB));
  }
  context.lineTo(width, bottom);
  context.fillStyle = colors['accent-soft'];
  context.fill();
  context.strokeStyle = colors.accent;
  context.lineWidth = 1.5;
  context.stroke();
  context.lineWidth = 1;
  return peakOf(bins, binHz);
}

/** The highest from one place to another, of the bins and of straight lines between them. */
function highest(bins: Float32Array, from: number, to: number): number {
  let most = Math.max(between(bins, from), between(bins, to));
  for (let bin = Math.ceil(from); bin <= to; bin++) most = Math.max(most, bins[bin] ?? LOWEST_BIN_DB);
  return most;
}

function between(bins: Float32Array, at: number): number {
  const low = Math.max(LOWEST_BIN_DB, bins[Math.floor(at)] ?? LOWEST_BIN_DB);
  const high = Math.max(LOWEST_BIN_DB, bins[Math.floor(at) + 1] ?? LOWEST_BIN_DB);
  return low + (at % 1) * (high - low);
}

/** By the parabola through the three highest bins, in dB the shape of the window's main lobe. */
function peakOf(bins: Float32Array, binHz: number): string {
  let top = 1;
  for (let bin = 1; bin < bins.length - 1; bin++) if ((bins[bin] as number) > (bins[top] as number)) top = bin;
  const [before = 0, middle = 0, after = 0] = bins.subarray(top - 1, top + 2);
  if (middle + WINDOW_DB < -100) return '';
  const shift = (before - after) / (2 * (before - 2 * middle + after));
  const level = middle - ((before - after) * shift) / 4 + WINDOW_DB;
  return `${((top + shift) * binHz).toFixed(1)} Hz · ${level.toFixed(1).replace('-', '−')} dBFS`;
}
