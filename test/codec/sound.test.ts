// What is heard: samples at pins and in RAM, through a whole device driven by registers, CORB and RIRB.

import { describe, expect, it } from 'vitest';
import {
  builtInCodecs,
  Codec,
  type CodecModel,
  formatCodecDump,
  learnCodec,
  parseCodecDump,
  type WidgetModel,
  waysOf,
} from '../../src/codec/index.ts';
import * as P from '../../src/hda/parameters.ts';
import * as V from '../../src/hda/verbs.ts';
import type { MachineCodec } from '../../src/machine/machine-codec.ts';
import { BUFFERS, type Guest } from '../support/guest.ts';
import { powerUp } from '../support/power-up.ts';
import { corpusNote, dumpNames, HOPELESS, hasCorpus, readDump } from './corpus.ts';
import { factsOf, missingFacts } from './dump-facts.ts';

corpusNote();

const AFG = 0x01;
const FORMAT_48K_32_STEREO = 0x0041;
const BYTES = 4096;
const INPUT_STREAM = 0;
const OUTPUT_STREAM = 4;
const LEFT = 0.25;
const RIGHT = -0.125;
const FULL_SCALE = 2 ** 31;

class Rig {
  readonly guest: Guest;
  readonly model: CodecModel;
  readonly codec: MachineCodec;
  readonly advance: (frames: number) => void;
  readonly readRam: (address: number) => number;

  private constructor(guest: Guest, model: CodecModel) {
    this.guest = guest;
    this.model = model;
    this.codec = guest.device.codecs[0] as MachineCodec;
    this.advance = (frames) => guest.device.advance(frames);
    this.readRam = (address) => guest.dword(address) | 0;
  }

  /** A device with this codec and a running output stream of a constant on each side. */
  static async start(model: CodecModel): Promise<Rig> {
    const { device, guest } = await powerUp({ codecs: [new Codec(model, { outputRateHz: 48000 })] });
    guest.start();
    const samples = Int32Array.from({ length: BYTES / 4 }, (_, index) => (index % 2 === 0 ? LEFT : RIGHT) * FULL_SCALE);
    device.memory.write(BUFFERS, new Uint8Array(samples.buffer));
    const entries = (at: number) => [
      { address: at, length: BYTES / 2 },
      { address: at + BYTES / 2, length: BYTES / 2 },
    ];
    guest.stream(OUTPUT_STREAM).setUp({ tag: 1, format: FORMAT_48K_32_STEREO, entries: entries(BUFFERS) });
    guest.stream(OUTPUT_STREAM).run();
    guest.stream(INPUT_STREAM).setUp({ tag: 2, format: FORMAT_48K_32_STEREO, entries: entries(BUFFERS + BYTES) });
    guest.stream(INPUT_STREAM).run();
    return new Rig(guest, model);
  }

  widget(nid: number): WidgetModel {
    return this.model.functionGroups
      .flatMap((group) => group.widgets)
      .find((widget) => widget.nid === nid) as WidgetModel;
  }

  verb(nid: number, id: number, payload: number): void {
    this.guest.verb(nid, id, payload);
  }

  setAmp(nid: number, output: boolean, index: number, value: number): void {
    const which = output ? V.AMP_SET_OUTPUT : V.AMP_SET_INPUT;
    this.verb(
      nid,
      V.VERB_SET_AMP_GAIN_MUTE,
      which | V.AMP_SET_LEFT | V.AMP_SET_RIGHT | (index << V.AMP_INDEX_SHIFT) | value,
    );
  }

  zeroDb(nid: number, output: boolean, index: number): void {
    const { outputAmpCaps = 0, inputAmpCaps = 0 } = this.widget(nid);
    this.setAmp(nid, output, index, P.ampOffset(output ? outputAmpCaps : inputAmpCaps));
  }

