// Command lists run, and what they left behind as numbers.

import { connect } from '../../../bench/resampling.ts';
import type { DspBuffer } from '../../../src/dsp/client.ts';
import type { CommandList } from '../../../src/dsp/commands.ts';
import type { SampleFormat } from '../../../src/dsp/format.ts';

export const float = (channels = 1, rateHz = 48000): SampleFormat => ({ rateHz, bits: 'float', channels });
export const pcm = (bits: 8 | 16 | 20 | 24 | 32, channels = 1, rateHz = 48000): SampleFormat => ({
  rateHz,
  bits,
  channels,
});

export interface Bench {
  allocate(bytes: number): DspBuffer;
  /** Submits and runs; throws the status if it is refused. */
  run(list: CommandList): void;
  floats(buffer: DspBuffer, count: number): Float32Array;
  put(buffer: DspBuffer, samples: ArrayBufferView): void;
}

export function bench(base64?: string): Bench {
  const { device, context, allocate } = connect(base64 === undefined ? {} : { base64 });
  return {
    allocate,
    run(list) {
      const { status } = context.submit(list);
      if (status !== 0) throw new Error(`refused: ${status.toString(16)}`);
      if (!device.adapter.runToIdle()) throw new Error('the engine stands');
    },
    floats: (buffer, count) => new Float32Array(buffer.read(0, count * 4).slice().buffer),
    put: (buffer, samples) => void buffer.write(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)),
  };
}

/** One destination of `count` float samples, made by one command. */
export function made(count: number, command: (into: DspBuffer) => CommandList, base64?: string): Float32Array {
  const tools = bench(base64);
  const into = tools.allocate(count * 4);
  tools.run(command(into));
  return tools.floats(into, count);
}
