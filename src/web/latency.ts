import { SCHEDULED_STEPS, STEP_FRAMES } from '../worker/outlet.ts';
import type { Transport } from '../worker/protocol.ts';

/** How long samples wait for the audio callback; a number is seconds, as AudioContextOptions.latencyHint. */
export type Latency = 'interactive' | 'balanced' | 'playback' | number;

/**
 * Frames. Measured in Chromium with the page's thread blocked 200 ms of every second: shared memory lost nothing from
 * 384 on, messages nothing from 256 (and 1024 leaves room for slower machines). What is 'scheduled' must outlast the
 * block, since the page's thread takes part.
 */
const TARGET_FRAMES: Record<Transport, Record<Exclude<Latency, number>, number>> = {
  shared: { interactive: 384, balanced: 2048, playback: 8192 },
  message: { interactive: 1024, balanced: 3072, playback: 8192 },
  scheduled: { interactive: 12288, balanced: 16384, playback: 32768 },
};
/** Of blocks: one plays, one is on the clock, the others are on their way. */
const LEAST_BLOCKS = 4;
const MOST_SECONDS = 10;

/**
 * Frames that the transport keeps queued, in whole quanta or blocks: the latency, and what the browser takes at one go
 * beyond a quantum (its baseLatency: 1 quantum with latencyHint 0, about 4 by default). RangeError outside 0…10 s or for
 * an unknown word.
 */
export function targetFrames(latency: Latency, transport: Transport, context: AudioContext): number {
  const { sampleRate, baseLatency = 0 } = context;
  const frames = typeof latency === 'number' ? latency * sampleRate : TARGET_FRAMES[transport][latency];
  if (!(frames > 0 && frames <= MOST_SECONDS * sampleRate)) {
    const words = Object.keys(TARGET_FRAMES[transport]).join("', '");
    throw new RangeError(`latency is ${latency}: must be '${words}' or seconds, above 0 and up to ${MOST_SECONDS}`);
  }
  const burst = Math.max(0, baseLatency * sampleRate - STEP_FRAMES);
  const [unit, least] = transport === 'scheduled' ? [SCHEDULED_STEPS * STEP_FRAMES, LEAST_BLOCKS] : [STEP_FRAMES, 1];
  return unit * Math.max(least, Math.ceil((frames + burst) / unit - 1e-6));
}
