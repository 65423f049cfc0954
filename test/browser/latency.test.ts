// How late a pin is heard: from the moment at which a verb mutes it in the machine to silence at the node.

import { expect, it } from 'vitest';
import { describeInBrowser } from './support/browser.ts';
import { openMachine, TRANSPORTS } from './support/machine.ts';

const WORDS = ['interactive', 'balanced', 'playback'] as const;

/** Line-out pin of `desktop`, and its amplifier muted (§5.6). */
const PIN = 0x14;
const SET_AMP = 0x3;
const MUTED = 0xb080;

/** Tells the frame of the first silent sample. */
const SILENCE = `
registerProcessor('silence', class extends AudioWorkletProcessor {
  process([[samples]]) {
    const at = samples ? samples.indexOf(0) : 0;
    if (at < 0) return true;
    this.port.postMessage(currentFrame + at);
    return false;
  }
});`;

describeInBrowser('latency', (browser) => {
  it.for(TRANSPORTS)(
    'what latency asks for is what stays queued, and what a verb takes to be heard: %s',
    { retry: 3 },
    async (transport) => {
      for (const latency of WORDS) {
        const page = await openMachine(browser, { transport, latency }, 48000, { texts: { '/silence.js': SILENCE } });
        const { from, to, statistics, baseFrames } = await page.evaluate(
          async ([pin, verb, muted]) => {
            const { context } = machine;
            const { writable } = await machine.openRender({ sampleRate: 48000, bits: 16, channels: 2 });
            const writer = writable.getWriter();
            void writer.write(new Int16Array(2 * 48000 * 5).fill(8192)).catch(() => {});
            await context.audioWorklet.addModule('/silence.js');
            await new Promise((resolve) => setTimeout(resolve, 1500));
            const ear = new AudioWorkletNode(context, 'silence', { numberOfOutputs: 0 });
            machine.output.connect(ear);
            await new Promise((resolve) => setTimeout(resolve, 300));
            const statistics = machine.statistics();
            const silent = new Promise<number>((resolve) => {
              ear.port.onmessage = ({ data }) => resolve(data);
            });
            const sent = context.currentTime * 48000;
            await machine.codec.verb(pin, verb, muted);
            const done = context.currentTime * 48000;
            const heard = await silent;
            const baseFrames = (context as AudioContext).baseLatency * 48000;
            return { from: heard - done, to: heard - sent, statistics, baseFrames };
          },
          [PIN, SET_AMP, MUTED] as const,
        );
        const { targetFrames, queuedFrames, latencySeconds, underruns } = statistics;
        const ms = (frames: number) => (frames / 48).toFixed(1);
        process.stdout.write(
          `${transport}, ${latency}: target ${targetFrames} frames (${ms(targetFrames)} ms), ` +
            `a verb is heard after ${ms(from)} to ${ms(to)} ms, statistics() says ${(1000 * latencySeconds).toFixed(1)} ms\n`,
        );
        const block = transport === 'scheduled' ? 1024 : 128;
        expect(underruns).toBe(0);
        expect(queuedFrames).toBeLessThanOrEqual(targetFrames);
        expect(to).toBeGreaterThan(targetFrames - block - baseFrames);
        expect(from).toBeLessThanOrEqual(targetFrames + block + baseFrames);
        await page.close();
      }
    },
  );
});
