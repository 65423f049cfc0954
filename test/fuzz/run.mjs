// npm run fuzz -- [--seeds 4] [--from 1] [--steps 2500000] [--seconds 600]
// Bundles run.ts, since Node 20 reads no TypeScript, and runs it. A finding is written beside, as a replay file.

import { mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const outfile = fileURLToPath(new URL('../../build/fuzz.mjs', import.meta.url));
mkdirSync(fileURLToPath(new URL('../../build', import.meta.url)), { recursive: true });
await build({
  entryPoints: [fileURLToPath(new URL('run.ts', import.meta.url))],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'warning',
});
const { run } = await import(pathToFileURL(outfile).href);
process.exitCode = await run(process.argv.slice(2), fileURLToPath(new URL('replays/', import.meta.url)));
