// Formats as commands carry them, 8 bytes: kind u8, channels u8, valid bits u8, 0, rate u32. The first word is also what
// packets carry.

import {
  CHANNELS_MAX,
  KIND_F32,
  KIND_PCM8,
  KIND_PCM16,
  KIND_PCM32,
  RATE_MAX_HZ,
  RATE_MIN_HZ,
} from '../hda/dsp-packets.ts';
import type { PcmFormat } from '../hda/pcm.ts';

/** Samples of an allocation: PCM as HD Audio streams have it, or float32. */
export interface SampleFormat {
  readonly rateHz: number;
  readonly bits: PcmFormat['bits'] | 'float';
  readonly channels: number;
}

const VALID_BITS: Readonly<Record<number, readonly number[]>> = {
  [KIND_PCM8]: [8],
  [KIND_PCM16]: [16],
  [KIND_PCM32]: [20, 24, 32],
  [KIND_F32]: [32],
};

/** The first word of a format. */
export function packFormat(format: SampleFormat): number {
  const { bits, channels } = format;
  if (bits === 'float') return KIND_F32 | (channels << 8) | (32 << 16);
  const kind = bits === 8 ? KIND_PCM8 : bits === 16 ? KIND_PCM16 : KIND_PCM32;
  return kind | (channels << 8) | (bits << 16);
}

export function channelsOf(word: number): number {
  return (word >>> 8) & 0xff;
}

export function sampleBytesOf(word: number): number {
  const kind = word & 0xff;
  return kind === KIND_PCM8 ? 1 : kind === KIND_PCM16 ? 2 : 4;
}

export function frameBytesOf(word: number): number {
  return sampleBytesOf(word) * channelsOf(word);
}

/** Whether the engine takes it; byte 3 is reserved and judged elsewhere. */
export function isFormat(word: number, rateHz: number): boolean {
  const channels = channelsOf(word);
  const bits = VALID_BITS[word & 0xff];
  if (!bits?.includes((word >>> 16) & 0xff)) return false;
  return channels >= 1 && channels <= CHANNELS_MAX && rateHz >= RATE_MIN_HZ && rateHz <= RATE_MAX_HZ;
}
