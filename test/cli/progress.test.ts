import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, expect, it, vi } from 'vitest';
import { paintFor } from '../../src/cli/paint.ts';
import { Progress } from '../../src/cli/progress.ts';

afterEach(() => vi.restoreAllMocks());

/** A terminal that keeps what is written, and the milliseconds that pass. */
function terminal(isTTY: boolean) {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const written: string[] = [];
  const stream = { isTTY, write: (text: string) => written.push(text) > 0 } as unknown as WriteStream;
  return { written, stream, wait: (milliseconds: number) => (now += milliseconds) };
}

it('work of less than a second shows no progress', () => {
  const { stream, written, wait } = terminal(true);
  const progress = new Progress(stream);
  wait(999);
  progress.update(0.9, 'note');
  progress.clear();
  expect(written).toEqual([]);
});

it('longer work shows bar, part and note on one line, ten times a second, and takes it away at the end', () => {
  const { stream, written, wait } = terminal(true);
  const progress = new Progress(stream);
  for (let n = 0; n < 200; n++) {
    wait(10);
    progress.update(n / 200, 'through the codec');
  }
  expect(written.length).toBeGreaterThan(8);
  expect(written.length).toBeLessThanOrEqual(11);
  for (const line of written) {
    expect(line.startsWith('\r\x1b[K')).toBe(true);
    const seen = stripVTControlCharacters(line).replace('\r', '');
    expect(seen).toMatch(/^ +[━─]+ +\d+ % {2}through the codec$/);
    expect(seen.length).toBeLessThanOrEqual(80);
  }
  progress.clear();
  expect(written.at(-1)).toBe('\r\x1b[K');
});

it('where stderr is no terminal nothing is written', () => {
  const { stream, written, wait } = terminal(false);
  const progress = new Progress(stream);
  wait(5000);
  progress.update(0.5, 'note');
  progress.clear();
  expect(written).toEqual([]);
});

it.each([
  [true, {}, '\x1b[1mx\x1b[22m'],
  [true, { NO_COLOR: '1' }, 'x'],
  [true, { TERM: 'dumb' }, 'x'],
  [true, { NO_COLOR: '' }, '\x1b[1mx\x1b[22m'], // no-color.org: an empty one counts for nothing
  [false, {}, 'x'],
])('colour: terminal %s, environment %o', (isTTY, environment, expected) => {
  expect(paintFor({ isTTY } as WriteStream, environment).bold('x')).toBe(expected);
});
