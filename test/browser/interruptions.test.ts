// What befalls a page while it plays: each ends in a defined state and an event, and sound goes on where it was.

import { expect, it } from 'vitest';
import { measureTone } from '../../src/dsp/measure.ts';
import { describeInBrowser } from './support/browser.ts';
import { checkCounter, record } from './support/listen.ts';
import { openMachine, playCounter, TRANSPORTS } from './support/machine.ts';

const NOTHING = new Float32Array();

describeInBrowser('interruptions', (browser) => {
  it.for(TRANSPORTS)(
    'a suspended context stops device time, and it goes on where it was (HOSTILE-H47): %s',
    async (transport) => {
      const page = await openMachine(browser, { transport });
      const ticks = await page.evaluate(async () => {
        await machine.playTone({ frequency: 440 });
        await machine.context.suspend();
        await new Promise((resolve) => setTimeout(resolve, 100));
        const before = machine.statistics().linkTicks;
        await new Promise((resolve) => setTimeout(resolve, 1000));
        const after = machine.statistics().linkTicks;
        await machine.context.resume();
        return [before, after];
      });
      expect(ticks[1]).toBe(ticks[0]);
      await page.waitForTimeout(300);
      expect(measureTone((await record(page, 0.5))[0] ?? NOTHING, 48000)?.frequencyHz).toBeCloseTo(440, 1);
      expect(await page.evaluate(() => events.filter(([type]) => type !== 'underrun'))).toEqual([
        ['interruption', { cause: 'context', state: 'suspended', hidden: false }],
        ['interruption', { cause: 'context', state: 'running', hidden: false }],
      ]);
    },
  );

  it.for(TRANSPORTS)(
    'a full transport of a context that stands for 10 s takes nothing and loses nothing (HOSTILE-H49): %s',
    { retry: 2 },
    async (transport) => {
      const page = await openMachine(browser, { transport, latency: 'balanced' });
      await playCounter(page);
      await page.waitForTimeout(500);
      const counted = checkCounter(page, 3, () => machine.statistics().underruns); // over the pause
      await page.waitForTimeout(500);
      const written = await page.evaluate(async () => {
        const figures = () => {
          const { framesPlayed, queuedFrames, linkTicks } = machine.statistics();
          return [framesPlayed, queuedFrames, linkTicks];
        };
        await machine.context.suspend();
        await new Promise((resolve) => setTimeout(resolve, 300));
        const before = figures();
        await new Promise((resolve) => setTimeout(resolve, 10_000));
        const after = figures();
        await machine.context.resume();
        return { before, after };
      });
      expect(written.after).toEqual(written.before);
      const { jumps, silentFrames, after } = await counted;
      expect(jumps).toEqual([]);
      expect(silentFrames).toBeLessThanOrEqual(128 * after);
    },
  );

  it('where SharedArrayBuffer has gone, what plays goes on, and the next machine does with messages (HOSTILE-H50)', async () => {
    const page = await openMachine(browser);
    await playCounter(page);
    await page.waitForTimeout(500);
    const transport = await page.evaluate(async () => {
      Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
      return (await azalia.createAzalia()).transport;
    });
    expect(transport).toBe('message');
    expect(await checkCounter(page, 1, () => machine.transport)).toMatchObject({ jumps: [], after: 'shared' });
  });

  it.for(TRANSPORTS)(
    'a tab whose thread stands still for 2 s, as a frozen one’s: nothing is lost or repeated, silence is counted (HOSTILE-H50): %s',
    { retry: 2 },
    async (transport) => {
      const page = await openMachine(browser, { transport, latency: 'balanced' });
      await playCounter(page);
      await page.waitForTimeout(500);
      const counted = checkCounter(page, 5, () => machine.statistics());
      await page.waitForTimeout(500);
      await page.evaluate(() => {
        const until = performance.now() + 2000;
        while (performance.now() < until);
      });
      const { jumps, silentFrames, after } = await counted;
      expect(jumps).toEqual([]);
      if (transport === 'scheduled') expect(silentFrames).toBeGreaterThan(48000); // the page's thread takes part
      // else what the page could not write in time is silence of the stream, not of the transport
      if (transport === 'scheduled') expect(after.underruns).toBeGreaterThan(48000 / 128);
      else expect(after.underruns).toBe(0);
    },
  );

  it('another output device: an event, the context keeps its rate, the tone its frequency (HOSTILE-H50)', async () => {
    const page = await openMachine(browser);
    await page.evaluate(async () => {
      await machine.playTone({ frequency: 997 });
      const context = machine.context as AudioContext & { setSinkId(id: object): Promise<void> };
      await context.setSinkId({ type: 'none' });
    });
    await page.waitForTimeout(300);
    const tone = measureTone((await record(page, 1))[0] ?? NOTHING, 48000);
    expect(tone?.frequencyHz).toBeCloseTo(997, 2);
    expect(tone?.thdPlusNoiseDb).toBeLessThan(-90);
    const told = await page.evaluate(() => events.map(([, detail]) => detail as { cause: string; state: string }));
    expect(told.filter(({ cause }) => cause === 'device')).toHaveLength(1);
    expect(told.at(-1)?.state).toBe('running'); // Chromium suspends the context for the change
    await page.evaluate(() => navigator.mediaDevices.dispatchEvent(new Event('devicechange')));
    expect(await page.evaluate(() => events.at(-1))).toEqual([
      'interruption',
      { cause: 'device', state: 'running', hidden: false },
    ]);
  });

  it('another sample rate is another context: the machine ends with its own, the next one plays at the new rate (HOSTILE-H50)', async () => {
    const page = await openMachine(browser);
    const reason = await page.evaluate(async () => {
      await machine.playTone({});
      const ended = new Promise((resolve) => {
        machine.addEventListener('close', ({ detail }) => resolve(detail.reason?.name));
      });
      await machine.context.close();
      const context = new AudioContext({ sampleRate: 44100 });
      globalThis.machine = await azalia.createAzalia({ context });
      globalThis.heard = { node: machine.output, output: 0 };
      await machine.playTone({ frequency: 997, sampleRate: 48000 });
      return ended;
    });
    expect(reason).toBe('ClosedError');
    await page.waitForTimeout(500);
    const tone = measureTone((await record(page, 1))[0] ?? NOTHING, 44100);
    expect(tone?.frequencyHz).toBeCloseTo(997, 2);
  });

  it.for(TRANSPORTS)('a hidden tab: an event, and sound goes on: %s', { retry: 2 }, async (transport) => {
    const page = await openMachine(browser, { transport });
    await playCounter(page);
    await page.waitForTimeout(500);
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    const { jumps, silentFrames, after } = await checkCounter(page, 2, () => machine.statistics().underruns);
    expect(jumps).toEqual([]);
    expect(silentFrames).toBeLessThanOrEqual(128 * after);
    expect(await page.evaluate(() => events.filter(([type]) => type !== 'underrun'))).toEqual([
      ['interruption', { cause: 'tab', state: 'running', hidden: true }],
    ]);
  });

  it('a jack that is plugged or pulled is an event with its pin; what is no pin is refused and tells nothing', async () => {
    const page = await openMachine(browser);
    const refused = await page.evaluate(async () => {
      await machine.codec.plug(0x1b, true);
      await machine.codec.plug(0x14, false);
      return machine.codec.plug(0x02, true).catch(({ name }) => name);
    });
    expect(refused).toBe('RangeError');
    await expect
      .poll(() => page.evaluate(() => events))
      .toEqual([
        ['jack', { pin: 0x1b, present: true }],
        ['jack', { pin: 0x14, present: false }],
      ]);
  });
});
