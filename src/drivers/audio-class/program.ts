// Programs a path: power, selectors, amplifiers, pins, converters (hda-hardware §5.5–5.11).

import { DEVICE_HEADPHONE, DEVICE_MICROPHONE } from '../../hda/configuration-default.ts';
import {
  AMPCAP_MUTE,
  ampOffset,
  ampSteps,
  PARAM_VOLUME_KNOB_CAPS,
  PINCAP_EAPD,
  PINCAP_HP,
  PINCAP_VREF_SHIFT,
  WCAP_DIGITAL,
  WCAP_POWER,
  WIDGET_MIXER,
  WIDGET_PIN,
  WIDGET_POWER,
  WIDGET_VOLUME_KNOB,
} from '../../hda/parameters.ts';
import {
  AMP_INDEX_SHIFT,
  AMP_MUTE,
  AMP_SET_INPUT,
  AMP_SET_LEFT,
  AMP_SET_OUTPUT,
  AMP_SET_RIGHT,
  DIGITAL_ENABLE,
  DIGITAL_NON_AUDIO,
  EAPD_ENABLE,
  PIN_HP,
  PIN_IN,
  PIN_OUT,
  POWER_D0,
  VERB_GET_DIGITAL_CONVERTER,
  VERB_GET_EAPD,
  VERB_SET_AMP_GAIN_MUTE,
  VERB_SET_CHANNEL_COUNT,
  VERB_SET_CONNECTION_SELECT,
  VERB_SET_CONVERTER_FORMAT,
  VERB_SET_DIGITAL_CONVERTER_1,
  VERB_SET_EAPD,
  VERB_SET_PIN_CONTROL,
  VERB_SET_POWER_STATE,
  VERB_SET_STREAM_CHANNEL,
  VERB_SET_VOLUME_KNOB,
} from '../../hda/verbs.ts';
import type { CodecVerbs } from './codec-verbs.ts';
import type { Path } from './route.ts';
import { sinkOf, sourceOf } from './route.ts';
import type { Topology, Widget } from './topology.ts';

const BOTH_SIDES = AMP_SET_LEFT | AMP_SET_RIGHT;
const KNOB_DIRECT = 0x80;
const MAX_AMP_INPUTS = 16; // the index has four bits

/** 0 dB, or the nearest step below where the amplifier does not reach it. */
const unityGain = (caps: number): number => Math.min(ampOffset(caps), ampSteps(caps));

/** Opens a render path and nothing beside it: every other input of its mixers is shut. */
export function programRenderPath(verbs: CodecVerbs, topology: Topology, path: Path): void {
  openPath(verbs, topology, path);
  programOutputPin(verbs, sinkOf(path));
  openVolumeKnobs(verbs, topology, path);
  const converter = sourceOf(path);
  if ((converter.caps & WCAP_DIGITAL) !== 0) programDigital(verbs, converter);
}

/** Opens a capture path: from the ADC, the path's sink, to the input pin, its source. */
export function programCapturePath(verbs: CodecVerbs, topology: Topology, path: Path): void {
  openPath(verbs, topology, path);
  const { nid, pin, inputAmp } = sourceOf(path);
  if (inputAmp !== null) verbs.send16(nid, VERB_SET_AMP_GAIN_MUTE, AMP_SET_INPUT | BOTH_SIDES | unityGain(inputAmp));
  const bias = pin?.configuration.device === DEVICE_MICROPHONE ? microphoneBias(pin.caps) : 0;
  verbs.send(nid, VERB_SET_PIN_CONTROL, PIN_IN | bias);
  const converter = sinkOf(path);
  if ((converter.caps & WCAP_DIGITAL) !== 0) programDigital(verbs, converter);
}

/** Power, selections and amplifiers of both kinds of path. */
function openPath(verbs: CodecVerbs, topology: Topology, path: Path): void {
  verbs.send(topology.groupNode, VERB_SET_POWER_STATE, POWER_D0);
  powerSupplies(verbs, topology, path);
  for (const [index, widget] of path.nodes.entries()) {
    powerUp(verbs, widget);
    const input = path.inputs[index];
    if (input !== undefined) selectInput(verbs, widget, input);
    // A pin's output amplifier is on ways that end there.
    if (widget.outputAmp !== null && (widget.type !== WIDGET_PIN || widget === sinkOf(path)))
      verbs.send16(widget.nid, VERB_SET_AMP_GAIN_MUTE, AMP_SET_OUTPUT | BOTH_SIDES | unityGain(widget.outputAmp));
  }
}

