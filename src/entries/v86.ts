// `azalia/v86`: an HD Audio card for the PC emulator v86.

import { Core } from '../controller/core.ts';
import type { EnginePort } from '../port/engine-port.ts';
import { attach, type HdAudio } from '../v86/attach.ts';
import type { Emulator } from '../v86/emulator.ts';
import type { HdAudioOptions } from '../v86/options.ts';
import { ENGINE_BYTES, LANES } from '../v86/resampler.ts';
import type { SpeakerParts } from '../v86/speaker.ts';
import { workletUrl } from '../web/files.ts';
import { targetFrames } from '../web/latency.ts';
import { loadWorklet } from '../web/sound.ts';
import { chooseTransport } from '../web/transport.ts';
import { BlockWriter } from '../worker/blocks.ts';
import { SCHEDULED_STEPS } from '../worker/outlet.ts';
import { canWaitAsync, createRing, RingWriter } from '../worker/ring.ts';

export type { HdAudio } from '../v86/attach.ts';
export type { HdAudioOptions, HdAudioStatistics, InputSource, OutputListener } from '../v86/options.ts';

/** An instance of v86's class `V86`, whose declarations show little of it. */
export type V86Instance = object;

/**
 * Puts an HD Audio card into a v86 emulator: after `emulator-loaded`, before `restore_state` and `run`. Rejects with a
 * TypeError or RangeError for options that cannot be and for an emulator that is not loaded, with an AzaliaError for an
 * AudioContext that has no AudioWorklet.
 */
export function attachHdAudio(emulator: V86Instance, options: HdAudioOptions = {}): Promise<HdAudio> {
  return attach(emulator as Emulator, options, openSpeaker);
}

/** The transports of `createAzalia`, with this thread as the writer, and a core of its own for the resampler. */
async function openSpeaker(context: AudioContext): Promise<SpeakerParts> {
  const transport = chooseTransport('auto', context);
  const frames = targetFrames('playback', transport, context); // this thread is the emulator's, and busy
  const scheduled = transport === 'scheduled';
  const [core, createSound] = await Promise.all([
    Core.create({ ramBytes: ENGINE_BYTES, streams: { input: 0, output: 1, bidirectional: 0 } }),
    scheduled
      ? import('../web/scheduled.ts').then(({ createScheduledSound }) => createScheduledSound)
      : loadWorklet(context, workletUrl()),
  ]);
  const ring = transport === 'shared' ? createRing(LANES, frames) : null;
  const [input, output] = [new MessageChannel(), ring && canWaitAsync() ? null : new MessageChannel()];
  const sound = createSound(context, [{ name: 'speaker', pins: [], channels: LANES }], ring, {
    input: input.port1,
    output: output?.port1 ?? null,
  });
  const port = output?.port2 ?? null;
  const writer = ring
    ? new RingWriter(ring, frames, port)
    : new BlockWriter(port as MessagePort, LANES, frames, scheduled ? SCHEDULED_STEPS : 1);
  sound.output.connect(context.destination);
  return {
    outlet: writer,
    rateHz: context.sampleRate,
    engine: core.engine as EnginePort,
    close() {
      sound.close();
      writer.close();
    },
  };
}
