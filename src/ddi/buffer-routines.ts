// The eleven routines that only some interfaces have: DMA buffers and what is told when they come round (hdaudio-ddi §2.5–
// 2.8, §2.17–2.21). Binding, IRQL and statuses are documented as in common-routines.ts.

import type { ContiguousMemory, HANDLE, KEVENT, MDL, PVOID, Referenced } from './kernel.ts';
import type { NTSTATUS } from './ntstatus.ts';

/**
 * The client's ISR (`nc-hdaudio-phdaudio_bdl_isr`). DIRQL: most routines may not be called from it.
 *
 * @param InterruptBitMask - bit 4 descriptor error, after which the stream has stopped; bit 3 FIFO error; bit 2 an entry
 *   with IOC is done. Look at all three (§2.22).
 */
export type PHDAUDIO_BDL_ISR = (Context: PVOID, InterruptBitMask: number) => void;

/**
 * Tells that a buffer came to its middle or end (`nc-hdaudio-phdaudio_dma_notification_callback`). DISPATCH_LEVEL;
 * context first (C2).
 *
 * @param QpcTimestamp - the performance counter, 24 MHz, as the ISR found it.
 */
export type PHDAUDIO_DMA_NOTIFICATION_CALLBACK = (Context: PVOID, QpcTimestamp: bigint) => void;

/** What an allocation of a buffer hands out. */
export interface BufferResult {
  readonly status: NTSTATUS;
  /** The buffer, mapped: read and write it here. */
  readonly bufferMdl: MDL | null;
  /** Bytes: the size to go by, which may differ from what was asked for. */
  readonly allocatedBufferSize: number;
  /** Program it into the codec: 1…15. */
  readonly streamId: number;
  /** Bytes that the engine fetches ahead of the link. */
  readonly fifoSize: number;
}

/** What an allocation with notifications hands out. */
export interface NotificationBufferResult extends BufferResult {
  /** Bytes from the start of the MDL's first page to the buffer. */
  readonly offsetFromFirstPage: number;
}

/** Members of HDAUDIO_BUS_INTERFACE, _V2 and _V3. */
export interface HdAudioBufferRoutines {
  /**
   * Allocates a cyclic buffer, makes its list of descriptors and programs the engine, which stays in Reset
   * (`nc-hdaudio-pallocate_dma_buffer`). IRQL: PASSIVE_LEVEL.
   *
   * @param RequestedBufferSize - bytes; the nearest size of whole frames and whole 128 bytes is given (inferred).
   * @returns STATUS_INVALID_HANDLE. STATUS_INVALID_PARAMETER: no size. STATUS_INVALID_DEVICE_REQUEST: not in Reset, or it
   *   has a buffer. STATUS_INSUFFICIENT_RESOURCES: memory, or stream ids. STATUS_DEVICE_NOT_READY: the stream's reset did
   *   not settle.
   */
  AllocateDmaBuffer(Context: PVOID, Handle: HANDLE, RequestedBufferSize: number): BufferResult;

  /**
   * Frees the buffer of an engine (`nc-hdaudio-pfree_dma_buffer`). IRQL: PASSIVE_LEVEL.
   *
   * @returns STATUS_INVALID_HANDLE. STATUS_INVALID_DEVICE_REQUEST: not in Reset, or it has none.
   */
  FreeDmaBuffer(Context: PVOID, Handle: HANDLE): NTSTATUS;
}

/** Members of HDAUDIO_BUS_INTERFACE_V2 and _V3. */
export interface HdAudioNotificationRoutines {
  /**
   * AllocateDmaBuffer, with notifications when DMA comes round
   * (`nc-hdaudio-pallocate_dma_buffer_with_notification`). IRQL: PASSIVE_LEVEL.
   *
   * @param NotificationCount - 1: when it wraps; 2: at the middle too.
   * @param RequestedBufferSize - bytes; with two notifications each half is whole frames and whole 128 bytes (inferred).
   * @returns as AllocateDmaBuffer; STATUS_INVALID_PARAMETER for any other count too (inferred).
   */
  AllocateDmaBufferWithNotification(
    Context: PVOID,
    Handle: HANDLE,
    NotificationCount: 1 | 2,
    RequestedBufferSize: number,
  ): NotificationBufferResult;

  /**
   * Frees the buffer of an engine (`nc-hdaudio-pfree_dma_buffer_with_notification`). IRQL: PASSIVE_LEVEL. Registrations
   * stay and serve the next buffer (inferred).
   *
   * @param BufferMdl - as the allocation gave it.
   * @param BufferSize - `allocatedBufferSize` of the allocation.
   * @returns STATUS_INVALID_HANDLE. STATUS_INVALID_DEVICE_REQUEST: not in Reset, or it has none.
   *   STATUS_INVALID_PARAMETER: that is not its buffer (inferred).
   */
  FreeDmaBufferWithNotification(Context: PVOID, Handle: HANDLE, BufferMdl: MDL, BufferSize: number): NTSTATUS;

