import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const entry = (name: string) => path(`./src/entries/${name}.ts`);

// The whole suite runs on the SIMD core; the projects beside it run what the scalar core and real browsers must show.
const alias = {
  'azalia/machine': entry('machine'),
  'azalia/codec': entry('codec'),
  'azalia/driver-kit': entry('driver-kit'),
  'azalia/v86': entry('v86'),
};

export default defineConfig({
  resolve: { alias },
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: { name: 'device', include: ['test/**/*.test.ts'], exclude: ['test/{browser,consumers,guest}/**'] },
      },
      {
        extends: true, // A PC at a time: each takes a core and some hundred megabytes.
        test: {
          name: 'guest',
          include: ['test/guest/**/*.test.ts'],
          testTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true, // Sound in real time: alone, after everything that takes the processor.
        test: {
          name: 'browser',
          include: ['test/{browser,consumers}/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        resolve: {
          alias: [
            ...Object.entries(alias).map(([find, replacement]) => ({ find, replacement })),
            { find: /^\.\/core\.generated\.ts$/, replacement: path('./build/core-scalar.generated.ts') },
          ],
        },
        test: { name: 'scalar', include: ['test/{controller,machine,bus,drivers,fuzz}/**/*.test.ts'] },
      },
    ],
  },
});
