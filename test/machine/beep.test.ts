import { createMachine, type Machine } from 'azalia/machine';
import { expect, it } from 'vitest';
import { BEEP_LEVEL } from '../../src/codec/beep.ts';
import { command8, command16, VERB_SET_BEEP } from '../../src/hda/verbs.ts';
import { startVerbRings } from '../../src/node/verb-rings.ts';

const BEEP = 0x12;
const LOOPBACK = 0x0c; // its fourth input is the beep
const MIXER = 0x0d;
const PIN = 0x14;

/** `desktop` with the way from its beep generator to the green jack open, all at 0 dB but the generator's own amp. */
async function opened(outputRateHz: number | 'stream' = 48_000) {
  const machine = await createMachine({ outputRateHz });
  const send = startVerbRings(machine);
  for (const command of [
    command16(0, BEEP, 0x3, 0xb000 | 3), // 0 dB
    command16(0, LOOPBACK, 0x3, 0x7000 | (3 << 8) | 23),
    command16(0, MIXER, 0x3, 0x7000 | (1 << 8)),
    command16(0, PIN, 0x3, 0xb000),
    command8(0, PIN, 0x701, 0),
    command8(0, PIN, 0x707, 0x40),
    command8(0, PIN, 0x70c, 2),
  ])
    send(command);
  return { machine, send };
}

/** One side of the next frames at the pin. */
function heard(machine: Machine, linkFrames: number): Float32Array {
  const tap = machine.codecs[0]?.listen(PIN);
  machine.advance(linkFrames);
  const [left = new Float32Array(), right] = tap?.read() ?? [];
  expect(right).toEqual(left);
  tap?.close();
  return left;
}

const crossings = (samples: Float32Array): number =>
  samples.reduce(
    (count, sample, i) => count + (i > 0 && Math.sign(sample) !== Math.sign(samples[i - 1] as number) ? 1 : 0),
    0,
  );

it.each([
  [12, 48_000],
  [255, 48_000],
  [1, 48_000],
  [100, 44_100],
  [30, 192_000],
])(
  '§5.12: divider %i at %i Hz is a square wave of 48000/(4·divider) Hz at the pin; divider 0 is silence',
  async (divider, rateHz) => {
    const { machine, send } = await opened(rateHz);
    send(command8(0, BEEP, VERB_SET_BEEP, divider));
    const second = heard(machine, 48_000);
    expect(second).toHaveLength(rateHz);
    expect(Math.abs(crossings(second) - (2 * 48_000) / (4 * divider))).toBeLessThanOrEqual(1);
    expect([...new Set(second)].sort()).toEqual([-BEEP_LEVEL, BEEP_LEVEL]);
    send(command8(0, BEEP, VERB_SET_BEEP, 0));
    expect(heard(machine, 480).every((sample) => sample === 0)).toBe(true);
  },
);

it('§5.12: the beep is the same however time is cut, and goes on bit for bit after save and restore', async () => {
  const [whole, cut, saved] = await Promise.all([opened(44_100), opened(44_100), opened(44_100)]);
  for (const { send } of [whole, cut, saved]) send(command8(0, BEEP, VERB_SET_BEEP, 37));
  const expected = heard(whole.machine, 3000);
  const tap = cut.machine.codecs[0]?.listen(PIN);
  for (let left = 3000, step = 1; left > 0; left -= step, step = (step * 7) % 97) {
    step = Math.min(left, step || 1);
    cut.machine.advance(step);
  }
  expect(tap?.read()[0]).toEqual(expected);

  const before = heard(saved.machine, 1234);
  const other = await createMachine({ outputRateHz: 44_100 });
  other.restore(saved.machine.save());
  const after = heard(other, 3000 - 1234);
  expect(Float32Array.of(...before, ...after)).toEqual(expected);
});
