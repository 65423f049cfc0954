// A WAV file into an input pin, and what ADC, DMA and DDI make of it into another.

import { setImmediate } from 'node:timers/promises';
import { NT_SUCCESS } from '../ddi/ntstatus.ts';
import { takeContainer } from '../dsp/quantize.ts';
import type { Machine } from '../entries/machine.ts';
import type { PcmFormat } from '../hda/pcm.ts';
import { FRAME_HZ, TICKS_PER_FRAME } from '../hda/timing.ts';
import { InputError, RefusalError } from './errors.ts';
import type { Player } from './render.ts';
import type { WavReader } from './wav-read.ts';
import { WavWriter } from './wav-write.ts';

const STEP_LINK_FRAMES = 2400;
const PAUSE_STEPS = 20; // between chances for timers, signals and progress

export interface RecordJob {
  readonly out: string;
  /** Without it: the first input. */
  readonly pin?: number | undefined;
  readonly progress: (frames: number) => void;
  readonly abort: AbortSignal;
}

export interface RecordReport {
  readonly pin: number;
  /** What the pin is: `line in`, `microphone`, … */
  readonly input: string;
  readonly format: PcmFormat;
  readonly frames: number;
  readonly descriptors: number;
}

/**
 * Feeds the file's samples to the pin and captures as many frames at its rate, size and channels: frame 0 of what comes
 * out is frame 0 of what went in. Errors: RefusalError where the DDI or the driver says no; as WavReader, WavWriter.
 */
export async function recordToWav({ machine, audio }: Player, file: WavReader, job: RecordJob): Promise<RecordReport> {
  const { format, frames } = file;
  const codec = machine.codecs[audio.codecAddress];
  const input = audio.inputs.find(({ pin }) => job.pin === undefined || pin === job.pin);
  if (!codec || !input) throw new InputError('the codec', 'has no input pin that reaches an ADC');
  const { stream, status, reason } = audio.openCapture({ ...format, pin: input.pin });
  if (!stream) throw new RefusalError(status, reason);
  let writer: WavWriter | null = null;
  try {
    const out = new WavWriter(job.out, format, frames);
    writer = out;
    codec.plug(input.pin, true);
    machine.advance(framesToWholeSamples(machine, format.rateHz));
    const descriptorsBefore = machine.diagnostics.descriptors ?? 0;
    const started = stream.start((from, firstFrame, count) => {
      const wanted = Math.min(count, frames - firstFrame);
      if (wanted > 0) out.write(planarOf(from, format, wanted));
    });
    if (!NT_SUCCESS(started)) throw new RefusalError(started, 'the stream does not start');
    let fed = 0;
    for (let step = 0; stream.framesCaptured < frames; step++) {
      const count = Math.min(frames - fed, Math.ceil((STEP_LINK_FRAMES * format.rateHz) / FRAME_HZ));
      if (count > 0) codec.feed(input.pin, samplesOf(file, fed, count));
      fed += count;
      const left = Math.ceil(((frames - stream.framesCaptured) * FRAME_HZ) / format.rateHz);
      machine.advance(Math.min(STEP_LINK_FRAMES, left));
      if (step % PAUSE_STEPS > 0) continue;
      job.progress(stream.framesCaptured);
      await setImmediate();
      job.abort.throwIfAborted();
    }
    stream.stop();
    out.finish();
    const descriptors = (machine.diagnostics.descriptors ?? 0) - descriptorsBefore;
    return { pin: input.pin, input: input.name, format, frames, descriptors };
  } finally {
    stream.close();
    writer?.discard();
  }
}

/**
 * Link frames until a sample of this rate and a link frame begin together, counted from power-up: a stream that starts
 * there asks the analogue side for just the samples that it has, none of them a frame late.
 */
function framesToWholeSamples({ linkTicks }: Machine, rateHz: number): number {
  const period = FRAME_HZ / greatestCommonDivisor(FRAME_HZ, rateHz);
  const frame = Number(linkTicks / BigInt(TICKS_PER_FRAME));
  return (period - (frame % period)) % period;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

function samplesOf(file: WavReader, firstFrame: number, frames: number): Float32Array[] {
  const { bits, channels } = file.format;
  const bytes = new Uint8Array(frames * channels * sampleBytesOf(bits));
  file.read(bytes, firstFrame, frames);
  return planarOf(bytes, file.format, frames);
}

const sampleBytesOf = (bits: number): number => (bits === 8 ? 1 : bits === 16 ? 2 : 4);

function planarOf(bytes: Uint8Array, { bits, channels }: PcmFormat, frames: number): Float32Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sampleBytes = sampleBytesOf(bits);
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: frames }, (_, frame) => {
      return takeContainer(view, (frame * channels + channel) * sampleBytes, bits) / 2 ** (bits - 1);
    }),
  );
}
