// Samples on their whole way, as fast as it goes: class driver, DDI, DMA, codec, and back from the pins' taps.

import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { NT_SUCCESS } from '../ddi/ntstatus.ts';
import type { AudioDevice, RenderStream, SampleSource } from '../drivers/audio-class/audio-device.ts';
import { type CodecSource, createMachine, type Machine, type PinTap } from '../entries/machine.ts';
import type { PcmFormat } from '../hda/pcm.ts';
import { FRAME_HZ } from '../hda/timing.ts';
import { InputError, RefusalError } from './errors.ts';

export type { PcmFormat, SampleBits } from '../hda/pcm.ts';

const STEP_LINK_FRAMES = 2400;
const PAUSE_MILLISECONDS = 50; // between chances for timers, signals and progress

/** A machine under Windows, and its audio codec's device; every pin runs at its stream's rate. */
export interface Player {
  readonly machine: Machine;
  readonly audio: AudioDevice;
}

/** Codecs by SDI address; the first with an audio function group plays. Errors: InputError where none has one. */
export async function createPlayer(...codecs: CodecSource[]): Promise<Player> {
  const machine = await createMachine({ codecs, outputRateHz: 'stream' });
  machine.windows.boot();
  const audio = machine.windows.audio[0];
  if (!audio) throw new InputError('the codec', 'has no audio function group');
  return { machine, audio };
}

/** Pins that openStream takes, in the order of the outputs. */
export function outputPins({ audio }: Player): number[] {
  return [...new Set(audio.outputs.flatMap((output) => output.pins))];
}

/** What a pin is: `line out`, `headphone`, … */
export function outputName({ audio }: Player, pin: number): string {
  return audio.outputs.find((output) => output.pins.includes(pin))?.name ?? 'output';
}

/** Without a pin: output 0. Errors: RefusalError with what the DDI or the driver says. */
export function openStream({ audio }: Player, format: PcmFormat, pin?: number): RenderStream {
  const { stream, status, reason } = audio.openRender({ ...format, ...(pin === undefined ? {} : { pin }) });
  if (!stream) throw new RefusalError(status, reason);
  return stream;
}

export interface RenderJob {
  readonly format: PcmFormat;
  readonly frames: number;
  readonly source: SampleSource;
  /** Takes the stream's frames, planar, a step at a time. */
  readonly sink: (channels: Float32Array[]) => void;
  readonly progress?: ((frames: number) => void) | undefined;
  readonly abort?: AbortSignal | undefined;
}

export interface RenderFigures {
  readonly descriptors: number;
  readonly interrupts: number;
  readonly timesRealTime: number;
}

/**
 * Plays the job's frames and hands out exactly these as they reach the pins: no lead-in, no tail; then closes the
 * stream. Holds no more than a step of them. Rejects with RefusalError where the stream does not start, with the
 * signal's reason when aborted, and with what source and sink throw.
 */
export async function render({ machine, audio }: Player, stream: RenderStream, job: RenderJob): Promise<RenderFigures> {
  const { format, frames } = job;
  const codec = machine.codecs[audio.codecAddress];
  if (!codec) throw new Error(`no codec at address ${audio.codecAddress}`);
  const taps: PinTap[] = [];
  let interrupts = 0;
  const unhook = machine.controller.onInterrupt((level) => {
    if (level) interrupts++;
  });
  try {
    const descriptorsBefore = machine.diagnostics.descriptors ?? 0;
    const began = performance.now();
    const status = stream.start(job.source);
    if (!NT_SUCCESS(status)) throw new RefusalError(status, 'the stream does not start');
    for (const pin of stream.pins) taps.push(codec.listen(pin)); // no time has passed since RUN: frame 0 is the next

    const linkFramesFor = (count: number) => Math.ceil((count * FRAME_HZ) / format.rateHz);
    const lastStep = linkFramesFor(frames) / STEP_LINK_FRAMES + 2;
    let done = 0;
    let paused = began;
    for (let step = 0; done < frames; step++) {
      if (step > lastStep) throw new Error(`${done} of ${frames} frames reached the pin in their time`);
      machine.advance(Math.min(STEP_LINK_FRAMES, linkFramesFor(frames - done)));
      const heard = taps.map((tap) => tap.read());
      const channels = Array.from({ length: format.channels }, (_, channel) => channelOf(heard, channel));
      const present = Math.min(channels[0]?.length ?? 0, frames - done);
      job.sink(channels.map((samples) => samples.subarray(0, present)));
      done += present;
      if (performance.now() - paused < PAUSE_MILLISECONDS) continue;
      job.progress?.(done);
      await setImmediate();
      job.abort?.throwIfAborted();
      paused = performance.now();
    }
    return {
      descriptors: (machine.diagnostics.descriptors ?? 0) - descriptorsBefore,
      interrupts,
      timesRealTime: frames / format.rateHz / ((performance.now() - began) / 1000),
    };
  } finally {
    for (const tap of taps) tap.close();
    unhook();
    stream.close();
  }
}

/** Channels 2k and 2k+1 are at the k-th pin; a pin alone has them all. */
function channelOf(heard: Float32Array[][], channel: number): Float32Array {
  const samples = heard.length === 1 ? heard[0]?.[channel] : heard[channel >> 1]?.[channel & 1];
  if (!samples) throw new Error(`no pin has channel ${channel}`);
  return samples;
}
