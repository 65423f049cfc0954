// The audio callback: takes the machine's samples from whichever transport it was given. tsup makes one file of it.

import { BlockReader } from '../worker/blocks.ts';
import { type Ring, RingReader } from '../worker/ring.ts';

// Declared here: @types/audioworklet redefines the DOM's types.
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new (options: never) => AudioWorkletProcessor): void;

/** processorOptions: the ring, or null where blocks come over a port. The port's messages: that port; null ends it. */
class AzaliaOutput extends AudioWorkletProcessor {
  #source: RingReader | BlockReader | null;
  #running = true;

  constructor({ processorOptions }: { processorOptions: { ring: Ring | null } }) {
    super();
    const ring = processorOptions.ring && new RingReader(processorOptions.ring);
    this.#source = ring;
    this.port.onmessage = ({ data }: MessageEvent<MessagePort | null>) => {
      if (!data) this.#running = false;
      else if (ring) ring.wake = data;
      else this.#source = new BlockReader(data);
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    this.#source?.pull(outputs, outputs[0]?.[0]?.length ?? 0);
    return this.#running;
  }
}

registerProcessor('azalia-output', AzaliaOutput);
