// `azalia/v86`: an HD Audio card for the PC emulator v86.

import { Core } from '../controller/core.ts';
import type { EnginePort } from '../port/engine-port.ts';
import { attach, type HdAudio } from '../v86/attach.ts';
import type { Emulator } from '../v86/emulator.ts';
import { Microphone } from '../v86/microphone.ts';
import type { HdAudioOptions } from '../v86/options.ts';
import { ENGINE_BYTES, LANES } from '../v86/resampler.ts';
import type { Sound } from '../v86/sound.ts';
import { Speaker } from '../v86/speaker.ts';
import { workletUrl } from '../web/files.ts';
import { targetFrames } from '../web/latency.ts';
import { loadWorklet } from '../web/sound.ts';
import { chooseTransport } from '../web/transport.ts';
import { BlockWriter } from '../worker/blocks.ts';
import { receiveBlocks } from '../worker/input-blocks.ts';
import { SCHEDULED_STEPS } from '../worker/outlet.ts';
import { canWaitAsync, createRing, RingWriter } from '../worker/ring.ts';

export type { HdAudio } from '../v86/attach.ts';
export type { HdAudioOptions, HdAudioStatistics, InputSource, OutputListener } from '../v86/options.ts';

/** An instance of v86's class `V86`, whose declarations show little of it. */
export type V86Instance = object;

/**
 * Puts an HD Audio card into a v86 emulator: after `emulator-loaded`, before `restore_state` and `run`. Rejects with a
 * TypeError or RangeError for options that cannot be and for an emulator that is not loaded, with an AzaliaError where the
 * AudioContext's worklet does not load.
 */
export function attachHdAudio(emulator: V86Instance, options: HdAudioOptions = {}): Promise<HdAudio> {
  return attach(emulator as Emulator, options, openSound);
}

/** The transports of `createAzalia`, with this thread as their other end, and cores of its own for the resamplers. */
async function openSound(context: AudioContext, given: HdAudioOptions['input']): Promise<Sound> {
  const transport = chooseTransport('auto', context);
  const frames = targetFrames('playback', transport, context); // this thread is the emulator's, and busy
  const scheduled = transport === 'scheduled';
  const heard = typeof given === 'object';
  const [createSound, speakerEngine, microphoneEngine] = await Promise.all([
    scheduled
      ? import('../web/scheduled.ts').then(({ createScheduledSound }) => createScheduledSound)
      : loadWorklet(context, workletUrl()),
    createEngine(),
    heard ? createEngine() : null,
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
  const microphone = microphoneEngine && new Microphone(context.sampleRate, microphoneEngine);
  const source = given instanceof MediaStream ? context.createMediaStreamSource(given) : given;
  if (microphone) {
    receiveBlocks(input.port2, (channels) => microphone.hear(channels));
    (source as AudioNode).connect(sound.input);
  }
  return {
    speaker: new Speaker(writer, context.sampleRate, speakerEngine),
    microphone,
    close() {
      if (microphone) (source as AudioNode).disconnect(sound.input);
      input.port2.close();
      sound.close();
      writer.close();
    },
  };
}

async function createEngine(): Promise<EnginePort> {
  const streams = { input: 0, output: 1, bidirectional: 0 };
  const { engine } = await Core.create({ ramBytes: ENGINE_BYTES, streams });
  return engine as EnginePort; // its RAM is its own
}
