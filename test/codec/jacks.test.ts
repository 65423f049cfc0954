import { expect, it } from 'vitest';
import { parseCodecDump } from '../../src/codec/index.ts';
import * as V from '../../src/hda/verbs.ts';
import { dumpOf } from './sample-dump.ts';
import { type Bench, bench } from './support.ts';

const AFG = 0x01;
const sense = (machine: Bench, pin: number) => machine.verb(pin, V.VERB_GET_PIN_SENSE);
const sample = (from: string | RegExp = '', to = '') => {
  const [model] = parseCodecDump(dumpOf().replace(from, to));
  if (!model) throw new Error('no codec');
  return bench(model);
};

it('at power-up line-out, line-in and microphone jacks are plugged and headphones are not (design, Contracts)', () => {
  const machine = bench('desktop');
  const plugged = [0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b].filter((pin) => sense(machine, pin) >>> 31 === 1);
  expect(plugged).toEqual([0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a]);
  expect(sense(bench('laptop'), 0x0b) >>> 31).toBe(1);
});

it('every display has an ELD at power-up (design, Contracts)', () => {
  const machine = bench('hdmi');
  expect([5, 6, 7].map((pin) => sense(machine, pin))).toEqual([0xc0000000, 0xc0000000, 0xc0000000]);
});

it('a jack whose board says «no presence detect» tells nothing, until a driver writes otherwise (§5.14 misc bit 0)', () => {
  const machine = sample('0x01014010', '0x01014110');
  machine.verb(4, V.VERB_SET_UNSOLICITED, 0x81);
  machine.codec.plug(4, false);
  machine.codec.plug(4, true);
  expect([sense(machine, 4), machine.unsolicited]).toEqual([0, []]);
  machine.verb(4, V.VERB_SET_CONFIGURATION_DEFAULT + 1, 0x40);
  expect(sense(machine, 4)).toBe(V.PIN_SENSE_PRESENCE);
});

it('a fixed part and a pin without the capability report no presence (§5.8)', () => {
  expect(sense(sample('0x01014010', '0x90170110'), 4)).toBe(0);
  expect(sense(sample('0x0000003c', '0x00000038'), 4)).toBe(0);
});

it('a pin that needs a trigger holds its last measurement until 709h (§5.8)', () => {
  const machine = sample('0x0000003c', '0x0000003e');
  machine.codec.plug(4, false);
  expect(sense(machine, 4)).toBe(V.PIN_SENSE_PRESENCE);
  machine.verb(4, V.VERB_EXECUTE_PIN_SENSE, 0);
  expect(sense(machine, 4)).toBe(0);
});

it('an analogue pin that senses impedance says «not measured» (§5.8)', () => {
  const machine = sample('0x0000003c', '0x0000003d');
  expect(sense(machine, 4)).toBe(0xffffffff);
  machine.codec.plug(4, false);
  expect(sense(machine, 4)).toBe(V.PIN_SENSE_NOT_MEASURED);
});

it('in D3 a codec with EPSS still sends; one without wakes the link and sends at D0 (§5.11)', () => {
  const keeps = bench('desktop');
  keeps.verb(0x1b, V.VERB_SET_UNSOLICITED, 0x83);
  keeps.verb(AFG, V.VERB_SET_POWER_STATE, 3);
  keeps.codec.plug(0x1b, true);
  expect([keeps.unsolicited.length, sense(keeps, 0x1b) >>> 31]).toEqual([1, 1]);

  const sleeps = sample();
  sleeps.verb(4, V.VERB_SET_UNSOLICITED, 0x83);
  sleeps.verb(AFG, V.VERB_SET_POWER_STATE, 3);
  sleeps.codec.plug(4, false);
  expect([sleeps.unsolicited, sleeps.wakes]).toEqual([[], 1]);
  sleeps.verb(AFG, V.VERB_SET_POWER_STATE, 0);
  expect(sleeps.unsolicited).toEqual([(3 << 26) >>> 0]);
  sleeps.verb(AFG, V.VERB_SET_POWER_STATE, 3);
  sleeps.verb(AFG, V.VERB_SET_POWER_STATE, 0);
  expect(sleeps.unsolicited).toHaveLength(1);
});

it('a DisplayPort pin with several devices: list, selection, and the device in the unsolicited response (§5.5 F35h, F36h; §5.9)', () => {
  const machine = bench('hdmi');
  const PIN = 0x07;
  expect(machine.parameter(PIN, 0x15)).toBe(3);
  expect(machine.verb(PIN, V.VERB_GET_DEVICE_LIST, 0)).toBe(0x0003);
  machine.verb(PIN, V.VERB_SET_UNSOLICITED, 0x82);
  machine.codec.plug(PIN, true, 2);
  expect(machine.verb(PIN, V.VERB_GET_DEVICE_LIST, 0)).toBe(0x0303);
  expect(machine.unsolicited).toEqual([((2 << 26) | (2 << 15) | 3) >>> 0]);
  machine.verb(PIN, V.VERB_SET_DEVICE_SELECT, 1);
  expect(sense(machine, PIN)).toBe(0);
  machine.verb(PIN, V.VERB_SET_DEVICE_SELECT, 2);
  expect(sense(machine, PIN)).toBe(0xc0000000);
  machine.verb(PIN, V.VERB_SET_DEVICE_SELECT, 9);
  expect(machine.verb(PIN, V.VERB_GET_DEVICE_SELECT)).toBe(2);
});

it('plug() at a node that is no pin is the caller’s error', () => {
  expect(() => bench().codec.plug(0x02, true)).toThrow(/node 2/);
});

it('state and restore: a codec goes on as it was, and refuses what is not its own', () => {
  const machine = bench('desktop');
  machine.verb(0x02, V.VERB_SET_STREAM_CHANNEL, 0x50);
  machine.setAmp(0x02, 'out', 0x11);
  machine.codec.plug(0x1b, true);
  const state = JSON.parse(JSON.stringify(machine.codec.state()));
  const dump = machine.codec.dump();
  const other = bench('desktop');
  other.codec.restore(state);
  expect(other.codec.dump()).toBe(dump);
  expect(sense(other, 0x1b) >>> 31).toBe(1);
  for (const wrong of [
    null,
    {},
    { nodes: [] },
    { nodes: state.nodes.map((node: object) => ({ ...node, amps: [1] })) },
  ]) {
    expect(() => other.codec.restore(wrong)).toThrow(TypeError);
  }
  expect(() => bench('hdmi').codec.restore(state)).toThrow(TypeError);
  expect(other.codec.dump()).toBe(dump);
});
