// Small drawings of a wave and of a spectrum in Unicode characters; no line is longer than 72.

const COLUMNS = 56;
const WAVE_ROWS = 7;
const SPECTRUM_ROWS = 6;
const FLOOR_DB = -144;
const BARS = ' ▁▂▃▄▅▆▇█';
/** Dots of a braille cell, [column][row] (Unicode U+2800). */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
];
const REACH = 12; // frames on either side that the curve between two frames is made of

/** About three periods from the middle of the samples, as the curve that the samples stand for. */
export function drawWave(samples: Float32Array, rateHz: number, frequencyHz: number): string[] {
  const period = rateHz / frequencyHz;
  const span = Math.min(3 * period, samples.length);
  const start = Math.max(0, Math.floor((samples.length - span) / 2 / period) * period);
  const dots = Array.from({ length: 2 * COLUMNS }, (_, x) => curveAt(samples, start + (x / (2 * COLUMNS)) * span));
  const top = Math.max(...dots.map(Math.abs)) || 1;

  const height = 4 * WAVE_ROWS - 1;
  const rowOf = (value: number) => Math.round(((1 - value / top) / 2) * height);
  const cells = Array.from({ length: WAVE_ROWS }, () => new Uint8Array(COLUMNS));
  for (const [x, value] of dots.entries()) {
    const here = rowOf(value);
    const before = rowOf(dots[x - 1] ?? value);
    const from = Math.min(here, before + Math.sign(here - before));
    const to = Math.max(here, before + Math.sign(here - before));
    for (let y = from; y <= to; y++) {
      const row = cells[y >> 2] as Uint8Array;
      row[x >> 1] = (row[x >> 1] as number) | (DOTS[x & 1]?.[y & 3] as number);
    }
  }
  const labels = new Map([
    [0, short(top)],
    [WAVE_ROWS >> 1, '0'],
    [WAVE_ROWS - 1, short(-top)],
  ]);
  return [
    ...cells.map(
      (row, y) => `${gutter(labels.get(y))}${String.fromCodePoint(...Array.from(row, (bits) => 0x2800 + bits))}`,
    ),
    axis('0', `${short((span / rateHz) * 1000)} ms`),
  ];
}

/** Amplitudes by frequency, logarithmic both ways: each column's highest bin, in dBFS. */
export function drawSpectrum(amplitudes: Float64Array, binHz: number): string[] {
  const highHz = binHz * (amplitudes.length - 1);
  const lowHz = Math.min(20, highHz / 2);
  const edge = (column: number) => (lowHz * (highHz / lowHz) ** (column / COLUMNS)) / binHz;
  const levels = Array.from({ length: COLUMNS }, (_, column) => {
    const first = Math.round(edge(column));
    const last = Math.max(first + 1, Math.round(edge(column + 1)));
    const most = amplitudes.subarray(first, last).reduce((a, b) => Math.max(a, b), 0);
    return Math.max(0, 1 - (20 * Math.log10(most)) / FLOOR_DB);
  });
  const rows = Array.from({ length: SPECTRUM_ROWS }, (_, y) => {
    const label = y % 2 === 0 ? `${Math.round((FLOOR_DB * y) / SPECTRUM_ROWS)} dB` : undefined;
    const bars = levels.map((level) => {
      const eighths = Math.round(8 * (level * SPECTRUM_ROWS - (SPECTRUM_ROWS - 1 - y)));
      return BARS[Math.min(8, Math.max(0, eighths))];
    });
    return `${gutter(label)}${bars.join('')}`;
  });
  return [...rows, axis(`${Math.round(lowHz)} Hz`, `${short(highHz / 1000)} kHz`)];
}

/** The band-limited curve through the samples at a place between them (Lanczos kernel). */
function curveAt(samples: Float32Array, at: number): number {
  const nearest = Math.floor(at);
  let value = 0;
  for (let n = nearest - REACH + 1; n <= nearest + REACH; n++)
    value += (samples[n] ?? 0) * sinc(at - n) * sinc((at - n) / REACH);
  return value;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const short = (value: number): string => `${Number(value.toPrecision(3))}`;

const gutter = (label = ''): string => `${label.padStart(9)} ${label ? '┤' : '│'}`;

function axis(left: string, right: string): string {
  return `${' '.repeat(10)}└${left} ${'─'.repeat(COLUMNS - left.length - right.length - 2)} ${right}`;
}
