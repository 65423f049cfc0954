// Parameters of verb F00h and their fields (hda-hardware §5.2, §5.3, §5.6, §5.7).

export const PARAM_VENDOR_ID: u32 = 0x00;
export const PARAM_SUBSYSTEM_ID: u32 = 0x01;
export const PARAM_REVISION_ID: u32 = 0x02;
export const PARAM_SUBORDINATE_NODES: u32 = 0x04;
export const PARAM_FUNCTION_TYPE: u32 = 0x05;
export const PARAM_AUDIO_CAPS: u32 = 0x08;
export const PARAM_WIDGET_CAPS: u32 = 0x09;
export const PARAM_PCM: u32 = 0x0a;
export const PARAM_STREAM_FORMATS: u32 = 0x0b;
export const PARAM_PIN_CAPS: u32 = 0x0c;
export const PARAM_INPUT_AMP_CAPS: u32 = 0x0d;
export const PARAM_CONNECTION_LENGTH: u32 = 0x0e;
export const PARAM_POWER_STATES: u32 = 0x0f;
export const PARAM_PROCESSING_CAPS: u32 = 0x10;
export const PARAM_GPIO_COUNT: u32 = 0x11;
export const PARAM_OUTPUT_AMP_CAPS: u32 = 0x12;
export const PARAM_VOLUME_KNOB_CAPS: u32 = 0x13;
export const PARAM_DEVICE_LIST_LENGTH: u32 = 0x15;
export const PARAM_HDMI_LPCM: u32 = 0x20;

export const FUNCTION_AUDIO: u32 = 0x01;
export const FUNCTION_MODEM: u32 = 0x02;
export const FUNCTION_UNSOLICITED: u32 = 1 << 8;

// Widget types, parameter 09h bits 23:20
export const WIDGET_AUDIO_OUTPUT: u32 = 0x0;
export const WIDGET_AUDIO_INPUT: u32 = 0x1;
export const WIDGET_MIXER: u32 = 0x2;
export const WIDGET_SELECTOR: u32 = 0x3;
export const WIDGET_PIN: u32 = 0x4;
export const WIDGET_POWER: u32 = 0x5;
export const WIDGET_VOLUME_KNOB: u32 = 0x6;
export const WIDGET_BEEP: u32 = 0x7;
export const WIDGET_VENDOR: u32 = 0xf;

export const WCAP_TYPE_SHIFT: u32 = 20;
export const WCAP_DELAY_SHIFT: u32 = 16;
export const WCAP_CHANNELS_SHIFT: u32 = 13;
export const WCAP_CP: u32 = 1 << 12;
export const WCAP_LR_SWAP: u32 = 1 << 11;
export const WCAP_POWER: u32 = 1 << 10;
export const WCAP_DIGITAL: u32 = 1 << 9;
export const WCAP_CONNECTION_LIST: u32 = 1 << 8;
export const WCAP_UNSOLICITED: u32 = 1 << 7;
export const WCAP_PROCESSING: u32 = 1 << 6;
export const WCAP_STRIPE: u32 = 1 << 5;
export const WCAP_FORMAT_OVERRIDE: u32 = 1 << 4;
export const WCAP_AMP_OVERRIDE: u32 = 1 << 3;
export const WCAP_OUTPUT_AMP: u32 = 1 << 2;
export const WCAP_INPUT_AMP: u32 = 1 << 1;
export const WCAP_STEREO: u32 = 1 << 0;

export function widgetType(wcaps: u32): u32 {
  return (wcaps >>> WCAP_TYPE_SHIFT) & 0xf;
}

/** 2·ext + bit 0 + 1: the count's high bits are 15:13 (§5.3). */
export function widgetChannels(wcaps: u32): u32 {
  return ((((wcaps >>> WCAP_CHANNELS_SHIFT) & 7) << 1) | (wcaps & WCAP_STEREO)) + 1;
}

// Pin capabilities, parameter 0Ch (§5.6)
export const PINCAP_IMPEDANCE_SENSE: u32 = 1 << 0;
export const PINCAP_TRIGGER: u32 = 1 << 1;
export const PINCAP_PRESENCE: u32 = 1 << 2;
export const PINCAP_HP: u32 = 1 << 3;
export const PINCAP_OUT: u32 = 1 << 4;
export const PINCAP_IN: u32 = 1 << 5;
export const PINCAP_BALANCED: u32 = 1 << 6;
export const PINCAP_HDMI: u32 = 1 << 7;
export const PINCAP_VREF_SHIFT: u32 = 8;
export const PINCAP_VREF: u32 = 0x3700; // Hi-Z 8, 50 % 9, ground 10, 80 % 12, 100 % 13
export const PINCAP_EAPD: u32 = 1 << 16;
export const PINCAP_DISPLAY_PORT: u32 = 1 << 24;
export const PINCAP_HBR: u32 = 1 << 27;

// Amplifier capabilities, parameters 0Dh and 12h (§5.7)
export const AMPCAP_MUTE: u32 = 0x80000000;

/** Quarter decibels of one step: field StepSize plus one. */
export function ampStepQuarterDb(caps: u32): u32 {
  return ((caps >>> 16) & 0x7f) + 1;
}

/** Highest gain value; the register runs 0…steps. */
export function ampSteps(caps: u32): u32 {
  return (caps >>> 8) & 0x7f;
}

/** The gain value that is 0 dB. */
export function ampOffset(caps: u32): u32 {
  return caps & 0x7f;
}

export function encodeAmpCaps(offset: u32, steps: u32, quarterDb: u32, mute: boolean): u32 {
  return ((mute ? 0x80000000 : 0) | ((quarterDb - 1) << 16) | (steps << 8) | offset) >>> 0;
}

// Supported power states, parameter 0Fh
export const PS_EPSS: u32 = 0x80000000;
export const PS_CLKSTOP: u32 = 1 << 30;
export const PS_D0_D3: u32 = 0xf;

export const STREAM_FORMAT_PCM: u32 = 1 << 0;
export const STREAM_FORMAT_FLOAT32: u32 = 1 << 1;
export const STREAM_FORMAT_AC3: u32 = 1 << 2;

export const CONNECTION_LONG_FORM: u32 = 1 << 7;
