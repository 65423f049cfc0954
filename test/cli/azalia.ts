import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';

let folder = '';
let script = 'dist/cli.js';

/** Sets up the real command and a folder to work in: what the build made, or a bundle where that is older than the sources. */
export function useCommand(): void {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'azalia-cli-'));
    const built = statSync(script, { throwIfNoEntry: false });
    if (built && built.mtimeMs > newest('src')) return;
    mkdirSync(join(folder, 'bundle', 'dist', 'demo'), { recursive: true });
    writeFileSync(join(folder, 'bundle', 'dist', 'demo', 'index.html'), '<!doctype html>');
    copyFileSync('package.json', join(folder, 'bundle', 'package.json'));
    symlinkSync(resolve('node_modules'), join(folder, 'bundle', 'node_modules'));
    script = join(folder, 'bundle', 'dist', 'cli.js');
    await build({
      entryPoints: ['src/cli/cli.ts'],
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'es2022',
      external: ['@alexanderolsen/libsamplerate-js', 'speex-resampler'],
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));
}

function newest(room: string): number {
  return Math.max(
    ...readdirSync(room, { withFileTypes: true }).map((entry) => {
      const path = join(room, entry.name);
      return entry.isDirectory() ? newest(path) : statSync(path).mtimeMs;
    }),
    0,
  );
}

/** A path in the folder to work in. */
export const inFolder = (name: string): string => join(folder, name);

/** Files there that a command left, hidden ones too. */
export const left = (): string[] => readdirSync(folder).filter((name) => name !== 'bundle');

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

const environment = (more: NodeJS.ProcessEnv) => {
  const { npm_lifecycle_event: _, NO_COLOR: __, ...rest } = process.env;
  return { ...rest, ...more };
};

/** Runs the command to its end. */
export function azalia(args: readonly string[], more: NodeJS.ProcessEnv = {}): Outcome {
  const run = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    env: environment(more),
    timeout: 60_000,
    killSignal: 'SIGKILL', // the command hears SIGTERM only while it turns
  });
  return { code: run.status, out: run.stdout, error: run.stderr };
}

/** Starts the command. */
export const start = (args: readonly string[]) => spawn(process.execPath, [script, ...args], { env: environment({}) });
