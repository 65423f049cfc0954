// The V rows of hda-hardware §8, one test each. What a row leaves open is said beside it.

import { describe, expect, it } from 'vitest';
import { fillBeep } from '../../src/codec/beep.ts';
import { type CodecModel, parseCodecDump } from '../../src/codec/index.ts';
import * as P from '../../src/hda/parameters.ts';
import { STATESTS } from '../../src/hda/registers.ts';
import * as V from '../../src/hda/verbs.ts';
import { powerUp } from '../support/power-up.ts';
import { dumpOf } from './sample-dump.ts';
import { type Bench, bench } from './support.ts';

const AFG = 0x01;
// Nodes of models/desktop.ts
const DAC = 0x02;
const SPDIF = 0x07;
const SELECTOR = 0x0a;
const LOOPBACK = 0x0c;
const BEEP = 0x12;
const GREEN = 0x14;
const MICROPHONE = 0x18;
const HEADPHONE = 0x1b;
const VOLUME_STEPS = 0x57;

/** The text of a small codec: AFG 1, DAC 2, mixer 3, pin 4, ADC 5, coefficients 6; `lines` go behind the node's own. */
function codecOf(lines: Record<number, string> = {}, header = ''): CodecModel {
  return parseCodecDump(dumpOf(lines, header))[0] as CodecModel;
}
const withEpss = () => bench('desktop');
const withoutEpss = () => bench(codecOf());

it('HW-V1: F00/00 at NID 0 is the vendor id', () => {
  expect(bench().parameter(0, P.PARAM_VENDOR_ID)).toBe(0xa2a10001);
});

it('HW-V2: F00/04 at the root names first function group and count', () => {
  expect(bench().parameter(0, P.PARAM_SUBORDINATE_NODES)).toBe(0x00010001);
  expect(bench().parameter(AFG, P.PARAM_SUBORDINATE_NODES)).toBe(0x0002001c);
});

it('HW-V3: F00/05 of the audio group has type 1; of a modem group 2', () => {
  expect(bench().parameter(AFG, P.PARAM_FUNCTION_TYPE) & 0xff).toBe(P.FUNCTION_AUDIO);
  expect(bench('modem').parameter(AFG, P.PARAM_FUNCTION_TYPE) & 0xff).toBe(P.FUNCTION_MODEM);
});

it('HW-V4: F00/0A of a converter without format override is its own parameter: 0, and the group has the default', () => {
  const machine = bench(codecOf());
  expect(machine.parameter(2, P.PARAM_WIDGET_CAPS) & P.WCAP_FORMAT_OVERRIDE).toBe(0);
  expect(machine.parameter(2, P.PARAM_PCM)).toBe(0);
  expect(machine.parameter(AFG, P.PARAM_PCM)).toBe(0x000e0560);
});

it('HW-V5: a verb to a node that is not there answers 0', () => {
  expect(bench().parameter(0x7e, P.PARAM_WIDGET_CAPS)).toBe(0);
  expect(bench().verb(0xfe, V.VERB_GET_PIN_CONTROL)).toBe(0);
});

it('HW-V6: an undefined verb answers 0, and a verb of another widget’s kind changes nothing', () => {
  const machine = bench();
  expect(machine.verb(AFG, 0xf7f)).toBe(0);
  const before = machine.codec.dump();
  expect(machine.verb(DAC, V.VERB_SET_PIN_CONTROL, V.PIN_OUT)).toBe(0);
  expect(machine.verb(DAC, 0x77f, 0xff)).toBe(0);
  expect(machine.verb(DAC, V.VERB_GET_PIN_CONTROL)).toBe(0);
  expect(machine.codec.dump()).toBe(before);
});

it('HW-V7: a list of five comes as four entries and one in the low byte, and any index of a group gives the group', () => {
  const machine = bench();
  expect(machine.parameter(GREEN, P.PARAM_CONNECTION_LENGTH)).toBe(5);
  const list = [0, 1, 3, 4, 7, 8].map((index) => machine.verb(GREEN, V.VERB_GET_CONNECTION_LIST, index));
  expect(list).toEqual([0x100f0e0d, 0x100f0e0d, 0x100f0e0d, 0x11, 0x11, 0]);
});

