import { expect, it } from 'vitest';
import {
  EAPD_ENABLE,
  PIN_IN,
  PIN_OUT,
  POWER_D3,
  VERB_SET_CONNECTION_SELECT,
  VERB_SET_CONVERTER_FORMAT,
  VERB_SET_DIGITAL_CONVERTER_1,
  VERB_SET_EAPD,
  VERB_SET_PIN_CONTROL,
  VERB_SET_POWER_STATE,
  VERB_SET_STREAM_CHANNEL,
} from '../../src/hda/verbs.ts';
import { type Bench, bench } from './support.ts';

// Nodes of models/desktop.ts on the way from the front DAC to the green jack and to the speaker.
const AFG = 0x01;
const DAC = 0x02;
const FRONT_MIXER = 0x0d;
const SPEAKER_MIXER = 0x13;
const GREEN = 0x14;
const SPEAKER = 0x1c;
const ZERO_DB = 0x57;

const FORMAT_44K1_16_STEREO = 0x4011;

function playing(outputRateHz: number | 'stream' = 48000): Bench {
  const machine = bench('desktop', outputRateHz);
  machine.verb(DAC, VERB_SET_STREAM_CHANNEL, 0x50);
  machine.setAmp(DAC, 'out', ZERO_DB);
  machine.setAmp(FRONT_MIXER, 'in', 0);
  machine.setAmp(GREEN, 'out', 0);
  machine.verb(GREEN, VERB_SET_PIN_CONTROL, PIN_OUT);
  machine.setAmp(SPEAKER_MIXER, 'in', 0);
  machine.setAmp(SPEAKER, 'out', 0);
  machine.verb(SPEAKER, VERB_SET_PIN_CONTROL, PIN_OUT);
  machine.verb(SPEAKER, VERB_SET_EAPD, EAPD_ENABLE);
  return machine;
}

const lanesOf = (machine: Bench, nid: number) => machine.codec.routes().pins.find((pin) => pin.nid === nid)?.lanes;

it('an output pin fed 1:1 at 0 dB is its converter’s lane itself: no copy, no gain (§5.7)', () => {
  const routes = playing().codec.routes();
  expect(routes.outputs).toEqual([
    { nid: DAC, tag: 5, firstStreamChannel: 0, format: 0x0011, rateHz: 48000, lanes: [0, 1] },
  ]);
  expect(routes.mixes).toEqual([]);
  expect(routes.pins.find((pin) => pin.nid === GREEN)).toEqual({ nid: GREEN, rateHz: 48000, lanes: [0, 1] });
  expect(routes.pins.find((pin) => pin.nid === SPEAKER)?.lanes).toEqual([0, 1]);
});

it('at power-up nothing reaches any pin: every part of the way is off (§5.13)', () => {
  for (const pin of bench().codec.routes().pins) expect(pin.lanes).toEqual(pin.lanes.map(() => -1));
});

const SILENCERS: [string, number, (machine: Bench) => void][] = [
  ['pin amp muted', GREEN, (m) => m.setAmp(GREEN, 'out', 0x80)],
  ['mixer input muted', GREEN, (m) => m.setAmp(FRONT_MIXER, 'in', 0x80)],
  ['OUT enable off', GREEN, (m) => m.verb(GREEN, VERB_SET_PIN_CONTROL, 0)],
  ['pin in D3', GREEN, (m) => m.verb(GREEN, VERB_SET_POWER_STATE, POWER_D3)],
  ['DAC in D3', GREEN, (m) => m.verb(DAC, VERB_SET_POWER_STATE, POWER_D3)],
  ['mixer in D3', GREEN, (m) => m.verb(FRONT_MIXER, VERB_SET_POWER_STATE, POWER_D3)],
  ['function group in D3', GREEN, (m) => m.verb(AFG, VERB_SET_POWER_STATE, POWER_D3)],
  ['wrong selector input', GREEN, (m) => m.verb(GREEN, VERB_SET_CONNECTION_SELECT, 1)],
  ['stream tag 0', GREEN, (m) => m.verb(DAC, VERB_SET_STREAM_CHANNEL, 0)],
  ['non-PCM format', GREEN, (m) => m.verb(DAC, VERB_SET_CONVERTER_FORMAT, 0x8011)],
  ['reserved format', GREEN, (m) => m.verb(DAC, VERB_SET_CONVERTER_FORMAT, 0x0071)],
  ['EAPD off', SPEAKER, (m) => m.verb(SPEAKER, VERB_SET_EAPD, 0)],
];
for (const [name, pin, silence] of SILENCERS) {
  it(`${name}: silences the pin, and nothing else it does not feed (design §4)`, () => {
    const machine = playing();
    expect(lanesOf(machine, pin)).toEqual([0, 1]);
    silence(machine);
    expect(lanesOf(machine, pin)).toEqual([-1, -1]);
  });
}

