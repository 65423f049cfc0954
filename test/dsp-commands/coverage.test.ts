import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

// dxgk-render §6: each case has a test that bears its number.
const CASES: Record<string, number> = { L: 16, T: 11, H: 19, O: 19, X: 9, P: 7, M: 11, S: 11, G: 5, R: 10 };

it('all 118 conformance cases of dxgk-render §6 are tests', () => {
  const here = new URL('.', import.meta.url);
  const files = readdirSync(here).filter((name) => name.endsWith('.test.ts') && !name.startsWith('coverage'));
  const text = files.map((name) => readFileSync(new URL(name, here), 'utf8')).join('\n');
  const tested = new Set([...text.matchAll(/['`]DX-([A-Z]\d+) /g)].map(([, id]) => id));
  const cases = Object.entries(CASES).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, n) => `${letter}${n + 1}`),
  );
  expect(cases).toHaveLength(118);
  const missing = cases.filter((id) => !tested.has(id));
  process.stdout.write(`dxgk-render §6: ${cases.length - missing.length} of ${cases.length} cases covered\n`);
  expect(missing).toEqual([]);
});
