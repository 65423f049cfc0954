// Where the machine meets Web Audio: two nodes, and what carries samples between them and the worker.

import type { OutputDescription } from '../worker/protocol.ts';
import type { Ring } from '../worker/ring.ts';
import { AzaliaError } from './errors.ts';

export interface Sound {
  readonly input: AudioNode;
  /** One output for each of the machine's. */
  readonly output: AudioNode;
  /** Ends both; nothing of them is left running. */
  close(): void;
}

/** This side's ends of the ports that Host.start was given the other ends of. */
export interface SoundPorts {
  readonly input: MessagePort;
  readonly output: MessagePort | null;
}

export type CreateSound = (
  context: AudioContext,
  outputs: readonly OutputDescription[],
  ring: Ring | null,
  ports: SoundPorts,
) => Sound;

/** Errors: AzaliaError WorkletError. */
export async function loadWorklet(context: AudioContext, url: string | URL): Promise<CreateSound> {
  try {
    await context.audioWorklet.addModule(url);
  } catch (error) {
    // All that a browser says of a blocked or missing module is AbortError.
    throw new AzaliaError('WorkletError', `worklet.js did not load from ${url} (${(error as Error).message}).`);
  }
  return createWorkletSound;
}

const createWorkletSound: CreateSound = (context, outputs, ring, ports) => {
  const node = new AudioWorkletNode(context, 'azalia-output', {
    numberOfInputs: 1,
    channelCount: 2,
    channelCountMode: 'explicit',
    numberOfOutputs: outputs.length,
    outputChannelCount: outputs.map(({ channels }) => channels),
    processorOptions: { ring },
  });
  node.port.postMessage(ports, [ports.input, ...(ports.output ? [ports.output] : [])]);
  return {
    input: node,
    output: node,
    close: () => {
      node.disconnect();
      node.port.postMessage(null);
      node.port.close();
    },
  };
};
