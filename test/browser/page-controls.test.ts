// The whole page by its controls: each claim names the controls that it uses and sees what they do; none is left over.

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { measureTone, peak } from '../../src/dsp/measure.ts';
import { wavHeader } from '../../src/node/wav-write.ts';
import { describeInBrowser } from './support/browser.ts';
import { hear, openPage, VIEWS } from './support/page.ts';

const RATE = 48000;
const SOON = { timeout: 10_000 };
/** What is chosen at first comes last: choosing it before would change nothing. */
const WAVES = ['square', 'saw', 'triangle', 'sweep', 'noise', 'pink', 'sine'];
const PINS = [0x16, 0x15, 0x17, 0x1c, 0x1b, 0x1d, 0x14];

interface Claim {
  readonly claim: string;
  readonly controls: readonly string[];
  use(page: Page): Promise<void>;
}

const CLAIMS: readonly Claim[] = [
  {
    claim: 'Play plays, Stop stops',
    controls: ['#play'],
    async use(page) {
      await page.click('#play');
      expect(peak(await hear(page, 0.1))).toBeGreaterThan(0.2);
      await page.click('#play');
      expect(peak(await hear(page, 0.1))).toBe(0);
    },
  },
  {
    claim: 'frequency and level: a slider and a number each',
    controls: ['#frequency', '#frequency-hz', '#level', '#level-db'],
    async use(page) {
      await page.click('#play');
      const heard = async () => measureTone(await hear(page), RATE);
      await page.fill('#frequency-hz', '1234');
      await page.fill('#level-db', '-30');
      expect(await heard()).toMatchObject({ frequencyHz: expect.closeTo(1234, 1), levelDbfs: expect.closeTo(-30, 1) });
      await page.locator('#frequency').fill('0.5'); // half way from 20 Hz to 20 kHz
      await page.locator('#level').fill('-20');
      expect(await heard()).toMatchObject({ frequencyHz: expect.closeTo(632, 1), levelDbfs: expect.closeTo(-20, 1) });
    },
  },
  {
    claim: 'every wave sounds; a sweep ends after the length that was chosen',
    controls: [...WAVES.map((wave) => `wave ${wave}`), '#sweep-length'],
    async use(page) {
      await page.click('#play');
      for (const wave of WAVES) {
        await page.check(`[name=wave][value=${wave}]`);
        if (wave === 'sweep') await page.selectOption('#sweep-length', '2');
        const highest = peak(await hear(page, 0.2));
        expect(highest, wave).toBeGreaterThan(wave === 'pink' ? 0.1 : 0.24);
        expect(highest, wave).toBeLessThan(0.26);
        if (wave !== 'sweep') continue;
        await page.waitForSelector('#play:not([aria-pressed=true])');
        await page.click('#play');
      }
    },
  },
  {
    claim: 'every pin sounds, and its meter shows it; peaks are cleared',
    controls: [...PINS.map((pin) => `pin ${pin}`), '#clear-peaks'],
    async use(page) {
      await page.click('#play');
      for (const pin of PINS) {
        await page.check(`[name=pin][value="${pin}"]`);
        expect(peak(await hear(page, 0.1)), `${pin}`).toBeCloseTo(0.25, 2);
        const strip = page.locator('.strip', { has: page.locator(`[value="${pin}"]`) });
        expect(await strip.locator('.figure').first().innerText()).toBe('−12.0');
      }
      await page.fill('#level-db', '0');
      await page.waitForSelector('.over.lit');
      await page.fill('#level-db', '-12');
      await page.waitForTimeout(500);
      await page.click('#clear-peaks');
      expect(await page.locator('.over.lit').count()).toBe(0);
    },
  },
  {
    claim: 'channels are named, the microphone is switched on and off',
    controls: ['#identify', '#microphone'],
    async use(page) {
      await page.click('#play'); // which makes room
      await page.click('#identify');
      await page.waitForSelector('#play:not([aria-pressed=true])');
      for (const nid of ['14h', '16h', '15h', '17h']) await page.waitForSelector(`#file-progress:has-text("${nid}")`);
      await page.waitForSelector('#identify:enabled');
      await page.click('#microphone');
      await page.waitForSelector('#microphone[aria-pressed=true]');
      await page.click('#microphone');
      await page.waitForSelector('#microphone[aria-pressed=false]');
    },
  },
  {
    claim: 'a sound file plays, chosen or dropped, and is stopped',
    controls: ['#file', '#drop', '#file-stop'],
    async use(page) {
      const wav = toneFile(700, 5);
      await page.setInputFiles('#file', { name: 'chosen.wav', mimeType: 'audio/wav', buffer: wav });
      await page.waitForSelector('#file-progress:has-text("chosen.wav: 0.")');
      expect(measureTone(await hear(page, 0.3), RATE)?.frequencyHz).toBeCloseTo(700, 0);
      await page.click('#file-stop');
      await page.waitForSelector('#file-progress:has-text("chosen.wav: stopped")');
      expect(await page.isVisible('#file-stop')).toBe(false);
      const data = await page.evaluateHandle(
        (bytes) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([Uint8Array.from(bytes)], 'dropped.wav', { type: 'audio/wav' }));
          return transfer;
        },
        [...toneFile(900, 0.5)],
      );
      await page.dispatchEvent('#drop', 'drop', { dataTransfer: data });
      await page.waitForSelector('#file-progress:has-text("dropped.wav: played")');
    },
  },
  {
    claim: 'each tab shows its view alone',
    controls: VIEWS.map((view) => `#tab-${view}`),
    async use(page) {
      for (const view of [...VIEWS.slice(1), 'codec']) {
        await page.click(`#tab-${view}`);
        expect(await page.locator('[role=tabpanel]:visible').getAttribute('id')).toBe(`view-${view}`);
      }
    },
  },
  {
    claim: 'a widget opens its controls, and each of them is a verb that the codec hears (hda-hardware §5)',
    controls: [
      'a widget',
      ...[
        'Output gain',
        'Output mute',
        'Input gain',
        'From NIDh gain',
        'From NIDh mute',
        'Selected input',
        'OUT enable',
      ],
      ...['IN enable', 'headphone amplifier', 'External amplifier (EAPD)', 'Power (D0)', 'Jack plugged'],
    ],
    async use(page) {
      const open = async (nid: number) => {
        await page.locator(`[data-nid="${nid}"]`).focus();
        await page.keyboard.press('Enter');
        await page.waitForSelector(`#widget h3:has-text("${nid.toString(16).toUpperCase().padStart(2, '0')}h")`);
      };
      const set = (label: string) => page.locator('#widget').getByLabel(label);
      const hears = (line: string, mask: number) =>
        expect.poll(async () => ((await verb(page, line)) & mask) >>> 0, SOON);
      /** Turns a check box over, which turns the bits of the answer over. */
      const turns = async (label: string, line: string, mask: number) => {
        const was = await set(label).isChecked();
        await hears(line, mask).toBe(was ? mask : 0);
        await set(label).click();
        await hears(line, mask).toBe(was ? 0 : mask);
      };
      await page.waitForSelector('[data-nid="2"]');

      await open(0x02);
      await set('Output gain').fill('79');
      await hears('2 B A000', 0x7f).toBe(79); // Get Amplifier Gain/Mute: output, left (§5.7)
      await set('Power (D0)').uncheck();
      await hears('2 F05 0', 0xf).toBe(3);
      await open(0x0c);
      await set('From 18h gain').fill('5');
      await hears('C B 2000', 0x7f).toBe(5); // input 0, left
      await turns('From 18h mute', 'C B 2000', 0x80);
      await open(0x14);
      await expect.poll(() => set('Jack plugged').isChecked(), SOON).toBe(true);
      await turns('Jack plugged', '14 F09 0', 0x80000000);
      await turns('Output mute', '14 B A000', 0x80);
      await turns('OUT enable', '14 F07 0', 0x40);
      await set('Selected input').selectOption('2');
      await hears('14 F01 0', 0xff).toBe(2);
      await open(0x18);
      await set('Input gain').fill('2');
      await hears('18 B 2000', 0x7f).toBe(2);
      await turns('IN enable', '18 F07 0', 0x20);
      await open(0x1b);
      await turns('headphone amplifier', '1B F07 0', 0x80);
      await open(0x1c);
      await turns('External amplifier (EAPD)', '1C F0C 0', 2);
    },
  },
  {
    claim: 'the log is held and goes on; each kind of line is left out when it is not wanted',
    controls: ['#log-pause', 'log descriptors', 'log interrupts', 'log verbs', 'log others'],
    async use(page) {
      await page.click('#tab-log');
      await page.click('#play');
      await page.waitForSelector('#log [data-kind=others]'); // the stream's RUN
      for (const kind of ['descriptors', 'interrupts', 'verbs', 'others']) {
        await page.uncheck(`#log-kinds [value=${kind}]`);
        expect(await page.locator(`#log [data-kind=${kind}]`).count()).toBe(0);
      }
      await page.check('#log-kinds [value=interrupts]');
      await page.waitForSelector('#log [data-kind=interrupts]');
      await page.click('#log-pause');
      await page.waitForTimeout(100);
      const held = await page.textContent('#log li');
      await page.waitForTimeout(300);
      expect(await page.textContent('#log li')).toBe(held);
    },
  },
  {
    claim: 'consoles take lines, and examples to click',
    controls: [
      ...['line', '0 F00 0', '14 F00 9', '14 F07 0', '14 F09 0'].map((text) => `#verb-console ${text}`),
      ...['line', '!devnode 0 1', '!drvobj HDAudBus 2', '!hdaudio'].map((text) => `#kd-console ${text}`),
    ],
    async use(page) {
      await page.click('#tab-consoles');
      for (const form of ['#verb-console', '#kd-console']) {
        const answers = () => page.locator(`${form} output > :nth-child(even)`).allInnerTexts();
        await page.fill(`${form} input`, form === '#kd-console' ? 'lm' : '1 F00 5');
        await page.press(`${form} input`, 'Enter');
        await expect.poll(async () => (await answers()).length, SOON).toBe(1);
        for (const example of await page.locator(`${form} button`).all()) {
          const before = await answers();
          await example.click();
          await expect.poll(async () => (await answers()).length, SOON).toBe(before.length + 1);
        }
        expect((await answers()).join('\n')).not.toMatch(/no valid response|in hex|No export/);
      }
      expect(await page.innerText('#verb-console output')).toContain('A2A10001');
      expect(await page.innerText('#kd-console output')).toContain('HDAudBus');
    },
  },
  {
    claim: 'the benchmark runs, and its figures unfold',
    controls: ['#bench', 'The figures'],
    async use(page) {
      await page.click('#tab-benchmark');
      await page.click('#bench');
      await page.waitForSelector('#bench-results details', { timeout: 40_000 });
      expect(await page.isVisible('#bench-results details table')).toBe(false);
      await page.click('#bench-results summary');
      expect(await page.isVisible('#bench-results details table')).toBe(true);
    },
  },
  {
    claim: 'the other page is a click away',
    controls: ['link pc.html'],
    async use(page) {
      await page.click('header a');
      await page.waitForURL('**/demo/pc.html');
      expect(await page.title()).toContain('PC');
    },
  },
  {
    claim: 'another codec is another machine',
    controls: ['#codec-choice'],
    async use(page) {
      await page.selectOption('#codec-choice', 'laptop');
      await page.waitForSelector('#codec:has-text("Azalia laptop")');
      await page.waitForSelector('#play:enabled');
      await page.click('#play');
      expect(peak(await hear(page, 0.1))).toBeGreaterThan(0.2);
    },
  },
];

