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
    Object.assign(this, { frames, at: 0, before: null, sounding: false, silentFrames: 0, jumps: [] });
  }
  process([[samples = new Float32Array(128)]]) {
    for (let i = 0; i < samples.length && this.at < this.frames; i++, this.at++) {
      const value = samples[i] * 32768;
      // a buffer source whose time rounds is interpolated by some 1e-12 of a sample (Chromium)
      const count = Math.abs(value - Math.round(value)) < 1e-6 ? Math.round(value) : value;
      if (count === 0 && !(this.sounding && this.before === -1)) {
        this.silentFrames++;
        this.sounding = false;
        continue;
      }
      if (this.before !== null && (count - this.before - 1) % 65536 !== 0) {
        this.jumps.push(this.at + ': ' + this.before + ', ' + count);
      }
      this.before = count;
      this.sounding = true;
    }
    if (this.at < this.frames) return true;
    this.port.postMessage({ jumps: this.jumps, silentFrames: this.silentFrames });
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

export interface Counted<T> {
  /** Where the counter does not go on by 1 from where it was, whatever silence lies between. */
  readonly jumps: readonly string[];
  readonly silentFrames: number;
  /** What the page saw at the end. */
  readonly after: T;
}

/** Checks, sample by sample in the worklet, that globalThis.heard gives a 16-bit counter for `seconds`. */
export function checkCounter<T>(page: Page, seconds: number, after: () => T): Promise<Counted<T>> {
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
      const counted = await new Promise<Pick<Counted<T>, 'jumps' | 'silentFrames'>>((resolve) => {
        counter.port.onmessage = ({ data }) => resolve(data);
      });
      node.disconnect(counter, output);
      return { ...counted, after: new Function(`return (${after})()`)() };
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
