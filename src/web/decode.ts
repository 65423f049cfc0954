// A sound file, whatever the browser decodes, through the codec.

import { unlessAborted } from './abort.ts';
import type { Azalia } from './azalia.ts';

export interface PlayOptions {
  /** NID of the output pin for the first two channels; without, the pins of the first output in order. */
  readonly pin?: number;
  /** Gives decoding up, or stops what plays: `finished` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A file that plays. */
export interface FilePlayback {
  /** How long it is. */
  readonly seconds: number;
  /** NIDs of the pins that it goes to, two channels each. */
  readonly pins: readonly number[];
  /** What the stream has taken so far; what is heard lies the latency behind. */
  readonly positionSeconds: number;
  /** Resolves when the last frame has been heard. */
  readonly finished: Promise<void>;
}

const PIECE_SECONDS = 0.1;

/** As Azalia.decodeAndPlay. */
export async function decodeAndPlay(azalia: Azalia, data: ArrayBuffer, options: PlayOptions): Promise<FilePlayback> {
  const { signal, pin } = options;
  signal?.throwIfAborted();
  const sound = await unlessAborted(azalia.context.decodeAudioData(data), signal);
  const { sampleRate, numberOfChannels: channels, length } = sound;
  const stream = await azalia.openRender({ sampleRate, bits: 24, channels, ...(pin !== undefined && { pin }) });
  const writer = stream.writable.getWriter();
  if (signal?.aborted) await writer.abort(signal.reason);
  signal?.throwIfAborted();
  const piece = Math.ceil(PIECE_SECONDS * sampleRate);
  let taken = 0;
  const feed = async () => {
    for (; taken < length; taken = Math.min(length, taken + piece)) {
      signal?.throwIfAborted();
      const end = Math.min(length, taken + piece);
      await writer.write(
        Array.from({ length: channels }, (_, channel) => sound.getChannelData(channel).slice(taken, end)),
      );
    }
    await writer.close();
  };
  const stop = () => void writer.abort(signal?.reason).catch(() => {});
  signal?.addEventListener('abort', stop, { once: true });
  const finished = feed().finally(() => signal?.removeEventListener('abort', stop));
  finished.catch(() => {}); // who does not await it is told by the close event
  return {
    seconds: sound.duration,
    pins: stream.pins,
    finished,
    get positionSeconds() {
      return taken / sampleRate;
    },
  };
}
