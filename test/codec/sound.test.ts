// What is heard: samples at pins and in RAM, through a whole device driven by registers, CORB and RIRB.

import { createMachine } from 'azalia/machine';
import { describe, expect, it } from 'vitest';
import { BEEP_LEVEL } from '../../src/codec/beep.ts';
import {
  builtInCodecs,
  Codec,
  type CodecModel,
  formatCodecDump,
  learnCodec,
  parseCodecDump,
  waysOf,
} from '../../src/codec/index.ts';
import { measureTone } from '../../src/dsp/measure.ts';
import * as P from '../../src/hda/parameters.ts';
import * as V from '../../src/hda/verbs.ts';
import { powerUp } from '../support/power-up.ts';
import { createTone, signalSource } from '../support/signals.ts';
import { corpusNote, dumpNames, HOPELESS, hasCorpus, readDump } from './corpus.ts';
import { factsOf, missingFacts } from './dump-facts.ts';
import { LEFT, RIGHT, Rig } from './rig.ts';

corpusNote();

const decibels = (ratio: number) => 20 * Math.log10(Math.abs(ratio));
const dbOf = (caps: number, step: number) => (step - P.ampOffset(caps)) * P.ampStepQuarterDb(caps) * 0.25;

/** Amps whose every step was measured, by codec. */
const measured = new Map<string, Set<string>>();
function note(rig: Rig, nid: number, output: boolean, index: number): void {
  const amps = measured.get(rig.model.name) ?? new Set();
  measured.set(rig.model.name, amps.add(`${nid.toString(16)}h ${output ? 'out' : `in ${index}`}`));
}

const model = (name: string) => builtInCodecs[name] as CodecModel;

describe('each amp step at the pin is within 0.01 dB of what its capabilities say (§5.7)', () => {
  for (const name of ['desktop', 'laptop', 'hdmi']) {
    it(`${name}: every output amp and mixer input on the ways out, every step`, async () => {
      const rig = await Rig.start(model(name));
      let steps = 0;
      const ways = waysOf(rig.model).filter(({ direction }) => direction === 'out');
      for (const [pin, converter] of ways.flatMap(({ pin, ways }) => ways.map(({ steps }) => [pin, steps[0]?.nid]))) {
        if (pin === undefined || converter === undefined) continue;
        const amps = rig.open(pin, 'out', converter);
        expect(rig.heard(pin).slice(0, 2), `pin ${pin}`).toEqual([LEFT, RIGHT]);
        for (const [nid, output, index] of amps) {
          note(rig, nid, output, index);
          const { outputAmpCaps = 0, inputAmpCaps = 0 } = rig.widget(nid);
          const caps = output ? outputAmpCaps : inputAmpCaps;
          for (let step = 0; step <= P.ampSteps(caps); step++) {
            rig.setAmp(nid, output, index, step);
            const [left = 0, right = 0] = rig.heard(pin);
            expect(Math.abs(decibels(left / LEFT) - dbOf(caps, step)), `${nid} step ${step}`).toBeLessThan(0.01);
            expect(right / left).toBeCloseTo(RIGHT / LEFT, 6);
            steps++;
          }
          rig.zeroDb(nid, output, index);
        }
        rig.close(converter);
      }
      process.stdout.write(`amp steps, ${name}: ${steps} measured at the pins\n`);
    });
  }

  for (const name of ['desktop', 'laptop']) {
    it(`${name}: every boost and capture amp, every step, in the recorded samples`, async () => {
      const rig = await Rig.start(model(name));
      let steps = 0;
      const ways = waysOf(rig.model).filter(({ direction }) => direction === 'in');
      for (const [pin, converter] of ways.flatMap(({ pin, ways }) =>
        ways.map(({ steps }) => [pin, steps.at(-1)?.nid]),
      )) {
        if (pin === undefined || converter === undefined) continue;
        const amps = rig.open(pin, 'in', converter);
        for (const [nid, output, index] of amps) {
          note(rig, nid, output, index);
          const { outputAmpCaps = 0, inputAmpCaps = 0 } = rig.widget(nid);
          const caps = output ? outputAmpCaps : inputAmpCaps;
          for (let step = 0; step <= P.ampSteps(caps); step++) {
            rig.setAmp(nid, output, index, step);
            const level = 2 ** -7; // +36 dB stays below full scale
            const db = decibels(rig.recorded(pin, level) / level);
            expect(Math.abs(db - dbOf(caps, step)), `pin ${pin}, ${nid} step ${step}`).toBeLessThan(0.01);
            steps++;
          }
          rig.zeroDb(nid, output, index);
        }
        rig.close(converter);
      }
      expect(steps).toBeGreaterThan(0);
      process.stdout.write(`amp steps, ${name}: ${steps} measured in recordings\n`);
    });
  }
});

it('desktop: every loopback step from each jack to line-out is within 0.01 dB (§5.7)', async () => {
  const rig = await Rig.start(model('desktop'));
  rig.open(0x14, 'out');
  rig.setAmp(0x0d, false, 0, 0x80); // the DAC's side of the mixer
  rig.zeroDb(0x0d, false, 1);
  const caps = rig.widget(0x0c).inputAmpCaps ?? 0;
  for (const [index, jack] of [0x18, 0x19, 0x1a].entries()) {
    rig.verb(jack, V.VERB_SET_PIN_CONTROL, V.PIN_IN);
    for (let step = 0; step <= P.ampSteps(caps); step++) {
      rig.setAmp(0x0c, false, index, step);
      rig.codec.feed(jack, [new Float32Array(8).fill(LEFT), new Float32Array(8).fill(RIGHT)]);
      const [left = 0, right = 0] = rig.heard(0x14);
      expect(Math.abs(decibels(left / LEFT) - dbOf(caps, step)), `${jack} step ${step}`).toBeLessThan(0.01);
      expect(right / left).toBeCloseTo(RIGHT / LEFT, 6);
    }
    note(rig, 0x0c, false, index);
    rig.setAmp(0x0c, false, index, 0x80);
  }
});

