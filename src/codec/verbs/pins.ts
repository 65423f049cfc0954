// Pin control, pin sense, EAPD/BTL and the configuration default (hda-hardware §5.5, §5.6, §5.8).

import {
  PINCAP_BALANCED,
  PINCAP_EAPD,
  PINCAP_HBR,
  PINCAP_HP,
  PINCAP_IN,
  PINCAP_OUT,
  PINCAP_TRIGGER,
  PINCAP_VREF_SHIFT,
  WCAP_LR_SWAP,
  WIDGET_AUDIO_OUTPUT,
} from '../../hda/parameters.ts';
import {
  EAPD_BTL,
  EAPD_ENABLE,
  EAPD_SWAP,
  PIN_HP,
  PIN_IN,
  PIN_OUT,
  PIN_VREF,
  VERB_EXECUTE_PIN_SENSE,
  VERB_GET_CONFIGURATION_DEFAULT,
  VERB_GET_EAPD,
  VERB_GET_PIN_CONTROL,
  VERB_GET_PIN_SENSE,
  VERB_SET_CONFIGURATION_DEFAULT,
  VERB_SET_EAPD,
  VERB_SET_PIN_CONTROL,
} from '../../hda/verbs.ts';
import { measure } from '../jacks.ts';
import type { Node } from '../node.ts';
import { CONFIGURATION, EAPD, PIN_CONTROL, SENSED } from '../registers.ts';
import { bytes } from './bytes.ts';
import { get, isPin, set, setRouting, type Verb } from './verb.ts';

const HIGH_BIT_RATE = 3;

export const pinVerbs: readonly Verb[] = [
  get(VERB_GET_PIN_CONTROL, isPin, (pin) => pin.register(PIN_CONTROL)),
  set(VERB_SET_PIN_CONTROL, isPin, (pin, payload, effects) => {
    setRouting(pin, PIN_CONTROL, allowedControl(pin, payload), effects);
  }),
  get(VERB_GET_PIN_SENSE, isPin, (pin) => {
    // Without the trigger bit a pin measures all the time; with it the last measurement stands (§5.8).
    return (pin.pinCaps & PINCAP_TRIGGER) !== 0 ? pin.register(SENSED) : measure(pin);
  }),
  set(VERB_EXECUTE_PIN_SENSE, isPin, (pin) => {
    pin.state.registers[SENSED] = measure(pin);
  }),
  get(VERB_GET_EAPD, hasEapd, (node) => node.register(EAPD)),
  set(VERB_SET_EAPD, hasEapd, (node, payload, effects) => {
    setRouting(node, EAPD, payload & allowedEapd(node), effects);
  }),
  ...bytes(CONFIGURATION, VERB_GET_CONFIGURATION_DEFAULT, VERB_SET_CONFIGURATION_DEFAULT, isPin),
];

/** Enables without the capability stay 0; a VREF or packet type that the pin lacks leaves the old one (§5.6). */
function allowedControl(pin: Node, payload: number): number {
  const { pinCaps } = pin;
  let enables = 0;
  if ((pinCaps & PINCAP_HP) !== 0) enables |= PIN_HP;
  if ((pinCaps & PINCAP_OUT) !== 0) enables |= PIN_OUT;
  if ((pinCaps & PINCAP_IN) !== 0) enables |= PIN_IN;
  const low = payload & PIN_VREF;
  const known = pin.isDisplay
    ? low === HIGH_BIT_RATE && (pinCaps & PINCAP_HBR) !== 0
    : ((pinCaps >>> (PINCAP_VREF_SHIFT + low)) & 1) !== 0 && low !== 3 && low < 6;
  // Bias off is no voltage that a pin could lack (inferred).
  return (payload & enables) | (low === 0 || known ? low : pin.register(PIN_CONTROL) & PIN_VREF);
}

function allowedEapd(node: Node): number {
  let allowed = 0;
  if ((node.pinCaps & PINCAP_EAPD) !== 0) allowed |= EAPD_ENABLE;
  if ((node.pinCaps & PINCAP_BALANCED) !== 0) allowed |= EAPD_BTL;
  if ((node.caps & WCAP_LR_SWAP) !== 0) allowed |= EAPD_SWAP;
  return allowed;
}

function hasEapd(node: Node): boolean {
  return isPin(node) || node.type === WIDGET_AUDIO_OUTPUT;
}
