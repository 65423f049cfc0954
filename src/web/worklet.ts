// The audio callback: takes the machine's samples from whichever transport it was given. tsup makes one file of it.

import { BlockReader } from '../worker/blocks.ts';
import { InputSender } from '../worker/input-blocks.ts';
import { type Ring, RingReader } from '../worker/ring.ts';

// Declared here: @types/audioworklet redefines the DOM's types.
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new (options: never) => AudioWorkletProcessor): void;

/** What the page sends once: where input goes, and where blocks come from or a ring's writer is woken. null ends it. */
interface Ports {
  readonly input: MessagePort;
  readonly output: MessagePort | null;
}

/** processorOptions: the ring, or null where blocks come over a port. */
class AzaliaOutput extends AudioWorkletProcessor {
  #source: RingReader | BlockReader | null;
  #input: InputSender | null = null;
  #running = true;

  constructor({ processorOptions }: { processorOptions: { ring: Ring | null } }) {
    super();
    const ring = processorOptions.ring && new RingReader(processorOptions.ring);
    this.#source = ring;
    this.port.onmessage = ({ data }: MessageEvent<Ports | null>) => {
      this.#running = data !== null;
      if (!data) return;
      this.#input = new InputSender(data.input);
      if (ring) ring.wake = data.output;
      else if (data.output) this.#source = new BlockReader(data.output);
    };
  }

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    this.#input?.send(inputs[0] ?? []);
    this.#source?.pull(outputs, outputs[0]?.[0]?.length ?? 0);
    return this.#running;
  }
}

registerProcessor('azalia-output', AzaliaOutput);