it('desktop: line-in through the analogue mixer is at 0 dB at every line-out and at the headphone (§5.7)', async () => {
  const rig = await Rig.start(model('desktop'));
  const OUTPUTS = [
    [0x14, 0x0d, 0],
    [0x16, 0x0e, 1],
    [0x15, 0x0f, 2],
    [0x17, 0x10, 3],
    [0x1b, 0x11, 0],
  ] as const;
  rig.verb(0x1a, V.VERB_SET_PIN_CONTROL, V.PIN_IN);
  rig.zeroDb(0x0c, false, 2);
  for (const [pin, mixer, selected] of OUTPUTS) {
    rig.open(pin, 'out');
    rig.verb(pin, V.VERB_SET_CONNECTION_SELECT, selected);
    rig.setAmp(mixer, false, 0, 0x80);
    rig.zeroDb(mixer, false, 1);
    rig.codec.feed(0x1a, [new Float32Array(8).fill(LEFT), new Float32Array(8).fill(RIGHT)]);
    expect(rig.heard(pin), `pin ${pin}`).toEqual([LEFT, RIGHT]);
    note(rig, mixer, false, 1);
  }
});

it('desktop: every step of the beep amp and of the loopback amp behind it is within 0.01 dB (§5.7)', async () => {
  const rig = await Rig.start(model('desktop'));
  rig.open(0x14, 'out');
  rig.setAmp(0x0d, false, 0, 0x80);
  rig.zeroDb(0x0d, false, 1);
  rig.verb(0x12, V.VERB_SET_BEEP, 0x0c);
  rig.zeroDb(0x12, true, 0);
  rig.zeroDb(0x0c, false, 3);
  const amps: [number, boolean, number, number][] = [
    [0x12, true, 0, rig.widget(0x12).outputAmpCaps ?? 0],
    [0x0c, false, 3, rig.widget(0x0c).inputAmpCaps ?? 0],
  ];
  for (const [nid, output, index, caps] of amps) {
    for (let step = 0; step <= P.ampSteps(caps); step++) {
      rig.setAmp(nid, output, index, step);
      const [left = 0] = rig.heard(0x14);
      expect(Math.abs(decibels(left / BEEP_LEVEL) - dbOf(caps, step)), `${nid} step ${step}`).toBeLessThan(0.01);
    }
    rig.zeroDb(nid, output, index);
    note(rig, nid, output, index);
  }
});

it('no amp of a built-in codec was left out of all this (issue 4)', () => {
  for (const { name, functionGroups } of Object.values(builtInCodecs)) {
    const amps = functionGroups.flatMap(({ widgets }) =>
      widgets.flatMap(({ nid, caps, inputAmps = [] }) => [
        ...((caps & P.WCAP_INPUT_AMP) !== 0 ? inputAmps.map((_, index) => `${nid.toString(16)}h in ${index}`) : []),
        ...((caps & P.WCAP_OUTPUT_AMP) !== 0 ? [`${nid.toString(16)}h out`] : []),
      ]),
    );
    process.stdout.write(`amps, ${name}: ${measured.get(name)?.size ?? 0} of ${amps.length} measured\n`);
    expect([...(measured.get(name) ?? [])].sort(), name).toEqual(amps.sort());
  }
});

it('THD+N of a full-scale 997 Hz sine of 24 bits on the default way to line-out is below −135 dB (issue 4)', async () => {
  const machine = await createMachine({ outputRateHz: 'stream' });
  machine.windows.boot();
  const format = { rateHz: 48000, bits: 24, channels: 2 } as const;
  const { stream, reason } = machine.windows.audio[0]?.openRender(format) ?? {};
  const [pin] = stream?.pins ?? [];
  if (!stream || pin === undefined) throw new Error(reason);
  const frames = 96_000;
  const tap = machine.codecs[0]?.listen(pin);
  const signal = createTone({ wave: 'sine', frequencyHz: 997, rateHz: 48000, levelDbfs: 0, frames });
  stream.start(signalSource({ signal, format, frames }));
  machine.advance(frames);
  const lanes = tap?.read() ?? [];
  expect(lanes).toHaveLength(2);
  for (const lane of lanes) {
    const tone = measureTone(lane, 48000);
    process.stdout.write(`THD+N, desktop, pin ${pin.toString(16)}h: ${tone?.thdPlusNoiseDb.toFixed(1)} dB\n`);
    expect(tone?.thdPlusNoiseDb).toBeLessThan(-135);
    expect(Math.abs(tone?.levelDbfs ?? 1)).toBeLessThan(0.0001);
    expect(tone?.frequencyHz).toBeCloseTo(997, 4);
  }
});

it.runIf(hasCorpus)('codecs are learned over CORB and RIRB as by direct call (every 25th dump)', async () => {
  const names = dumpNames().filter((name, index) => index % 25 === 0 && !HOPELESS.includes(name));
  for (const name of names) {
    const text = readDump(name);
    const [found] = parseCodecDump(text) as [CodecModel];
    const { guest } = await powerUp({ codecs: [new Codec(found, { outputRateHz: 48000 })] });
    guest.start();
    const learned = learnCodec((word) => guest.ask(word), { name: found.name, address: found.address });
    expect(missingFacts(factsOf(text), factsOf(formatCodecDump(learned))), name).toEqual([]);
  }
});
