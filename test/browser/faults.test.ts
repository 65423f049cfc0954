// What a page gets that cannot have what it asks for: one line that names what and where, at once, and nothing left running.

import { readdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { measureTone } from '../../src/dsp/measure.ts';
import type { AzaliaOptions } from '../../src/entries/index.ts';
import { describeInBrowser } from './support/browser.ts';
import './support/machine.ts';
import { DIST, type SiteOptions } from './support/server.ts';

/** name and message of what createAzalia rejects with. */
function failureOf(page: Page, options: Omit<AzaliaOptions, 'context' | 'signal'> = {}): Promise<string> {
  return page.evaluate(async (options) => {
    const waited = new Promise<Error>((_, reject) => setTimeout(reject, 5000, new Error('it hung')));
    return Promise.race([azalia.createAzalia(options), waited]).then(
      () => 'it works',
      ({ name, message }) => `${name}: ${message}`,
    );
  }, options);
}

const policy = (text: string): Partial<SiteOptions> => ({
  headers: {
    '/empty.html': { 'Content-Security-Policy': `script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; ${text}` },
  },
});
/** Scripts of the build by their paths: a policy that names no other. */
const ALL_BUT_WORKLET = readdirSync(DIST)
  .filter((name) => name.endsWith('.js') && name !== 'worklet.js')
  .map((name) => `http://127.0.0.1:*/${name}`)
  .join(' ');
const INLINE: Partial<SiteOptions> = {
  texts: { '/index.js': "export * from './inline.js';" }, // the same page, with azalia/inline
};
const worker = (headers: Record<string, string>): Partial<SiteOptions> => ({ headers: { '/worker.js': headers } });

describeInBrowser('what a page cannot have', (browser) => {
  it.for<[string, Partial<SiteOptions>, Omit<AzaliaOptions, 'context'>, RegExp]>([
    [
      'worker.js is not there',
      { missing: ['/worker.js'] },
      {},
      /^WorkerError: worker\.js did not load: http\S+\/worker\.js is not there \(404 Not Found\); workerUrl may name it elsewhere\.$/,
    ],
    [
      'workerUrl leads nowhere',
      {},
      { workerUrl: '/nowhere.js' },
      /^WorkerError: .*http\S+\/nowhere\.js is not there \(404/,
    ],
    [
      'worker.js is no JavaScript',
      worker({ 'Content-Type': 'text/plain' }),
      {},
      /^WorkerError: .*\/worker\.js comes as text\/plain, a module must be text\/javascript/,
    ],
    [
      'worker.js comes without isolation',
      worker({ 'Cross-Origin-Embedder-Policy': 'unsafe-none' }),
      {},
      /^WorkerError: .*\/worker\.js comes without “Cross-Origin-Embedder-Policy: require-corp”/,
    ],
    [
      'worklet.js is not there',
      { missing: ['/worklet.js'] },
      {},
      /^WorkletError: worklet\.js did not load: http\S+\/worklet\.js is not there \(404 Not Found\); workletUrl/,
    ],
    [
      'workletUrl leads nowhere',
      {},
      { workletUrl: '/nowhere.js' },
      /^WorkletError: .*http\S+\/nowhere\.js is not there \(404/,
    ],
    [
      'worklet.js is no JavaScript',
      { headers: { '/worklet.js': { 'Content-Type': 'text/html' } } },
      {},
      /^WorkletError: .*\/worklet\.js comes as text\/html, a module must be/,
    ],
    [
      'CSP blocks the worker',
      policy("worker-src 'none'"),
      {},
      /^WorkerError: worker\.js did not load: Content-Security-Policy blocks http\S+\/worker\.js by worker-src; worker-src must allow it\.$/,
    ],
    [
      'CSP blocks the worklet',
      policy(`worker-src 'self'; script-src-elem 'unsafe-inline' ${ALL_BUT_WORKLET}`),
      {},
      /^WorkletError: worklet\.js did not load, though http\S+\/worklet\.js is there: does Content-Security-Policy allow it in script-src\?$/,
    ],
    [
      'no WebAssembly in the worker',
      {
        texts: {
          '/bare.js': "import './without.js'; import './worker.js';",
          '/without.js': "Reflect.deleteProperty(globalThis, 'WebAssembly');",
        },
      },
      { workerUrl: '/bare.js' },
      /^WebAssemblyError: There is no WebAssembly in this browser\.$/,
    ],
    [
      'a worker of another origin',
      {},
      { workerUrl: 'http://127.0.0.1:9/worker.js' },
      /^WorkerError: The browser refused the worker \(azalia\/inline needs no file\): .*127\.0\.0\.1:9\/worker\.js/,
    ],
    [
      'CSP blocks blobs, with azalia/inline',
      { ...policy(''), ...INLINE },
      {},
      /^Work(er|let)Error: .*Content-Security-Policy blocks blob.*must allow blob:/,
    ],
    [
      'CSP blocks WebAssembly in the worker',
      worker({ 'Content-Security-Policy': "script-src 'self'" }),
      {},
      /^WebAssemblyError: The core did not compile: .*must allow 'wasm-unsafe-eval' in script-src/,
    ],
    [
      'shared memory without isolation',
      { isolated: false },
      { transport: 'shared' },
      /^IsolationError: No shared memory\. This page is not cross-origin isolated: .*“Cross-Origin-Opener-Policy: same-origin”/,
    ],
    ['a codec that nobody knows', {}, { codec: 'none such' }, /^TypeError: .*none such/],
    [
      'a latency that is frames',
      {},
      { latency: 384 },
      /^RangeError: latency is 384: must be 'interactive', 'balanced'/,
    ],
    [
      'a transport that does not exist',
      {},
      { transport: 'pigeon' as 'auto' },
      /^RangeError: transport is "pigeon": must be 'auto', 'shared', 'message' or 'scheduled'/,
    ],
  ])('%s: one line says so, nothing is left running', async ([, site, options, message]) => {
    const page = await browser.openEmpty(site);
    expect(await failureOf(page, options)).toMatch(message);
    await expect.poll(() => page.workers().length).toBe(0);
  });
});

const INSECURE = { host: 'azalia.test', isolated: false };

describeInBrowser(
  'a page that is no secure context',
  (browser) => {
    it('has no AudioWorklet: auto is scheduled, a tone has its frequency at the node', async () => {
      const page = await browser.openEmpty(INSECURE);
      expect(await page.evaluate(() => [isSecureContext, 'audioWorklet' in AudioContext.prototype])).toEqual([
        false,
        false,
      ]);
      const { transport, missing, samples, statistics } = await page.evaluate(async () => {
        const context = new AudioContext({ sampleRate: 48000 });
        globalThis.machine = await azalia.createAzalia({ context });
        machine.output.connect(context.destination);
        await machine.playTone({ frequency: 997, level: -12 });
        // The last 32768 frames without a gap; a ScriptProcessorNode leaves quanta out in Chromium.
        const ear = new AnalyserNode(context, { fftSize: 32768 });
        machine.output.connect(ear);
        while (context.currentTime < 2) await new Promise((resolve) => setTimeout(resolve, 50));
        const last = new Float32Array(ear.fftSize);
        ear.getFloatTimeDomainData(last);
        const samples = [...last];
        const statistics = machine.statistics();
        return { transport: machine.transport, missing: azalia.missingForSharedMemory(), samples, statistics };
      });
      expect(transport).toBe('scheduled');
      expect(missing).toMatch(/not a secure context: serve it over https, or from localhost/);
      const tone = measureTone(Float32Array.from(samples), 48000);
      expect(tone?.frequencyHz).toBeCloseTo(997, 2);
      expect(tone?.levelDbfs).toBeCloseTo(-12, 2);
      expect(tone?.thdPlusNoiseDb).toBeLessThan(-90);
      expect(statistics.latencySeconds).toBeGreaterThan(statistics.targetFrames / 48000 / 2);
    });

    it.for([
      [
        'shared',
        /^InsecureContextError: There is no AudioWorklet for transport 'shared'\. This page is not a secure context/,
      ],
      [
        'message',
        /^InsecureContextError: There is no AudioWorklet for transport 'message'\. This page is not a secure context/,
      ],
    ] as const)('%s is refused by name', async ([transport, message]) => {
      const page = await browser.openEmpty(INSECURE);
      expect(await failureOf(page, { transport })).toMatch(message);
      await expect.poll(() => page.workers().length).toBe(0);
    });
  },
  ['--host-resolver-rules=MAP azalia.test 127.0.0.1'],
);
