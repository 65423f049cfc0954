// Input pins and their ways to an ADC (hda-hardware §5.14).

import {
  CONNECTIVITY_NONE,
  DEFAULT_DEVICES,
  DEVICE_AUX,
  DEVICE_CD,
  DEVICE_DIGITAL_IN,
  DEVICE_LINE_IN,
  DEVICE_MICROPHONE,
  DEVICE_SPDIF_IN,
} from '../../hda/configuration-default.ts';
import { PINCAP_IN, WIDGET_AUDIO_INPUT } from '../../hda/parameters.ts';
import type { InputPin } from './audio-device.ts';
import { findPaths, type Path, sourceOf } from './route.ts';
import type { Topology } from './topology.ts';

const DEVICE_ORDER = [DEVICE_LINE_IN, DEVICE_MICROPHONE, DEVICE_AUX, DEVICE_CD, DEVICE_SPDIF_IN, DEVICE_DIGITAL_IN];

/** Pins that can input, each with its paths from ADCs, shortest first. */
export function inputPaths(topology: Topology): Map<number, Path[]> {
  const rows = new Map<number, Path[]>();
  for (const adc of topology.widgets.values()) {
    if (adc.type !== WIDGET_AUDIO_INPUT) continue;
    for (const path of findPaths(topology, adc, ({ pin }) => pin !== null && (pin.caps & PINCAP_IN) !== 0)) {
      const { nid } = sourceOf(path);
      rows.set(
        nid,
        [...(rows.get(nid) ?? []), path].sort((a, b) => a.nodes.length - b.nodes.length),
      );
    }
  }
  return rows;
}

/** Pins that something is connected to and whose device is an input, in the order of devices, then of node ids. */
export function inputPins(topology: Topology, paths: ReadonlyMap<number, Path[]>): InputPin[] {
  return [...paths.keys()]
    .flatMap((pin) => {
      const configuration = topology.widgets.get(pin)?.pin?.configuration;
      const rank = configuration ? DEVICE_ORDER.indexOf(configuration.device) : -1;
      return !configuration || rank < 0 || configuration.connectivity === CONNECTIVITY_NONE
        ? []
        : [{ name: DEFAULT_DEVICES[configuration.device] ?? 'input', pin, rank }];
    })
    .sort((a, b) => a.rank - b.rank || a.pin - b.pin)
    .map(({ name, pin }) => ({ name, pin }));
}
