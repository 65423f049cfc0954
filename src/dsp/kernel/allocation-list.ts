// The app's allocation list, captured, becomes the kernel's (dxgk-render §5.4 step 4): handles resolved, rights checked,
// addresses filled in. Indices stay.

import {
  ALLOCATIONLIST_RESERVED,
  ALLOCATIONLIST_WRITE_OPERATION,
  D3DDDI_ALLOCATIONLIST_BYTES,
  type DXGK_ALLOCATIONLIST,
  STATUS_GRAPHICS_CANT_RENDER_LOCKED_ALLOCATION,
} from '../../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_INVALID_HANDLE, STATUS_INVALID_PARAMETER } from '../../ddi/ntstatus.ts';
import type { HandleTable } from './handles.ts';
import { type Allocation, Binding, type Device } from './objects.ts';

/** A kernel allocation list: what the miniport sees, and the allocation behind each element (null: the NULL element). */
export interface KernelList {
  readonly elements: DXGK_ALLOCATIONLIST[];
  readonly allocations: readonly (Allocation | null)[];
}

/** The list, or the status that refuses it. Takes no references. */
export function convertList(
  bytes: Uint8Array,
  count: number,
  device: Device,
  handles: HandleTable,
): KernelList | NTSTATUS {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: DXGK_ALLOCATIONLIST[] = [];
  const allocations: (Allocation | null)[] = [];
  for (let n = 0; n < count; n++) {
    const handle = view.getUint32(n * D3DDDI_ALLOCATIONLIST_BYTES, true);
    const flags = view.getUint32(n * D3DDDI_ALLOCATIONLIST_BYTES + 4, true);
    const WriteOperation = (flags & ALLOCATIONLIST_WRITE_OPERATION) !== 0;
    if ((flags & ALLOCATIONLIST_RESERVED) !== 0) return STATUS_INVALID_PARAMETER;
    if (n === 0 && handle !== 0) return STATUS_INVALID_PARAMETER; // element 0 is the NULL element
    if (handle === 0) {
      elements.push({ hDeviceSpecificAllocation: null, WriteOperation, SegmentId: 0, PhysicalAddress: 0 });
      allocations.push(null);
      continue;
    }
    const binding = handles.get(handle, Binding);
    if (binding?.device !== device) return STATUS_INVALID_HANDLE; // unknown, stale and foreign look alike
    if (WriteOperation && binding.readOnly) return STATUS_INVALID_PARAMETER;
    if (binding.allocation.staging) return STATUS_GRAPHICS_CANT_RENDER_LOCKED_ALLOCATION;
    elements.push({ hDeviceSpecificAllocation: binding.miniport, WriteOperation, SegmentId: 0, PhysicalAddress: 0 });
    allocations.push(binding.allocation);
  }
  return { elements, allocations };
}

/** Fills in where each allocation is now; returns the addresses. */
export function refreshList(list: KernelList): number[] {
  return list.elements.map((element, n) => {
    const address = list.allocations[n]?.address ?? 0;
    element.SegmentId = address === 0 ? 0 : 1;
    element.PhysicalAddress = address;
    return address;
  });
}
