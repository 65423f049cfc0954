// The display driver model's command submission, as types (dxgk-render §1–§4, §7). Fields keep their WDK names. Pointers
// are what they point at: a buffer is its bytes, a cursor into RAM is an address, a cursor into a list is an index.

import type { NTSTATUS } from './ntstatus.ts';

export const STATUS_ILLEGAL_INSTRUCTION: NTSTATUS = 0xc000001d;
export const STATUS_PRIVILEGED_INSTRUCTION: NTSTATUS = 0xc0000096;
export const STATUS_INVALID_USER_BUFFER: NTSTATUS = 0xc00000e8;
export const STATUS_DEVICE_REMOVED: NTSTATUS = 0xc00002b6;
export const STATUS_GRAPHICS_INSUFFICIENT_DMA_BUFFER: NTSTATUS = 0xc01e0001;
export const STATUS_GRAPHICS_DRIVER_MISMATCH: NTSTATUS = 0xc01e0009;
export const STATUS_GRAPHICS_ALLOCATION_BUSY: NTSTATUS = 0xc01e0102;
export const STATUS_GRAPHICS_CANT_RENDER_LOCKED_ALLOCATION: NTSTATUS = 0xc01e0111;
export const STATUS_GRAPHICS_GPU_EXCEPTION_ON_DEVICE: NTSTATUS = 0xc01e0200;

/** A handle of user mode: a number that names an object of one process; 0 names none. */
export type D3DKMT_HANDLE = number;

/** One element in user memory: u32 handle, u32 flags. */
export const D3DDDI_ALLOCATIONLIST_BYTES = 8;
export const ALLOCATIONLIST_WRITE_OPERATION = 1 << 0;
export const ALLOCATIONLIST_DO_NOT_RETIRE_INSTANCE = 1 << 1;
export const ALLOCATIONLIST_OFFER_PRIORITY = 7 << 2;
export const ALLOCATIONLIST_RESERVED = 0xffffffe0;

/** The kernel's copy of an element (§4). */
export interface DXGK_ALLOCATIONLIST {
  /** What OpenAllocation returned; null is the NULL element. */
  readonly hDeviceSpecificAllocation: object | null;
  readonly WriteOperation: boolean;
  /** 0: paged out, no address known. */
  SegmentId: number;
  PhysicalAddress: number;
}

/** In user memory: six u32 in this order; SlotId is 24 bits of its word, the other eight reserved. */
export interface D3DDDI_PATCHLOCATIONLIST {
  readonly AllocationIndex: number;
  readonly SlotId: number;
  readonly DriverId: number;
  readonly AllocationOffset: number;
  /** Byte of the DMA buffer that holds the address. */
  readonly PatchOffset: number;
  /** The DMA buffer can run up to this byte without the allocation. */
  readonly SplitOffset: number;
}
export const D3DDDI_PATCHLOCATIONLIST_BYTES = 24;
export const PATCHLOCATION_SLOT = 0x00ffffff;

/** DxgkDdiRender (§2.2). */
export interface DXGKARG_RENDER {
  readonly pCommand: Uint8Array;
  readonly CommandLength: number;
  /** Cursor: physical address of the next byte of the DMA buffer. */
  pDmaBuffer: number;
  readonly DmaSize: number;
  readonly pDmaBufferPrivateData: DmaBufferPrivateData;
  readonly pAllocationList: readonly DXGK_ALLOCATIONLIST[];
  readonly AllocationListSize: number;
  readonly pPatchLocationListIn: Uint8Array;
  readonly PatchLocationListInSize: number;
  readonly PatchLocationListOut: D3DDDI_PATCHLOCATIONLIST[];
  /** Cursor: index of the next free element of PatchLocationListOut. */
  pPatchLocationListOut: number;
  readonly PatchLocationListOutSize: number;
  /** 0 on the first call for a command buffer; then whatever the driver left. */
  MultipassOffset: number;
}

/** What the driver keeps with a DMA buffer on its way through Render, Patch and Submit. */
export interface DmaBufferPrivateData {
  /** Address up to which the engine has run it; 0: not begun. Preemption leaves it, resubmission starts there. */
  resume: number;
  packets: number;
}

/** DxgkDdiPatch (§3.2). */
export interface DXGKARG_PATCH {
  /** Of the whole buffer, wherever the submission starts. */
  readonly DmaBufferPhysicalAddress: number;
  readonly DmaBufferSize: number;
  readonly DmaBufferSubmissionStartOffset: number;
  readonly DmaBufferSubmissionEndOffset: number;
  readonly pAllocationList: readonly DXGK_ALLOCATIONLIST[];
  readonly pPatchLocationList: readonly D3DDDI_PATCHLOCATIONLIST[];
  readonly PatchLocationListSubmissionStart: number;
  readonly PatchLocationListSubmissionLength: number;
  readonly SubmissionFenceId: number;
  readonly Flags: number;
}

