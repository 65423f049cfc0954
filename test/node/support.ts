import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { PCM_SIZES, type SampleBits } from '../../src/hda/pcm.ts';
import { WavReader } from '../../src/node/wav-read.ts';

/** A folder for one test file; paths in it by name. */
export function temporaryFolder(): (name?: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'azalia-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return (name = '') => join(folder, name);
}

/** A WAV file's samples as whole numbers of steps, interleaved. */
export function readSteps(path: string): { rateHz: number; bits: SampleBits; channels: number; steps: Int32Array } {
  const reader = new WavReader(path);
  const { rateHz, bits, channels } = reader.format;
  const sampleBytes = PCM_SIZES.find((size) => size.bits === bits)?.containerBytes ?? 0;
  const bytes = new Uint8Array(reader.frames * channels * sampleBytes);
  reader.read(bytes, 0, reader.frames);
  reader.close();
  const view = new DataView(bytes.buffer);
  const step = (n: number) =>
    bits === 8
      ? view.getUint8(n) - 128
      : bits === 16
        ? view.getInt16(2 * n, true)
        : view.getInt32(4 * n, true) >> (32 - bits);
  return { rateHz, bits, channels, steps: Int32Array.from({ length: reader.frames * channels }, (_, n) => step(n)) };
}

/** A WAV file's channels, full scale ±1. */
export function readChannels(path: string): Float32Array[] {
  const { bits, channels, steps } = readSteps(path);
  return Array.from({ length: channels }, (_, c) =>
    Float32Array.from(
      { length: steps.length / channels },
      (_, n) => (steps[n * channels + c] as number) / 2 ** (bits - 1),
    ),
  );
}
