// What each opcode asks of its values, past what its row already says.

import {
  BIQUAD_SECTION_BYTES,
  BIQUAD_SECTIONS_MAX,
  BIQUAD_STATE_BYTES,
  DSP_BIQUAD,
  DSP_CONVERT,
  DSP_FILL,
  DSP_METER,
  DSP_MIX,
  DSP_RESAMPLE,
  DSP_SWEEP,
  DSP_TONE,
  DSP_TONEAT,
  DSP_UFENCE,
  METER_CHANNEL_BYTES,
  MIX_SOURCES_MAX,
  PACKET_FRAMES_MAX,
  SWEEP_LOGARITHMIC,
} from '../../hda/dsp-packets.ts';
import { CONVERT_USER_FRAMES, type CommandRow } from '../commands-table.ts';
import { channelsOf, frameBytesOf, isFormat } from '../format.ts';
import { resamplerStateBytes } from '../resampler.ts';
import { mixCount, mixGainAt, type Reference } from './operands.ts';

const FRAMES_END = 2 ** 32; // frame numbers are u32

export function valuesAreValid(row: CommandRow, stream: DataView, at: number, refs: readonly Reference[]): boolean {
  const u32 = (offset: number) => stream.getUint32(at + offset, true);
  return (
    row.formats.every((offset) => isFormat(u32(offset), u32(offset + 4))) &&
    row.floats.every((offset) => Number.isFinite(stream.getFloat32(at + offset, true))) &&
    row.doubles.every((offset) => Number.isFinite(stream.getFloat64(at + offset, true))) &&
    splitLengthsAgree(row, refs) &&
    opcodeAgrees(row, stream, at, refs)
  );
}

/** Destination and sources of one format have one length. */
function splitLengthsAgree(row: CommandRow, refs: readonly Reference[]): boolean {
  const along = refs.filter((ref) => ref.split && row.splittable);
  return along.every((ref) => ref.format !== along[0]?.format || ref.length === along[0]?.length);
}

function opcodeAgrees(row: CommandRow, stream: DataView, at: number, refs: readonly Reference[]): boolean {
  const u32 = (offset: number) => stream.getUint32(at + offset, true);
  const f64 = (offset: number) => stream.getFloat64(at + offset, true);
  const length = (n: number) => refs[n]?.length ?? 0;
  const frames = row.formats.length === 0 ? 0 : length(0) / frameBytesOf(u32(row.formats[0] ?? 0));
  if (row.firstFrame !== 0 && u32(row.firstFrame) + frames > FRAMES_END) return false;
  switch (row.opcode) {
    case DSP_FILL: {
      const patternBytes = u32(28);
      const offset = refs[0]?.offset ?? 0;
      return [1, 2, 4].includes(patternBytes) && offset % patternBytes === 0 && length(0) % patternBytes === 0;
    }
    case DSP_TONE:
    case DSP_TONEAT:
      return f64(32) >= 0 && f64(32) <= u32(28) / 2;
    case DSP_MIX: {
      const count = mixCount(stream, at);
      if (count < 1 || count > MIX_SOURCES_MAX) return false;
      return refs.slice(1).every((_, n) => Number.isFinite(stream.getFloat32(at + mixGainAt(n), true)));
    }
    case DSP_CONVERT:
      return (
        u32(CONVERT_USER_FRAMES) === frames &&
        length(1) === frames * frameBytesOf(u32(48)) &&
        channelsOf(u32(40)) === channelsOf(u32(48)) &&
        u32(44) === u32(52)
      );
    case DSP_METER:
      return frames <= PACKET_FRAMES_MAX && length(1) === channelsOf(u32(40)) * METER_CHANNEL_BYTES;
    case DSP_UFENCE:
      return length(0) === 8;
    case DSP_SWEEP: {
      const least = (stream.getUint16(at + 2, true) & SWEEP_LOGARITHMIC) !== 0 ? 1e-3 : 0;
      const inBand = (hz: number) => hz >= least && hz <= u32(28) / 2;
      return inBand(f64(32)) && inBand(f64(40)) && u32(60) > 0;
    }
    case DSP_BIQUAD: {
      const sections = length(2) / BIQUAD_SECTION_BYTES;
      return (
        Number.isInteger(sections) &&
        sections <= BIQUAD_SECTIONS_MAX &&
        length(3) === sections * channelsOf(u32(40)) * BIQUAD_STATE_BYTES
      );
    }
    case DSP_RESAMPLE:
      return channelsOf(u32(40)) === channelsOf(u32(48)) && resampleAgrees(u32, length(2));
    default:
      return true;
  }
}

/** The state has the size of these rates and channels, and both steps are within a tenth of the rates' ratio. */
function resampleAgrees(u32: (offset: number) => number, stateBytes: number): boolean {
  const [dstRateHz, srcRateHz, unit] = [u32(44), u32(52), u32(80)];
  if (unit === 0 || stateBytes !== resamplerStateBytes(srcRateHz, dstRateHz, channelsOf(u32(40)))) return false;
  const nominal = srcRateHz / dstRateHz;
  return [u32(72) / unit, u32(76) / unit].every((step) => step > 0.9 * nominal && step < 1.1 * nominal);
}
