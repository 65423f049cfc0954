import { createPlayer, type SampleBits } from '../node/render.ts';
import { isNoise, sweepEndHz, toneToWav, WAVES } from '../node/render-wav.ts';
import { traced } from '../node/trace.ts';
import { CODEC_OPTION, chosenCodecs } from './codecs.ts';
import { type Command, TRACE_OPTION, UsageError, type Words } from './command.ts';
import { chosenPin, PIN_OPTION } from './pin-option.ts';
import { Progress } from './progress.ts';
import { formatReport } from './report.ts';

const SIZES = ['8', '16', '20', '24', '32'] as const;
const MOST_FRAMES = 2 ** 31;

export const tone: Command = {
  name: 'tone',
  usage: '[options] --out FILE.wav',
  summary: 'plays a test tone through class driver, DDI, DMA and codec; prints what it measured at the pin',
  words: [],
  options: {
    frequency: { value: 'HZ', help: 'below half the rate; where a sweep starts (default 440, sweep 20)' },
    seconds: { value: 'S', help: 'length', fallback: '2' },
    level: { value: 'DBFS', help: "the wave's peak, 0 or below", fallback: '-12' },
    wave: { value: 'WAVE', help: WAVES.join(', '), fallback: 'sine' },
    rate: { value: 'HZ', help: 'sample rate', fallback: '48000' },
    bits: { value: 'N', help: SIZES.join(', '), fallback: '16' },
    channels: { value: 'N', help: 'the tone is in each', fallback: '2' },
    dither: { help: 'TPDF dither of one step before rounding' },
    codec: CODEC_OPTION,
    pin: PIN_OPTION,
    out: { value: 'FILE', help: 'the WAV file to write' },
    trace: TRACE_OPTION,
  },
  async run(words, signal) {
    const settings = toneSettings(words);
    const codecs = chosenCodecs(words);
    const out = words.required('out');
    const player = await createPlayer(...codecs.places);
    const pin = chosenPin(words, player, settings);
    const progress = new Progress();
    const report = await traced(player.machine, words.text('trace'), () =>
      toneToWav(player, settings, {
        out,
        pin,
        abort: signal,
        progress: (frames) => progress.update(frames / settings.frames, 'through the codec'),
      }),
    ).finally(() => progress.clear());
    const { wave, frequencyHz, rateHz, levelDbfs } = settings;
    const pitch = isNoise(wave)
      ? ''
      : wave === 'sweep'
        ? `${frequencyHz} to ${sweepEndHz(rateHz)} Hz `
        : `${frequencyHz} Hz `;
    const title = `${pitch}${wave} at ${levelDbfs} dBFS`;
    const drawing = wave === 'sweep' || isNoise(wave) ? 'spectrum' : 'wave';
    process.stdout.write(formatReport({ title, codec: codecs.name, out, drawing }, report));
  },
};

function toneSettings(words: Words) {
  const wave = words.choice('wave', WAVES);
  const rateHz = words.number('rate', 'must be a whole number of Hz above 0', (hz) => Number.isInteger(hz) && hz > 0);
  const rule = `must be above 0 and below half the rate, ${rateHz / 2} Hz`;
  const frequencyHz =
    words.text('frequency') === undefined
      ? Math.min(wave === 'sweep' ? 20 : 440, rateHz / 4)
      : words.number('frequency', rule, (hz) => hz > 0 && hz < rateHz / 2);
  const seconds = words.number('seconds', 'must be above 0', (s) => s > 0);
  const frames = Math.round(seconds * rateHz);
  if (frames < 1 || frames >= MOST_FRAMES) {
    throw new UsageError(
      `--seconds ${words.required('seconds')}: must give 1 to ${MOST_FRAMES - 1} frames, not ${frames}`,
    );
  }
  return {
    wave,
    rateHz,
    frequencyHz,
    frames,
    levelDbfs: words.number('level', 'must be 0 dBFS or below', (level) => level <= 0),
    bits: Number(words.choice('bits', SIZES)) as SampleBits,
    channels: words.number('channels', 'must be 1 to 16', (n) => Number.isInteger(n) && n >= 1 && n <= 16),
    dither: words.on('dither'),
  };
}
