// The effect of each control, heard at the pins or found in recordings (issue 4, item 3; design §4).

import { describe, expect, it } from 'vitest';
import { builtInCodecs, type CodecModel, type WidgetModel } from '../../src/codec/index.ts';
import * as P from '../../src/hda/parameters.ts';
import * as V from '../../src/hda/verbs.ts';
import { channelLevel, formatOf, LEFT, RIGHT, Rig } from './rig.ts';

const AFG = 0x01;
// Nodes of models/desktop.ts
const DAC = 0x02;
const SPDIF_CONVERTER = 0x07;
const ADC = 0x08;
const SELECTOR = 0x0a;
const LOOPBACK = 0x0c;
const FRONT_MIXER = 0x0d;
const GREEN = 0x14;
const MICROPHONE = 0x18;
const LINE_IN = 0x1a;
const HEADPHONE = 0x1b;
const SPEAKER = 0x1c;
const SPDIF = 0x1d;

const model = (name: string) => builtInCodecs[name] as CodecModel;

const SILENCERS: [what: string, pin: number, nid: number, verb: number, off: number, on: number][] = [
  ['OUT enable', GREEN, GREEN, V.VERB_SET_PIN_CONTROL, 0, V.PIN_OUT],
  [
    'OUT enable of a headphone, HP enable alone does not play',
    HEADPHONE,
    HEADPHONE,
    V.VERB_SET_PIN_CONTROL,
    V.PIN_HP,
    V.PIN_OUT,
  ],
  ['pin amp mute', GREEN, GREEN, V.VERB_SET_AMP_GAIN_MUTE, 0xb080, 0xb000],
  ['mixer input mute', GREEN, FRONT_MIXER, V.VERB_SET_AMP_GAIN_MUTE, 0x7080, 0x7000],
  ['wrong selector input', GREEN, GREEN, V.VERB_SET_CONNECTION_SELECT, 3, 0],
  ['D3 of the pin', GREEN, GREEN, V.VERB_SET_POWER_STATE, 3, 0],
  ['D3 of a mixer', GREEN, FRONT_MIXER, V.VERB_SET_POWER_STATE, 3, 0],
  ['D3 of the DAC', GREEN, DAC, V.VERB_SET_POWER_STATE, 3, 0],
  ['D1 of the DAC', GREEN, DAC, V.VERB_SET_POWER_STATE, 1, 0],
  ['D3 of the group', GREEN, AFG, V.VERB_SET_POWER_STATE, 3, 0],
  ['stream tag of the DAC', GREEN, DAC, V.VERB_SET_STREAM_CHANNEL, 0, 0x10],
  ['EAPD', SPEAKER, SPEAKER, V.VERB_SET_EAPD, 0, V.EAPD_ENABLE],
  ['digital enable', SPDIF, SPDIF_CONVERTER, V.VERB_SET_DIGITAL_CONVERTER_1, 0, V.DIGITAL_ENABLE],
  [
    'the non-audio bit',
    SPDIF,
    SPDIF_CONVERTER,
    V.VERB_SET_DIGITAL_CONVERTER_1,
    V.DIGITAL_ENABLE | V.DIGITAL_NON_AUDIO,
    V.DIGITAL_ENABLE,
  ],
];
describe('silent without, the very samples again with it, and another pin plays on', () => {
  it.each(SILENCERS)('%s', async (_what, pin, nid, verb, off, on) => {
    const rig = await Rig.start(model('desktop'));
    const other = 0x15; // on a way of its own: DAC 04, mixer 0f
    rig.open(other, 'out', 0x04);
    rig.open(pin, 'out');
    const both = (level: [number, number], rest: [number, number]) => {
      expect(rig.heard(pin)).toEqual(level);
      expect(rig.heard(other)).toEqual(rest);
    };
    both([LEFT, RIGHT], [LEFT, RIGHT]);
    rig.verb(nid, verb, off);
    both([0, 0], nid === AFG ? [0, 0] : [LEFT, RIGHT]);
    rig.verb(nid, verb, on);
    both([LEFT, RIGHT], [LEFT, RIGHT]);
  });
});

// HP enable switches a low-impedance amplifier onto a pin that OUT enable has switched on (§5.6): what it changes is how
// much current the jack can give, which samples do not have. VREF is a bias voltage on the way in: the same holds.
it('HP enable and VREF are stored and reported, and change no sample (§5.6)', async () => {
  const rig = await Rig.start(model('desktop'));
  rig.open(HEADPHONE, 'out');
  for (const control of [V.PIN_OUT, V.PIN_OUT | V.PIN_HP]) {
    rig.verb(HEADPHONE, V.VERB_SET_PIN_CONTROL, control);
    expect(rig.guest.verb(HEADPHONE, V.VERB_GET_PIN_CONTROL, 0)).toBe(control);
    expect(rig.heard(HEADPHONE)).toEqual([LEFT, RIGHT]);
  }
  rig.open(MICROPHONE, 'in');
  for (const bias of [0, 1, 2, 4]) {
    rig.verb(MICROPHONE, V.VERB_SET_PIN_CONTROL, V.PIN_IN | bias);
    expect(rig.guest.verb(MICROPHONE, V.VERB_GET_PIN_CONTROL, 0)).toBe(V.PIN_IN | bias);
    expect(rig.recorded(MICROPHONE, 0.5)).toBe(0.5);
  }
});

