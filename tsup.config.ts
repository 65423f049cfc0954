import { cpSync } from 'node:fs';
import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { defineConfig, type Options } from 'tsup';

const common: Options = {
  format: ['esm'],
  target: 'es2022',
  sourcemap: true,
  clean: false, // these run at once and would delete each other's output; `npm run clean` comes first
  noExternal: ['comlink'],
};
const dts = { compilerOptions: { ignoreDeprecations: '6.0', stripInternal: true } }; // tsup 8 passes baseUrl, an error in TypeScript 6

/** For what travels as it is; names stay, since the debugger views show those of drivers' routines. */
const SMALL = { minifyWhitespace: true, minifySyntax: true };

/** Bundlers leave a driver's URL alone where these comments stand; taking whitespace out takes them out too. */
const keepImports: NonNullable<Options['plugins']>[number] = {
  name: 'keep-imports',
  renderChunk: (code) => ({
    code: code.replaceAll('import(url)', 'import(/*webpackIgnore:true*//*@vite-ignore*/url)'),
  }),
};

/** `azalia/inline`: the entry `azalia` with worker and worklet as text within it. */
const inlineFiles: Plugin = {
  name: 'inline-files',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/files\.ts$/ }, ({ resolveDir }) => ({ path: resolve(resolveDir, 'inline-files.ts') }));
    onResolve({ filter: /^inline:/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.slice('inline:'.length)),
      namespace: 'inline',
    }));
    onLoad({ filter: /./, namespace: 'inline' }, async ({ path }) => {
      const { outputFiles } = await build({
        entryPoints: [path],
        bundle: true,
        ...SMALL,
        format: 'esm',
        target: 'es2022',
        write: false,
      });
      return { contents: outputFiles[0]?.text ?? '', loader: 'text' };
    });
  },
};

export default defineConfig([
  {
    ...common,
    dts,
    platform: 'neutral',
    external: ['azalia/driver-kit'], // named in a type: the kit that a driver is given
    entry: {
      index: 'src/entries/index.ts',
      machine: 'src/entries/machine.ts',
      codec: 'src/entries/codec.ts',
      'driver-kit': 'src/entries/driver-kit.ts',
      v86: 'src/entries/v86.ts',
    },
  },
  {
    ...common, // its types are index.d.ts
    platform: 'browser',
    splitting: false,
    sourcemap: false,
    entry: { inline: 'src/entries/inline.ts' },
    esbuildPlugins: [inlineFiles],
  },
  // One file each: bundlers copy a worker or worklet as it is, without following its imports.
  {
    ...common,
    platform: 'browser',
    splitting: false,
    ...SMALL,
    plugins: [keepImports],
    entry: { worker: 'src/worker/worker.ts', worklet: 'src/web/worklet.ts' },
  },
  {
    ...common,
    platform: 'node',
    splitting: false,
    entry: { cli: 'src/cli/cli.ts' },
    external: ['@alexanderolsen/libsamplerate-js', 'speex-resampler'], // bench --quality stands beside them where they are
    banner: { js: '#!/usr/bin/env node' },
  },
  {
    ...common,
    platform: 'browser',
    splitting: false,
    ...SMALL,
    entry: {
      'demo/page': 'src/demo/page.ts',
      'demo/pc': 'src/demo/pc.ts',
      'demo/bench-worker': 'src/demo/bench-worker.ts',
    },
    external: ['azalia', 'azalia/v86', 'node:os'], // the page loads the package as any page would: an import map names its files
    onSuccess: async () => {
      cpSync('src/demo', 'dist/demo', { recursive: true, filter: (path) => !path.endsWith('.ts') });
      cpSync('node_modules/uplot/dist/uPlot.min.css', 'dist/demo/uplot.css');
    },
  },
]);
