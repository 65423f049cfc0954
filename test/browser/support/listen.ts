// How a test hears a page: a worklet that records what a node gives, sample by sample.

import type { Page } from 'playwright-core';

export const RECORDER = `
registerProcessor('recorder', class extends AudioWorkletProcessor {
  constructor({ processorOptions: { frames, channels } }) {
    super();
    this.at = 0;
    this.frames = frames;
    this.recorded = Array.from({ length: channels }, () => new Float32Array(frames));
  }
  process([input]) {
    const count = Math.min(128, this.frames - this.at);
    this.recorded.forEach((to, channel) => { if (input[channel]) to.set(input[channel].subarray(0, count), this.at); });
    this.at += count;
    if (this.at < this.frames) return true;
    this.port.postMessage(this.recorded);
    return false;
  }
});
registerProcessor('counter', class extends AudioWorkletProcessor {
  constructor({ processorOptions: { frames } }) {
    super();
    this.frames = frames;
    this.at = 0;
    this.breaks = [];
    this.silence = 0;
  }
  process([[samples = new Float32Array(128)]]) {
    for (let i = 0; i < samples.length && this.at < this.frames; i++, this.at++) {
      const count = samples[i] * 32768;
      const silent = count === 0 && this.before === 0;
      if (silent) this.silence++;
      else if (this.at > 0 && (count - this.before - 1) % 65536 !== 0) this.breaks.push([this.at, this.before, count]);
      this.before = count;
    }
    if (this.at < this.frames) return true;
    const told = this.breaks.map(([frame, before, count]) => frame + ': ' + before + ', ' + count);
    if (this.silence > 0) told.push(this.silence + ' frames of silence');
    this.port.postMessage(told);
    return false;
  }
});`;

declare global {
  /** Node whose sound is recorded, and which of its outputs. */
  var heard: { node: AudioNode; output: number } | undefined;
}

/** Records the next `seconds` of globalThis.heard, one array per channel. */
export async function record(page: Page, seconds: number, channels = 2): Promise<Float32Array[]> {
  const texts = await page.evaluate(
    async ([seconds, channels]) => {
      if (!heard) throw new Error('nothing is connected');
      const { node, output } = heard;
      const context = node.context as AudioContext;
      await context.audioWorklet.addModule('/recorder.js');
      const recorder = new AudioWorkletNode(context, 'recorder', {
        numberOfOutputs: 0,
        channelCount: channels,
        channelCountMode: 'explicit',
        channelInterpretation: 'discrete',
        processorOptions: { frames: Math.round(seconds * context.sampleRate), channels },
      });
      node.connect(recorder, output);
      const recorded = await new Promise<Float32Array[]>((resolve) => {
        recorder.port.onmessage = ({ data }) => resolve(data);
      });
      node.disconnect(recorder, output);
      return recorded.map((samples) => {
        const bytes = new Uint8Array(samples.buffer);
        let text = '';
        for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
        return btoa(text);
      });
    },
    [seconds, channels] as const,
  );
  return texts.map((text) => {
    const bytes = Buffer.from(text, 'base64');
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  });
}

/**
 * Checks, sample by sample in the worklet, that globalThis.heard gives a 16-bit counter for `seconds`: one line for each
 * place where it does not go on by 1. `after` is what the page sees at that moment.
 */
export function countBreaks<T>(page: Page, seconds: number, after: () => T): Promise<{ breaks: string[]; after: T }> {
  return page.evaluate(
    async ([seconds, after]) => {
      if (!heard) throw new Error('nothing is connected');
      const { node, output } = heard;
      const context = node.context as AudioContext;
      await context.audioWorklet.addModule('/recorder.js');
      const counter = new AudioWorkletNode(context, 'counter', {
        numberOfOutputs: 0,
        processorOptions: { frames: seconds * context.sampleRate },
      });
      node.connect(counter, output);
      const breaks = await new Promise<string[]>((resolve) => {
        counter.port.onmessage = ({ data }) => resolve(data);
      });
      node.disconnect(counter, output);
      return { breaks, after: new Function(`return (${after})()`)() };
    },
    [seconds, after.toString()] as const,
  );
}

/** Blocks the page's own thread 200 ms of every second. */
export async function block(page: Page): Promise<void> {
  await page.evaluate(() => {
    setInterval(() => {
      const until = performance.now() + 200;
      while (performance.now() < until);
    }, 1000);
  });
}
