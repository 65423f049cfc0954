// Command streams in the making. A list never changes: every method gives a longer one, so a prefix can be kept and reused.
//
//   commands
//     .tone({ into: left, format, frequencyHz: 440, amplitude: 0.25 })
//     .gain({ from: left, into: left, format, start: 0, end: 1 })
//     .meter({ from: left, into: levels, format })
//     .fence({ into: cell, value: 1n })

import {
  DSP_BIND,
  DSP_BIQUAD,
  DSP_CONVERT,
  DSP_COPY,
  DSP_FILL,
  DSP_GAIN,
  DSP_MARK,
  DSP_METER,
  DSP_MIX,
  DSP_NOISE,
  DSP_NOP,
  DSP_RESAMPLE,
  DSP_SPLITHINT,
  DSP_SWEEP,
  DSP_TONE,
  DSP_TONEAT,
  DSP_UFENCE,
  DSP_UNBIND,
  MIX_ADD,
  NOISE_PINK,
  RESAMPLE_STREAMING,
  SWEEP_LOGARITHMIC,
  WAVE_SAW,
  WAVE_SINE,
  WAVE_SQUARE,
  WAVE_TRIANGLE,
} from '../hda/dsp-packets.ts';
import { COMMANDS, CONVERT_USER_FRAMES, MIX_USER_SOURCE_BYTES, MIX_USER_SOURCES, REF_BYTES } from './commands-table.ts';
import { type BuiltCommands, type Command, encodeCommands } from './encode-commands.ts';
import { packFormat, type SampleFormat } from './format.ts';
import { firstFrames, frameOf, type Place, type Ref, read, sized, write } from './places.ts';

export const TONE_WAVES = { sine: WAVE_SINE, square: WAVE_SQUARE, saw: WAVE_SAW, triangle: WAVE_TRIANGLE } as const;

/** Section coefficients, a0 = 1. */
export interface BiquadSection {
  readonly b0: number;
  readonly b1: number;
  readonly b2: number;
  readonly a1: number;
  readonly a2: number;
}

/** Commands in order; each call returns a longer list and leaves this one as it is. Begin with `commands`. */
export class CommandList {
  readonly length: number;
  readonly #before: CommandList | null;
  readonly #command: Command | null;

  private constructor(before: CommandList | null, command: Command | null) {
    this.#before = before;
    this.#command = command;
    this.length = before ? before.length + 1 : 0;
  }

  static readonly empty = new CommandList(null, null);

  /** Nothing, in its place in the order. */
  nop(): CommandList {
    return this.#add(DSP_NOP, 0, []);
  }

  /** Both places have one length, a multiple of 4 bytes, and do not overlap; STATUS_INVALID_PARAMETER at submission else. */
  copy(options: { from: Place; into: Place }): CommandList {
    return this.#add(DSP_COPY, 0, [write(8, options.into), read(24, options.from)]);
  }

