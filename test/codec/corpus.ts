// The 897 dumps of real codecs that lie beside the repository. AZALIA_SHARED names another place.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(resolve(repository, process.env.AZALIA_SHARED ?? '../shared'), 'codec-dumps');

export const hasCorpus = existsSync(folder);

/** Header only: no function group named (HOPELESS.md). */
export const HOPELESS: readonly string[] = [
  'alc268-acer-extensa-5210-1025_0130.1.txt',
  'modem-lenovo-tp-t60.0.txt',
  'stac9200-dell-latitude-d520.1.txt',
  'uknown-modem-hp.0.txt',
];

export function dumpNames(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort();
}

export function readDump(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

/** Says once why the corpus tests of a file are skipped. */
export function corpusNote(): void {
  if (!hasCorpus) process.stdout.write(`codec corpus: no ${folder} (AZALIA_SHARED); its tests are skipped\n`);
}
