// The commands, one row each (dxgk-render §5.3): what an app's command stream says, and where each thing goes in the packet
// that the engine runs. Little endian; every size is a multiple of 8; no packet is longer than its command.
//
//   stream header   0 magic "DSPC" · 4 major u16 = 1 · 6 minor u16 = 0 · 8 total bytes u32 · 12 commands u32 ·
//                   16 interface id u32 · 20 flags = 0 · 24, 28 reserved = 0
//   command         0 opcode u16 · 2 flags u16 · 4 bytes u32 · 8 body
//   ref             index u32 into the allocation list · slot u32 (< 64) · offset u32 · length u32
//   format          kind u8 (1 PCM8, 2 PCM16, 3 PCM32 container, 4 F32) · channels u8 · valid bits u8 · 0 · rate u32
//
//   0000 NOP         8
//   0001 COPY       40   8 dst · 24 src                                        equal lengths, offsets multiples of 4
//   0002 FILL       32   8 dst · 24 pattern u32 · 28 pattern bytes u32 (1, 2, 4)
//   0003 TONE       48   8 dst · 24 format · 32 frequency f64 Hz · 40 amplitude f32 · 44 phase f32, cycles
//                        flags 1:0: 0 sine, 1 square, 2 saw, 3 triangle; harmonics below half the rate, at most 1024
//   0004 GAIN       56   8 dst · 24 src · 40 format · 48 gain at frame 0 f32 · 52 gain at the end f32
//   0005 MIX    40+24n   8 dst · 24 format · 32 n u32 · 36 0 · n × (ref src · gain f32 · 0)        flag 0: add to dst
//   0006 CONVERT    64   8 dst · 24 src · 40 dst format · 48 src format · 56 frames u32 · 60 dither seed u32 (0: none)
//   0007 METER      48   8 src · 24 dst, 12 bytes a channel: f32 peak, RMS, true peak · 40 format
//   0008 UFENCE     32   8 dst, 8 bytes · 24 value u64
//   0009 BIND       24   8 ref
//   000A UNBIND     16   8 slot u32 · 12 0
//   000B SPLITHINT   8
//   000C MARK       16   8 tag u32 · 12 0
//   000D SWEEP      64   8 dst · 24 format · 32 from f64 Hz · 40 to f64 Hz · 48 amplitude f32 · 52 phase f32 ·
//                        56 first frame u32 · 60 frames of the whole sweep u32          flag 2: logarithmic, else linear
//   000E NOISE      48   8 dst · 24 format · 32 amplitude f32 · 36 seed u32 · 40 first frame u32 · 44 0    flag 0: pink
//   000F BIQUAD     80   8 dst · 24 src · 40 format · 48 coefficients, sections × 5 f64 (b0 b1 b2 a1 a2) ·
//                        64 state, sections × channels × 2 f64; zeros: at rest
//   0010 RESAMPLE   88   8 dst · 24 src · 40 dst format · 48 src format · 56 state (resamplerStateBytes) ·
//                        72 step at frame 0 u32 · 76 step at the end u32 · 80 unit of both u32 · 84 0
//                        step/unit = source frames per destination frame, within 10 % of the rates' ratio
//                        flag 0, heeded when the state is new (zeros): streaming, half a filter late
//   0011 TONEAT     56   as TONE · 48 first frame u32 · 52 0; the phase is frame 0's
//
// TONE counts its frames from its own first; TONEAT, SWEEP and NOISE from «first frame», so that one signal may be made by
// many. TONEAT's packet is TONE's.

