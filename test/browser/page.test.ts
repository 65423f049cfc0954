import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { measureTone } from '../../src/dsp/measure.ts';
import { describeInBrowser } from './support/browser.ts';
import { record } from './support/listen.ts';
import { DIST } from './support/server.ts';

const NOTHING = new Float32Array();
const RATE = 48000;

describeInBrowser('the demo page', (browser) => {
  /** Opens the page with an ear at what it gives the loudspeaker. */
  async function openPage(isolated = true): Promise<Page> {
    const page = await browser.open('/demo/index.html', { isolated }, () => {
      const connect = AudioNode.prototype.connect as (...args: unknown[]) => unknown;
      AudioNode.prototype.connect = function (this: AudioNode, ...args: unknown[]) {
        if (args[0] instanceof AudioDestinationNode) globalThis.heard = { node: this, output: 0 };
        return connect.apply(this, args);
      } as typeof AudioNode.prototype.connect;
    });
    await page.waitForSelector('#play:enabled');
    return page;
  }

  async function hear(page: Page, seconds = 0.5) {
    await page.waitForTimeout(300);
    const [left = NOTHING] = await record(page, seconds);
    return measureTone(left, RATE);
  }

  const isSilent = async (page: Page) => (await record(page, 0.1))[0]?.every((sample) => sample === 0);

  it('its button, clicked, gives the tone for 10 s without an underrun, and clicked again ends it', {
    retry: 2,
  }, async () => {
    const page = await openPage();
    await page.click('#play');
    await page.waitForTimeout(300);
    const [left = NOTHING, right] = await record(page, 10);
    const tone = measureTone(left, RATE);
    expect(tone?.frequencyHz).toBeCloseTo(440, 3);
    expect(tone?.levelDbfs).toBeCloseTo(-12, 2);
    expect(tone?.thdPlusNoiseDb).toBeLessThan(-100);
    expect(right).toEqual(left);
    expect(await page.textContent('#underruns')).toBe('0');
    expect(await page.textContent('#transport')).toBe('shared memory');
    expect(await page.textContent('#play')).toContain('Stop');
    await page.click('#play');
    await page.waitForTimeout(300);
    expect(await isSilent(page)).toBe(true);
    expect(await page.textContent('#play')).toContain('Play');
  });

  it('before the click nothing sounds and no device time passes', async () => {
    const page = await openPage();
    const time = await page.textContent('#time');
    await page.waitForTimeout(500);
    expect(await page.textContent('#time')).toBe(time);
    expect(await page.isVisible('#notice')).toBe(false);
  });

  it('frequency, level, wave and pin follow their controls, while it plays and by keyboard', async () => {
    const page = await openPage();
    await page.focus('#play');
    await page.keyboard.press('Enter');
    await page.getByLabel('Frequency in hertz').fill('1000');
    expect((await hear(page))?.frequencyHz).toBeCloseTo(1000, 2);

    await page.focus('#level');
    for (let n = 0; n < 12; n++) await page.keyboard.press('ArrowLeft');
    expect(await page.inputValue('#level-db')).toBe('-18');
    expect((await hear(page))?.levelDbfs).toBeCloseTo(-18, 2);

    await page.getByLabel('Headphone').check();
    expect((await hear(page))?.frequencyHz).toBeCloseTo(1000, 2);

    await page.getByLabel('Noise').check();
    await page.waitForTimeout(300);
    const [noise = NOTHING] = await record(page, 0.5);
    const meanSquare = noise.reduce((sum, sample) => sum + sample * sample, 0) / noise.length;
    expect(10 * Math.log10(meanSquare)).toBeCloseTo(-18 - 4.77, 0); // uniform: peak over RMS is √3

    await page.getByLabel('Sine').check();
    await page.focus('#frequency');
    await page.keyboard.press('Home');
    expect(await page.inputValue('#frequency-hz')).toBe('20');
    expect((await hear(page, 1))?.frequencyHz).toBeCloseTo(20, 1);
  });

  it('every output pin can be chosen, and is heard', async () => {
    const page = await openPage();
    await page.click('#play');
    const pins = page.locator('#pin input');
    expect(await pins.count()).toBe(7);
    for (const pin of await pins.all()) {
      await pin.check();
      expect((await hear(page, 0.2))?.levelDbfs).toBeCloseTo(-12, 1);
    }
    expect(await page.isVisible('#notice')).toBe(false);
  });

  it('a value out of range changes nothing and is put right', async () => {
    const page = await openPage();
    await page.click('#play');
    await page.fill('#frequency-hz', '99999');
    expect((await hear(page))?.frequencyHz).toBeCloseTo(440, 2);
    await page.focus('#level');
    expect(await page.inputValue('#frequency-hz')).toBe('440');
    expect(await page.isVisible('#notice')).toBe(false);
  });

  it('live figures move: link position inside the buffer, interrupts, device time, latency', async () => {
    const page = await openPage();
    await page.click('#play');
    const read = async () => {
      const [lpib, interrupts, time] = await Promise.all(
        ['#lpib', '#interrupts', '#time'].map((id) => page.textContent(id)),
      );
      return { lpib, interrupts: Number(interrupts?.replace(',', '')), time: Number.parseFloat(time ?? '') };
    };
    await page.waitForTimeout(300);
    const before = await read();
    await page.waitForTimeout(1000);
    const after = await read();
    expect(after.lpib).toMatch(/^\d+ of 8192 B$/);
    expect(after.time - before.time).toBeGreaterThan(0.8);
    expect((after.interrupts - before.interrupts) / (after.time - before.time)).toBeCloseTo(48000 / 512, -1);
    expect(Number.parseFloat((await page.textContent('#latency')) ?? '')).toBeGreaterThan(5);
    expect(Number.parseFloat((await page.textContent('#latency')) ?? '')).toBeLessThan(200);
  });

  it('without cross-origin isolation it says plainly what is missing, and plays all the same', async () => {
    const page = await openPage(false);
    const notice = await page.textContent('#notice');
    expect(notice).toContain('not cross-origin isolated');
    expect(notice).toContain('Cross-Origin-Opener-Policy: same-origin');
    expect(notice).toContain('Cross-Origin-Embedder-Policy: require-corp');
    await page.click('#play');
    expect((await hear(page))?.frequencyHz).toBeCloseTo(440, 2);
    expect(await page.textContent('#transport')).toBe('messages');
  });

  it('a file that is missing is a line on the page, not a button that does nothing', async () => {
    const page = await browser.open('/demo/index.html', { isolated: true, missing: ['/worker.js'] });
    await page.waitForSelector('#notice:visible');
    expect(await page.textContent('#notice')).toContain('worker did not load');
    expect(await page.isEnabled('#play')).toBe(false);
  });

  it('a worker that dies says so', async () => {
    const page = await openPage();
    await page.click('#play');
    await page
      .workers()[0]
      ?.evaluate(() => close())
      .catch(() => {});
    await page.waitForSelector('#notice:visible');
    expect(await page.textContent('#notice')).toContain('The machine has stopped');
    expect(await page.isEnabled('#play')).toBe(false);
  });

  it('it draws 60 frames a second while it plays, and fits a telephone', async () => {
    const page = await openPage();
    await page.setViewportSize({ width: 360, height: 740 });
    await page.click('#play');
    const spent = await page.evaluate(async () => {
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const spans: number[] = [];
      for (let n = 0, before = await frame(); n < 60; n++) {
        const now = await frame();
        spans.push(now - before);
        before = now;
      }
      return spans.sort((a, b) => a - b)[30];
    });
    expect(spent).toBeLessThan(17.5);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  it.skipIf(!existsSync(join(DIST, 'cli.js')))('azalia serve sends what shared memory needs', async () => {
    const server = spawn(process.execPath, [join(DIST, 'cli.js'), 'serve', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void server.kill());
    const url = await new Promise<string>((resolve) => {
      server.stdout.on('data', (text) => {
        const [found] = String(text).match(/http:\/\/\S+/) ?? [];
        if (found) resolve(found);
      });
    });
    const page = await browser.open(url);
    await page.waitForSelector('#play:enabled');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await page.textContent('#transport')).toBe('shared memory');
  });
});
