// Every verb of hda-hardware §5.5 beyond the V rows: what it keeps, masks and refuses, and which nodes have it.

import { describe, expect, it } from 'vitest';
import { Codec, type CodecModel, type FunctionGroupModel, type WidgetModel } from '../../src/codec/index.ts';
import { VERBS } from '../../src/codec/verbs/table.ts';
import * as P from '../../src/hda/parameters.ts';
import * as V from '../../src/hda/verbs.ts';
import { Bench, bench } from './support.ts';

const AFG = 0x01;
const type = (widget: number) => widget << P.WCAP_TYPE_SHIFT;

/** One widget, NID 2, in an audio group. */
function benchOf(widget: Partial<WidgetModel>, group: Partial<FunctionGroupModel> = {}, ...more: WidgetModel[]): Bench {
  const model: CodecModel = {
    name: 'verbs',
    address: 0,
    vendorId: 0xa2a1fffe,
    subsystemId: 0x12345678,
    revisionId: 0x00100100,
    functionGroups: [
      { nid: AFG, type: P.FUNCTION_AUDIO, ...group, widgets: [{ nid: 2, caps: 0, ...widget }, ...more] },
    ],
  };
  return new Bench(model);
}

it('every standard verb has a row, and there is no other (§5.5)', () => {
  const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const standard = [
    ...[0x2, 0x3, 0x4, 0x5, 0xa, 0xb, 0xc, 0xd],
    ...[0x701, 0x703, 0x704, 0x705, 0x706, 0x707, 0x708, 0x709, 0x70a, 0x70c, 0x70d, 0x70e, 0x70f],
    ...range(0x710, 0x71a), // GPI, GPO, GPIO
    ...range(0x71c, 0x723), // configuration default, subsystem id
    ...[0x724, 0x72d, 0x730, 0x731, 0x732, 0x733, 0x734, 0x735, 0x73e, 0x73f, 0x7ff],
    ...range(0xf00, 0xf0a),
    ...[0xf0c, 0xf0d, 0xf0f],
    ...range(0xf10, 0xf1a),
    ...[0xf1c, 0xf20, 0xf24],
    ...range(0xf2d, 0xf36),
  ];
  expect([...VERBS.keys()].sort((a, b) => a - b)).toEqual(standard);
});

