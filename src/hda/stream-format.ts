// Stream format: SDnFMT and the converter format verb share this word (hda-hardware §4).

export const FORMAT_NON_PCM: u32 = 1 << 15;
export const FORMAT_BASE_44K1: u32 = 1 << 14;
export const FORMAT_MULT_SHIFT: u32 = 11;
export const FORMAT_DIV_SHIFT: u32 = 8;
export const FORMAT_BITS_SHIFT: u32 = 4;
export const FORMAT_CHANNELS: u32 = 15;
export const FORMAT_RATE: u32 = 0x7f00; // BASE, MULT and DIV
export const FORMAT_WRITABLE: u32 = 0xff7f;

// Field BITS
export const BITS_8: u32 = 0;
export const BITS_16: u32 = 1;
export const BITS_20: u32 = 2;
export const BITS_24: u32 = 3;
export const BITS_32: u32 = 4;

export function formatMultiplier(format: u32): u32 {
  return ((format >>> FORMAT_MULT_SHIFT) & 7) + 1;
}

export function formatDivisor(format: u32): u32 {
  return ((format >>> FORMAT_DIV_SHIFT) & 7) + 1;
}

export function formatBitsCode(format: u32): u32 {
  return (format >>> FORMAT_BITS_SHIFT) & 7;
}

export function formatChannels(format: u32): u32 {
  return (format & FORMAT_CHANNELS) + 1;
}

/** MULT 4–7 and BITS 5–7 are reserved: stored, and nothing is heard (§4). */
export function formatIsReserved(format: u32): boolean {
  return ((format >>> FORMAT_MULT_SHIFT) & 7) > 3 || formatBitsCode(format) > 4;
}
