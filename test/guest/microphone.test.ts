// From the audio clock to the guest's clock.

import { expect, it } from 'vitest';
import { Core } from '../../src/controller/core.ts';
import { measureTone } from '../../src/dsp/measure.ts';
import { Microphone } from '../../src/v86/microphone.ts';
import { ENGINE_BYTES } from '../../src/v86/resampler.ts';
import { jumps } from './support/jumps.ts';

const RATE_HZ = 48_000;
const QUANTUM = 128;
const HERTZ = 997;
const AMPLITUDE = 0.5;
const [LINE_IN, MICROPHONE] = [0x1a, 0x18];

async function create(): Promise<Microphone> {
  const core = await Core.create({ ramBytes: ENGINE_BYTES, streams: { input: 0, output: 1, bidirectional: 0 } });
  if (!core.engine) throw new Error('no engine');
  return new Microphone(RATE_HZ, core.engine);
}

const sine = (frame: number) => AMPLITUDE * Math.sin((2 * Math.PI * frame * HERTZ) / RATE_HZ);

it.each([0, 1000, -1000])(
  'a guest %i ppm off the audio clock records without a gap or a jump; settled, THD+N is below −90 dB',
  async (ppm) => {
    const seconds = 90;
    const microphone = await create();
    const heard = new Float32Array(seconds * RATE_HZ * 1.01);
    let frames = 0;
    let brought = 0;
    let taken = 0;
    for (let ms = 1; ms <= seconds * 1000; ms++) {
      for (; (brought + QUANTUM) / RATE_HZ <= ms / 1000; brought += QUANTUM) {
        const samples = Float32Array.from({ length: QUANTUM }, (_, i) => sine(brought + i));
        microphone.hear([samples, samples]);
      }
      const due = Math.floor((ms / 1000) * RATE_HZ * (1 + ppm / 1e6)) - taken;
      taken += due;
      const channels = microphone.source(due, RATE_HZ, MICROPHONE);
      expect(microphone.source(due, RATE_HZ, LINE_IN)).toBe(channels); // both jacks hear the same
      if (!channels) continue;
      heard.set(channels[1] as Float32Array, frames);
      frames += due;
    }
    expect(microphone.gaps).toBe(0);
    expect(frames).toBeGreaterThan((seconds - 0.3) * RATE_HZ);
    const sound = heard.subarray(2 * QUANTUM, frames); // the filter rings where a sound begins
    expect(jumps(sound, AMPLITUDE, HERTZ, RATE_HZ)).toEqual([]);
    const tone = measureTone(heard.slice(frames - RATE_HZ, frames), RATE_HZ);
    expect(tone?.thdPlusNoiseDb).toBeLessThan(-120);
    expect(Math.abs(((tone?.frequencyHz ?? 0) * (1 + ppm / 1e6)) / HERTZ - 1)).toBeLessThan(100e-6);
  },
);

it('while the guest does not record, what it will hear does not grow old', async () => {
  const microphone = await create();
  for (let n = 0; n < 1000; n++) microphone.hear([new Float32Array(QUANTUM).fill(n / 1000)]);
  const [left] = microphone.source(1920, RATE_HZ, MICROPHONE) ?? [];
  expect(left?.at(-1)).toBeGreaterThan(0.95); // of the last 120 ms
});
