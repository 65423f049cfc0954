// Power states, function reset, unsolicited control and the subsystem id (hda-hardware §5.9, §5.11, §5.13).

import { PARAM_POWER_STATES, WCAP_POWER, WCAP_UNSOLICITED } from '../../hda/parameters.ts';
import {
  POWER_ACT_SHIFT,
  POWER_D3,
  POWER_SET,
  UNSOLICITED_ENABLE,
  UNSOLICITED_TAG,
  VERB_FUNCTION_RESET,
  VERB_GET_POWER_STATE,
  VERB_GET_SUBSYSTEM_ID,
  VERB_GET_UNSOLICITED,
  VERB_SET_POWER_STATE,
  VERB_SET_SUBSYSTEM_ID,
  VERB_SET_UNSOLICITED,
} from '../../hda/verbs.ts';
import type { Node } from '../node.ts';
import { POWER_BELIEVED, POWER_FLAGS, POWER_SETTING, SUBSYSTEM, UNSOLICITED } from '../registers.ts';
import { bytes } from './bytes.ts';
import { get, isGroup, set, stored, type Verb } from './verb.ts';

/** Value of 705h and bit of parameter 0Fh (§5.11). */
export const POWER_D3COLD = 4;

const hasPower = (node: Node) => isGroup(node) || (node.caps & WCAP_POWER) !== 0;
const reports = (node: Node) => isGroup(node) || (node.caps & WCAP_UNSOLICITED) !== 0;

export const powerVerbs: readonly Verb[] = [
  get(VERB_GET_POWER_STATE, hasPower, (node) => {
    return node.register(POWER_SETTING) | (node.actualPower << POWER_ACT_SHIFT) | node.register(POWER_FLAGS);
  }),
  set(VERB_SET_POWER_STATE, hasPower, (node, payload, effects) => {
    const target = payload & POWER_SET;
    if (target > POWER_D3 && !(target === POWER_D3COLD && entersD3cold(node))) return;
    const { registers } = node.state;
    if (registers[POWER_SETTING] === target && registers[POWER_BELIEVED] === 0) return;
    registers[POWER_SETTING] = target;
    registers[POWER_BELIEVED] = 0;
    effects.routesChanged();
    effects.powerChanged(node);
  }),
  set(VERB_FUNCTION_RESET, isGroup, (group, _payload, effects) => effects.functionReset(group)),
  ...stored(UNSOLICITED, VERB_GET_UNSOLICITED, VERB_SET_UNSOLICITED, reports, () => {
    return UNSOLICITED_ENABLE | UNSOLICITED_TAG;
  }),
  ...bytes(SUBSYSTEM, VERB_GET_SUBSYSTEM_ID, VERB_SET_SUBSYSTEM_ID, isGroup),
];

function entersD3cold(node: Node): boolean {
  return isGroup(node) && ((node.parameter(PARAM_POWER_STATES) >>> POWER_D3COLD) & 1) !== 0;
}
