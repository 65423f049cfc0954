// One addressable node of a codec: the root, a function group or a widget.

import {
  AMPCAP_MUTE,
  FUNCTION_AUDIO,
  PARAM_FUNCTION_TYPE,
  PARAM_INPUT_AMP_CAPS,
  PARAM_OUTPUT_AMP_CAPS,
  PARAM_PIN_CAPS,
  PARAM_POWER_STATES,
  PINCAP_DISPLAY_PORT,
  PINCAP_HDMI,
  PINCAP_OUT,
  PS_EPSS,
  WCAP_CONNECTION_LIST,
  WCAP_DIGITAL,
  WCAP_INPUT_AMP,
  WCAP_OUTPUT_AMP,
  WIDGET_PIN,
  WIDGET_VOLUME_KNOB,
  widgetChannels,
  widgetType,
} from '../hda/parameters.ts';
import { AMP_MUTE } from '../hda/verbs.ts';
import { type ConnectionList, encodeConnectionList } from './connection-list.ts';
import type { CodecModel, FunctionGroupModel, WidgetModel } from './model.ts';
import { groupParameters, type Parameters, rootParameters, widgetParameters } from './node-parameters.ts';
import { DISPLAY_BYTES, NodeState } from './node-state.ts';
import { powerUpGroup, powerUpWidget } from './power-up.ts';
import { POWER_BELIEVED, POWER_SETTING } from './registers.ts';

/** `type` of nodes that are not widgets. */
const NO_WIDGET = -1;
const NO_CONNECTIONS = encodeConnectionList([]);

export class Node {
  readonly nid: number;
  /** Widget type of parameter 09h, −1 at root and function groups. */
  readonly type: number;
  /** Parameter 09h; 0 at root and function groups. */
  readonly caps: number;
  readonly channels: number;
  readonly pinCaps: number;
  /** A pin that drives a display: HDMI or DisplayPort. */
  readonly isDisplay: boolean;
  readonly group: Node | null;
  readonly widgetModel: WidgetModel | null;
  readonly groupModel: FunctionGroupModel | null;
  readonly connections: ConnectionList;
  /** Input amps: one for each connection, one at pins, 0 without the capability (§5.7). */
  readonly inputAmps: number;
  readonly hasOutputAmp: boolean;
  readonly state: NodeState;
  /** What resets go back to. */
  readonly powerUp: NodeState;
  readonly #parameters: Parameters;

  private constructor(
    nid: number,
    parameters: Parameters,
    connections: ConnectionList,
    group: Node | null,
    groupModel: FunctionGroupModel | null,
    widgetModel: WidgetModel | null,
  ) {
    this.nid = nid;
    this.#parameters = parameters;
    this.connections = connections;
    this.group = group;
    this.groupModel = groupModel;
    this.widgetModel = widgetModel;
    this.caps = widgetModel?.caps ?? 0;
    this.type = widgetModel ? widgetType(this.caps) : NO_WIDGET;
    this.channels = widgetModel ? widgetChannels(this.caps) : 0;
    this.pinCaps = this.type === WIDGET_PIN ? this.parameter(PARAM_PIN_CAPS) : 0;
    // Bit 7 is HDMI on digital pins only: old Realtek codecs mean L/R swap with it (§5.6).
    const display = PINCAP_DISPLAY_PORT | ((this.caps & WCAP_DIGITAL) !== 0 ? PINCAP_HDMI : 0);
    this.isDisplay = (this.pinCaps & display) !== 0;
    const hasInputAmp = (this.caps & WCAP_INPUT_AMP) !== 0;
    this.inputAmps = !hasInputAmp ? 0 : this.type === WIDGET_PIN ? 1 : connections.nids.length;
    this.hasOutputAmp = (this.caps & WCAP_OUTPUT_AMP) !== 0;
    const ampBytes = 2 * (this.inputAmps + (this.hasOutputAmp ? 1 : 0));
    this.state = new NodeState(ampBytes, this.isDisplay ? DISPLAY_BYTES : 0);
    this.powerUp = new NodeState(ampBytes, this.isDisplay ? DISPLAY_BYTES : 0);
  }

  static root(model: CodecModel): Node {
    return new Node(0, rootParameters(model), NO_CONNECTIONS, null, null, null);
  }

  static group(model: FunctionGroupModel, subsystemId: number): Node {
    const node = new Node(model.nid, groupParameters(model), NO_CONNECTIONS, null, model, null);
    powerUpGroup(node, model, subsystemId);
    node.powerUp.copyFrom(node.state);
    return node;
  }

  /** `unlisted`: what a pin that can output selects among where its own list is empty (hda/unlisted-connections.ts). */
  static widget(model: WidgetModel, group: Node, unlisted: readonly number[]): Node {
    // A volume knob has a list even where the capability bit is clear.
    const listed = (model.caps & WCAP_CONNECTION_LIST) !== 0 || widgetType(model.caps) === WIDGET_VOLUME_KNOB;
    const named = encodeConnectionList(listed ? (model.connections ?? []) : []);
    const isUnlisted = named.length === 0 && ((model.pinCaps ?? 0) & PINCAP_OUT) !== 0;
    const list = isUnlisted ? { ...named, nids: unlisted } : named;
    const node = new Node(model.nid, widgetParameters(model, list), list, group, null, model);
    powerUpWidget(node, model);
    node.powerUp.copyFrom(node.state);
    return node;
  }

  /** Verb F00h: 0 for what the node does not have. */
  parameter(id: number): number {
    return this.#parameters.get(id) ?? 0;
  }

  register(index: number): number {
    return this.state.registers[index] as number;
  }

  get isWidget(): boolean {
    return this.widgetModel !== null;
  }

  get isAudioGroup(): boolean {
    return this.groupModel !== null && (this.parameter(PARAM_FUNCTION_TYPE) & 0xff) === FUNCTION_AUDIO;
  }

  /** Keeps its settings through a link reset and one function reset (§5.13). */
  get hasEpss(): boolean {
    return ((this.group ?? this).parameter(PARAM_POWER_STATES) & PS_EPSS) !== 0;
  }

  /** Capabilities that rule an amp: the widget's own, else its group's default (§5.2). */
  ampCaps(output: boolean): number {
    const id = output ? PARAM_OUTPUT_AMP_CAPS : PARAM_INPUT_AMP_CAPS;
    return this.parameter(id) || (this.group?.parameter(id) ?? 0);
  }

  /** Where in state.amps the value of an amp's side stands; −1 where there is no such amp. */
  ampAt(output: boolean, index: number, right: boolean): number {
    const exists = output ? this.hasOutputAmp && index === 0 : index < this.inputAmps;
    if (!exists) return -1;
    // A mono widget has one channel and answers it for both sides (§5.7).
    return 2 * (output ? this.inputAmps : index) + (right && this.channels > 1 ? 1 : 0);
  }

  /** Whether the amp silences this side. An amp that is not there, or cannot mute, does not. */
  isMuted(output: boolean, index: number, right: boolean): boolean {
    const at = this.ampAt(output, index, right);
    return at >= 0 && ((this.state.amps[at] as number) & AMP_MUTE) !== 0 && (this.ampCaps(output) & AMPCAP_MUTE) !== 0;
  }

  /** PS-Act: the deeper of its own setting and its group's state; a dump that says otherwise is believed (§5.11). */
  get actualPower(): number {
    const believed = this.register(POWER_BELIEVED);
    const own = believed !== 0 ? believed - 1 : this.register(POWER_SETTING);
    return this.group ? Math.max(own, this.group.actualPower) : own;
  }
}
