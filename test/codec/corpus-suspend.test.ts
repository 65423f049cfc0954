// Suspend and resume on every real codec: what keeps its setting and what does not (hda-hardware §5.11, §5.13; issue 4).

import { describe, expect, it } from 'vitest';
import type { CodecModel } from '../../src/codec/index.ts';
import * as P from '../../src/hda/parameters.ts';
import * as V from '../../src/hda/verbs.ts';
import { corpusNote, hasCorpus, loadCorpus, widgetsOf } from './corpus.ts';
import { type Bench, bench } from './support.ts';

corpusNote();

/** What a double reset and a codec without EPSS keep too: the board's, not the driver's. */
const BOARD: [get: number, set: number, payload: number][] = [
  [V.VERB_GET_CONFIGURATION_DEFAULT, V.VERB_SET_CONFIGURATION_DEFAULT + 1, 0x5a],
  [V.VERB_GET_SUBSYSTEM_ID, V.VERB_SET_SUBSYSTEM_ID + 2, 0x5a],
];
const SETTINGS: [get: number, set: number, payload: number][] = [
  [V.VERB_GET_CONNECTION_SELECT, V.VERB_SET_CONNECTION_SELECT, 1],
  [V.VERB_GET_PROC_STATE, V.VERB_SET_PROC_STATE, 2],
  [V.VERB_GET_SDI_SELECT, V.VERB_SET_SDI_SELECT, 3],
  [V.VERB_GET_CONVERTER_FORMAT, V.VERB_SET_CONVERTER_FORMAT, 0x4031],
  [V.VERB_GET_PIN_CONTROL, V.VERB_SET_PIN_CONTROL, V.PIN_OUT | V.PIN_IN | 1],
  [V.VERB_GET_BEEP, V.VERB_SET_BEEP, 0x20],
  [V.VERB_GET_EAPD, V.VERB_SET_EAPD, 0],
  [V.VERB_GET_DIGITAL_CONVERTER, V.VERB_SET_DIGITAL_CONVERTER_2, 0x2a],
  [V.VERB_GET_VOLUME_KNOB, V.VERB_SET_VOLUME_KNOB, 0x85],
  [V.VERB_GET_STRIPE, V.VERB_SET_STRIPE, 1],
  [V.VERB_GET_CHANNEL_COUNT, V.VERB_SET_CHANNEL_COUNT, 1],
  [V.VERB_GET_DIP_INDEX, V.VERB_SET_DIP_INDEX, 0x45],
  [V.VERB_GET_COEFFICIENT_INDEX, V.VERB_SET_COEFFICIENT_INDEX, 2],
  [V.VERB_GET_GPIO_DATA + 1, V.VERB_SET_GPIO_DATA + 1, 1],
  [V.VERB_GET_GPIO_DATA + 2, V.VERB_SET_GPIO_DATA + 2, 1],
  [V.VERB_GET_GPIO_DATA + 4, V.VERB_SET_GPIO_DATA + 4, 1],
];
const UNSOLICITED: [number, number, number] = [V.VERB_GET_UNSOLICITED, V.VERB_SET_UNSOLICITED, 0x91];
const STREAM: [number, number, number] = [V.VERB_GET_STREAM_CHANNEL, V.VERB_SET_STREAM_CHANNEL, 0x72];

const nodesOf = (model: CodecModel) => [...model.functionGroups, ...widgetsOf(model)].map(({ nid }) => nid);

/** Moves every setting that there is. */
function disturb(machine: Bench, model: CodecModel): void {
  for (const nid of nodesOf(model)) {
    for (const [, set, payload] of [...SETTINGS, ...BOARD, UNSOLICITED, STREAM]) machine.verb(nid, set, payload);
    machine.setAmp(nid, 'out', 1);
    for (let index = 0; index < 4; index++) machine.setAmp(nid, 'in', 1, index);
  }
}

/** Settings, board's facts, unsolicited control and streams as the link shows them. */
function read(machine: Bench, model: CodecModel) {
  const nids = nodesOf(model);
  const all = (rows: readonly (readonly number[])[]) =>
    nids.map((nid) => rows.map(([get = 0]) => machine.verb(nid, get)));
  const amps = nids.map((nid) =>
    (['left', 'right'] as const).flatMap((side) => [
      machine.amp(nid, 'out', side),
      ...[0, 1, 2, 3].map((index) => machine.amp(nid, 'in', side, index)),
    ]),
  );
  return { settings: all(SETTINGS), amps, board: all(BOARD), unsolicited: all([UNSOLICITED]), streams: all([STREAM]) };
}
type Shown = ReturnType<typeof read>;

const hasEpss = (model: CodecModel) =>
  model.functionGroups.every(({ powerStates = 0 }) => (powerStates & P.PS_EPSS) !== 0);
const idle = (shown: Shown): Shown['streams'] => shown.streams.map(() => [0]);

/** toEqual takes long over so many numbers: it is for saying what differs. */
function same(shown: Shown, what: string, wanted: Shown): void {
  if (JSON.stringify(shown) !== JSON.stringify(wanted)) expect(shown, what).toEqual(wanted);
}

describe.runIf(hasCorpus)('893 real codecs', () => {
  it('suspend and resume, link reset, one and two function resets keep and restore what the matrix of §5.13 says', () => {
    const count = { codecs: 0, epss: 0, moved: 0 };
    for (const [name, model] of loadCorpus()) {
      if (model.functionGroups.length === 0) continue;
      const started = () => {
        const machine = bench(model);
        const powerUp = read(machine, model);
        disturb(machine, model);
        return { machine, powerUp, set: read(machine, model) };
      };
      const after = (machine: Bench) => read(machine, model);
      const groups = model.functionGroups.map(({ nid }) => nid);
      const epss = hasEpss(model);
      count.codecs++;
      if (epss) count.epss++;

      const suspended = started();
      const { powerUp, set } = suspended;
      const before = powerUp.settings.flat();
      count.moved += set.settings.flat().filter((value, index) => value !== before[index]).length;
      for (const nid of groups) suspended.machine.verb(nid, V.VERB_SET_POWER_STATE, V.POWER_D3);
      for (const { lanes } of suspended.machine.codec.routes().pins)
        expect(
          lanes.every((lane) => lane < 0),
          name,
        ).toBe(true);
      same(after(suspended.machine), `${name} in D3`, set);
      for (const nid of groups) suspended.machine.verb(nid, V.VERB_SET_POWER_STATE, V.POWER_D0);
      same(after(suspended.machine), `${name} in D0 again`, set);

      const restored: Shown = { ...powerUp, board: set.board };
      suspended.machine.codec.linkReset();
      same(after(suspended.machine), `${name} after a link reset`, epss ? set : restored);

      const once = started();
      for (const nid of groups) once.machine.verb(nid, V.VERB_FUNCTION_RESET);
      same(after(once.machine), `${name} after 7FFh`, epss ? { ...set, streams: idle(set) } : restored);

      const twice = started();
      for (const nid of groups) for (let n = 0; n < 2; n++) twice.machine.verb(nid, V.VERB_FUNCTION_RESET);
      const doubly = { ...restored, unsolicited: set.unsolicited, streams: idle(set) };
      same(after(twice.machine), `${name} after 7FFh twice`, epss ? doubly : restored);
    }
    process.stdout.write(
      `suspend and resume: ${count.codecs} codecs, ${count.epss} with EPSS; ${count.moved} settings moved, amps beside them\n`,
    );
    expect(count.moved).toBeGreaterThan(20_000);
  }, 120_000);
});