export const SUBMIT_PAGING = 1 << 0;
export const SUBMIT_NULL_RENDERING = 1 << 3;
export const SUBMIT_RESUBMISSION = 1 << 7;

/** DxgkDdiSubmitCommand (§3.3). */
export interface DXGKARG_SUBMITCOMMAND {
  readonly hContext: object | null;
  readonly DmaBufferPhysicalAddress: number;
  readonly DmaBufferSubmissionStartOffset: number;
  readonly DmaBufferSubmissionEndOffset: number;
  readonly pDmaBufferPrivateData: DmaBufferPrivateData;
  readonly SubmissionFenceId: number;
  readonly Flags: number;
  readonly NodeOrdinal: number;
}

/** DxgkDdiPreemptCommand (§3.7). */
export interface DXGKARG_PREEMPTCOMMAND {
  readonly PreemptionFenceId: number;
  readonly NodeOrdinal: number;
  readonly EngineOrdinal: number;
}

/** DxgkDdiQueryCurrentFence (§3.4). */
export interface DXGKARG_QUERYCURRENTFENCE {
  CurrentFence: number;
  readonly NodeOrdinal: number;
  readonly EngineOrdinal: number;
}

/** DxgkDdiResetEngine (§3.8). */
export interface DXGKARG_RESETENGINE {
  readonly NodeOrdinal: number;
  readonly EngineOrdinal: number;
  LastAbortedFenceId: number;
}

export const PAGING_TRANSFER = 0;
export const PAGING_FILL = 1;
export const PAGING_DISCARD_CONTENT = 2;

/** One side of a transfer: a segment's address, or (segment 0) the backing store. */
export interface PagingPlace {
  readonly SegmentId: number;
  readonly SegmentAddress: number;
}

/** DxgkDdiBuildPagingBuffer (§3.6). */
export interface DXGKARG_BUILDPAGINGBUFFER {
  /** Cursor, as in Render. */
  pDmaBuffer: number;
  DmaSize: number;
  readonly Operation: number;
  MultipassOffset: number;
  readonly hAllocation: object;
  /** TRANSFER and FILL: bytes, and the place in the segment where the allocation begins. */
  readonly TransferOffset: number;
  readonly TransferSize: number;
  readonly Source: PagingPlace;
  readonly Destination: PagingPlace;
  readonly FillPattern: number;
  readonly AllocationIsIdle: boolean;
}

/** DxgkDdiCreateContext. */
export const CREATECONTEXT_SYSTEM_CONTEXT = 1 << 0;

export interface DXGK_CONTEXTINFO {
  readonly DmaBufferSize: number;
  readonly DmaBufferPrivateDataSize: number;
  readonly AllocationListSize: number;
  readonly PatchLocationListSize: number;
}

export const DXGK_INTERRUPT_DMA_COMPLETED = 1;
export const DXGK_INTERRUPT_DMA_PREEMPTED = 2;
export const DXGK_INTERRUPT_DMA_FAULTED = 4;
export const DXGK_INTERRUPT_DMA_PAGE_FAULTED = 9;

/** DxgkCbNotifyInterrupt (§3.4). */
export interface DXGKARGCB_NOTIFY_INTERRUPT_DATA {
  readonly InterruptType: number;
  /** COMPLETED and FAULTED: the submission's fence. PREEMPTED: the preemption's. */
  readonly FenceId: number;
  /** PREEMPTED: the last submission that ran to its end. */
  readonly LastCompletedFenceId: number;
  readonly NodeOrdinal: number;
}

/** What the driver may call (§3.4). */
export interface DXGKRNL_INTERFACE {
  DxgkCbNotifyInterrupt(data: DXGKARGCB_NOTIFY_INTERRUPT_DATA): void;
  DxgkCbQueueDpc(): void;
  DxgkCbNotifyDpc(): void;
}

/** D3DKMT_DEVICEEXECUTION_STATE (§3.8). */
export const DEVICE_ACTIVE = 1;
export const DEVICE_RESET = 2;
export const DEVICE_HUNG = 3;
export const DEVICE_STOPPED = 4;
export const DEVICE_ERROR_OUTOFMEMORY = 5;
export const DEVICE_ERROR_DMAFAULT = 6;
export const DEVICE_ERROR_DMAPAGEFAULT = 7;

/** Flags of D3DKMTRender. */
export const RENDER_RESIZE_COMMAND_BUFFER = 1 << 0;
export const RENDER_RESIZE_ALLOCATION_LIST = 1 << 1;
export const RENDER_RESIZE_PATCH_LOCATION_LIST = 1 << 2;
export const RENDER_NULL_RENDERING = 1 << 3;
