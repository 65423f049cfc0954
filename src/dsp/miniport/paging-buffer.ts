// DxgkDdiBuildPagingBuffer (dxgk-render §3.6): one operation becomes as many packets as its bytes need, and as many paging
// buffers as these need. MultipassOffset counts the bytes already done; TransferOffset stays.

import {
  type DXGKARG_BUILDPAGINGBUFFER,
  PAGING_DISCARD_CONTENT,
  PAGING_FILL,
  STATUS_GRAPHICS_ALLOCATION_BUSY,
  STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER,
} from '../../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import {
  DSP_PHYS_COPY,
  DSP_PHYS_FILL,
  PACKET_BYTES,
  PACKET_FLAGS,
  PACKET_MOVE_BYTES_MAX,
  PACKET_OPCODE,
  PHYS_ADDRESS,
  PHYS_BYTES,
  PHYS_COPY_OUT,
  PHYS_LENGTH,
  PHYS_PATTERN,
  PHYS_STORE,
  PHYS_STORE_OFFSET,
} from '../../hda/dsp-packets.ts';
import type { BusMemory } from '../../port/device-port.ts';
import type { MiniportAllocation } from './objects.ts';

export function buildPagingBuffer(memory: BusMemory, args: DXGKARG_BUILDPAGINGBUFFER): NTSTATUS {
  if (args.Operation === PAGING_DISCARD_CONTENT) return STATUS_SUCCESS; // nothing to move
  // A filter's state may be in the engine's hands until everything before is done.
  if ((args.hAllocation as MiniportAllocation).isState && !args.AllocationIsIdle)
    return STATUS_GRAPHICS_ALLOCATION_BUSY;

  const out = args.Source.SegmentId !== 0;
  const [place, store] = out ? [args.Source, args.Destination] : [args.Destination, args.Source];
  while (args.MultipassOffset < args.TransferSize) {
    if (args.DmaSize < PHYS_BYTES) return STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER;
    const offset = args.TransferOffset + args.MultipassOffset;
    const length = Math.min(args.TransferSize - args.MultipassOffset, PACKET_MOVE_BYTES_MAX);
    const packet = new DataView(new ArrayBuffer(PHYS_BYTES));
    packet.setUint32(PACKET_BYTES, PHYS_BYTES, true);
    packet.setUint32(PHYS_ADDRESS, place.SegmentAddress + offset, true);
    packet.setUint32(PHYS_LENGTH, length, true);
    if (args.Operation === PAGING_FILL) {
      packet.setUint16(PACKET_OPCODE, DSP_PHYS_FILL, true);
      packet.setUint32(PHYS_PATTERN, args.FillPattern, true);
    } else {
      packet.setUint16(PACKET_OPCODE, DSP_PHYS_COPY, true);
      packet.setUint16(PACKET_FLAGS, out ? PHYS_COPY_OUT : 0, true);
      packet.setUint32(PHYS_STORE, store.SegmentAddress, true);
      packet.setUint32(PHYS_STORE_OFFSET, offset, true);
    }
    memory.write(args.pDmaBuffer, new Uint8Array(packet.buffer));
    args.pDmaBuffer += PHYS_BYTES;
    args.DmaSize -= PHYS_BYTES;
    args.MultipassOffset += length;
  }
  return STATUS_SUCCESS;
}
