// Which rows of the conformance table (hda-hardware §8) and of the hostile catalogue (hostile-inputs §4) have a test.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);

const CONFORMANCE = [
  ...numbered('HW-P', 7),
  ...numbered('HW-G', 25),
  ...numbered('HW-C', 29),
  ...numbered('HW-I', 4),
  ...numbered('HW-D', 32),
  ...numbered('HW-F', 1),
  ...numbered('HW-O', 3),
];
const HOSTILE = numbered('HOSTILE-H', 44);

const folder = new URL('.', import.meta.url);
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');
const ids = new Set(sources.match(/\b(HW-[A-Z]\d+|HOSTILE-H\d+)\b/g));

it.each([
  ['conformance rows P, G, C, I, D, F and O', CONFORMANCE, 101],
  ['hostile inputs H1 to H44', HOSTILE, 44],
])('every one of the %s bears a test', (what, rows, count) => {
  expect(rows).toHaveLength(count);
  const missing = rows.filter((row) => !ids.has(row));
  console.info(`${what}: ${count - missing.length} of ${count} tested`);
  expect(missing).toEqual([]);
  expect(sources).not.toMatch(/\b(it|describe)\.(skip|todo|only)\b/);
});
