// What a page pays for it; `npm run check:package` holds it to these.

const bundled = (name, path, limit, names = '*') => ({
  name,
  path,
  limit,
  import: names,
  gzip: true,
  modifyEsbuildConfig: (config) => ({ ...config, logLevel: 'error' }),
});
const file = (name, path, limit) => ({ name, path, limit, gzip: true, disablePlugins: ['@size-limit/esbuild'] });

export default [
  bundled('azalia, without its worker', 'dist/index.js', '15 kB'),
  bundled('azalia, createAzalia alone', 'dist/index.js', '8 kB', '{ createAzalia }'),
  file('worker: machine, driver storey, core', 'dist/worker.js', '130 kB'),
  file('worklet', 'dist/worklet.js', '2 kB'),
  file('core', 'build/core.wasm', '40 kB'),
];
