// Codec commands (hda-hardware §5.1, §5.5). A command word: 31:28 codec address, 27:20 NID, 19:0 verb and payload.
// Verbs with 16 bits of payload have a 4-bit id (2–5, A–D); the others a 12-bit id (7xx, Fxx) and 8 bits.

export const VERB_SET_CONVERTER_FORMAT: u32 = 0x2;
export const VERB_SET_AMP_GAIN_MUTE: u32 = 0x3;
export const VERB_SET_PROC_COEFFICIENT: u32 = 0x4;
export const VERB_SET_COEFFICIENT_INDEX: u32 = 0x5;
export const VERB_GET_CONVERTER_FORMAT: u32 = 0xa;
export const VERB_GET_AMP_GAIN_MUTE: u32 = 0xb;
export const VERB_GET_PROC_COEFFICIENT: u32 = 0xc;
export const VERB_GET_COEFFICIENT_INDEX: u32 = 0xd;

export const VERB_GET_PARAMETER: u32 = 0xf00;
export const VERB_GET_CONNECTION_SELECT: u32 = 0xf01;
export const VERB_SET_CONNECTION_SELECT: u32 = 0x701;
export const VERB_GET_CONNECTION_LIST: u32 = 0xf02;
export const VERB_GET_PROC_STATE: u32 = 0xf03;
export const VERB_SET_PROC_STATE: u32 = 0x703;
export const VERB_GET_SDI_SELECT: u32 = 0xf04;
export const VERB_SET_SDI_SELECT: u32 = 0x704;
export const VERB_GET_POWER_STATE: u32 = 0xf05;
export const VERB_SET_POWER_STATE: u32 = 0x705;
export const VERB_GET_STREAM_CHANNEL: u32 = 0xf06;
export const VERB_SET_STREAM_CHANNEL: u32 = 0x706;
export const VERB_GET_PIN_CONTROL: u32 = 0xf07;
export const VERB_SET_PIN_CONTROL: u32 = 0x707;
export const VERB_GET_UNSOLICITED: u32 = 0xf08;
export const VERB_SET_UNSOLICITED: u32 = 0x708;
export const VERB_GET_PIN_SENSE: u32 = 0xf09;
export const VERB_EXECUTE_PIN_SENSE: u32 = 0x709;
export const VERB_GET_BEEP: u32 = 0xf0a;
export const VERB_SET_BEEP: u32 = 0x70a;
export const VERB_GET_EAPD: u32 = 0xf0c;
export const VERB_SET_EAPD: u32 = 0x70c;
export const VERB_GET_DIGITAL_CONVERTER: u32 = 0xf0d;
export const VERB_SET_DIGITAL_CONVERTER_1: u32 = 0x70d; // bits 7:0
export const VERB_SET_DIGITAL_CONVERTER_2: u32 = 0x70e; // bits 15:8
export const VERB_SET_DIGITAL_CONVERTER_3: u32 = 0x73e; // bits 23:16
export const VERB_SET_DIGITAL_CONVERTER_4: u32 = 0x73f; // bits 31:24
export const VERB_GET_VOLUME_KNOB: u32 = 0xf0f;
export const VERB_SET_VOLUME_KNOB: u32 = 0x70f;
export const VERB_GET_GPI_DATA: u32 = 0xf10; // F10–F13: data, wake, unsolicited, sticky
export const VERB_SET_GPI_DATA: u32 = 0x710;
export const VERB_GET_GPO_DATA: u32 = 0xf14;
export const VERB_SET_GPO_DATA: u32 = 0x714;
export const VERB_GET_GPIO_DATA: u32 = 0xf15; // F15–F1A: data, enable, direction, wake, unsolicited, sticky
export const VERB_SET_GPIO_DATA: u32 = 0x715;
export const VERB_GET_CONFIGURATION_DEFAULT: u32 = 0xf1c;
export const VERB_SET_CONFIGURATION_DEFAULT: u32 = 0x71c; // 71C–71F: bytes 0–3
export const VERB_GET_SUBSYSTEM_ID: u32 = 0xf20;
export const VERB_SET_SUBSYSTEM_ID: u32 = 0x720; // 720–723: bytes 0–3
export const VERB_GET_STRIPE: u32 = 0xf24;
export const VERB_SET_STRIPE: u32 = 0x724;
export const VERB_GET_CHANNEL_COUNT: u32 = 0xf2d;
export const VERB_SET_CHANNEL_COUNT: u32 = 0x72d;
export const VERB_GET_DIP_SIZE: u32 = 0xf2e;
export const VERB_GET_ELD_DATA: u32 = 0xf2f;
export const VERB_GET_DIP_INDEX: u32 = 0xf30;
export const VERB_SET_DIP_INDEX: u32 = 0x730;
export const VERB_GET_DIP_DATA: u32 = 0xf31;
export const VERB_SET_DIP_DATA: u32 = 0x731;
export const VERB_GET_DIP_TRANSMIT: u32 = 0xf32;
export const VERB_SET_DIP_TRANSMIT: u32 = 0x732;
export const VERB_GET_CP_CONTROL: u32 = 0xf33;
export const VERB_SET_CP_CONTROL: u32 = 0x733;
export const VERB_GET_CHANNEL_MAP: u32 = 0xf34;
export const VERB_SET_CHANNEL_MAP: u32 = 0x734;
export const VERB_GET_DEVICE_SELECT: u32 = 0xf35;
export const VERB_SET_DEVICE_SELECT: u32 = 0x735;
export const VERB_GET_DEVICE_LIST: u32 = 0xf36;
export const VERB_FUNCTION_RESET: u32 = 0x7ff;

