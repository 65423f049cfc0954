// Learns a codec as a driver does: by verbs alone, from the root down (hda-hardware §5.1–§5.5). Nothing is set; the
// one thing that reading moves is the coefficient index of Realtek's node 20h, as when Linux shows it.

import * as P from '../hda/parameters.ts';
import * as V from '../hda/verbs.ts';
import { previousCoefficientIndex } from './coefficient-index.ts';
import { decodeConnections, expandConnections } from './connection-list.ts';
import type { CodecModel, FunctionGroupModel, GpioModel, WidgetModel } from './model.ts';

/** Sends a command word without its address, gives the response. */
export type Send = (word: number) => number;

export interface LearnOptions {
  readonly name: string;
  readonly address: number;
}

const REALTEK = 0x10ec;
const REALTEK_COEFFICIENTS = 0x20;

export function learnCodec(send: Send, options: LearnOptions): CodecModel {
  const root = new NodeReader(send, 0);
  const vendorId = root.parameter(P.PARAM_VENDOR_ID);
  const functionGroups = root.children().map((nid) => learnGroup(send, nid, vendorId));
  const [first] = functionGroups;
  return {
    ...options,
    vendorId,
    subsystemId: first ? new NodeReader(send, first.nid).get(V.VERB_GET_SUBSYSTEM_ID) : 0,
    revisionId: root.parameter(P.PARAM_REVISION_ID),
    functionGroups,
  };
}

class NodeReader {
  readonly nid: number;
  readonly #send: Send;

  constructor(send: Send, nid: number) {
    this.#send = send;
    this.nid = nid;
  }

  get(verb: number, payload = 0): number {
    return this.#send(V.command8(0, this.nid, verb, payload)) >>> 0;
  }

  getLong(verb: number, payload = 0): number {
    return this.#send(V.command16(0, this.nid, verb, payload)) >>> 0;
  }

  parameter(id: number): number {
    return this.get(V.VERB_GET_PARAMETER, id);
  }

  children(): number[] {
    const nodes = this.parameter(P.PARAM_SUBORDINATE_NODES);
    return Array.from({ length: nodes & 0xff }, (_, index) => ((nodes >>> 16) & 0xff) + index);
  }

  amp(output: boolean, index: number): [number, number] {
    const which = (output ? V.AMP_GET_OUTPUT : 0) | index;
    const right = this.getLong(V.VERB_GET_AMP_GAIN_MUTE, which);
    return [this.getLong(V.VERB_GET_AMP_GAIN_MUTE, which | V.AMP_GET_LEFT), right];
  }
}

function learnGroup(send: Send, nid: number, vendorId: number): FunctionGroupModel {
  const group = new NodeReader(send, nid);
  const gpioCaps = group.parameter(P.PARAM_GPIO_COUNT);
  return {
    nid,
    type: group.parameter(P.PARAM_FUNCTION_TYPE),
    audioCaps: group.parameter(P.PARAM_AUDIO_CAPS),
    pcm: group.parameter(P.PARAM_PCM),
    streamFormats: group.parameter(P.PARAM_STREAM_FORMATS),
    inputAmpCaps: group.parameter(P.PARAM_INPUT_AMP_CAPS),
    outputAmpCaps: group.parameter(P.PARAM_OUTPUT_AMP_CAPS),
    powerStates: group.parameter(P.PARAM_POWER_STATES),
    gpioCaps,
    power: group.get(V.VERB_GET_POWER_STATE),
    unsolicited: group.get(V.VERB_GET_UNSOLICITED),
    ...(gpioCaps !== 0 && { gpio: learnGpio(group) }),
    widgets: group.children().map((child) => learnWidget(new NodeReader(send, child), vendorId)),
  };
}

function learnGpio(group: NodeReader): GpioModel {
  const read = (offset: number) => group.get(V.VERB_GET_GPIO_DATA + offset);
  return {
    data: read(0),
    enable: read(1),
    direction: read(2),
    wake: read(3),
    unsolicited: read(4),
    sticky: read(5),
  };
}