it('EAPD and mute of one pin leave the other playing (design §4)', () => {
  const machine = playing();
  machine.verb(SPEAKER, VERB_SET_EAPD, 0);
  expect(lanesOf(machine, GREEN)).toEqual([0, 1]);
});

it('one side muted silences that side only (§5.7)', () => {
  const machine = playing();
  machine.verb(GREEN, 0x3, 0x9080);
  expect(lanesOf(machine, GREEN)).toEqual([0, -1]);
});

it('a gain is (step − offset) · (StepSize + 1) · 0.25 dB on a mix; gains in a row multiply (§5.7)', () => {
  const machine = playing();
  machine.setAmp(DAC, 'out', ZERO_DB - 8);
  const routes = machine.codec.routes();
  expect(routes.mixes.filter((mix) => mix.into === lanesOf(machine, GREEN)?.[0])).toHaveLength(1);
  expect(20 * Math.log10(routes.gains[0] as number)).toBeCloseTo(-6, 5);
});

it('a gain-only verb changes numbers in place and the routes stay the same object (link/routes.ts)', () => {
  const machine = playing();
  machine.setAmp(DAC, 'out', ZERO_DB - 8);
  const routes = machine.codec.routes();
  const before = machine.routesChanged;
  machine.setAmp(DAC, 'out', ZERO_DB - 16);
  expect([machine.routesChanged, machine.gainsChanged]).toEqual([before, 1]);
  expect(machine.codec.routes()).toBe(routes);
  expect(20 * Math.log10(routes.gains[0] as number)).toBeCloseTo(-12, 5);
});

it('a lane that passed at 0 dB without a mix gets one when its gain changes (§5.7)', () => {
  const machine = playing();
  const { mixes } = machine.codec.routes();
  expect(mixes).toEqual([]);
  machine.setAmp(DAC, 'out', ZERO_DB - 1);
  expect(machine.gainsChanged).toBe(1);
  expect(machine.codec.routes().mixes.length).toBeGreaterThan(0);
  expect(20 * Math.log10(machine.codec.routes().gains[0] as number)).toBeCloseTo(-0.75, 5);
});

it('a mixer sums its live inputs: DAC and line-in together on the green jack (§5.7)', () => {
  const machine = playing();
  const LINE_IN = 0x1a;
  const LOOPBACK = 0x0c;
  machine.verb(LINE_IN, VERB_SET_PIN_CONTROL, PIN_IN);
  machine.setAmp(LOOPBACK, 'in', 0x17, 2);
  machine.setAmp(FRONT_MIXER, 'in', 0, 1);
  const routes = machine.codec.routes();
  expect(routes.feeds).toEqual([{ nid: LINE_IN, rateHz: 48000, lanes: expect.any(Array) }]);
  const [left] = lanesOf(machine, GREEN) as number[];
  const dac = routes.outputs[0]?.lanes[0];
  const jack = routes.feeds[0]?.lanes[0];
  expect(routes.mixes.filter((mix) => mix.into === left).map((mix) => [mix.from, mix.first])).toEqual([
    [dac, true],
    [jack, false],
  ]);
  machine.verb(LINE_IN, VERB_SET_PIN_CONTROL, 0);
  expect(machine.codec.routes().feeds).toEqual([]);
  expect(machine.codec.routes().mixes).toEqual([]);
});

