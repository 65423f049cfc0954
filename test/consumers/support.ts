// A folder as somebody has it who installed the package: `npm pack`'s tarball under node_modules, nothing of this checkout.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';
import { RECORDER } from '../browser/support/listen.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = fileURLToPath(new URL('./page', import.meta.url));

export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

let tarball: string | undefined;
afterAll(() => {
  if (tarball) rmSync(dirname(tarball), { recursive: true });
});

/** The package as `npm publish` would send it; packed once. */
function pack(): string {
  if (tarball) return tarball;
  const folder = mkdtempSync(join(tmpdir(), 'azalia-pack-'));
  const told = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ filename }] = JSON.parse(told.slice(told.indexOf('[')));
  tarball = join(folder, filename);
  return tarball;
}

/** A consumer's folder, with the package and what it depends on installed; gone after the test. */
export function consumer(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'azalia-consumer-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const installed = join(folder, 'node_modules/azalia');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', pack(), '-C', installed, '--strip-components=1']);
  const { dependencies = {} } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    cpSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  return folder;
}

/** The same with a page in it: index.html leads to `script`; `entry` is the module that main.js imports. */
export function pageConsumer(script: string, entry = 'azalia'): string {
  const folder = consumer();
  const main = readFileSync(join(PAGE, 'main.js'), 'utf8').replace("'azalia'", `'${entry}'`);
  writeFileSync(join(folder, 'main.js'), main);
  writeFileSync(join(folder, 'index.html'), readFileSync(join(PAGE, 'index.html'), 'utf8').replace('SCRIPT', script));
  mkdirSync(join(folder, 'public'));
  writeFileSync(join(folder, 'public/recorder.js'), RECORDER);
  return folder;
}
