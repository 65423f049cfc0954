// WAV files as stream sources: PCM and float, plain or WAVE_FORMAT_EXTENSIBLE. Samples are read when they are asked for.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { putContainer, putSilence, quantize } from '../dsp/quantize.ts';
import { PCM_SIZES, type PcmFormat, type SampleBits } from '../hda/pcm.ts';
import { InputError, onFile } from './errors.ts';

const FORMAT_PCM = 1;
const FORMAT_FLOAT = 3;
const FORMAT_EXTENSIBLE = 0xfffe;
/** A SubFormat GUID is a format tag and these. */
const SUBFORMAT_TAIL = '000000001000800000aa00389b71';
const LENGTH_UNKNOWN = 0xffffffff; // what a program writes that cannot seek back: the data goes to the file's end

interface Encoding {
  readonly float: boolean;
  readonly rateHz: number;
  readonly channels: number;
  readonly containerBytes: number;
  readonly validBits: number;
}

export class WavReader {
  /** As it plays: the sample size that holds the valid bits; float as 32-bit PCM. */
  readonly format: PcmFormat;
  readonly frames: number;
  readonly #path: string;
  readonly #file: number;
  readonly #encoding: Encoding;
  readonly #dataOffset: number;
  #raw = Buffer.alloc(0);