  /** Opens the shortest way to or from a pin at 0 dB; gives the amps along it. */
  open(pin: number, direction: 'out' | 'in', converter?: number): [nid: number, output: boolean, index: number][] {
    const ways = waysOf(this.model).find((found) => found.pin === pin && found.direction === direction)?.ways ?? [];
    const way = ways.find(({ steps }) => converter === undefined || steps.some(({ nid }) => nid === converter));
    const steps = way?.steps ?? [];
    const end = (direction === 'out' ? steps[0] : steps.at(-1))?.nid as number;
    const amps: [number, boolean, number][] = [];
    for (const step of steps) {
      if (step.select) this.verb(step.nid, V.VERB_SET_CONNECTION_SELECT, step.input);
      if (step.inputAmp >= 0) amps.push([step.nid, false, step.inputAmp]);
      if (step.outputAmp) amps.push([step.nid, true, 0]);
    }
    for (const amp of amps) this.zeroDb(...amp);
    this.verb(end, V.VERB_SET_STREAM_CHANNEL, direction === 'out' ? 0x10 : 0x20);
    this.verb(end, V.VERB_SET_CONVERTER_FORMAT, FORMAT_48K_32_STEREO);
    this.verb(end, V.VERB_SET_DIGITAL_CONVERTER_1, V.DIGITAL_ENABLE);
    this.verb(pin, V.VERB_SET_PIN_CONTROL, direction === 'out' ? V.PIN_OUT | V.PIN_HP : V.PIN_IN);
    this.verb(pin, V.VERB_SET_EAPD, V.EAPD_ENABLE);
    return amps;
  }

  /** The last samples that reached the pin. */
  heard(pin: number, tap = this.codec.listen(pin)): number[] {
    this.advance(8);
    const last = tap.read().map((channel) => channel.at(-1) as number);
    tap.close();
    return last;
  }

  /** Left sample that the input stream last wrote, of a constant that is fed at the pin. */
  recorded(pin: number, level: number): number {
    const frames = 64;
    this.codec.feed(pin, [new Float32Array(frames).fill(level), new Float32Array(frames).fill(level)]);
    this.advance(frames / 2);
    const bytes = this.guest.stream(INPUT_STREAM).position - 8;
    const value = this.readRam(BUFFERS + BYTES + ((bytes + BYTES) % BYTES));
    this.advance(frames);
    return value / FULL_SCALE;
  }
}

const decibels = (ratio: number) => 20 * Math.log10(Math.abs(ratio));
const dbOf = (caps: number, step: number) => (step - P.ampOffset(caps)) * P.ampStepQuarterDb(caps) * 0.25;

const model = (name: string) => builtInCodecs[name] as CodecModel;

