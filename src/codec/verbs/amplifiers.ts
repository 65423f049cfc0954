// Amplifier gain and mute, verbs 3h and Bh (hda-hardware §5.7).

import { AMPCAP_MUTE, ampSteps } from '../../hda/parameters.ts';
import {
  AMP_GAIN,
  AMP_GET_LEFT,
  AMP_GET_OUTPUT,
  AMP_INDEX_SHIFT,
  AMP_MUTE,
  AMP_SET_INPUT,
  AMP_SET_LEFT,
  AMP_SET_OUTPUT,
  AMP_SET_RIGHT,
  VERB_GET_AMP_GAIN_MUTE,
  VERB_SET_AMP_GAIN_MUTE,
} from '../../hda/verbs.ts';
import type { Node } from '../node.ts';
import { type Effects, get, set, type Verb } from './verb.ts';

const INDEX = 0xf;

const hasAmp = (node: Node): boolean => node.state.amps.length > 0;

export const amplifierVerbs: readonly Verb[] = [
  get(VERB_GET_AMP_GAIN_MUTE, hasAmp, (node, payload) => {
    const output = (payload & AMP_GET_OUTPUT) !== 0;
    const at = node.ampAt(output, payload & INDEX, (payload & AMP_GET_LEFT) === 0);
    return at < 0 ? 0 : (node.state.amps[at] as number);
  }),
  set(VERB_SET_AMP_GAIN_MUTE, hasAmp, (node, payload, effects) => {
    const index = (payload >>> AMP_INDEX_SHIFT) & INDEX;
    for (const output of [true, false]) {
      if ((payload & (output ? AMP_SET_OUTPUT : AMP_SET_INPUT)) === 0) continue;
      if ((payload & AMP_SET_LEFT) !== 0) setAmp(node, output, index, false, payload, effects);
      if ((payload & AMP_SET_RIGHT) !== 0) setAmp(node, output, index, true, payload, effects);
    }
  }),
];

/** Gain above NumSteps is clamped, and mute without the capability ignored (§5.7). */
function setAmp(node: Node, output: boolean, index: number, right: boolean, payload: number, effects: Effects): void {
  const at = node.ampAt(output, index, right);
  if (at < 0) return;
  const caps = node.ampCaps(output);
  const mute = (caps & AMPCAP_MUTE) !== 0 ? payload & AMP_MUTE : 0;
  const old = node.state.amps[at] as number;
  const next = mute | Math.min(payload & AMP_GAIN, ampSteps(caps));
  if (next === old) return;
  node.state.amps[at] = next;
  if ((next & AMP_MUTE) !== (old & AMP_MUTE)) effects.routesChanged();
  else effects.gainsChanged();
}
