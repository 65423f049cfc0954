// Pins' configuration defaults through the verb IOCTL: Gets, and the four Sets that its policy lets pass (hdaudio-ddi §4.4).

import { PARAM_SUBORDINATE_NODES, PARAM_WIDGET_CAPS, WIDGET_PIN, widgetType } from '../hda/parameters.ts';
import { VERB_GET_CONFIGURATION_DEFAULT, VERB_GET_PARAMETER, VERB_SET_CONFIGURATION_DEFAULT } from '../hda/verbs.ts';
import type { VerbPort } from './verb-ioctl.ts';
import { verbCommand } from './verb-names.ts';

const get = ({ send }: VerbPort, nid: number, verb: number, payload = 0): number =>
  send(verbCommand(nid, verb, payload)) ?? 0;

function children(port: VerbPort, nid: number): number[] {
  const nodes = get(port, nid, VERB_GET_PARAMETER, PARAM_SUBORDINATE_NODES);
  return Array.from({ length: nodes & 0xff }, (_, index) => ((nodes >>> 16) & 0xff) + index);
}

/** Configuration defaults by NID of the pins of all function groups. */
export function readPins(port: VerbPort): Map<number, number> {
  const widgets = children(port, 0).flatMap((group) => children(port, group));
  const isPin = (nid: number) => widgetType(get(port, nid, VERB_GET_PARAMETER, PARAM_WIDGET_CAPS)) === WIDGET_PIN;
  return new Map(widgets.filter(isPin).map((nid) => [nid, get(port, nid, VERB_GET_CONFIGURATION_DEFAULT) >>> 0]));
}

/** Sets all four bytes; returns what the pin holds then. */
export function writePin(port: VerbPort, nid: number, value: number): number {
  for (let byte = 0; byte < 4; byte++) {
    port.send(verbCommand(nid, VERB_SET_CONFIGURATION_DEFAULT + byte, (value >>> (8 * byte)) & 0xff));
  }
  return get(port, nid, VERB_GET_CONFIGURATION_DEFAULT) >>> 0;
}
