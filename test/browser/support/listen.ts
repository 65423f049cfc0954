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

/** Blocks the page's own thread 200 ms of every second. */
export async function block(page: Page): Promise<void> {
  await page.evaluate(() => {
    setInterval(() => {
      const until = performance.now() + 200;
      while (performance.now() < until);
    }, 1000);
  });
}
