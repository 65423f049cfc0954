// What takes long can be given up: the promise rejects with the signal's reason at once, and nothing of it goes on.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from './support/browser.ts';
import { openMachine } from './support/machine.ts';

declare global {
  /** Aborts after a while, and tells what `work` came to: its error's message, within two seconds. */
  var giveUp: (work: (signal: AbortSignal) => Promise<unknown>) => Promise<string>;
}

async function prepare(page: Page): Promise<Page> {
  await page.evaluate(() => {
    globalThis.giveUp = (work) => {
      const abort = new AbortController();
      setTimeout(() => abort.abort(new Error('given up')), 200);
      const hung = new Promise<string>((resolve) => setTimeout(resolve, 2000, 'it hung'));
      return Promise.race([
        work(abort.signal).then(
          () => 'it was done',
          ({ message }) => message,
        ),
        hung,
      ]);
    };
  });
  return page;
}

describeInBrowser('AbortSignal', (browser) => {
  it.for(['worker', 'worklet'] as const)('createAzalia, while its %s does not come', async (file) => {
    const page = await prepare(await browser.openEmpty({ hanging: [`/${file}.js`] }));
    expect(await page.evaluate(() => giveUp((signal) => azalia.createAzalia({ signal })))).toBe('given up');
    await expect.poll(() => page.workers().length).toBe(0);
  });

  it('createAzalia, with a signal that was aborted before', async () => {
    const page = await browser.openEmpty();
    const name = await page.evaluate(() =>
      azalia.createAzalia({ signal: AbortSignal.abort() }).then(String, (error) => error.name),
    );
    expect(name).toBe('AbortError');
    expect(page.workers()).toEqual([]);
  });

  it('decodeAndPlay, while the context is suspended: its stream is closed', async () => {
    const page = await prepare(await openMachine(browser));
    const told = await page.evaluate(async () => {
      const wav = new DataView(new ArrayBuffer(44 + 4 * 48000));
      const words: [number, number][] = [
        [0, 0x46464952],
        [4, 36 + 4 * 48000],
        [8, 0x45564157],
        [12, 0x20746d66],
        [16, 16],
        [20, 0x00020001],
        [24, 48000],
        [28, 4 * 48000],
        [32, 0x00100004],
        [36, 0x61746164],
        [40, 4 * 48000],
      ];
      for (const [at, word] of words) wav.setUint32(at, word, true);
      await machine.context.suspend();
      const result = await giveUp(async (signal) => (await machine.decodeAndPlay(wav.buffer, { signal })).finished);
      await machine.context.resume();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { result, running: machine.statistics().streams.some(({ running }) => running) };
    });
    expect(told).toEqual({ result: 'given up', running: false });
  });

  it('a render stream, by abort() of its writer while a write waits for a suspended context', async () => {
    const page = await prepare(await openMachine(browser));
    const told = await page.evaluate(async () => {
      await machine.context.suspend();
      const { writable } = await machine.openRender({ sampleRate: 48000, bits: 16, channels: 2 });
      const writer = writable.getWriter();
      const written = writer.write(new Int16Array(2 * 96000)).then(String, ({ message }) => message);
      const aborted = await giveUp(async (signal) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await writer.abort(signal.reason);
      });
      return { aborted, written: await Promise.race([written, new Promise((r) => setTimeout(r, 1000, 'it hung'))]) };
    });
    expect(told.aborted).toBe('it was done');
    expect(told.written).not.toBe('it hung');
  });

  it('loadDriver, while the module does not come', async () => {
    const page = await prepare(await openMachine(browser, {}, 48000, { hanging: ['/driver.js'] }));
    expect(await page.evaluate(() => giveUp((signal) => machine.loadDriver('/driver.js', { signal })))).toBe(
      'given up',
    );
  });

  it('loadDriver: a module that comes after all is not loaded', async () => {
    const texts = {
      '/driver.js': `await new Promise((resolve) => setTimeout(resolve, 600));
        export default (kit) => { kit.KdPrintEx('loaded'); return { service: 'late', ids: [], role: 'function', DriverEntry: () => 0 }; };`,
    };
    const page = await prepare(await openMachine(browser, {}, 48000, { texts }));
    const told = await page.evaluate(async () => {
      const lines: string[] = [];
      machine.addEventListener('debug', ({ detail }) => lines.push(detail.line));
      const result = await giveUp((signal) => machine.loadDriver('/driver.js', { signal }));
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return { result, lines };
    });
    expect(told).toEqual({ result: 'given up', lines: [] });
  });
});