it('HW-V8: a list of one has nothing to select: F01 reads 0 whatever was set', () => {
  const machine = bench();
  const SPDIF_PIN = 0x1d;
  machine.verb(SPDIF_PIN, V.VERB_SET_CONNECTION_SELECT, 1);
  expect(machine.parameter(SPDIF_PIN, P.PARAM_CONNECTION_LENGTH)).toBe(1);
  expect(machine.verb(SPDIF_PIN, V.VERB_GET_CONNECTION_SELECT)).toBe(0);
});

it('HW-V9: a selection out of range leaves the old one', () => {
  const machine = bench();
  machine.verb(SELECTOR, V.VERB_SET_CONNECTION_SELECT, 2);
  machine.verb(SELECTOR, V.VERB_SET_CONNECTION_SELECT, 9);
  expect(machine.verb(SELECTOR, V.VERB_GET_CONNECTION_SELECT)).toBe(2);
});

it('HW-V10: both sides of an output amp, then the right alone', () => {
  const machine = bench();
  machine.verb(DAC, V.VERB_SET_AMP_GAIN_MUTE, 0xb034);
  machine.verb(DAC, V.VERB_SET_AMP_GAIN_MUTE, 0x9010);
  expect([
    machine.verb(DAC, V.VERB_GET_AMP_GAIN_MUTE, 0xa000),
    machine.verb(DAC, V.VERB_GET_AMP_GAIN_MUTE, 0x8000),
  ]).toEqual([0x34, 0x10]);
});

it('HW-V11: a gain above NumSteps is clamped; mute without the capability is ignored', () => {
  const machine = bench();
  machine.setAmp(DAC, 'out', 0xff);
  expect(machine.amp(DAC, 'out', 'left')).toBe(VOLUME_STEPS);
});

it('HW-V12: the input amps of a mixer are one for each connection', () => {
  const machine = bench();
  machine.setAmp(LOOPBACK, 'in', 0x12, 1);
  expect([0, 1, 2].map((index) => machine.amp(LOOPBACK, 'in', 'left', index))).toEqual([0x80, 0x12, 0x80]);
});

it('HW-V13: pin control keeps bits that the pin can; a VREF that it lacks leaves the old one', () => {
  const machine = bench();
  machine.verb(GREEN, V.VERB_SET_PIN_CONTROL, 0xc4);
  expect(machine.verb(GREEN, V.VERB_GET_PIN_CONTROL)).toBe(V.PIN_OUT);
  machine.verb(MICROPHONE, V.VERB_SET_PIN_CONTROL, V.PIN_IN | 4);
  machine.verb(MICROPHONE, V.VERB_SET_PIN_CONTROL, V.PIN_IN | V.PIN_HP | 5); // no 100 %, no headphone drive
  expect(machine.verb(MICROPHONE, V.VERB_GET_PIN_CONTROL)).toBe(V.PIN_IN | 4);
});

it('HW-V14: stream, channel and format read back', () => {
  const machine = bench();
  machine.verb(DAC, V.VERB_SET_STREAM_CHANNEL, 0x35);
  machine.verb(DAC, V.VERB_SET_CONVERTER_FORMAT, 0x4011);
  expect(machine.verb(DAC, V.VERB_GET_STREAM_CHANNEL)).toBe(0x35);
  expect(machine.verb(DAC, V.VERB_GET_CONVERTER_FORMAT)).toBe(0x4011);
  machine.verb(DAC, V.VERB_SET_CONVERTER_FORMAT, 0xffff);
  expect(machine.verb(DAC, V.VERB_GET_CONVERTER_FORMAT)).toBe(0xff7f);
});

const sense = (machine: Bench, pin: number) => machine.verb(pin, V.VERB_GET_PIN_SENSE);

it('HW-V15: a plug sends one unsolicited response with the pin’s tag, and pin sense shows it by then', () => {
  const machine = bench();
  expect(sense(machine, HEADPHONE)).toBe(0);
  machine.verb(HEADPHONE, V.VERB_SET_UNSOLICITED, 0x8a);
  machine.codec.plug(HEADPHONE, true);
  expect(machine.unsolicited).toEqual([(0x0a << 26) >>> 0]);
  expect(sense(machine, HEADPHONE)).toBe(V.PIN_SENSE_PRESENCE);
  machine.codec.plug(HEADPHONE, true);
  expect(machine.unsolicited).toHaveLength(1);
});

