import { expect, it } from 'vitest';
import { type Latency, targetFrames } from '../../src/web/latency.ts';

const contextOf = (baseLatency: number, sampleRate = 48000) => ({ baseLatency, sampleRate }) as AudioContext;

it.each([
  ['interactive', 'shared', 128, 384],
  ['interactive', 'message', 128, 1024],
  ['balanced', 'shared', 480, 2432], // 352 frames more come at one go
  ['playback', 'shared', 1024, 9088],
  [384 / 48000, 'shared', 128, 384],
  [385 / 48000, 'shared', 128, 512],
  [1e-6, 'shared', 128, 128],
  ['interactive', 'scheduled', 128, 12288],
  ['balanced', 'scheduled', 480, 17408], // whole blocks of 1024
  ['playback', 'scheduled', 1024, 33792],
  [1e-6, 'scheduled', 128, 4096], // four blocks at least
] as const)('%s over %s, %i frames at one go: %i frames stay queued', (latency, transport, burst, frames) => {
  expect(targetFrames(latency, transport, contextOf(burst / 48000))).toBe(frames);
});

it('a browser that does not tell its baseLatency is taken to pull single quanta', () => {
  expect(targetFrames('interactive', 'shared', { sampleRate: 44100 } as AudioContext)).toBe(384);
});

it.each([0, -1, Number.NaN, 10.1, 384, 'fast'])('%s is no latency', (latency) => {
  expect(() => targetFrames(latency as Latency, 'shared', contextOf(0.01))).toThrow(RangeError);
  expect(() => targetFrames(latency as Latency, 'shared', contextOf(0.01))).toThrow(String(latency));
});
