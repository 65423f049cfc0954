// What a page pays for it; `npm run check:package` holds it to these.

const bundled = (name, path, limit, names = '*') => ({
  name,
  path,
  limit,
  import: names,
  gzip: true,
  // what is loaded only where it is needed has a row of its own
  modifyEsbuildConfig: (config) => ({ ...config, logLevel: 'error', external: ['./scheduled-*', './faults-*'] }),
});
const file = (name, path, limit) => ({ name, path, limit, gzip: true, disablePlugins: ['@size-limit/esbuild'] });

export default [
  bundled('azalia, without its worker', 'dist/index.js', '15 kB'),
  bundled('azalia, createAzalia alone', 'dist/index.js', '8 kB', '{ createAzalia }'),
  file('transport scheduled, loaded where there is no AudioWorklet', 'dist/scheduled-*.js', '2 kB'),
  file('worker: machine, driver storey, core', 'dist/worker.js', '140 kB'),
  file('worklet', 'dist/worklet.js', '2 kB'),
  file('core', 'build/core.wasm', '40 kB'),
];
