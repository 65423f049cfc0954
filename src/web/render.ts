import type { Samples, StreamRequest } from '../worker/protocol.ts';
import type { HostConnection } from './connect.ts';
import { refused } from './errors.ts';

export interface RenderOptions {
  /** Hz; one that the codec has. */
  readonly sampleRate: number;
  /** Of a sample on its way through the driver; what is written is rounded to it. */
  readonly bits: StreamRequest['bits'];
  /** Channels 2k and 2k+1 go to the k-th pin. */
  readonly channels: number;
  /** NID of the output pin for the first two channels; without, the pins of the first output in order. */
  readonly pin?: number;
}

/** All at the stream's rate and channel count; interleaved, or planar. Uint8Array is unsigned 8-bit PCM. */
export type Chunk = Samples | AudioBuffer | AudioData;

/** A render stream of the driver that takes an app's samples. */
export class RenderStream {
  /** NIDs of the pins that it goes to, two channels each. */
  readonly pins: readonly number[];
  /** A write resolves when more may come; close() when the last frame was heard; abort() silences the stream at once. */
  readonly writable: WritableStream<Chunk>;

  /** @internal */
  constructor(connection: HostConnection, id: number, pins: readonly number[]) {
    this.pins = pins;
    const check = (status: number) => {
      if ((status | 0) < 0) throw refused({ status, reason: 'the stream went no further' });
    };
    const close = () => connection.call((host) => host.close(id));
    this.writable = new WritableStream({
      // abort() waits for the write under way, which may wait for a context that is suspended
      start: ({ signal }) => signal.addEventListener('abort', () => void close().catch(() => {})),
      write: async (chunk) => check(await connection.call((host) => host.write(id, samplesOf(chunk)))),
      close: async () => {
        check(await connection.call((host) => host.end(id)));
        await connection.call((host) => host.finished(id));
      },
      abort: close,
    });
  }
}

/** What can be posted to a worker. */
function samplesOf(chunk: Chunk): Samples {
  if (typeof AudioBuffer !== 'undefined' && chunk instanceof AudioBuffer) {
    return Array.from({ length: chunk.numberOfChannels }, (_, channel) => chunk.getChannelData(channel));
  }
  if (typeof AudioData !== 'undefined' && chunk instanceof AudioData) {
    return Array.from({ length: chunk.numberOfChannels }, (_, planeIndex) => {
      const samples = new Float32Array(chunk.numberOfFrames);
      chunk.copyTo(samples, { planeIndex, format: 'f32-planar' });
      return samples;
    });
  }
  return chunk as Samples;
}
