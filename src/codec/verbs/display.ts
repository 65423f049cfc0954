// HDMI and DisplayPort pins: ELD, data island packets, content protection, channel map, devices (hda-hardware §5.15).

import { WCAP_CP } from '../../hda/parameters.ts';
import {
  VERB_GET_CHANNEL_MAP,
  VERB_GET_CP_CONTROL,
  VERB_GET_DEVICE_LIST,
  VERB_GET_DEVICE_SELECT,
  VERB_GET_DIP_DATA,
  VERB_GET_DIP_INDEX,
  VERB_GET_DIP_SIZE,
  VERB_GET_DIP_TRANSMIT,
  VERB_GET_ELD_DATA,
  VERB_SET_CHANNEL_MAP,
  VERB_SET_CP_CONTROL,
  VERB_SET_DEVICE_SELECT,
  VERB_SET_DIP_DATA,
  VERB_SET_DIP_INDEX,
  VERB_SET_DIP_TRANSMIT,
} from '../../hda/verbs.ts';
import { eldOf } from '../jacks.ts';
import type { Node } from '../node.ts';
import { CHANNEL_MAP_AT, PACKET_BYTES, TRANSMIT_AT } from '../node-state.ts';
import { CONTENT_PROTECTION, DEVICE, DIP_INDEX, PRESENCE } from '../registers.ts';
import { get, isDisplay, set, stored, type Verb } from './verb.ts';

const ELD_BUFFER = 8;
const ELD_BYTE_VALID = 0x80000000;
const CP_READY = 1 << 8;
const DEVICE_PRESENT_WITH_ELD = 3;
const TRANSMIT = 0xc0;

const packet = (pin: Node) => pin.register(DIP_INDEX) >>> 5;

/** Byte of the packet buffer that the DIP index names; every access moves on within the packet. */
function nextPacketByte(pin: Node): number {
  const index = pin.register(DIP_INDEX);
  pin.state.registers[DIP_INDEX] = (index & 0xe0) | ((index + 1) & 0x1f);
  return index;
}

export const displayVerbs: readonly Verb[] = [
  get(VERB_GET_DIP_SIZE, isDisplay, (pin, payload) =>
    (payload & ELD_BUFFER) !== 0 ? eldOf(pin).length : PACKET_BYTES,
  ),
  get(VERB_GET_ELD_DATA, isDisplay, (pin, index) => {
    const byte = eldOf(pin)[index];
    return byte === undefined ? 0 : (ELD_BYTE_VALID | byte) >>> 0;
  }),
  ...stored(DIP_INDEX, VERB_GET_DIP_INDEX, VERB_SET_DIP_INDEX, isDisplay, () => 0xff),
  get(VERB_GET_DIP_DATA, isDisplay, (pin) => pin.state.display[nextPacketByte(pin)] as number),
  set(VERB_SET_DIP_DATA, isDisplay, (pin, payload) => {
    pin.state.display[nextPacketByte(pin)] = payload;
  }),
  get(VERB_GET_DIP_TRANSMIT, isDisplay, (pin) => pin.state.display[TRANSMIT_AT + packet(pin)] as number),
  set(VERB_SET_DIP_TRANSMIT, isDisplay, (pin, payload) => {
    pin.state.display[TRANSMIT_AT + packet(pin)] = payload & TRANSMIT;
  }),
  get(VERB_GET_CP_CONTROL, isDisplay, (pin) => {
    return pin.register(CONTENT_PROTECTION) | ((pin.caps & WCAP_CP) !== 0 ? CP_READY : 0);
  }),
  set(VERB_SET_CP_CONTROL, isDisplay, (pin, payload) => {
    pin.state.registers[CONTENT_PROTECTION] = payload & 0xfb;
  }),
  get(VERB_GET_CHANNEL_MAP, isDisplay, (pin, payload) => {
    const slot = payload & 0xf;
    return ((pin.state.display[CHANNEL_MAP_AT + slot] as number) << 4) | slot;
  }),
  set(VERB_SET_CHANNEL_MAP, isDisplay, (pin, payload, effects) => {
    const at = CHANNEL_MAP_AT + (payload & 0xf);
    if (pin.state.display[at] === payload >>> 4) return;
    pin.state.display[at] = payload >>> 4;
    effects.routesChanged();
  }),
  get(VERB_GET_DEVICE_SELECT, hasDevices, (pin) => pin.register(DEVICE)),
  set(VERB_SET_DEVICE_SELECT, hasDevices, (pin, payload) => {
    if ((payload & 0x3f) < deviceCount(pin)) pin.state.registers[DEVICE] = payload & 0x3f;
  }),
  get(VERB_GET_DEVICE_LIST, hasDevices, (pin, offset) => {
    let entries = 0;
    for (let entry = 0; entry < 8 && offset + entry < deviceCount(pin); entry++) {
      const present = ((pin.register(PRESENCE) >>> (offset + entry)) & 1) !== 0;
      if (present) entries |= DEVICE_PRESENT_WITH_ELD << (4 * entry);
    }
    return entries >>> 0;
  }),
];

function deviceCount(pin: Node): number {
  return Math.min(pin.widgetModel?.devices ?? 0, 32);
}

function hasDevices(pin: Node): boolean {
  return pin.isDisplay && deviceCount(pin) > 0;
}
