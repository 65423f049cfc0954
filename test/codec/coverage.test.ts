// Which codec rows of the conformance table (hda-hardware §8) and which parts of H45 (hostile-inputs §4) have a test.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('.', import.meta.url);
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts') && name !== 'coverage.test.ts')
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');
/** What stands in quotes first in it(…), describe(…) and their kin: the names of tests. */
const names = [...sources.matchAll(/\b(?:it|describe)(?:\.\w+\([^)]*\))?\(\s*(['"`])(.*?)\1/g)].map(
  (match) => match[2] ?? '',
);

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);
const ROWS = [...numbered('HW-V', 30), ...numbered('HW-L', 3), 'HOSTILE-H45'];

it('each of the 33 rows V and L, and H45, is in the name of a test', () => {
  expect(ROWS).toHaveLength(34);
  const missing = ROWS.filter((row) => !names.some((name) => new RegExp(`^${row}\\b`).test(name)));
  process.stdout.write(`conformance rows V and L, and H45: ${ROWS.length - missing.length} of ${ROWS.length} tested\n`);
  expect(missing).toEqual([]);
  expect(sources).not.toMatch(/\b(it|describe)\.(skip|todo|only)\b/);
});

/** What H45 lists, and where its test says so. */
const H45: [what: string, where: RegExp][] = [
  ['truncated dump', /cut off anywhere/],
  ['duplicate nids', /a duplicate node/],
  ['connection to missing nid', /connections to nodes that are not there/],
  ['cycles in the graph', /a cycle of mixers/],
  ['connection list length 127', /connection lists of 127/],
  ['range entry reversed', /range entries reversed/],
  ['10 MB file', /10 MB/],
  ['CRLF', /CRLF/],
  ['non-UTF-8', /no UTF-8/],
  ['alsa-info wrapper', /alsa-info puts around/],
  ['two codecs with same address', /two codecs at one address/],
  ['missing AFG', /a header alone/],
];
it('each of the twelve things that H45 lists is tested', () => {
  expect(H45).toHaveLength(12);
  expect(H45.filter(([, where]) => !where.test(sources)).map(([what]) => what)).toEqual([]);
});
