// Two ALSA proc texts of a codec compared: everything that the codec is, nothing that a driver sets.

import { type CodecModel, parseCodecDump } from 'azalia/codec';

/** Registers that Linux programs, and the name, which it takes from a table of its own. */
const SET_BY_LINUX = new Set([
  'name',
  'inputAmps',
  'outputAmp',
  'selected',
  'power',
  'stream',
  'format',
  'sdi',
  'pinControl',
  'unsolicited',
  'eapd',
  'digital',
  'knob',
  'gpio',
  'coefficientIndex',
  'coefficients',
]);
const isEmpty = (value: unknown) => value === undefined || (Array.isArray(value) && value.length === 0);

export interface Comparison {
  readonly facts: number;
  /** «path: expected → found». */
  readonly differences: readonly string[];
}

export function compareCodecs(expected: CodecModel, found: CodecModel): Comparison {
  let facts = 0;
  const differences: string[] = [];
  const compare = (path: string, one: unknown, other: unknown): void => {
    if (isEmpty(one) && isEmpty(other)) return;
    if (one !== null && typeof one === 'object') {
      const keys = new Set([...Object.keys(one), ...Object.keys((other as object | undefined) ?? {})]);
      for (const key of keys) {
        if (SET_BY_LINUX.has(key)) continue;
        compare(`${path}.${key}`, (one as never)[key], ((other ?? {}) as never)[key]);
      }
      return;
    }
    facts++;
    if ((one ?? 0) !== (other ?? 0)) differences.push(`${path}: ${hex(one)} → ${hex(other)}`);
  };
  compare(`codec#${expected.address}`, byNid(expected), byNid(found));
  return { facts, differences };
}

/** Lists of nodes as objects by NID, so that a missing node is one difference and not all that follow it. */
const byNid = (model: CodecModel) => ({
  ...model,
  functionGroups: Object.fromEntries(
    model.functionGroups.map((group) => [
      `0x${group.nid.toString(16)}`,
      {
        ...group,
        widgets: Object.fromEntries(group.widgets.map((widget) => [`0x${widget.nid.toString(16)}`, widget])),
      },
    ]),
  ),
});

const hex = (value: unknown) => (typeof value === 'number' ? `0x${value.toString(16)}` : String(value));

export function parseOne(text: string): CodecModel {
  const [model, ...others] = parseCodecDump(text);
  if (!model || others.length > 0) throw new Error(`${others.length + 1} codecs in one proc text`);
  return model;
}
