// One Chromium for a test file, pages on sites of their own; where there is none, the tests are skipped with one line.

import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { findChromium, openChromium } from './chromium.ts';
import { RECORDER } from './listen.ts';
import { type SiteOptions, serveSite } from './server.ts';

/** A page without a line of its own: `azalia` is the module, «start» a button to make a gesture with. */
const EMPTY = `<!doctype html><meta charset="utf-8"><title>empty</title><button id="start">start</button>
<script type="importmap">{ "imports": { "azalia": "/index.js" } }</script>
<script type="module">import * as azalia from 'azalia'; globalThis.azalia = azalia;</script>`;

declare global {
  var azalia: typeof import('../../../src/entries/index.ts');
}

const found = await findChromium();
if (!found) process.stderr.write('no Chromium is to be had here: the browser tests are skipped\n');

export interface Browser {
  /** Opens a path of a site with these properties, or a URL; all ends with the test. `before` runs ahead of the page's scripts. */
  open(path: string, site?: SiteOptions, before?: () => void): Promise<Page>;
  /** The empty page, clicked once. */
  openEmpty(site?: Partial<SiteOptions>): Promise<Page>;
}

/** `args`: further switches of Chromium. */
export function describeInBrowser(name: string, tests: (browser: Browser) => void, args: string[] = []): void {
  describe.skipIf(!found)(name, () => {
    let chromium: BrowserContext;
    beforeAll(async () => {
      if (found) chromium = await openChromium(found, { args });
    });
    afterAll(() => chromium?.close());
    const open: Browser['open'] = async (path, options, before) => {
      const site = options && (await serveSite({ ...options, texts: { '/recorder.js': RECORDER, ...options.texts } }));
      const page = await chromium.newPage();
      onTestFinished(async () => {
        await page.close();
        site?.close();
      });
      if (before) await page.addInitScript(before);
      await page.goto(site ? site.url + path : path);
      return page;
    };
    tests({
      open,
      openEmpty: async (site) => {
        const page = await open('/empty.html', {
          isolated: true,
          ...site,
          texts: { ...site?.texts, '/empty.html': EMPTY },
        });
        await page.waitForFunction(() => 'azalia' in globalThis);
        await page.click('#start');
        return page;
      },
    });
  });
}
