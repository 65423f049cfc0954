// The lines of a dump (hda-hardware §6.2, §6.3): what each looks like and where its numbers go. A reader returns false
// for numbers that are none. Patterns see a line without blanks at its ends; the first that fits has it.

import type { Draft, WidgetDraft } from './draft.ts';
import { ampCapsNumber, hexNumber, pinCapsNumber, powerNumber } from './numbers.ts';
import { bitsOf, DIGITAL_BITS, POWER_STATE_BITS } from './words.ts';

type Match = RegExpExecArray;
export type HeaderLine = readonly [pattern: RegExp, read: (draft: Draft, match: Match) => boolean];
export type WidgetLine = readonly [pattern: RegExp, read: (widget: WidgetDraft, match: Match) => boolean];

/** Stores a number unless it is null. */
function put<T, K extends keyof T>(into: T, key: K, value: T[K] | null): boolean {
  if (value === null) return false;
  into[key] = value;
  return true;
}

const hex = (match: Match, group = 1) => hexNumber(match[group]);
const UNSOLICITED = 1 << 8;
const functionType = (match: Match) => {
  const type = hex(match);
  return type === null || type > 0xff ? null : type | (match[2] === '1' ? UNSOLICITED : 0);
};

/** Lines of the header and of the function group. */
export const HEADER_LINES: readonly HeaderLine[] = [
  [/^Address: (\d+)$/, (draft, match) => put(draft, 'address', Number(match[1]) < 15 ? Number(match[1]) : null)],
  [/^AFG Function Id: (\S+)(?: \(unsol ([01])\))?$/, (draft, match) => put(draft, 'audioType', functionType(match))],
  [/^MFG Function Id: (\S+)(?: \(unsol ([01])\))?$/, (draft, match) => put(draft, 'modemType', functionType(match))],
  [/^Function Id: (\S+)$/, (draft, match) => put(draft, 'lastType', functionType(match))],
  [/^Vendor Id: (\S+)$/, (draft, match) => put(draft, 'vendorId', hex(match))],
  [/^Subsystem Id: (\S+)$/, (draft, match) => put(draft, 'subsystemId', hex(match))],
  [/^Revision Id: (\S+)$/, (draft, match) => put(draft, 'revisionId', hex(match))],
  [/^No Modem Function Group found$/, () => true],
  [/^Modem Function Group: (\S+)$/, (draft, match) => put(draft, 'modemNid', nidOf(hex(match)))],
  [
    /^State of AFG node (\S+):$/,
    (draft, match) => {
      draft.hasAudio = true;
      return put(draft, 'audioNid', nidOf(hex(match)));
    },
  ],
  [
    /^Default PCM:$/,
    (draft) => {
      draft.hasAudio = true;
      return true;
    },
  ],
  [
    /^Default PCM: (rates .*)$/,
    (draft, match) => {
      draft.hasAudio = true;
      return putPcmLine(draft.group, match[1] as string);
    },
  ],
  [/^Default Amp-In caps: (.*)$/, (draft, match) => put(draft.group, 'inputAmpCaps', ampCapsNumber(match[1] as string))],
  [/^Default Amp-Out caps: (.*)$/, (draft, match) => put(draft.group, 'outputAmpCaps', ampCapsNumber(match[1] as string))],
  [
    /^GPIO: io=(\d+), o=(\d+), i=(\d+), unsolicited=([01]), wake=([01])$/,
    (draft, match) => {
      const [, io = 0, o = 0, i = 0, unsolicited = 0, wake = 0] = match.map(Number);
      const fits = Math.max(io, o, i) <= 0xff;
      return put(draft.group, 'gpioCaps', fits ? (io | (o << 8) | (i << 16) | (unsolicited << 30) | (wake << 31)) >>> 0 : null);
    },
  ],
  [
    /^IO\[([0-7])\]: enable=([01]), dir=([01]), wake=([01]), sticky=([01]), data=([01])(?:, unsol=([01]))?$/,
    ({ gpio }, match) => {
      const pin = Number(match[1]);
      const bit = (group: number) => Number(match[group] ?? 0) << pin;
      gpio.enable |= bit(2);
      gpio.direction |= bit(3);
      gpio.wake |= bit(4);
      gpio.sticky |= bit(5);
      gpio.data |= bit(6);
      gpio.unsolicited |= bit(7);
      return true;
    },
  ],
];

interface PcmDraft {
  pcm?: number;
  streamFormats?: number;
  powerStates?: number;
  power?: number;
}

/** Lines that function groups and widgets share. */
export const SHARED_LINES: readonly (readonly [RegExp, (node: PcmDraft, match: Match) => boolean])[] = [
  [/^rates \[(\S+)\]:/, (node, match) => put(node, 'pcm', ratesAndBits(hex(match), (node.pcm ?? 0) >>> 16))],
  [/^bits \[(\S+)\]:/, (node, match) => put(node, 'pcm', ratesAndBits((node.pcm ?? 0) & 0xffff, sizesOf(hex(match))))],
  [/^formats \[(\S+)\]:/, (node, match) => put(node, 'streamFormats', hex(match))],
  [/^Power states:(.*)$/, (node, match) => put(node, 'powerStates', bitsOf(POWER_STATE_BITS, match[1] as string))],
  [/^Power: (.*)$/, (node, match) => put(node, 'power', powerNumber(match[1] as string))],
];

