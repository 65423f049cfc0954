import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { azalia, inFolder, useCommand } from './azalia.ts';

useCommand();

it('bench --quality: every figure of the resampler meets its aim, beside the peers that npm has installed', () => {
  const json = inFolder('quality.json');
  const { code, out, error } = azalia(['bench', '--quality', '--json', json]);
  expect([code, error]).toEqual([0, '']);
  process.stdout.write(out);
  const { resamplers, figures } = JSON.parse(readFileSync(json, 'utf8'));
  expect(resamplers).toEqual(['azalia', 'libsamplerate', 'speexdsp']);
  const missed = figures.filter(({ unit, aim, values }: { unit: string; aim: number; values: number[] }) => {
    return unit === 'dB' && !((values[0] as number) <= aim);
  });
  expect(missed).toEqual([]);
  expect(out.split('\n').every((line) => line.length <= 80)).toBe(true);
  expect(out).not.toMatch(/NaN|undefined/);
});

it('bench --quick: workloads and verbs, each way of the verbs beside the codec alone', () => {
  const json = inFolder('bench.json');
  expect(azalia(['bench', '--quick', '--json', json]).code).toBe(0);
  const { rows, verbs } = JSON.parse(readFileSync(json, 'utf8'));
  expect(rows.length).toBeGreaterThan(5);
  expect(verbs.map(({ way }: { way: string }) => way.split(',')[0])).toEqual([
    'codec alone',
    'CORB and RIRB',
    'immediate command',
    'TransferCodecVerbs',
  ]);
  for (const { verbsPerSecond, ofCodecAlone } of verbs) expect(verbsPerSecond * ofCodecAlone).toBeGreaterThan(0);
});