describeInBrowser('the demo page’s controls', (browser) => {
  it.for(CLAIMS)('$claim', { retry: 2 }, async ({ controls, use }) => {
    const page = await openPage(browser);
    await page.evaluate(watchControls);
    await use(page);
    const used = await page.evaluate(() => JSON.parse(sessionStorage.getItem('used') ?? '[]') as string[]);
    expect(used).toEqual(expect.arrayContaining([...controls]));
  });

  it('there is no control that none of these uses', async () => {
    const page = await openPage(browser);
    await page.evaluate(watchControls);
    const seen = new Set<string>();
    const look = async () => {
      for (const name of await page.evaluate(() => globalThis.controlNames())) seen.add(name);
    };
    await page.click('#tab-benchmark');
    await page.click('#bench');
    await page.click('#tab-codec');
    await page.waitForSelector('[data-nid="2"]');
    for (const widget of await page.locator('#graph [data-nid]').all()) {
      await widget.dispatchEvent('click');
      await look();
    }
    await page.waitForSelector('#bench-results details', { state: 'attached', timeout: 40_000 });
    await look();
    const claimed = new Set(CLAIMS.flatMap(({ controls }) => controls));
    expect([...seen].filter((name) => !claimed.has(name))).toEqual([]);
    expect([...claimed].filter((name) => !seen.has(name))).toEqual([]);
  });
});

