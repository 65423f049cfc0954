// Converters: stream and channel, format, digital control, SDI, stripe, channel count (hda-hardware §4, §5.5, §5.10).

import { WCAP_DIGITAL, WCAP_STRIPE, WIDGET_AUDIO_INPUT, WIDGET_AUDIO_OUTPUT } from '../../hda/parameters.ts';
import { FORMAT_WRITABLE } from '../../hda/stream-format.ts';
import {
  VERB_GET_CHANNEL_COUNT,
  VERB_GET_CONVERTER_FORMAT,
  VERB_GET_DIGITAL_CONVERTER,
  VERB_GET_SDI_SELECT,
  VERB_GET_STREAM_CHANNEL,
  VERB_GET_STRIPE,
  VERB_SET_CHANNEL_COUNT,
  VERB_SET_CONVERTER_FORMAT,
  VERB_SET_DIGITAL_CONVERTER_1,
  VERB_SET_DIGITAL_CONVERTER_2,
  VERB_SET_DIGITAL_CONVERTER_3,
  VERB_SET_DIGITAL_CONVERTER_4,
  VERB_SET_SDI_SELECT,
  VERB_SET_STREAM_CHANNEL,
  VERB_SET_STRIPE,
} from '../../hda/verbs.ts';
import type { Node } from '../node.ts';
import { CHANNEL_COUNT, CONVERTER_FORMAT, DIGITAL, SDI, STREAM_CHANNEL, STRIPE } from '../registers.ts';
import { get, isConverter, set, setRouting, stored, type Verb } from './verb.ts';

/** One, two and four lines: bits 22:20 of F24h. */
const STRIPE_LINES = 7 << 20;

const isDigital = (node: Node) => isConverter(node) && (node.caps & WCAP_DIGITAL) !== 0;
const isStriped = (node: Node) => isConverter(node) && (node.caps & WCAP_STRIPE) !== 0;
const isInput = (node: Node) => node.type === WIDGET_AUDIO_INPUT;
const isMultichannel = (node: Node) => node.type === WIDGET_AUDIO_OUTPUT && node.channels > 2;

/** 70Dh–73Fh each write a byte of the register; the bits that §5.10 names exist. */
function digitalByte(id: number, shift: number, mask: number): Verb {
  return set(id, isDigital, (node, payload, effects) => {
    const rest = node.register(DIGITAL) & ~(0xff << shift);
    setRouting(node, DIGITAL, (rest | ((payload & mask) << shift)) >>> 0, effects);
  });
}

export const converterVerbs: readonly Verb[] = [
  get(VERB_GET_STREAM_CHANNEL, isConverter, (node) => node.register(STREAM_CHANNEL)),
  set(VERB_SET_STREAM_CHANNEL, isConverter, (node, payload, effects) => {
    setRouting(node, STREAM_CHANNEL, payload, effects);
  }),
  get(VERB_GET_CONVERTER_FORMAT, isConverter, (node) => node.register(CONVERTER_FORMAT)),
  set(VERB_SET_CONVERTER_FORMAT, isConverter, (node, payload, effects) => {
    setRouting(node, CONVERTER_FORMAT, payload & FORMAT_WRITABLE, effects);
  }),
  get(VERB_GET_DIGITAL_CONVERTER, isDigital, (node) => node.register(DIGITAL)),
  digitalByte(VERB_SET_DIGITAL_CONVERTER_1, 0, 0xff),
  digitalByte(VERB_SET_DIGITAL_CONVERTER_2, 8, 0x7f),
  digitalByte(VERB_SET_DIGITAL_CONVERTER_3, 16, 0x8f),
  digitalByte(VERB_SET_DIGITAL_CONVERTER_4, 24, 0),
  ...stored(SDI, VERB_GET_SDI_SELECT, VERB_SET_SDI_SELECT, isInput, () => 0xf),
  get(VERB_GET_STRIPE, isStriped, (node) => node.register(STRIPE) | STRIPE_LINES),
  set(VERB_SET_STRIPE, isStriped, (node, payload) => {
    node.state.registers[STRIPE] = payload & 3;
  }),
  get(VERB_GET_CHANNEL_COUNT, isMultichannel, (node) => node.register(CHANNEL_COUNT)),
  set(VERB_SET_CHANNEL_COUNT, isMultichannel, (node, payload, effects) => {
    setRouting(node, CHANNEL_COUNT, Math.min(payload & 0xf, node.channels - 1), effects);
  }),
];