// Set, then get: what stays of the payload. `other` is a node that the verb does not belong to: 0, and nothing happens.
const STORED: [what: string, widget: Partial<WidgetModel>, set: number, get: number, sent: number, kept: number][] = [
  ['SDI select: four bits, input converters', { caps: type(P.WIDGET_AUDIO_INPUT) }, 0x704, 0xf04, 0xf7, 0x7],
  ['processing state on', { caps: P.WCAP_PROCESSING }, 0x703, 0xf03, 1, 1],
  ['processing state benign', { caps: P.WCAP_PROCESSING }, 0x703, 0xf03, 2, 2],
  ['processing state 3 is reserved and ignored (§5.12)', { caps: P.WCAP_PROCESSING }, 0x703, 0xf03, 3, 0],
  ['coefficient index, 16 bits', { caps: P.WCAP_PROCESSING }, 0x5, 0xd, 0xbeef, 0xbeef],
  ['beep divider', { caps: type(P.WIDGET_BEEP) }, 0x70a, 0xf0a, 0xff, 0xff],
  [
    'stripe: two bits; F24h shows the lines that it can (inferred)',
    { caps: P.WCAP_STRIPE | P.WCAP_DIGITAL },
    0x724,
    0xf24,
    0xff,
    0x700003,
  ],
  [
    'converter channel count: no more than the converter has',
    { caps: P.WCAP_STEREO | (3 << P.WCAP_CHANNELS_SHIFT) },
    0x72d,
    0xf2d,
    0xff,
    7,
  ],
  ['unsolicited: enable and six bits of tag', { caps: P.WCAP_UNSOLICITED }, 0x708, 0xf08, 0xff, 0xbf],
  ['digital converter, byte 0', { caps: P.WCAP_DIGITAL }, 0x70d, 0xf0d, 0xff, 0x0000ff],
  ['digital converter, byte 1: seven bits', { caps: P.WCAP_DIGITAL }, 0x70e, 0xf0d, 0xff, 0x007f00],
  ['digital converter, byte 2: coding type and keep-alive', { caps: P.WCAP_DIGITAL }, 0x73e, 0xf0d, 0xff, 0x8f0000],
  ['digital converter, byte 3: reserved', { caps: P.WCAP_DIGITAL }, 0x73f, 0xf0d, 0xff, 0],
  ['EAPD', pin(P.PINCAP_EAPD), 0x70c, 0xf0c, 0xff, V.EAPD_ENABLE],
  ['BTL on a balanced pin', pin(P.PINCAP_BALANCED), 0x70c, 0xf0c, 0xff, V.EAPD_BTL],
  ['L/R swap where the widget has it', { caps: P.WCAP_LR_SWAP }, 0x70c, 0xf0c, 0xff, V.EAPD_SWAP],
  ['packet type HBR on a pin that has it', display(P.PINCAP_HBR), 0x707, 0xf07, 0x43, 0x43],
  ['packet type HBR on a pin without it', display(), 0x707, 0xf07, 0x43, 0x40],
  ['VREF 100 %', pin(P.PINCAP_IN | (1 << (P.PINCAP_VREF_SHIFT + 5))), 0x707, 0xf07, 0x25, 0x25],
  [
    'knob with delta: direct and volume',
    { caps: type(P.WIDGET_VOLUME_KNOB), knobCaps: 0xff },
    0x70f,
    0xf0f,
    0xc0,
    0xc0,
  ],
  [
    'knob: no more than its steps',
    { caps: type(P.WIDGET_VOLUME_KNOB), knobCaps: 0x80 | 0x1f },
    0x70f,
    0xf0f,
    0x7f,
    0x1f,
  ],
  [
    'knob without delta: the volume is where it stands',
    { caps: type(P.WIDGET_VOLUME_KNOB), knobCaps: 0x7f, knob: 0x12 },
    0x70f,
    0xf0f,
    0xff,
    0x92,
  ],
  ['DIP index: packet and byte', display(), 0x730, 0xf30, 0xe5, 0xe5],
  ['DIP transmit: two bits', display(), 0x732, 0xf32, 0xff, 0xc0],
  ['CP control, of a pin without CP: never ready', display(), 0x733, 0xf33, 0x09, 0x009],
  [
    'CP control, of a pin with CP',
    { ...display(), caps: (display().caps ?? 0) | P.WCAP_CP },
    0x733,
    0xf33,
    0x09,
    0x109,
  ],
];
function pin(pinCaps: number): Partial<WidgetModel> {
  return { caps: type(P.WIDGET_PIN), pinCaps };
}
function display(more = 0): Partial<WidgetModel> {
  return { caps: type(P.WIDGET_PIN) | P.WCAP_DIGITAL, pinCaps: P.PINCAP_HDMI | P.PINCAP_OUT | more };
}

describe('set and get (§5.5)', () => {
  it.each(STORED)('%s', (_what, widget, set, get, sent, kept) => {
    const machine = benchOf(widget);
    expect(machine.verb(2, set, sent)).toBe(0);
    expect(machine.verb(2, get)).toBe(kept);
    const without = benchOf({ caps: type(P.WIDGET_POWER) });
    const before = without.codec.dump();
    expect([without.verb(2, set, sent), without.verb(2, get)]).toEqual([0, 0]);
    expect(without.codec.dump()).toBe(before);
  });
});

it('a channel count of one of an eight-channel converter leaves one lane; the rest of the pin is silent (§5.5 72Dh)', () => {
  const machine = bench('hdmi');
  machine.verb(0x02, V.VERB_SET_STREAM_CHANNEL, 0x10);
  machine.verb(0x02, V.VERB_SET_CHANNEL_COUNT, 2 - 1);
  machine.verb(0x05, V.VERB_SET_PIN_CONTROL, V.PIN_OUT);
  const { outputs, pins } = machine.codec.routes();
  expect(outputs[0]?.lanes).toHaveLength(2);
  expect(pins.find(({ nid }) => nid === 0x05)?.lanes.map((lane) => lane >= 0)).toEqual([
    true,
    true,
    ...new Array(6).fill(false),
  ]);
});

it('coefficients: the index moves on and wraps at NumCoeff, else at 16 bits; a get and a set each move it (§5.12)', () => {
  const published = benchOf({ caps: P.WCAP_PROCESSING, processingCaps: 3 << 8 });
  for (const value of [10, 20, 30, 40]) published.verb(2, V.VERB_SET_PROC_COEFFICIENT, value);
  expect(published.verb(2, V.VERB_GET_COEFFICIENT_INDEX)).toBe(1);
  published.verb(2, V.VERB_SET_COEFFICIENT_INDEX, 0);
  expect([0, 1, 2].map(() => published.verb(2, V.VERB_GET_PROC_COEFFICIENT))).toEqual([40, 20, 30]);
  const secret = benchOf({ caps: P.WCAP_PROCESSING }); // Realtek publishes no number
  secret.verb(2, V.VERB_SET_COEFFICIENT_INDEX, 0xffff);
  secret.verb(2, V.VERB_SET_PROC_COEFFICIENT, 0x1234);
  expect(secret.verb(2, V.VERB_GET_COEFFICIENT_INDEX)).toBe(0);
});