import {
  BIND_BYTES, BIND_OPERAND, BIQUAD_BYTES, BIQUAD_COEFFICIENTS, BIQUAD_DST, BIQUAD_FORMAT, BIQUAD_SRC, BIQUAD_STATE,
  CONVERT_BYTES, CONVERT_DITHER, CONVERT_DST, CONVERT_DST_FORMAT, CONVERT_FRAMES, CONVERT_SRC, CONVERT_SRC_FORMAT,
  CONVERT_START, COPY_BYTES, COPY_DST, COPY_SRC, DSP_BIND, DSP_BIQUAD, DSP_CONVERT, DSP_COPY, DSP_FILL, DSP_GAIN,
  DSP_MARK, DSP_METER, DSP_MIX, DSP_NOISE, DSP_NOP, DSP_RESAMPLE, DSP_SPLITHINT, DSP_SWEEP, DSP_TONE, DSP_TONEAT,
  DSP_UFENCE, DSP_UNBIND, FILL_BYTES, FILL_DST, FILL_PATTERN, FILL_PATTERN_BYTES, GAIN_BYTES, GAIN_DST, GAIN_FORMAT, GAIN_FROM,
  GAIN_SRC, GAIN_START, GAIN_TO, GAIN_TOTAL, MARK_BYTES, MARK_TAG, METER_BYTES, METER_DST, METER_FORMAT, METER_SRC,
  MIX_ADD, MIX_COUNT, MIX_DST, MIX_FORMAT, MIX_SOURCES, NOISE_AMPLITUDE, NOISE_BYTES, NOISE_DST, NOISE_FORMAT,
  NOISE_PINK, NOISE_SEED, NOISE_START, RESAMPLE_BYTES, RESAMPLE_DST, RESAMPLE_DST_FORMAT, RESAMPLE_DST_RATE_HZ,
  RESAMPLE_SRC, RESAMPLE_SRC_FORMAT, RESAMPLE_SRC_RATE_HZ, RESAMPLE_START, RESAMPLE_STATE, RESAMPLE_STEP_FROM,
  RESAMPLE_STEP_TO, RESAMPLE_STEP_UNIT, RESAMPLE_STREAMING, RESAMPLE_TOTAL, SWEEP_AMPLITUDE, SWEEP_BYTES, SWEEP_DST,
  SWEEP_FORMAT, SWEEP_FRAMES, SWEEP_FROM_HZ, SWEEP_LOGARITHMIC, SWEEP_PHASE, SWEEP_RATE_HZ, SWEEP_START, SWEEP_TO_HZ,
  TONE_AMPLITUDE, TONE_BYTES, TONE_DST, TONE_FORMAT, TONE_FREQUENCY_HZ, TONE_PHASE, TONE_RATE_HZ, TONE_START,
  TONE_TOTAL, UFENCE_BYTES, UFENCE_DST, UFENCE_VALUE, WAVE_MASK,
} from '../hda/dsp-packets.ts';

export const STREAM_MAGIC = 0x43505344; // "DSPC"
export const STREAM_MAJOR = 1;
export const STREAM_HEADER_BYTES = 32;
export const COMMAND_HEADER_BYTES = 8;
export const REF_BYTES = 16;
export const COMMANDS_MAX = 65535;
export const SLOTS = 64;

/** What user-mode side and kernel-mode side of one version share: the interface id in header and context data. */
export const INTERFACE_ID = 0x4144_5350; // "PSDA"

/** MIX: where the sources begin in the command, and the bytes of one: ref, gain, 0. */
export const MIX_USER_SOURCES = 40;
export const MIX_USER_SOURCE_BYTES = 24;

/** A ref of a command. */
export interface Operand {
  /** Of the ref in the command; of address and length in the packet. */
  readonly at: number;
  readonly packet: number;
  readonly write: boolean;
  /** Offset of its samples' format in the command; 0: bytes. */
  readonly format: number;
  /** Whether a split command's packets go along it; else each has it whole. */
  readonly split: boolean;
  /** Of its offset, where it has no format. */
  readonly alignment: number;
}

/** Bytes of the command that the packet takes as they are. */
export type Field = readonly [user: number, packet: number, bytes: 4 | 8];

