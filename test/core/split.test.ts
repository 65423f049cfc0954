// Time in any steps is the same time (design, Time): samples, events, positions and memory do not depend on who calls.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatRateHz, PCM_RATES } from '../../src/hda/pcm.ts';
import { DPLBASE } from '../../src/hda/registers.ts';
import { FORMAT_BITS_SHIFT, formatChannels } from '../../src/hda/stream-format.ts';
import { type CoreKind, createRig, noise, onEachCore, type Rig, type StreamSetup } from './rig.ts';

const FRAMES = 400;

const stream = fc
  .record({
    rate: fc.constantFrom(...PCM_RATES.map((row) => row.code)),
    bits: fc.nat(4),
    channels: fc.nat(7),
    lengths: fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 2, maxLength: 40 }),
    faulty: fc.nat(20),
    start: fc.nat(150),
    pause: fc.integer({ min: 160, max: 250 }),
  })
  .filter(({ lengths }) => lengths.some((bytes) => bytes > 0));

type Plan = typeof stream extends fc.Arbitrary<infer T> ? T : never;

/** Streams 0 and 1 capture what 4 and 5 play; start, pause and resume at their frames; everything is noted. */
async function play(kind: CoreKind, plans: readonly Plan[], step: () => number) {
  const rig: Rig = await createRig(kind);
  rig.core.memory.write(0x10000, noise(0x20000, 9));
  rig.registers.setUint32(DPLBASE, 0x9001, true);
  const formats = plans.map((plan) => plan.rate | (plan.bits << FORMAT_BITS_SHIFT) | plan.channels);
  const ratesHz = formats.map(formatRateHz);
  const lanesOf = (i: number) =>
    Array.from({ length: formatChannels(formats[i] as number) }, (_, lane) => i * 8 + lane);
  const converters = formats.map((format, i) => ({
    tag: i + 1,
    firstStreamChannel: 0,
    format,
    rate: i,
    lanes: lanesOf(i),
  }));
  rig.load({ ratesHz, lanes: 16, outputs: converters, inputs: converters });
  plans.forEach((plan, i) => {
    const setUp = (n: number, base: number) => {
      let at = base;
      const entries = plan.lengths.map((bytes, k) => {
        const address = plan.faulty === k ? 0x100000 : at;
        at += bytes;
        return { address, bytes, ioc: k % 3 === 0 };
      });
      const setup: StreamSetup = { format: formats[i] as number, entries, tag: i + 1 };
      rig.setUp(n, setup);
    };
    setUp(4 + i, 0x10000 + i * 0x10000);
    setUp(i, 0x40000 + i * 0x10000);
  });
  const views = Array.from({ length: 16 }, (_, lane) => rig.core.laneView(lane));
  const heard = views.map(() => [] as number[]);
  const moments = plans
    .flatMap((plan, i) => [
      { frame: plan.start, act: () => rig.start(i, 4 + i) },
      {
        frame: plan.pause,
        act: () =>
          [i, 4 + i]
            .filter((n) => rig.isRunning(n))
            .forEach((n) => {
              rig.stop(n);
            }),
      },
      { frame: plan.pause + 30, act: () => rig.start(i, 4 + i) },
    ])
    .concat({ frame: FRAMES, act: () => {} })
    .sort((a, b) => a.frame - b.frame);
  for (const { frame, act } of moments) {
    rig.run(frame * 500 - Number(rig.core.linkTicks), {
      step,
      each: () =>
        views.forEach((view, lane) => {
          const rate = lane >> 3;
          for (let i = 0; i < rig.core.frames(rate); i++) heard[lane]?.push(view[i] as number);
        }),
    });
    act();
  }
  return {
    heard,
    stops: rig.stops,
    lpib: [0, 1, 4, 5].map((n) => rig.lpib(n)),
    running: [0, 1, 4, 5].map((n) => rig.isRunning(n)),
    memory: createHash('sha256').update(rig.core.memory.read(0, 0x100000)).digest('hex'),
    counters: { ...rig.core.counters, positionFaults: 0 },
  };
}

onEachCore('any steps give the samples, events, positions and memory of steps of one link frame', async (kind) => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(stream, stream),
      fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 8 }),
      async (plans, steps) => {
        let turn = 0;
        const coarse = await play(kind, plans, () => steps[turn++ % steps.length] as number);
        const fine = await play(kind, plans, () => 500);
        expect(coarse).toEqual(fine);
      },
    ),
    { numRuns: 60, seed: 77 },
  );
});

it('the SIMD and the scalar core give the same samples, events, positions and memory', async () => {
  await fc.assert(
    fc.asyncProperty(fc.tuple(stream, stream), async (plans) => {
      expect(await play('simd', plans, () => 24_000)).toEqual(await play('scalar', plans, () => 24_000));
    }),
    { numRuns: 60, seed: 78 },
  );
});
