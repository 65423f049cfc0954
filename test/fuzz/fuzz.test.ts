// A short run of the fuzzer, and every finding of its longer ones (`npm run fuzz`).

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Finding, fuzz, replay } from './fuzz.ts';

it.each([1, 2, 3, 4])('50 000 operations of seed %i: no throw, bounded work, nothing outside RAM', async (seed) => {
  const { steps, finding } = await fuzz(seed, 50_000);
  expect(finding && JSON.stringify(finding)).toBeNull();
  expect(steps).toBe(50_000);
});

const folder = new URL('./replays/', import.meta.url);

it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('replay: %s', async (name) => {
  const { variant, operations } = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Finding;
  expect(await replay(variant, operations)).toBeNull();
});