it('HW-V16: pulling the plug sends a second one, and pin sense is clear', () => {
  const machine = bench();
  machine.verb(HEADPHONE, V.VERB_SET_UNSOLICITED, 0x8a);
  machine.codec.plug(HEADPHONE, true);
  machine.codec.plug(HEADPHONE, false);
  expect(machine.unsolicited).toHaveLength(2);
  expect(sense(machine, HEADPHONE)).toBe(0);
});

it('HW-V17: disabled, a plug sends nothing and pin sense shows it still', () => {
  const machine = bench();
  machine.verb(HEADPHONE, V.VERB_SET_UNSOLICITED, 0x00);
  machine.codec.plug(HEADPHONE, true);
  expect(machine.unsolicited).toEqual([]);
  expect(sense(machine, HEADPHONE)).toBe(V.PIN_SENSE_PRESENCE);
});

function setBytes(machine: Bench, nid: number, first: number, value: number): void {
  for (let byte = 0; byte < 4; byte++) machine.verb(nid, first + byte, (value >>> (8 * byte)) & 0xff);
}

it('HW-V18: 71C–71F write the configuration default byte by byte, and function resets keep it', () => {
  const machine = bench();
  setBytes(machine, GREEN, V.VERB_SET_CONFIGURATION_DEFAULT, 0x90a1b2c3);
  for (const resets of [0, 1, 1]) {
    if (resets) machine.verb(AFG, V.VERB_FUNCTION_RESET);
    expect(machine.verb(GREEN, V.VERB_GET_CONFIGURATION_DEFAULT)).toBe(0x90a1b2c3);
  }
});

it('HW-V19: 720–723 write the subsystem id, and function resets keep it', () => {
  const machine = bench();
  setBytes(machine, AFG, V.VERB_SET_SUBSYSTEM_ID, 0xfedcba98);
  for (const resets of [0, 1, 1]) {
    if (resets) machine.verb(AFG, V.VERB_FUNCTION_RESET);
    expect(machine.verb(AFG, V.VERB_GET_SUBSYSTEM_ID)).toBe(0xfedcba98);
  }
});

const power = (machine: Bench, nid: number) => machine.verb(nid, V.VERB_GET_POWER_STATE) & 0xff;

it('HW-V20: the group goes to D3 and back: setting and actual state follow at once', () => {
  const machine = bench();
  machine.verb(AFG, V.VERB_SET_POWER_STATE, 3);
  expect(power(machine, AFG)).toBe(0x33);
  machine.verb(AFG, V.VERB_SET_POWER_STATE, 0);
  expect(power(machine, AFG)).toBe(0x00);
});

it('HW-V21: a widget set to D0 under a group in D3 is in D3', () => {
  const machine = bench();
  machine.verb(AFG, V.VERB_SET_POWER_STATE, 3);
  machine.verb(DAC, V.VERB_SET_POWER_STATE, 0);
  expect(power(machine, DAC)).toBe(0x30);
});

/** Settings off their power-up values. */
function disturb(machine: Bench): void {
  machine.verb(2, V.VERB_SET_STREAM_CHANNEL, 0x35);
  machine.verb(2, V.VERB_SET_CONVERTER_FORMAT, 0x4031);
  machine.setAmp(2, 'out', 5);
}
const settings = (machine: Bench) => [
  machine.verb(2, V.VERB_GET_STREAM_CHANNEL),
  machine.verb(2, V.VERB_GET_CONVERTER_FORMAT),
  machine.amp(2, 'out', 'left'),
];
const DISTURBED = [0x35, 0x4031, 5];

