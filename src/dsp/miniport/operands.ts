// The refs of one command in a capture: from its row, and MIX's sources, which are as many as it says.

import { DSP_MIX, MIX_SOURCE_BYTES, MIX_SOURCES } from '../../hda/dsp-packets.ts';
import {
  type CommandRow,
  MIX_USER_SOURCE_BYTES,
  MIX_USER_SOURCES,
  type Operand,
  REF_BYTES,
} from '../commands-table.ts';
import { frameBytesOf } from '../format.ts';

/** A ref with what it says. */
export interface Reference extends Operand {
  readonly index: number;
  readonly slot: number;
  readonly offset: number;
  readonly length: number;
}

export function mixCount(stream: DataView, at: number): number {
  return stream.getUint32(at + 32, true);
}

/** Bytes that the command must have. */
export function commandBytes(row: CommandRow, stream: DataView, at: number): number {
  return row.opcode === DSP_MIX ? row.bytes + mixCount(stream, at) * MIX_USER_SOURCE_BYTES : row.bytes;
}

/** Bytes of one of its packets. */
export function packetBytes(row: CommandRow, stream: DataView, at: number): number {
  return row.opcode === DSP_MIX ? row.packetBytes + mixCount(stream, at) * MIX_SOURCE_BYTES : row.packetBytes;
}

/** Offset in the command of the gain behind MIX's n-th source. */
export function mixGainAt(n: number): number {
  return MIX_USER_SOURCES + n * MIX_USER_SOURCE_BYTES + REF_BYTES;
}

/** All refs, in the order of the command: also that of the patch list. */
export function references(row: CommandRow, stream: DataView, at: number): Reference[] {
  const found = row.operands.map((operand) => reference(operand, stream, at));
  if (row.opcode !== DSP_MIX) return found;
  for (let n = 0; n < mixCount(stream, at); n++) {
    const source = { write: false, format: 24, split: true, alignment: 1 };
    const places = { at: MIX_USER_SOURCES + n * MIX_USER_SOURCE_BYTES, packet: MIX_SOURCES + n * MIX_SOURCE_BYTES };
    found.push(reference({ ...source, ...places }, stream, at));
  }
  return found;
}

function reference(operand: Operand, stream: DataView, command: number): Reference {
  const at = command + operand.at;
  return {
    ...operand,
    index: stream.getUint32(at, true),
    slot: stream.getUint32(at + 4, true),
    offset: stream.getUint32(at + 8, true),
    length: stream.getUint32(at + 12, true),
  };
}

/** Bytes of the ref that one frame (or, without a format, one byte) of the command has. */
export function unitBytes(operand: Operand, stream: DataView, at: number): number {
  return operand.format === 0 ? 1 : frameBytesOf(stream.getUint32(at + operand.format, true));
}
