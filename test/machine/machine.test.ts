// The machine as an embedder has it (design, Contracts).

import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import * as R from '../../src/hda/registers.ts';

it('createMachine: powers up in reset with the desktop codec, RAM zero, Windows not booted', async () => {
  const machine = await createMachine();
  expect(machine.memory.bytes).toBe(16 * 2 ** 20);
  expect(machine.memory.read(0, 4096).every((byte) => byte === 0)).toBe(true);
  expect(machine.controller.read(R.GCTL, 4)).toBe(0);
  expect(machine.linkTicks).toBe(0n);
  expect(machine.windows.booted).toBe(false);
  machine.controller.write(R.GCTL, 4, R.GCTL_CRST);
  machine.advance(25);
  expect(machine.controller.read(R.STATESTS, 2)).toBe(1);
});

it('createMachine: codecs sit at the address of their place, null leaves one empty', async () => {
  const machine = await createMachine({ codecs: [null, 'desktop', 'desktop'] });
  expect(machine.codecs.map((codec) => codec !== null)).toEqual([false, true, true]);
  machine.controller.write(R.GCTL, 4, R.GCTL_CRST);
  machine.advance(25);
  expect(machine.controller.read(R.STATESTS, 2)).toBe(0b110);
});

it.each([
  [{ codecs: ['desktp'] }, TypeError, "codec 'desktp': built in are"],
  [{ codecs: new Array(16).fill(null) }, RangeError, '16 codecs'],
  [{ memoryBytes: 1000 }, RangeError, 'memoryBytes 1000'],
  [{ memoryBytes: Number.NaN }, RangeError, 'memoryBytes NaN'],
  [{ outputRateHz: 0 }, RangeError, 'outputRateHz 0'],
  [{ identity: 'ich7' as 'ich6' }, TypeError, 'identity ich7'],
  [{ streams: { input: 16, output: 4, bidirectional: 0 } }, RangeError, 'streams.input is 16'],
  [{ streams: { input: 0, output: 0, bidirectional: 0 } }, RangeError, '0 streams'],
  [{ windows: 'win12' as 'win11' }, TypeError, "windows 'win12'"],
])('createMachine(%o) rejects in one line', async (options, kind, message) => {
  const failure = await createMachine(options).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(kind);
  expect((failure as Error).message).toContain(message);
  expect((failure as Error).message).not.toContain('\n');
});

it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300])(
  'advance(%d) is a RangeError and no time passes',
  async (frames) => {
    const machine = await createMachine({ codecs: [] });
    expect(() => machine.advance(frames)).toThrow(RangeError);
    expect(machine.linkTicks).toBe(0n);
  },
);

it('advance keeps fractions as whole ticks, and rounding does not add up', async () => {
  const machine = await createMachine({ codecs: [] });
  for (let n = 0; n < 3000; n++) machine.advance(1 / 3);
  expect(machine.linkTicks).toBe(500_000n);
  for (let n = 0; n < 1000; n++) machine.advance(0.0007);
  expect(machine.linkTicks).toBe(500_350n);
});

it('a closed machine does not advance', async () => {
  const machine = await createMachine({ codecs: [] });
  machine.close();
  machine.close();
  expect(() => machine.advance(1)).toThrow('closed');
});