describe('function reset and link reset (§5.13)', () => {
  it('HW-V22: with EPSS one 7FF clears stream and channel and keeps the rest; its response is 0', () => {
    const machine = withEpss();
    disturb(machine);
    expect(machine.verb(AFG, V.VERB_FUNCTION_RESET)).toBe(0);
    expect(settings(machine)).toEqual([0, 0x4031, 5]);
  });

  it('HW-V23: with EPSS two 7FF with nothing between restore the settings, keep configuration and subsystem id, set SettingsReset', () => {
    const machine = withEpss();
    disturb(machine);
    setBytes(machine, GREEN, V.VERB_SET_CONFIGURATION_DEFAULT, 0x90a1b2c3);
    machine.verb(HEADPHONE, V.VERB_SET_UNSOLICITED, 0x8a);
    machine.verb(AFG, V.VERB_FUNCTION_RESET);
    machine.verb(AFG, V.VERB_FUNCTION_RESET);
    expect(settings(machine)).toEqual([0, 0x0011, 0]);
    expect(machine.verb(GREEN, V.VERB_GET_CONFIGURATION_DEFAULT)).toBe(0x90a1b2c3);
    expect(machine.verb(HEADPHONE, V.VERB_GET_UNSOLICITED)).toBe(0x8a);
    for (const nid of [AFG, DAC]) {
      expect(machine.verb(nid, V.VERB_GET_POWER_STATE) & V.POWER_SETTINGS_RESET).not.toBe(0);
    }
    // A set verb clears the widget's; the group's stays until the group is set.
    machine.setAmp(DAC, 'out', 1);
    expect(machine.verb(DAC, V.VERB_GET_POWER_STATE) & V.POWER_SETTINGS_RESET).toBe(0);
    expect(machine.verb(AFG, V.VERB_GET_POWER_STATE) & V.POWER_SETTINGS_RESET).not.toBe(0);
  });

  it('HW-V23: a verb between two 7FF makes them two single resets', () => {
    const machine = withEpss();
    disturb(machine);
    machine.verb(AFG, V.VERB_FUNCTION_RESET);
    machine.verb(DAC, V.VERB_GET_STREAM_CHANNEL);
    machine.verb(AFG, V.VERB_FUNCTION_RESET);
    expect(settings(machine)).toEqual([0, 0x4031, 5]);
  });

  it('HW-V24: without EPSS one 7FF restores amps, format and pin control', () => {
    const machine = withoutEpss();
    disturb(machine);
    machine.verb(4, V.VERB_SET_PIN_CONTROL, 0);
    expect(settings(machine)).toEqual(DISTURBED);
    machine.verb(AFG, V.VERB_FUNCTION_RESET);
    expect(settings(machine)).toEqual([0, 0x0011, 0x1f]);
    expect(machine.verb(4, V.VERB_GET_PIN_CONTROL)).toBe(0x40);
  });

  it('HW-V30: CRST down and up sets STATESTS again; an EPSS codec keeps amps and formats, another has its power-up values', async () => {
    const codecs = [withEpss(), withoutEpss()].map(({ codec }) => codec);
    const { guest } = await powerUp({ codecs });
    guest.start();
    for (const codec of [0, 1]) {
      guest.verb(2, V.VERB_SET_STREAM_CHANNEL, 0x35, codec);
      guest.verb(2, V.VERB_SET_CONVERTER_FORMAT, 0x4031, codec);
      guest.verb(2, V.VERB_SET_AMP_GAIN_MUTE, 0xb005, codec);
    }
    expect(guest.read16(STATESTS)).toBe(0);
    expect(guest.reset()).toBe(0x0003);
    guest.start();
    const kept = (codec: number) => [
      guest.verb(2, V.VERB_GET_STREAM_CHANNEL, 0, codec),
      guest.verb(2, V.VERB_GET_CONVERTER_FORMAT, 0, codec),
      guest.verb(2, V.VERB_GET_AMP_GAIN_MUTE, 0x8000, codec),
    ];
    expect([kept(0), kept(1)]).toEqual([DISTURBED, [0, 0x0011, 0x1f]]);
  });
});

it('HW-V25: the coefficient index moves on at every access and wraps at NumCoeff', () => {
  const machine = bench(codecOf());
  const COEFFICIENTS = 6; // ncoeff=4
  machine.verb(COEFFICIENTS, V.VERB_SET_COEFFICIENT_INDEX, 2);
  machine.verb(COEFFICIENTS, V.VERB_SET_PROC_COEFFICIENT, 0xabcd);
  expect(machine.verb(COEFFICIENTS, V.VERB_GET_COEFFICIENT_INDEX)).toBe(3);
  machine.verb(COEFFICIENTS, V.VERB_GET_PROC_COEFFICIENT);
  expect(machine.verb(COEFFICIENTS, V.VERB_GET_COEFFICIENT_INDEX)).toBe(0);
  machine.verb(COEFFICIENTS, V.VERB_SET_COEFFICIENT_INDEX, 2);
  expect(machine.verb(COEFFICIENTS, V.VERB_GET_PROC_COEFFICIENT)).toBe(0xabcd);
});

