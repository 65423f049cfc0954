import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PCM_RATES } from '../../src/hda/pcm.ts';
import { framesAt, linkFramesAt } from '../../src/worker/analogue-clock.ts';

const rates = PCM_RATES.map(({ rateHz }) => rateHz);

it('the link frame that is waited for is the first by which the frames are there, at every rate', () => {
  fc.assert(
    fc.property(fc.constantFrom(...rates), fc.integer({ min: 1, max: 2 ** 40 }), (rateHz, frames) => {
      const k = linkFramesAt(frames, rateHz);
      expect(framesAt(k, rateHz)).toBeGreaterThanOrEqual(frames);
      expect(framesAt(k - 1, rateHz)).toBeLessThan(frames);
    }),
  );
});

it('an hour at 44.1 kHz takes an hour of link frames', () => {
  expect(framesAt(3600 * 48000, 44100)).toBe(3600 * 44100);
  expect(linkFramesAt(3600 * 44100 + 1, 44100)).toBe(3600 * 48000 + 1);
});

it('no frames take no time', () => expect(linkFramesAt(0, 44100)).toBe(0));
