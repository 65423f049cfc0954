// Which rows of the DDI's conformance table (hdaudio-ddi §7), which faults of its one other open implementation
// (hostile-inputs §1) and which parts of H46 (§4) have a test. The cells of §2.0 count themselves in status-matrix.test.ts.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const ROOMS = ['bus', 'ddi', 'driver-model', 'drivers', 'windows'];

const sources = ROOMS.flatMap((room) => {
  const folder = new URL(`../${room}/`, import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.ts') && name !== 'coverage.test.ts');
  return files.map((name) => readFileSync(new URL(name, folder), 'utf8'));
});
/** Names of tests and rows of their tables: what stands in quotes and not in a comment. */
const names = sources.flatMap((source) =>
  [...source.replaceAll(/\/\/.*$/gm, '').matchAll(/(['"`])((?:\\.|(?!\1).)*)\1/g)].map((match) => match[2] ?? ''),
);

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);

it.each([
  ['rows of hdaudio-ddi §7', numbered('DDI-', 106)],
  ['faults of hostile-inputs §1', [...numbered('HOSTILE-§1.', 10), 'HOSTILE-§1 (PR 4984)']],
])('every one of the %s bears a test', (what, rows) => {
  const missing = rows.filter(
    (row) => !names.some((name) => new RegExp(`${row.replace(/[().]/g, '\\$&')}(?!\\d)`).test(name)),
  );
  process.stdout.write(`${what}: ${rows.length - missing.length} of ${rows.length} tested\n`);
  expect(missing).toEqual([]);
});

/** What H46 lists, and the test whose name says so. */
const H46: [what: string, test: RegExp][] = [
  ['stale handle', /a freed handle and another client’s/],
  ['handle of another PDO', /the handle of another PDO/],
  ['double free', /given back twice/],
  ['free while running', /freed while they run/],
  ['callback that calls back into the DDI: completion', /a completion callback may call back/],
  ['callback that calls back into the DDI: notification', /notification callbacks may call back/],
  ['callback that calls back into the DDI: BDL ISR', /a BDL ISR that calls the DDI/],
  ['unregister inside its own callback: event', /a routine may unregister itself/],
  ['unregister inside its own callback: notification', /unregister from inside/],
  ['Tag 0-255', /for every 0…255/],
  ['Count 0 and 2^32-1', /Count 0, beyond the array and 2\^32−1/],
  ['buffer size 0', /%s of 0 bytes/],
  ['buffer size > 4 GiB', /%s of 0 bytes, of beyond 4 GiB/],
  ['buffer size not a multiple of 128', /an unusable size becomes the nearest usable one/],
  ['contiguous buffer sizes', /AllocateContiguousDmaBuffer of 0 bytes/],
  ['what is no argument at all', /junk in any argument/],
  ['NotificationCount 0, 1, 2, 3', /any NotificationCount but 1 and 2/],
  ['Lvi 0/255/256', /Lvi is the last index, 1…255/],
];
it('everything that H46 lists is tested', () => {
  const named = names.filter((name) => name.includes('HOSTILE-H46'));
  const missing = H46.filter(([, test]) => !named.some((name) => test.test(name))).map(([what]) => what);
  process.stdout.write(`parts of hostile-inputs H46: ${H46.length - missing.length} of ${H46.length} tested\n`);
  expect(missing).toEqual([]);
  expect(sources.filter((source) => /\b(it|describe)\.(skip|todo|only)\b/.test(source))).toEqual([]);
});