  /**
   * Has an event set at each notification of an engine (`nc-hdaudio-pregister_notification_event`). IRQL: PASSIVE_LEVEL.
   * Before or after the buffer is allocated; an event that is registered twice is in the list twice.
   *
   * @returns STATUS_INVALID_HANDLE. STATUS_INSUFFICIENT_RESOURCES: 64 are in the list. STATUS_INVALID_PARAMETER: no event.
   */
  RegisterNotificationEvent(Context: PVOID, Handle: HANDLE, NotificationEvent: KEVENT): NTSTATUS;

  /**
   * Takes an event out of the list, once (`nc-hdaudio-punregister_notification_event`). IRQL: PASSIVE_LEVEL.
   *
   * @returns STATUS_INVALID_HANDLE. STATUS_INVALID_PARAMETER: it is not registered on this engine.
   */
  UnregisterNotificationEvent(Context: PVOID, Handle: HANDLE, NotificationEvent: KEVENT): NTSTATUS;
}

/** Members of HDAUDIO_BUS_INTERFACE_V3. */
export interface HdAudioCallbackRoutines {
  /**
   * Has a routine called at each notification of an engine (`nc-hdaudio-pregister_notification_callback`). IRQL:
   * PASSIVE_LEVEL.
   *
   * @param Fdo - the client's device object; the bus driver holds a reference on it until the routine is unregistered.
   * @param CallbackContext - handed to `NotificationCallback`; with it, names the registration.
   * @returns STATUS_INVALID_HANDLE. STATUS_INSUFFICIENT_RESOURCES: 64 are in the list. STATUS_INVALID_PARAMETER: no device
   *   object or routine (inferred).
   */
  RegisterNotificationCallback(
    Context: PVOID,
    Handle: HANDLE,
    Fdo: Referenced,
    NotificationCallback: PHDAUDIO_DMA_NOTIFICATION_CALLBACK,
    CallbackContext: PVOID,
  ): NTSTATUS;

  /**
   * Takes a routine out of the list (`nc-hdaudio-punregister_notification_callback`). IRQL: PASSIVE_LEVEL.
   *
   * @returns STATUS_INVALID_HANDLE. STATUS_INVALID_PARAMETER: this routine with this context is not registered.
   */
  UnregisterNotificationCallback(
    Context: PVOID,
    Handle: HANDLE,
    NotificationCallback: PHDAUDIO_DMA_NOTIFICATION_CALLBACK,
    CallbackContext: PVOID,
  ): NTSTATUS;
}

/** Members of HDAUDIO_BUS_INTERFACE_BDL. */
export interface HdAudioBdlRoutines {
  /**
   * Allocates a block of memory in one piece, and a page for the list that the client writes itself
   * (`nc-hdaudio-pallocate_contiguous_dma_buffer`). IRQL: PASSIVE_LEVEL.
   *
   * @param RequestedBufferSize - bytes of the block.
   * @returns `bdlBuffer`: one page, for `encodeBufferDescriptors`. STATUS_INVALID_HANDLE. STATUS_INVALID_PARAMETER: no
   *   size. STATUS_INVALID_DEVICE_REQUEST: not in Reset, or it has a buffer. STATUS_INSUFFICIENT_RESOURCES: memory.
   *   STATUS_DEVICE_NOT_READY: the stream's reset did not settle.
   */
  AllocateContiguousDmaBuffer(
    Context: PVOID,
    Handle: HANDLE,
    RequestedBufferSize: number,
  ): {
    readonly status: NTSTATUS;
    readonly dataBuffer: ContiguousMemory | null;
    readonly bdlBuffer: ContiguousMemory | null;
  };

  /**
   * Programs the engine with the client's list; again with another one, as long as it is in Reset
   * (`nc-hdaudio-psetup_dma_engine_with_bdl`). IRQL: PASSIVE_LEVEL.
   *
   * @param BufferLength - bytes of the whole cycle: the sum of the fragments, each on a 128-byte boundary of the block.
   * @param Lvi - index of the last descriptor, not their count: 1…255.
   * @param Isr - called at each interrupt of the stream.
   * @param CallbackContext - handed to `Isr`.
   * @returns STATUS_INVALID_HANDLE. STATUS_INVALID_PARAMETER: no ISR, Lvi out of range, or a list that is no cycle of
   *   BufferLength inside the block (inferred). STATUS_INVALID_DEVICE_REQUEST: nothing allocated, or not in Reset.
   *   STATUS_DEVICE_NOT_READY: the stream's reset did not settle.
   */
  SetupDmaEngineWithBdl(
    Context: PVOID,
    Handle: HANDLE,
    BufferLength: number,
    Lvi: number,
    Isr: PHDAUDIO_BDL_ISR,
    CallbackContext: PVOID,
  ): { readonly status: NTSTATUS; readonly streamId: number; readonly fifoSize: number };

  /**
   * Frees block and list (`nc-hdaudio-pfree_contiguous_dma_buffer`). IRQL: PASSIVE_LEVEL.
   *
   * @returns STATUS_INVALID_HANDLE. STATUS_INVALID_DEVICE_REQUEST: not in Reset, or it has none.
   */
  FreeContiguousDmaBuffer(Context: PVOID, Handle: HANDLE): NTSTATUS;
}
