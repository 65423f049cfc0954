// The jacks of all codecs on the link, as the card's two ends of sound.

import type { Machine, MachineCodec } from '../entries/machine.ts';
import {
  DEVICE_DIGITAL_OUT,
  DEVICE_HEADPHONE,
  DEVICE_LINE_OUT,
  DEVICE_SPDIF_OUT,
  DEVICE_SPEAKER,
  decodeConfigurationDefault,
} from '../hda/configuration-default.ts';
import { PINCAP_IN, PINCAP_OUT, WIDGET_PIN, widgetType } from '../hda/parameters.ts';

export interface CodecPin {
  readonly codec: MachineCodec;
  readonly nid: number;
}

/** Devices in the order in which one is listened to. */
const DEVICE_ORDER = [DEVICE_LINE_OUT, DEVICE_SPEAKER, DEVICE_HEADPHONE, DEVICE_SPDIF_OUT, DEVICE_DIGITAL_OUT];

/** The one to listen to first: line-outs by association and sequence, then speakers, headphones, digital (§5.14). */
export const outputPins = (machine: Machine): CodecPin[] => pinsThatCan(machine, PINCAP_OUT);

export const inputPins = (machine: Machine): CodecPin[] => pinsThatCan(machine, PINCAP_IN);

function pinsThatCan(machine: Machine, capability: number): CodecPin[] {
  const ranked = machine.codecs.flatMap((codec) => {
    const widgets = codec?.model.functionGroups.flatMap((group) => group.widgets) ?? [];
    return widgets
      .filter(({ caps, pinCaps = 0 }) => widgetType(caps) === WIDGET_PIN && (pinCaps & capability) !== 0)
      .map(({ nid, configuration = 0 }) => ({ codec: codec as MachineCodec, nid, rank: rankOf(configuration) }));
  });
  return ranked.sort((a, b) => a.rank - b.rank);
}

function rankOf(configuration: number): number {
  const { device, association, sequence } = decodeConfigurationDefault(configuration);
  const place = DEVICE_ORDER.indexOf(device);
  return (place < 0 ? DEVICE_ORDER.length : place) * 256 + association * 16 + sequence;
}
