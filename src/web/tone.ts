import type { StreamRequest, ToneRequest } from '../worker/protocol.ts';
import type { HostConnection } from './connect.ts';

/** What can be changed while a tone plays. */
export interface ToneSettings {
  /** Hz, above 0 and below half the sample rate. Default 440. */
  readonly frequency: number;
  /** dBFS of the peak, at most 0. Default −12. */
  readonly level: number;
  /** Default 'sine'. A sweep begins at the frequency and ends at 20 kHz; 'noise' is white, 'pink' falls by 3 dB an octave. */
  readonly wave: ToneRequest['wave'];
}

export interface ToneOptions extends Partial<ToneSettings> {
  /** Without: until it is stopped. */
  readonly seconds?: number;
  /** Default: the context's. */
  readonly sampleRate?: number;
  /** Default 24, or 16 where the codec has no 24. */
  readonly bits?: StreamRequest['bits'];
  /** Default 2. */
  readonly channels?: number;
  /** NID of the output pin for the first two channels; without, the pins of the first output in order. */
  readonly pin?: number;
}

export function toneRequest(options: ToneOptions, contextRateHz: number, bits: StreamRequest['bits']): ToneRequest {
  const {
    frequency = 440,
    level = -12,
    wave = 'sine',
    seconds,
    sampleRate = contextRateHz,
    channels = 2,
    pin,
  } = options;
  if (seconds !== undefined && !(seconds > 0)) throw new RangeError(`seconds is ${seconds}: must be above 0`);
  return {
    wave,
    frequencyHz: frequency,
    levelDbfs: level,
    frames: seconds === undefined ? Number.POSITIVE_INFINITY : Math.ceil(seconds * sampleRate),
    format: { rateHz: sampleRate, bits, channels, ...(pin !== undefined && { pin }) },
  };
}

/** A tone that plays. */
export class Tone {
  /** NIDs of the pins that it goes to, two channels each. */
  readonly pins: readonly number[];
  /** Resolves when the audio callback has taken the last frame; rejects with what ended the machine before. */
  readonly finished: Promise<void>;
  readonly #connection: HostConnection;
  readonly #id: number;

  /** @internal */
  constructor(connection: HostConnection, id: number, pins: readonly number[]) {
    this.#connection = connection;
    this.#id = id;
    this.pins = pins;
    this.finished = connection.call((host) => host.finished(id));
    this.finished.catch(() => {}); // who does not await it is told by the close event
  }

  /** Fades to other settings, the phase unbroken. RangeError as playTone. */
  change({ frequency, level, wave }: Partial<ToneSettings>): Promise<void> {
    const settings = {
      ...(frequency !== undefined && { frequencyHz: frequency }),
      ...(level !== undefined && { levelDbfs: level }),
      ...(wave !== undefined && { wave }),
    };
    return this.#connection.call((host) => host.changeTone(this.#id, settings));
  }

  /** Fades it out; resolves when it is over. */
  async stop(): Promise<void> {
    await this.#connection.call((host) => host.changeTone(this.#id, null));
    await this.finished;
  }
}
