// Test signals in plain doubles, sample by sample: what the engine's are held against, and sound for tests of other rooms.

import { putContainer, putSilence, quantize } from '../../src/dsp/quantize.ts';
import { sweepEndHz } from '../../src/dsp/tone.ts';
import type { PcmFormat } from '../../src/hda/pcm.ts';

export interface Tone {
  readonly wave: 'sine' | 'square' | 'saw' | 'sweep';
  /** Above 0 and below rateHz/2. A sweep starts here. */
  readonly frequencyHz: number;
  readonly rateHz: number;
  /** The wave's peak: 0 is full scale, so a sine at 0 dBFS reaches ±1. */
  readonly levelDbfs: number;
  /** Length: a sweep ends here. Phases are exact to 10⁻¹² of a cycle through 2³¹ frames. */
  readonly frames: number;
}

/** The value at an absolute frame, full scale ±1. */
export type Signal = (frame: number) => number;

/** Sine; square and saw of all harmonics below half the rate; sweep, logarithmic, from frequencyHz to sweepEndHz. */
export function createTone(tone: Tone): Signal {
  const { wave, frequencyHz, rateHz, levelDbfs, frames } = tone;
  const peak = 10 ** (levelDbfs / 20);

  switch (wave) {
    case 'sine': {
      const angle = angleAt(frequencyHz, rateHz);
      return (frame) => peak * Math.sin(angle(frame));
    }
    case 'square':
    case 'saw': {
      const angle = angleAt(frequencyHz, rateHz);
      const step = wave === 'square' ? 2 : 1;
      const highest = Math.ceil(rateHz / 2 / frequencyHz) - 1;
      // The sum is highest in the first lobe: at π/2m for m odd harmonics, at π/(K+1) for the first K.
      const lobe = step === 2 ? Math.PI / (2 * Math.ceil(highest / 2)) : Math.PI / (highest + 1);
      const scale = peak / harmonicSum(lobe, step, highest);
      // A saw rises through 0 at phase 0.
      return (frame) =>
        step === 2
          ? scale * harmonicSum(angle(frame), 2, highest)
          : -scale * harmonicSum(angle(frame) + Math.PI, 1, highest);
    }
    case 'sweep': {
      const ratio = Math.log(sweepEndHz(rateHz) / frequencyHz) / frames;
      if (ratio === 0) return createTone({ ...tone, wave: 'sine' });
      const cycles = frequencyHz / rateHz / ratio;
      return (frame) => peak * Math.sin(2 * Math.PI * ((cycles * Math.expm1(ratio * frame)) % 1));
    }
  }
}

/**
 * The phase at a frame, in radians, 0 at frame 0. Frequency ÷ rate is split into 22 bits and a rest: frame × 22 bits is
 * exact in a double, and the rest stays so small that its error does. One product would lose 10⁻⁷ cycles in an hour.
 */
function angleAt(frequencyHz: number, rateHz: number): (frame: number) => number {
  const coarse = Math.floor((frequencyHz / rateHz) * 2 ** 22) / 2 ** 22;
  const fine = (frequencyHz - coarse * rateHz) / rateHz;
  return (frame) => 2 * Math.PI * ((((frame * coarse) % 1) + frame * fine) % 1);
}

/** Σ sin(kθ)/k over k = 1, 1 + step, … ≤ highest, by sin(kθ + δ) = 2·cos δ·sin kθ − sin(kθ − δ). */
function harmonicSum(angle: number, step: 1 | 2, highest: number): number {
  const twice = 2 * Math.cos(step * angle);
  let previous = Math.sin((1 - step) * angle);
  let current = Math.sin(angle);
  let sum = 0;
  for (let k = 1; k <= highest; k += step) {
    sum += current / k;
    const next = twice * current - previous;
    previous = current;
    current = next;
  }
  return sum;
}

export interface SignalSource {
  readonly signal: Signal;
  readonly format: PcmFormat;
  /** Silence from here on. */
  readonly frames: number;
}

/** A signal as a stream's samples: interleaved containers, the same signal in every channel. */
export function signalSource(source: SignalSource): (into: Uint8Array, firstFrame: number, frames: number) => void {
  const { signal, format } = source;
  const { bits, channels } = format;
  const sampleBytes = bits === 8 ? 1 : bits === 16 ? 2 : 4;
  return (into, firstFrame, frames) => {
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
    const present = Math.max(0, Math.min(frames, source.frames - firstFrame));
    let byte = 0;
    for (let frame = firstFrame; frame < firstFrame + present; frame++) {
      const value = signal(frame);
      for (let channel = 0; channel < channels; channel++) {
        putContainer(view, byte, bits, quantize(value, bits));
        byte += sampleBytes;
      }
    }
    putSilence(into.subarray(byte), bits);
  };
}
