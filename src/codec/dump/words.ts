// The words that ALSA prints beside its numbers (hda-hardware §6.2). Parsing never needs them but for DIGITAL_BITS.

import * as P from '../../hda/parameters.ts';

export const WIDGET_TYPES: Readonly<Record<number, string>> = {
  [P.WIDGET_AUDIO_OUTPUT]: 'Audio Output',
  [P.WIDGET_AUDIO_INPUT]: 'Audio Input',
  [P.WIDGET_MIXER]: 'Audio Mixer',
  [P.WIDGET_SELECTOR]: 'Audio Selector',
  [P.WIDGET_PIN]: 'Pin Complex',
  [P.WIDGET_POWER]: 'Power Widget',
  [P.WIDGET_VOLUME_KNOB]: 'Volume Knob Widget',
  [P.WIDGET_BEEP]: 'Beep Generator Widget',
  [P.WIDGET_VENDOR]: 'Vendor Defined Widget',
};

export type Bits = readonly (readonly [mask: number, word: string])[];

export const WCAP_WORDS: Bits = [
  [P.WCAP_DIGITAL, 'Digital'],
  [P.WCAP_INPUT_AMP, 'Amp-In'],
  [P.WCAP_OUTPUT_AMP, 'Amp-Out'],
  [P.WCAP_STRIPE, 'Stripe'],
  [P.WCAP_LR_SWAP, 'R/L'],
  [P.WCAP_CP, 'CP'],
];

export const FORMAT_WORDS: Bits = [
  [P.STREAM_FORMAT_PCM, 'PCM'],
  [P.STREAM_FORMAT_FLOAT32, 'FLOAT'],
  [P.STREAM_FORMAT_AC3, 'AC3'],
];

export const PIN_CAP_WORDS: Bits = [
  [P.PINCAP_IN, 'IN'],
  [P.PINCAP_OUT, 'OUT'],
  [P.PINCAP_HP, 'HP'],
  [P.PINCAP_EAPD, 'EAPD'],
  [P.PINCAP_PRESENCE, 'Detect'],
  [P.PINCAP_BALANCED, 'Balanced'],
  [P.PINCAP_HBR, 'HBR'],
  [P.PINCAP_HDMI, 'HDMI'],
  [P.PINCAP_DISPLAY_PORT, 'DP'],
  [P.PINCAP_TRIGGER, 'Trigger'],
  [P.PINCAP_IMPEDANCE_SENSE, 'ImpSense'],
];

export const VREF_CAP_WORDS: Bits = [
  [1 << 8, 'HIZ'],
  [1 << 9, '50'],
  [1 << 10, 'GRD'],
  [1 << 12, '80'],
  [1 << 13, '100'],
];

export const VREF_WORDS: Readonly<Record<number, string>> = {
  0: 'VREF_HIZ',
  1: 'VREF_50',
  2: 'VREF_GRD',
  4: 'VREF_80',
  5: 'VREF_100',
};

export const PIN_CONTROL_WORDS: Bits = [
  [0x20, 'IN'],
  [0x40, 'OUT'],
  [0x80, 'HP'],
];

export const EAPD_WORDS: Bits = [
  [1, 'BALANCED'],
  [2, 'EAPD'],
  [4, 'R/L'],
];

/** F0Dh: here the words are all that a dump has. */
export const DIGITAL_BITS: Bits = [
  [1 << 0, 'Enabled'],
  [1 << 1, 'Validity'],
  [1 << 2, 'ValidityCfg'],
  [1 << 3, 'Preemphasis'],
  [1 << 4, 'Non-Copyright'],
  [1 << 5, 'Non-Audio'],
  [1 << 6, 'Pro'],
  [1 << 7, 'GenLevel'],
  [1 << 23, 'KAE'],
];

/** Parameter 0Fh; likewise. */
export const POWER_STATE_BITS: Bits = [
  [1 << 0, 'D0'],
  [1 << 1, 'D1'],
  [1 << 2, 'D2'],
  [1 << 3, 'D3'],
  [1 << 4, 'D3cold'],
  [1 << 29, 'S3D3cold'],
  [1 << 30, 'CLKSTOP'],
  [0x80000000, 'EPSS'],
];

/** F05h: values of setting and actual state, and the flags behind them. */
export const POWER_SETTINGS: readonly string[] = ['D0', 'D1', 'D2', 'D3', 'D3cold'];
export const POWER_FLAG_BITS: Bits = [
  [1 << 8, 'Error'],
  [1 << 9, 'Clock-stop-OK'],
  [1 << 10, 'Setting-reset'],
];

export const CONNECTIVITY_WORDS = ['Jack', 'N/A', 'Fixed', 'Both'];
export const GROSS_LOCATION_WORDS = ['Ext', 'Int', 'Sep', 'Oth'];
export const DEVICE_WORDS = [
  'Line Out',
  'Speaker',
  'HP Out',
  'CD',
  'SPDIF Out',
  'Digital Out',
  'Modem Line',
  'Modem Hand',
  'Line In',
  'Aux',
  'Mic',
  'Telephony',
  'SPDIF In',
  'Digital In',
  'Reserved',
  'Other',
];
export const CONNECTION_WORDS = [
  'Unknown',
  '1/8',
  '1/4',
  'ATAPI',
  'RCA',
  'Optical',
  'Digital',
  'Analog',
  'DIN',
  'XLR',
  'RJ11',
  'Comb',
  'Other',
  'Other',
  'Other',
  'Other',
];
export const COLOR_WORDS = [
  'Unknown',
  'Black',
  'Grey',
  'Blue',
  'Green',
  'Red',
  'Orange',
  'Yellow',
  'Purple',
  'Pink',
  'Reserved',
  'Reserved',
  'Reserved',
  'Reserved',
  'White',
  'Other',
];
const LOCATIONS = ['N/A', 'Rear', 'Front', 'Left', 'Right', 'Top', 'Bottom'];
const SPECIAL_LOCATIONS: Readonly<Record<number, string>> = {
  7: 'Rear Panel',
  8: 'Drive Bar',
  23: 'Riser',
  24: 'HDMI',
  25: 'ATAPI',
  55: 'Mobile-In',
  56: 'Mobile-Out',
};

/** Bits 29:24 of a configuration default. */
export function locationWord(location: number): string {
  return SPECIAL_LOCATIONS[location] ?? LOCATIONS[location & 0xf] ?? 'UNKNOWN';
}

/** The words of the bits that are set, each with `before` in front. */
export function wordsOf(bits: Bits, value: number, before = ' '): string {
  return bits.map(([mask, word]) => ((value & mask) !== 0 ? before + word : '')).join('');
}

/** The bits whose words are in `text`. */
export function bitsOf(bits: Bits, text: string): number {
  const words = new Set(text.split(/[\s,]+/));
  return bits.reduce((value, [mask, word]) => (words.has(word) ? value | mask : value), 0) >>> 0;
}