/** Lines of a widget; connection lists and broken amp values are parse.ts's. */
export const WIDGET_LINES: readonly WidgetLine[] = [
  [/^Amp-In caps: (.*)$/, (widget, match) => put(widget, 'inputAmpCaps', ampCapsNumber(match[1] as string))],
  [/^Amp-Out caps: (.*)$/, (widget, match) => put(widget, 'outputAmpCaps', ampCapsNumber(match[1] as string))],
  [/^Pincap (\S+?):/, (widget, match) => put(widget, 'pinCaps', pinCapsNumber(match[1] as string))],
  [/^EAPD:? (\S+?)(?::.*)?$/, (widget, match) => put(widget, 'eapd', hex(match))],
  [/^Pinx? Default (\S+?):/, (widget, match) => put(widget, 'configuration', hex(match))],
  [/^Pin-ctls: (\S+?):/, (widget, match) => put(widget, 'pinControl', byteOf(hex(match)))],
  [
    /^Volume-Knob: delta=([01]), steps=(\d+), direct=([01]), val=(\d+)$/,
    (widget, match) => {
      const [, delta = 0, steps = 0, direct = 0, value = 0] = match.map(Number);
      if (Math.max(steps, value) > 0x7f) return false;
      widget.knobCaps = (delta << 7) | steps;
      widget.knob = (direct << 7) | value;
      return true;
    },
  ],
  [
    /^Converter: stream=(\d+), channel=(\d+)$/,
    (widget, match) => {
      const [, stream = 0, channel = 0] = match.map(Number);
      return put(widget, 'stream', Math.max(stream, channel) < 16 ? (stream << 4) | channel : null);
    },
  ],
  [/^SDI-Select: (\d+)$/, (widget, match) => put(widget, 'sdi', Number(match[1]) < 16 ? Number(match[1]) : null)],
  [
    /^Digital:(.*)$/,
    (widget, match) => {
      // Early kernels called bit 4 «Copyright» (§6.3).
      const words = (match[1] as string).replace(/(^| )Copyright/, ' Non-Copyright');
      return put(widget, 'digital', ((widget.digital ?? 0) | bitsOf(DIGITAL_BITS, words)) >>> 0);
    },
  ],
  [/^Digital category: (\S+)$/, (widget, match) => put(widget, 'digital', digitalField(widget, hex(match), 8, 0x7f))],
  [/^IEC Coding Type: (\S+)$/, (widget, match) => put(widget, 'digital', digitalField(widget, hex(match), 16, 0xf))],
  [/^PCM:$/, () => true],
  [/^PCM: (rates .*)$/, (widget, match) => putPcmLine(widget, match[1] as string)],
  [
    /^Unsolicited: tag=([0-9a-f]{1,2}), enabled=([01])$/i,
    (widget, match) => {
      const tag = Number.parseInt(match[1] as string, 16);
      return put(widget, 'unsolicited', tag <= 0x3f ? tag | (Number(match[2]) << 7) : null);
    },
  ],
  [/^Devices: (\d+)$/, (widget, match) => putDevices(widget, Number(match[1]))],
  [
    /^Processing caps: benign=([01]), ncoeff=(\d+)$/,
    (widget, match) => put(widget, 'processingCaps', Number(match[2]) <= 0xff ? Number(match[1]) | (Number(match[2]) << 8) : null),
  ],
  [/^Processing Coefficient: (\S+)$/, (widget, match) => put(widget, 'coefficients', coefficient(wordOf(hex(match))))],
  [/^Coefficient Index: (\S+)$/, (widget, match) => put(widget, 'coefficientIndex', wordOf(hex(match)))],
];

/** Lines that no verb reveals, or that only spell out a number beside them. */
export const IGNORED =
  /^(Control|ControlAmp|Device|In-driver Connection|Power-Map|Analog Loopback|Vref caps|Conn =|DefAssociation|Misc =|Delay: \d+ samples|\*?Dev \d+|Coeff 0x)/;

function nidOf(value: number | null): number | null {
  return value !== null && value >= 1 && value <= 0xff ? value : null;
}

function byteOf(value: number | null): number | null {
  return value !== null && value <= 0xff ? value : null;
}

function wordOf(value: number | null): number | null {
  return value !== null && value <= 0xffff ? value : null;
}

function coefficient(value: number | null): [number, number][] | null {
  return value === null ? null : [[0, value]];
}

function putDevices(widget: WidgetDraft, count: number): boolean {
  if (count > 64) return false;
  if (count > 0) widget.devices = count;
  return true;
}

/** Bits 31:16 of parameter 0Ah; one era of kernels printed them unshifted (§6.3). */
function sizesOf(value: number | null): number | null {
  return value !== null && value >= 0x1000 ? value >>> 16 : value;
}

function ratesAndBits(rates: number | null, sizes: number | null): number | null {
  if (rates === null || sizes === null || rates > 0xffff || sizes > 0xffff) return null;
  return (rates | (sizes << 16)) >>> 0;
}

/** `rates 0x160, bits 0x0e, types 0x5` on one line. */
function putPcmLine(node: PcmDraft, text: string): boolean {
  const fields = /^rates (\S+), bits (\S+), types (\S+)$/.exec(text);
  if (!fields) return false;
  const pcm = ratesAndBits(hex(fields), sizesOf(hex(fields, 2)));
  return put(node, 'pcm', pcm) && put(node, 'streamFormats', hex(fields, 3));
}

function digitalField(widget: WidgetDraft, value: number | null, shift: number, mask: number): number | null {
  return value === null || value > mask ? null : ((widget.digital ?? 0) | (value << shift)) >>> 0;
}
