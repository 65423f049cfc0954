import { writeFileSync } from 'node:fs';
import { type BenchReport, runBench } from '../../bench/bench.ts';
import { formatQuality, MEASURES, type QualityReport, runQuality } from '../../bench/quality.ts';
import { WORKLOADS } from '../../bench/workloads.ts';
import { onFile } from '../node/errors.ts';
import type { Command, Words } from './command.ts';
import { paintFor } from './paint.ts';
import { Progress } from './progress.ts';

export const bench: Command = {
  name: 'bench',
  usage: '[--json FILE] [--quick | --quality]',
  summary: 'DMA throughput and cost per tick, beside typed arrays and memory.copy of the same bytes',
  words: [],
  options: {
    json: { value: 'FILE', help: 'writes the figures there too' },
    quick: { help: 'fewer and shorter rounds' },
    quality: { help: 'instead: what the resampler does to sound, and how fast, beside others that are installed' },
  },
  async run(words, signal) {
    const json = words.text('json');
    const [report, text] = words.on('quality') ? await measureQuality(signal) : await measureSpeed(words, signal);
    process.stdout.write(text);
    if (json !== undefined) onFile(json, () => writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`));
  },
};

async function measureSpeed(words: Words, signal: AbortSignal): Promise<[BenchReport, string]> {
  const progress = new Progress();
  let begun = 0;
  const report = await runBench({
    quick: words.on('quick'),
    progress: (line) => {
      signal.throwIfAborted();
      progress.update(begun++ / (WORKLOADS.length + 1), line);
    },
  }).finally(() => progress.clear());
  return [report, formatBench(report)];
}

async function measureQuality(signal: AbortSignal): Promise<[QualityReport, string]> {
  const progress = new Progress();
  let begun = 0;
  const report = await runQuality({
    progress: (line) => {
      signal.throwIfAborted();
      progress.update(begun++ / MEASURES.length, line);
    },
  }).finally(() => progress.clear());
  return [report, formatQuality(report)];
}

/** Lines of at most 80 columns. */
function formatBench({ machine, rows, verbs }: BenchReport): string {
  const { bold, dim } = paintFor(process.stdout);
  const cells = (values: readonly string[]) => values.map((value) => value.padStart(12)).join('');
  const lines = [
    dim(`${machine.runtime}, ${machine.processor}, ${machine.rounds} rounds`.slice(0, 80)),
    '',
    dim(`    ${cells(['tick', 'ns a tick', 'GB/s', 'x real time', 'x typed', 'of copy'])}`),
    ...rows.flatMap((row) => [
      `${bold(row.id.padEnd(4))}${row.workload}`,
      `    ${cells([
        `${short(row.tickMilliseconds)} ms`,
        short(row.nsPerTick),
        short(row.gigabytesPerSecond),
        short(row.timesRealTime),
        short(row.ofTypedArrays),
        short(row.ofMemoryCopy),
      ])}`,
    ]),
    '',
    dim(`${'verbs'.padEnd(40)}${cells(['a second', 'of codec'])}`),
    ...verbs.map(({ way, verbsPerSecond, ofCodecAlone }) => {
      return `${way.padEnd(40)}${cells([`${Math.round(verbsPerSecond)}`, short(ofCodecAlone)])}`;
    }),
    '',
    dim('x typed: how much faster than the same work in typed arrays'),
    dim('of copy: speed as a part of memory.copy of the same output; ratios of one run'),
    dim('of codec: speed as a part of the codec answering the same verbs without a link'),
  ];
  return `${lines.join('\n')}\n`;
}

const short = (value: number): string => `${Number(value.toPrecision(3))}`;
