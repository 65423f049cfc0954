// Parts to build a codec model from, in words instead of capability bits (hda-hardware §5.2–§5.7, §5.14).

import {
  CONNECTIVITY_FIXED, CONNECTIVITY_JACK, encodeConfigurationDefault,
} from '../../hda/configuration-default.ts';
import {
  encodeAmpCaps, PS_CLKSTOP, PS_D0_D3, PS_EPSS, STREAM_FORMAT_PCM, WCAP_AMP_OVERRIDE, WCAP_CONNECTION_LIST,
  WCAP_DIGITAL, WCAP_FORMAT_OVERRIDE, WCAP_INPUT_AMP, WCAP_OUTPUT_AMP, WCAP_POWER, WCAP_STEREO, WCAP_TYPE_SHIFT,
  WCAP_UNSOLICITED, WIDGET_AUDIO_INPUT, WIDGET_AUDIO_OUTPUT, WIDGET_BEEP, WIDGET_MIXER, WIDGET_PIN, WIDGET_SELECTOR,
  PINCAP_EAPD, PINCAP_HP, PINCAP_IN, PINCAP_OUT, PINCAP_PRESENCE, PINCAP_DISPLAY_PORT, PINCAP_HDMI, WCAP_CHANNELS_SHIFT,
} from '../../hda/parameters.ts';
import { encodePcmCapabilities } from '../../hda/pcm.ts';
import { expandConnections } from '../connection-list.ts';
import type { WidgetModel } from '../model.ts';

/** Groups and widgets keep their settings over resets and in D3, and let the clock stop. */
export const POWER_STATES = (PS_EPSS | PS_CLKSTOP | PS_D0_D3) >>> 0;

export const ALL_RATES = [8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 176400, 192000];
export const ALL_PCM = encodePcmCapabilities(ALL_RATES, [8, 16, 20, 24, 32]);

/** Capabilities of an amp. Without steps it only mutes; otherwise its steps run from `lowestDb` to `highestDb`. */
export function amp(range: { lowestDb?: number; highestDb?: number; stepDb?: number; mute?: boolean }): number {
  const { lowestDb = 0, highestDb = 0, stepDb = 0.25, mute = false } = range;
  return encodeAmpCaps(-lowestDb / stepDb, (highestDb - lowestDb) / stepDb, stepDb * 4, mute);
}

/** Power-up values. */
export const MUTED = [0x80, 0x80] as const;
/** The lowest gain, not muted. */
export const LOWEST = [0, 0] as const;

interface Widget {
  readonly nid: number;
  /** Capabilities of the amp at each input; power-up mutes it where it can. */
  readonly inputAmp?: number;
  readonly outputAmp?: number;
  readonly from?: readonly number[];
  readonly mono?: boolean;
}

function widget(type: number, bits: number, parts: Widget): WidgetModel {
  const { nid, inputAmp, outputAmp, from, mono } = parts;
  let caps = (type << WCAP_TYPE_SHIFT) | WCAP_POWER | bits;
  if (!mono) caps |= WCAP_STEREO;
  if (inputAmp !== undefined) caps |= WCAP_INPUT_AMP | WCAP_AMP_OVERRIDE;
  if (outputAmp !== undefined) caps |= WCAP_OUTPUT_AMP | WCAP_AMP_OVERRIDE;
  if (from) caps |= WCAP_CONNECTION_LIST;
  const inputs = type === WIDGET_PIN ? 1 : expandConnections(from ?? []).length;
  return {
    nid,
    caps,
    powerStates: POWER_STATES,
    ...(from && { connections: from }),
    ...(inputAmp !== undefined && { inputAmpCaps: inputAmp, inputAmps: new Array(inputs).fill(powerUp(inputAmp)) }),
    ...(outputAmp !== undefined && { outputAmpCaps: outputAmp, outputAmp: powerUp(outputAmp) }),
  };
}

function powerUp(caps: number): readonly [number, number] {
  return (caps & 0x80000000) !== 0 ? MUTED : LOWEST;
}

interface Converter extends Widget {
  /** Parameter 0Ah; else every rate and size. */
  readonly pcm?: number;
}

export function dac(parts: Converter & { digital?: boolean; channels?: number; digitalControl?: number }): WidgetModel {
  const { digital = false, channels = 2, digitalControl = 0, pcm = ALL_PCM } = parts;
  const more = ((channels - 1) >> 1) << WCAP_CHANNELS_SHIFT;
  const bits = WCAP_FORMAT_OVERRIDE | (digital ? WCAP_DIGITAL : 0) | more;
  const converter = { ...widget(WIDGET_AUDIO_OUTPUT, bits, parts), pcm, streamFormats: STREAM_FORMAT_PCM };
  return digital ? { ...converter, digital: digitalControl } : converter;
}

export function adc(parts: Converter): WidgetModel {
  const { pcm = ALL_PCM } = parts;
  return { ...widget(WIDGET_AUDIO_INPUT, WCAP_FORMAT_OVERRIDE, parts), pcm, streamFormats: STREAM_FORMAT_PCM };
}

export function mixer(parts: Widget): WidgetModel {
  return widget(WIDGET_MIXER, 0, parts);
}

export function selector(parts: Widget): WidgetModel {
  return widget(WIDGET_SELECTOR, 0, parts);
}

export function beep(parts: Widget): WidgetModel {
  return widget(WIDGET_BEEP, 0, { mono: true, ...parts });
}

export interface Pin extends Widget {
  readonly can: readonly ('out' | 'in' | 'headphone' | 'eapd' | 'presence' | 'hdmi' | 'displayport' | 'vref')[];
  readonly board: number;
  readonly digital?: boolean;
  readonly devices?: number;
}

const PIN_CAPS = {
  out: PINCAP_OUT,
  in: PINCAP_IN,
  headphone: PINCAP_HP,
  eapd: PINCAP_EAPD,
  presence: PINCAP_PRESENCE,
  hdmi: PINCAP_HDMI,
  displayport: PINCAP_DISPLAY_PORT,
  vref: 0x1700, // off, 50 %, ground, 80 %
};

export function pin(parts: Pin): WidgetModel {
  const presence = parts.can.includes('presence');
  const bits = (presence ? WCAP_UNSOLICITED : 0) | (parts.digital ? WCAP_DIGITAL : 0);
  return {
    ...widget(WIDGET_PIN, bits, parts),
    pinCaps: parts.can.reduce((caps, ability) => caps | PIN_CAPS[ability], 0),
    configuration: parts.board,
    ...(parts.devices !== undefined && { devices: parts.devices }),
  };
}

interface Jack {
  readonly device: number;
  readonly association: number;
  readonly sequence?: number;
  readonly color?: number;
  readonly connection: number;
  /** 29:24 of the configuration default: 01h rear, 02h front, 10h internal. */
  readonly location: number;
}

/** The configuration default of a jack. */
export function jack(parts: Jack): number {
  return board(CONNECTIVITY_JACK, parts);
}

/** The configuration default of a part that is built in. */
export function fixed(parts: Jack): number {
  return board(CONNECTIVITY_FIXED, parts);
}

function board(connectivity: number, parts: Jack): number {
  const misc = connectivity === CONNECTIVITY_FIXED ? 1 : 0; // nothing to detect
  return encodeConfigurationDefault({ connectivity, misc, sequence: 0, color: 0, ...parts });
}
