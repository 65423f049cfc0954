// What the demo page shows of the machine's inside, and what can be done there.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { GRID_POINTS } from '../../bench/grid.ts';
import { WORKLOADS } from '../../bench/workloads.ts';
import { measureTone, peak } from '../../src/dsp/measure.ts';
import { builtInCodecs, type CodecModel, formatCodecDump } from '../../src/entries/codec.ts';
import { wavHeader } from '../../src/node/wav-write.ts';
import { describeInBrowser } from './support/browser.ts';
import { record } from './support/listen.ts';
import { hear, openPage, VIEWS } from './support/page.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describeInBrowser('the demo page’s tools', (browser) => {
  const open = () => openPage(browser);
  const left = (page: Page, seconds = 0.2) => hear(page, seconds, 0);

  it('the codec’s graph: the way that sounds is lit, its pin shows a level; muting the pin there silences it', async () => {
    const page = await open();
    await page.click('[data-nid="20"]');
    expect(await page.locator('.wire.active').count()).toBe(0);
    expect(await page.getByLabel('OUT enable').isChecked()).toBe(false);
    await page.click('#play');
    await page.waitForSelector('.wire.active[data-to="20"]');
    expect(await page.getByLabel('OUT enable').isChecked()).toBe(true); // what the driver has set
    const lit = await page
      .locator('.wire.active')
      .evaluateAll((wires) => wires.map((wire) => (wire as HTMLElement).dataset));
    expect(lit.map(({ from, to }) => [Number(from), Number(to)])).toEqual(
      expect.arrayContaining([
        [0x02, 0x0d],
        [0x0d, 0x14],
      ]),
    );
    await page.waitForFunction(
      () => Number(document.querySelector('[data-nid="20"] .level')?.getAttribute('width')) > 90,
    );
    expect(peak(await left(page))).toBeGreaterThan(0.2);

    await page.getByLabel('Output mute').check();
    await page.waitForFunction(() => !document.querySelector('.wire.active[data-to="20"]'));
    expect(peak(await hear(page, 0.2))).toBe(0);
    await page.getByLabel('Output mute').uncheck();
    await page.waitForSelector('.wire.active[data-to="20"]');

    await page.focus('[data-nid="2"]');
    await page
      .getByLabel('Headphone')
      .first()
      .evaluate((pin: HTMLInputElement) => pin.click()); // the drawing is another
    await page.waitForSelector('.wire.active[data-to="27"]');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-nid'))).toBe('2');
    await page
      .getByLabel('Front')
      .first()
      .evaluate((pin: HTMLInputElement) => pin.click());
    await page.waitForSelector('.wire.active[data-to="20"]');
    await page.waitForTimeout(300); // the driver has set what it sets
    await page.keyboard.press('Enter');
    await page.getByLabel('Output gain').fill('79'); // 8 steps of 0.75 dB below 0 dB
    await page.waitForSelector('[data-nid="2"]:has-text("out −6 dB")');
    await page.waitForTimeout(200);
    expect(measureTone(await left(page, 0.5), 48000)?.levelDbfs).toBeCloseTo(-18, 2);
  });

  it('a gain that is dragged is drawn frame by frame, and ends where it was let go', { retry: 2 }, async () => {
    const page = await open();
    await page.click('#play');
    await page.click('[data-nid="2"]');
    const times = await page.getByLabel('Output gain').evaluate(async (slider: HTMLInputElement) => {
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const times: number[] = [];
      for (let step = 0, before = await frame(); step < 60; step++) {
        slider.value = `${87 - (step % 20)}`;
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        const now = await frame();
        times.push(now - before);
        before = now;
      }
      return times.sort((a, b) => a - b);
    });
    expect(times[30]).toBeLessThan(17.5);
    await page.waitForSelector('[data-nid="2"]:has-text("out −14.25 dB")'); // 19 steps of 0.75 dB
  });

  it('registers bear names, values and words, and follow the machine', async () => {
    const page = await open();
    await page.click('#tab-registers');
    const row = (name: string) =>
      page.locator('#registers tr', { has: page.getByRole('rowheader', { name, exact: true }) });
    await page.waitForSelector('#registers tr');
    expect(await row('GCAP').innerText()).toMatch(/000\s+GCAP\s+4401\s+4 out, 4 in, 0 bidirectional/);
    expect(await row('SD4CTL').innerText()).not.toContain('RUN');
    await page.click('#play');
    await page.waitForFunction(() =>
      /SD4CTL\s+\w+\s+RUN, IOCE/.test(document.getElementById('registers')?.innerText ?? ''),
    );
    expect(await row('SD4FMT').innerText()).toContain('48000 Hz, 24 bits, 2 channels');
  });

  it('streams are rings whose hand is the link position; the log tells of descriptors and interrupts', async () => {
    const page = await open();
    await page.click('#tab-streams');
    expect(await page.isVisible('#no-streams')).toBe(true);
    await page.click('#play');
    await page.waitForSelector('.ring');
    expect(await page.innerText('.ring figcaption')).toMatch(/^Stream 4, output, tag \d+: runs$/);
    expect(await page.innerText('.ring p')).toBe('48000 Hz, 24 bits, 2 channels, format 0031h');
    expect(await page.locator('.ring tbody tr').first().innerText()).toMatch(/^0\s+[0-9A-F]{8}\s+4096\s+IOC$/);
    await page.waitForSelector('.ring tbody tr.current:nth-child(2)');
    await page.waitForSelector('.ring tbody tr.current:nth-child(1)');
    expect(await page.locator('.ring .arc').count()).toBeGreaterThanOrEqual(2);
    expect(await page.locator('.ring .ioc').count()).toBeGreaterThanOrEqual(1);
    const hand = () => page.locator('.ring .hand').getAttribute('transform');
    const before = await hand();
    await page.waitForFunction(
      (was) => document.querySelector('.ring .hand')?.getAttribute('transform') !== was,
      before,
    );
    await page.click('#tab-log');
    await page.waitForFunction(() => /interrupt line rises/.test(document.getElementById('log')?.innerText ?? ''));
    expect(await page.innerText('#log')).toMatch(/stream 4 fetches descriptor \d+: \d+ bytes at [0-9A-F]{8}/);
  });

  it('consoles: a verb is answered, the debugger prints its views, the arrow brings a line back', async () => {
    const page = await open();
    await page.click('#tab-consoles');
    const verbs = page.locator('#verb-console input');
    await verbs.fill('0 F00 0');
    await verbs.press('Enter');
    await page.waitForFunction(() => document.querySelector('#verb-console output')?.textContent?.includes('A2A10001'));
    await verbs.press('ArrowUp');
    expect(await verbs.inputValue()).toBe('0 F00 0');
    await verbs.fill('sing');
    await verbs.press('Enter');
    await page.waitForFunction(() => document.querySelector('#verb-console output')?.textContent?.includes('in hex'));
    const kd = page.locator('#kd-console input');
    await kd.fill('!devnode 0 1');
    await kd.press('Enter');
    await page.waitForFunction(() =>
      document.querySelector('#kd-console output')?.textContent?.includes('ServiceName is "HDAudBus"'),
    );
  });

  it('a WAV file plays, its progress is told; a dump becomes the codec', { retry: 1 }, async () => {
    const page = await open();
    const frames = 48000;
    const samples = Int16Array.from(
      { length: 2 * frames },
      (_, i) => 8192 * Math.sin((2 * Math.PI * 1234 * (i >> 1)) / 48000),
    );
    const wav = Buffer.concat([
      wavHeader({ rateHz: 48000, bits: 16, channels: 2 }, frames),
      new Uint8Array(samples.buffer),
    ]);
    await page.setInputFiles('#file', { name: 'sound.wav', mimeType: 'audio/wav', buffer: wav });
    await page.waitForFunction(() =>
      /sound\.wav: \d/.test(document.getElementById('file-progress')?.textContent ?? ''),
    );
    await page.waitForTimeout(200);
    expect(measureTone(await left(page, 0.3), 48000)?.frequencyHz).toBeCloseTo(1234, 0);
    await page.waitForFunction(() => document.getElementById('file-progress')?.textContent === 'sound.wav: played');

    const dump = formatCodecDump(builtInCodecs.laptop as CodecModel).replace('Azalia laptop', 'My own codec');
    await page.setInputFiles('#file', { name: 'codec.txt', mimeType: 'text/plain', buffer: Buffer.from(dump) });
    await page.waitForFunction(() => document.getElementById('codec')?.textContent === '“My own codec”');
    await page.waitForSelector('#play:enabled');
    await page.click('#play');
    await page.waitForTimeout(300);
    expect(measureTone(await left(page, 0.5), 48000)?.frequencyHz).toBeCloseTo(440, 2);
  });

  it('a text that is no dump, and a codec that cannot sound, are a line; another codec can be chosen after it', async () => {
    const page = await open();
    const drop = (text: string) =>
      page.setInputFiles('#file', { name: 'codec.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });
    await drop('Dear diary');
    await page.waitForSelector('#notice:has-text("no codec in it")');
    await page.click('#play');
    expect(await page.isVisible('#notice')).toBe(false);
    expect(peak(await hear(page, 0.2))).toBeGreaterThan(0.2);
    await drop(formatCodecDump(builtInCodecs.modem as CodecModel));
    await page.waitForSelector('#notice:has-text("no audio function group")');
    expect(await page.isDisabled('#play')).toBe(true);
    await page.selectOption('#codec-choice', 'laptop');
    await page.waitForSelector('#play:enabled');
    expect(await page.isVisible('#notice')).toBe(false);
  });

  it('the microphone goes through line in, ADC, driver and DAC to the pin, and is switched off again', {
    retry: 1,
  }, async () => {
    const page = await open();
    await page.click('#microphone');
    await page.waitForSelector('#microphone[aria-pressed=true]');
    await page.waitForTimeout(500);
    expect(peak(await left(page, 1.5))).toBeGreaterThan(0.01); // the fake microphone beeps once a second
    await page.click('#microphone');
    await page.waitForSelector('#microphone[aria-pressed=false]');
    await page.waitForTimeout(300);
    expect(peak(await left(page, 1.2))).toBe(0);
  });

  it('each channel of 7.1 is named, and sounds alone, at its own pitch; another codec is chosen from the list', {
    retry: 2,
  }, async () => {
    const page = await open();
    await page.click('#identify');
    for (const [name, side, hz] of [
      ['Front left: pin 14h, line out, rear, green', 0, 440],
      ['Front right: pin 14h, line out, rear, green', 1, 440],
      ['Centre: pin 16h, line out, rear, orange', 0, 554.37],
      ['LFE: pin 16h, line out, rear, orange', 1, 55],
      ['Rear left: pin 15h, line out, rear, black', 0, 659.26],
      ['Rear right: pin 15h, line out, rear, black', 1, 659.26],
      ['Side left: pin 17h, line out, rear, grey', 0, 880],
      ['Side right: pin 17h, line out, rear, grey', 1, 880],
    ] as const) {
      await page.waitForFunction((text) => document.getElementById('file-progress')?.textContent === text, name);
      await page.waitForTimeout(200);
      const heard = await record(page, 0.25);
      expect(measureTone(heard[side] as Float32Array, 48000)?.frequencyHz, name).toBeCloseTo(hz, 0);
      expect(peak(heard[1 - side] as Float32Array), name).toBe(0);
      const [, nid] = /pin (\w+)h/.exec(name) ?? [];
      expect(await page.locator('[name=pin]:checked').inputValue()).toBe(`${Number.parseInt(nid ?? '', 16)}`);
    }
    await page.selectOption('#codec-choice', 'hdmi');
    await page.waitForFunction(() => document.getElementById('codec')?.textContent === '“Azalia HDMI”');
  });

  it('looks like the picture in the README, which AZALIA_SCREENSHOT=1 makes anew', { retry: 5 }, async () => {
    const page = await open();
    await page.setViewportSize({ width: 1280, height: 1500 });
    await page.click('#play');
    await page.click('[data-nid="20"]');
    await page.waitForSelector('.wire.active[data-to="20"]');
    await page.mouse.move(0, 0);
    await page.waitForTimeout(1500);
    const picture = await page.screenshot();
    if (process.env.AZALIA_SCREENSHOT) {
      expect(await page.textContent('#underruns')).toBe('0');
      writeFileSync('page.png', picture);
    }
    expect(picture.length).toBeGreaterThan(50_000); // an empty page is a tenth of that
    expect(readFileSync('page.png').length).toBeLessThan(400_000);
  });

  it('benchmarks run in a worker: charts fill, bars and figures follow, and they can be given up', async () => {
    const page = await open();
    await page.click('#tab-benchmark');
    const button = page.locator('#bench');
    await button.click();
    await page.waitForSelector('.chart canvas');
    expect(await button.innerText()).toBe('Cancel');
    await page.waitForFunction(() => (document.querySelector<HTMLProgressElement>('#bench-progress')?.value ?? 0) > 0);
    await button.click();
    expect(await page.innerText('#bench-status')).toBe('Given up. What was measured stays.');
    const workers = () => page.workers().filter((worker) => worker.url().includes('bench-worker')).length;
    await expect.poll(workers, { timeout: 10_000 }).toBe(0);
    expect(await page.isVisible('#bench-progress')).toBe(false);

    await button.click();
    await page.waitForSelector('#bench-results details', { timeout: 40_000 });
    expect(await page.innerText('#bench-status')).toContain('Done');
    expect(await page.locator('.chart').count()).toBe(4);
    await page.click('#bench-results summary');
    const table = (n: number) =>
      page.locator('#bench-results details table').nth(n).locator('tbody tr').allInnerTexts();
    const [workloads, points] = [await table(0), await table(1)];
    expect([workloads.length, points.length]).toEqual([WORKLOADS.length, GRID_POINTS]);
    const timesRealTime = points.map((row) => Number(/×([\d.,]+)$/.exec(row)?.[1]?.replaceAll(',', '')));
    for (const times of timesRealTime) expect(times).toBeGreaterThan(1);
    expect(timesRealTime[0]).toBeGreaterThan(4 * (timesRealTime[GRID_POINTS - 6] as number)); // 1 × 2 at 48 kHz, 15 × 16 at 192
    const bars = await page.locator('.bars tr').allInnerTexts();
    expect(bars.length).toBe(2 * WORKLOADS.length + 4);
    expect(bars.filter((bar) => /TransferCodecVerbs.*\d/s.test(bar)).length).toBe(1);
    // What is drawn is there, in the page's own colours, light and dark, and axe finds nothing serious in it.
    await page.addScriptTag({ content: AXE });
    for (const [colorScheme, color] of [
      ['light', [0xc9, 0x1f, 0x66]],
      ['dark', [0xff, 0x6e, 0xa6]],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(200);
      expect(await page.locator('.chart canvas').first().evaluate(countPixels, color)).toBeGreaterThan(50);
      expect(await seriousFaults(page, '#view-benchmark')).toEqual([]);
    }
  });

  it('the log can be held, and shows what kinds are chosen', async () => {
    const page = await open();
    await page.click('#play');
    await page.click('#tab-log');
    await page.waitForSelector('#log [data-kind=interrupts]');
    await page.getByLabel('Interrupts').uncheck();
    expect(await page.locator('#log [data-kind=interrupts]').count()).toBe(0);
    await page.waitForTimeout(300);
    expect(await page.locator('#log [data-kind=interrupts]').count()).toBe(0);
    expect(await page.locator('#log [data-kind=descriptors]').count()).toBeGreaterThan(0);
    await page.click('#log-pause');
    await page.waitForTimeout(100);
    const held = await page.innerText('#log');
    await page.waitForTimeout(400);
    expect(await page.innerText('#log')).toBe(held);
    await page.click('#log-pause');
    await page.waitForFunction((held) => document.getElementById('log')?.innerText !== held, held);
  });

  it('axe finds nothing serious in any view, light or dark', async () => {
    const page = await open();
    await page.click('[data-nid="20"]');
    await page.addScriptTag({ content: AXE });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const view of VIEWS) {
        await page.click(`#tab-${view}`);
        await page.waitForTimeout(150);
        const faults = await seriousFaults(page);
        expect([colorScheme, view, faults]).toEqual([colorScheme, view, []]);
      }
    }
  });

  it('tabs go by the arrow keys; on a phone nothing is wider than the screen', async () => {
    const page = await open();
    await page.focus('#tab-codec');
    await page.keyboard.press('ArrowRight');
    expect(await page.getAttribute('#tab-registers', 'aria-selected')).toBe('true');
    expect(await page.isVisible('#view-registers')).toBe(true);
    await page.setViewportSize({ width: 360, height: 740 });
    for (const view of VIEWS) {
      await page.click(`#tab-${view}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    }
  });
});

interface AxeRow {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds in a part of the page, or in all of it. */
function seriousFaults(page: Page, within = 'html'): Promise<string[]> {
  return page.evaluate(async (within) => {
    const { axe } = globalThis as unknown as { axe: { run(within: string): Promise<{ violations: AxeRow[] }> } };
    const { violations } = await axe.run(within);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  }, within);
}

function countPixels(canvas: Element, [red, green, blue]: readonly number[]): number {
  const { width, height } = canvas as HTMLCanvasElement;
  const context = (canvas as HTMLCanvasElement).getContext('2d') as CanvasRenderingContext2D;
  const { data } = context.getImageData(0, 0, width, height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) count++;
  }
  return count;
}
