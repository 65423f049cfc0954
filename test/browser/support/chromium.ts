import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { type BrowserContext, chromium } from 'playwright-core';

export interface Chromium {
  readonly executable: string;
  /** Folders with the shared libraries that a bare machine lacks. */
  readonly libraries: readonly string[];
}

/**
 * A real Chromium: the variable CHROMIUM, else one on the PATH, else the one inside the npm package @sparticuz/chromium
 * (Linux x64), unpacked once into node_modules/.cache. null where none of them is to be had; under CI that is an error.
 */
export async function findChromium(): Promise<Chromium | null> {
  const named = process.env.CHROMIUM ?? onPath('chromium', 'chromium-browser', 'google-chrome');
  if (named) return { executable: named, libraries: [] };
  if (process.platform === 'linux' && process.arch === 'x64') {
    try {
      const folder = await unpacked();
      return { executable: join(folder, 'chromium'), libraries: [join(folder, 'lib'), folder] };
    } catch (error) {
      if (process.env.CI) throw error;
    }
  }
  if (process.env.CI) throw new Error('no Chromium: set CHROMIUM to the path of one');
  return null;
}

/** A window on a profile of its own, empty; `close` removes it. */
export async function openChromium(
  found: Chromium,
  options: { viewport?: { width: number; height: number }; colorScheme?: 'dark' | 'light'; args?: string[] } = {},
): Promise<BrowserContext> {
  const { args = [], ...page } = options;
  const profile = mkdtempSync(join(tmpdir(), 'azalia-profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    locale: 'en-US', // else that of the shell, which may be none
    ...page,
    executablePath: found.executable,
    headless: true,
    env: { ...process.env, LD_LIBRARY_PATH: [...found.libraries, process.env.LD_LIBRARY_PATH ?? ''].join(delimiter) },
    args: [...FLAGS, ...args],
  });
  context.on('close', () => rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));
  return context;
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream', // a microphone that beeps once a second
  '--use-fake-ui-for-media-stream',
];

function onPath(...names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}

/** Into a folder of its own, then renamed: two runs at once each find it whole or not at all. */
async function unpacked(): Promise<string> {
  const require = createRequire(import.meta.url);
  const bin = join(dirname(require.resolve('@sparticuz/chromium')), '../../bin');
  const cache = join(bin, '../../../.cache');
  const folder = join(cache, 'azalia-chromium');
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(join(cache, 'azalia-chromium-'));
  await brotli(join(bin, 'chromium.br'), join(temporary, 'chromium'), 0o755);
  for (const archive of ['al2023.tar', 'swiftshader.tar']) {
    const tar = join(temporary, archive);
    await brotli(join(bin, `${archive}.br`), tar, 0o644);
    execFileSync('tar', ['-xf', tar, '-C', temporary]);
    rmSync(tar);
  }
  try {
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

const brotli = (from: string, to: string, mode: number) =>
  pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to, { mode }));
