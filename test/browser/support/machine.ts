// A page with a machine in it that plays; what most browser tests begin with.

import type { Page } from 'playwright-core';
import type { Azalia, AzaliaOptions } from '../../../src/entries/index.ts';
import type { Browser } from './browser.ts';
import type { SiteOptions } from './server.ts';

declare global {
  var machine: Azalia;
  /** What happened to it: each event's type and detail. */
  var events: [type: string, detail: unknown][];
}

export const TRANSPORTS = ['shared', 'message', 'scheduled'] as const;

/** A page with a running machine, its first output to be heard. */
export async function openMachine(
  browser: Browser,
  options: Pick<AzaliaOptions, 'transport' | 'latency'> = {},
  sampleRate = 48000,
  site: Partial<SiteOptions> = {},
): Promise<Page> {
  const page = await browser.openEmpty(site);
  await page.evaluate(
    async ([options, sampleRate]) => {
      const context = new AudioContext({ sampleRate, latencyHint: 0 });
      globalThis.machine = await azalia.createAzalia({ ...options, context });
      globalThis.events = [];
      for (const type of ['underrun', 'interruption', 'jack', 'close'] as const) {
        machine.addEventListener(type, ({ detail }) => events.push([type, { ...detail }]));
      }
      machine.output.connect(context.destination);
      globalThis.heard = { node: machine.output, output: 0 };
      await context.resume();
    },
    [options, sampleRate] as const,
  );
  return page;
}

/** A render stream whose frames count up, modulo 2^16, for as long as it is read. */
export async function playCounter(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { sampleRate } = machine.context;
    const { writable } = await machine.openRender({ sampleRate, bits: 16, channels: 2 });
    const writer = writable.getWriter();
    const write = async () => {
      for (let frame = 0; ; frame += 4800) {
        await writer.write(Int16Array.from({ length: 9600 }, (_, i) => frame + (i >> 1)));
      }
    };
    write().catch(() => {});
  });
}
