import { basename } from 'node:path';
import { createPlayer } from '../node/render.ts';
import { playToWav } from '../node/render-wav.ts';
import { traced } from '../node/trace.ts';
import { WavReader } from '../node/wav-read.ts';
import { CODEC_OPTION, chosenCodecs } from './codecs.ts';
import { type Command, TRACE_OPTION } from './command.ts';
import { chosenPin, PIN_OPTION } from './pin-option.ts';
import { Progress } from './progress.ts';
import { formatReport } from './report.ts';

export const play: Command = {
  name: 'play',
  usage: 'FILE.wav [options] --out FILE.wav',
  summary: 'plays a WAV file (PCM to 32 bits, float) the same way; the file that comes out has the same samples',
  words: ['FILE.wav'],
  options: {
    codec: CODEC_OPTION,
    pin: PIN_OPTION,
    out: { value: 'FILE', help: 'the WAV file to write' },
    trace: TRACE_OPTION,
  },
  async run(words, signal) {
    const codecs = chosenCodecs(words);
    const out = words.required('out');
    const path = words.word('FILE.wav');
    const file = new WavReader(path);
    try {
      const player = await createPlayer(...codecs.places);
      const pin = chosenPin(words, player, file.format);
      const progress = new Progress();
      const report = await traced(player.machine, words.text('trace'), () =>
        playToWav(player, file, {
          out,
          pin,
          abort: signal,
          progress: (frames) => progress.update(frames / file.frames, 'through the codec'),
        }),
      ).finally(() => progress.clear());
      process.stdout.write(
        formatReport({ title: basename(path), codec: codecs.name, out, drawing: 'spectrum' }, report),
      );
    } finally {
      file.close();
    }
  },
};
