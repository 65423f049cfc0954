// `azalia/v86`: an HD Audio card for the PC emulator v86.

import { attach, type HdAudio } from '../v86/attach.ts';
import type { Emulator } from '../v86/emulator.ts';
import type { HdAudioOptions } from '../v86/options.ts';
import { SPEAKER_LANES, type SpeakerOutlet } from '../v86/speaker.ts';
import { targetFrames } from '../web/latency.ts';
import { chooseTransport } from '../web/transport.ts';
import { BlockWriter } from '../worker/blocks.ts';
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
  return attach(emulator as Emulator, options, openOutlet);
}

/** The transports of `createAzalia`, with this thread as the writer. */
async function openOutlet(context: AudioContext): Promise<SpeakerOutlet> {
  const transport = chooseTransport('auto', context);
  const frames = targetFrames('balanced', transport, context);
  await context.audioWorklet.addModule(new URL('./worklet.js', import.meta.url));
  const ring = transport === 'shared' ? createRing(SPEAKER_LANES, frames) : null;
  const node = new AudioWorkletNode(context, 'azalia-output', {
    numberOfInputs: 0,
    numberOfOutputs: 1,
    outputChannelCount: [SPEAKER_LANES],
    processorOptions: { ring },
  });
  const { port1, port2 } = new MessageChannel();
  const outlet = ring
    ? new RingWriter(ring, frames, canWaitAsync() ? null : port1)
    : new BlockWriter(port1, SPEAKER_LANES, frames);
  if (!ring || !canWaitAsync()) node.port.postMessage(port2, [port2]);
  node.connect(context.destination);
  return {
    start: (onRoom) => outlet.start(onRoom),
    get room() {
      return outlet.room;
    },
    get underruns() {
      return outlet.underruns;
    },
    write: (lane, samples) => outlet.write(lane, samples),
    commit: () => outlet.commit(),
    close() {
      node.port.postMessage(null);
      node.disconnect();
      outlet.close();
    },
  };
}