it('data island packets: bytes auto-increment within their packet; the size verb names packets and ELD (§5.5 F2Eh–F32h)', () => {
  const machine = benchOf(display());
  machine.verb(2, V.VERB_SET_DIP_INDEX, (3 << 5) | 30);
  for (const byte of [1, 2, 3]) machine.verb(2, V.VERB_SET_DIP_DATA, byte);
  expect(machine.verb(2, V.VERB_GET_DIP_INDEX)).toBe((3 << 5) | 1);
  machine.verb(2, V.VERB_SET_DIP_INDEX, (3 << 5) | 30);
  expect([0, 0, 0].map(() => machine.verb(2, V.VERB_GET_DIP_DATA))).toEqual([1, 2, 3]);
  machine.verb(2, V.VERB_SET_DIP_INDEX, 4 << 5);
  expect(machine.verb(2, V.VERB_GET_DIP_DATA)).toBe(0);
  expect(machine.verb(2, V.VERB_GET_DIP_SIZE, 0)).toBe(32);
  expect(machine.verb(2, V.VERB_GET_DIP_SIZE, 8)).toBeGreaterThanOrEqual(20);
});

it('the channel map starts as it counts, and channel Fh is kept as silence (§5.5 F34h)', () => {
  const machine = benchOf({ ...display(), caps: (display().caps ?? 0) | P.WCAP_STEREO });
  expect([0, 1, 7].map((slot) => machine.verb(2, V.VERB_GET_CHANNEL_MAP, slot))).toEqual([0x00, 0x11, 0x77]);
  machine.verb(2, V.VERB_SET_CHANNEL_MAP, 0xf1);
  expect(machine.verb(2, V.VERB_GET_CHANNEL_MAP, 1)).toBe(0xf1);
});

it('parameters of a group and of converters are what the model says; what is reserved is 0 (§5.2)', () => {
  const machine = benchOf(
    { caps: P.WCAP_DIGITAL, lpcmCaps: 0x4000_1234 },
    { audioCaps: 0x10402, gpioCaps: 0x4001_0203 },
  );
  expect(machine.parameter(AFG, P.PARAM_AUDIO_CAPS)).toBe(0x10402);
  expect(machine.parameter(AFG, P.PARAM_GPIO_COUNT)).toBe(0x4001_0203);
  expect(machine.parameter(2, P.PARAM_HDMI_LPCM)).toBe(0x4000_1234);
  for (const reserved of [0x03, 0x06, 0x07, 0x14, 0x16, 0xff]) expect(machine.parameter(AFG, reserved)).toBe(0);
  expect(machine.parameter(0, 0x01)).toBe(0); // historical: the group's F20h has it
  expect(machine.verb(AFG, V.VERB_GET_SUBSYSTEM_ID)).toBe(0x12345678);
});

