// The facts of a dump as numbers, read apart from the library's own parser, by the rules of the corpus's README: numbers
// are compared, not spelling, and what the link cannot reveal is left out.

/** Values by «node kind», as JSON. */
export type Facts = Map<string, string>;

class Reader {
  readonly facts: Facts = new Map();
  at = 'root';
  type = '';
  pinCaps = 0;
  connections = new Map<string, number>();
  readonly types = new Map<string, string>();
  readonly amps = new Map<string, number[][]>();
  ampKey = '';
  list: number[] | null = null;
  isOver = false;

  put(kind: string, value: unknown): void {
    this.facts.set(`${this.at} ${kind}`, JSON.stringify(value));
  }
}

const numbers = (text: string) => (text.match(/0x[0-9a-f]+/gi) ?? []).map(Number);

type Rule = (reader: Reader, fields: string[], line: string) => void;
const number =
  (kind: string): Rule =>
  (reader, [value]) =>
    reader.put(kind, Number(value));
const text =
  (kind: string): Rule =>
  (reader, fields) =>
    reader.put(kind, fields);

const RULES: readonly (readonly [RegExp, Rule])[] = [
  [
    /^[A-Z]+\d? ".*|^NVidia/,
    (reader) => {
      reader.isOver = true;
    },
  ],
  [
    /^Node (0x\w+) \[(.*)\] wcaps (0x\w+)/,
    (reader, [nid, type = '', caps]) => {
      reader.at = `node ${Number(nid)}`;
      reader.type = type;
      reader.pinCaps = 0;
      reader.types.set(reader.at, type);
      reader.put('caps', Number(caps));
    },
  ],
  [/^Address: (\d+)/, number('address')],
  [
    /^(Vendor|Subsystem|Revision) Id: (0x\w+)/,
    (reader, [kind, id]) => id !== '0xffffffff' && reader.put(`${kind}`, Number(id)),
  ],
  [
    /^([AM])FG Function Id: (0x\w+) \(unsol (\d)\)/,
    (reader, [kind, id, unsolicited]) => reader.put(`${kind}FG`, [Number(id), unsolicited]),
  ],
  [/^Modem Function Group: (0x\w+)/, number('modem')],
  [/^State of AFG node (0x\w+)/, number('audio')],
  [
    /PCM: rates (\S+), bits (\S+), types (\S+)/,
    (reader, [rates, bits, formats]) => {
      reader.put('rates', Number(rates));
      reader.put('bits', Number(bits));
      reader.put('formats', Number(formats));
    },
  ],
  [
    /^(rates|bits|formats) \[(0x\w+)\]/,
    (reader, [kind, value]) =>
      reader.put(`${kind}`, kind === 'bits' && Number(value) >= 0x1000 ? Number(value) >>> 16 : Number(value)),
  ],
  [
    /Amp-(In|Out) caps: (.*)$/,
    (reader, [direction, caps = '']) =>
      reader.put(`amp ${direction} caps`, caps === 'N/A' ? 0 : [...numbers(caps), caps.includes('mute=1')]),
  ],
  [
    /^Amp-(In|Out) vals:(.*)$/,
    (reader, [direction, values = '']) => {
      reader.ampKey = `${reader.at} amp ${direction}`;
      reader.amps.set(
        reader.ampKey,
        values
          .split(']')
          .map(numbers)
          .filter((pair) => pair.length > 0),
      );
    },
  ],
  [
    /^\[/,
    (reader, _, line) =>
      reader.amps.get(reader.ampKey)?.push(
        ...line
          .split(']')
          .map(numbers)
          .filter((pair) => pair.length > 0),
      ),
  ],
  [/^GPIO: (.*)$/, text('gpio')],
  [
    /^IO\[(\d)\]: (.*)$/,
    (reader, [pin, fields = '']) => {
      for (const [, name, value] of fields.matchAll(/(\w+)=(\d)/g)) reader.put(`gpio ${pin} ${name}`, value);
    },
  ],
  [/^Power states: *(.*)$/, text('power states')],
  [/^Power: setting=(\w+), actual=(\w+)(.*)$/, text('power')],
  [
    /^Power: (0x\w+)/,
    (reader, [value]) => reader.put('power', [`D${Number(value) & 15}`, `D${Number(value) >> 4}`, '']),
  ],
  [
    /^Pincap (0x\w+):/,
    (reader, [caps = '']) => {
      reader.pinCaps = Number(caps.startsWith('0x08') && caps.length !== 10 ? `0x${caps.slice(4)}` : caps);
      reader.put('pin caps', reader.pinCaps);
    },
  ],
  [/^EAPD:? (0x\w+)/, (reader, [value]) => (reader.pinCaps & 0x10000) !== 0 && reader.put('eapd', Number(value))],
  [/^Pinx? Default (0x\w+)/, number('pin default')],
  [/^Pin-ctls: (0x\w+)/, number('pin control')],
  [/^Volume-Knob: (.*)/, text('knob')],
  [/^Converter: (.*)$/, text('converter')],
  [/^SDI-Select: (\d+)/, number('sdi')],
  [
    /^Digital: ?(.*)$/,
    (reader, [words = '']) => reader.put('digital', words.replace(/\b(Non-)?Copyright/, 'Copyright')),
  ],
  [/^Digital category: (0x\w+)/, number('category')],
  [/^IEC Coding Type: (0x\w+)/, number('coding')],
  [
    /^Unsolicited: tag=(\w+), enabled=(\d)/,
    (reader, [tag, enabled]) => reader.put('unsolicited', [Number(`0x${tag}`), enabled]),
  ],
  [/^Delay: (\d+)/, number('delay')],
  [
    /^In-driver Connection/,
    (reader) => {
      reader.list = null;
    },
  ],
  [
    /^Connection: (\d+)/,
    (reader, [count]) => {
      reader.connections.set(reader.at, Number(count));
      reader.list = [];
      reader.put('connections', []);
    },
  ],
  [
    /^0x/,
    (reader, _, line) => {
      if (!reader.list) return;
      const star = line.split(/\s+/).findIndex((entry) => entry.endsWith('*'));
      if (star >= 0 && numbers(line).length > 1 && !/Mixer|Power|Knob/.test(reader.type)) reader.put('selected', star);
      reader.list.push(...numbers(line));
      reader.put('connections', reader.list);
    },
  ],
  [/^Processing caps: (.*)$/, text('processing')],
  [
    /^Processing Coefficient: (0x\w+)/,
    (reader, [value]) => reader.type !== 'Pin Complex' && reader.put('coefficient', Number(value)),
  ],
  [
    /^Coefficient Index: (0x\w+)/,
    (reader, [value]) => reader.type !== 'Pin Complex' && reader.put('index', Number(value)),
  ],
];

export function factsOf(dump: string): Facts {
  const reader = new Reader();
  for (const line of dump.split(/\r?\n/).map((raw) => raw.trim())) {
    for (const [pattern, rule] of RULES) {
      const match = pattern.exec(line);
      if (match) rule(reader, match.slice(1), line);
    }
    if (reader.isOver) break;
  }
  reader.facts.set('root nodes', JSON.stringify([[...reader.types.keys()][0], reader.types.size]));
  for (const [node, type] of reader.types) {
    reader.at = node;
    for (const direction of ['In', 'Out']) {
      // One output amp, one input amp of a pin, none without connections: there no standard stands behind the question.
      const most = direction === 'Out' || type === 'Pin Complex' ? 1 : (reader.connections.get(node) ?? 0);
      const values = reader.amps.get(`${node} amp ${direction}`)?.slice(0, most) ?? [];
      for (const [index, [left, right = left]] of values.entries())
        reader.put(`amp ${direction} ${index}`, [left, right]);
    }
  }
  return reader.facts;
}

/** Facts that the other side lacks or has otherwise. */
export function missingFacts(wanted: Facts, found: Facts): string[] {
  return [...wanted]
    .filter(([key, value]) => found.get(key) !== value)
    .map(([key, value]) => `${key}: ${value}, there ${found.get(key) ?? 'nothing'}`);
}
