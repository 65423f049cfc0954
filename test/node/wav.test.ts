import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import wavefile from 'wavefile';
import { PCM_SIZES, type SampleBits } from '../../src/hda/pcm.ts';
import { WavReader } from '../../src/node/wav-read.ts';
import { WavWriter } from '../../src/node/wav-write.ts';

const folder = mkdtempSync(join(tmpdir(), 'azalia-wav-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

/** Interleaved whole numbers over the whole range of a sample size. */
function ramp(bits: number, count: number): number[] {
  const top = 2 ** (bits - 1);
  return Array.from({ length: count }, (_, n) => [-top, top - 1, 0, -1, 1][n] ?? ((n * 2654435761) % (2 * top)) - top);
}

function write(file: string, bits: SampleBits, channels: number, interleaved: readonly number[]): void {
  const frames = interleaved.length / channels;
  const planar = Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length: frames }, (_, n) => (interleaved[n * channels + c] as number) / 2 ** (bits - 1)),
  );
  const writer = new WavWriter(file, { rateHz: 44100, bits, channels }, frames);
  writer.write(planar.map((samples) => samples.subarray(0, 3)));
  writer.write(planar.map((samples) => samples.subarray(3)));
  writer.finish();
}

/** What the reader plays, as whole numbers of steps. */
function read(file: string): { bits: SampleBits; steps: number[] } {
  const reader = new WavReader(file);
  const { bits, channels } = reader.format;
  const sampleBytes = PCM_SIZES.find((size) => size.bits === bits)?.containerBytes ?? 0;
  const bytes = new Uint8Array(reader.frames * channels * sampleBytes);
  const half = reader.frames >> 1;
  reader.read(bytes.subarray(0, half * channels * sampleBytes), 0, half);
  reader.read(bytes.subarray(half * channels * sampleBytes), half, reader.frames - half);
  reader.close();
  const view = new DataView(bytes.buffer);
  const steps = Array.from({ length: reader.frames * channels }, (_, n) =>
    bits === 8
      ? view.getUint8(n) - 128
      : bits === 16
        ? view.getInt16(2 * n, true)
        : view.getInt32(4 * n, true) >> (32 - bits),
  );
  return { bits, steps };
}

const GRID = PCM_SIZES.flatMap(({ bits }) => [1, 2, 3, 5, 8].map((channels) => [bits, channels] as const));

describe('WavWriter', () => {
  it.each(GRID)(
    '%d bits, %d channels: the header that design.md says, and every sample in its place',
    (bits, channels) => {
      const file = path(`write-${bits}-${channels}.wav`);
      const samples = ramp(bits, 7 * channels).map((value) => Math.fround(value / 2 ** (bits - 1)) * 2 ** (bits - 1));
      write(file, bits, channels, samples);
      const bytes = readFileSync(file);
      const extensible = channels > 2 || bits > 16;
      const sampleBytes = bits === 20 ? 3 : bits / 8;
      const dataBytes = 7 * channels * sampleBytes;
      expect(bytes.length).toBe((extensible ? 68 : 44) + dataBytes + (dataBytes % 2));
      expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);

      const wav = new wavefile.WaveFile(bytes); // another implementation reads it
      expect(wav.fmt).toMatchObject({
        audioFormat: extensible ? 0xfffe : 1,
        numChannels: channels,
        sampleRate: 44100,
        byteRate: 44100 * channels * sampleBytes,
        blockAlign: channels * sampleBytes,
        bitsPerSample: sampleBytes * 8,
        ...(extensible
          ? { cbSize: 22, validBitsPerSample: bits, subformat: [1, 0x100000, 0xaa000080, 0x719b3800] }
          : {}),
      });
      const data = bytes.subarray(extensible ? 68 : 44);
      const stored = samples.map((_, n) =>
        bits === 8 ? data.readUInt8(n) - 128 : data.readIntLE(n * sampleBytes, sampleBytes),
      );
      expect(stored).toEqual(samples.map((value) => Math.min(value, 2 ** (bits - 1) - 1) * (bits === 20 ? 16 : 1)));
    },
  );

  it('leaves no file and no part of one when it is discarded or the count is wrong', () => {
    const file = path('never.wav');
    const writer = new WavWriter(file, { rateHz: 8000, bits: 16, channels: 1 }, 10);
    writer.write([new Float32Array(4)]);
    writer.discard();
    const short = new WavWriter(file, { rateHz: 8000, bits: 16, channels: 1 }, 10);
    short.write([new Float32Array(4)]);
    expect(() => short.finish()).toThrow('4 of 10 frames were written');
    expect(readdirSync(folder).filter((name) => name.includes('never'))).toEqual([]);
  });

  it('leaves the file of before in place until the new one is whole', () => {
    const file = path('before.wav');
    writeFileSync(file, 'before');
    const writer = new WavWriter(file, { rateHz: 8000, bits: 8, channels: 1 }, 1);
    writer.write([Float32Array.of(0.5)]);
    expect(readFileSync(file, 'utf8')).toBe('before');
    writer.finish();
    expect(readFileSync(file).length).toBe(46);
  });

  it('writes a device as it is and never puts a file in its place', () => {
    const writer = new WavWriter('/dev/null', { rateHz: 8000, bits: 8, channels: 1 }, 1);
    writer.write([Float32Array.of(0.5)]);
    writer.finish();
    expect(readdirSync('/dev').filter((name) => name.includes('null.'))).toEqual([]);
  });

  it('refuses what no WAV file holds and paths that cannot be written, naming them', () => {
    const format = { rateHz: 192000, bits: 32, channels: 8 } as const;
    expect(() => new WavWriter(path('big.wav'), format, 2 ** 27)).toThrow(
      /big\.wav: would have 4294967364 bytes; a WAV file holds/,
    );
    expect(() => new WavWriter(folder, format, 1)).toThrow(`${folder}: is a directory`);
    expect(() => new WavWriter(path('no/such.wav'), format, 1)).toThrow(/such\.wav: no such file or directory$/);
  });
});