/** A command word with an 8-bit payload. */
export function command8(address: u32, nid: u32, verb: u32, payload: u32): u32 {
  return ((address << 28) | (nid << 20) | (verb << 8) | (payload & 0xff)) >>> 0;
}

/** A command word with a 16-bit payload. */
export function command16(address: u32, nid: u32, verb: u32, payload: u32): u32 {
  return ((address << 28) | (nid << 20) | (verb << 16) | (payload & 0xffff)) >>> 0;
}

export function commandAddress(word: u32): u32 {
  return word >>> 28;
}

export function commandNid(word: u32): u32 {
  return (word >>> 20) & 0xff;
}

/** True for 7xx and Fxx: bits 18:16 are 7 (§5.1). */
export function commandIsShort(word: u32): boolean {
  return (word & 0x70000) === 0x70000;
}

/** 12-bit id of a short command, 4-bit id of a long one. */
export function commandVerb(word: u32): u32 {
  return (word & 0x70000) === 0x70000 ? (word >>> 8) & 0xfff : (word >>> 16) & 0xf;
}

export function commandPayload(word: u32): u32 {
  return (word & 0x70000) === 0x70000 ? word & 0xff : word & 0xffff;
}

// Amp gain/mute, verb 3h (§5.7)
export const AMP_SET_OUTPUT: u32 = 1 << 15;
export const AMP_SET_INPUT: u32 = 1 << 14;
export const AMP_SET_LEFT: u32 = 1 << 13;
export const AMP_SET_RIGHT: u32 = 1 << 12;
export const AMP_INDEX_SHIFT: u32 = 8;
export const AMP_MUTE: u32 = 1 << 7;
export const AMP_GAIN: u32 = 0x7f;
// and Bh
export const AMP_GET_OUTPUT: u32 = 1 << 15;
export const AMP_GET_LEFT: u32 = 1 << 13;

// Pin control, 707h (§5.6)
export const PIN_HP: u32 = 1 << 7;
export const PIN_OUT: u32 = 1 << 6;
export const PIN_IN: u32 = 1 << 5;
export const PIN_VREF: u32 = 7;

export const EAPD_BTL: u32 = 1 << 0;
export const EAPD_ENABLE: u32 = 1 << 1;
export const EAPD_SWAP: u32 = 1 << 2;

// Digital converter control, F0Dh (§5.10)
export const DIGITAL_ENABLE: u32 = 1 << 0;
export const DIGITAL_NON_AUDIO: u32 = 1 << 5;

export const UNSOLICITED_ENABLE: u32 = 1 << 7;
export const UNSOLICITED_TAG: u32 = 0x3f;
export const UNSOLICITED_TAG_SHIFT: u32 = 26;

export const PIN_SENSE_PRESENCE: u32 = 0x80000000;
export const PIN_SENSE_ELD_VALID: u32 = 0x40000000;
export const PIN_SENSE_NOT_MEASURED: u32 = 0x7fffffff;

// Power state, F05h (§5.11)
export const POWER_D0: u32 = 0;
export const POWER_D3: u32 = 3;
export const POWER_SET: u32 = 0xf;
export const POWER_ACT_SHIFT: u32 = 4;
export const POWER_SETTINGS_RESET: u32 = 1 << 10;
