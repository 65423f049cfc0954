// Pin configuration default, verb F1Ch (hda-hardware §5.14).

export const PORT_CONNECTIVITY: readonly string[] = ['jack', 'none', 'fixed', 'both'];

export const DEFAULT_DEVICES: readonly string[] = [
  'line out',
  'speaker',
  'headphone',
  'CD',
  'S/PDIF out',
  'digital other out',
  'modem line',
  'modem handset',
  'line in',
  'aux',
  'microphone',
  'telephony',
  'S/PDIF in',
  'digital other in',
  'reserved',
  'other',
];

/** Geometric location, 27:24; 7 and up are particular to the gross location. */
export const GEOMETRIC_LOCATIONS: readonly string[] = ['unknown', 'rear', 'front', 'left', 'right', 'top', 'bottom'];

const GROSS_LOCATIONS: readonly string[] = ['', 'internal', 'separate', 'other'];
/** What 7 and up mean, by the whole of 29:24. */
const SPECIAL_LOCATIONS: Readonly<Record<number, string>> = {
  0x07: 'rear panel',
  0x08: 'drive bay',
  0x17: 'riser',
  0x18: 'display',
  0x19: 'ATAPI',
  0x37: 'lid, inside',
  0x38: 'lid, outside',
};

/** `rear`, `internal, left`, `lid, inside`; empty for the external case at an unknown place. */
export function locationName(location: number): string {
  const special = SPECIAL_LOCATIONS[location];
  if (special) return special;
  const place = location & 15;
  const where = place === 0 ? '' : (GEOMETRIC_LOCATIONS[place] ?? `0x${place.toString(16)}`);
  return [GROSS_LOCATIONS[location >> 4], where].filter(Boolean).join(', ');
}

/** 19:16; what comes after is not assigned. */
export const CONNECTION_TYPES: readonly string[] = [
  'unknown',
  '1/8"',
  '1/4"',
  'ATAPI',
  'RCA',
  'optical',
  'digital',
  'analogue',
  'DIN',
  'XLR',
  'RJ-11',
  'combination',
];

export const JACK_COLORS: readonly string[] = [
  'unknown',
  'black',
  'grey',
  'blue',
  'green',
  'red',
  'orange',
  'yellow',
  'purple',
  'pink',
  'reserved',
  'reserved',
  'reserved',
  'reserved',
  'white',
  'other',
];

export const CONNECTIVITY_JACK = 0;
export const CONNECTIVITY_NONE = 1;
export const CONNECTIVITY_FIXED = 2;
export const CONNECTIVITY_BOTH = 3;

export const DEVICE_LINE_OUT = 0x0;
export const DEVICE_SPEAKER = 0x1;
export const DEVICE_HEADPHONE = 0x2;
export const DEVICE_CD = 0x3;
export const DEVICE_SPDIF_OUT = 0x4;
export const DEVICE_DIGITAL_OUT = 0x5;
export const DEVICE_LINE_IN = 0x8;
export const DEVICE_AUX = 0x9;
export const DEVICE_MICROPHONE = 0xa;
export const DEVICE_SPDIF_IN = 0xc;
export const DEVICE_DIGITAL_IN = 0xd;

export const COLOR_BLACK = 0x1;
export const COLOR_GREY = 0x2;
export const COLOR_BLUE = 0x3;
export const COLOR_GREEN = 0x4;
export const COLOR_ORANGE = 0x6;
export const COLOR_PINK = 0x9;

export const CONNECTION_MINIJACK = 0x1; // 1/8"
export const CONNECTION_INTERNAL = 0x3; // ATAPI
export const CONNECTION_OPTICAL = 0x5;
export const CONNECTION_DIGITAL = 0x6;
export const CONNECTION_ANALOGUE = 0x7;
export const CONNECTION_COMBINATION = 0xb;

// 29:28 gross, 27:24 geometric location
export const LOCATION_REAR = 0x01;
export const LOCATION_FRONT = 0x02;
export const LOCATION_LEFT = 0x03;
export const LOCATION_RIGHT = 0x04;
export const LOCATION_INTERNAL = 0x10;
export const LOCATION_DISPLAY = 0x18;
export const LOCATION_LID = 0x37;

export interface ConfigurationDefault {
  readonly connectivity: number; // 31:30
  readonly location: number; // 29:24
  readonly device: number; // 23:20
  readonly connection: number; // 19:16
  readonly color: number; // 15:12
  readonly misc: number; // 11:8, bit 0: jack detect override
  readonly association: number; // 7:4
  readonly sequence: number; // 3:0
}

export function decodeConfigurationDefault(value: number): ConfigurationDefault {
  return {
    connectivity: value >>> 30,
    location: (value >>> 24) & 0x3f,
    device: (value >>> 20) & 0xf,
    connection: (value >>> 16) & 0xf,
    color: (value >>> 12) & 0xf,
    misc: (value >>> 8) & 0xf,
    association: (value >>> 4) & 0xf,
    sequence: value & 0xf,
  };
}

export function encodeConfigurationDefault(fields: ConfigurationDefault): number {
  return (
    ((fields.connectivity << 30) |
      (fields.location << 24) |
      (fields.device << 20) |
      (fields.connection << 16) |
      (fields.color << 12) |
      (fields.misc << 8) |
      (fields.association << 4) |
      fields.sequence) >>>
    0
  );
}
