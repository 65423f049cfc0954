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

/** The world moves GPIO pins; true if one that may tell of it changed, an enabled input with its unsolicited mask set. */
export function setGpioLevels(group: Node, levels: number): boolean {
  const { registers } = group.state;
  const old = group.register(GPIO_LEVEL);
  const next = levels & gpioMask(group, 0);
  registers[GPIO_LEVEL] = next;
  registers[GPIO_LATCH] = group.register(GPIO_LATCH) | next;
  const inputs = group.register(GPIO + GPIO_ENABLE) & ~group.register(GPIO + GPIO_DIRECTION);
  return ((old ^ next) & inputs & group.register(GPIO + GPIO_UNSOLICITED)) !== 0;
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
  get(VERB_GET_GPI_DATA, isGroup, (group) => group.register(GPI_LEVEL) & gpioMask(group, 16)),
  set(VERB_SET_GPI_DATA, isGroup, (group, payload) => {
    group.state.registers[GPI] = payload & gpioMask(group, 16);
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
