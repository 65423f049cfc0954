import type { CapturedSamples } from '../worker/capture-queue.ts';
import type { StreamRequest } from '../worker/protocol.ts';
import type { HostConnection } from './connect.ts';

export interface CaptureOptions {
  /** Hz; one that the codec has. */
  readonly sampleRate: number;
  /** Of a sample; 20 and 24 come left-justified in 32. */
  readonly bits: StreamRequest['bits'];
  /** As many as the ADC has at most, as a rule 2. */
  readonly channels: number;
  /** NID of the input pin; without, the first: line in before microphone. */
  readonly pin?: number;
}

/** A capture stream of the driver: what reaches an input pin, through ADC and DMA. */
export class CaptureStream {
  /** NID of the input pin. */
  readonly pins: readonly number[];
  /** Interleaved: Uint8Array (unsigned), Int16Array, or Int32Array with 20, 24 or 32 bits left-justified. cancel() closes it. */
  readonly readable: ReadableStream<CapturedSamples>;
  readonly #connection: HostConnection;
  readonly #id: number;
  #lostFrames = 0;

  /** @internal */
  constructor(connection: HostConnection, id: number, pins: readonly number[]) {
    this.#connection = connection;
    this.#id = id;
    this.pins = pins;
    this.readable = new ReadableStream(
      {
        pull: async (controller) => {
          const { samples, lostFrames } = await connection.call((host) => host.read(id));
          this.#lostFrames = lostFrames;
          if (samples) controller.enqueue(samples);
          else controller.close();
        },
        cancel: () => this.close(),
      },
      { highWaterMark: 0 },
    );
  }

  /** Frames that nobody read in time: more than two seconds wait for no reader. */
  get lostFrames(): number {
    return this.#lostFrames;
  }

  /** Ends it; what has come is still read. */
  close(): Promise<void> {
    return this.#connection.call((host) => host.closeCapture(this.#id));
  }
}
