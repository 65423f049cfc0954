// The queue between the guest's clock and the audio clock.

import { expect, it } from 'vitest';
import { Core } from '../../src/controller/core.ts';
import { measureTone } from '../../src/dsp/measure.ts';
import { ENGINE_BYTES } from '../../src/v86/resampler.ts';
import { Speaker, type SpeakerOutlet } from '../../src/v86/speaker.ts';
import { jumps } from './support/jumps.ts';

const RATE_HZ = 48_000;
const QUANTUM = 128;
const RING_FRAMES = 8192;
const BURST_MS = 20; // the card hands over every 20 ms
const HERTZ = 997;
const AMPLITUDE = 0.5;
/** speaker.ts: 60 ms wait just after a burst, a burst less just before the next. */
const TARGET_FRAMES = 2880;
const QUEUED_FRAMES = TARGET_FRAMES - 960;

/** A ring that an audio callback empties, quantum by quantum. */
class Outlet implements SpeakerOutlet {
  underruns = 0;
  readonly heard: number[] = [];
  readonly #ring: number[] = [];
  #at = 0;
  #step = new Float32Array(QUANTUM);
  #onRoom = () => {};

  start(onRoom: () => void): void {
    this.#onRoom = onRoom;
  }
  get room(): number {
    return RING_FRAMES - (this.#ring.length - this.#at);
  }
  write(lane: number, samples: Float32Array): void {
    if (lane === 1) this.#step = samples.slice();
  }
  commit(): void {
    this.#ring.push(...this.#step);
  }

  callback(): void {
    if (this.#ring.length - this.#at < QUANTUM) this.underruns++;
    else for (let i = 0; i < QUANTUM; i++) this.heard.push(this.#ring[this.#at++] as number);
    this.#onRoom();
  }
}

async function speakerOn(outlet: Outlet): Promise<Speaker> {
  const core = await Core.create({ ramBytes: ENGINE_BYTES, streams: { input: 0, output: 1, bidirectional: 0 } });
  if (!core.engine) throw new Error('no engine');
  return new Speaker(outlet, RATE_HZ, core.engine);
}

interface Played {
  readonly speaker: Speaker;
  readonly outlet: Outlet;
  /** Frames that waited, just before each burst. */
  readonly queued: readonly number[];
  /** Dropped while nobody listened. */
  readonly droppedBefore: number;
}

const SUSPENDED_MS = 1100;

/**
 * `seconds` of a sine from a guest whose clock runs `ppm` faster than the audio clock, and who is 40 ms late once a second;
 * the AudioContext is suspended at first.
 */
async function play(ppm: number, seconds: number): Promise<Played> {
  const outlet = new Outlet();
  const speaker = await speakerOn(outlet);
  const queued: number[] = [];
  let made = 0;
  let quanta = 0;
  let droppedBefore = 0;
  for (let ms = BURST_MS; ms <= seconds * 1000; ms += BURST_MS) {
    if (ms % 1000 > BURST_MS) {
      const due = Math.floor((ms / 1000) * RATE_HZ * (1 + ppm / 1e6));
      const samples = Float32Array.from({ length: due - made }, (_, i) => sine(made + i));
      made = due;
      speaker.play([new Float32Array(samples.length), samples]);
    }
    for (; quanta * QUANTUM < ((ms - SUSPENDED_MS) / 1000) * RATE_HZ; quanta++) {
      outlet.callback();
      if (quanta === 0) droppedBefore = speaker.droppedFrames;
    }
    queued.push(speaker.queuedFrames);
  }
  return { speaker, outlet, queued, droppedBefore };
}

const sine = (frame: number) => AMPLITUDE * Math.sin((2 * Math.PI * frame * HERTZ) / RATE_HZ);

const SECONDS = 90;
const SETTLED_SECONDS = 70;
const RING_SECONDS = 0.2; // what was queued before anybody listened

it.each([0, 50, -50, 1000, -1000, 2000, -2000])(
  'a guest %i ppm off the audio clock is heard without a gap or a frame too many; settled, THD+N is below −90 dB and the queue stands',
  async (ppm) => {
    const { speaker, outlet, queued, droppedBefore } = await play(ppm, SECONDS);
    expect([outlet.underruns, speaker.droppedFrames - droppedBefore]).toEqual([0, 0]);
    const sound = Float32Array.from(outlet.heard).subarray(RING_SECONDS * RATE_HZ);
    expect(sound.length).toBeGreaterThan((SECONDS - 1 - 2 * RING_SECONDS) * RATE_HZ);
    expect(jumps(sound, AMPLITUDE, HERTZ, RATE_HZ)).toEqual([]);
    for (let second = SETTLED_SECONDS; second + 2 < SECONDS; second++) {
      const tone = measureTone(sound.slice(second * RATE_HZ, (second + 1) * RATE_HZ), RATE_HZ);
      expect(tone?.thdPlusNoiseDb).toBeLessThan(-120);
      expect(tone?.levelDbfs).toBeCloseTo(20 * Math.log10(AMPLITUDE), 3);
      expect(Math.abs((tone?.frequencyHz ?? 0) / (HERTZ * (1 + ppm / 1e6)) - 1)).toBeLessThan(100e-6);
      const waiting = queued.slice(second * 50, (second + 1) * 50);
      const mean = waiting.reduce((sum, frames) => sum + frames, 0) / waiting.length;
      expect(Math.abs(mean - QUEUED_FRAMES)).toBeLessThan(1100); // 20 ms, and what a window's measurement is off
    }
    expect(Math.abs(speaker.driftPpm - ppm)).toBeLessThan(100);
  },
);

it('while the AudioContext is suspended the oldest goes, counted; when it goes on, what is heard is not late', async () => {
  const outlet = new Outlet();
  const speaker = await speakerOn(outlet);
  const burst = 960;
  for (let n = 0; n < 500; n++)
    speaker.play([Float32Array.from({ length: burst }, (_, i) => (n * burst + i) / 2 ** 20)]);
  expect(speaker.queuedFrames).toBeLessThanOrEqual(RING_FRAMES + 3 * TARGET_FRAMES);
  outlet.callback();
  expect(speaker.queuedFrames).toBeLessThanOrEqual(TARGET_FRAMES + QUANTUM);
  const rest = speaker.droppedFrames + speaker.queuedFrames + RING_FRAMES;
  expect(Math.abs(rest - 500 * burst)).toBeLessThanOrEqual(3 * QUANTUM); // those that were heard, and the filter's
  while (outlet.heard.length < RING_FRAMES + 1024) outlet.callback();
  const latest = 2 ** 20 * (outlet.heard.at(-1) as number);
  expect(500 * burst - latest).toBeLessThan(TARGET_FRAMES + RING_FRAMES);
});
