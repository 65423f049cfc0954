import type { Screen } from './canvas.ts';

const DIVISIONS = 4;
const TIME_DIVISIONS = 10;
const SINC_REACH = 8;

/**
 * Draws `seconds` of the samples from a rising zero crossing on, between the samples as the loudspeaker would have it,
 * and returns the full height in words.
 */
export function drawScope(screen: Screen, samples: Float32Array, rateHz: number, seconds: number): string {
  const { width, height, colors } = screen;
  const context = screen.clear();
  const middle = height / 2;

  context.strokeStyle = colors.grid;
  context.beginPath();
  for (let line = 0; line <= 2 * DIVISIONS; line++) {
    const y = Math.round((line * (height - 1)) / (2 * DIVISIONS)) + 0.5;
    context.moveTo(0, y);
    context.lineTo(width, y);
  }
  for (let line = 1; line < TIME_DIVISIONS; line++) {
    const x = Math.round((line * width) / TIME_DIVISIONS) + 0.5;
    context.moveTo(x, 0);
    context.lineTo(x, height);
  }
  context.stroke();

  const frames = seconds * rateHz;
  const start = crossing(samples, Math.floor(samples.length - frames - 2 * SINC_REACH));
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  const full = fullHeight(peak);
  const smooth = frames < width;

  context.strokeStyle = colors.accent;
  context.lineWidth = 2;
  context.lineJoin = 'round';
  context.beginPath();
  for (let x = 0; x <= width; x++) {
    const at = start + (x / width) * frames;
    const value = smooth ? between(samples, at) : (samples[Math.round(at)] ?? 0);
    context.lineTo(x, middle - (value / full) * (middle - 2));
  }
  context.stroke();
  context.lineWidth = 1;
  return `${(seconds * 1000).toPrecision(2)} ms · ±${full}`;
}

/** The last rising zero crossing in the first `before` samples, between two of them; 0 where there is none. */
function crossing(samples: Float32Array, before: number): number {
  for (let i = before; i > SINC_REACH; i--) {
    const [low = 0, high = 0] = [samples[i - 1], samples[i]];
    if (low < 0 && high >= 0) return i - high / (high - low);
  }
  return SINC_REACH;
}

const HEIGHTS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];
const fullHeight = (peak: number) => (peak === 0 ? 1 : (HEIGHTS.find((height) => height >= peak) ?? 1));

/** Band-limited interpolation: sinc under a Hann window. */
function between(samples: Float32Array, at: number): number {
  const base = Math.floor(at);
  let sum = 0;
  for (let i = base - SINC_REACH + 1; i <= base + SINC_REACH; i++) {
    const x = Math.PI * (at - i);
    const weight = x === 0 ? 1 : (Math.sin(x) / x) * (0.5 + 0.5 * Math.cos(x / SINC_REACH));
    sum += weight * (samples[i] ?? 0);
  }
  return sum;
}
