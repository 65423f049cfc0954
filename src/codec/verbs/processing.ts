// Processing widgets, beep generator and volume knob (hda-hardware §5.12).

import {
  PARAM_AUDIO_CAPS,
  PARAM_PROCESSING_CAPS,
  PARAM_VOLUME_KNOB_CAPS,
  WCAP_PROCESSING,
  WIDGET_BEEP,
  WIDGET_VOLUME_KNOB,
} from '../../hda/parameters.ts';
import {
  VERB_GET_BEEP,
  VERB_GET_COEFFICIENT_INDEX,
  VERB_GET_PROC_COEFFICIENT,
  VERB_GET_PROC_STATE,
  VERB_GET_VOLUME_KNOB,
  VERB_SET_BEEP,
  VERB_SET_COEFFICIENT_INDEX,
  VERB_SET_PROC_COEFFICIENT,
  VERB_SET_PROC_STATE,
  VERB_SET_VOLUME_KNOB,
} from '../../hda/verbs.ts';
import { nextCoefficientIndex } from '../coefficient-index.ts';
import type { Node } from '../node.ts';
import { BEEP, COEFFICIENT_INDEX, KNOB, PROCESSING } from '../registers.ts';
import { get, has, set, setRouting, type Verb } from './verb.ts';

const BENIGN = 2;
const AUDIO_CAPS_BEEP = 1 << 16;
export const KNOB_DIRECT = 0x80;
export const KNOB_DELTA = 0x80;

const isProcessing = has(WCAP_PROCESSING);
const isKnob = (node: Node) => node.type === WIDGET_VOLUME_KNOB;
export const hasBeep = (node: Node) =>
  node.type === WIDGET_BEEP || (node.parameter(PARAM_AUDIO_CAPS) & AUDIO_CAPS_BEEP) !== 0;

/** The index of this access; the next one has the next. */
function nextCoefficient(node: Node): number {
  const index = node.register(COEFFICIENT_INDEX);
  node.state.registers[COEFFICIENT_INDEX] = nextCoefficientIndex(index, node.parameter(PARAM_PROCESSING_CAPS));
  return index;
}

export const processingVerbs: readonly Verb[] = [
  get(VERB_GET_PROC_STATE, isProcessing, (node) => node.register(PROCESSING)),
  set(VERB_SET_PROC_STATE, isProcessing, (node, payload) => {
    if (payload <= BENIGN) node.state.registers[PROCESSING] = payload;
  }),
  get(VERB_GET_PROC_COEFFICIENT, isProcessing, (node) => node.state.coefficients.get(nextCoefficient(node)) ?? 0),
  set(VERB_SET_PROC_COEFFICIENT, isProcessing, (node, payload) => {
    node.state.coefficients.set(nextCoefficient(node), payload);
  }),
  get(VERB_GET_COEFFICIENT_INDEX, isProcessing, (node) => node.register(COEFFICIENT_INDEX)),
  set(VERB_SET_COEFFICIENT_INDEX, isProcessing, (node, payload) => {
    node.state.registers[COEFFICIENT_INDEX] = payload;
  }),
  get(VERB_GET_BEEP, hasBeep, (node) => node.register(BEEP)),
  set(VERB_SET_BEEP, hasBeep, (node, payload, effects) => setRouting(node, BEEP, payload, effects)),
  get(VERB_GET_VOLUME_KNOB, isKnob, (node) => node.register(KNOB)),
  set(VERB_SET_VOLUME_KNOB, isKnob, (node, payload, effects) => {
    // Without «delta» the volume is where the knob stands, and only the direct bit can be written (§5.12).
    const caps = node.parameter(PARAM_VOLUME_KNOB_CAPS);
    const written = Math.min(payload & ~KNOB_DIRECT, caps & ~KNOB_DELTA);
    const volume = (caps & KNOB_DELTA) !== 0 ? written : node.register(KNOB) & ~KNOB_DIRECT;
    setRouting(node, KNOB, (payload & KNOB_DIRECT) | volume, effects);
  }),
];
