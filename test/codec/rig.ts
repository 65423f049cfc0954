// A whole device that a test drives by registers, CORB and RIRB: a constant plays, and what reaches the pins is read.

import { Codec, type CodecModel, type WidgetModel, waysOf } from '../../src/codec/index.ts';
import * as P from '../../src/hda/parameters.ts';
import * as V from '../../src/hda/verbs.ts';
import type { MachineCodec } from '../../src/machine/machine-codec.ts';
import { BUFFERS, type Guest } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';

export const FORMAT_48K_32_STEREO = 0x0041;
/** Samples of the output stream; channel n of a wider one is LEFT / 2^n, with alternating sign. */
export const LEFT = 0.25;
export const RIGHT = -0.125;
export const channelLevel = (channel: number) => LEFT * (-0.5) ** channel;

const BYTES = 4096;
const INPUT_STREAM = 0;
const OUTPUT_STREAM = 4;
const FULL_SCALE = 2 ** 31;

export class Rig {
  readonly guest: Guest;
  readonly model: CodecModel;
  readonly codec: MachineCodec;
  readonly advance: (frames: number) => void;
  readonly readRam: (address: number) => number;

  private constructor(guest: Guest, model: CodecModel) {
    this.guest = guest;
    this.model = model;
    this.codec = guest.device.codecs[0] as MachineCodec;
    this.advance = (frames) => guest.device.advance(frames);
    this.readRam = (address) => guest.dword(address) | 0;
  }

  /** A device with this codec and a running output stream of a constant in each channel. */
  static async start(model: CodecModel, channels = 2): Promise<Rig> {
    const { device, guest } = await powerUp({ codecs: [new Codec(model, { outputRateHz: 48000 })] });
    guest.start();
    const samples = Int32Array.from({ length: BYTES / 4 }, (_, index) => channelLevel(index % channels) * FULL_SCALE);
    device.memory.write(BUFFERS, new Uint8Array(samples.buffer));
    const entries = (at: number) => [
      { address: at, length: BYTES / 2 },
      { address: at + BYTES / 2, length: BYTES / 2 },
    ];
    guest.stream(OUTPUT_STREAM).setUp({ tag: 1, format: formatOf(channels), entries: entries(BUFFERS) });
    guest.stream(OUTPUT_STREAM).run();
    guest.stream(INPUT_STREAM).setUp({ tag: 2, format: FORMAT_48K_32_STEREO, entries: entries(BUFFERS + BYTES) });
    guest.stream(INPUT_STREAM).run();
    return new Rig(guest, model);
  }

  widget(nid: number): WidgetModel {
    return this.model.functionGroups
      .flatMap((group) => group.widgets)
      .find((widget) => widget.nid === nid) as WidgetModel;
  }

  verb(nid: number, id: number, payload: number): void {
    this.guest.verb(nid, id, payload);
  }

  setAmp(nid: number, output: boolean, index: number, value: number): void {
    const which = output ? V.AMP_SET_OUTPUT : V.AMP_SET_INPUT;
    this.verb(
      nid,
      V.VERB_SET_AMP_GAIN_MUTE,
      which | V.AMP_SET_LEFT | V.AMP_SET_RIGHT | (index << V.AMP_INDEX_SHIFT) | value,
    );
  }

  zeroDb(nid: number, output: boolean, index: number): void {
    const { outputAmpCaps = 0, inputAmpCaps = 0 } = this.widget(nid);
    this.setAmp(nid, output, index, P.ampOffset(output ? outputAmpCaps : inputAmpCaps));
  }

  /** Opens the shortest way to or from a pin at 0 dB; gives the amps along it. */
  open(pin: number, direction: 'out' | 'in', converter?: number): [nid: number, output: boolean, index: number][] {
    const ways = waysOf(this.model).find((found) => found.pin === pin && found.direction === direction)?.ways ?? [];
    const way = ways.find(({ steps }) => converter === undefined || steps.some(({ nid }) => nid === converter));
    const steps = way?.steps ?? [];
    const end = (direction === 'out' ? steps[0] : steps.at(-1))?.nid as number;
    const amps: [number, boolean, number][] = [];
    for (const step of steps) {
      if (step.select) this.verb(step.nid, V.VERB_SET_CONNECTION_SELECT, step.input);
      if (step.inputAmp >= 0) amps.push([step.nid, false, step.inputAmp]);
      if (step.outputAmp) amps.push([step.nid, true, 0]);
    }
    for (const amp of amps) this.zeroDb(...amp);
    this.verb(end, V.VERB_SET_STREAM_CHANNEL, direction === 'out' ? 0x10 : 0x20);
    this.verb(end, V.VERB_SET_CONVERTER_FORMAT, FORMAT_48K_32_STEREO);
    this.verb(end, V.VERB_SET_DIGITAL_CONVERTER_1, V.DIGITAL_ENABLE);
    this.verb(pin, V.VERB_SET_PIN_CONTROL, direction === 'out' ? V.PIN_OUT | V.PIN_HP : V.PIN_IN);
    this.verb(pin, V.VERB_SET_EAPD, V.EAPD_ENABLE);
    return amps;
  }

  /** Takes a converter off its stream. */
  close(converter: number): void {
    this.verb(converter, V.VERB_SET_STREAM_CHANNEL, 0);
  }

  /** The last samples that reached the pin. */
  heard(pin: number, tap = this.codec.listen(pin)): number[] {
    this.advance(8);
    const last = tap.read().map((channel) => channel.at(-1) as number);
    tap.close();
    return last;
  }

  /** Left sample that the input stream last wrote, of a constant that is fed at the pin. */
  recorded(pin: number, level: number): number {
    const frames = 64;
    this.codec.feed(pin, [new Float32Array(frames).fill(level), new Float32Array(frames).fill(level)]);
    this.advance(frames / 2);
    const bytes = this.guest.stream(INPUT_STREAM).position - 8;
    const value = this.readRam(BUFFERS + BYTES + ((bytes + BYTES) % BYTES));
    this.advance(frames);
    return value / FULL_SCALE;
  }
}

/** 48 kHz, 32 bits. */
export const formatOf = (channels: number) => FORMAT_48K_32_STEREO - 2 + channels;
