// Which pins make an output together: the configuration defaults say (hda-hardware §5.14).

import {
  CONNECTIVITY_NONE,
  DEFAULT_DEVICES,
  DEVICE_DIGITAL_OUT,
  DEVICE_HEADPHONE,
  DEVICE_LINE_OUT,
  DEVICE_SPDIF_OUT,
  DEVICE_SPEAKER,
} from '../../hda/configuration-default.ts';
import { PINCAP_OUT, WIDGET_AUDIO_OUTPUT } from '../../hda/parameters.ts';
import type { OutputGroup } from './audio-device.ts';
import { findPaths, type Path } from './route.ts';
import type { Topology, Widget } from './topology.ts';

/** Output devices in the order in which they are the first output. */
const DEVICE_ORDER = [DEVICE_LINE_OUT, DEVICE_SPEAKER, DEVICE_HEADPHONE, DEVICE_SPDIF_OUT, DEVICE_DIGITAL_OUT];
const LONE_ASSOCIATION = 15; // each pin for itself; so is the reserved 0

/** Pins that can output, each with its paths to DACs, shortest first; a pin without any is not here. */
export function outputPaths(topology: Topology): Map<number, Path[]> {
  const rows = new Map<number, Path[]>();
  for (const widget of topology.widgets.values()) {
    if (!widget.pin || (widget.pin.caps & PINCAP_OUT) === 0) continue;
    const paths = findPaths(topology, widget, ({ type }) => type === WIDGET_AUDIO_OUTPUT);
    if (paths.length > 0) rows.set(widget.nid, paths);
  }
  return rows;
}

/** The first is output 0: the first association of line-outs, else of speakers, headphones, digital outputs. */
export function outputGroups(topology: Topology, paths: ReadonlyMap<number, Path[]>): OutputGroup[] {
  const groups = new Map<string, { rank: number; association: number; pins: Widget[] }>();
  for (const nid of paths.keys()) {
    const widget = topology.widgets.get(nid);
    const configuration = widget?.pin?.configuration;
    if (!widget || !configuration || configuration.connectivity === CONNECTIVITY_NONE) continue;
    const rank = DEVICE_ORDER.indexOf(configuration.device);
    if (rank < 0) continue;
    const association = configuration.association || LONE_ASSOCIATION;
    const key = `${rank} ${association} ${association === LONE_ASSOCIATION ? nid : ''}`;
    const group = groups.get(key) ?? { rank, association, pins: [] };
    group.pins.push(widget);
    groups.set(key, group);
  }
  const sequence = ({ pin }: Widget) => pin?.configuration.sequence ?? 0;
  return [...groups.values()]
    .sort((a, b) => a.rank - b.rank || a.association - b.association)
    .map(({ rank, pins }) => ({
      name: DEFAULT_DEVICES[DEVICE_ORDER[rank] ?? 0] ?? 'output',
      pins: pins.sort((a, b) => sequence(a) - sequence(b) || a.nid - b.nid).map(({ nid }) => nid),
    }));
}
