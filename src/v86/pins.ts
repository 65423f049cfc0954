// The jacks of all codecs on the link, as the card's two ends of sound.

import type { Machine, MachineCodec } from '../entries/machine.ts';
import { PINCAP_IN, PINCAP_OUT, WIDGET_PIN, widgetType } from '../hda/parameters.ts';

export interface CodecPin {
  readonly codec: MachineCodec;
  readonly nid: number;
}

export const outputPins = (machine: Machine) => pinsThatCan(machine, PINCAP_OUT);
export const inputPins = (machine: Machine) => pinsThatCan(machine, PINCAP_IN);

function pinsThatCan(machine: Machine, capability: number): CodecPin[] {
  return machine.codecs.flatMap((codec) => {
    const widgets = codec?.model.functionGroups.flatMap((group) => group.widgets) ?? [];
    return widgets
      .filter(({ caps, pinCaps = 0 }) => widgetType(caps) === WIDGET_PIN && (pinCaps & capability) !== 0)
      .map(({ nid }) => ({ codec: codec as MachineCodec, nid }));
  });
}
