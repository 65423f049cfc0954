// What an app's author installs, built by what an app's author builds with, heard in a real browser (issue «Delivery»).

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import * as vite from 'vite';
import { expect, it, onTestFinished } from 'vitest';
import webpack from 'webpack';
import { measureTone } from '../../src/dsp/measure.ts';
import { describeInBrowser } from '../browser/support/browser.ts';
import { RECORDER, record } from '../browser/support/listen.ts';
import { serveSite } from '../browser/support/server.ts';
import { ISOLATION, pageConsumer } from './support.ts';

/** Makes the consumer's project and serves it; returns its URL. */
type Consumer = (isolated: boolean) => Promise<string>;

const headers = (isolated: boolean) => (isolated ? ISOLATION : {});

async function serve(folder: string, isolated: boolean): Promise<string> {
  const site = await serveSite({ folder, isolated, texts: { '/recorder.js': RECORDER } });
  onTestFinished(() => site.close());
  return `${site.url}/index.html`;
}

function editPage(folder: string, from: string, to: string): void {
  const page = join(folder, 'index.html');
  writeFileSync(page, readFileSync(page, 'utf8').replace(from, to));
}

const viteOf = (root: string): vite.InlineConfig => ({ root, configFile: false, logLevel: 'warn' });

const CONSUMERS: Record<string, Consumer> = {
  'Vite, development': async (isolated) => {
    const root = pageConsumer('main.js');
    const server = await vite.createServer({
      ...viteOf(root),
      server: { headers: headers(isolated), host: '127.0.0.1', port: 0, hmr: false, watch: null },
    });
    onTestFinished(() => server.close());
    await server.listen();
    return server.resolvedUrls?.local[0] ?? '';
  },
  'Vite, built': async (isolated) => {
    const root = pageConsumer('main.js');
    await vite.build(viteOf(root));
    return serve(join(root, 'dist'), isolated);
  },
  'webpack 5': async (isolated) => {
    const root = pageConsumer('dist/main.js');
    editPage(root, 'type="module"', 'defer'); // what webpack makes is a script
    await new Promise<void>((resolve, reject) => {
      const output = { path: join(root, 'dist') };
      const compiler = webpack({ mode: 'production', context: root, entry: './main.js', output, performance: false });
      compiler.run((error, stats) => {
        const faults = stats?.toJson({ errors: true, warnings: true });
        const [fault] = [...(faults?.errors ?? []), ...(faults?.warnings ?? [])];
        compiler.close(() => (error || fault ? reject(error ?? new Error(fault?.message)) : resolve()));
      });
    });
    return serve(root, isolated);
  },
  'esbuild with azalia/inline': async (isolated) => {
    const root = pageConsumer('bundle.js', 'azalia/inline');
    const { warnings } = await esbuild({
      absWorkingDir: root,
      entryPoints: ['main.js'],
      bundle: true,
      format: 'esm',
      outfile: join(root, 'bundle.js'),
      logLevel: 'silent',
    });
    expect(warnings).toEqual([]);
    return serve(root, isolated);
  },
  'no bundler': async (isolated) => {
    const root = pageConsumer('main.js');
    const map = '<script type="importmap">{ "imports": { "azalia": "./node_modules/azalia/dist/index.js" } }</script>';
    editPage(root, '<script', `${map}<script`);
    return serve(root, isolated);
  },
};

describeInBrowser('consumers of the packed tarball', (browser) => {
  /** 'scheduled' is a file of its own that a bundler must find. */
  const cases = Object.keys(CONSUMERS).flatMap((name) =>
    (['shared', 'message', 'scheduled'] as const).map((transport) => [name, transport] as const),
  );

  it.for(cases)('%s, transport %s: the tone has its frequency at the node', { retry: 2 }, async ([name, transport]) => {
    const url = await (CONSUMERS[name] as Consumer)(transport === 'shared');
    const page = await browser.open(transport === 'scheduled' ? `${url}?transport=scheduled` : url);
    const faults: string[] = [];
    page.on('pageerror', ({ message }) => faults.push(message));
    await page.click('#start');
    await page.waitForFunction(() => globalThis.heard, null, { timeout: 15_000 }).catch((error) => faults.push(error));
    expect(faults).toEqual([]);
    await page.waitForTimeout(800); // the latency of 'scheduled', and more
    const [left = new Float32Array()] = await record(page, 1);
    const tone = measureTone(left, 48_000);
    expect(tone?.frequencyHz).toBeCloseTo(997, 1);
    expect(tone?.levelDbfs).toBeCloseTo(-12, 1);
    expect(await page.evaluate(() => (globalThis as { transport?: string }).transport)).toBe(transport);
  });
});
