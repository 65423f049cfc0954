// What there is to draw of a codec: its widgets in words, who listens to whom, and which connections carry sound now.

import { type CodecModel, expandConnections, type WidgetModel, wired } from '../entries/codec.ts';
import {
  CONNECTIVITY_NONE,
  DEFAULT_DEVICES,
  decodeConfigurationDefault,
  JACK_COLORS,
  locationName,
} from '../hda/configuration-default.ts';
import * as P from '../hda/parameters.ts';
import { AMP_GAIN, AMP_MUTE, EAPD_ENABLE, PIN_IN, PIN_OUT } from '../hda/verbs.ts';

export interface Box {
  readonly nid: number;
  /** `DAC`, `mixer`, `pin`, …: what stands beside the NID. */
  readonly kind: string;
  readonly lines: readonly string[];
  /** Socket of a jack, by the name of hda's JACK_COLORS; null for what is no pin. */
  readonly jack: string | null;
  readonly direction: 'in' | 'out' | 'none';
  /** Sound passes through it from a source to a sink as everything is set now. */
  readonly active: boolean;
  /** Powered down, or not connected on the board. */
  readonly off: boolean;
}

export interface Wire {
  readonly from: number;
  readonly to: number;
  /** Position in the connection list of `to`. */
  readonly input: number;
  /** `to` listens to it: selected, or open at a mixer. */
  readonly open: boolean;
  readonly active: boolean;
  /** Of the input amp that it meets, in dB; null without one. */
  readonly gainDb: number | null;
}

const KINDS: Readonly<Record<number, string>> = {
  [P.WIDGET_AUDIO_OUTPUT]: 'DAC',
  [P.WIDGET_AUDIO_INPUT]: 'ADC',
  [P.WIDGET_MIXER]: 'mixer',
  [P.WIDGET_SELECTOR]: 'selector',
  [P.WIDGET_PIN]: 'pin',
  [P.WIDGET_POWER]: 'power',
  [P.WIDGET_VOLUME_KNOB]: 'volume knob',
  [P.WIDGET_BEEP]: 'beep',
};

type Value = readonly [left: number, right: number];

class Widget {
  readonly model: WidgetModel;
  readonly type: number;
  readonly connections: readonly number[];
  readonly #inputCaps: number;
  readonly #outputCaps: number;

  constructor(model: WidgetModel, inputCaps: number, outputCaps: number) {
    this.model = model;
    this.type = P.widgetType(model.caps);
    this.connections = expandConnections(model.connections ?? []);
    this.#inputCaps = model.inputAmpCaps || inputCaps;
    this.#outputCaps = model.outputAmpCaps || outputCaps;
  }

  get poweredDown(): boolean {
    return ((this.model.power ?? 0) & 0xf) > 1; // D2, D3: no sound; D1 keeps it (§5.11)
  }

  /** dB of the louder side, −∞ when muted; null without an output amp. */
  get outputDb(): number | null {
    if ((this.model.caps & P.WCAP_OUTPUT_AMP) === 0) return null;
    return decibels(this.model.outputAmp ?? [0, 0], this.#outputCaps);
  }

  inputDb(index: number): number | null {
    if ((this.model.caps & P.WCAP_INPUT_AMP) === 0) return null;
    const amps = this.model.inputAmps ?? [];
    return decibels(amps[Math.min(index, amps.length - 1)] ?? [0, 0], this.#inputCaps);
  }

  /** Whether it listens to this input now. */
  hears(index: number): boolean {
    const mixes = this.type === P.WIDGET_MIXER;
    return (mixes || index === (this.model.selected ?? 0) || this.connections.length === 1) && this.#opens(index);
  }

  #opens(index: number): boolean {
    return this.type === P.WIDGET_PIN || this.inputDb(index) !== Number.NEGATIVE_INFINITY;
  }

  /** Sound that is in it gets out. */
  get speaks(): boolean {
    return !this.poweredDown && this.outputDb !== Number.NEGATIVE_INFINITY;
  }

  #pin(bit: number): boolean {
    return this.type === P.WIDGET_PIN && ((this.model.pinControl ?? 0) & bit) !== 0;
  }

  get isSource(): boolean {
    if (this.type === P.WIDGET_AUDIO_OUTPUT || this.type === P.WIDGET_BEEP) return this.speaks;
    return this.#pin(PIN_IN) && !this.poweredDown && this.inputDb(0) !== Number.NEGATIVE_INFINITY;
  }

  get isSink(): boolean {
    if (this.type === P.WIDGET_AUDIO_INPUT) return !this.poweredDown;
    const amplified = ((this.model.pinCaps ?? 0) & P.PINCAP_EAPD) === 0 || ((this.model.eapd ?? 0) & EAPD_ENABLE) !== 0;
    return this.#pin(PIN_OUT) && this.speaks && amplified;
  }
}

