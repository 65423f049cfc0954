// The three ways of samples to the audio callback, in a real browser: nothing lost, nothing repeated, and how late.
// AZALIA_LONG=1 plays 60 s where the suite plays 10, and prints what it measured; also shared memory at 256 frames.

import { expect, it } from 'vitest';
import { measureTone } from '../../src/dsp/measure.ts';
import { describeInBrowser } from './support/browser.ts';
import { block, checkCounter, record } from './support/listen.ts';
import { openMachine, playCounter, TRANSPORTS } from './support/machine.ts';

const NOTHING = new Float32Array();
const LONG = process.env.AZALIA_LONG === '1';
const SECONDS = LONG ? 60 : 10;
const say = (line: string) => process.stdout.write(`${line}\n`);

describeInBrowser('transports', (browser) => {
  // Chromium's sink without a sound card is a timer: a busy computer starves the audio thread itself, hence the retries.
  it.for([
    ['shared', 48000, 384],
    ['shared', 44100, 384],
    ['message', 48000, 1024],
    ['message', 44100, 1024],
    ['scheduled', 48000, 12288],
    ['scheduled', 44100, 12288],
  ] as const)(
    `%s, %i Hz, %i frames: ${SECONDS} s with the page blocked 200 ms of each, no sample lost or repeated`,
    { retry: 3, timeout: 400_000 },
    async ([transport, sampleRate, frames]) => {
      const page = await openMachine(browser, { transport, latency: frames / sampleRate }, sampleRate);
      await playCounter(page);
      await page.waitForTimeout(500);
      await block(page);
      const before = await page.evaluate(() => machine.statistics().underruns);
      const { jumps, silentFrames, after } = await checkCounter(page, SECONDS, () => machine.statistics());
      const underruns = after.underruns - before;
      if (LONG) {
        say(
          `${transport}, ${sampleRate} Hz, ${frames} frames, ${SECONDS} s: ${underruns} underruns, ` +
            `${jumps.length} jumps and ${silentFrames} silent frames in ${SECONDS * sampleRate}`,
        );
      }
      expect({ jumps, silentFrames, underruns }).toEqual({ jumps: [], silentFrames: 0, underruns: 0 });
      expect(after).toMatchObject({ transport, targetFrames: frames });
      expect(after.queuedFrames).toBeLessThanOrEqual(frames);
    },
  );

  it.runIf(LONG).for([48000, 44100])(
    'shared memory at 256 frames, %i Hz: reported',
    { timeout: 100_000 },
    async (sampleRate) => {
      const page = await openMachine(browser, { transport: 'shared', latency: 256 / sampleRate }, sampleRate);
      await playCounter(page);
      await page.waitForTimeout(500);
      await block(page);
      const before = await page.evaluate(() => machine.statistics().underruns);
      const { jumps, silentFrames, after } = await checkCounter(page, SECONDS, () => machine.statistics());
      const underruns = after.underruns - before;
      say(
        `shared, ${sampleRate} Hz, 256 frames, ${SECONDS} s: ${underruns} underruns, ${jumps.length} jumps, ${silentFrames} silent frames`,
      );
      expect(after.targetFrames).toBe(256);
    },
  );

  it.for(TRANSPORTS)(
    'a tone has its frequency, level and purity at the node: %s',
    { retry: 3, timeout: 200_000 },
    async (transport) => {
      const page = await openMachine(browser, { transport });
      await page.evaluate(async () => void (await machine.playTone({ frequency: 997, level: -12 })));
      await page.waitForTimeout(500);
      const [left = NOTHING, right] = await record(page, LONG ? SECONDS : 2);
      const tone = measureTone(left, 48000);
      if (LONG) {
        say(
          `${transport}, 997 Hz for ${SECONDS} s: ${tone?.frequencyHz.toFixed(6)} Hz, ` +
            `${tone?.levelDbfs.toFixed(3)} dBFS, THD+N ${tone?.thdPlusNoiseDb.toFixed(2)} dB`,
        );
      }
      expect(tone?.frequencyHz).toBeCloseTo(997, 2);
      expect(tone?.levelDbfs).toBeCloseTo(-12, 2);
      expect(tone?.thdPlusNoiseDb).toBeLessThan(-90);
      expect(right).toEqual(left);
      expect(await page.evaluate(() => machine.transport)).toBe(transport);
      expect(await page.evaluate(() => machine.statistics())).toMatchObject({ transport, sampleRate: 48000 });
    },
  );
});
