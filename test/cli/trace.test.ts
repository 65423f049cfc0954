import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { azalia, inFolder, useCommand } from './azalia.ts';

useCommand();

interface Line {
  readonly linkTicks: number;
  readonly kind: string;
  readonly [field: string]: unknown;
}

function traceOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('--trace FILE.jsonl writes the record, an event a line (design.md «Command line»)', () => {
  it('of a tone: RUN, the descriptors in order, an interrupt at each half of the buffer, times that never go back', () => {
    const out = inFolder('traced.wav');
    const trace = inFolder('tone.jsonl');
    const run = azalia(['tone', '--seconds', '0.1', '--out', out, '--trace', trace]);
    expect(run).toMatchObject({ code: 0, error: '' });
    const lines = traceOf(trace);
    const times = lines.map((line) => line.linkTicks);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const at = (event: string) => lines.findIndex((line) => line.kind === 'stream' && line.event === event);
    const running = lines.slice(at('run'), at('stop')); // before and after, interrupts are of verbs
    const rises = running.filter((line) => line.kind === 'interrupt' && line.level === true);
    expect(run.out).toContain(`interrupts   ${rises.length}`);
    const fetched = lines.filter((line) => line.kind === 'descriptor');
    expect(run.out).toContain(`descriptors  ${fetched.length} walked`);
    expect(fetched.every((line) => typeof line.address === 'number' && (line.length as number) > 0)).toBe(true);
    const verbs = lines.filter((line) => line.kind === 'verb');
    expect(verbs.some((line) => ((line.command as number) & 0xf0000) === 0x20000)).toBe(true); // converter format
  });

  it('a trace that cannot be written: one line, exit 1, no WAV file', () => {
    const out = inFolder('untraced.wav');
    const run = azalia(['tone', '--out', out, '--trace', inFolder('no/such/folder.jsonl')]);
    expect(run.code).toBe(1);
    expect(run.error.trimEnd().split('\n')).toHaveLength(1);
    expect(run.error).toContain('folder.jsonl');
    expect(() => readFileSync(out)).toThrow('ENOENT');
  });
});
