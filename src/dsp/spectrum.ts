// The amplitude spectrum of a stretch of samples.

import FFT from 'fft.js';

export interface Spectrum {
  readonly binHz: number;
  /** Bins from 0 to half the rate; a sine of peak 1 reads 1 at its bin. */
  readonly amplitudes: Float64Array;
}

/** Hann window over all samples, DC taken out, padded with zeros to a power of two. */
export function spectrum(samples: Float32Array, rateHz: number): Spectrum {
  const frames = samples.length;
  const size = 2 ** Math.max(4, Math.ceil(Math.log2(Math.max(frames, 1))));
  let mean = 0;
  for (let n = 0; n < frames; n++) mean += (samples[n] as number) / frames;

  const windowed = new Float64Array(size);
  for (let n = 0; n < frames; n++) {
    windowed[n] = ((samples[n] as number) - mean) * 0.5 * (1 - Math.cos((2 * Math.PI * (n + 0.5)) / frames));
  }
  const bins = new Float64Array(2 * size);
  new FFT(size).realTransform(bins, windowed);

  const amplitudes = new Float64Array(size / 2 + 1);
  for (let k = 0; k < amplitudes.length; k++) {
    amplitudes[k] = (Math.hypot(bins[2 * k] as number, bins[2 * k + 1] as number) * 4) / Math.max(frames, 1);
  }
  return { binHz: rateHz / size, amplitudes };
}
