// Commands to bytes: the stream, and the list of allocations that its references index (commands-table.ts, dxgk-render §5.3).

import { ALLOCATIONLIST_WRITE_OPERATION, D3DDDI_ALLOCATIONLIST_BYTES, type D3DKMT_HANDLE } from '../ddi/dxgk.ts';
import { INTERFACE_ID, SLOTS, STREAM_HEADER_BYTES, STREAM_MAGIC, STREAM_MAJOR } from './commands-table.ts';
import { extent, type Ref } from './places.ts';

export interface Command {
  readonly opcode: number;
  readonly flags: number;
  readonly bytes: number;
  readonly refs: readonly Ref[];
  readonly fill: (view: DataView, at: number) => void;
}

/** A command buffer and its allocation list, as user memory holds them; element 0 is the NULL element. */
export interface BuiltCommands {
  readonly stream: Uint8Array;
  readonly allocationList: Uint8Array;
  readonly allocations: number;
}

export function encodeCommands(all: readonly Command[]): BuiltCommands {
  const bytes = all.reduce((sum, command) => sum + command.bytes, STREAM_HEADER_BYTES);
  const view = new DataView(new ArrayBuffer(bytes));
  view.setUint32(0, STREAM_MAGIC, true);
  view.setUint16(4, STREAM_MAJOR, true);
  view.setUint32(8, bytes, true);
  view.setUint32(12, all.length, true);
  view.setUint32(16, INTERFACE_ID, true);

  const indices = new Map<D3DKMT_HANDLE, number>();
  const written = new Set<D3DKMT_HANDLE>();
  let at = STREAM_HEADER_BYTES;
  for (const command of all) {
    view.setUint16(at, command.opcode, true);
    view.setUint16(at + 2, command.flags, true);
    view.setUint32(at + 4, command.bytes, true);
    for (const [n, ref] of command.refs.entries()) {
      const { buffer, offset, length } = extent(ref);
      const index = indices.get(buffer.handle) ?? indices.size + 1;
      indices.set(buffer.handle, index);
      if (ref.write) written.add(buffer.handle);
      view.setUint32(at + ref.at, index, true);
      view.setUint32(at + ref.at + 4, n % SLOTS, true);
      view.setUint32(at + ref.at + 8, offset, true);
      view.setUint32(at + ref.at + 12, length, true);
    }
    command.fill(view, at);
    at += command.bytes;
  }
  const list = new DataView(new ArrayBuffer((indices.size + 1) * D3DDDI_ALLOCATIONLIST_BYTES));
  for (const [handle, index] of indices) {
    list.setUint32(index * D3DDDI_ALLOCATIONLIST_BYTES, handle, true);
    const flags = written.has(handle) ? ALLOCATIONLIST_WRITE_OPERATION : 0;
    list.setUint32(index * D3DDDI_ALLOCATIONLIST_BYTES + 4, flags, true);
  }
  return {
    stream: new Uint8Array(view.buffer),
    allocationList: new Uint8Array(list.buffer),
    allocations: indices.size + 1,
  };
}