describe('recording', () => {
  const SILENT: [what: string, nid: number, verb: number, off: number, on: number][] = [
    ['IN enable', LINE_IN, V.VERB_SET_PIN_CONTROL, 0, V.PIN_IN],
    ['D3 of the pin', LINE_IN, V.VERB_SET_POWER_STATE, 3, 0],
    ['D3 of the ADC', ADC, V.VERB_SET_POWER_STATE, 3, 0],
    ['mute of the ADC', ADC, V.VERB_SET_AMP_GAIN_MUTE, 0x7080, 0x700b],
    ['the selector at another pin', SELECTOR, V.VERB_SET_CONNECTION_SELECT, 0, 2],
  ];
  it.each(SILENT)('%s: silence without, the samples with it', async (_what, nid, verb, off, on) => {
    const rig = await Rig.start(model('desktop'));
    rig.open(LINE_IN, 'in');
    expect(rig.recorded(LINE_IN, 0.5)).toBe(0.5);
    rig.verb(nid, verb, off);
    expect(rig.recorded(LINE_IN, 0.5)).toBe(0);
    rig.verb(nid, verb, on);
    expect(rig.recorded(LINE_IN, 0.5)).toBe(0.5);
  });

  it('an ADC records the pin that its selector selects, and that one alone (§5.4)', async () => {
    const rig = await Rig.start(model('desktop'));
    for (const jack of [MICROPHONE, 0x19, LINE_IN]) {
      rig.open(jack, 'in', ADC);
      expect(rig.recorded(jack, 0.5)).toBe(0.5);
      for (const silent of [MICROPHONE, 0x19, LINE_IN]) if (silent !== jack) expect(rig.recorded(silent, 0.25)).toBe(0);
    }
  });
});

it('line-in is heard at line-out through the analogue mixer, beside what the DAC plays (§5.7)', async () => {
  const rig = await Rig.start(model('desktop'));
  rig.open(GREEN, 'out');
  rig.verb(LINE_IN, V.VERB_SET_PIN_CONTROL, V.PIN_IN);
  rig.zeroDb(LOOPBACK, false, 2);
  rig.zeroDb(FRONT_MIXER, false, 1);
  rig.codec.feed(LINE_IN, [new Float32Array(64).fill(0.5), new Float32Array(64).fill(0.0625)]);
  expect(rig.heard(GREEN)).toEqual([LEFT + 0.5, RIGHT + 0.0625]);
});