/** Louder side; mute and gain as verb Bh answers them (§5.7). */
function decibels(sides: Value, caps: number): number {
  const side = (value: number) =>
    (value & AMP_MUTE) !== 0
      ? Number.NEGATIVE_INFINITY
      : (((value & AMP_GAIN) - P.ampOffset(caps)) * P.ampStepQuarterDb(caps)) / 4;
  return Math.max(side(sides[0]), side(sides[1]));
}

/** Boxes in the order of the model, wires in that of the connection lists; what a list names and nobody has is left out. */
export function graphFacts(codec: CodecModel): { readonly boxes: Box[]; readonly wires: Wire[] } {
  const widgets = new Map<number, Widget>();
  for (const { widgets: models, inputAmpCaps = 0, outputAmpCaps = 0 } of codec.functionGroups)
    for (const [nid, model] of wired(codec, models)) widgets.set(nid, new Widget(model, inputAmpCaps, outputAmpCaps));

  const all = [...widgets.values()].flatMap((widget) =>
    widget.connections.flatMap((from, input) => {
      const source = widgets.get(from);
      if (!source) return [];
      const to = widget.model.nid;
      const gainDb = widget.type === P.WIDGET_PIN ? null : widget.inputDb(input);
      return [
        { from, to, input, gainDb, open: widget.hears(input), carries: widget.hears(input) && !widget.poweredDown },
      ];
    }),
  );
  const carrying = all.filter(({ from, carries }) => carries && (widgets.get(from)?.speaks ?? false));
  const sources = nidsOf(widgets, (widget) => widget.isSource);
  const sinks = nidsOf(widgets, (widget) => widget.isSink);
  const fed = reach(
    sources,
    carrying.map(({ from, to }) => [from, to]),
  );
  const heard = reach(
    sinks,
    carrying.map(({ from, to }) => [to, from]),
  );
  const lit = new Set(carrying.filter(({ from, to }) => fed.has(from) && heard.has(to)));
  const touched = new Set([...lit].flatMap(({ from, to }) => [from, to]));
  return {
    boxes: [...widgets.values()].map((widget) => boxOf(widget, touched.has(widget.model.nid))),
    wires: all.map(({ carries: _, ...wire }, index) => ({
      ...wire,
      active: lit.has(all[index] as (typeof all)[number]),
    })),
  };
}

const nidsOf = (widgets: ReadonlyMap<number, Widget>, holds: (widget: Widget) => boolean): number[] =>
  [...widgets].filter(([, widget]) => holds(widget)).map(([nid]) => nid);

function reach(from: readonly number[], steps: readonly (readonly number[])[]): Set<number> {
  const next = new Map<number, number[]>();
  for (const [a = 0, b = 0] of steps) next.set(a, [...(next.get(a) ?? []), b]);
  const seen = new Set(from);
  const waiting = [...seen];
  for (let nid = waiting.pop(); nid !== undefined; nid = waiting.pop())
    for (const other of next.get(nid) ?? [])
      if (!seen.has(other)) {
        seen.add(other);
        waiting.push(other);
      }
  return seen;
}

function boxOf(widget: Widget, active: boolean): Box {
  const { model, type } = widget;
  const isPin = type === P.WIDGET_PIN;
  const board = decodeConfigurationDefault(model.configuration ?? 0);
  const connected = !isPin || board.connectivity !== CONNECTIVITY_NONE;
  const caps = model.pinCaps ?? 0;
  const power = (model.power ?? 0) & 0xf;
  const digital = (model.caps & P.WCAP_DIGITAL) !== 0 ? 'digital ' : '';
  const lines = [
    ...(isPin ? [connected ? `${DEFAULT_DEVICES[board.device]}` : 'not connected'] : []),
    ...(isPin && connected && board.location !== 0 ? [locationName(board.location)] : []),
    ...(isPin && widget.inputDb(0) ? [`in ${formatDb(widget.inputDb(0))}`] : []),
    ...(widget.outputDb === null ? [] : [`out ${formatDb(widget.outputDb)}`]),
    ...(power > 0 ? [`D${power}`] : []),
  ];
  const out = (caps & P.PINCAP_OUT) !== 0;
  return {
    nid: model.nid,
    kind: `${isPin ? '' : digital}${KINDS[type] ?? 'vendor'}`,
    lines,
    jack: isPin && connected ? (JACK_COLORS[board.color] ?? 'unknown') : null,
    direction: !isPin
      ? 'none'
      : out && ((caps & P.PINCAP_IN) === 0 || ((model.pinControl ?? 0) & PIN_IN) === 0)
        ? 'out'
        : 'in',
    active,
    off: widget.poweredDown || !connected,
  };
}

/** `−6 dB`, `+12.5 dB`, `muted`. */
export function formatDb(value: number | null): string {
  if (value === null || value === Number.NEGATIVE_INFINITY) return 'muted';
  return `${value < 0 ? '−' : value > 0 ? '+' : ''}${Math.abs(value)} dB`;
}