export interface CommandRow {
  readonly name: string;
  readonly opcode: number;
  readonly packetOpcode: number;
  /** Of the command and of the packet; MIX adds its sources. A packet of 0 bytes is none. */
  readonly bytes: number;
  readonly packetBytes: number;
  readonly flags: number;
  readonly operands: readonly Operand[];
  /** Offsets of the formats in the command. */
  readonly formats: readonly number[];
  readonly fields: readonly Field[];
  /** Offsets of u32 that must be 0. */
  readonly reserved: readonly number[];
  /** Offsets of f32, and of f64, that must be finite. */
  readonly floats: readonly number[];
  readonly doubles: readonly number[];
  /** Whether it may be cut into packets; where these have the first frame and the command's frames (0: nowhere). */
  readonly splittable: boolean;
  readonly start: number;
  readonly total: number;
  /** Offset of the first frame that the app gives; 0: none. */
  readonly firstFrame: number;
  /** Destination and source may be the same range. */
  readonly inPlace: boolean;
}

const dst = (at: number, packet: number, format: number, alignment = 1): Operand =>
  ({ at, packet, write: true, format, split: true, alignment });
const src = (at: number, packet: number, format: number, alignment = 1): Operand =>
  ({ at, packet, write: false, format, split: true, alignment });
const whole = (at: number, packet: number, write: boolean, alignment: number): Operand =>
  ({ at, packet, write, format: 0, split: false, alignment });

function row(name: string, opcode: number, bytes: number, packetBytes: number, rest: Partial<CommandRow>): CommandRow {
  return {
    name, opcode, packetOpcode: opcode, bytes, packetBytes, flags: 0, operands: [], formats: [], fields: [], reserved: [], floats: [],
    doubles: [], splittable: false, start: 0, total: 0, firstFrame: 0, inPlace: false, ...rest,
  };
}

const TONE: Partial<CommandRow> = {
  flags: WAVE_MASK, operands: [dst(8, TONE_DST, 24)], formats: [24],
  fields: [[24, TONE_FORMAT, 4], [28, TONE_RATE_HZ, 4], [32, TONE_FREQUENCY_HZ, 8], [40, TONE_AMPLITUDE, 4], [44, TONE_PHASE, 4]],
  floats: [40, 44], doubles: [32], splittable: true, start: TONE_START, total: TONE_TOTAL,
};