describe('channels', () => {
  it('mono is heard on both sides; muting one side leaves the other (§3.10, §5.7)', async () => {
    const rig = await Rig.start(model('desktop'), 1);
    rig.open(GREEN, 'out');
    rig.verb(DAC, V.VERB_SET_CONVERTER_FORMAT, formatOf(1));
    expect(rig.heard(GREEN)).toEqual([LEFT, LEFT]);
    rig.verb(GREEN, V.VERB_SET_AMP_GAIN_MUTE, 0x9080);
    expect(rig.heard(GREEN)).toEqual([LEFT, 0]);
  });

  it('L/R swap exchanges the sides of a DAC that has it (§5.5 70Ch)', async () => {
    const desktop = model('desktop');
    const [group] = desktop.functionGroups;
    const swapping = (widget: WidgetModel) =>
      widget.nid === DAC ? { ...widget, caps: widget.caps | P.WCAP_LR_SWAP } : widget;
    const functionGroups = group ? [{ ...group, widgets: group.widgets.map(swapping) }] : [];
    const rig = await Rig.start({ ...desktop, functionGroups });
    rig.open(GREEN, 'out');
    rig.verb(DAC, V.VERB_SET_EAPD, V.EAPD_SWAP);
    expect(rig.heard(GREEN)).toEqual([RIGHT, LEFT]);
  });

  it('7.1: four DACs take two channels each of one stream, and four jacks play at once (§5.5 706h)', async () => {
    const rig = await Rig.start(model('desktop'), 8);
    const PAIRS = [
      [GREEN, 0x02],
      [0x16, 0x03],
      [0x15, 0x04],
      [0x17, 0x05],
    ] as const;
    for (const [pair, [pin, dac]] of PAIRS.entries()) {
      rig.open(pin, 'out', dac);
      rig.verb(dac, V.VERB_SET_CONVERTER_FORMAT, formatOf(8));
      rig.verb(dac, V.VERB_SET_STREAM_CHANNEL, 0x10 | (2 * pair));
    }
    for (const [pair, [pin]] of PAIRS.entries())
      expect(rig.heard(pin), `pin ${pin}`).toEqual([channelLevel(2 * pair), channelLevel(2 * pair + 1)]);
  });

  it('several pins at once: one DAC is heard at every pin that selects it, each at its own gain (§5.4)', async () => {
    const rig = await Rig.start(model('desktop'));
    const pins = [GREEN, 0x15, 0x16, 0x17];
    for (const pin of pins) {
      rig.open(pin, 'out', DAC);
      rig.verb(pin, V.VERB_SET_CONNECTION_SELECT, 0);
    }
    rig.open(HEADPHONE, 'out', DAC);
    rig.setAmp(HEADPHONE, true, 0, 0x20); // 40 steps of 0.75 dB below the top are 0 dB: 8 below it
    rig.open(SPEAKER, 'out', DAC);
    for (const pin of [...pins, SPEAKER]) expect(rig.heard(pin), `pin ${pin}`).toEqual([LEFT, RIGHT]);
    expect(rig.heard(HEADPHONE)[0]).toBeCloseTo(LEFT * 10 ** (-6 / 20), 6);
  });

  it('HDMI: eight channels; slots carry what the map names, Fh is silence, a channel may go to several (§5.5 734h)', async () => {
    const rig = await Rig.start(model('hdmi'), 8);
    const PIN = 0x05;
    rig.open(PIN, 'out');
    rig.verb(0x02, V.VERB_SET_CONVERTER_FORMAT, formatOf(8));
    rig.verb(0x02, V.VERB_SET_CHANNEL_COUNT, 8 - 1);
    const levels = Array.from({ length: 8 }, (_, channel) => channelLevel(channel));
    expect(rig.heard(PIN)).toEqual(levels);
    const map = [7, 6, 0xf, 4, 4, 2, 1, 0]; // channel of each slot
    for (const [slot, channel] of map.entries()) rig.verb(PIN, V.VERB_SET_CHANNEL_MAP, (channel << 4) | slot);
    expect(rig.heard(PIN)).toEqual(map.map((channel) => (channel === 0xf ? 0 : levels[channel])));
  });

  it('a stream of two channels leaves the other slots of an eight-channel display silent', async () => {
    const rig = await Rig.start(model('hdmi'));
    rig.open(0x05, 'out');
    expect(rig.heard(0x05)).toEqual([LEFT, RIGHT, 0, 0, 0, 0, 0, 0]);
    rig.verb(0x05, V.VERB_SET_CHANNEL_MAP, 0x13);
    rig.verb(0x05, V.VERB_SET_CHANNEL_MAP, 0xf0);
    expect(rig.heard(0x05)).toEqual([0, RIGHT, 0, RIGHT, 0, 0, 0, 0]);
  });
});

describe('during a gain change every sample lies between what the old and the new gain give (issue 4)', () => {
  const AMPS: [what: string, nid: number, output: boolean, index: number, steps: number[]][] = [
    ['a DAC, down and up', DAC, true, 0, [0x57, 0x17, 0x50, 0x00, 0x57, 0x56]],
    ['a pin, with mute', HEADPHONE, true, 0, [0x28, 0x30, 0x00, 0x80, 0x28]],
  ];
  it.each(AMPS)('%s', async (_what, nid, output, index, steps) => {
    const pin = nid === HEADPHONE ? HEADPHONE : GREEN;
    const rig = await Rig.start(model('desktop'));
    rig.open(pin, 'out');
    const caps = rig.widget(nid).outputAmpCaps ?? 0;
    const levelOf = (value: number) =>
      (value & V.AMP_MUTE) !== 0 ? 0 : LEFT * 10 ** (((value - P.ampOffset(caps)) * P.ampStepQuarterDb(caps)) / 80);
    rig.setAmp(nid, output, index, steps[0] as number);
    rig.advance(64);
    const tap = rig.codec.listen(pin);
    for (let n = 1; n < steps.length; n++) {
      const [old, next] = [levelOf(steps[n - 1] as number), levelOf(steps[n] as number)];
      rig.setAmp(nid, output, index, steps[n] as number);
      rig.advance(37);
      const [left = new Float32Array()] = tap.read();
      expect(left).toHaveLength(37);
      const [low, high] = [Math.min(old, next), Math.max(old, next)].map(Math.fround) as [number, number];
      for (const sample of left) {
        expect(sample).toBeGreaterThanOrEqual(low - 2 ** -24);
        expect(sample).toBeLessThanOrEqual(high + 2 ** -24);
      }
      expect(left.at(-1)).toBeCloseTo(next, 6);
    }
  });
});
