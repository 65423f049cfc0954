// The queue between the guest's clock and the audio clock.

import { expect, it } from 'vitest';
import { SPEAKER_LANES, Speaker, type SpeakerOutlet } from '../../src/v86/speaker.ts';

const RATE_HZ = 48_000;
const QUANTUM = 128;
const TARGET_FRAMES = 2048;
const BURST_MS = 20; // the card hands over every 20 ms

/** A ring that an audio callback empties, quantum by quantum. */
class Outlet implements SpeakerOutlet {
  underruns = 0;
  readonly heard: number[] = [];
  #ring: number[] = [];
  #step = new Float32Array(QUANTUM);
  #onRoom = () => {};

  start(onRoom: () => void): void {
    this.#onRoom = onRoom;
  }
  get room(): number {
    return TARGET_FRAMES - this.#ring.length;
  }
  write(lane: number, samples: Float32Array): void {
    if (lane === 0) this.#step = samples.slice();
  }
  commit(): void {
    this.#ring.push(...this.#step);
  }
  close(): void {}

  callback(): void {
    if (this.#ring.length < QUANTUM) this.underruns++;
    else {
      for (let i = 0; i < QUANTUM; i++) this.heard.push(this.#ring[i] as number);
      this.#ring = this.#ring.slice(QUANTUM);
    }
    this.#onRoom();
  }
}

/** `seconds` of a ramp from a guest whose clock runs `ppm` faster than the audio clock. */
function play(ppm: number, seconds: number): { speaker: Speaker; outlet: Outlet } {
  const outlet = new Outlet();
  const speaker = new Speaker(outlet);
  let made = 0;
  let quanta = 0;
  for (let ms = BURST_MS; ms <= seconds * 1000; ms += BURST_MS) {
    const due = Math.floor((ms / 1000) * RATE_HZ * (1 + ppm / 1e6));
    const samples = Float32Array.from({ length: due - made }, (_, i) => made + i);
    made = due;
    speaker.play(Array.from({ length: SPEAKER_LANES }, () => samples));
    // The first 200 ms the callback has not begun.
    for (; ms > 200 && quanta * QUANTUM < ((ms - 200) / 1000) * RATE_HZ; quanta++) outlet.callback();
  }
  return { speaker, outlet };
}

const SECONDS = 60;
/** After these, what had piled up before the callback began is worked off. */
const SETTLED_SECONDS = 30;

it.each([0, 1000, -1000, 5000, -5000])(
  'a guest %i ppm off the audio clock is heard without a gap: single frames make up for it',
  (ppm) => {
    const { speaker, outlet } = play(ppm, SECONDS);
    expect(outlet.underruns).toBe(0);
    let dropped = 0;
    let repeated = 0;
    const jumps: number[] = [];
    for (let i = SETTLED_SECONDS * RATE_HZ; i < outlet.heard.length; i++) {
      const step = (outlet.heard[i] as number) - (outlet.heard[i - 1] as number);
      if (step === 2) dropped++;
      else if (step === 0) repeated++;
      else if (step !== 1) jumps.push(i);
    }
    expect(jumps).toEqual([]);
    const expected = (ppm / 1e6) * (SECONDS - SETTLED_SECONDS) * RATE_HZ;
    const slack = 4096; // the queue itself
    expect(dropped - repeated).toBeGreaterThan(expected - slack);
    expect(dropped - repeated).toBeLessThan(expected + slack);
    if (ppm === 0) expect(dropped + repeated).toBe(0);
    expect(speaker.droppedFrames).toBeGreaterThanOrEqual(dropped);
  },
);

it('while the AudioContext is suspended the oldest goes, counted, and what is kept is bounded', () => {
  const outlet = new Outlet();
  const speaker = new Speaker(outlet);
  for (let n = 0; n < 500; n++) speaker.play([new Float32Array(960).fill(n)]);
  expect(speaker.queuedFrames).toBeLessThanOrEqual(16_384);
  const kept = speaker.queuedFrames + (TARGET_FRAMES - outlet.room);
  expect(kept + speaker.droppedFrames - speaker.repeatedFrames).toBe(480_000);
});
