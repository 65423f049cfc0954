// Verbs and parameters by the names that src/hda gives them: `GET_PARAMETER`, `VENDOR_ID`.

import * as parameters from '../hda/parameters.ts';
import * as verbs from '../hda/verbs.ts';

const named = (table: object, prefix: string): Map<string, number> =>
  new Map(
    Object.entries(table).flatMap(([name, value]) =>
      name.startsWith(prefix) && typeof value === 'number' ? [[name.slice(prefix.length), value]] : [],
    ),
  );

const VERBS = named(verbs, 'VERB_');
const PARAMETERS = named(parameters, 'PARAM_');

const numberOr = (text: string, names: ReadonlyMap<string, number>): number | undefined =>
  /^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : names.get(text.toUpperCase());

/** 4-bit or 12-bit verb id; undefined for what is neither number nor name. */
export const verbId = (text: string): number | undefined => numberOr(text, VERBS);

/** Payload; a parameter's name is its number. */
export const verbPayload = (text: string): number | undefined => numberOr(text, PARAMETERS);

export const verbNames = (): string[] => [...VERBS.keys()];

/** The command word without its address. Verb ids to Fh have 16 bits of payload, the others 8 (§5.1). */
export function verbCommand(nid: number, verb: number, payload: number): number {
  return verb <= 0xf ? verbs.command16(0, nid, verb, payload) : verbs.command8(0, nid, verb, payload);
}
