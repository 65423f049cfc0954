// A captured command stream: its header, its framing, and the commands in it one by one.

import { STATUS_GRAPHICS_DRIVER_MISMATCH, STATUS_INVALID_USER_BUFFER } from '../../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import {
  COMMAND_HEADER_BYTES,
  COMMANDS_MAX,
  STREAM_HEADER_BYTES,
  STREAM_MAGIC,
  STREAM_MAJOR,
} from '../commands-table.ts';

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Header and framing of the whole stream, in the order of §5.4: payload under 32 bytes; magic, version, interface; reserved
 * bits; then sizes and count.
 */
export function checkFraming(stream: DataView, interfaceId: number): NTSTATUS {
  const bytes = stream.byteLength;
  if (bytes < STREAM_HEADER_BYTES) return STATUS_INVALID_USER_BUFFER;
  const minor = stream.getUint16(6, true);
  if (stream.getUint32(0, true) !== STREAM_MAGIC || stream.getUint16(4, true) !== STREAM_MAJOR || minor !== 0) {
    return STATUS_GRAPHICS_DRIVER_MISMATCH;
  }
  if (stream.getUint32(16, true) !== interfaceId) return STATUS_GRAPHICS_DRIVER_MISMATCH;
  for (const offset of [20, 24, 28]) if (stream.getUint32(offset, true) !== 0) return STATUS_INVALID_PARAMETER;
  const count = stream.getUint32(12, true);
  if (stream.getUint32(8, true) !== bytes || count > COMMANDS_MAX) return STATUS_INVALID_USER_BUFFER;
  let at = STREAM_HEADER_BYTES;
  for (let command = 0; command < count; command++) {
    if (bytes - at < COMMAND_HEADER_BYTES) return STATUS_INVALID_USER_BUFFER;
    const size = stream.getUint32(at + 4, true);
    if (size < COMMAND_HEADER_BYTES || size % 8 !== 0 || size > bytes - at) return STATUS_INVALID_USER_BUFFER;
    at += size;
  }
  return at === bytes ? STATUS_SUCCESS : STATUS_INVALID_USER_BUFFER;
}

/** Calls `visit` with the offset of each command from `first` on until it returns something other than null. */
export function walk<T>(stream: DataView, first: number, visit: (at: number, command: number) => T | null): T | null {
  const count = stream.getUint32(12, true);
  let at = STREAM_HEADER_BYTES;
  for (let command = 0; command < count; command++, at += stream.getUint32(at + 4, true)) {
    if (command < first) continue;
    const result = visit(at, command);
    if (result !== null) return result;
  }
  return null;
}
