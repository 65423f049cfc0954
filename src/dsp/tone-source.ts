// Test tones by command buffer: the engine makes every frame, in the stream's own containers, rounded once.

import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
} from '../ddi/ntstatus.ts';
import type { PcmFormat } from '../hda/pcm.ts';
import { type DspBuffer, type DspContext, DspDevice, type Outcome } from './client.ts';
import { type CommandList, commands } from './commands.ts';
import type { Adapter } from './kernel/adapter.ts';
import { frameOf, type Place } from './places.ts';
import { putSilence } from './quantize.ts';
import { sweepEndHz, type ToneSettings } from './tone.ts';
import { type Part, type Piece, ToneLayers } from './tone-layers.ts';

/** Frames that one submission makes. */
const SLICE_FRAMES = 2048;
const DITHER_SEEDS = [1, 2];
/** NOISE's pink has the RMS of white, 1/√3; here its peaks are to be the level: 4.5 times its RMS, passed once in seconds. */
const PINK_SCALE = Math.sqrt(3) / 4.5;

export interface ToneOptions {
  readonly format: PcmFormat;
  /** Length: silence from here on, and where a sweep ends. Infinity: no end. */
  readonly frames: number;
  /** Triangular dither of ±1 step. */
  readonly dither?: boolean;
}

export class ToneSource {
  #status: NTSTATUS = STATUS_SUCCESS;
  readonly #layers: ToneLayers;
  readonly #options: ToneOptions;
  /** Of signals that are joined before they get their size: finer than any that is dithered. */
  readonly #joint: PcmFormat;
  readonly #device: DspDevice;
  readonly #context: DspContext;
  /** What the stream gets, and two signals to be joined. */
  readonly #buffers: readonly [made: DspBuffer, one: DspBuffer, other: DspBuffer];

  /** No value where the engine refuses; NOT_SUPPORTED where there is none. Errors: RangeError as checkTone. */
  static open(adapter: Adapter | null, settings: ToneSettings, options: ToneOptions): Outcome<ToneSource> {
    const layers = new ToneLayers(settings, options.format.rateHz, options.frames);
    if (!adapter) return { status: STATUS_NOT_SUPPORTED, value: null };
    const { status, value: device } = DspDevice.open(adapter);
    if (!device) return { status, value: null };
    const context = device.createContext();
    const joint: PcmFormat = { ...options.format, bits: 32 };
    const buffers = [options.format, joint, joint].map((format) =>
      device.allocate({ bytes: SLICE_FRAMES * frameOf(format) }),
    );
    const [made, one, other] = buffers.map(({ value }) => value);
    if (context.value && made && one && other) {
      return { status, value: new ToneSource(layers, options, joint, device, context.value, [made, one, other]) };
    }
    device.close();
    return { status: [context, ...buffers].find((each) => !each.value)?.status ?? STATUS_UNSUCCESSFUL, value: null };
  }

  private constructor(
    layers: ToneLayers,
    options: ToneOptions,
    joint: PcmFormat,
    device: DspDevice,
    context: DspContext,
    buffers: readonly [DspBuffer, DspBuffer, DspBuffer],
  ) {
    this.#layers = layers;
    this.#options = options;
    this.#joint = joint;
    this.#device = device;
    this.#context = context;
    this.#buffers = buffers;
  }

  /** SUCCESS, or what the engine said when it did not do as it was told; from then on there is silence. */
  get status(): NTSTATUS {
    return this.#status;
  }

  /** What was asked for last; null: silence. */
  get settings(): ToneSettings | null {
    return this.#layers.settings;
  }

  /** As ToneLayers.change. */
  change(settings: ToneSettings | null, frame: number): number {
    return this.#layers.change(settings, frame);
  }

  /** A stream's SampleSource. */
  readonly fill = (into: Uint8Array, firstFrame: number, frames: number): void => {
    const { format, frames: length } = this.#options;
    const frameBytes = frameOf(format);
    const present = Math.max(0, Math.min(frames, length - firstFrame));
    let done = 0;
    while (done < present && NT_SUCCESS(this.#status)) {
      const count = Math.min(SLICE_FRAMES, present - done);
      into.set(this.#make(firstFrame + done, count), done * frameBytes);
      if (NT_SUCCESS(this.#status)) done += count;
    }
    putSilence(into.subarray(done * frameBytes), format.bits);
  };

  /** Gives the engine's memory back. */
  close(): void {
    this.#device.close();
  }

  #make(firstFrame: number, frames: number): Uint8Array {
    let list = commands;
    for (let done = 0; done < frames; ) {
      const piece = this.#layers.pieceAt(firstFrame + done, frames - done);
      list = this.#append(list, piece, done, firstFrame + done);
      done += piece.frames;
    }
    const [made] = this.#buffers;
    this.#status = this.#context.submit(list).status;
    const bytes = made.read(0, frames * frameOf(this.#options.format));
    if (NT_SUCCESS(this.#status) && bytes.length === 0) this.#status = STATUS_UNSUCCESSFUL;
    return bytes;
  }

  /** Appends what makes a piece at frame `at` of the buffers; it is frame `frame` of the stream. */
  #append(list: CommandList, { frames, parts }: Piece, at: number, frame: number): CommandList {
    const { format, dither = false } = this.#options;
    const joint = this.#joint;
    const [made, one, other] = this.#buffers;
    const place = (buffer: DspBuffer, samples: PcmFormat): Place => {
      const frameBytes = frameOf(samples);
      return { buffer, offset: at * frameBytes, bytes: frames * frameBytes };
    };
    const [first, second] = parts as [Part, Part?];
    const into = place(made, format);
    if (!second && !dither) return this.#signal(list, first, into, format);

    const [sum, addend] = [place(one, joint), place(other, joint)];
    const add = (to: CommandList) => to.mix({ into: sum, format: joint, sources: [{ from: addend }], add: true });
    const ramp = (to: CommandList, { gainFrom, gainTo }: Part, on: Place) =>
      to.gain({ from: on, into: on, format: joint, start: gainFrom, end: gainTo });
    let joined = this.#signal(list, first, sum, joint);
    if (second) {
      joined = ramp(joined, first, sum);
      joined = add(ramp(this.#signal(joined, second, addend, joint), second, addend));
    }
    if (dither) {
      // Triangular: two uniform noises. CONVERT's own would begin anew with every command.
      const noise = { into: addend, format: joint, amplitude: 2 ** -format.bits, firstFrame: frame % 2 ** 31 };
      for (const seed of DITHER_SEEDS) joined = add(joined.noise({ ...noise, seed }));
    }
    return joined.convert({ from: sum, fromFormat: joint, into, intoFormat: format, frames });
  }

  #signal(list: CommandList, part: Part, into: Place, format: PcmFormat): CommandList {
    const { settings, firstFrame, phase } = part;
    if (!settings) return list.fill({ into, pattern: format.bits === 8 ? 0x80 : 0, bytes: 1 });
    const { wave, frequencyHz } = settings;
    const amplitude = 10 ** (settings.levelDbfs / 20);
    switch (wave) {
      case 'noise':
        return list.noise({ into, format, amplitude, firstFrame });
      case 'pink':
        return list.noise({ into, format, amplitude: amplitude * PINK_SCALE, pink: true, firstFrame });
      case 'sweep': {
        const toHz = sweepEndHz(format.rateHz);
        return list.sweep({
          into,
          format,
          fromHz: frequencyHz,
          toHz,
          frames: this.#layers.sweepFrames,
          amplitude,
          firstFrame,
        });
      }
      default:
        return list.tone({ into, format, frequencyHz, amplitude, wave, phase, firstFrame });
    }
  }
}