/** VREF for an electret microphone: 80 %, else 50 %, of what the pin has (§5.6). */
function microphoneBias(pinCaps: number): number {
  const has = (percentBit: number) => ((pinCaps >>> PINCAP_VREF_SHIFT) & (1 << percentBit)) !== 0;
  return has(4) ? 4 : has(1) ? 1 : 0;
}

/** A knob that controls amplifiers of the path directly would attenuate them (seen in 92HD73C1 dumps). */
function openVolumeKnobs(verbs: CodecVerbs, topology: Topology, path: Path): void {
  for (const { nid, type, connections } of topology.widgets.values()) {
    if (type !== WIDGET_VOLUME_KNOB || !path.nodes.some((node) => connections.includes(node.nid))) continue;
    const steps = verbs.parameter(nid, PARAM_VOLUME_KNOB_CAPS) & 0x7f;
    verbs.send(nid, VERB_SET_VOLUME_KNOB, KNOB_DIRECT | steps);
  }
}

/** Format, stream and first channel: the converter listens from here on. Stream 0 is idle. */
export function programConverter(
  verbs: CodecVerbs,
  converter: Widget,
  stream: { readonly format: number; readonly id: number; readonly firstChannel: number; readonly channels: number },
): void {
  verbs.send16(converter.nid, VERB_SET_CONVERTER_FORMAT, stream.format);
  if (converter.channels > 2) verbs.send(converter.nid, VERB_SET_CHANNEL_COUNT, stream.channels - 1);
  verbs.send(converter.nid, VERB_SET_STREAM_CHANNEL, (stream.id << 4) | stream.firstChannel);
}

export function idleConverter(verbs: CodecVerbs, converter: Widget): void {
  verbs.send(converter.nid, VERB_SET_STREAM_CHANNEL, 0);
}

/** Power widgets that list a node of the path: it is no more awake than they are (AD1981; WDMHDA Alpha-022). */
function powerSupplies(verbs: CodecVerbs, topology: Topology, path: Path): void {
  for (const widget of topology.widgets.values())
    if (widget.type === WIDGET_POWER && path.nodes.some(({ nid }) => widget.connections.includes(nid)))
      powerUp(verbs, widget);
}

function powerUp(verbs: CodecVerbs, widget: Widget): void {
  if ((widget.caps & WCAP_POWER) !== 0) verbs.send(widget.nid, VERB_SET_POWER_STATE, POWER_D0);
}

/** A mixer hears all its inputs at once, so the others are shut; every other widget has one selected. */
function selectInput(verbs: CodecVerbs, widget: Widget, input: number): void {
  if (widget.type !== WIDGET_MIXER && widget.connections.length > 1)
    verbs.send(widget.nid, VERB_SET_CONNECTION_SELECT, input);
  if (widget.inputAmp === null || widget.type === WIDGET_PIN) return; // a pin's input amplifier is on its way in
  for (let index = 0; index < Math.min(widget.connections.length, MAX_AMP_INPUTS); index++) {
    if (index !== input && widget.type !== WIDGET_MIXER) continue;
    const shut = (widget.inputAmp & AMPCAP_MUTE) !== 0 ? AMP_MUTE : 0;
    const gain = index === input ? unityGain(widget.inputAmp) : shut;
    verbs.send16(widget.nid, VERB_SET_AMP_GAIN_MUTE, AMP_SET_INPUT | BOTH_SIDES | (index << AMP_INDEX_SHIFT) | gain);
  }
}

function programOutputPin(verbs: CodecVerbs, widget: Widget): void {
  if (!widget.pin) return;
  const { caps, configuration } = widget.pin;
  const drivesHeadphone = (caps & PINCAP_HP) !== 0 && configuration.device === DEVICE_HEADPHONE;
  verbs.send(widget.nid, VERB_SET_PIN_CONTROL, PIN_OUT | (drivesHeadphone ? PIN_HP : 0));
  if ((caps & PINCAP_EAPD) !== 0)
    verbs.send(widget.nid, VERB_SET_EAPD, (verbs.send(widget.nid, VERB_GET_EAPD) & 0xff) | EAPD_ENABLE);
}

function programDigital(verbs: CodecVerbs, converter: Widget): void {
  const control = verbs.send(converter.nid, VERB_GET_DIGITAL_CONVERTER) & 0xff;
  verbs.send(converter.nid, VERB_SET_DIGITAL_CONVERTER_1, (control | DIGITAL_ENABLE) & ~DIGITAL_NON_AUDIO);
}