const ROWS: readonly CommandRow[] = [
  row('NOP', DSP_NOP, 8, 0, {}),
  row('COPY', DSP_COPY, 40, COPY_BYTES, {
    operands: [dst(8, COPY_DST, 0, 4), src(24, COPY_SRC, 0, 4)], splittable: true,
  }),
  row('FILL', DSP_FILL, 32, FILL_BYTES, {
    operands: [dst(8, FILL_DST, 0)], fields: [[24, FILL_PATTERN, 4], [28, FILL_PATTERN_BYTES, 4]], splittable: true,
  }),
  row('TONE', DSP_TONE, 48, TONE_BYTES, TONE),
  row('GAIN', DSP_GAIN, 56, GAIN_BYTES, {
    operands: [dst(8, GAIN_DST, 40), src(24, GAIN_SRC, 40)], formats: [40],
    fields: [[40, GAIN_FORMAT, 8], [48, GAIN_FROM, 4], [52, GAIN_TO, 4]],
    floats: [48, 52], splittable: true, start: GAIN_START, total: GAIN_TOTAL, inPlace: true,
  }),
  row('MIX', DSP_MIX, MIX_USER_SOURCES, MIX_SOURCES, {
    flags: MIX_ADD, operands: [dst(8, MIX_DST, 24)], formats: [24],
    fields: [[24, MIX_FORMAT, 4], [32, MIX_COUNT, 4]], reserved: [36], splittable: true, inPlace: true,
  }),
  row('CONVERT', DSP_CONVERT, 64, CONVERT_BYTES, {
    operands: [dst(8, CONVERT_DST, 40), src(24, CONVERT_SRC, 48)], formats: [40, 48],
    fields: [[40, CONVERT_DST_FORMAT, 4], [48, CONVERT_SRC_FORMAT, 4], [60, CONVERT_DITHER, 4]],
    splittable: true, start: CONVERT_START, inPlace: true,
  }),
  row('METER', DSP_METER, 48, METER_BYTES, {
    operands: [src(8, METER_SRC, 40), whole(24, METER_DST, true, 4)], formats: [40], fields: [[40, METER_FORMAT, 8]],
  }),
  row('UFENCE', DSP_UFENCE, 32, UFENCE_BYTES, {
    operands: [whole(8, UFENCE_DST, true, 8)], fields: [[24, UFENCE_VALUE, 8]],
  }),
  row('BIND', DSP_BIND, 24, BIND_BYTES, { operands: [whole(8, BIND_OPERAND, false, 1)] }),
  row('UNBIND', DSP_UNBIND, 16, BIND_BYTES, { reserved: [12] }),
  row('SPLITHINT', DSP_SPLITHINT, 8, 0, {}),
  row('MARK', DSP_MARK, 16, MARK_BYTES, { fields: [[8, MARK_TAG, 4]], reserved: [12] }),
  row('SWEEP', DSP_SWEEP, 64, SWEEP_BYTES, {
    flags: SWEEP_LOGARITHMIC, operands: [dst(8, SWEEP_DST, 24)], formats: [24],
    fields: [
      [24, SWEEP_FORMAT, 4], [28, SWEEP_RATE_HZ, 4], [32, SWEEP_FROM_HZ, 8], [40, SWEEP_TO_HZ, 8],
      [48, SWEEP_AMPLITUDE, 4], [52, SWEEP_PHASE, 4], [60, SWEEP_FRAMES, 4],
    ],
    floats: [48, 52], doubles: [32, 40], splittable: true, start: SWEEP_START, firstFrame: 56,
  }),
  row('NOISE', DSP_NOISE, 48, NOISE_BYTES, {
    flags: NOISE_PINK, operands: [dst(8, NOISE_DST, 24)], formats: [24],
    fields: [[24, NOISE_FORMAT, 8], [32, NOISE_AMPLITUDE, 4], [36, NOISE_SEED, 4]], reserved: [44],
    floats: [32], splittable: true, start: NOISE_START, firstFrame: 40,
  }),
  row('BIQUAD', DSP_BIQUAD, 80, BIQUAD_BYTES, {
    operands: [
      dst(8, BIQUAD_DST, 40), src(24, BIQUAD_SRC, 40),
      whole(48, BIQUAD_COEFFICIENTS, false, 8), whole(64, BIQUAD_STATE, true, 8),
    ],
    formats: [40], fields: [[40, BIQUAD_FORMAT, 8]], splittable: true, inPlace: true,
  }),
  row('RESAMPLE', DSP_RESAMPLE, 88, RESAMPLE_BYTES, {
    flags: RESAMPLE_STREAMING,
    operands: [
      dst(8, RESAMPLE_DST, 40), { ...src(24, RESAMPLE_SRC, 48), split: false }, whole(56, RESAMPLE_STATE, true, 8),
    ],
    formats: [40, 48],
    fields: [
      [40, RESAMPLE_DST_FORMAT, 4], [48, RESAMPLE_SRC_FORMAT, 4], [44, RESAMPLE_DST_RATE_HZ, 4],
      [52, RESAMPLE_SRC_RATE_HZ, 4], [72, RESAMPLE_STEP_FROM, 4], [76, RESAMPLE_STEP_TO, 4], [80, RESAMPLE_STEP_UNIT, 4],
    ],
    reserved: [84], splittable: true, start: RESAMPLE_START, total: RESAMPLE_TOTAL,
  }),
  row('TONEAT', DSP_TONEAT, 56, TONE_BYTES, { ...TONE, packetOpcode: DSP_TONE, reserved: [52], firstFrame: 48 }),
];

/** Where CONVERT's packets have their frames; the command has them at 56. */
export const CONVERT_USER_FRAMES = 56;
export const CONVERT_PACKET_FRAMES = CONVERT_FRAMES;

/** Rows by opcode. */
export const COMMANDS: ReadonlyMap<number, CommandRow> = new Map(ROWS.map((entry) => [entry.opcode, entry]));
