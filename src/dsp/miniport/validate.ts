// Judges a captured command stream before anything is emitted (dxgk-render §2.4, §5.4, §5.6). The first fault in the order
// of §5.4 decides: framing of the whole; then command by command opcode, size, reserved bits, handles, zero lengths,
// ranges, write rights, alignment and overlap, values; then the patch-in list; then what can never fit.

import {
  type DXGK_ALLOCATIONLIST,
  STATUS_ILLEGAL_INSTRUCTION,
  STATUS_INVALID_USER_BUFFER,
  STATUS_PRIVILEGED_INSTRUCTION,
} from '../../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_INVALID_HANDLE, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import { DSP_PRIVILEGED, DSP_UNBIND } from '../../hda/dsp-packets.ts';
import { COMMANDS, type CommandRow, SLOTS } from '../commands-table.ts';
import { sampleBytesOf } from '../format.ts';
import { ENGINE_NODE } from './node.ts';
import { bindingOf } from './objects.ts';
import { commandBytes, packetBytes, type Reference, references, unitBytes } from './operands.ts';
import { packetCount } from './packets.ts';
import { checkFraming, walk } from './stream.ts';
import { valuesAreValid } from './values.ts';

export interface Rules {
  readonly interfaceId: number;
  readonly list: readonly DXGK_ALLOCATIONLIST[];
  /** A guaranteed-contract device: one command, at most one packet. */
  readonly contract: boolean;
  readonly dmaBufferBytesMax: number;
  readonly node: number;
}

/** SUCCESS, or why the stream is refused. */
export function validateStream(stream: DataView, rules: Rules): NTSTATUS {
  const framing = checkFraming(stream, rules.interfaceId);
  if (framing !== STATUS_SUCCESS) return framing;
  return walk(stream, 0, (at) => failure(checkCommand(stream, at, rules))) ?? STATUS_SUCCESS;
}

/** What can never be translated: a packet longer than any DMA buffer; under contract, more packets than one. */
export function validateCapacity(stream: DataView, rules: Rules): NTSTATUS {
  const refused = walk(stream, 0, (at) => {
    const row = rowAt(stream, at);
    const packets = packetCount(row, stream, at);
    const fits = packetBytes(row, stream, at) <= rules.dmaBufferBytesMax && packets <= 0x10000;
    return fits && !(rules.contract && packets > 1) ? null : STATUS_INVALID_USER_BUFFER;
  });
  return refused ?? STATUS_SUCCESS;
}

/** The row of a command that has been validated. */
export function rowAt(stream: DataView, at: number): CommandRow {
  return COMMANDS.get(stream.getUint16(at, true)) as CommandRow;
}

function failure(status: NTSTATUS): NTSTATUS | null {
  return status === STATUS_SUCCESS ? null : status;
}

function checkCommand(stream: DataView, at: number, { list, node }: Rules): NTSTATUS {
  const opcode = stream.getUint16(at, true);
  if ((opcode & DSP_PRIVILEGED) !== 0) return STATUS_PRIVILEGED_INSTRUCTION;
  const row = COMMANDS.get(opcode);
  if (!row || (row.packetBytes > 0 && node !== ENGINE_NODE)) return STATUS_ILLEGAL_INSTRUCTION;
  const size = stream.getUint32(at + 4, true);
  if (size < row.bytes || size !== commandBytes(row, stream, at)) return STATUS_INVALID_USER_BUFFER;
  const refs = references(row, stream, at);
  if (!reservedAreZero(row, stream, at, refs)) return STATUS_INVALID_PARAMETER;
  if (row.opcode === DSP_UNBIND && list.length === 0) return STATUS_INVALID_HANDLE; // element 0 stands for «none»
  for (const ref of refs) if (ref.index >= list.length) return STATUS_INVALID_HANDLE;
  for (const ref of refs) if (!bindingOf(list, ref.index)) return STATUS_INVALID_HANDLE;
  for (const ref of refs) if (ref.length === 0) return STATUS_INVALID_PARAMETER;
  for (const ref of refs) {
    if (ref.offset + ref.length > (bindingOf(list, ref.index)?.allocation.bytes ?? 0)) {
      return STATUS_PRIVILEGED_INSTRUCTION;
    }
  }
  for (const ref of refs) if (ref.write && !list[ref.index]?.WriteOperation) return STATUS_PRIVILEGED_INSTRUCTION;
  const valid =
    refs.every((ref) => isAligned(ref, stream, at)) &&
    !overlaps(row, refs, list) &&
    valuesAreValid(row, stream, at, refs);
  return valid ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

function reservedAreZero(row: CommandRow, stream: DataView, at: number, refs: readonly Reference[]): boolean {
  if ((stream.getUint16(at + 2, true) & ~row.flags) !== 0) return false;
  if (row.opcode === DSP_UNBIND && stream.getUint32(at + 8, true) >= SLOTS) return false;
  return (
    row.reserved.every((offset) => stream.getUint32(at + offset, true) === 0) &&
    row.formats.every((offset) => stream.getUint8(at + offset + 3) === 0) &&
    refs.every((ref) => ref.slot < SLOTS)
  );
}

/** Format operands lie on whole frames, the others as their row says. */
function isAligned(ref: Reference, stream: DataView, at: number): boolean {
  if (ref.format === 0) return ref.offset % ref.alignment === 0;
  const frame = unitBytes(ref, stream, at);
  const sample = sampleBytesOf(stream.getUint32(at + ref.format, true));
  return frame !== 0 && ref.offset % sample === 0 && ref.offset % frame === 0 && ref.length % frame === 0;
}

/** Whether something written meets another operand, judged on the allocation; «in place» is the identical range. */
function overlaps(row: CommandRow, refs: readonly Reference[], list: readonly DXGK_ALLOCATIONLIST[]): boolean {
  return refs.some((written) => written.write && refs.some((other) => other !== written && meet(written, other)));

  function meet(a: Reference, b: Reference): boolean {
    if (bindingOf(list, a.index)?.allocation !== bindingOf(list, b.index)?.allocation) return false;
    if (a.offset >= b.offset + b.length || b.offset >= a.offset + a.length) return false;
    const identical = a.offset === b.offset && a.length === b.length;
    return !(row.inPlace && a.split && b.split && identical);
  }
}