  /** Errors: InputError for what cannot be opened, is no WAV file, is cut short or holds another encoding. */
  constructor(path: string) {
    this.#path = path;
    this.#file = onFile(path, () => openSync(path, 'r'));
    try {
      const { encoding, dataOffset, dataBytes } = this.#chunks();
      const blockBytes = encoding.containerBytes * encoding.channels;
      if (dataBytes % blockBytes !== 0) throw new InputError(path, 'truncated: the last frame is not whole');
      if (dataBytes === 0) throw new InputError(path, 'holds no samples');
      this.#encoding = encoding;
      this.#dataOffset = dataOffset;
      this.frames = dataBytes / blockBytes;
      this.format = { rateHz: encoding.rateHz, bits: playedBits(encoding), channels: encoding.channels };
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Fills interleaved HD Audio containers with frames from `firstFrame` on; silence beyond the end. */
  read(into: Uint8Array, firstFrame: number, frames: number): void {
    const { containerBytes, channels, float } = this.#encoding;
    const { bits } = this.format;
    const present = Math.max(0, Math.min(frames, this.frames - firstFrame));
    const raw = this.#bytes(
      this.#dataOffset + firstFrame * containerBytes * channels,
      present * containerBytes * channels,
    );
    const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
    const sampleBytes = bits === 8 ? 1 : bits === 16 ? 2 : 4;
    for (let sample = 0; sample < present * channels; sample++) {
      const at = sample * containerBytes;
      const steps = float
        ? quantize(containerBytes === 4 ? raw.readFloatLE(at) : raw.readDoubleLE(at), bits)
        : leftJustified(raw, at, containerBytes) >> (32 - bits);
      putContainer(view, sample * sampleBytes, bits, steps);
    }
    putSilence(into.subarray(present * channels * sampleBytes), bits);
  }

  close(): void {
    closeSync(this.#file);
  }

  #chunks(): { encoding: Encoding; dataOffset: number; dataBytes: number } {
    const path = this.#path;
    const fileBytes = onFile(path, () => fstatSync(this.#file).size);
    const head = onFile(path, () => this.#bytes(0, Math.min(12, fileBytes))).toString('latin1');
    if (head.length < 12 || head.slice(0, 4) !== 'RIFF' || head.slice(8) !== 'WAVE') {
      throw new InputError(path, 'is not a WAV file (no RIFF WAVE header)');
    }
    let encoding: Encoding | null = null;
    for (let at = 12; at + 8 <= fileBytes; ) {
      const header = this.#bytes(at, 8);
      const name = header.toString('latin1', 0, 4);
      let bytes = header.readUInt32LE(4);
      const left = fileBytes - at - 8;
      if (name === 'data' && bytes === LENGTH_UNKNOWN) bytes = left;
      if (bytes > left) {
        throw new InputError(path, `truncated: chunk «${name}» says ${bytes} bytes, the file has ${left}`);
      }
      if (name === 'fmt ') encoding = parseEncoding(this.#bytes(at + 8, Math.min(bytes, 40)), path);
      if (name === 'data') {
        if (!encoding) throw new InputError(path, 'has no format chunk before its data');
        return { encoding, dataOffset: at + 8, dataBytes: bytes };
      }
      at += 8 + bytes + (bytes % 2);
    }
    throw new InputError(path, 'truncated: it has no data chunk');
  }

  #bytes(offset: number, bytes: number): Buffer {
    if (this.#raw.length < bytes) this.#raw = Buffer.alloc(bytes);
    for (let got = 0; got < bytes; ) {
      const count = onFile(this.#path, () => readSync(this.#file, this.#raw, got, bytes - got, offset + got));
      if (count === 0) throw new InputError(this.#path, 'became shorter while it was read');
      got += count;
    }
    return this.#raw.subarray(0, bytes);
  }
}

function parseEncoding(chunk: Buffer, path: string): Encoding {
  if (chunk.length < 16) throw new InputError(path, `truncated: its format chunk has ${chunk.length} bytes`);
  let tag = chunk.readUInt16LE(0);
  const channels = chunk.readUInt16LE(2);
  const rateHz = chunk.readUInt32LE(4);
  const blockBytes = chunk.readUInt16LE(12);
  const sampleBits = chunk.readUInt16LE(14);
  let validBits = sampleBits;
  if (tag === FORMAT_EXTENSIBLE) {
    if (chunk.length < 40) throw new InputError(path, `truncated: its format chunk has ${chunk.length} bytes`);
    if (chunk.toString('hex', 26, 40) !== SUBFORMAT_TAIL)
      throw new InputError(path, 'has a format that is no WAVE format');
    tag = chunk.readUInt16LE(24);
    validBits = chunk.readUInt16LE(18) || sampleBits;
  }
  const float = tag === FORMAT_FLOAT;
  if (!float && tag !== FORMAT_PCM) {
    const hex = `0x${tag.toString(16).padStart(4, '0')}`;
    throw new InputError(path, `holds WAVE format ${hex}; PCM (0x0001) and float (0x0003) play`);
  }
  const containerBytes = Math.ceil(sampleBits / 8);
  if (
    channels === 0 ||
    rateHz === 0 ||
    validBits === 0 ||
    validBits > sampleBits ||
    blockBytes !== containerBytes * channels
  ) {
    throw new InputError(
      path,
      `has a format chunk that contradicts itself: ${channels} channels, ${validBits} of ${sampleBits} bits, ${blockBytes} bytes a frame, ${rateHz} Hz`,
    );
  }
  if (float ? sampleBits !== 32 && sampleBits !== 64 : sampleBits > 32) {
    throw new InputError(
      path,
      `holds ${sampleBits}-bit ${float ? 'float' : 'PCM'}; PCM to 32 bits and float of 32 or 64 play`,
    );
  }
  return { float, rateHz, channels, containerBytes, validBits };
}

function playedBits({ float, containerBytes, validBits }: Encoding): SampleBits {
  if (float) return 32;
  const least = containerBytes === 1 ? 8 : 16; // containers of one byte are unsigned, all others signed
  const size = PCM_SIZES.find(({ bits }) => bits >= least && bits >= validBits);
  return size ? size.bits : 32;
}

/** The container's bits at the top of 32, signed. */
function leftJustified(raw: Buffer, at: number, bytes: number): number {
  if (bytes === 1) return (raw.readUInt8(at) - 128) << 24;
  return raw.readIntLE(at, bytes) << (32 - 8 * bytes);
}
