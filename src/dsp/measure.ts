// What a tone is: frequency, level and THD+N, from a least-squares sine fit (the four-parameter fit of IEEE Std 1057).

import { spectrum } from './spectrum.ts';

export interface ToneMeasurement {
  readonly frequencyHz: number;
  /** Of the fundamental's peak; a sine of peak 1 is 0. */
  readonly levelDbfs: number;
  /** Everything but fundamental and DC, over the whole band up to half the rate, against the fundamental; RMS, unweighted. */
  readonly thdPlusNoiseDb: number;
}

interface Sine {
  /** Cycles per frame. */
  frequency: number;
  /** dc + cosine·cos φ + sine·sin φ, φ = 0 in the middle of the samples. */
  cosine: number;
  sine: number;
  dc: number;
}

const LEAST_FRAMES = 16;
const COARSE_FRAMES = 2 ** 16; // enough to find the frequency from which the fit of all frames converges
const LEAST_PART = 1e-9; // of the samples' peak; below is what arithmetic leaves of a constant
const MOST_STEPS = 12;
const CONVERGED_CYCLES = 1e-9; // over the whole stretch

/** Largest magnitude. */
export function peak(samples: Float32Array): number {
  let most = 0;
  for (let n = 0; n < samples.length; n++) most = Math.max(most, Math.abs(samples[n] as number));
  return most;
}

/**
 * Measures the strongest sine in the samples. Good to 0.01 Hz and 0.01 dB from one second on; what the samples' own
 * steps add comes on top. Null where there is none: fewer than 16 frames, or all alike.
 */
export function measureTone(samples: Float32Array, rateHz: number): ToneMeasurement | null {
  if (samples.length < LEAST_FRAMES) return null;
  const part = samples.subarray(Math.max(0, (samples.length - COARSE_FRAMES) / 2)).subarray(0, COARSE_FRAMES);
  const coarse = coarseFrequency(part);
  if (coarse === null) return null;

  const fit = converge(samples, converge(part, { frequency: coarse, cosine: 0, sine: 0, dc: 0 }));
  const residual = residualPower(samples, fit);
  const amplitude = Math.hypot(fit.cosine, fit.sine);
  return {
    frequencyHz: fit.frequency * rateHz,
    levelDbfs: 20 * Math.log10(amplitude),
    thdPlusNoiseDb: 10 * Math.log10(residual / (amplitude ** 2 / 2)),
  };
}

/** The spectrum's highest bin with a parabola through its neighbours, in cycles per frame. */
function coarseFrequency(samples: Float32Array): number | null {
  const { amplitudes, binHz } = spectrum(samples, 1);
  let best = 1;
  for (let k = 1; k < amplitudes.length - 1; k++) {
    if ((amplitudes[k] as number) > (amplitudes[best] as number)) best = k;
  }
  if (!((amplitudes[best] as number) > LEAST_PART * peak(samples))) return null;
  const [left, middle, right] = [best - 1, best, best + 1].map((k) => Math.log(amplitudes[k] as number)) as [
    number,
    number,
    number,
  ];
  const shift = (left - right) / (2 * (left - 2 * middle + right));
  return (best + (Number.isFinite(shift) ? shift : 0)) * binHz;
}

/** The fit that the nearest frequency leads to. */
function converge(samples: Float32Array, from: Sine): Sine {
  let fit = improve(samples, from, false);
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = improve(samples, fit, true);
    const moved = Math.abs(next.frequency - fit.frequency) * samples.length;
    if (!(moved < 1 && next.frequency > 0 && next.frequency < 0.5)) break; // too short a stretch to say more
    fit = next;
    if (moved < CONVERGED_CYCLES) break;
  }
  return fit;
}

/** One Gauss-Newton step: linear least squares for cosine, sine, DC and, if asked, the change of frequency. */
function improve(samples: Float32Array, from: Sine, moveFrequency: boolean): Sine {
  const frames = samples.length;
  const middle = (frames - 1) / 2;
  const rotor = new Rotor(from.frequency, middle);
  const turn = (2 * Math.PI) / frames; // the frequency's column is in cycles over the whole stretch
  // biome-ignore-start format: one line, one matrix
  let cc = 0,
    cs = 0,
    c1 = 0,
    cd = 0,
    ss = 0,
    s1 = 0,
    sd = 0,
    d1 = 0,
    dd = 0;
  let cx = 0,
    sx = 0,
    x1 = 0,
    dx = 0;
  // biome-ignore-end format: one line, one matrix
  for (let n = 0; n < frames; n++) {
    const x = samples[n] as number;
    const { cos, sin } = rotor.at(n);
    const d = turn * (n - middle) * (from.sine * cos - from.cosine * sin);
    cc += cos * cos;
    cs += cos * sin;
    c1 += cos;
    cd += cos * d;
    ss += sin * sin;
    s1 += sin;
    sd += sin * d;
    d1 += d;
    dd += d * d;
    cx += cos * x;
    sx += sin * x;
    x1 += x;
    dx += d * x;
  }
  const rows = [
    [cc, cs, c1, cd, cx],
    [cs, ss, s1, sd, sx],
    [c1, s1, frames, d1, x1],
    [cd, sd, d1, dd, dx],
  ];
  const [cosine = 0, sine = 0, dc = 0, cycles = 0] = solve(
    moveFrequency ? rows : rows.slice(0, 3).map((row) => [...row.slice(0, 3), row[4] as number]),
  );
  return { frequency: from.frequency + cycles / frames, cosine, sine, dc };
}

/** Mean square of what the fit leaves. */
function residualPower(samples: Float32Array, fit: Sine): number {
  const frames = samples.length;
  const rotor = new Rotor(fit.frequency, (frames - 1) / 2);
  let power = 0;
  for (let n = 0; n < frames; n++) {
    const { cos, sin } = rotor.at(n);
    power += ((samples[n] as number) - fit.dc - fit.cosine * cos - fit.sine * sin) ** 2;
  }
  return power / frames;
}

/** cos and sin of φ frame by frame: each a product with the last, every 256 frames set anew. */
class Rotor {
  cos = 1;
  sin = 0;
  readonly #turnCos: number;
  readonly #turnSin: number;
  readonly #frequency: number;
  readonly #middle: number;

  constructor(frequency: number, middle: number) {
    this.#frequency = frequency;
    this.#middle = middle;
    this.#turnCos = Math.cos(2 * Math.PI * frequency);
    this.#turnSin = Math.sin(2 * Math.PI * frequency);
  }

  /** Called for n = 0, 1, 2 … */
  at(n: number): this {
    if (n % 256 === 0) {
      const angle = 2 * Math.PI * ((this.#frequency * (n - this.#middle)) % 1);
      this.cos = Math.cos(angle);
      this.sin = Math.sin(angle);
    } else {
      const cos = this.cos * this.#turnCos - this.sin * this.#turnSin;
      this.sin = this.sin * this.#turnCos + this.cos * this.#turnSin;
      this.cos = cos;
    }
    return this;
  }
}

/** Gaussian elimination with pivoting; each row ends in its right-hand side. */
function solve(rows: number[][]): number[] {
  const size = rows.length;
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column; row < size; row++) {
      if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = at(row, column) / at(column, column);
      rows[row] = (rows[row] as number[]).map((value, k) => value - factor * at(column, k));
    }
  }
  return rows.map((row, k) => (row[size] as number) / (row[k] as number));
}
