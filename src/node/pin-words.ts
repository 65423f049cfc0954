// A pin's configuration default in words and back (hda-hardware §5.14).

import {
  CONNECTION_TYPES,
  type ConfigurationDefault,
  DEFAULT_DEVICES,
  decodeConfigurationDefault,
  encodeConfigurationDefault,
  GEOMETRIC_LOCATIONS,
  JACK_COLORS,
  locationName,
  PORT_CONNECTIVITY,
} from '../hda/configuration-default.ts';

/** Keys of a setting, and the words that each takes besides numbers. */
const FIELDS: Readonly<Record<string, { field: keyof ConfigurationDefault; most: number; words: readonly string[] }>> =
  {
    port: { field: 'connectivity', most: 3, words: PORT_CONNECTIVITY },
    location: { field: 'location', most: 0x3f, words: GEOMETRIC_LOCATIONS },
    device: { field: 'device', most: 15, words: DEFAULT_DEVICES },
    connection: { field: 'connection', most: 15, words: CONNECTION_TYPES },
    color: { field: 'color', most: 15, words: JACK_COLORS },
    misc: { field: 'misc', most: 15, words: [] },
    association: { field: 'association', most: 15, words: [] },
    sequence: { field: 'sequence', most: 15, words: [] },
  };

/** `line out, rear, green`; what the board does not connect says `not connected`. */
export function describePin(configurationDefault: number): string {
  const { connectivity, location, device, color } = decodeConfigurationDefault(configurationDefault);
  if (PORT_CONNECTIVITY[connectivity] === 'none') return `${DEFAULT_DEVICES[device]}, not connected`;
  const shade = color === 0 ? '' : JACK_COLORS[color];
  return [DEFAULT_DEVICES[device], locationName(location), shade].filter(Boolean).join(', ');
}

/** Every field, as `key=value` with the words that settings take. */
export function pinFields(configurationDefault: number): string[] {
  const fields = decodeConfigurationDefault(configurationDefault);
  return Object.entries(FIELDS).map(([key, { field, words }]) => {
    const text = words[fields[field]] ?? `${fields[field]}`;
    return `${key}=${/[ "]/.test(text) ? `'${text}'` : text}`;
  });
}

/** The configuration default after `settings`, each `key=value`. Errors: RangeError that names key and values. */
export function changePinFields(configurationDefault: number, settings: readonly string[]): number {
  let fields = decodeConfigurationDefault(configurationDefault);
  for (const setting of settings) {
    const [, key = '', text = ''] = /^(\w+)=(.+)$/.exec(setting) ?? [];
    const row = Object.hasOwn(FIELDS, key) ? FIELDS[key] : undefined;
    if (!row) throw new RangeError(`«${setting}»: must be ${Object.keys(FIELDS).join('=, ')}= and a value`);
    const value = /^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : row.words.indexOf(text);
    if (value < 0 || value > row.most) {
      const words = row.words.length > 0 ? `, or one of ${row.words.join(', ')}` : '';
      throw new RangeError(`${key}=${text}: must be 0 to ${row.most}${words}`);
    }
    fields = { ...fields, [row.field]: value };
  }
  return encodeConfigurationDefault(fields);
}
