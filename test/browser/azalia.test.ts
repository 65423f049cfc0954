import { expect, it } from 'vitest';
import { measureTone } from '../../src/dsp/measure.ts';
import type { Azalia } from '../../src/entries/index.ts';
import { describeInBrowser } from './support/browser.ts';
import { record } from './support/listen.ts';
import { openMachine, TRANSPORTS } from './support/machine.ts';

const NOTHING = new Float32Array();

describeInBrowser('createAzalia', (browser) => {
  it.for(['shared', 'scheduled'] as const)(
    'each output of the node is an association of the codec, a tone is at its pin and nowhere else: %s',
    async (transport) => {
      const page = await openMachine(browser, { transport, latency: 'interactive' });
      const pins = await page.evaluate(() =>
        machine.outputs.flatMap(({ pins }, output) =>
          pins.map(({ nid, firstChannel }) => ({ nid, firstChannel, output })),
        ),
      );
      expect(pins).toHaveLength(7);
      for (const { nid, firstChannel, output } of [pins[1], pins[5]].flatMap((pin) => pin ?? [])) {
        await page.evaluate(async (pin) => {
          globalThis.playing = await machine.playTone({ frequency: 1000, pin });
        }, nid);
        await page.waitForTimeout(500);
        for (const other of [0, 1, 2, 3]) {
          await page.evaluate((output) => {
            globalThis.heard = { node: machine.output, output };
          }, other);
          const channels = await record(page, 0.05, other === 0 ? 8 : 2);
          const loud = channels.flatMap((samples, channel) =>
            samples.some((sample) => sample !== 0) ? [channel] : [],
          );
          expect(loud).toEqual(other === output ? [firstChannel, firstChannel + 1] : []);
        }
        await page.evaluate(() => playing.stop());
      }
    },
  );

  it('a tone changes without a break, and ends when it was heard', { retry: 2 }, async () => {
    const page = await openMachine(browser);
    const late = await page.evaluate(async () => {
      globalThis.playing = await machine.playTone({ frequency: 300, level: -20, seconds: 1.5 });
      await playing.change({ frequency: 2000, level: -6 });
      const started = machine.context.currentTime;
      globalThis.ended = playing.finished.then(() => machine.context.currentTime - started);
      return machine.statistics().latencySeconds;
    });
    await page.waitForTimeout(200);
    const tone = measureTone((await record(page, 0.5))[0] ?? NOTHING, 48000);
    expect(tone?.frequencyHz).toBeCloseTo(2000, 1);
    expect(tone?.levelDbfs).toBeCloseTo(-6, 2);
    expect(await page.evaluate(() => ended)).toBeGreaterThan(1.4);
    expect(await page.evaluate(() => ended)).toBeLessThan(1.8);
    expect(late).toBeLessThan(0.2);
    expect((await record(page, 0.1))[0]?.every((sample) => sample === 0)).toBe(true);
  });

  it('a render stream takes AudioBuffers and planar floats, and close() resolves when all was heard', async () => {
    const page = await openMachine(browser);
    const recording = record(page, 1.5);
    await page.evaluate(async () => {
      const { writable } = await machine.openRender({ sampleRate: 48000, bits: 24, channels: 2 });
      const writer = writable.getWriter();
      const buffer = new AudioBuffer({ length: 2400, numberOfChannels: 2, sampleRate: 48000 });
      buffer.getChannelData(0).fill(0.25);
      buffer.getChannelData(1).fill(-0.25);
      await writer.write(buffer);
      await writer.write([new Float32Array(2400).fill(0.5), new Float32Array(2400).fill(-0.5)]);
      await writer.close();
    });
    const [left = NOTHING, right = NOTHING] = await recording;
    const count = (samples: Float32Array, value: number) => samples.filter((sample) => sample === value).length;
    expect([count(left, 0.25), count(left, 0.5), count(right, -0.25), count(right, -0.5)]).toEqual([
      2400, 2400, 2400, 2400,
    ]);
    expect(count(left, 0)).toBe(left.length - 4800);
  });

  it.for([
    ['a wave too high', { frequency: 24000 }, 'RangeError', /24000/, null],
    ['a level above 0', { level: 1 }, 'RangeError', /level/i, null],
    ['no length', { seconds: 0 }, 'RangeError', /seconds is 0/, null],
    ['a pin that is an input', { pin: 0x18 }, 'AzaliaError', /18h is not an output/, 'RefusedError'],
    ['a rate that no codec has', { sampleRate: 12345 }, 'AzaliaError', /12345/, 'RefusedError'],
  ] as const)('%s is refused by name', async ([, options, kind, message, name]) => {
    const page = await openMachine(browser);
    const error = await page.evaluate(async (options) => {
      const error = await machine.playTone(options).then(
        () => new Error('it played'),
        (error) => error,
      );
      return {
        kind: error.constructor.name,
        isRangeError: error instanceof RangeError,
        isAzaliaError: error instanceof azalia.AzaliaError,
        name: error.name,
        message: error.message,
        status: error.status ?? null,
      };
    }, options);
    expect(error.message).toMatch(message);
    expect(error.isAzaliaError).toBe(kind === 'AzaliaError');
    expect(error.isRangeError).toBe(kind === 'RangeError');
    expect(error.name).toBe(name ?? kind);
    if (name) expect((error.status as number) >>> 30).toBe(3);
  });

  it('without isolation auto takes messages and says so', async () => {
    const page = await browser.openEmpty({ isolated: false });
    const [transport, missing] = await page.evaluate(async () => {
      const machine = await azalia.createAzalia();
      return [machine.statistics().transport, azalia.missingForSharedMemory()];
    });
    expect(transport).toBe('message');
    expect(missing).toMatch(/not cross-origin isolated.*Cross-Origin-Embedder-Policy: require-corp/);
  });

  it.for(TRANSPORTS)(
    'a killed worker ends in an event and rejections within a second, and another machine works: %s',
    async (transport) => {
      const page = await openMachine(browser, { transport });
      await page.evaluate(async () => {
        globalThis.playing = await machine.playTone({});
        globalThis.failure = playing.finished.then(String, (error) => error.name);
      });
      const [worker] = page.workers();
      const killed = Date.now();
      await worker?.evaluate(() => close()).catch(() => {});
      expect(await page.evaluate(() => failure)).toBe('WorkerError');
      expect(Date.now() - killed).toBeLessThan(1000);
      expect(await page.evaluate(() => events.map(([type]) => type))).toContain('close');
      expect(await page.evaluate(() => machine.playTone({}).catch((error) => error.name))).toBe('WorkerError');
      const frequency = await page.evaluate(async () => {
        const { context } = machine;
        globalThis.machine = await azalia.createAzalia({ context });
        globalThis.heard = { node: machine.output, output: 0 };
        await machine.playTone({ frequency: 500 });
      });
      expect(frequency).toBeUndefined();
      await page.waitForTimeout(200);
      expect(measureTone((await record(page, 0.5))[0] ?? NOTHING, 48000)?.frequencyHz).toBeCloseTo(500, 1);
    },
  );

  it.for(TRANSPORTS)('device time passes though nothing is connected: %s', async (transport) => {
    const page = await browser.openEmpty();
    const ticks = await page.evaluate(async (transport) => {
      globalThis.machine = await azalia.createAzalia({ transport, latency: 'interactive' });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const before = machine.statistics().linkTicks;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return machine.statistics().linkTicks - before;
    }, transport);
    expect(ticks).toBeGreaterThan(24_000_000 / 2);
  });

  it('close() leaves nothing running, and says so once', async () => {
    const page = await browser.openEmpty();
    const state = await page.evaluate(async () => {
      const machine = await azalia.createAzalia();
      const reasons: unknown[] = [];
      machine.addEventListener('close', ({ detail }) => reasons.push(detail.reason));
      const tone = await machine.playTone({});
      await machine.close();
      await machine.close();
      return [machine.context.state, reasons, await tone.finished.catch((error) => error.name)];
    });
    expect(state).toEqual(['closed', [null], 'ClosedError']);
    await expect.poll(() => page.workers().length).toBe(0);
  });

  it('a context that the app closes ends the machine', async () => {
    const page = await openMachine(browser);
    await page.evaluate(() => machine.context.close());
    await expect.poll(() => page.workers().length).toBe(0);
    expect(await page.evaluate(() => events.map(([type]) => type))).toContain('close');
  });
});

declare global {
  var playing: Awaited<ReturnType<Azalia['playTone']>>;
  var ended: Promise<number>;
  var failure: Promise<string>;
}