  /** The pattern is `bytes` (1, 2 or 4) long and repeats. */
  fill(options: { into: Place; pattern: number; bytes?: 1 | 2 | 4 }): CommandList {
    const { into, pattern, bytes = 4 } = options;
    return this.#add(DSP_FILL, 0, [write(8, into, bytes)], (view, at) => {
      view.setUint32(at + 24, pattern, true);
      view.setUint32(at + 28, bytes, true);
    });
  }

  /**
   * Square, saw and triangle have all harmonics below half the rate; amplitude is the wave's peak. Phase in cycles, of
   * frame 0; with firstFrame the command makes the frames from there on.
   */
  tone(options: {
    into: Place;
    format: SampleFormat;
    frequencyHz: number;
    amplitude: number;
    wave?: keyof typeof TONE_WAVES;
    phase?: number;
    firstFrame?: number;
  }): CommandList {
    const { into, format, frequencyHz, amplitude, wave = 'sine', phase = 0, firstFrame = 0 } = options;
    const opcode = firstFrame === 0 ? DSP_TONE : DSP_TONEAT;
    return this.#add(opcode, TONE_WAVES[wave], [write(8, into, frameOf(format))], (view, at) => {
      putFormat(view, at + 24, format);
      view.setFloat64(at + 32, frequencyHz, true);
      view.setFloat32(at + 40, amplitude, true);
      view.setFloat32(at + 44, phase, true);
      if (firstFrame !== 0) view.setUint32(at + 48, firstFrame, true);
    });
  }

  /** A sine from one frequency to another over `frames`, of which this command makes those from firstFrame on. */
  sweep(options: {
    into: Place;
    format: SampleFormat;
    fromHz: number;
    toHz: number;
    frames: number;
    amplitude: number;
    logarithmic?: boolean;
    phase?: number;
    firstFrame?: number;
  }): CommandList {
    const { into, format, fromHz, toHz, frames, amplitude, logarithmic = true, phase = 0, firstFrame = 0 } = options;
    const flags = logarithmic ? SWEEP_LOGARITHMIC : 0;
    return this.#add(DSP_SWEEP, flags, [write(8, into, frameOf(format))], (view, at) => {
      putFormat(view, at + 24, format);
      view.setFloat64(at + 32, fromHz, true);
      view.setFloat64(at + 40, toHz, true);
      view.setFloat32(at + 48, amplitude, true);
      view.setFloat32(at + 52, phase, true);
      view.setUint32(at + 56, firstFrame, true);
      view.setUint32(at + 60, frames, true);
    });
  }

  /** White: uniform in ±amplitude. Pink: −3 dB an octave, of the same RMS; its peaks go beyond ±amplitude. */
  noise(options: {
    into: Place;
    format: SampleFormat;
    amplitude: number;
    pink?: boolean;
    seed?: number;
    firstFrame?: number;
  }): CommandList {
    const { into, format, amplitude, pink = false, seed = 0, firstFrame = 0 } = options;
    return this.#add(DSP_NOISE, pink ? NOISE_PINK : 0, [write(8, into, frameOf(format))], (view, at) => {
      putFormat(view, at + 24, format);
      view.setFloat32(at + 32, amplitude, true);
      view.setUint32(at + 36, seed, true);
      view.setUint32(at + 40, firstFrame, true);
    });
  }

  /** A linear ramp from `start` at the first frame to `end` after the last; both default to 1. May be in place. */
  gain(options: { from: Place; into: Place; format: SampleFormat; start?: number; end?: number }): CommandList {
    const { from, into, format, start = 1, end = start } = options;
    const frame = frameOf(format);
    return this.#add(DSP_GAIN, 0, [write(8, into, frame), read(24, from, frame)], (view, at) => {
      putFormat(view, at + 40, format);
      view.setFloat32(at + 48, start, true);
      view.setFloat32(at + 52, end, true);
    });
  }

  /** The sum of sources; `add`: to what is there. */
  mix(options: {
    into: Place;
    format: SampleFormat;
    sources: readonly { readonly from: Place; readonly gain?: number }[];
    add?: boolean;
  }): CommandList {
    const { into, format, sources, add = false } = options;
    const frame = frameOf(format);
    const refs = sources.map((source, n) => read(MIX_USER_SOURCES + n * MIX_USER_SOURCE_BYTES, source.from, frame));
    const bytes = MIX_USER_SOURCES + sources.length * MIX_USER_SOURCE_BYTES;
    const fill = (view: DataView, at: number) => {
      putFormat(view, at + 24, format);
      view.setUint32(at + 32, sources.length, true);
      for (const [n, { gain = 1 }] of sources.entries()) {
        view.setFloat32(at + MIX_USER_SOURCES + n * MIX_USER_SOURCE_BYTES + REF_BYTES, gain, true);
      }
    };
    return this.#add(DSP_MIX, add ? MIX_ADD : 0, [write(8, into, frame), ...refs], fill, bytes);
  }

  /** From one container to another at one rate; a seed other than 0 asks for triangular dither of ±1 step. */
  convert(options: {
    from: Place;
    fromFormat: SampleFormat;
    into: Place;
    intoFormat: SampleFormat;
    frames: number;
    ditherSeed?: number;
  }): CommandList {
    const { from, fromFormat, into, intoFormat, frames, ditherSeed = 0 } = options;
    const refs = [write(8, firstFrames(into, frames, intoFormat)), read(24, firstFrames(from, frames, fromFormat))];
    return this.#add(DSP_CONVERT, 0, refs, (view, at) => {
      putFormat(view, at + 40, intoFormat);
      putFormat(view, at + 48, fromFormat);
      view.setUint32(at + CONVERT_USER_FRAMES, frames, true);
      view.setUint32(at + 60, ditherSeed, true);
    });
  }

  /** Sections one after another. Coefficients: five f64 a section; state: two f64 a section and channel, zeros at rest. */
  biquad(options: { from: Place; into: Place; format: SampleFormat; coefficients: Place; state: Place }): CommandList {
    const { from, into, format, coefficients, state } = options;
    const frame = frameOf(format);
    const refs = [write(8, into, frame), read(24, from, frame), read(48, coefficients), write(64, state)];
    return this.#add(DSP_BIQUAD, 0, refs, (view, at) => putFormat(view, at + 40, format));
  }

  /**
   * To the rate of intoFormat. `ratio` (source frames per destination frame; default: the rates') may differ from the
   * rates' by a tenth and may move to `endRatio` over the command. State: resamplerStateBytes; zeros: a new stream.
   */
  resample(options: {
    from: Place;
    fromFormat: SampleFormat;
    into: Place;
    intoFormat: SampleFormat;
    state: Place;
    ratio?: number;
    endRatio?: number;
    streaming?: boolean;
  }): CommandList {
    const { from, fromFormat, into, intoFormat, state, ratio, endRatio = ratio, streaming = false } = options;
    const refs = [write(8, into, frameOf(intoFormat)), read(24, from, frameOf(fromFormat)), write(56, state)];
    return this.#add(DSP_RESAMPLE, streaming ? RESAMPLE_STREAMING : 0, refs, (view, at) => {
      putFormat(view, at + 40, intoFormat);
      putFormat(view, at + 48, fromFormat);
      // Exactly the rates' ratio, or a fraction with an error below 0.001 ppm.
      const scale = ratio === undefined ? 1 : Math.floor(2 ** 31 / Math.max(intoFormat.rateHz, fromFormat.rateHz));
      const unit = intoFormat.rateHz * scale;
      const step = (value: number | undefined) => (value === undefined ? fromFormat.rateHz : Math.round(value * unit));
      view.setUint32(at + 72, step(ratio), true);
      view.setUint32(at + 76, step(endRatio), true);
      view.setUint32(at + 80, unit, true);
    });
  }

  /** Peak, RMS and true peak of each channel, three f32 each; at most 16384 frames. */
  meter(options: { from: Place; into: Place; format: SampleFormat }): CommandList {
    const { from, into, format } = options;
    const levels = sized(into, 12 * format.channels);
    const refs = [read(8, from, frameOf(format)), write(24, levels)];
    return this.#add(DSP_METER, 0, refs, (view, at) => putFormat(view, at + 40, format));
  }

  /** Writes eight bytes when everything before is done. */
  fence(options: { into: Place; value: bigint }): CommandList {
    const fill = (view: DataView, at: number) => view.setBigUint64(at + 24, options.value, true);
    return this.#add(DSP_UFENCE, 0, [write(8, sized(options.into, 8))], fill);
  }

  /** Keeps the place in the segment from here on, in this slot. */
  bind(options: { place: Place; slot: number }): CommandList {
    const list = this.#add(DSP_BIND, 0, [read(8, options.place)], (view, at) =>
      view.setUint32(at + 12, options.slot, true),
    );
    return list;
  }

  /** Empties a slot: what it held may leave the segment. */
  unbind(slot: number): CommandList {
    return this.#add(DSP_UNBIND, 0, [], (view, at) => view.setUint32(at + 8, slot, true));
  }

  /** Where the work may best be cut, if it does not fit into the segment as one piece. */
  splitHint(): CommandList {
    return this.#add(DSP_SPLITHINT, 0, []);
  }

  /** A number of one's own in the command buffer; nothing is done. */
  mark(tag: number): CommandList {
    return this.#add(DSP_MARK, 0, [], (view, at) => view.setUint32(at + 8, tag, true));
  }

  /** The command buffer and its allocation list, as DspContext.submit hands them to the kernel. */
  build(): BuiltCommands {
    const all: Command[] = [];
    for (let list: CommandList | null = this; list !== null; list = list.#before) {
      if (list.#command) all.push(list.#command);
    }
    return encodeCommands(all.reverse());
  }

  #add(
    opcode: number,
    flags: number,
    refs: readonly Ref[],
    fill: Command['fill'] = () => {},
    bytes = COMMANDS.get(opcode)?.bytes ?? 0,
  ): CommandList {
    return new CommandList(this, { opcode, flags, bytes, refs, fill });
  }
}

/** The empty list: where every list begins. */
export const commands = CommandList.empty;

function putFormat(view: DataView, at: number, format: SampleFormat): void {
  view.setUint32(at, packFormat(format), true);
  view.setUint32(at + 4, format.rateHz, true);
}
