// What verb F00h answers at each kind of node (hda-hardware §5.2). A parameter that is not in the map is 0.

import * as P from '../hda/parameters.ts';
import type { ConnectionList } from './connection-list.ts';
import type { CodecModel, FunctionGroupModel, WidgetModel } from './model.ts';

export type Parameters = ReadonlyMap<number, number>;

export function rootParameters(model: CodecModel): Parameters {
  return parameters([
    [P.PARAM_VENDOR_ID, model.vendorId],
    [P.PARAM_REVISION_ID, model.revisionId],
    [P.PARAM_SUBORDINATE_NODES, subordinateNodes(model.functionGroups)],
  ]);
}

export function groupParameters(group: FunctionGroupModel): Parameters {
  return parameters([
    [P.PARAM_SUBORDINATE_NODES, subordinateNodes(group.widgets)],
    [P.PARAM_FUNCTION_TYPE, group.type],
    [P.PARAM_AUDIO_CAPS, group.audioCaps],
    [P.PARAM_PCM, group.pcm],
    [P.PARAM_STREAM_FORMATS, group.streamFormats],
    [P.PARAM_INPUT_AMP_CAPS, group.inputAmpCaps],
    [P.PARAM_OUTPUT_AMP_CAPS, group.outputAmpCaps],
    [P.PARAM_POWER_STATES, group.powerStates],
    [P.PARAM_GPIO_COUNT, group.gpioCaps],
  ]);
}

export function widgetParameters(widget: WidgetModel, connections: ConnectionList): Parameters {
  return parameters([
    [P.PARAM_WIDGET_CAPS, widget.caps],
    [P.PARAM_PCM, widget.pcm],
    [P.PARAM_STREAM_FORMATS, widget.streamFormats],
    [P.PARAM_PIN_CAPS, widget.pinCaps],
    [P.PARAM_INPUT_AMP_CAPS, widget.inputAmpCaps],
    [P.PARAM_OUTPUT_AMP_CAPS, widget.outputAmpCaps],
    [P.PARAM_CONNECTION_LENGTH, connections.length],
    [P.PARAM_POWER_STATES, widget.powerStates],
    [P.PARAM_PROCESSING_CAPS, widget.processingCaps],
    [P.PARAM_VOLUME_KNOB_CAPS, widget.knobCaps],
    [P.PARAM_DEVICE_LIST_LENGTH, (widget.devices ?? 1) - 1],
    [P.PARAM_HDMI_LPCM, widget.lpcmCaps],
  ]);
}

function parameters(rows: readonly (readonly [id: number, value: number | undefined])[]): Parameters {
  return new Map(rows.map(([id, value]) => [id, (value ?? 0) >>> 0]));
}

/** First NID and count; NIDs run on without a gap, and a gap counts as a node that answers 0. */
function subordinateNodes(nodes: readonly { readonly nid: number }[]): number {
  if (nodes.length === 0) return 0;
  const nids = nodes.map((node) => node.nid);
  const first = Math.min(...nids);
  return (first << 16) | (Math.max(...nids) - first + 1);
}
