// Jacks: what is plugged, what pin sense measures, and who is told (hda-hardware §5.8, §5.9).

import {
  CONNECTIVITY_BOTH,
  CONNECTIVITY_JACK,
  DEVICE_HEADPHONE,
  decodeConfigurationDefault,
} from '../hda/configuration-default.ts';
import { PINCAP_DISPLAY_PORT, PINCAP_IMPEDANCE_SENSE, PINCAP_PRESENCE } from '../hda/parameters.ts';
import { PIN_SENSE_ELD_VALID, PIN_SENSE_NOT_MEASURED, PIN_SENSE_PRESENCE } from '../hda/verbs.ts';
import { defaultEld } from './eld.ts';
import type { Node } from './node.ts';
import { CONFIGURATION, DEVICE, PRESENCE } from './registers.ts';

const MISC_NO_PRESENCE = 1;

/** A pin that knows whether its jack is used: it can, it is a jack, and the board does not say otherwise. */
export function detectsPresence(pin: Node): boolean {
  const board = decodeConfigurationDefault(pin.register(CONFIGURATION));
  const isJack = board.connectivity === CONNECTIVITY_JACK || board.connectivity === CONNECTIVITY_BOTH;
  return (pin.pinCaps & PINCAP_PRESENCE) !== 0 && isJack && (board.misc & MISC_NO_PRESENCE) === 0;
}

/** Line-out, line-in and microphone jacks are plugged and displays connected; headphone jacks are empty. */
export function isPluggedAtPowerUp(pin: Node): boolean {
  return decodeConfigurationDefault(pin.register(CONFIGURATION)).device !== DEVICE_HEADPHONE;
}

/** What a measurement gives now (F09h), of the device entry that is selected. */
export function measure(pin: Node): number {
  const present = detectsPresence(pin) && ((pin.register(PRESENCE) >>> pin.register(DEVICE)) & 1) !== 0;
  // Nothing here knows an impedance: «not measured».
  const impedance = (pin.pinCaps & PINCAP_IMPEDANCE_SENSE) !== 0 ? PIN_SENSE_NOT_MEASURED : 0;
  if (!present) return impedance;
  return (PIN_SENSE_PRESENCE | (pin.isDisplay ? PIN_SENSE_ELD_VALID : impedance)) >>> 0;
}

/** The bytes of the display at the selected device entry; none while it is away. */
export function eldOf(pin: Node): readonly number[] {
  if (!pin.isDisplay || ((pin.register(PRESENCE) >>> pin.register(DEVICE)) & 1) === 0) return [];
  return pin.widgetModel?.eld ?? defaultEld((pin.pinCaps & PINCAP_DISPLAY_PORT) !== 0);
}

/** Low bits of an unsolicited response: display pins say what they have, the others only their tag (§5.9). */
export function jackEvent(pin: Node, device: number): number {
  if (!pin.isDisplay) return 0;
  const present = ((pin.register(PRESENCE) >>> device) & 1) !== 0;
  return (device << 15) | (present ? 3 : 0);
}
