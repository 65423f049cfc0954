// Resamplers under measurement: ours through command buffers, and those of others that npm has installed beside us.

import { resample } from './resampling.ts';

type Signal = (frame: number) => number;

export interface Contestant {
  readonly name: string;
  /** `frames` of a mono signal at the other rate. UnsupportedRatio for a ratio that it does not do. */
  tone(signal: Signal, srcRateHz: number, dstRateHz: number, frames: number): Float32Array;
  /** Of stereo, tables made and code compiled. */
  timesRealTime(srcRateHz: number, dstRateHz: number): number;
}

export class UnsupportedRatio extends Error {}

export const OURS: Contestant = {
  name: 'azalia',
  tone: (signal, src, dst, frames) => resample(signal, src, dst, frames).output,
  timesRealTime(src, dst) {
    const { nsPerFrame } = resample((frame) => Math.sin(frame), src, dst, dst, { channels: 2, pieces: 20 });
    return 1e9 / nsPerFrame / dst;
  },
};

/** One that takes a second of interleaved samples at a time, made ahead for each ratio. */
function blockContestant(
  name: string,
  run: (channels: number, src: number, dst: number) => ((samples: Float32Array) => Float32Array) | undefined,
): Contestant {
  const through = (channels: number, src: number, dst: number) => {
    const found = run(channels, src, dst);
    if (!found) throw new UnsupportedRatio(`${name}: ${src} to ${dst}`);
    return found;
  };
  return {
    name,
    tone(signal, src, dst, frames) {
      const source = Float32Array.from({ length: Math.ceil((frames * src) / dst) }, (_, frame) => signal(frame));
      return through(1, src, dst)(source);
    },
    timesRealTime(src, dst) {
      const convert = through(2, src, dst);
      const source = Float32Array.from({ length: 2 * src }, (_, n) => Math.sin(n >> 1));
      const times = Array.from({ length: 3 }, () => {
        const start = performance.now();
        convert(source);
        return performance.now() - start;
      });
      return 1000 / (times.sort((a, b) => a - b)[1] as number);
    },
  };
}

/** libsamplerate (best sinc) and speexdsp (quality 10, 16 bits), where `npm install` has put their WebAssembly builds. */
export async function installedPeers(ratios: readonly (readonly [number, number])[]): Promise<Contestant[]> {
  const peers = await Promise.all([libsamplerate(ratios).catch(() => null), speexdsp(ratios).catch(() => null)]);
  return peers.filter((peer) => peer !== null);
}

async function libsamplerate(ratios: readonly (readonly [number, number])[]): Promise<Contestant> {
  const module = await import('@alexanderolsen/libsamplerate-js');
  const { create, ConverterType } = 'default' in module ? (module.default as typeof module) : module; // CommonJS
  const made = new Map<string, (samples: Float32Array) => Float32Array>();
  for (const [src, dst] of ratios)
    for (const channels of [1, 2]) {
      const converter = await create(channels, src, dst, { converterType: ConverterType.SRC_SINC_BEST_QUALITY });
      made.set(`${channels} ${src} ${dst}`, (samples) => converter.simple(samples));
    }
  return blockContestant('libsamplerate', (...key) => made.get(key.join(' ')));
}

async function speexdsp(ratios: readonly (readonly [number, number])[]): Promise<Contestant> {
  const { default: module } = await import('speex-resampler');
  const SpeexResampler = ('default' in module ? module.default : module) as typeof module;
  await SpeexResampler.initPromise;
  const made = new Set(ratios.flatMap(([src, dst]) => [1, 2].map((channels) => `${channels} ${src} ${dst}`)));
  return blockContestant('speexdsp', (channels, src, dst) => {
    if (!made.has(`${channels} ${src} ${dst}`)) return undefined;
    const resampler = new SpeexResampler(channels, src, dst, 10);
    return (samples) => {
      const steps = Int16Array.from(samples, (sample) => Math.round(sample * 32767));
      const out = resampler.processChunk(Buffer.from(steps.buffer));
      return Float32Array.from(new Int16Array(out.buffer, out.byteOffset, out.length / 2), (step) => step / 32767);
    };
  });
}
