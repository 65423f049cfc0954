// Commands to packets: how many one becomes, and each one's bytes and patch locations (dxgk-render §5.3, §5.5, §5.7).
// Only what has been validated comes here.

import type { D3DDDI_PATCHLOCATIONLIST, DXGK_ALLOCATIONLIST } from '../../ddi/dxgk.ts';
import {
  BIND_OPERAND,
  DSP_CONVERT,
  DSP_COPY,
  DSP_FILL,
  DSP_MIX,
  DSP_RESAMPLE,
  DSP_UNBIND,
  MIX_SOURCE_BYTES,
  MIX_SOURCE_GAIN,
  MIX_SOURCES,
  PACKET_BYTES,
  PACKET_FLAGS,
  PACKET_FRAMES_MAX,
  PACKET_MOVE_BYTES_MAX,
  PACKET_OPCODE,
} from '../../hda/dsp-packets.ts';
import { CONVERT_PACKET_FRAMES, type CommandRow } from '../commands-table.ts';
import { mixCount, mixGainAt, packetBytes, type Reference, references, unitBytes } from './operands.ts';

/** Frames, or bytes of COPY and FILL, that one packet has at most. */
function unitsPerPacket(row: CommandRow, stream: DataView, at: number): number {
  if (row.opcode === DSP_COPY || row.opcode === DSP_FILL) return PACKET_MOVE_BYTES_MAX;
  if (row.opcode !== DSP_RESAMPLE) return PACKET_FRAMES_MAX;
  // Downwards an output costs as much more as its filter is longer.
  const ratio = stream.getUint32(at + 44, true) / stream.getUint32(at + 52, true);
  return Math.max(1, Math.floor(PACKET_FRAMES_MAX * Math.min(1, ratio)));
}

/** Frames, or bytes of COPY and FILL, of the whole command. */
function unitsOf(row: CommandRow, stream: DataView, at: number): number {
  const first = row.operands[0];
  return first ? stream.getUint32(at + first.at + 12, true) / unitBytes(first, stream, at) : 0;
}

/** Packets that the command becomes. */
export function packetCount(row: CommandRow, stream: DataView, at: number): number {
  if (row.packetBytes === 0) return 0;
  if (!row.splittable) return 1;
  return Math.ceil(unitsOf(row, stream, at) / unitsPerPacket(row, stream, at));
}

/** Patch locations that each of its packets has. */
export function patchCount(row: CommandRow, stream: DataView, at: number): number {
  if (row.opcode === DSP_UNBIND) return 1;
  return row.operands.length + (row.opcode === DSP_MIX ? mixCount(stream, at) : 0);
}

export interface Place {
  /** Number of the command in its stream, of the packet in the command. */
  readonly command: number;
  readonly chunk: number;
  /** Of the packet in the DMA buffer. */
  readonly offset: number;
}

/**
 * Writes one packet into `packet` (its bytes are zero before) and its patch locations into `patches` from `patchAt` on.
 * Addresses of resident allocations are filled in at once (§2.5); of others they stay 0, which the engine refuses.
 */
export function writePacket(
  row: CommandRow,
  stream: DataView,
  at: number,
  list: readonly DXGK_ALLOCATIONLIST[],
  place: Place,
  packet: DataView,
  patches: D3DDDI_PATCHLOCATIONLIST[],
  patchAt: number,
): void {
  packet.setUint16(PACKET_OPCODE, row.packetOpcode, true);
  packet.setUint16(PACKET_FLAGS, stream.getUint16(at + 2, true), true);
  packet.setUint32(PACKET_BYTES, packetBytes(row, stream, at), true);
  for (const [user, target, bytes] of row.fields) {
    packet.setUint32(target, stream.getUint32(at + user, true), true);
    if (bytes === 8) packet.setUint32(target + 4, stream.getUint32(at + user + 4, true), true);
  }
  if (row.opcode === DSP_UNBIND) {
    const SlotId = stream.getUint32(at + 8, true);
    patches[patchAt] = location(place, 0, { index: 0, slot: SlotId, packet: BIND_OPERAND }, 0);
    return;
  }

  const first = place.chunk * unitsPerPacket(row, stream, at);
  const total = row.splittable ? unitsOf(row, stream, at) : 0;
  const units = Math.min(total - first, unitsPerPacket(row, stream, at));
  for (const [n, ref] of references(row, stream, at).entries()) {
    const unit = row.splittable && ref.split ? unitBytes(ref, stream, at) : 0;
    const offset = ref.offset + first * unit;
    const element = list[ref.index];
    if (element && element.SegmentId !== 0) packet.setUint32(ref.packet, element.PhysicalAddress + offset, true);
    packet.setUint32(ref.packet + 4, unit === 0 ? ref.length : units * unit, true);
    patches[patchAt + n] = location(place, n, ref, offset);
  }
  if (row.start !== 0) {
    const origin = row.firstFrame === 0 ? 0 : stream.getUint32(at + row.firstFrame, true);
    packet.setUint32(row.start, origin + first, true);
  }
  if (row.total !== 0) packet.setUint32(row.total, total, true);
  if (row.opcode === DSP_CONVERT) packet.setUint32(CONVERT_PACKET_FRAMES, units, true);
  if (row.opcode === DSP_MIX) {
    for (let n = 0; n < mixCount(stream, at); n++) {
      const gain = stream.getUint32(at + mixGainAt(n), true);
      packet.setUint32(MIX_SOURCES + n * MIX_SOURCE_BYTES + MIX_SOURCE_GAIN, gain, true);
    }
  }
}

function location(
  place: Place,
  operand: number,
  ref: Pick<Reference, 'index' | 'slot' | 'packet'>,
  offset: number,
): D3DDDI_PATCHLOCATIONLIST {
  return {
    AllocationIndex: ref.index,
    SlotId: ref.slot,
    DriverId: ((place.command << 8) | (operand & 0xff)) >>> 0,
    AllocationOffset: offset,
    PatchOffset: place.offset + ref.packet,
    SplitOffset: place.offset,
  };
}