describe('general purpose pins (§5.12)', () => {
  const CAPS = 0xc000_0000 | (2 << 16) | (3 << 8) | 4; // 2 GPI, 3 GPO, 4 GPIO; unsolicited and wake
  const started = () => {
    const machine = benchOf({}, { gpioCaps: CAPS >>> 0, type: P.FUNCTION_AUDIO | P.FUNCTION_UNSOLICITED });
    machine.verb(AFG, V.VERB_SET_UNSOLICITED, 0x80 | 0x2a);
    return machine;
  };
  const TAGGED = (0x2a << 26) >>> 0;

  it('masks have one bit for each pin that there is', () => {
    const machine = started();
    for (const [set, kept] of [
      [0x711, 3],
      [0x713, 3],
      [0x714, 7],
      [0x716, 0xf],
      [0x71a, 0xf],
    ] as const) {
      machine.verb(AFG, set, 0xff);
      expect(machine.verb(AFG, set + 0x800)).toBe(kept);
    }
  });

  it('an input tells where its unsolicited mask is set, once for each change', () => {
    const machine = started();
    machine.verb(AFG, V.VERB_SET_GPIO_DATA + 1, 0xf);
    machine.verb(AFG, V.VERB_SET_GPIO_DATA + 4, 0x2);
    machine.codec.setGpio(AFG, 0x1);
    machine.codec.setGpio(AFG, 0x3);
    machine.codec.setGpio(AFG, 0x3);
    machine.codec.setGpio(AFG, 0x0);
    expect(machine.unsolicited).toEqual([TAGGED, TAGGED]);
    machine.verb(AFG, V.VERB_SET_GPI_DATA + 2, 0x1);
    machine.codec.setGpi(AFG, 0x3);
    expect([machine.verb(AFG, V.VERB_GET_GPI_DATA), machine.unsolicited.length]).toEqual([3, 3]);
  });

  it('a sticky input stays high until 0 is written to it', () => {
    const machine = started();
    machine.verb(AFG, V.VERB_SET_GPIO_DATA + 1, 1);
    machine.verb(AFG, V.VERB_SET_GPIO_DATA + 5, 1);
    machine.verb(AFG, V.VERB_SET_GPI_DATA + 3, 1);
    const data = () => [machine.verb(AFG, V.VERB_GET_GPIO_DATA), machine.verb(AFG, V.VERB_GET_GPI_DATA)];
    for (const levels of [3, 0]) {
      machine.codec.setGpio(AFG, levels);
      machine.codec.setGpi(AFG, levels);
    }
    expect(data()).toEqual([1, 1]);
    machine.verb(AFG, V.VERB_SET_GPIO_DATA, 0);
    machine.verb(AFG, V.VERB_SET_GPI_DATA, 0);
    expect(data()).toEqual([0, 0]);
  });

  it('with its wake mask set it wakes a link that sleeps, and a group that cannot wake does not', () => {
    for (const [caps, wakes] of [
      [CAPS, 1],
      [CAPS & 0x7fff_ffff, 0],
    ] as const) {
      const machine = benchOf({}, { gpioCaps: caps >>> 0 });
      machine.verb(AFG, V.VERB_SET_GPIO_DATA + 1, 1);
      machine.verb(AFG, V.VERB_SET_GPIO_DATA + 3, 1);
      machine.codec.setGpio(AFG, 3);
      expect([machine.wakes, machine.unsolicited]).toEqual([wakes, []]);
    }
  });

  it('levels of what is no function group are the caller’s error', () => {
    expect(() => started().codec.setGpio(2, 1)).toThrow(/node 2/);
  });
});

describe('the volume knob (§5.12)', () => {
  const DAC = { nid: 3, caps: type(P.WIDGET_AUDIO_OUTPUT) | P.WCAP_OUTPUT_AMP | P.WCAP_STEREO, stream: 0x10 };
  const PIN = {
    nid: 4,
    caps: type(P.WIDGET_PIN) | P.WCAP_CONNECTION_LIST | P.WCAP_STEREO,
    pinCaps: P.PINCAP_OUT,
    pinControl: V.PIN_OUT,
    connections: [3],
  };
  const started = () =>
    benchOf(
      { caps: type(P.WIDGET_VOLUME_KNOB) | P.WCAP_UNSOLICITED, knobCaps: 0x80 | 40, knob: 40, connections: [3] },
      {},
      { ...DAC, outputAmpCaps: P.encodeAmpCaps(40, 40, 4, false), outputAmp: [40, 40] },
      PIN,
    );
  const loudness = (machine: Bench) => Math.round(20 * Math.log10(machine.codec.routes().gains[0] ?? 1));

  it('indirect, a turn is an unsolicited response and changes no sample', () => {
    const machine = started();
    machine.verb(2, V.VERB_SET_UNSOLICITED, 0x91);
    machine.codec.turnKnob(2, 30);
    expect(machine.unsolicited).toEqual([(0x11 << 26) >>> 0]);
    expect([machine.verb(2, V.VERB_GET_VOLUME_KNOB), loudness(machine)]).toEqual([30, 0]);
  });

  it('direct, it takes its steps off the amps that it lists and tells nobody', () => {
    const machine = started();
    machine.verb(2, V.VERB_SET_UNSOLICITED, 0x91);
    machine.verb(2, V.VERB_SET_VOLUME_KNOB, 0x80 | 40);
    expect(loudness(machine)).toBe(0);
    machine.codec.turnKnob(2, 30);
    expect([loudness(machine), machine.unsolicited]).toEqual([-10, []]);
    machine.codec.turnKnob(2, 99);
    expect(loudness(machine)).toBe(0);
    expect(() => machine.codec.turnKnob(3, 1)).toThrow(/node 3/);
  });
});

