// The codec's output pins as lanes of the outlet: output by output, pin by pin, channel by channel.

import type { WidgetModel } from '../codec/model.ts';
import type { OutputGroup } from '../drivers/audio-class/audio-device.ts';
import type { MachineCodec, PinTap } from '../entries/machine.ts';
import {
  DEFAULT_DEVICES,
  decodeConfigurationDefault,
  GEOMETRIC_LOCATIONS,
  JACK_COLORS,
} from '../hda/configuration-default.ts';
import { widgetChannels } from '../hda/parameters.ts';
import { type Outlet, STEP_FRAMES } from './outlet.ts';
import type { OutputDescription, PinDescription } from './protocol.ts';

interface PinLane {
  readonly tap: PinTap;
  readonly firstLane: number;
  readonly channels: number;
}

export function describeOutputs(codec: MachineCodec, groups: readonly OutputGroup[]): OutputDescription[] {
  const widgets = new Map(codec.model.functionGroups.flatMap((group) => group.widgets.map((w) => [w.nid, w] as const)));
  return groups.map(({ name, pins }) => {
    let channels = 0;
    const described = pins.map((nid) => {
      const pin = describePin(widgets.get(nid) as WidgetModel, channels);
      channels += pin.channels;
      return pin;
    });
    return { name, pins: described, channels };
  });
}

function describePin({ nid, caps, configuration = 0 }: WidgetModel, firstChannel: number): PinDescription {
  const { device, color, location } = decodeConfigurationDefault(configuration);
  return {
    nid,
    firstChannel,
    channels: widgetChannels(caps),
    device: DEFAULT_DEVICES[device] as string,
    color: JACK_COLORS[color] as string,
    location: GEOMETRIC_LOCATIONS[location & 15] ?? 'special',
  };
}

export class PinLanes {
  readonly #lanes: PinLane[] = [];
  /** How many there are. */
  readonly lanes: number;

  /** Listens from now on. */
  constructor(codec: MachineCodec, outputs: readonly OutputDescription[]) {
    let firstLane = 0;
    for (const { nid, channels } of outputs.flatMap((output) => output.pins)) {
      this.#lanes.push({ tap: codec.listen(nid), firstLane, channels });
      firstLane += channels;
    }
    this.lanes = firstLane;
  }

  /** Writes what reached the pins during the last STEP_FRAMES frames; channels that the converter lacks are silent. */
  write(outlet: Outlet): void {
    for (const { tap, firstLane, channels } of this.#lanes) {
      const samples = tap.read();
      if (samples[0]?.length !== STEP_FRAMES) throw new RangeError(`a pin gave ${samples[0]?.length} frames of a step`);
      for (let channel = 0; channel < channels; channel++) outlet.write(firstLane + channel, samples[channel]);
    }
  }
}
