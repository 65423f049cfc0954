// A codec as the embedder sees it: its jacks and what reaches its pins (design, MachineCodec).

import type { CodecModel } from '../codec/model.ts';
import { PINCAP_IN, PINCAP_OUT, WIDGET_PIN, widgetChannels, widgetType } from '../hda/parameters.ts';
import type { DeviceCodec } from './mixer.ts';
import type { PinTap } from './pin-tap.ts';

export interface MachineCodec {
  readonly model: CodecModel;
  /** What reaches the pin from this call on. RangeError for what is no output pin. */
  listen(pin: number): PinTap;
  /**
   * Queues planar float32 at an input pin, at the analogue rate; what is not queued is silence. At most 10 s wait,
   * the rest is dropped and counted. RangeError for what is no input pin.
   */
  feed(pin: number, channels: Float32Array[]): void;
  /** Rate at which somebody hears the jack of an input pin now; 0: nobody does. RangeError for what is no input pin. */
  inputRateHz(pin: number): number;
  /** A jack is plugged or pulled: pin sense, and an unsolicited response if enabled. RangeError for what is no pin. */
  plug(pin: number, present: boolean): void;
  /** ALSA proc text of the present state. */
  dump(): string;
}

/** What the mixer does for a codec's handle. */
export interface PinAccess {
  listen(pin: number, channels: number): PinTap;
  jack(pin: number, channels: number): { queue(input: readonly Float32Array[]): void };
  inputRateHz(pin: number): number;
  plug(pin: number, present: boolean): void;
}

export class MachineCodecHandle implements MachineCodec {
  readonly #codec: DeviceCodec;
  readonly #pins: PinAccess;

  constructor(codec: DeviceCodec, pins: PinAccess) {
    this.#codec = codec;
    this.#pins = pins;
  }

  get model(): CodecModel {
    return this.#codec.model;
  }

  listen(pin: number): PinTap {
    return this.#pins.listen(pin, this.#channels(pin, PINCAP_OUT, 'output'));
  }

  feed(pin: number, channels: Float32Array[]): void {
    const jackChannels = this.#channels(pin, PINCAP_IN, 'input');
    const frames = channels[0]?.length;
    if (channels.some((channel) => !(channel instanceof Float32Array) || channel.length !== frames)) {
      throw new TypeError('feed: channels must be Float32Arrays of one length');
    }
    if (frames) this.#pins.jack(pin, jackChannels).queue(channels);
  }

  inputRateHz(pin: number): number {
    this.#channels(pin, PINCAP_IN, 'input');
    return this.#pins.inputRateHz(pin);
  }

  plug(pin: number, present: boolean): void {
    this.#channels(pin, PINCAP_IN | PINCAP_OUT, 'jack');
    this.#pins.plug(pin, present);
  }

  dump(): string {
    return this.#codec.dump();
  }

  /** Channels of the pin widget; RangeError unless it is a pin with one of these capabilities. */
  #channels(pin: number, capability: number, kind: string): number {
    const pins = this.#codec.model.functionGroups
      .flatMap((group) => group.widgets)
      .filter((widget) => widgetType(widget.caps) === WIDGET_PIN && ((widget.pinCaps ?? 0) & capability) !== 0);
    const found = pins.find((widget) => widget.nid === pin);
    if (!found) {
      const there = pins.map((widget) => `0x${widget.nid.toString(16)}`).join(', ') || 'none';
      throw new RangeError(`pin ${pin} is no ${kind} pin of ${this.#codec.model.name}: there are ${there}`);
    }
    return widgetChannels(found.caps);
  }
}
