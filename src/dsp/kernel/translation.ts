// One pass of Render over a captured command buffer (dxgk-render §2.7): a fresh DMA buffer, a fresh patch list, the same
// capture, the miniport's own MultipassOffset.

import {
  type D3DDDI_PATCHLOCATIONLIST,
  STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER,
  STATUS_INVALID_USER_BUFFER,
} from '../../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_NO_MEMORY, STATUS_PENDING, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import { refreshList } from './allocation-list.ts';
import type { Kernel } from './kernel.ts';
import type { Context } from './objects.ts';
import {
  STOP_BAD_SPLIT_REFERENCE,
  STOP_DMA_CURSOR,
  STOP_INSUFFICIENT_UNDER_CONTRACT,
  STOP_VIDEO_MEMORY,
} from './stop.ts';
import type { Translation } from './submission.ts';

/**
 * One pass. SUCCESS: it was the last; PENDING: there is more; NO_MEMORY: no DMA buffer is free, nothing happened; anything
 * else: Render refused.
 */
export function translatePass(kernel: Kernel, translation: Translation): NTSTATUS {
  const { context } = translation;
  const { contract } = context.device;
  for (;;) {
    const capacity = contract ? context.user.commandBufferBytes : context.dmaBufferBytes;
    const address = kernel.pool.allocate(capacity);
    if (address === 0) return STATUS_NO_MEMORY;
    const written = refreshList(translation.list);
    const patches: D3DDDI_PATCHLOCATIONLIST[] = [];
    const privateData = { resume: 0, packets: 0 };
    const args = {
      pCommand: translation.stream,
      CommandLength: translation.stream.length,
      pDmaBuffer: address,
      DmaSize: capacity,
      pDmaBufferPrivateData: privateData,
      pAllocationList: translation.list.elements,
      AllocationListSize: translation.list.elements.length,
      pPatchLocationListIn: translation.patchIn,
      PatchLocationListInSize: translation.patchInSize,
      PatchLocationListOut: patches,
      pPatchLocationListOut: 0,
      PatchLocationListOutSize: contract ? capacity : context.patchLocations,
      MultipassOffset: translation.multipassOffset,
    };
    const status = translation.fromKernel
      ? kernel.miniport.renderKm(context.miniport, args)
      : kernel.miniport.render(context.miniport, args);
    const bytes = args.pDmaBuffer - address;
    const isFull = status === STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER;

    if (bytes < 0 || bytes > capacity) kernel.stop(STOP_VIDEO_MEMORY, STOP_DMA_CURSOR);
    else if (patches.some((patch) => patch.SplitOffset > bytes))
      kernel.stop(STOP_VIDEO_MEMORY, STOP_BAD_SPLIT_REFERENCE);
    else if (isFull && contract) kernel.stop(STOP_VIDEO_MEMORY, STOP_INSUFFICIENT_UNDER_CONTRACT);
    else if (isFull && bytes === 0) {
      kernel.pool.free(address, capacity);
      if (!grow(context, kernel)) return STATUS_INVALID_USER_BUFFER; // a pass without progress
      continue;
    } else if (status === STATUS_SUCCESS || isFull) {
      translation.multipassOffset = args.MultipassOffset;
      translation.isTranslated = !isFull;
      translation.buffersOut++;
      context.buffersOut++;
      const place = { translation, address, capacity, bytes, patches, written, privateData, isPatched: false };
      const progress = { nextByte: 0, nextPatch: 0, slots: new Map(), portion: null, pagingFence: 0, fence: 0 };
      translation.submissions.push({ ...place, ...progress });
      return isFull ? STATUS_PENDING : STATUS_SUCCESS;
    }
    kernel.pool.free(address, capacity);
    return status;
  }
}

/** The largest DMA buffer and patch list, once; false if they were that already. */
function grow(context: Context, kernel: Kernel): boolean {
  const { dmaBufferBytesMax, patchLocationsMax } = kernel.limits;
  if (context.dmaBufferBytes === dmaBufferBytesMax && context.patchLocations === patchLocationsMax) return false;
  context.dmaBufferBytes = dmaBufferBytesMax;
  context.patchLocations = patchLocationsMax;
  return true;
}
