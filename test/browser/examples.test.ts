// The examples of src/demo/examples, as they stand: their own button, their own text, what the loudspeaker would get.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { measureTone } from '../../src/dsp/measure.ts';
import { consumer } from '../consumers/support.ts';
import { describeInBrowser } from './support/browser.ts';
import { record } from './support/listen.ts';
import { DIST } from './support/server.ts';

/** Whatever an example connects to the loudspeaker is what the test hears. */
function hearWhatIsConnected(): void {
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function (this: AudioNode, ...to: unknown[]) {
    if (to[0] instanceof AudioDestinationNode) globalThis.heard = { node: this, output: 0 };
    return Reflect.apply(connect, this, to);
  } as typeof connect;
}

const heard = (page: Page) => page.waitForFunction(() => globalThis.heard);

describeInBrowser('the examples', (browser) => {
  const open = (name: string) => browser.open(`/demo/examples/${name}`, { isolated: true }, hearWhatIsConnected);

  /** Frequency of the two sides, shortly after something is heard. */
  async function frequencies(page: Page): Promise<(number | undefined)[]> {
    await heard(page);
    await page.waitForTimeout(400);
    return (await record(page, 0.5)).map((samples) => measureTone(samples, 48_000)?.frequencyHz);
  }

  it('tone.html plays 440 Hz and says so when it has', { retry: 2 }, async () => {
    const page = await open('tone.html');
    await page.click('button');
    expect(await frequencies(page)).toEqual([expect.closeTo(440, 1), expect.closeTo(440, 1)]);
    await page.waitForFunction(() => document.querySelector('output')?.textContent === 'played');
  });

  it('stream.html plays what it writes, another wave on each side', { retry: 2 }, async () => {
    const page = await open('stream.html');
    await page.click('button');
    expect(await frequencies(page)).toEqual([expect.closeTo(440, 1), expect.closeTo(660, 1)]);
    await page.waitForFunction(() => document.querySelector('output')?.textContent === '0 underruns');
  });

  it('sweep.html: the DSP’s sweep is heard, at the frequency and level that its METER tells', {
    retry: 2,
  }, async () => {
    const page = await open('sweep.html');
    await page.click('button');
    await heard(page);
    await page.waitForTimeout(2500);
    const [samples = new Float32Array()] = await record(page, 0.3);
    const tone = measureTone(samples, 48_000); // two seconds into it: 20 Hz · 1000^(2.5/120)
    expect(tone?.frequencyHz).toBeGreaterThan(20);
    expect(tone?.frequencyHz).toBeLessThan(26);
    expect(tone?.levelDbfs).toBeCloseTo(20 * Math.log10(0.45), 0);
    const [, hz, dbfs] = /^(\d+) Hz, (-?[\d.]+) dBFS$/.exec((await page.textContent('output')) ?? '') ?? [];
    expect(Number(hz)).toBeGreaterThan(20);
    expect(Number(dbfs)).toBeCloseTo(20 * Math.log10(0.45), 0);
  });

  it('driver.html: its driver takes the device and plays 440 Hz', { retry: 2 }, async () => {
    const page = await open('driver.html');
    await page.click('button');
    expect(await frequencies(page)).toEqual([expect.closeTo(440, 1), expect.closeTo(440, 1)]);
    const lines = (await page.textContent('output'))?.split('\n');
    expect(lines).toEqual(['beeper: stream 1 runs', expect.stringMatching(/^HDAUDIO\\FUNC_01&VEN_A2A1/)]);
  });
});

/** Runs one as its comment says, where the package is installed; returns its lines. */
function run(name: string, ...args: string[]): string[] {
  const folder = consumer();
  const example = join(DIST, 'demo/examples', name);
  execFileSync('cp', [example, folder]);
  return execFileSync(process.execPath, [name, ...args], { cwd: folder, encoding: 'utf8' })
    .trim()
    .split('\n');
}

it('machine.js finds the codec and asks it through CORB and RIRB', () => {
  expect(run('machine.js')).toEqual([
    'codecs 1',
    'vendor a2a10001',
    'audio function group 1',
    expect.stringMatching(/^time \d+n ticks of 24 MHz$/),
  ]);
});

it('sweep-chain.js: two minutes through the DSP, flat below the filter’s corner, −3 dB at it, falling above', () => {
  const lines = run('sweep-chain.js');
  const levels = lines.flatMap((line) => /^ *(\d+) Hz +(-[\d.]+) dBFS$/.exec(line)?.slice(1).map(Number) ?? []);
  const [, low, , below, , corner, , above, , far] = levels as number[];
  expect([low, below]).toEqual([expect.closeTo(-6.9, 0), expect.closeTo(-7, 0)]);
  expect(corner).toBeCloseTo(-6.94 - 3.01, 0);
  expect(above).toBeLessThan(-25);
  expect(far).toBeLessThan(-50);
  expect(lines.at(-1)).toMatch(/^5760000 frames at pin 14, 1200 command buffers$/);
});

it('codec.js prints the way of every pin of the built-in laptop', () => {
  const lines = run('codec.js');
  expect(lines[0]).toBe('Azalia laptop');
  expect(lines.slice(1).every((line) => /^pin [0-9a-f]+ (in |out) {2}[0-9a-f]{2}( → [0-9a-f]{2})+/.test(line))).toBe(
    true,
  );
  expect(lines.length).toBeGreaterThan(4);
});