function learnWidget(node: NodeReader, vendorId: number): WidgetModel {
  const caps = node.parameter(P.PARAM_WIDGET_CAPS);
  const type = P.widgetType(caps);
  const can = (bit: number) => (caps & bit) !== 0;
  const isPin = type === P.WIDGET_PIN;
  const isConverter = type === P.WIDGET_AUDIO_OUTPUT || type === P.WIDGET_AUDIO_INPUT;
  const connections = can(P.WCAP_CONNECTION_LIST) || type === P.WIDGET_VOLUME_KNOB ? learnConnections(node) : [];
  const inputs = isPin ? 1 : expandConnections(connections).length;
  return {
    nid: node.nid,
    caps,
    connections,
    selected: node.get(V.VERB_GET_CONNECTION_SELECT),
    powerStates: node.parameter(P.PARAM_POWER_STATES),
    power: node.get(V.VERB_GET_POWER_STATE),
    ...(can(P.WCAP_INPUT_AMP) && {
      inputAmpCaps: node.parameter(P.PARAM_INPUT_AMP_CAPS),
      inputAmps: Array.from({ length: inputs }, (_, index) => node.amp(false, index)),
    }),
    ...(can(P.WCAP_OUTPUT_AMP) && {
      outputAmpCaps: node.parameter(P.PARAM_OUTPUT_AMP_CAPS),
      outputAmp: node.amp(true, 0),
    }),
    ...(can(P.WCAP_UNSOLICITED) && { unsolicited: node.get(V.VERB_GET_UNSOLICITED) }),
    ...(isPin && learnPin(node)),
    ...(isConverter && learnConverter(node, can(P.WCAP_DIGITAL))),
    ...(type === P.WIDGET_VOLUME_KNOB && {
      knobCaps: node.parameter(P.PARAM_VOLUME_KNOB_CAPS),
      knob: node.get(V.VERB_GET_VOLUME_KNOB),
    }),
    ...(can(P.WCAP_PROCESSING) && learnProcessing(node, vendorId)),
  };
}

function learnConnections(node: NodeReader): number[] {
  const length = node.parameter(P.PARAM_CONNECTION_LENGTH);
  return decodeConnections(length, (index) => node.get(V.VERB_GET_CONNECTION_LIST, index));
}

function learnPin(node: NodeReader): Partial<WidgetModel> {
  const devices = node.parameter(P.PARAM_DEVICE_LIST_LENGTH) & 0x3f;
  return {
    pinCaps: node.parameter(P.PARAM_PIN_CAPS),
    pinControl: node.get(V.VERB_GET_PIN_CONTROL),
    configuration: node.get(V.VERB_GET_CONFIGURATION_DEFAULT),
    eapd: node.get(V.VERB_GET_EAPD),
    ...(devices > 0 && { devices: devices + 1 }),
  };
}

function learnConverter(node: NodeReader, digital: boolean): Partial<WidgetModel> {
  return {
    pcm: node.parameter(P.PARAM_PCM),
    streamFormats: node.parameter(P.PARAM_STREAM_FORMATS),
    stream: node.get(V.VERB_GET_STREAM_CHANNEL),
    format: node.getLong(V.VERB_GET_CONVERTER_FORMAT),
    sdi: node.get(V.VERB_GET_SDI_SELECT),
    ...(digital && {
      digital: node.get(V.VERB_GET_DIGITAL_CONVERTER),
      lpcmCaps: node.parameter(P.PARAM_HDMI_LPCM),
    }),
  };
}

function learnProcessing(node: NodeReader, vendorId: number): Partial<WidgetModel> {
  const processingCaps = node.parameter(P.PARAM_PROCESSING_CAPS);
  if (vendorId >>> 16 !== REALTEK || node.nid !== REALTEK_COEFFICIENTS) return { processingCaps };
  const value = node.getLong(V.VERB_GET_PROC_COEFFICIENT);
  const index = previousCoefficientIndex(node.getLong(V.VERB_GET_COEFFICIENT_INDEX), processingCaps);
  return { processingCaps, coefficientIndex: index, coefficients: [[index, value]] };
}