it('vendor verbs go to the hook, with node and payload; without one, or where it has no answer, they are 0 (§5.5)', () => {
  const seen: number[][] = [];
  const vendorVerb = (nid: number, verb: number, payload: number) => {
    seen.push([nid, verb, payload]);
    return verb === 0xf80 ? -1 : undefined;
  };
  const model = benchOf({ caps: 0 }).codec.model;
  const hooked = new Codec(model, { outputRateHz: 48000, vendorVerb });
  const send = (codec: Codec, verb: number) => codec.command(V.command8(0, 2, verb, 0x5a));
  expect([send(hooked, 0xf80), send(hooked, 0x781), send(hooked, 0xfe0)]).toEqual([0xffffffff, 0, 0]);
  expect(seen).toEqual([
    [2, 0xf80, 0x5a],
    [2, 0x781, 0x5a],
    [2, 0xfe0, 0x5a],
  ]);
  expect(send(new Codec(model, { outputRateHz: 48000 }), 0xf80)).toBe(0);
  // and no standard verb, nor one to a node that is not there
  hooked.command(V.command8(0, 2, V.VERB_GET_PIN_SENSE, 0));
  hooked.command(V.command8(0, 9, 0xf80, 0));
  expect(seen).toHaveLength(3);
});

// The reference says of D3cold: no audio, no presence, left by double function reset or link reset; the first 7FFh of
// the pair is not answered, the second is (§5.11, §5.13). Chosen where it says nothing: the whole group is deaf and its
// nodes answer nothing, jacks move unseen and are told of on the way out, and D3cold ends in D0 at once.
describe('D3cold (§5.11)', () => {
  const POWER_D3COLD = 4;
  const STATES = (P.PS_D0_D3 | P.PS_EPSS | (1 << POWER_D3COLD)) >>> 0;
  const JACK = { ...pin(P.PINCAP_OUT | P.PINCAP_PRESENCE), configuration: 0x01014010 };
  const started = () => {
    const machine = benchOf({ ...JACK, caps: type(P.WIDGET_PIN) | P.WCAP_UNSOLICITED }, { powerStates: STATES });
    machine.verb(2, V.VERB_SET_UNSOLICITED, 0x83);
    machine.verb(2, V.VERB_SET_PIN_CONTROL, V.PIN_OUT);
    expect(machine.ask(AFG, V.VERB_SET_POWER_STATE, POWER_D3COLD)).toBe(0);
    return machine;
  };

  it('a group without the capability does not go there', () => {
    const machine = bench();
    machine.verb(AFG, V.VERB_SET_POWER_STATE, POWER_D3COLD);
    expect(machine.ask(AFG, V.VERB_GET_POWER_STATE)).toBe(0);
  });

  it('no verb is answered or done; the root, which is no group’s, answers', () => {
    const machine = started();
    for (const nid of [AFG, 2]) {
      expect(machine.ask(nid, V.VERB_GET_PARAMETER, P.PARAM_WIDGET_CAPS)).toBeNull();
      expect(machine.ask(nid, V.VERB_SET_POWER_STATE, 0)).toBeNull();
      expect(machine.ask(nid, 0xf80)).toBeNull();
    }
    expect(machine.ask(0, V.VERB_GET_PARAMETER, P.PARAM_VENDOR_ID)).toBe(0xa2a1fffe);
    expect(machine.codec.routes().pins[0]?.lanes).toEqual([-1]);
  });

  it('a plug neither tells nor wakes; the second of two 7FFh is answered, brings D0 and the response that waited', () => {
    const machine = started();
    machine.codec.plug(2, false);
    expect([machine.unsolicited, machine.wakes]).toEqual([[], 0]);
    expect(machine.ask(AFG, V.VERB_FUNCTION_RESET)).toBeNull();
    expect(machine.ask(2, V.VERB_GET_PIN_SENSE)).toBeNull(); // between them: the first counts no more
    expect(machine.ask(AFG, V.VERB_FUNCTION_RESET)).toBeNull();
    expect(machine.ask(AFG, V.VERB_FUNCTION_RESET)).toBe(0);
    expect(machine.verb(AFG, V.VERB_GET_POWER_STATE) & 0xff).toBe(0);
    expect(machine.verb(2, V.VERB_GET_PIN_CONTROL)).toBe(0); // a double reset
    expect(machine.unsolicited).toEqual([(3 << 26) >>> 0]);
  });

  it('a link reset ends it too, and keeps what EPSS keeps', () => {
    const machine = started();
    machine.codec.linkReset();
    expect(machine.verb(AFG, V.VERB_GET_POWER_STATE) & 0xff).toBe(0);
    expect(machine.verb(2, V.VERB_GET_PIN_CONTROL)).toBe(V.PIN_OUT);
  });
});