declare global {
  /** What every control of the page is called here. */
  var controlNames: () => string[];
}

/** Runs in the page: names its controls, and keeps the names of those that a user's event reaches, over a new load too. */
function watchControls(): void {
  const CONTROLS = 'button, input, select, textarea, summary, a[href], [role=button], #drop';
  const nameOf = (control: Element): string => {
    const text = control.textContent?.trim() ?? '';
    if (control.closest('#graph')) return 'a widget';
    if (control.closest('#widget')) {
      const label = control.ariaLabel ?? control.closest('label')?.textContent?.trim() ?? text;
      return label.replace(/[0-9A-F]{2}h/, 'NIDh');
    }
    if (control.id) return `#${control.id}`;
    if (control instanceof HTMLAnchorElement) return `link ${control.getAttribute('href')}`;
    const form = control.closest('.console');
    if (form) return `#${form.id} ${control instanceof HTMLInputElement ? 'line' : text}`;
    if (control instanceof HTMLInputElement) return `${control.name || 'log'} ${control.value}`;
    return text;
  };
  globalThis.controlNames = () => [...document.querySelectorAll(CONTROLS)].map(nameOf);
  for (const type of ['click', 'input', 'change', 'keydown', 'drop']) {
    document.addEventListener(
      type,
      ({ target }) => {
        const control = (target as Element).closest(CONTROLS);
        if (!control) return;
        const used = new Set<string>(JSON.parse(sessionStorage.getItem('used') ?? '[]'));
        sessionStorage.setItem('used', JSON.stringify([...used.add(nameOf(control))]));
      },
      { capture: true },
    );
  }
}

/** The codec's answer, by the page's own console. */
async function verb(page: Page, line: string): Promise<number> {
  const answers = page.locator('#verb-console output > :nth-child(even)');
  const before = await answers.count();
  await page.evaluate((line) => {
    const form = document.querySelector('#verb-console') as HTMLFormElement;
    (form.querySelector('input') as HTMLInputElement).value = line;
    form.requestSubmit();
  }, line);
  await expect.poll(() => answers.count(), SOON).toBe(before + 1);
  return Number.parseInt((await answers.last().textContent()) ?? '', 16);
}

/** A WAV file of 16 bits, mono. */
function toneFile(frequencyHz: number, seconds: number): Buffer {
  const samples = Int16Array.from({ length: seconds * RATE }, (_, frame) => {
    return 8192 * Math.sin((2 * Math.PI * frequencyHz * frame) / RATE);
  });
  const header = wavHeader({ rateHz: RATE, bits: 16, channels: 1 }, samples.length);
  return Buffer.concat([header, new Uint8Array(samples.buffer)]);
}
