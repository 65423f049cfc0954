// Paging operations on node 1: built by the miniport, submitted in order, each with a fence that whoever needs the content
// waits for (dxgk-render §3.6).

import {
  type DmaBufferPrivateData,
  type DXGKARG_BUILDPAGINGBUFFER,
  PAGING_DISCARD_CONTENT,
  PAGING_FILL,
  PAGING_TRANSFER,
  type PagingPlace,
  STATUS_GRAPHICS_ALLOCATION_BUSY,
  STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER,
  SUBMIT_PAGING,
} from '../../ddi/dxgk.ts';
import { STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import type { Miniport } from '../miniport/miniport.ts';
import { PAGING_NODE } from '../miniport/node.ts';
import { isAfter, nextFence } from './fence.ts';
import type { Heap } from './heap.ts';
import type { Allocation } from './objects.ts';
import { STOP_PAGING_FAULTED, STOP_PAGING_STATUS, STOP_SCHEDULER, STOP_VIDEO_MEMORY } from './stop.ts';

interface PagingBuffer {
  readonly address: number;
  readonly bytes: number;
  readonly fence: number;
  readonly privateData: DmaBufferPrivateData;
}

export interface PagingOptions {
  readonly miniport: Miniport;
  readonly pool: Heap;
  readonly bufferBytes: number;
  readonly lastFence: number;
  /** Runs node 1 for a while: paging buffers come back. */
  readonly wait: () => void;
  readonly stop: (code: number, parameter1: number) => void;
}

export class Paging {
  /** Of buffers and preemptions; of buffers alone. */
  lastSubmitted: number;
  lastQueued: number;
  lastCompleted: number;
  /** The node is asked to stop: nothing new goes in. */
  isHeld = false;
  readonly #options: PagingOptions;
  /** All that are not done, in the order of their fences; the first #inRing are the node's. */
  readonly #buffers: PagingBuffer[] = [];
  #inRing = 0;

  constructor(options: PagingOptions) {
    this.#options = options;
    this.lastSubmitted = options.lastFence;
    this.lastQueued = options.lastFence;
    this.lastCompleted = options.lastFence;
  }

  get isIdle(): boolean {
    return this.#buffers.length === 0;
  }

  /** Content from the backing store to the segment, or zeros where there is no store yet. */
  pageIn(allocation: Allocation, hasStore: boolean): void {
    const segment = { SegmentId: 1, SegmentAddress: allocation.address };
    const store = { SegmentId: 0, SegmentAddress: allocation.store };
    this.#submit(allocation, hasStore ? PAGING_TRANSFER : PAGING_FILL, store, segment);
  }

  pageOut(allocation: Allocation): void {
    const segment = { SegmentId: 1, SegmentAddress: allocation.address };
    this.#submit(allocation, PAGING_TRANSFER, segment, { SegmentId: 0, SegmentAddress: allocation.store });
  }

  /** The content in the segment may be forgotten. */
  discard(allocation: Allocation): void {
    const segment = { SegmentId: 1, SegmentAddress: allocation.address };
    this.#submit(allocation, PAGING_DISCARD_CONTENT, segment, segment);
  }

  /** After an adapter reset: the content is gone (§3.6). */
  notifyLoss(allocation: Allocation): void {
    const segment = { SegmentId: 1, SegmentAddress: allocation.address };
    const store = { SegmentId: 0, SegmentAddress: allocation.store };
    const args = pagingArguments(allocation, PAGING_TRANSFER, segment, store, true);
    this.#options.miniport.buildPagingBuffer({ ...args, TransferSize: 0 });
  }

  /** Gives the node what it has room for; Patch has nothing to do and is called all the same (§8.5). */
  feed(): void {
    const { miniport, stop } = this.#options;
    const node = miniport.nodes[PAGING_NODE];
    while (node && !this.isHeld && this.#inRing < this.#buffers.length && node.room > 0) {
      const buffer = this.#buffers[this.#inRing++] as PagingBuffer;
      const place = {
        DmaBufferPhysicalAddress: buffer.address,
        DmaBufferSubmissionStartOffset: 0,
        DmaBufferSubmissionEndOffset: buffer.bytes,
        SubmissionFenceId: buffer.fence,
        Flags: SUBMIT_PAGING,
      };
      const lists = { pAllocationList: [], pPatchLocationList: [], DmaBufferSize: this.#options.bufferBytes };
      const range = { PatchLocationListSubmissionStart: 0, PatchLocationListSubmissionLength: 0 };
      miniport.patch({ ...place, ...lists, ...range });
      const rest = { hContext: null, NodeOrdinal: PAGING_NODE, pDmaBufferPrivateData: buffer.privateData };
      if (miniport.submitCommand({ ...place, ...rest }) !== STATUS_SUCCESS) stop(STOP_SCHEDULER, STOP_PAGING_FAULTED);
    }
  }

  /** Everything up to this fence is done. */
  retire(fence: number): void {
    this.lastCompleted = fence;
    while (this.#buffers[0] && !isAfter(this.#buffers[0].fence, fence)) {
      const { address } = this.#buffers.shift() as PagingBuffer;
      this.#options.pool.free(address, this.#options.bufferBytes);
      this.#inRing--;
    }
  }

  /** Waits until all is done; false if the node stands. */
  drain(): boolean {
    for (let before = -1; !this.isIdle && before !== this.lastCompleted; ) {
      before = this.lastCompleted;
      this.#options.wait();
    }
    return this.isIdle;
  }

  /** The node dropped its ring: the same packets, fences and order once more (§3.7). */
  replay(): void {
    this.isHeld = false;
    this.#inRing = 0;
  }

  clear(): void {
    for (const { address } of this.#buffers) this.#options.pool.free(address, this.#options.bufferBytes);
    this.#buffers.length = 0;
    this.isHeld = false;
    this.#inRing = 0;
    this.lastCompleted = this.lastSubmitted;
  }

  /** Builds the operation, in as many buffers as it takes, and queues them. */
  #submit(allocation: Allocation, operation: number, source: PagingPlace, destination: PagingPlace): void {
    const { miniport, pool, bufferBytes, stop } = this.#options;
    let AllocationIsIdle = false;
    let MultipassOffset = 0;
    for (;;) {
      const address = this.#allocate();
      if (address === 0) {
        stop(STOP_VIDEO_MEMORY, STOP_PAGING_STATUS); // the pool always holds one more buffer than DMA may take
        return;
      }
      const args = pagingArguments(allocation, operation, source, destination, AllocationIsIdle);
      Object.assign(args, { pDmaBuffer: address, DmaSize: bufferBytes, MultipassOffset });
      const status = miniport.buildPagingBuffer(args);
      const bytes = args.pDmaBuffer - address;
      MultipassOffset = args.MultipassOffset;
      if (bytes === 0) pool.free(address, bufferBytes);
      else this.#queue(address, bytes);
      if (status === STATUS_SUCCESS) return;
      if (status === STATUS_GRAPHICS_ALLOCATION_BUSY && !AllocationIsIdle) {
        AllocationIsIdle = true; // nothing in the ring has it: only such allocations are paged
      } else if (status !== STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER || bytes === 0) {
        stop(STOP_VIDEO_MEMORY, STOP_PAGING_STATUS);
        return;
      }
    }
  }

  #queue(address: number, bytes: number): void {
    this.lastSubmitted = nextFence(this.lastSubmitted);
    this.lastQueued = this.lastSubmitted;
    this.#buffers.push({ address, bytes, fence: this.lastSubmitted, privateData: { resume: 0, packets: 0 } });
    this.feed();
  }

  #allocate(): number {
    const { pool, bufferBytes, wait } = this.#options;
    let address = pool.allocate(bufferBytes);
    for (let buffers = this.#buffers.length; address === 0 && buffers > 0; buffers--) {
      wait();
      address = pool.allocate(bufferBytes);
    }
    return address;
  }
}

function pagingArguments(
  hAllocation: Allocation,
  Operation: number,
  Source: PagingPlace,
  Destination: PagingPlace,
  AllocationIsIdle: boolean,
): DXGKARG_BUILDPAGINGBUFFER {
  const cursor = { pDmaBuffer: 0, DmaSize: 0, MultipassOffset: 0 };
  const extent = { TransferOffset: 0, TransferSize: hAllocation.bytes, FillPattern: 0 };
  return { ...cursor, ...extent, Operation, hAllocation: hAllocation.miniport, Source, Destination, AllocationIsIdle };
}
