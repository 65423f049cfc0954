// What `tone` and `play` do: a stream through the machine into a WAV file, measured at the pins on the way.

import { NT_SUCCESS } from '../ddi/ntstatus.ts';
import { measureTone, peak, type ToneMeasurement } from '../dsp/measure.ts';
import { type Spectrum, spectrum } from '../dsp/spectrum.ts';
import type { ToneSettings } from '../dsp/tone.ts';
import { ToneSource } from '../dsp/tone-source.ts';
import type { PcmFormat } from '../hda/pcm.ts';
import { RefusalError } from './errors.ts';
import { openStream, outputName, type Player, type RenderFigures, type RenderJob, render } from './render.ts';
import type { WavReader } from './wav-read.ts';
import { WavWriter } from './wav-write.ts';

export { isNoise, sweepEndHz, WAVES } from '../dsp/tone.ts';

/** Figures are of the first 2²⁰ frames: 22 s at 48 kHz, 5 s at 192 kHz. A longer stream is not held in memory. */
const MEASURED_FRAMES = 2 ** 20;

export interface ChannelReport {
  readonly pin: number;
  /** Null where no sine is there to measure. */
  readonly tone: ToneMeasurement | null;
  readonly peakDbfs: number;
}

export interface WavReport extends RenderFigures {
  /** What the pins are: `line out`, `headphone`, … */
  readonly output: string;
  readonly format: PcmFormat;
  readonly frames: number;
  readonly channels: readonly ChannelReport[];
  /** The first channel: what was measured, and its spectrum. */
  readonly samples: Float32Array;
  readonly spectrum: Spectrum;
}

export type WavJob = Pick<RenderJob, 'progress' | 'abort'> & {
  readonly out: string;
  /** Without it: output 0. */
  readonly pin?: number | undefined;
};

export type ToneJob = ToneSettings & PcmFormat & { readonly frames: number; readonly dither: boolean };

/** A test tone in every channel into the file `out`. Errors: as checkTone, openStream, WavWriter, render; RefusalError of the DSP. */
export async function toneToWav(player: Player, tone: ToneJob, job: WavJob): Promise<WavReport> {
  const { rateHz, bits, channels, frames, dither } = tone;
  const format = { rateHz, bits, channels };
  const { status, value: source } = ToneSource.open(player.machine.windows.dsp, tone, { format, frames, dither });
  if (!source) throw new RefusalError(status, 'the DSP has no room for the tone');
  const fill: typeof source.fill = (...range) => {
    source.fill(...range);
    if (!NT_SUCCESS(source.status)) throw new RefusalError(source.status, 'the DSP stopped');
  };
  try {
    return await renderToWav(player, { ...job, format, frames, source: fill });
  } finally {
    source.close();
  }
}

/** A WAV file into the file `out`. Errors: as openStream, WavReader, WavWriter, render. */
export async function playToWav(player: Player, file: WavReader, job: WavJob): Promise<WavReport> {
  const { format, frames } = file;
  return renderToWav(player, { ...job, format, frames, source: (...range) => file.read(...range) });
}

async function renderToWav(
  player: Player,
  job: WavJob & Pick<RenderJob, 'format' | 'frames' | 'source'>,
): Promise<WavReport> {
  const { format, frames } = job;
  const stream = openStream(player, format, job.pin);
  let writer: WavWriter;
  try {
    writer = new WavWriter(job.out, format, frames);
  } catch (error) {
    stream.close();
    throw error;
  }
  const window = Math.min(frames, MEASURED_FRAMES);
  const measured = Array.from({ length: format.channels }, () => new Float32Array(window));
  let done = 0;
  try {
    const figures = await render(player, stream, {
      ...job,
      sink: (channels) => {
        writer.write(channels);
        for (const [n, samples] of channels.entries()) {
          if (done < window) measured[n]?.set(samples.subarray(0, window - done), done);
        }
        done += channels[0]?.length ?? 0;
      },
    });
    writer.finish();
    const samples = measured[0] as Float32Array;
    return {
      ...figures,
      output: outputName(player, stream.pins[0] as number),
      format,
      frames,
      channels: measured.map((channel, n) => ({
        pin: (stream.pins[n >> 1] ?? stream.pins[0]) as number,
        tone: measureTone(channel, format.rateHz),
        peakDbfs: 20 * Math.log10(peak(channel)),
      })),
      samples,
      spectrum: spectrum(samples, format.rateHz),
    };
  } finally {
    writer.discard();
  }
}
