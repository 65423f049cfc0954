// Sound where there is no AudioWorklet: blocks that the worker fills go onto the context's clock, each an
// AudioBufferSourceNode for every output that begins at the very frame at which the one before ends; `ended` sends a block
// back to be filled anew. So the context's clock is the machine's here too, and no timer is in it, but the page's own
// thread is: while that is busy no block follows, and what is queued must last. Loaded only where it is needed.

import { lanesOfBlock, sendBlockBack } from '../worker/blocks.ts';
import { InputSender } from '../worker/input-blocks.ts';
import { STEP_FRAMES } from '../worker/outlet.ts';
import type { OutputDescription } from '../worker/protocol.ts';
import type { CreateSound } from './sound.ts';

/** A ScriptProcessorNode's buffer: 43 ms at 48 kHz. */
const INPUT_FRAMES = 2048;

export const createScheduledSound: CreateSound = (context, outputs, _ring, ports) => {
  const gains = outputs.map(() => context.createGain());
  const mute = context.createGain(); // what nobody pulls has no end, and a ScriptProcessorNode hears nothing
  mute.gain.value = 0;
  mute.connect(context.destination);
  const blocks = scheduleBlocks(context, outputs, gains, mute, ports.output as MessagePort);
  const input = listen(context, ports.input);
  input.connect(mute);
  return {
    input,
    output: joined(gains),
    close: () => {
      blocks.close();
      input.onaudioprocess = null;
      for (const node of [input, mute, ...gains]) node.disconnect(); // the first gain's is all outputs'
      ports.input.close();
    },
  };
};

function scheduleBlocks(
  context: AudioContext,
  outputs: readonly OutputDescription[],
  gains: readonly AudioNode[],
  mute: AudioNode,
  port: MessagePort,
): { close(): void } {
  const { sampleRate } = context;
  const lanes = outputs.reduce((sum, { channels }) => sum + channels, 0);
  const playing = new Set<AudioBufferSourceNode>();
  /** Frame of the context at which the next block begins. */
  let next = 0;
  let started = false;
  let underruns = 0;

  port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    const possible = earliestFrame(context);
    if (next < possible) {
      if (started) underruns += Math.ceil((possible - next) / STEP_FRAMES);
      next = possible;
    }
    started = true;
    let lane = 0;
    const samples = lanesOfBlock(data, lanes);
    const frames = samples[0]?.length ?? 0;
    const sources = outputs.map(({ channels }, output) => {
      const buffer = context.createBuffer(channels, frames, sampleRate);
      for (let channel = 0; channel < channels; channel++) {
        buffer.getChannelData(channel).set(samples[lane++] as Float32Array);
      }
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(gains[output] as AudioNode);
      source.start(next / sampleRate);
      playing.add(source);
      return source;
    });
    next += frames;
    const [clock] = sources as [AudioBufferSourceNode];
    clock.connect(mute);
    clock.onended = () => {
      for (const source of sources) {
        source.disconnect();
        playing.delete(source);
      }
      sendBlockBack(port, data, underruns);
    };
  };

  return {
    close: () => {
      port.close();
      for (const source of playing) {
        source.onended = null;
        source.stop();
        source.disconnect();
      }
    },
  };
}

/** The audio thread may be a burst ahead of what this thread sees, and the next quantum is under way. */
function earliestFrame({ currentTime, sampleRate, baseLatency = 0 }: AudioContext): number {
  return Math.ceil((currentTime + baseLatency) * sampleRate) + 2 * STEP_FRAMES;
}

/** Input goes to the machine from the first sample that is not silent on. */
function listen(context: AudioContext, port: MessagePort): ScriptProcessorNode {
  const node = context.createScriptProcessor(INPUT_FRAMES, 2, 1);
  const sender = new InputSender(port);
  let flows = false;
  node.onaudioprocess = ({ inputBuffer }) => {
    const channels = [inputBuffer.getChannelData(0), inputBuffer.getChannelData(1)];
    flows ||= channels.some((samples) => samples.some((sample) => sample !== 0));
    for (let at = 0; flows && at < INPUT_FRAMES; at += STEP_FRAMES) {
      sender.send(channels.map((samples) => samples.subarray(at, at + STEP_FRAMES)));
    }
  };
  return node;
}

/** No node that every browser has gives several outputs of several channels: the first stands for all of them. */
function joined(gains: readonly GainNode[]): AudioNode {
  const own = gains.map((gain) => ({ connect: gain.connect.bind(gain), disconnect: gain.disconnect.bind(gain) }));
  const at = (output: number) => {
    const found = own[output];
    if (!found) throw new DOMException(`output ${output}: there are ${own.length}`, 'IndexSizeError');
    return found;
  };
  const disconnectFrom = (to: AudioNode) => {
    const failures = own.flatMap(({ disconnect }) => {
      try {
        return disconnect(to) ?? [];
      } catch (error) {
        return [error];
      }
    });
    if (failures.length === own.length) throw failures[0];
  };
  return Object.defineProperties(gains[0] as GainNode, {
    numberOfOutputs: { value: own.length },
    connect: { value: (to: AudioNode, output = 0, input = 0) => at(output).connect(to, 0, input) },
    disconnect: {
      value: (from?: AudioNode | number, output?: number, ...input: [number?]) => {
        if (from === undefined) for (const { disconnect } of own) disconnect();
        else if (typeof from === 'number') at(from).disconnect();
        else if (output === undefined) disconnectFrom(from);
        else at(output).disconnect(from, 0, ...(input as [number]));
      },
    },
  });
}