it('an ADC hears the pin that its selector selects (§5.4)', () => {
  const machine = bench();
  const ADC = 0x08;
  const SELECTOR = 0x0a;
  for (const jack of [0x18, 0x19, 0x1a]) machine.verb(jack, VERB_SET_PIN_CONTROL, PIN_IN);
  machine.verb(ADC, VERB_SET_STREAM_CHANNEL, 0x10);
  machine.setAmp(ADC, 'in', 0x0b);
  for (const [index, nid] of [0x18, 0x19, 0x1a].entries()) {
    machine.verb(SELECTOR, VERB_SET_CONNECTION_SELECT, index);
    const { inputs, feeds } = machine.codec.routes();
    expect(feeds.map((feed) => feed.nid)).toEqual([nid]);
    expect(inputs[0]?.lanes).toEqual(feeds[0]?.lanes);
  }
});

it('S/PDIF plays with DigEn set and the non-audio bit clear, and not otherwise (§5.10)', () => {
  const machine = bench();
  machine.verb(0x07, VERB_SET_STREAM_CHANNEL, 0x30);
  machine.verb(0x1d, VERB_SET_PIN_CONTROL, PIN_OUT);
  expect(lanesOf(machine, 0x1d)).toEqual([-1, -1]);
  machine.verb(0x07, VERB_SET_DIGITAL_CONVERTER_1, 0x01);
  expect(lanesOf(machine, 0x1d)).toEqual([0, 1]);
  machine.verb(0x07, VERB_SET_DIGITAL_CONVERTER_1, 0x21);
  expect(lanesOf(machine, 0x1d)).toEqual([-1, -1]);
});

it('«stream»: a pin runs at the rate of the first live converter, and another rate is left out and counted (design, outputRateHz)', () => {
  const machine = playing('stream');
  machine.verb(DAC, VERB_SET_CONVERTER_FORMAT, FORMAT_44K1_16_STEREO);
  expect(machine.codec.routes().pins.find((pin) => pin.nid === GREEN)?.rateHz).toBe(44100);
  expect(machine.codec.rateConflicts).toBe(0);

  // The speaker's mixer hears the front path first, then the headphone's at another rate.
  machine.verb(0x06, VERB_SET_STREAM_CHANNEL, 0x60);
  machine.setAmp(0x06, 'out', ZERO_DB);
  machine.setAmp(0x11, 'in', 0);
  machine.setAmp(SPEAKER_MIXER, 'in', 0, 1);
  const speaker = machine.codec.routes().pins.find((pin) => pin.nid === SPEAKER);
  expect(speaker).toMatchObject({ rateHz: 44100, lanes: [0, 1] });
  expect(machine.codec.rateConflicts).toBeGreaterThan(0);
});

it('7.1: four DACs take their channels from one stream by lowest channel (§5.5 706h)', () => {
  const machine = bench();
  for (const [pair, dac] of [0x02, 0x03, 0x04, 0x05].entries()) {
    machine.verb(dac, VERB_SET_STREAM_CHANNEL, 0x10 | (2 * pair));
    machine.setAmp(dac, 'out', ZERO_DB);
    machine.setAmp(FRONT_MIXER + pair, 'in', 0);
  }
  for (const pin of [0x14, 0x15, 0x16, 0x17]) {
    machine.verb(pin, VERB_SET_PIN_CONTROL, PIN_OUT);
    machine.setAmp(pin, 'out', 0);
  }
  const { outputs } = machine.codec.routes();
  expect(outputs.map(({ nid, firstStreamChannel }) => [nid, firstStreamChannel]).sort()).toEqual([
    [2, 0],
    [3, 2],
    [4, 4],
    [5, 6],
  ]);
  // Drivers number the pairs by sequence: green 0, orange 1, black 2, grey 4.
  const heard = [0x14, 0x16, 0x15, 0x17].map((pin) => {
    const lane = lanesOf(machine, pin)?.[0];
    return outputs.find(({ lanes }) => lanes[0] === lane)?.firstStreamChannel;
  });
  expect(heard).toEqual([0, 2, 4, 6]);
});
