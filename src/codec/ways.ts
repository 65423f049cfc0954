// The ways through a codec's graph: from converters to an output pin, from input pins to a converter, and what must be
// set along each. Read from the model alone, as a driver's author would on paper; what is set now plays no part.

import * as P from '../hda/parameters.ts';
import { expandConnections } from './connection-list.ts';
import type { CodecModel, WidgetModel } from './model.ts';
import { unlistedConverters } from './unlisted-converters.ts';

export interface Step {
  readonly nid: number;
  /** Position in the node's connection list of the step before; −1 at the way's first node. */
  readonly input: number;
  /** The position must be selected, verb 701h: the node passes one of several inputs. */
  readonly select: boolean;
  /** Input amp to open, by index; −1 for none. */
  readonly inputAmp: number;
  readonly outputAmp: boolean;
  /** The node has power control, verb 705h. */
  readonly power: boolean;
}

export interface Way {
  /** Where samples come from first, where they go last. */
  readonly steps: readonly Step[];
}

export interface PinWays {
  readonly pin: number;
  readonly direction: 'out' | 'in';
  /** Verb 70Ch bit 1 is needed too. */
  readonly eapd: boolean;
  /** The shortest way for each converter, the shorter ones first. */
  readonly ways: readonly Way[];
}

/** Ways of every pin that can put out or take in, by NID. Cost: O(pins · connections), whatever the graph. */
export function waysOf(model: CodecModel): PinWays[] {
  const widgets = new Map(model.functionGroups.flatMap(({ widgets }) => wired(model, widgets)));
  const inputWays = new Map<number, Way[]>();
  for (const widget of widgets.values()) {
    if (P.widgetType(widget.caps) !== P.WIDGET_AUDIO_INPUT) continue;
    const isSource = (node: WidgetModel) => isPin(node) && ((node.pinCaps ?? 0) & P.PINCAP_IN) !== 0;
    for (const way of shortestWays(widget, widgets, isSource)) {
      const from = way.steps[0]?.nid as number;
      inputWays.set(from, [...(inputWays.get(from) ?? []), way]);
    }
  }
  const isConverter = (node: WidgetModel) => P.widgetType(node.caps) === P.WIDGET_AUDIO_OUTPUT;
  const found: PinWays[] = [];
  for (const pin of [...widgets.values()].filter(isPin)) {
    const pinCaps = pin.pinCaps ?? 0;
    const eapd = (pinCaps & P.PINCAP_EAPD) !== 0;
    if ((pinCaps & P.PINCAP_OUT) !== 0) {
      found.push({ pin: pin.nid, direction: 'out', eapd, ways: shortestWays(pin, widgets, isConverter) });
    }
    if ((pinCaps & P.PINCAP_IN) !== 0) {
      const ways = (inputWays.get(pin.nid) ?? []).sort((a, b) => a.steps.length - b.steps.length);
      found.push({ pin: pin.nid, direction: 'in', eapd: false, ways });
    }
  }
  return found;
}

/** Widgets by NID; a pin that lists nothing, but selects all the same, with what it selects among. */
/** Widgets by NID, with what an output pin without a list is wired to on codecs that do not say (§5.15). */
export function wired(model: CodecModel, widgets: readonly WidgetModel[]): [nid: number, widget: WidgetModel][] {
  const unlisted = unlistedConverters(model, widgets);
  return widgets.map((widget) => {
    const isUnlisted = ((widget.pinCaps ?? 0) & P.PINCAP_OUT) !== 0 && listOf(widget).length === 0;
    return [widget.nid, isUnlisted ? { ...widget, connections: unlisted } : widget];
  });
}

/** Breadth first against the samples' direction: every source is met on its shortest way. */
function shortestWays(
  end: WidgetModel,
  widgets: ReadonlyMap<number, WidgetModel>,
  isSource: (node: WidgetModel) => boolean,
): Way[] {
  interface Reached {
    readonly node: WidgetModel;
    readonly to: Reached | null;
    /** Position in the list of `to`. */
    readonly input: number;
  }
  const ways: Way[] = [];
  const seen = new Set([end.nid]);
  const queue: Reached[] = [{ node: end, to: null, input: -1 }];
  for (const reached of queue) {
    for (const [input, nid] of expandConnections(listOf(reached.node)).entries()) {
      const node = widgets.get(nid);
      if (!node || seen.has(nid)) continue;
      seen.add(nid);
      const next: Reached = { node, to: reached, input };
      if (isSource(node)) ways.push(wayFrom(next));
      else if (passesOn(node)) queue.push(next);
    }
  }
  return ways;

  function wayFrom(first: Reached): Way {
    const steps = [stepOf(first.node, -1)];
    for (let at = first; at.to; at = at.to) steps.push(stepOf(at.to.node, at.input));
    return { steps };
  }
}

function stepOf(node: WidgetModel, input: number): Step {
  const { nid, caps } = node;
  const type = P.widgetType(caps);
  const hasInputAmp = (caps & P.WCAP_INPUT_AMP) !== 0;
  // A pin's input amp is its jack's: it stands on ways that begin there.
  const inputAmp = !hasInputAmp ? -1 : type !== P.WIDGET_PIN ? input : input < 0 ? 0 : -1;
  return {
    nid,
    input,
    select: input >= 0 && type !== P.WIDGET_MIXER && expandConnections(listOf(node)).length > 1,
    inputAmp,
    // and its output amp is on ways that end there.
    outputAmp: (caps & P.WCAP_OUTPUT_AMP) !== 0 && (type !== P.WIDGET_PIN || input >= 0),
    power: (caps & P.WCAP_POWER) !== 0,
  };
}

function listOf(node: WidgetModel): readonly number[] {
  return (node.caps & P.WCAP_CONNECTION_LIST) !== 0 ? (node.connections ?? []) : [];
}

function isPin(node: WidgetModel): boolean {
  return P.widgetType(node.caps) === P.WIDGET_PIN;
}

const PASSING: readonly number[] = [P.WIDGET_MIXER, P.WIDGET_SELECTOR, P.WIDGET_VENDOR];

function passesOn(node: WidgetModel): boolean {
  return PASSING.includes(P.widgetType(node.caps));
}
