// EDID-like data of a display, as a codec reports it byte by byte (hda-hardware §5.15).

const HEADER_BYTES = 4;
const FIXED_BYTES = 20;
const CEA_861D = 2;
const LPCM = 1;
const RATES_32K_TO_192K = 0x7f;
const SIZES_16_20_24 = 7;
/** FL FR, LFE, FC, RL RR, RLC RRC: 7.1. */
const SPEAKERS = 0x4f;

export interface Display {
  /** At most 16 ASCII characters. */
  readonly name: string;
  /** 2…8 LPCM channels. */
  readonly channels: number;
  readonly displayPort: boolean;
}

/** An ELD with one short audio descriptor: LPCM at 32–192 kHz in 16, 20 and 24 bits. */
export function encodeEld(display: Display): number[] {
  const name = [...display.name].map((character) => character.charCodeAt(0));
  const descriptor = [(LPCM << 3) | (display.channels - 1), RATES_32K_TO_192K, SIZES_16_20_24];
  const baseline = FIXED_BYTES - HEADER_BYTES + name.length + descriptor.length;
  const bytes = new Array<number>(HEADER_BYTES + 4 * Math.ceil(baseline / 4)).fill(0);
  bytes[0] = CEA_861D << 3;
  bytes[2] = Math.ceil(baseline / 4);
  bytes[4] = (3 << 5) | name.length; // EDID version: CEA-861-B, C or D
  bytes[5] = (1 << 4) | (display.displayPort ? 1 << 2 : 0); // one descriptor
  bytes[7] = SPEAKERS;
  for (const [index, value] of [...name, ...descriptor].entries()) bytes[FIXED_BYTES + index] = value;
  return bytes;
}

/** The display at a pin whose model names none. */
export function defaultEld(displayPort: boolean): number[] {
  return encodeEld({ name: 'Azalia display', channels: 8, displayPort });
}
