// General purpose pins of a function group (hda-hardware §5.12). Bit n of each register is pin n.

import { PARAM_GPIO_COUNT } from '../../hda/parameters.ts';
import {
  VERB_GET_GPI_DATA,
  VERB_GET_GPIO_DATA,
  VERB_GET_GPO_DATA,
  VERB_SET_GPI_DATA,
  VERB_SET_GPIO_DATA,
  VERB_SET_GPO_DATA,
} from '../../hda/verbs.ts';
import type { Node } from '../node.ts';
import { GPI, GPI_LEVEL, GPIO, GPIO_LATCH, GPIO_LEVEL, GPO } from '../registers.ts';
import { get, isGroup, set, stored, type Verb } from './verb.ts';

/** Offsets from GPIO and from verb F15h. */
export const GPIO_ENABLE = 1;
export const GPIO_DIRECTION = 2;
export const GPIO_WAKE = 3;
export const GPIO_UNSOLICITED = 4;
export const GPIO_STICKY = 5;
/** Offsets from GPI and from verb F10h. */
const GPI_WAKE = 1;
const GPI_UNSOLICITED = 2;
const GPI_STICKY = 3;
// Of parameter 11h
const GPIO_CAPS_UNSOLICITED = 1 << 30;
const GPIO_CAPS_WAKE = 1 << 31;

/** Pins that exist, as a mask: fields of parameter 11h at bit 0 (GPIO), 8 (GPO), 16 (GPI). */
export function gpioMask(group: Node, field: 0 | 8 | 16): number {
  return (1 << Math.min((group.parameter(PARAM_GPIO_COUNT) >>> field) & 0xff, 8)) - 1;
}

/** Pins that the codec drives itself. */
function driven(group: Node): number {
  return group.register(GPIO + GPIO_ENABLE) & group.register(GPIO + GPIO_DIRECTION);
}

/** F15h: what stands on the pins; a sticky input stays high once it was (§5.12). */
export function gpioData(group: Node): number {
  const outputs = driven(group);
  const inputs = group.register(GPIO_LEVEL) | (group.register(GPIO_LATCH) & group.register(GPIO + GPIO_STICKY));
  return ((group.register(GPIO) & outputs) | (inputs & ~outputs)) >>> 0;
}

/** What the movement of inputs brings about. */
export interface InputEvents {
  readonly tells: boolean;
  readonly wakes: boolean;
}

interface InputBank {
  readonly level: number;
  readonly latch: number;
  readonly wake: number;
  readonly unsolicited: number;
}
const GPIO_BANK: InputBank = {
  level: GPIO_LEVEL,
  latch: GPIO_LATCH,
  wake: GPIO + GPIO_WAKE,
  unsolicited: GPIO + GPIO_UNSOLICITED,
};
const GPI_BANK: InputBank = { level: GPI_LEVEL, latch: GPI, wake: GPI + GPI_WAKE, unsolicited: GPI + GPI_UNSOLICITED };

/** The world moves GPIO pins; only enabled inputs have something to say. */
export function setGpioLevels(group: Node, levels: number): InputEvents {
  const inputs = group.register(GPIO + GPIO_ENABLE) & ~group.register(GPIO + GPIO_DIRECTION);
  return moveInputs(group, GPIO_BANK, levels & gpioMask(group, 0), inputs);
}

export function setGpiLevels(group: Node, levels: number): InputEvents {
  const pins = gpioMask(group, 16);
  return moveInputs(group, GPI_BANK, levels & pins, pins);
}

function moveInputs(group: Node, bank: InputBank, levels: number, inputs: number): InputEvents {
  const { registers } = group.state;
  const caps = group.parameter(PARAM_GPIO_COUNT);
  const changed = (group.register(bank.level) ^ levels) & inputs;
  registers[bank.level] = levels;
  registers[bank.latch] = group.register(bank.latch) | levels;
  return {
    tells: (caps & GPIO_CAPS_UNSOLICITED) !== 0 && (changed & group.register(bank.unsolicited)) !== 0,
    wakes: (caps & GPIO_CAPS_WAKE) !== 0 && (changed & group.register(bank.wake)) !== 0,
  };
}

function gpioMaskRegister(offset: number): Verb[] {
  const register = GPIO + offset;
  return stored(register, VERB_GET_GPIO_DATA + offset, VERB_SET_GPIO_DATA + offset, isGroup, (group) =>
    gpioMask(group, 0),
  );
}

function gpiMaskRegister(offset: number): Verb[] {
  const register = GPI + offset;
  return stored(register, VERB_GET_GPI_DATA + offset, VERB_SET_GPI_DATA + offset, isGroup, (group) =>
    gpioMask(group, 16),
  );
}

export const gpioVerbs: readonly Verb[] = [
  get(VERB_GET_GPI_DATA, isGroup, (group) => {
    return group.register(GPI_LEVEL) | (group.register(GPI) & group.register(GPI + GPI_STICKY));
  }),
  set(VERB_SET_GPI_DATA, isGroup, (group, payload) => {
    group.state.registers[GPI] = group.register(GPI) & payload;
  }),
  ...gpiMaskRegister(GPI_WAKE),
  ...gpiMaskRegister(GPI_UNSOLICITED),
  ...gpiMaskRegister(GPI_STICKY),
  ...stored(GPO, VERB_GET_GPO_DATA, VERB_SET_GPO_DATA, isGroup, (group) => gpioMask(group, 8)),
  get(VERB_GET_GPIO_DATA, isGroup, gpioData),
  set(VERB_SET_GPIO_DATA, isGroup, (group, payload) => {
    const { registers } = group.state;
    registers[GPIO] = payload & gpioMask(group, 0);
    // A latched input is let go by writing 0 to it.
    registers[GPIO_LATCH] = group.register(GPIO_LATCH) & payload;
  }),
  ...gpioMaskRegister(GPIO_ENABLE),
  ...gpioMaskRegister(GPIO_DIRECTION),
  ...gpioMaskRegister(GPIO_WAKE),
  ...gpioMaskRegister(GPIO_UNSOLICITED),
  ...gpioMaskRegister(GPIO_STICKY),
];