it('HW-V26: 70D, 70E and 73E write the bytes of the digital converter control', () => {
  const machine = bench();
  machine.verb(SPDIF, V.VERB_SET_DIGITAL_CONVERTER_1, 0x01);
  machine.verb(SPDIF, V.VERB_SET_DIGITAL_CONVERTER_2, 0x05);
  machine.verb(SPDIF, V.VERB_SET_DIGITAL_CONVERTER_3, 0x80);
  expect(machine.verb(SPDIF, V.VERB_GET_DIGITAL_CONVERTER)).toBe(0x00800501);
});

it('HW-V27: a display’s ELD: at least 20 bytes, each valid, and gone with the display', () => {
  const machine = bench('hdmi');
  const PIN = 0x05;
  expect(sense(machine, PIN)).toBe(0xc0000000);
  const bytes = machine.verb(PIN, V.VERB_GET_DIP_SIZE, 8);
  expect(bytes).toBeGreaterThanOrEqual(20);
  const eld = Array.from({ length: bytes }, (_, index) => machine.verb(PIN, V.VERB_GET_ELD_DATA, index));
  expect(eld.every((byte) => byte >>> 31 === 1)).toBe(true);
  expect((eld[0] as number) & 0xff).toBe(2 << 3);
  const nameLength = (eld[4] as number) & 0x1f;
  expect(String.fromCharCode(...eld.slice(20, 20 + nameLength).map((byte) => byte & 0xff))).toBe('Azalia 7.1');
  expect(machine.verb(PIN, V.VERB_GET_ELD_DATA, bytes)).toBe(0);

  machine.verb(PIN, V.VERB_SET_UNSOLICITED, 0x81);
  machine.codec.plug(PIN, false);
  machine.codec.plug(PIN, true);
  expect(machine.unsolicited).toEqual([0x04000000, 0x04000003]);
  machine.codec.plug(PIN, false);
  expect([sense(machine, PIN), machine.verb(PIN, V.VERB_GET_ELD_DATA, 0)]).toEqual([0, 0]);
});

it('HW-V28: beep divider 0Ch is a 1000 Hz square wave, and divider 0 silence', () => {
  const machine = bench();
  machine.setAmp(BEEP, 'out', 3);
  machine.setAmp(LOOPBACK, 'in', 0x17, 3);
  machine.setAmp(0x0d, 'in', 0, 1);
  machine.setAmp(GREEN, 'out', 0);
  machine.verb(GREEN, V.VERB_SET_PIN_CONTROL, V.PIN_OUT);
  expect(machine.codec.routes().feeds).toEqual([]);
  machine.verb(BEEP, V.VERB_SET_BEEP, 0x0c);
  const routes = machine.codec.routes();
  expect(routes.feeds).toEqual([{ nid: BEEP, rateHz: 48000, lanes: [0], beepDivider: 0x0c }]);
  expect(routes.pins.find(({ nid }) => nid === GREEN)?.lanes).toEqual([0, 0]);

  const second = new Float32Array(48000);
  fillBeep(second, second.length, 0x0c, 48000, 96000);
  let rising = 0;
  for (let i = 1; i < second.length; i++) if ((second[i - 1] as number) < 0 && (second[i] as number) > 0) rising++;
  expect(rising).toBe(999); // 1000 periods, the first rise at the first frame
});

it('HW-V29: a GPIO drives its data only with enable and direction set', () => {
  const machine = bench();
  const gpio = (offset: number, value?: number) =>
    value === undefined
      ? machine.verb(AFG, V.VERB_GET_GPIO_DATA + offset)
      : machine.verb(AFG, V.VERB_SET_GPIO_DATA + offset, value);
  gpio(0, 3);
  expect(gpio(0)).toBe(0);
  gpio(2, 1);
  expect(gpio(0)).toBe(0);
  gpio(1, 3);
  expect(gpio(0)).toBe(1);
  expect(gpio(1)).toBe(3);
});

it('a GPIO input that may tell sends the group’s unsolicited response (§5.12)', () => {
  const machine = bench();
  machine.verb(AFG, V.VERB_SET_UNSOLICITED, 0x85);
  machine.verb(AFG, V.VERB_SET_GPIO_DATA + 1, 1);
  machine.codec.setGpio(AFG, 1);
  expect(machine.unsolicited).toEqual([]);
  machine.verb(AFG, V.VERB_SET_GPIO_DATA + 4, 1);
  machine.codec.setGpio(AFG, 0);
  expect(machine.unsolicited).toEqual([(5 << 26) >>> 0]);
});