describe('each amp step at the pin is within 0.01 dB of what its capabilities say (§5.7)', () => {
  for (const name of ['desktop', 'laptop', 'hdmi']) {
    it(`${name}: every output amp and mixer input on the ways out, every step`, async () => {
      const rig = await Rig.start(model(name));
      let steps = 0;
      for (const { pin, direction } of waysOf(rig.model)) {
        if (direction !== 'out') continue;
        const amps = rig.open(pin, 'out');
        expect(rig.heard(pin).slice(0, 2), `pin ${pin}`).toEqual([LEFT, RIGHT]);
        for (const [nid, output, index] of amps) {
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
      }
      process.stdout.write(`amp steps, ${name}: ${steps} measured at the pins\n`);
    });
  }

  for (const name of ['desktop', 'laptop']) {
    it(`${name}: every boost and capture amp, every step, in the recorded samples`, async () => {
      const rig = await Rig.start(model(name));
      let steps = 0;
      for (const { pin, direction } of waysOf(rig.model)) {
        if (direction !== 'in') continue;
        for (const [nid, output, index] of rig.open(pin, 'in')) {
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
    rig.setAmp(0x0c, false, index, 0x80);
  }
});

describe('each control silences exactly what it silences on the bench (design §4)', () => {
  const GREEN = 0x14;
  const SPEAKER = 0x1c;
  const CASES: [what: string, pin: number, nid: number, verb: number, off: number, on: number][] = [
    ['OUT enable', GREEN, GREEN, V.VERB_SET_PIN_CONTROL, 0, V.PIN_OUT],
    ['pin amp mute', GREEN, GREEN, V.VERB_SET_AMP_GAIN_MUTE, 0xb080, 0xb000],
    ['mixer input mute', GREEN, 0x0d, V.VERB_SET_AMP_GAIN_MUTE, 0x7080, 0x7000],
    ['wrong selector input', GREEN, GREEN, V.VERB_SET_CONNECTION_SELECT, 3, 0],
    ['D3 of the pin', GREEN, GREEN, V.VERB_SET_POWER_STATE, 3, 0],
    ['D3 of the group', GREEN, AFG, V.VERB_SET_POWER_STATE, 3, 0],
    ['stream tag of the DAC', GREEN, 0x02, V.VERB_SET_STREAM_CHANNEL, 0, 0x10],
    ['EAPD', SPEAKER, SPEAKER, V.VERB_SET_EAPD, 0, V.EAPD_ENABLE],
  ];
  for (const [what, pin, nid, verb, off, on] of CASES) {
    it(`${what}: silent without, the very samples again with it`, async () => {
      const rig = await Rig.start(model('desktop'));
      rig.open(pin, 'out');
      expect(rig.heard(pin)).toEqual([LEFT, RIGHT]);
      rig.verb(nid, verb, off);
      expect(rig.heard(pin)).toEqual([0, 0]);
      rig.verb(nid, verb, on);
      expect(rig.heard(pin)).toEqual([LEFT, RIGHT]);
    });
  }

  it('IN enable: a pin that does not listen records silence', async () => {
    const rig = await Rig.start(model('desktop'));
    rig.open(0x1a, 'in');
    expect(rig.recorded(0x1a, 0.5)).toBe(0.5);
    rig.verb(0x1a, V.VERB_SET_PIN_CONTROL, 0);
    expect(rig.recorded(0x1a, 0.5)).toBe(0);
  });
});

it('line-in is heard at line-out through the analogue mixer, beside what the DAC plays (§5.7)', async () => {
  const rig = await Rig.start(model('desktop'));
  rig.open(0x14, 'out');
  rig.verb(0x1a, V.VERB_SET_PIN_CONTROL, V.PIN_IN);
  rig.zeroDb(0x0c, false, 2);
  rig.zeroDb(0x0d, false, 1);
  rig.codec.feed(0x1a, [new Float32Array(64).fill(0.5), new Float32Array(64).fill(0.0625)]);
  expect(rig.heard(0x14)).toEqual([LEFT + 0.5, RIGHT + 0.0625]);
});

it('during a gain change every sample lies between what the old and the new gain give (issue 4)', async () => {
  const rig = await Rig.start(model('desktop'));
  rig.open(0x14, 'out');
  const tap = rig.codec.listen(0x14);
  for (let step = 0x57; step >= 0x17; step -= 0x10) {
    rig.setAmp(0x02, true, 0, step);
    rig.advance(37);
  }
  const [left] = tap.read();
  for (let i = 1; i < (left?.length ?? 0); i++) expect(left?.[i]).toBeLessThanOrEqual(left?.[i - 1] as number);
  expect(left?.at(-1)).toBeCloseTo(LEFT * 10 ** (-48 / 20), 6);
});

it('a display’s slots carry the channels that its map names (§5.5 734h)', async () => {
  const rig = await Rig.start(model('hdmi'));
  rig.open(0x05, 'out');
  expect(rig.heard(0x05)).toEqual([LEFT, RIGHT, 0, 0, 0, 0, 0, 0]);
  rig.verb(0x05, V.VERB_SET_CHANNEL_MAP, 0x13);
  rig.verb(0x05, V.VERB_SET_CHANNEL_MAP, 0xf0);
  expect(rig.heard(0x05)).toEqual([0, RIGHT, 0, RIGHT, 0, 0, 0, 0]);
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
