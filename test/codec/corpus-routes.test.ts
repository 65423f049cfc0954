// What must hold on every real codec: routes, jacks, amps (issue 4).

import { describe, expect, it } from 'vitest';
import { type CodecModel, type Way, type WidgetModel, waysOf } from '../../src/codec/index.ts';
import * as P from '../../src/hda/parameters.ts';
import * as V from '../../src/hda/verbs.ts';
import { ampCaps, corpusNote, hasCorpus, loadCorpus, widgetsOf } from './corpus.ts';
import { type Bench, bench } from './support.ts';

corpusNote();

const models = loadCorpus();
const hexadecimal = (nid: number) => `${nid.toString(16)}h`;

/** 0 dB where the amp has it, else its loudest step. */
const open = (caps: number) => Math.min(P.ampOffset(caps), P.ampSteps(caps));

/** Sets what a way needs, by verbs alone. */
function program(machine: Bench, model: CodecModel, way: Way, tag: number): void {
  const widgets = new Map(widgetsOf(model).map((widget) => [widget.nid, widget]));
  for (const group of model.functionGroups) machine.verb(group.nid, V.VERB_SET_POWER_STATE, 0);
  for (const widget of widgets.values()) machine.verb(widget.nid, V.VERB_SET_POWER_STATE, 0);
  for (const step of way.steps) {
    const widget = widgets.get(step.nid) as WidgetModel;
    if (step.select) machine.verb(step.nid, V.VERB_SET_CONNECTION_SELECT, step.input);
    if (step.inputAmp >= 0) machine.setAmp(step.nid, 'in', open(ampCaps(model, widget, false)), step.inputAmp);
    if (step.outputAmp) machine.setAmp(step.nid, 'out', open(ampCaps(model, widget, true)));
  }
  const converter = way.steps[0]?.nid as number;
  const pin = way.steps.at(-1)?.nid as number;
  machine.verb(converter, V.VERB_SET_STREAM_CHANNEL, tag << 4);
  machine.verb(converter, V.VERB_SET_CONVERTER_FORMAT, 0x0011);
  machine.verb(converter, V.VERB_SET_DIGITAL_CONVERTER_1, V.DIGITAL_ENABLE);
  machine.verb(pin, V.VERB_SET_PIN_CONTROL, V.PIN_OUT | V.PIN_HP);
  machine.verb(pin, V.VERB_SET_EAPD, V.EAPD_ENABLE);
}

/** Whether lanes of the converter with this tag reach the pin, straight or through mixes. */
function hears(machine: Bench, pin: number, tag: number): boolean {
  const routes = machine.codec.routes();
  const wanted = new Set(routes.outputs.filter((output) => output.tag === tag).flatMap((output) => output.lanes));
  for (const mix of routes.mixes) if (wanted.has(mix.from)) wanted.add(mix.into);
  return routes.pins.find(({ nid }) => nid === pin)?.lanes.some((lane) => wanted.has(lane)) ?? false;
}

describe.runIf(hasCorpus)('893 real codecs', () => {
  it('a stream reaches every output pin that the graph connects to a converter, set up by verbs (§5.4–§5.10)', () => {
    const unheard: string[] = [];
    const without: string[] = [];
    let pins = 0;
    let codecs = 0;
    for (const [name, model] of models) {
      const outputs = waysOf(model).filter(({ direction }) => direction === 'out');
      if (outputs.some(({ ways }) => ways.length > 0)) codecs++;
      for (const { pin, ways } of outputs) {
        const [way] = ways;
        if (!way) {
          without.push(`${name} ${hexadecimal(pin)}`);
          continue;
        }
        pins++;
        const machine = bench(model);
        program(machine, model, way, 0xe);
        if (!hears(machine, pin, 0xe))
          unheard.push(`${name} pin ${hexadecimal(pin)}: ${way.steps.map(({ nid }) => hexadecimal(nid)).join(' → ')}`);
      }
    }
    process.stdout.write(
      `routes: ${pins - unheard.length} of ${pins} output pins of ${codecs} codecs hear a converter; ` +
        `${without.length} pins are connected to none\n`,
    );
    expect(unheard).toEqual([]);
  }, 120_000);

  it('every jack plugs and unplugs: pin sense follows, one unsolicited response each (§5.8, §5.9)', () => {
    let jacks = 0;
    for (const [name, model] of models) {
      const machine = bench(model);
      for (const { nid, configuration = 0, pinCaps = 0, caps } of widgetsOf(model)) {
        const isJack = configuration >>> 30 === 0 || configuration >>> 30 === 3;
        const detects = (pinCaps & P.PINCAP_PRESENCE) !== 0 && ((configuration >>> 8) & 1) === 0;
        if (P.widgetType(caps) !== P.WIDGET_PIN || !isJack || !detects) continue;
        jacks++;
        const tells = (caps & P.WCAP_UNSOLICITED) !== 0;
        machine.codec.plug(nid, false);
        machine.verb(nid, V.VERB_SET_UNSOLICITED, 0x80 | 0x21);
        for (const present of [true, false]) {
          machine.unsolicited.length = 0;
          machine.codec.plug(nid, present);
          machine.verb(nid, V.VERB_EXECUTE_PIN_SENSE);
          expect(machine.verb(nid, V.VERB_GET_PIN_SENSE) >>> 31, `${name} ${nid}`).toBe(present ? 1 : 0);
          const tags = machine.unsolicited.map((response) => response >>> 26);
          expect(tags, `${name} ${nid}`).toEqual(tells ? [0x21] : []);
        }
      }
    }
    process.stdout.write(`jacks: ${jacks} plugged and unplugged\n`);
  });

  it('every amp reads back its lowest and its highest step, and mute where it can (§5.7)', () => {
    let amps = 0;
    for (const [name, model] of models) {
      const machine = bench(model);
      for (const widget of widgetsOf(model)) {
        const isPin = P.widgetType(widget.caps) === P.WIDGET_PIN;
        const length = (widget.caps & P.WCAP_CONNECTION_LIST) !== 0 ? (widget.connections?.length ?? 0) : 0;
        const inputs = (widget.caps & P.WCAP_INPUT_AMP) === 0 ? 0 : isPin ? 1 : length;
        const all: ['in' | 'out', number][] = Array.from({ length: inputs }, (_, index) => ['in', index]);
        if ((widget.caps & P.WCAP_OUTPUT_AMP) !== 0) all.push(['out', 0]);
        for (const [direction, index] of all) {
          amps++;
          const caps = ampCaps(model, widget, direction === 'out');
          const mute = caps >>> 31 === 1 ? 0x80 : 0;
          for (const value of [0, P.ampSteps(caps), mute | P.ampSteps(caps)]) {
            machine.setAmp(widget.nid, direction, value, index);
            for (const side of ['left', 'right'] as const) {
              expect(machine.amp(widget.nid, direction, side, index), `${name} ${widget.nid} ${direction}`).toBe(value);
            }
          }
        }
      }
    }
    process.stdout.write(`amps: ${amps} at lowest, highest and mute\n`);
  });
});
