// A command buffer on its way (a translation), the DMA buffers that Render makes of it pass by pass (submissions), and the
// parts in which these are submitted (portions).

import type { D3DDDI_PATCHLOCATIONLIST, DmaBufferPrivateData } from '../../ddi/dxgk.ts';
import type { KernelList } from './allocation-list.ts';
import type { Allocation, Context } from './objects.ts';

/** A command buffer that was accepted: captured once, kept until the last of its DMA buffers is done. */
export interface Translation {
  readonly context: Context;
  readonly stream: Uint8Array;
  readonly patchIn: Uint8Array;
  readonly patchInSize: number;
  readonly list: KernelList;
  readonly nullRendering: boolean;
  /** Made by the kernel itself: RenderKm. */
  readonly fromKernel: boolean;
  /** Kernel memory that it holds. */
  readonly charged: number;
  multipassOffset: number;
  isTranslated: boolean;
  /** DMA buffers that wait for the node, oldest first; the first may have a portion in the ring. */
  readonly submissions: Submission[];
  /** DMA buffers that are not done. */
  buffersOut: number;
}

export interface Submission {
  readonly translation: Translation;
  /** Where its DMA buffer lies, the buffer's size, and the bytes that Render wrote. */
  readonly address: number;
  readonly capacity: number;
  readonly bytes: number;
  readonly patches: readonly D3DDDI_PATCHLOCATIONLIST[];
  /** Addresses that Render wrote, by list element. */
  readonly written: readonly number[];
  readonly privateData: DmaBufferPrivateData;
  /** Whether Patch has run: then what stands in the buffer is no longer what Render wrote. */
  isPatched: boolean;
  /** Byte and patch location where the next portion begins, and what the slots hold there. */
  nextByte: number;
  nextPatch: number;
  slots: ReadonlyMap<number, Allocation>;
  /** Prepared: pinned, and waiting for paging up to this fence. */
  portion: Portion | null;
  pagingFence: number;
  /** Of the portion in the ring; 0: none is. */
  fence: number;
}

/** Part of a DMA buffer that is submitted at once (dxgk-render §3.5). */
export interface Portion {
  readonly start: number;
  readonly end: number;
  /** Its patch locations. */
  readonly firstPatch: number;
  readonly patches: number;
  readonly allocations: ReadonlySet<Allocation>;
  /** What the slots held before it. */
  readonly slots: ReadonlyMap<number, Allocation>;
}
