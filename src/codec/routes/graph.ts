// The widgets as the sample routes see them: what is awake, what feeds what, and at which rate.

import {
  PARAM_VOLUME_KNOB_CAPS,
  PINCAP_EAPD,
  WCAP_DIGITAL,
  WIDGET_AUDIO_INPUT,
  WIDGET_AUDIO_OUTPUT,
  WIDGET_BEEP,
  WIDGET_MIXER,
  WIDGET_PIN,
  WIDGET_POWER,
  WIDGET_VOLUME_KNOB,
} from '../../hda/parameters.ts';
import { decodeFormat } from '../../hda/pcm.ts';
import { DIGITAL_ENABLE, DIGITAL_NON_AUDIO, EAPD_ENABLE, PIN_IN, PIN_OUT, POWER_D0 } from '../../hda/verbs.ts';
import type { Node } from '../node.ts';
import { CONVERTER_FORMAT, DIGITAL, EAPD, KNOB, PIN_CONTROL, SELECTED, STREAM_CHANNEL } from '../registers.ts';
import { isSelecting } from '../verbs/connections.ts';
import { hasBeep, KNOB_DELTA, KNOB_DIRECT } from '../verbs/processing.ts';

export class Graph {
  readonly widgets: readonly Node[];
  readonly #nodes: ReadonlyMap<number, Node>;
  /** Power widgets that list a node: it is as awake as they are. */
  readonly #supplies = new Map<number, Node[]>();
  /** Volume knobs that list a node. */
  readonly #knobs = new Map<number, Node[]>();
  readonly #freeBeeps: readonly Node[];

  constructor(nodes: ReadonlyMap<number, Node>) {
    this.#nodes = nodes;
    this.widgets = [...nodes.values()].filter((node) => node.isWidget);
    for (const widget of this.widgets) {
      if (widget.type === WIDGET_POWER) list(this.#supplies, widget);
      if (widget.type === WIDGET_VOLUME_KNOB) list(this.#knobs, widget);
    }
    const listed = new Set(this.widgets.flatMap((widget) => widget.connections.nids));
    this.#freeBeeps = [...nodes.values()].filter((node) => hasBeep(node) && !listed.has(node.nid));
  }

  /** The widget with this NID; connection lists of real codecs name some that are not there. */
  widget(nid: number): Node | undefined {
    const node = this.#nodes.get(nid);
    return node?.isWidget ? node : undefined;
  }

  isAwake(node: Node): boolean {
    const supplies = this.#supplies.get(node.nid) ?? [];
    return node.actualPower === POWER_D0 && supplies.every((supply) => supply.actualPower === POWER_D0);
  }

  /** Steps that volume knobs in direct mode take off the output amp of a node that they list (§5.12, inferred). */
  knobAttenuation(node: Node): number {
    let steps = 0;
    for (const knob of this.#knobs.get(node.nid) ?? []) {
      const value = knob.register(KNOB);
      const most = knob.parameter(PARAM_VOLUME_KNOB_CAPS) & ~KNOB_DELTA;
      if ((value & KNOB_DIRECT) !== 0) steps += Math.max(0, most - (value & ~KNOB_DIRECT));
    }
    return steps;
  }

  /** Positions of the connection list that pass samples: all of a mixer, the selected one of the rest. */
  listenedInputs(node: Node): readonly number[] {
    if (node.type === WIDGET_MIXER) return node.connections.nids.map((_, index) => index);
    if (node.type === WIDGET_POWER || node.type === WIDGET_VOLUME_KNOB) return [];
    if (node.connections.nids.length === 0) return [];
    return [isSelecting(node) ? node.register(SELECTED) : 0];
  }

  /** Has a stream, a PCM format and, when digital, its output enabled (§5.10). */
  isLive(converter: Node): boolean {
    const digital = converter.register(DIGITAL);
    const enabled =
      (converter.caps & WCAP_DIGITAL) === 0 ||
      ((digital & DIGITAL_ENABLE) !== 0 && (digital & DIGITAL_NON_AUDIO) === 0);
    const tag = converter.register(STREAM_CHANNEL) >>> 4;
    return tag !== 0 && enabled && this.formatRateHz(converter) !== 0 && this.isAwake(converter);
  }

  /** Of a converter's format; 0 for what is no PCM. */
  formatRateHz(converter: Node): number {
    return decodeFormat(converter.register(CONVERTER_FORMAT))?.rateHz ?? 0;
  }

  /** Beep generators that no widget lists feed every analogue output pin (§5.12). */
  freeBeeps(): readonly Node[] {
    return this.#freeBeeps;
  }

  drives(pin: Node): boolean {
    const amplified = (pin.pinCaps & PINCAP_EAPD) === 0 || (pin.register(EAPD) & EAPD_ENABLE) !== 0;
    return (pin.register(PIN_CONTROL) & PIN_OUT) !== 0 && amplified && this.isAwake(pin);
  }

  listens(pin: Node): boolean {
    return (pin.register(PIN_CONTROL) & PIN_IN) !== 0 && this.isAwake(pin);
  }

  /** Rate of the first live converter that feeds the node, in connection order; 0 when none does. */
  sourceRateHz(node: Node): number {
    return this.#find(node, false, (converter) => (this.isLive(converter) ? this.formatRateHz(converter) : 0));
  }

  /** Most channels of the converters that the selections lead to, live or not; 0 when they lead to none. */
  converterChannels(node: Node): number {
    let most = 0;
    this.#find(node, true, (converter) => {
      most = Math.max(most, converter.channels);
      return 0;
    });
    return most;
  }

  /** The first number but 0 that `visit` gives for a converter upstream; each node is seen once. */
  #find(from: Node, throughMutes: boolean, visit: (converter: Node) => number): number {
    const seen = new Set<Node>();
    const search = (node: Node): number => {
      for (const index of this.listenedInputs(node)) {
        const input = this.widget(node.connections.nids[index] as number);
        const muted = node.type !== WIDGET_PIN && node.isMuted(false, index, false) && node.isMuted(false, index, true);
        if (!input || seen.has(input) || (muted && !throughMutes)) continue;
        seen.add(input);
        const found = input.type === WIDGET_AUDIO_OUTPUT ? visit(input) : passes(input) ? search(input) : 0;
        if (found !== 0) return found;
      }
      return 0;
    };
    return search(from);
  }
}

/** Widgets that hand samples on; a pin's own input is a jack, and its list belongs to its output. */
export function passes(node: Node): boolean {
  return node.type !== WIDGET_PIN && node.type !== WIDGET_AUDIO_INPUT && node.type !== WIDGET_BEEP;
}

function list(by: Map<number, Node[]>, lister: Node): void {
  for (const nid of lister.connections.nids) by.set(nid, [...(by.get(nid) ?? []), lister]);
}
