// Sound in: an AudioNode to the codec's input pins, ADC, DMA and class driver, and back to the page.

import { expect, it } from 'vitest';
import { measureTone } from '../../src/dsp/measure.ts';
import type { Transport } from '../../src/entries/index.ts';
import { describeInBrowser } from './support/browser.ts';

describeInBrowser('azalia.input and openCapture', (browser) => {
  async function openMachine(transport: Transport) {
    const page = await browser.openEmpty();
    await page.evaluate(async (transport) => {
      const context = new AudioContext({ sampleRate: 48000 });
      globalThis.machine = await azalia.createAzalia({ context, transport });
      machine.output.connect(context.destination);
      await context.resume();
    }, transport);
    return page;
  }

  /** 2.5 s of 997 Hz at half of full scale, fed in and captured. */
  async function captureSine(transport: Transport, sampleRate: number) {
    const page = await openMachine(transport);
    return page.evaluate(async (sampleRate) => {
      const { context } = machine;
      const sine = new OscillatorNode(context, { frequency: 997 });
      sine.connect(new GainNode(context, { gain: 0.5 })).connect(machine.input);
      sine.start();
      const capture = await machine.openCapture({ sampleRate, bits: 24, channels: 2 });
      const left: number[] = [];
      const reader = capture.readable.getReader();
      while (left.length < 2.5 * sampleRate) {
        const { value } = await reader.read();
        const samples = value as Int32Array;
        for (let i = 0; i < samples.length; i += 2) left.push((samples[i] as number) / 2 ** 31);
      }
      await capture.close();
      const gaps = machine.statistics().inputGaps;
      return { left, lost: capture.lostFrames, gaps, pins: capture.pins };
    }, sampleRate);
  }

  // The sink of a Chromium without a sound card is a timer: a busy computer leaves holes, hence the retries.
  it.for([
    ['shared', 48000],
    ['message', 48000],
    ['shared', 44100],
  ] as const)(
    'a sine that is fed in comes back by openCapture with THD+N below −90 dB: %s, captured at %i Hz',
    { retry: 3 },
    async ([transport, sampleRate]) => {
      const captured = await captureSine(transport, sampleRate);
      expect([captured.pins, captured.lost, captured.gaps]).toEqual([[0x1a], 0, 0]);
      const samples = Float32Array.from(captured.left.slice(sampleRate / 2));
      const tone = measureTone(samples, sampleRate);
      expect(tone?.frequencyHz).toBeCloseTo(997, 2);
      expect(tone?.levelDbfs).toBeCloseTo(20 * Math.log10(0.5), 2);
      expect(tone?.thdPlusNoiseDb).toBeLessThan(-90);
    },
  );

  // A ScriptProcessorNode leaves quanta out in Chromium, after the seams of its buffers (one that records our output does
  // so too): what lies between two of these holes is the sine.
  it('scheduled: between what a ScriptProcessorNode leaves out it is the sine, THD+N below −90 dB', {
    retry: 3,
  }, async () => {
    const { left, pins } = await captureSine('scheduled', 48_000);
    expect(pins).toEqual([0x1a]);
    const samples = left.slice(24_000);
    const twice = 2 * Math.cos((2 * Math.PI * 997) / 48_000);
    const at = (n: number) => samples[n] ?? Number.NaN;
    const holes = samples.flatMap((_, n) => (Math.abs(at(n - 1) - twice * at(n) + at(n + 1)) > 1e-3 ? [n] : []));
    const stretches = [0, ...holes].map((from, n) => [from + 2, (holes[n] ?? samples.length) - 2] as const);
    const [from, to] = stretches.reduce((most, each) => (each[1] - each[0] > most[1] - most[0] ? each : most));
    const seams = holes.filter((n, i) => n - (holes[i - 1] ?? 0) > 3);
    process.stdout.write(`scheduled input: ${seams.length} holes in ${samples.length} frames\n`);
    expect(to - from).toBeGreaterThan(9600);
    const tone = measureTone(Float32Array.from(samples.slice(from, to)), 48_000);
    expect(tone?.frequencyHz).toBeCloseTo(997, 2);
    expect(tone?.levelDbfs).toBeCloseTo(20 * Math.log10(0.5), 2);
    expect(tone?.thdPlusNoiseDb).toBeLessThan(-90);
  });

  it('a click that goes in and is recorded comes back within a quarter of a second', { retry: 3 }, async () => {
    const page = await openMachine('shared');
    const milliseconds = await page.evaluate(async () => {
      const { context } = machine;
      const capture = await machine.openCapture({ sampleRate: 48000, bits: 16, channels: 2 });
      const click = new AudioBuffer({ length: 48, sampleRate: 48000 });
      click.getChannelData(0).fill(0.9);
      const zero = new ConstantSourceNode(context, { offset: 0 }); // keeps the input open
      zero.connect(machine.input);
      zero.start();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const source = new AudioBufferSourceNode(context, { buffer: click });
      source.connect(machine.input);
      const reader = capture.readable.getReader();
      await reader.read(); // what has come so far
      const begun = performance.now();
      source.start();
      for (;;) {
        const { value } = await reader.read();
        if ((value as Int16Array).some((sample) => sample > 16000)) return performance.now() - begun;
      }
    });
    process.stdout.write(`round trip of a click, input to openCapture: ${milliseconds.toFixed(0)} ms\n`);
    expect(milliseconds).toBeLessThan(250);
  });

  it('close ends the stream after what has come; an output pin is refused with its status', async () => {
    const page = await openMachine('shared');
    const told = await page.evaluate(async () => {
      const capture = await machine.openCapture({ sampleRate: 48000, bits: 16, channels: 2 });
      const reader = capture.readable.getReader();
      await reader.read();
      await capture.close();
      let reads = 0;
      while (!(await reader.read()).done) reads++;
      const refused = await machine
        .openCapture({ sampleRate: 48000, bits: 16, channels: 2, pin: 0x14 })
        .catch(({ name, status }) => `${name} ${status !== 0}`);
      return { reads, refused };
    });
    expect(told.reads).toBeLessThanOrEqual(1);
    expect(told.refused).toBe('RefusedError true');
  });
});
