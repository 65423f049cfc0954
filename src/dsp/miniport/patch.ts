// DxgkDdiPatch (dxgk-render §3.2): writes the final addresses over whatever Render or an earlier Patch wrote.

import type { DXGKARG_PATCH } from '../../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import type { BusMemory } from '../../port/device-port.ts';

export function patch(memory: BusMemory, args: DXGKARG_PATCH): NTSTATUS {
  const word = new DataView(new ArrayBuffer(4));
  const end = args.PatchLocationListSubmissionStart + args.PatchLocationListSubmissionLength;
  for (let n = args.PatchLocationListSubmissionStart; n < end; n++) {
    const location = args.pPatchLocationList[n];
    const element = location && args.pAllocationList[location.AllocationIndex];
    if (!location || !element) continue; // Render made both lists
    const resident = element.hDeviceSpecificAllocation !== null && element.SegmentId !== 0;
    word.setUint32(0, resident ? element.PhysicalAddress + location.AllocationOffset : 0, true);
    memory.write(args.DmaBufferPhysicalAddress + location.PatchOffset, new Uint8Array(word.buffer));
  }
  return STATUS_SUCCESS;
}
