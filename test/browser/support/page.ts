// The demo page, with an ear at what it gives the loudspeaker.

import type { Page } from 'playwright-core';
import type { Browser } from './browser.ts';
import { record } from './listen.ts';
import type { SiteOptions } from './server.ts';

export const VIEWS = ['codec', 'registers', 'streams', 'log', 'consoles', 'benchmark'] as const;

export interface PageOptions extends Partial<SiteOptions> {
  /** Default that of the page in the built folder. */
  readonly path?: string;
}

/** Opens it; it can be played. */
export async function openPage(
  browser: Browser,
  { path = '/demo/index.html', ...site }: PageOptions = {},
): Promise<Page> {
  const page = await browser.open(path, { isolated: true, ...site }, () => {
    const connect = AudioNode.prototype.connect as (...args: unknown[]) => unknown;
    AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]) {
      if (args[0] instanceof AudioDestinationNode) globalThis.heard = { node: this, output: 0 };
      return connect.apply(this, args);
    } as typeof AudioNode.prototype.connect;
  });
  await page.waitForSelector('#play:enabled');
  return page;
}

/** The left side of what it plays, from a moment after now on. */
export async function hear(page: Page, seconds = 0.5, after = 0.3): Promise<Float32Array> {
  await page.waitForTimeout(1000 * after);
  const [left = new Float32Array()] = await record(page, seconds);
  return left;
}

/** dBFS of the root of the mean square. */
export function rmsDbfs(samples: Float32Array): number {
  return 10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}

/** Milliseconds from frame to frame for so long, shortest first. */
export function frameTimes(page: Page, milliseconds: number): Promise<number[]> {
  return page.evaluate(async (milliseconds) => {
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const times: number[] = [];
    const begin = await frame();
    for (let before = begin; before < begin + milliseconds; ) {
      const now = await frame();
      times.push(now - before);
      before = now;
    }
    return times.sort((a, b) => a - b);
  }, milliseconds);
}
