// PCM rates and sizes in the three codes that HD Audio has for them: the format word (§4), the capability bits of
// parameter 0Ah (§5.2) and plain numbers. Host side only; the core reads the format word itself.

import {
  BITS_8, BITS_16, BITS_20, BITS_24, BITS_32, FORMAT_BASE_44K1, FORMAT_BITS_SHIFT, FORMAT_MULT_SHIFT,
  FORMAT_NON_PCM, FORMAT_RATE, formatBitsCode, formatChannels, formatDivisor, formatMultiplier,
} from './stream-format.ts';

export type SampleBits = 8 | 16 | 20 | 24 | 32;

export interface PcmFormat {
  readonly rateHz: number;
  readonly bits: SampleBits;
  readonly channels: number;
}

/** Rate, its format code, and its bit in parameter 0Ah (−1: it has none). One code a rate: the lowest terms (hdaudio-ddi §3.5). */
export const PCM_RATES: readonly { readonly rateHz: number; readonly code: number; readonly capabilityBit: number }[] = [
  { rateHz: 6000, code: 0x0700, capabilityBit: -1 },
  { rateHz: 8000, code: 0x0500, capabilityBit: 0 },
  { rateHz: 9600, code: 0x0400, capabilityBit: -1 },
  { rateHz: 11025, code: 0x4300, capabilityBit: 1 },
  { rateHz: 16000, code: 0x0200, capabilityBit: 2 },
  { rateHz: 22050, code: 0x4100, capabilityBit: 3 },
  { rateHz: 24000, code: 0x0100, capabilityBit: -1 },
  { rateHz: 32000, code: 0x0a00, capabilityBit: 4 },
  { rateHz: 44100, code: 0x4000, capabilityBit: 5 },
  { rateHz: 48000, code: 0x0000, capabilityBit: 6 },
  { rateHz: 88200, code: 0x4800, capabilityBit: 7 },
  { rateHz: 96000, code: 0x0800, capabilityBit: 8 },
  { rateHz: 144000, code: 0x1000, capabilityBit: -1 },
  { rateHz: 176400, code: 0x5800, capabilityBit: 9 },
  { rateHz: 192000, code: 0x1800, capabilityBit: 10 },
];

/** Size, its code in the format word, its bit in parameter 0Ah, and the bytes of its container in memory (§3.10). */
export const PCM_SIZES: readonly {
  readonly bits: SampleBits; readonly code: number; readonly capabilityBit: number; readonly containerBytes: 1 | 2 | 4;
}[] = [
  { bits: 8, code: BITS_8, capabilityBit: 16, containerBytes: 1 },
  { bits: 16, code: BITS_16, capabilityBit: 17, containerBytes: 2 },
  { bits: 20, code: BITS_20, capabilityBit: 18, containerBytes: 4 },
  { bits: 24, code: BITS_24, capabilityBit: 19, containerBytes: 4 },
  { bits: 32, code: BITS_32, capabilityBit: 20, containerBytes: 4 },
];

/** The rate that a format word names, in Hz; 44.1 kHz / 8 is not a whole number and comes as it is. */
export function formatRateHz(format: number): number {
  const base = (format & FORMAT_BASE_44K1) !== 0 ? 44100 : 48000;
  return (base * formatMultiplier(format)) / formatDivisor(format);
}

/** Bytes of one sample in memory: 1, 2 or 4; reserved codes count as 4. */
export function containerBytes(format: number): 1 | 2 | 4 {
  const code = formatBitsCode(format);
  return code === BITS_8 ? 1 : code === BITS_16 ? 2 : 4;
}

/** Bytes of one sample block: a sample of each channel. */
export function blockBytes(format: number): number {
  return containerBytes(format) * formatChannels(format);
}

/** The format word, or null where rate, size or channel count has no code. */
export function encodeFormat(format: PcmFormat): number | null {
  const rate = PCM_RATES.find((row) => row.rateHz === format.rateHz);
  const size = PCM_SIZES.find((row) => row.bits === format.bits);
  if (!rate || !size || !Number.isInteger(format.channels) || format.channels < 1 || format.channels > 16) return null;
  return rate.code | (size.code << FORMAT_BITS_SHIFT) | (format.channels - 1);
}

/** What a format word says, or null for non-PCM and reserved codes. */
export function decodeFormat(format: number): PcmFormat | null {
  const size = PCM_SIZES.find((row) => row.code === formatBitsCode(format));
  if (!size || (format & FORMAT_NON_PCM) !== 0 || ((format >>> FORMAT_MULT_SHIFT) & 7) > 3) return null;
  return { rateHz: formatRateHz(format), bits: size.bits, channels: formatChannels(format) };
}

/** Whether two format words name one rate: 48 kHz has four codes. */
export function sameRate(a: number, b: number): boolean {
  return (a & FORMAT_RATE) === (b & FORMAT_RATE) || formatRateHz(a) === formatRateHz(b);
}

/** Parameter 0Ah: rates in bits 11:0, sizes in bits 20:16 (§5.2). */
export function encodePcmCapabilities(ratesHz: readonly number[], sizes: readonly SampleBits[]): number {
  let value = 0;
  for (const row of PCM_RATES) if (row.capabilityBit >= 0 && ratesHz.includes(row.rateHz)) value |= 1 << row.capabilityBit;
  for (const row of PCM_SIZES) if (sizes.includes(row.bits)) value |= 1 << row.capabilityBit;
  return value >>> 0;
}

export function pcmCapabilityRates(value: number): number[] {
  return PCM_RATES.filter((row) => row.capabilityBit >= 0 && ((value >>> row.capabilityBit) & 1) !== 0).map((row) => row.rateHz);
}

export function pcmCapabilitySizes(value: number): SampleBits[] {
  return PCM_SIZES.filter((row) => ((value >>> row.capabilityBit) & 1) !== 0).map((row) => row.bits);
}
