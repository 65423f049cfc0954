// A codec for controller tests: a 16-channel DAC and ADC that take every format, joined before the analogue rate.
//
//   stream → DAC 2 ─┬→ pin 4 (output)
//   stream ← ADC 3 ←┴─ (selector 0)   pin 5 (input) → (selector 1)

import type { CodecModel } from '../../src/codec/model.ts';
import {
  encodeAmpCaps,
  FUNCTION_AUDIO,
  PARAM_FUNCTION_TYPE,
  PARAM_SUBORDINATE_NODES,
  PARAM_VENDOR_ID,
  PINCAP_IN,
  PINCAP_OUT,
  PINCAP_PRESENCE,
  WCAP_CHANNELS_SHIFT,
  WCAP_STEREO,
  WCAP_TYPE_SHIFT,
  WIDGET_AUDIO_INPUT,
  WIDGET_AUDIO_OUTPUT,
  WIDGET_PIN,
} from '../../src/hda/parameters.ts';
import { formatRateHz } from '../../src/hda/pcm.ts';
import { formatChannels } from '../../src/hda/stream-format.ts';
import {
  commandNid,
  commandPayload,
  commandVerb,
  UNSOLICITED_ENABLE,
  UNSOLICITED_TAG,
  UNSOLICITED_TAG_SHIFT,
  VERB_GET_CONVERTER_FORMAT,
  VERB_GET_PARAMETER,
  VERB_GET_STREAM_CHANNEL,
  VERB_SET_CONNECTION_SELECT,
  VERB_SET_CONVERTER_FORMAT,
  VERB_SET_STREAM_CHANNEL,
  VERB_SET_UNSOLICITED,
} from '../../src/hda/verbs.ts';
import type { LinkCodec, LinkHost } from '../../src/link/codec.ts';
import type { RouteConverter, Routes } from '../../src/link/routes.ts';

export const DAC = 2;
export const ADC = 3;
export const OUTPUT_PIN = 4;
export const INPUT_PIN = 5;
const CHANNELS = 16;
const JACK_CHANNELS = 2;

const sixteen = (type: number) => ((type << WCAP_TYPE_SHIFT) | (7 << WCAP_CHANNELS_SHIFT) | WCAP_STEREO) >>> 0;
const pin = (capability: number) => ({
  caps: ((WIDGET_PIN << WCAP_TYPE_SHIFT) | WCAP_STEREO) >>> 0,
  pinCaps: capability | PINCAP_PRESENCE,
});

export function testModel(vendorId: number): CodecModel {
  return {
    name: 'test codec',
    address: 0,
    vendorId,
    subsystemId: 0,
    revisionId: 0,
    functionGroups: [
      {
        nid: 1,
        type: FUNCTION_AUDIO,
        outputAmpCaps: encodeAmpCaps(0, 0, 1, false),
        widgets: [
          { nid: DAC, caps: sixteen(WIDGET_AUDIO_OUTPUT) },
          { nid: ADC, caps: sixteen(WIDGET_AUDIO_INPUT) },
          { nid: OUTPUT_PIN, ...pin(PINCAP_OUT) },
          { nid: INPUT_PIN, ...pin(PINCAP_IN) },
        ],
      },
    ],
  };
}

export class TestCodec implements LinkCodec {
  readonly model: CodecModel;
  /** Commands received, in order. */
  readonly commands: number[] = [];
  linkResets = 0;
  host: LinkHost | null = null;
  #stream: Record<number, number> = { [DAC]: 0, [ADC]: 0 };
  #format: Record<number, number> = { [DAC]: 0x0011, [ADC]: 0x0011 };
  #selector = 0;
  #unsolicited = 0;

  constructor(vendorId = 0x7e577e57) {
    this.model = testModel(vendorId);
  }

  attach(host: LinkHost): void {
    this.host = host;
  }

  linkReset(): void {
    this.linkResets++;
  }

  command(word: number): number {
    this.commands.push(word);
    const nid = commandNid(word);
    const payload = commandPayload(word);
    switch (commandVerb(word)) {
      case VERB_GET_PARAMETER:
        return this.#parameter(nid, payload);
      case VERB_SET_CONVERTER_FORMAT:
        this.#format[nid] = payload;
        break;
      case VERB_GET_CONVERTER_FORMAT:
        return this.#format[nid] ?? 0;
      case VERB_SET_STREAM_CHANNEL:
        this.#stream[nid] = payload;
        break;
      case VERB_GET_STREAM_CHANNEL:
        return this.#stream[nid] ?? 0;
      case VERB_SET_CONNECTION_SELECT:
        this.#selector = payload;
        break;
      case VERB_SET_UNSOLICITED:
        this.#unsolicited = payload;
        return 0;
      default:
        return 0;
    }
    this.host?.routesChanged();
    return 0;
  }

  #parameter(nid: number, id: number): number {
    if (nid === 0 && id === PARAM_VENDOR_ID) return this.model.vendorId;
    if (nid === 0 && id === PARAM_SUBORDINATE_NODES) return 0x00010001;
    if (nid === 1 && id === PARAM_SUBORDINATE_NODES) return 0x00020004;
    if (nid === 1 && id === PARAM_FUNCTION_TYPE) return FUNCTION_AUDIO;
    return 0;
  }

  plug(_pin: number, present: boolean): void {
    if ((this.#unsolicited & UNSOLICITED_ENABLE) === 0) return;
    const tag = this.#unsolicited & UNSOLICITED_TAG;
    this.host?.unsolicited(((tag << UNSOLICITED_TAG_SHIFT) | (present ? 1 : 0)) >>> 0);
  }

  dump(): string {
    return '';
  }

  routes(): Routes {
    const rateHz = formatRateHz(this.#format[DAC] as number);
    const dac = Array.from({ length: CHANNELS }, (_, channel) => channel);
    const jack = Array.from({ length: JACK_CHANNELS }, (_, channel) => CHANNELS + channel);
    const outputs = this.#converter(DAC, rateHz, dac);
    const silent = outputs.length === 0 ? dac.map(() => -1) : dac;
    const jackRate = formatRateHz(this.#format[ADC] as number);
    const source = this.#selector === 0 ? silent : jack;
    const heard = silent.slice(0, formatChannels(this.#format[DAC] as number));
    return {
      channels: CHANNELS + JACK_CHANNELS,
      outputs,
      inputs: this.#converter(ADC, this.#selector === 0 ? rateHz : jackRate, source),
      mixes: [],
      pins: [{ nid: OUTPUT_PIN, rateHz, lanes: heard }],
      feeds: [{ nid: INPUT_PIN, rateHz: jackRate, lanes: jack }],
      gains: new Float32Array(0),
    };
  }

  #converter(nid: number, rateHz: number, lanes: number[]): RouteConverter[] {
    const stream = this.#stream[nid] as number;
    const format = this.#format[nid] as number;
    if (stream >>> 4 === 0) return [];
    return [{ nid, tag: stream >>> 4, firstStreamChannel: stream & 15, format, rateHz, lanes }];
  }

  state(): unknown {
    return [{ ...this.#stream }, { ...this.#format }, this.#selector, this.#unsolicited];
  }

  restore(state: unknown): void {
    if (!Array.isArray(state)) throw new TypeError('no state of a TestCodec');
    [this.#stream, this.#format, this.#selector, this.#unsolicited] = structuredClone(state) as [
      Record<number, number>,
      Record<number, number>,
      number,
      number,
    ];
    this.host?.routesChanged();
  }
}