describe('WavReader', () => {
  it.each(GRID)('%d bits, %d channels: reads to the bit what WavWriter wrote', (bits, channels) => {
    const file = path(`read-${bits}-${channels}.wav`);
    const samples = ramp(bits, 9 * channels).map((value) => Math.fround(value / 2 ** (bits - 1)) * 2 ** (bits - 1));
    write(file, bits, channels, samples);
    expect(read(file)).toEqual({ bits, steps: samples.map((value) => Math.min(value, 2 ** (bits - 1) - 1)) });
  });

  it.each([
    ['8', 8],
    ['16', 16],
    ['24', 24],
    ['32', 32],
  ] as const)('%s-bit PCM of another writer, to the bit', (depth, bits) => {
    const file = path(`other-${depth}.wav`);
    const wav = new wavefile.WaveFile();
    const samples = ramp(bits, 20);
    wav.fromScratch(2, 44100, depth, bits === 8 ? samples.map((value) => value + 128) : samples);
    wav.setTag('INAM', 'odd'); // chunks that are not ours are passed over
    writeFileSync(file, wav.toBuffer());
    expect(read(file)).toEqual({ bits, steps: samples });
  });

  it.each([
    ['32f', 24],
    ['64', 31],
  ] as const)('float (%s) plays as 32-bit PCM, rounded and clamped', (depth, digits) => {
    const file = path(`float-${depth}.wav`);
    const values = [0, 0.5, -0.25, 1, -1, 1.5, -2, 2 ** -24, 1 / 3];
    const wav = new wavefile.WaveFile();
    wav.fromScratch(1, 44100, depth, values);
    writeFileSync(file, wav.toBuffer());
    const { bits, steps } = read(file);
    expect(bits).toBe(32);
    const third = digits === 24 ? Math.fround(1 / 3) * 2 ** 31 : Math.round(2 ** 31 / 3);
    expect(steps).toEqual([0, 2 ** 30, -(2 ** 29), 2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 1, -(2 ** 31), 2 ** 7, third]);
  });

  it.each([
    [24, 20, 20],
    [24, 24, 24],
    [24, 16, 16],
    [24, 18, 20],
    [32, 24, 24],
    [32, 20, 20],
    [32, 32, 32],
    [16, 12, 16],
    [16, 8, 16],
    [8, 8, 8],
  ] as const)(
    'EXTENSIBLE, %d-bit container with %d valid bits, left-justified, plays at %d bits',
    (container, valid, played) => {
      const file = path(`valid-${container}-${valid}.wav`);
      const shift = container - valid;
      const samples = ramp(valid, 6);
      writeFileSync(file, extensible({ container, valid, data: samples.map((value) => value * 2 ** shift) }));
      const { bits, steps } = read(file);
      expect(bits).toBe(played);
      expect(steps).toEqual(samples.map((value) => value * 2 ** (played - valid)));
    },
  );

  it('takes a data chunk of unknown length (FFFFFFFFh, as pipes write it) to the end of the file', () => {
    const bytes = extensible({ container: 16, valid: 16, data: [1, 2, 3] });
    bytes.writeUInt32LE(0xffffffff, 64);
    writeFileSync(path('pipe.wav'), bytes);
    expect(read(path('pipe.wav')).steps).toEqual([1, 2, 3]);
  });

  const whole = extensible({ container: 16, valid: 16, data: [1, 2, 3, 4] });
  const patched = (at: number, ...bytes: number[]) => {
    const copy = Buffer.from(whole);
    copy.set(bytes, at);
    return copy;
  };
  it.each<[string, Buffer, string]>([
    ['empty', Buffer.alloc(0), 'is not a WAV file (no RIFF WAVE header)'],
    ['text', Buffer.from('hello, this is no sound at all'), 'is not a WAV file (no RIFF WAVE header)'],
    ['cut in the header', whole.subarray(0, 19), 'truncated: it has no data chunk'],
    ['cut in the format', whole.subarray(0, 40), 'truncated: chunk «fmt » says 40 bytes, the file has 20'],
    ['cut before the data', whole.subarray(0, 60), 'truncated: it has no data chunk'],
    ['cut in the data', whole.subarray(0, 71), 'truncated: chunk «data» says 8 bytes, the file has 3'],
    ['half a frame', patched(64, 7), 'truncated: the last frame is not whole'],
    ['no samples', patched(64, 0), 'holds no samples'],
    ['short format chunk', patched(16, 14), 'truncated: its format chunk has 14 bytes'],
    ['MP3', patched(20, 0x55, 0), 'holds WAVE format 0x0055; PCM (0x0001) and float (0x0003) play'],
    ['A-law inside EXTENSIBLE', patched(44, 6), 'holds WAVE format 0x0006; PCM (0x0001) and float (0x0003) play'],
    ['foreign GUID', patched(50, 9), 'has a format that is no WAVE format'],
    [
      'no channels',
      patched(22, 0),
      'has a format chunk that contradicts itself: 0 channels, 16 of 16 bits, 2 bytes a frame, 48000 Hz',
    ],
    [
      'wrong block',
      patched(32, 3),
      'has a format chunk that contradicts itself: 1 channels, 16 of 16 bits, 3 bytes a frame, 48000 Hz',
    ],
    [
      'too many valid bits',
      patched(38, 17),
      'has a format chunk that contradicts itself: 1 channels, 17 of 16 bits, 2 bytes a frame, 48000 Hz',
    ],
    [
      '40-bit PCM',
      (() => {
        const b = patched(34, 40);
        b[32] = 5;
        return b;
      })(),
      'holds 40-bit PCM; PCM to 32 bits and float of 32 or 64 play',
    ],
    ['16-bit float', patched(44, 3), 'holds 16-bit float; PCM to 32 bits and float of 32 or 64 play'],
  ])('%s: one line with file and reason', (name, bytes, reason) => {
    const file = path(`bad ${name}.wav`);
    writeFileSync(file, bytes);
    expect(() => new WavReader(file)).toThrow(`${file}: ${reason}`);
  });

  it('a file that is not there, or a folder: the system’s reason', () => {
    expect(() => new WavReader(path('none.wav'))).toThrow(`${path('none.wav')}: no such file or directory`);
    expect(() => new WavReader(folder)).toThrow(`${folder}: illegal operation on a directory`);
  });

  it('every shorter piece of a file is refused or plays what it has; nothing else happens', () => {
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path('piece.wav'), whole.subarray(0, length));
      expect(() => new WavReader(path('piece.wav')), `${length} bytes`).toThrow(
        /piece\.wav: (truncated|is not a WAV|holds no)/,
      );
    }
  });
});

/** A mono WAVE_FORMAT_EXTENSIBLE file made by hand from the layout in the Windows SDK (mmreg.h). */
function extensible(file: { container: number; valid: number; data: number[] }): Buffer {
  const bytes = file.container / 8;
  const header = Buffer.alloc(68);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(60 + file.data.length * bytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(40, 16);
  header.writeUInt16LE(0xfffe, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(48000, 24);
  header.writeUInt32LE(48000 * bytes, 28);
  header.writeUInt16LE(bytes, 32);
  header.writeUInt16LE(file.container, 34);
  header.writeUInt16LE(22, 36);
  header.writeUInt16LE(file.valid, 38);
  header.writeUInt32LE(4, 40);
  header.write('0100000000001000800000aa00389b71', 44, 'hex');
  header.write('data', 60, 'latin1');
  header.writeUInt32LE(file.data.length * bytes, 64);
  const data = Buffer.alloc(file.data.length * bytes);
  for (const [n, value] of file.data.entries()) {
    if (bytes === 1) data.writeUInt8(value + 128, n);
    else data.writeIntLE(value, n * bytes, bytes);
  }
  return Buffer.concat([header, data]);
}
