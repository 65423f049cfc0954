import { basename } from 'node:path';
import { recordToWav } from '../node/record.ts';
import { createPlayer, type Player } from '../node/render.ts';
import { traced } from '../node/trace.ts';
import { WavReader } from '../node/wav-read.ts';
import { CODEC_OPTION, chosenCodecs } from './codecs.ts';
import { type Command, TRACE_OPTION, UsageError, type Words } from './command.ts';
import { paintFor } from './paint.ts';
import { pinName } from './pin-option.ts';
import { Progress } from './progress.ts';
import { describeFormat } from './report.ts';

export const record: Command = {
  name: 'record',
  usage: 'IN.wav [options] --out FILE.wav',
  summary: 'feeds a WAV file to an input pin and records it through ADC, DMA and DDI',
  words: ['IN.wav'],
  options: {
    codec: CODEC_OPTION,
    pin: { value: 'NID', help: 'an input pin, as 0x1a (default: the first, line in before microphone)' },
    out: { value: 'FILE', help: 'the WAV file to write' },
    trace: TRACE_OPTION,
  },
  async run(words, signal) {
    const codecs = chosenCodecs(words);
    const out = words.required('out');
    const path = words.word('IN.wav');
    const file = new WavReader(path);
    try {
      const player = await createPlayer(...codecs.places);
      const pin = chosenInput(words, player);
      const progress = new Progress();
      const report = await traced(player.machine, words.text('trace'), () =>
        recordToWav(player, file, {
          out,
          pin,
          abort: signal,
          progress: (frames) => progress.update(frames / file.frames, 'through the codec'),
        }),
      ).finally(() => progress.clear());
      const { bold, dim } = paintFor(process.stdout);
      const lines = [
        `${bold(basename(path))}  ${dim(describeFormat(report.format))}`,
        dim(`codec ${codecs.name}, ${report.input}, pin ${pinName(report.pin)}`),
        '',
        `  ${dim('frames'.padEnd(12))} ${report.frames}`,
        `  ${dim('descriptors'.padEnd(12))} ${report.descriptors} walked`,
        '',
        `${out} holds what the driver captured.`,
      ];
      process.stdout.write(`${lines.join('\n')}\n`);
    } finally {
      file.close();
    }
  },
};

function chosenInput(words: Words, { audio }: Player): number | undefined {
  const text = words.text('pin');
  if (text === undefined) return undefined;
  const pin = /^(0x[\da-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  if (audio.inputs.some((input) => input.pin === pin)) return pin;
  const there = audio.inputs.map((input) => pinName(input.pin)).join(', ') || 'none';
  throw new UsageError(`--pin ${text}: not an input pin that reaches an ADC; there are ${there}`);
}
