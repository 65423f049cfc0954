// An audio function group as verbs alone show it (hda-hardware §5.1–5.6, §5.14).

import { type ConfigurationDefault, decodeConfigurationDefault } from '../../hda/configuration-default.ts';
import {
  CONNECTION_LONG_FORM,
  PARAM_CONNECTION_LENGTH,
  PARAM_INPUT_AMP_CAPS,
  PARAM_OUTPUT_AMP_CAPS,
  PARAM_PCM,
  PARAM_PIN_CAPS,
  PARAM_REVISION_ID,
  PARAM_STREAM_FORMATS,
  PARAM_SUBORDINATE_NODES,
  PARAM_VENDOR_ID,
  PARAM_WIDGET_CAPS,
  PINCAP_OUT,
  WCAP_AMP_OVERRIDE,
  WCAP_CONNECTION_LIST,
  WCAP_DIGITAL,
  WCAP_FORMAT_OVERRIDE,
  WCAP_INPUT_AMP,
  WCAP_OUTPUT_AMP,
  WIDGET_AUDIO_INPUT,
  WIDGET_AUDIO_OUTPUT,
  WIDGET_PIN,
  WIDGET_VOLUME_KNOB,
  widgetChannels,
  widgetType,
} from '../../hda/parameters.ts';
import { UNLISTED_CONVERTERS } from '../../hda/unlisted-connections.ts';
import { VERB_GET_CONFIGURATION_DEFAULT, VERB_GET_CONNECTION_LIST, VERB_GET_SUBSYSTEM_ID } from '../../hda/verbs.ts';
import type { CodecVerbs } from './codec-verbs.ts';

export interface Widget {
  readonly nid: number;
  /** Parameter 09h bits 23:20: WIDGET_…. */
  readonly type: number;
  readonly caps: number;
  readonly channels: number;
  /** NIDs, ranges expanded: the order that connection select and input amps count in. */
  readonly connections: readonly number[];
  /** Amplifier capabilities, the group's where the widget does not override them; null: no such amplifier. */
  readonly inputAmp: number | null;
  readonly outputAmp: number | null;
  readonly pin: { readonly caps: number; readonly configuration: ConfigurationDefault } | null;
  /** Parameters 0Ah and 0Bh of a converter. */
  readonly converter: { readonly pcm: number; readonly formats: number } | null;
}

export interface Topology {
  readonly codecAddress: number;
  readonly groupNode: number;
  readonly vendorId: number;
  readonly revisionId: number;
  readonly subsystemId: number;
  readonly widgets: ReadonlyMap<number, Widget>;
}

export function parseTopology(verbs: CodecVerbs, groupNode: number): Topology {
  const nodes = verbs.parameter(groupNode, PARAM_SUBORDINATE_NODES);
  const first = (nodes >>> 16) & 0xff;
  const widgets = new Map<number, Widget>();
  for (let nid = first; nid < Math.min(first + (nodes & 0xff), 256); nid++)
    widgets.set(nid, parseWidget(verbs, groupNode, nid));
  const vendorId = verbs.parameter(0, PARAM_VENDOR_ID);
  if (UNLISTED_CONVERTERS.includes(vendorId)) supplyConnections(widgets);
  return {
    codecAddress: verbs.codecAddress,
    groupNode,
    vendorId,
    revisionId: verbs.parameter(0, PARAM_REVISION_ID),
    subsystemId: verbs.send(groupNode, VERB_GET_SUBSYSTEM_ID),
    widgets,
  };
}

/** §5.15: the output pins that list nothing select among all digital output converters. */
function supplyConnections(widgets: Map<number, Widget>): void {
  const isConverter = ({ type, caps }: Widget) => type === WIDGET_AUDIO_OUTPUT && (caps & WCAP_DIGITAL) !== 0;
  const connections = [...widgets.values()].filter(isConverter).map(({ nid }) => nid);
  for (const widget of widgets.values())
    if (widget.pin && (widget.pin.caps & PINCAP_OUT) !== 0 && widget.connections.length === 0)
      widgets.set(widget.nid, { ...widget, connections });
}

function parseWidget(verbs: CodecVerbs, groupNode: number, nid: number): Widget {
  const caps = verbs.parameter(nid, PARAM_WIDGET_CAPS);
  const type = widgetType(caps);
  const ampNode = (caps & WCAP_AMP_OVERRIDE) !== 0 ? nid : groupNode;
  const isConverter = type === WIDGET_AUDIO_OUTPUT || type === WIDGET_AUDIO_INPUT;
  return {
    nid,
    type,
    caps,
    channels: widgetChannels(caps),
    // Knobs list what they control without saying so in their capabilities (92HD73C1 dumps: wcaps 600000h, 3 entries)
    connections: (caps & WCAP_CONNECTION_LIST) !== 0 || type === WIDGET_VOLUME_KNOB ? readConnections(verbs, nid) : [],
    inputAmp: (caps & WCAP_INPUT_AMP) !== 0 ? verbs.parameter(ampNode, PARAM_INPUT_AMP_CAPS) : null,
    outputAmp: (caps & WCAP_OUTPUT_AMP) !== 0 ? verbs.parameter(ampNode, PARAM_OUTPUT_AMP_CAPS) : null,
    pin:
      type === WIDGET_PIN
        ? {
            caps: verbs.parameter(nid, PARAM_PIN_CAPS),
            configuration: decodeConfigurationDefault(verbs.send(nid, VERB_GET_CONFIGURATION_DEFAULT)),
          }
        : null,
    converter: isConverter ? readConverter(verbs, groupNode, nid, caps) : null,
  };
}

/** Without Format Override the group's parameters hold, and so where the widget's own read 0 (§5.2; VSBHDA 34). */
function readConverter(verbs: CodecVerbs, groupNode: number, nid: number, caps: number) {
  const own = (caps & WCAP_FORMAT_OVERRIDE) !== 0;
  const read = (parameter: number) => (own && verbs.parameter(nid, parameter)) || verbs.parameter(groupNode, parameter);
  return { pcm: read(PARAM_PCM), formats: read(PARAM_STREAM_FORMATS) };
}

/** §5.4. A list that breaks the rules (a zero entry, a range without a start or downward) counts as empty, as in Linux. */
function readConnections(verbs: CodecVerbs, nid: number): number[] {
  const length = verbs.parameter(nid, PARAM_CONNECTION_LENGTH);
  const isLong = (length & CONNECTION_LONG_FORM) !== 0;
  const bits = isLong ? 16 : 8;
  const perResponse = 32 / bits;
  const rangeFlag = 1 << (bits - 1);
  const connections: number[] = [];
  let response = 0;
  for (let entry = 0; entry < (length & 0x7f); entry++) {
    if (entry % perResponse === 0) response = verbs.send(nid, VERB_GET_CONNECTION_LIST, entry);
    const raw = (response >>> (bits * (entry % perResponse))) & (2 * rangeFlag - 1);
    const to = raw & (rangeFlag - 1);
    const previous = connections.at(-1);
    if (to === 0) return [];
    if ((raw & rangeFlag) === 0) connections.push(to);
    else if (previous === undefined || to <= previous) return [];
    else for (let next = previous + 1; next <= to; next++) connections.push(next);
  }
  return connections;
}
