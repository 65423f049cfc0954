// A codec as plain data: what its parameters answer and what its registers hold at power-up.
//
// Both sources speak this language: the files in models/, written by hand, and parseCodecDump, from a real codec's text.
// Numbers are the words that the verbs of hda-hardware §5 carry; an absent one is 0. Nothing here is clamped or checked
// against capabilities: real codecs answer gains above NumSteps and control bits that their capabilities lack.

export interface CodecModel {
  /** Free text, as after `Codec:` in an ALSA dump. */
  readonly name: string;
  /** SDI address that a dump names; who puts the codec on a link may choose another. */
  readonly address: number;
  /** Parameter 00h: 31:16 vendor, 15:0 device. */
  readonly vendorId: number;
  /** Verb F20h of every function group. */
  readonly subsystemId: number;
  /** Parameter 02h. */
  readonly revisionId: number;
  readonly functionGroups: readonly FunctionGroupModel[];
}

export interface FunctionGroupModel {
  readonly nid: number;
  /** Parameter 05h: bit 8 unsolicited capable, 7:0 type (1 audio, 2 modem, 80h–FFh vendor). */
  readonly type: number;
  readonly widgets: readonly WidgetModel[];
  /** Parameter 08h: bit 16 beep generator, 11:8 and 3:0 delays. */
  readonly audioCaps?: number;
  /** Parameter 0Ah, the default of converters without their own. */
  readonly pcm?: number;
  /** Parameter 0Bh. */
  readonly streamFormats?: number;
  /** Parameter 0Dh, the default of input amps without their own. */
  readonly inputAmpCaps?: number;
  /** Parameter 12h. */
  readonly outputAmpCaps?: number;
  /** Parameter 0Fh. */
  readonly powerStates?: number;
  /** Parameter 11h. */
  readonly gpioCaps?: number;

  /** F05h as read at power-up: 3:0 setting, 7:4 actual, 8 error, 9 clock stop, 10 settings reset. */
  readonly power?: number;
  /** F08h. */
  readonly unsolicited?: number;
  readonly gpio?: GpioModel;
}

/** F15h–F1Ah, one bit per pin. */
export interface GpioModel {
  /** As read: an undriven pin gives the level outside. */
  readonly data: number;
  readonly enable: number;
  readonly direction: number;
  readonly wake: number;
  readonly unsolicited: number;
  readonly sticky: number;
}

export interface WidgetModel {
  readonly nid: number;
  /** Parameter 09h. */
  readonly caps: number;
  /** Parameter 0Ah. */
  readonly pcm?: number;
  /** Parameter 0Bh. */
  readonly streamFormats?: number;
  /** Parameter 0Ch. */
  readonly pinCaps?: number;
  /** Parameter 0Dh. */
  readonly inputAmpCaps?: number;
  /** Parameter 12h. */
  readonly outputAmpCaps?: number;
  /** Parameter 0Fh. */
  readonly powerStates?: number;
  /** Parameter 10h. */
  readonly processingCaps?: number;
  /** Parameter 13h. */
  readonly knobCaps?: number;
  /** Parameter 20h. */
  readonly lpcmCaps?: number;
  /** Device entries of a DisplayPort pin with MST; parameter 15h is one less. */
  readonly devices?: number;
  /** Entries as the list holds them, first to last. CONNECTION_RANGE on an entry: all from the previous one to this. */
  readonly connections?: readonly number[];

  /** Mute (80h) and gain, [left, right], for each connection; pins have one. */
  readonly inputAmps?: readonly (readonly [left: number, right: number])[];
  readonly outputAmp?: readonly [left: number, right: number];
  /** F01h. */
  readonly selected?: number;
  /** F05h as read. */
  readonly power?: number;
  /** F06h: 7:4 stream, 3:0 lowest channel. */
  readonly stream?: number;
  /** Ah. Without it 0011h: 48 kHz, 16 bits, stereo (inferred: the standard names no reset value). */
  readonly format?: number;
  /** F04h. */
  readonly sdi?: number;
  /** F07h. */
  readonly pinControl?: number;
  /** F08h: 7 enable, 5:0 tag. */
  readonly unsolicited?: number;
  /** F0Ch. */
  readonly eapd?: number;
  /** F0Dh. */
  readonly digital?: number;
  /** F0Fh: 7 direct, 6:0 volume. */
  readonly knob?: number;
  /** F1Ch. */
  readonly configuration?: number;
  /** Dh. */
  readonly coefficientIndex?: number;
  /** [index, value] of coefficients that are not 0. */
  readonly coefficients?: readonly (readonly [index: number, value: number])[];
  /** Bytes that a display's ELD has; absent at a display pin: the one of eld.ts. */
  readonly eld?: readonly number[];
}

/** Marks a range entry of a connection list; goes out as bit 7 or bit 15, as the list's form has it (§5.4). */
export const CONNECTION_RANGE = 0x8000;
