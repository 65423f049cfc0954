// One piece of work that has every command in it, and what it leaves behind.

import { type Connection, connect } from '../../../bench/resampling.ts';
import type { DspBuffer } from '../../../src/dsp/client.ts';
import { type CommandList, commands } from '../../../src/dsp/commands.ts';
import { resamplerStateBytes } from '../../../src/dsp/resampler.ts';
import { float, pcm } from './sounds.ts';

/** The longest packet in it: RESAMPLE’s. No DMA buffer may be shorter. */
export const LONGEST_PACKET = 72;
const CHANNELS = 2;

export interface Job {
  readonly connection: Connection;
  readonly list: CommandList;
  readonly buffers: readonly DspBuffer[];
}

/** `frames` of stereo through sweep, noise, mix, filter, gain, converters, resampler and meter. */
export function createJob(frames: number, options: Parameters<typeof connect>[0] = {}): Job {
  const connection = connect(options);
  const { allocate } = connection;
  const bytes = frames * CHANNELS * 4;
  const [a, b, sum] = [allocate(bytes), allocate(bytes), allocate(bytes)];
  const [pcm16, pcm24, tones] = [allocate(bytes / 2), allocate(bytes), allocate(bytes / 2)];
  const resampledFrames = Math.floor((frames * 48000) / 44100) - 200;
  const resampled = allocate(resampledFrames * CHANNELS * 4);
  const filter = allocate(80);
  const filterState = allocate(4096);
  const resamplerState = allocate(resamplerStateBytes(44100, 48000, CHANNELS));
  const levels = allocate(4096);
  filter.write(new Uint8Array(Float64Array.of(0.2, 0.4, 0.2, -0.3, 0.15, 1, -1.9, 0.95, -1.7, 0.8).buffer));

  const format = float(CHANNELS, 44100);
  const place = (buffer: DspBuffer, count = bytes) => ({ buffer, bytes: count });
  const list = commands
    .mark(1)
    .sweep({ into: place(a), format, fromHz: 30, toHz: 15_000, frames, amplitude: 0.7 })
    .noise({ into: place(b), format, amplitude: 0.4, pink: true, seed: 9 })
    .mix({
      into: place(sum),
      format,
      sources: [
        { from: place(a), gain: 0.8 },
        { from: place(b), gain: -0.5 },
      ],
    })
    .bind({ place: place(a), slot: 9 })
    .biquad({
      from: place(sum),
      into: place(a),
      format,
      coefficients: place(filter, 80),
      state: place(filterState, 2 * CHANNELS * 16),
    })
    .unbind(9)
    .gain({ from: place(a), into: place(a), format, start: 0.1, end: 1.5 })
    .convert({
      from: place(a),
      fromFormat: format,
      into: pcm16,
      intoFormat: pcm(16, CHANNELS, 44100),
      frames,
      ditherSeed: 3,
    })
    .convert({
      from: pcm16,
      fromFormat: pcm(16, CHANNELS, 44100),
      into: pcm24,
      intoFormat: pcm(24, CHANNELS, 44100),
      frames,
    })
    .splitHint()
    .tone({ into: tones, format: pcm(16, CHANNELS, 44100), frequencyHz: 441.3, amplitude: 0.9, wave: 'saw' })
    .mix({ into: pcm16, format: pcm(16, CHANNELS, 44100), sources: [{ from: tones, gain: 0.9 }], add: true })
    .tone({ into: tones, format: pcm(16, CHANNELS, 44100), frequencyHz: 70, amplitude: 0.9, firstFrame: 4_000_000_000 })
    .resample({
      from: place(a),
      fromFormat: format,
      into: place(resampled, resampledFrames * CHANNELS * 4),
      intoFormat: float(CHANNELS),
      state: place(resamplerState, resamplerStateBytes(44100, 48000, CHANNELS)),
    })
    .fill({ into: place(b, 70_000), pattern: 0x01020304 })
    .copy({ from: place(pcm24, 70_000), into: place(sum, 70_000) })
    .meter({ from: place(resampled, 12_000 * CHANNELS * 4), into: { buffer: levels }, format: float(CHANNELS) })
    .fence({ into: { buffer: levels, offset: 1024 }, value: 42n });
  const buffers = [a, b, sum, pcm16, pcm24, tones, resampled, filterState, resamplerState, levels];
  return { connection, list, buffers };
}

/** Everything that the job wrote. */
export function results(job: Job): Buffer {
  return Buffer.concat(job.buffers.map((buffer) => buffer.read()));
}

/** Runs it in one go. */
export function runJob(job: Job): Buffer {
  const { status } = job.connection.context.submit(job.list);
  if (status !== 0) throw new Error(`refused: ${status.toString(16)}`);
  if (!job.connection.device.adapter.runToIdle()) throw new Error('the engine stands');
  return results(job);
}
