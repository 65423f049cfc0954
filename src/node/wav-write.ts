// WAV files, written as the samples come. The file appears under its name when it is whole, or not at all.

import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { quantize } from '../dsp/quantize.ts';
import type { PcmFormat, SampleBits } from '../hda/pcm.ts';
import { InputError, onFile } from './errors.ts';

const MOST_BYTES = 2 ** 32 - 1; // RIFF counts in 32 bits

/** Speakers by channel count, as Windows orders them; above 8 channels none is named. */
const SPEAKER_MASKS = [0, 0x004, 0x003, 0x007, 0x033, 0x037, 0x03f, 0x13f, 0x63f];

/** 8 bits in 1 byte, 16 in 2, 20 and 24 in 3, 32 in 4. */
const sampleBytesOf = (bits: SampleBits): number => (bits === 20 ? 3 : bits / 8);

/** 44 bytes; 68 (WAVE_FORMAT_EXTENSIBLE with valid bits) for more than 2 channels or 16 bits. */
export function wavHeader(format: PcmFormat, frames: number): Uint8Array {
  const { rateHz, bits, channels } = format;
  const extensible = channels > 2 || bits > 16;
  const sampleBytes = sampleBytesOf(bits);
  const blockBytes = sampleBytes * channels;
  const dataBytes = frames * blockBytes;
  const header = Buffer.alloc(extensible ? 68 : 44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(header.length - 8 + dataBytes + (dataBytes % 2), 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(header.length - 28, 16);
  header.writeUInt16LE(extensible ? 0xfffe : 1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * blockBytes, 28);
  header.writeUInt16LE(blockBytes, 32);
  header.writeUInt16LE(sampleBytes * 8, 34);
  if (extensible) {
    header.writeUInt16LE(22, 36);
    header.writeUInt16LE(bits, 38);
    header.writeUInt32LE(SPEAKER_MASKS[channels] ?? 0, 40);
    header.write('0100000000001000800000aa00389b71', 44, 'hex'); // KSDATAFORMAT_SUBTYPE_PCM
  }
  header.write('data', header.length - 8, 'latin1');
  header.writeUInt32LE(dataBytes, header.length - 4);
  return header;
}

export class WavWriter {
  readonly #path: string;
  readonly #format: PcmFormat;
  readonly #frames: number;
  /** Where it grows: beside the file; null where the path is a device or a pipe, which is written as it is. */
  readonly #part: string | null;
  #file: number | null;
  #written = 0;

  /** Errors: InputError for a path that cannot be written and for more than a WAV file holds (4 GiB). */
  constructor(path: string, format: PcmFormat, frames: number) {
    const bytes = frames * format.channels * sampleBytesOf(format.bits) + 68;
    if (bytes > MOST_BYTES) throw new InputError(path, `would have ${bytes} bytes; a WAV file holds ${MOST_BYTES}`);
    const present = onFile(path, () => statSync(path, { throwIfNoEntry: false }));
    if (present?.isDirectory()) throw new InputError(path, 'is a directory');
    this.#path = present ? realpathSync(path) : path;
    this.#part =
      !present || present.isFile() ? join(dirname(this.#path), `.${basename(this.#path)}.${process.pid}.part`) : null;
    this.#format = format;
    this.#frames = frames;
    this.#file = onFile(path, () => openSync(this.#part ?? this.#path, 'w'));
    this.#put(wavHeader(format, frames));
  }

  /** Appends planar samples, ±1 full scale, rounded to the nearest step. */
  write(channels: readonly Float32Array[]): void {
    const { bits } = this.#format;
    const sampleBytes = sampleBytesOf(bits);
    const frames = channels[0]?.length ?? 0;
    const bytes = new Uint8Array(frames * channels.length * sampleBytes);
    for (let channel = 0; channel < channels.length; channel++) {
      const samples = channels[channel] as Float32Array;
      let at = channel * sampleBytes;
      for (let frame = 0; frame < frames; frame++) {
        const steps = quantize(samples[frame] as number, bits);
        const value = bits === 8 ? steps + 128 : bits === 20 ? steps << 4 : steps;
        for (let byte = 0; byte < sampleBytes; byte++) bytes[at + byte] = value >> (8 * byte);
        at += channels.length * sampleBytes;
      }
    }
    this.#written += frames;
    this.#put(bytes);
  }

  /** Gives the file its name. Error unless exactly the announced frames were written. */
  finish(): void {
    try {
      if (this.#written !== this.#frames) throw new Error(`${this.#written} of ${this.#frames} frames were written`);
      if ((this.#frames * this.#format.channels * sampleBytesOf(this.#format.bits)) % 2 === 1)
        this.#put(new Uint8Array(1));
      this.#close();
      const part = this.#part;
      if (part !== null) onFile(this.#path, () => renameSync(part, this.#path));
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  /** Leaves nothing behind. Does nothing after finish(). */
  discard(): void {
    this.#close();
    if (this.#part !== null) rmSync(this.#part, { force: true });
  }

  #put(bytes: Uint8Array): void {
    const file = this.#file;
    if (file === null) throw new Error(`${this.#path} is closed`);
    onFile(this.#path, () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    });
  }

  #close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}
