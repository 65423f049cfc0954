import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { measureTone } from '../../src/dsp/measure.ts';
import { describeInBrowser } from './support/browser.ts';
import { record } from './support/listen.ts';
import { frameTimes, hear, openPage, rmsDbfs, VIEWS } from './support/page.ts';
import { DIST } from './support/server.ts';

const NOTHING = new Float32Array();
const RATE = 48000;
const BAND_LINES = 64;

describeInBrowser('the demo page', (browser) => {
  const open = (isolated = true) => openPage(browser, { isolated });
  const measure = async (page: Page, seconds = 0.5) => measureTone(await hear(page, seconds), RATE);

  const isSilent = async (page: Page) => (await record(page, 0.1))[0]?.every((sample) => sample === 0);

  it('its button, clicked, gives the tone for 10 s without an underrun, and clicked again ends it', {
    retry: 2,
  }, async () => {
    const page = await open();
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
    const page = await open();
    const time = await page.textContent('#time');
    await page.waitForTimeout(500);
    expect(await page.textContent('#time')).toBe(time);
    expect(await page.isVisible('#notice')).toBe(false);
  });

  it('frequency, level, wave and pin follow their controls, while it plays and by keyboard', async () => {
    const page = await open();
    await page.focus('#play');
    await page.keyboard.press('Enter');
    await page.getByLabel('Frequency in hertz').fill('1000');
    expect((await measure(page))?.frequencyHz).toBeCloseTo(1000, 2);

    await page.focus('#level');
    for (let n = 0; n < 12; n++) await page.keyboard.press('ArrowLeft');
    expect(await page.inputValue('#level-db')).toBe('-18');
    expect((await measure(page))?.levelDbfs).toBeCloseTo(-18, 2);

    await page.getByRole('radio', { name: 'Headphone' }).check();
    expect((await measure(page))?.frequencyHz).toBeCloseTo(1000, 2);

    await page.getByLabel('White noise').check();
    expect(await page.isDisabled('#frequency')).toBe(true);
    expect(rmsDbfs(await hear(page))).toBeCloseTo(-18 - 4.77, 0); // uniform: peak over RMS is √3

    await page.getByLabel('Sine').check();
    await page.focus('#frequency');
    await page.keyboard.press('Home');
    expect(await page.inputValue('#frequency-hz')).toBe('20');
    expect((await measure(page, 1))?.frequencyHz).toBeCloseTo(20, 1);
  });

  it('every output pin can be chosen, and is heard', { retry: 2 }, async () => {
    const page = await open();
    await page.click('#play');
    const pins = page.locator('#pin input');
    expect(await pins.count()).toBe(7);
    for (const pin of await pins.all()) {
      await pin.check();
      expect((await measure(page, 0.2))?.levelDbfs).toBeCloseTo(-12, 1);
    }
    expect(await page.isVisible('#notice')).toBe(false);
  });

  it('a value out of range changes nothing and is put right', { retry: 2 }, async () => {
    const page = await open();
    await page.click('#play');
    await page.fill('#frequency-hz', '99999');
    expect((await measure(page))?.frequencyHz).toBeCloseTo(440, 2);
    await page.focus('#level');
    expect(await page.inputValue('#frequency-hz')).toBe('440');
    expect(await page.isVisible('#notice')).toBe(false);
  });

  it('live figures move: link position inside the buffer, interrupts, device time, latency', async () => {
    const page = await open();
    await page.click('#play');
    const read = async () => {
      const [lpib, interrupts, time] = await page.evaluate(() =>
        ['lpib', 'interrupts', 'time'].map((id) => document.getElementById(id)?.textContent ?? ''),
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
    const page = await open(false);
    const notice = await page.textContent('#notice');
    expect(notice).toContain('not cross-origin isolated');
    expect(notice).toContain('Cross-Origin-Opener-Policy: same-origin');
    expect(notice).toContain('Cross-Origin-Embedder-Policy: require-corp');
    await page.click('#play');
    expect((await measure(page))?.frequencyHz).toBeCloseTo(440, 2);
    expect(await page.textContent('#transport')).toBe('messages');
  });

  it('a file that is missing is a line on the page, not a button that does nothing', async () => {
    const page = await browser.open('/demo/index.html', { isolated: true, missing: ['/worker.js'] });
    await page.waitForSelector('#notice:visible');
    expect(await page.textContent('#notice')).toContain('worker.js did not load');
    expect(await page.isEnabled('#play')).toBe(false);
  });

  it('a worker that dies says so', async () => {
    const page = await open();
    await page.click('#play');
    await page
      .workers()[0]
      ?.evaluate(() => close())
      .catch(() => {});
    await page.waitForSelector('#notice:visible');
    expect(await page.textContent('#notice')).toContain('The machine has stopped');
    expect(await page.isEnabled('#play')).toBe(false);
  });

  // −12 dBFS of peak: √2 for a sine, √3 for a triangle (less 0.06 dB for harmonics beyond half the rate) and for uniform
  // noise, 4.5 for pink noise.
  it.for([
    ['sine', -15.01],
    ['triangle', -16.71],
    ['noise', -16.77],
    ['pink', -25.06],
  ] as const)('%s has the level that its crest factor gives: %f dBFS RMS', { retry: 2 }, async ([wave, dbfs]) => {
    const page = await open();
    await page.check(`[name=wave][value=${wave}]`);
    await page.click('#play');
    expect(rmsDbfs(await hear(page, 1))).toBeCloseTo(dbfs, wave === 'pink' ? -0.5 : 1);
  });

  it('pink noise falls by 3 dB an octave, white noise does not', { retry: 2 }, async () => {
    const page = await open();
    await page.click('#play');
    for (const [wave, slope] of [
      ['noise', 0],
      ['pink', -3.01],
    ] as const) {
      await page.check(`[name=wave][value=${wave}]`);
      const sound = await hear(page, 1);
      const octaves = [250, 500, 1000, 2000, 4000].map((hz) => densityDb(sound, RATE, hz, 2 * hz));
      const steps = octaves.slice(1).map((density, n) => density - (octaves[n] as number));
      expect(steps.reduce((sum, step) => sum + step, 0) / steps.length).toBeCloseTo(slope, 0);
    }
  });

  it('a sweep goes from 20 Hz to 20 kHz on a logarithmic scale in the length that was chosen, and ends', {
    retry: 2,
  }, async () => {
    const page = await open();
    await page.check('[name=wave][value=sweep]');
    expect(await page.isVisible('#frequency')).toBe(false);
    await page.selectOption('#sweep-length', '2');
    await page.click('#play');
    const [left = NOTHING] = await record(page, 2.6);
    await page.waitForSelector('#play:not([aria-pressed=true])');
    const begin = left.findIndex((sample) => sample !== 0);
    const end = left.findLastIndex((sample) => sample !== 0);
    expect((end - begin) / RATE).toBeCloseTo(2, 2);
    const cyclesUntil = (second: number) => ((20 * 2) / Math.log(1000)) * (1000 ** (second / 2) - 1);
    for (const [from, to] of [
      [0.5, 1],
      [1, 1.25],
      [1.5, 1.6],
    ] as const) {
      const heard = crossings(left.subarray(begin + from * RATE, begin + to * RATE)) / 2;
      expect(heard / (cyclesUntil(to) - cyclesUntil(from))).toBeCloseTo(1, 1.5);
    }
  });

  it('meters show peak, RMS and true peak at the pin that sounds, hold them, and say what reached full scale', async () => {
    const page = await open();
    const strip = page.locator('.strip', { has: page.locator('[value="20"]') });
    const figures = async () => (await strip.locator('.figure').allInnerTexts()).map((text) => text.replace('−', '-'));
    const side = strip.getByRole('meter', { name: 'Front left' });
    expect(await figures()).toEqual(['-∞', '-∞', '-∞']);
    expect(await side.getAttribute('aria-valuetext')).toBe('silent');
    // A third of the rate: samples are 0 and ±sin 60°, so the crests that true peak sees are 1.25 dB higher (ITU-R BS.1770).
    await page.fill('#frequency-hz', '16000');
    await page.fill('#level-db', '-6');
    await page.click('#play');
    await page.waitForTimeout(1500);
    const [peak = 0, rms = 0, truePeak = 0] = (await figures()).map(Number);
    expect(peak).toBeCloseTo(-7.25, 0);
    expect(rms).toBeCloseTo(-9, 0);
    expect(truePeak).toBeCloseTo(-6, 0);
    expect(Number(await side.getAttribute('aria-valuenow'))).toBeCloseTo(peak, 0);
    expect(await side.getAttribute('aria-valuetext')).toMatch(/^peak −\d+\.\d, RMS −\d+\.\d, true peak −\d+\.\d dBFS$/);
    const other = page.locator('.strip', { has: page.locator('[value="27"]') });
    expect(await other.locator('.figure').first().innerText()).toBe('−∞');

    expect(await strip.locator('.over.lit').isVisible()).toBe(false);
    await page.fill('#level-db', '0');
    await page.fill('#frequency-hz', '100');
    await page.waitForSelector('.strip .over.lit');
    await page.fill('#level-db', '-20');
    await page.waitForTimeout(500);
    expect(await strip.locator('.over.lit').isVisible()).toBe(true);
    await page.click('#clear-peaks');
    expect(await strip.locator('.over.lit').isVisible()).toBe(false);
  });

  it('it draws 60 frames a second while it plays, in every view, and fits a telephone', { retry: 2 }, async () => {
    const page = await open();
    await page.click('#play');
    for (const view of VIEWS) {
      await page.click(`#tab-${view}`);
      if (view === 'benchmark') await page.click('#bench');
      await page.waitForTimeout(300);
      const times = await frameTimes(page, 1200);
      expect(times[Math.floor(times.length * 0.9)], view).toBeLessThan(17.5);
    }
    await page.setViewportSize({ width: 360, height: 740 });
    expect((await frameTimes(page, 600))[18]).toBeLessThan(17.5);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  it('it runs as static files in any folder', { retry: 2 }, async () => {
    const page = await openPage(browser, {
      path: '/some/where/demo/index.html',
      folder: join(DIST, 'demo/examples'),
      folders: { '/some/where/': DIST },
    });
    await page.click('#play');
    expect((await measure(page))?.frequencyHz).toBeCloseTo(440, 2);
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

/** Times that it goes through zero. */
function crossings(samples: Float32Array): number {
  return samples.reduce(
    (count, sample, n) => count + Number(n > 0 && sample < 0 !== (samples[n - 1] as number) < 0),
    0,
  );
}

/** Power in a band, for each Hz of it, in dB: by sine waves within, each turned on by one step a sample. */
function densityDb(samples: Float32Array, rateHz: number, fromHz: number, toHz: number): number {
  let power = 0;
  for (let n = 0; n < BAND_LINES; n++) {
    const step = (2 * Math.PI * (fromHz + ((toHz - fromHz) * (n + 0.5)) / BAND_LINES)) / rateHz;
    const [cos, sin] = [Math.cos(step), Math.sin(step)];
    let [c, s, re, im] = [1, 0, 0, 0];
    for (const sample of samples) {
      re += sample * c;
      im += sample * s;
      [c, s] = [c * cos - s * sin, s * cos + c * sin];
    }
    power += re * re + im * im;
  }
  return 10 * Math.log10(power / BAND_LINES);
}
