// The twelve routines that all four interfaces have: verbs, engines, registers, events, information (hdaudio-ddi §2).
//
// The binding to C: a routine is called as in C, `bus.AllocateRenderDmaEngine(bus.Context, …)`, with the in parameters
// in their order. What C writes through pointers comes back in a record beside the status; where the status is an
// error these fields are null or 0. A routine that has no out parameter returns the bare status. So a NULL out pointer
// cannot be written down. Pointers to live registers are RegisterView: every look at `value` reads the register.
//
// Each routine is documented with the page that it comes from, `nc-hdaudio-…` of the WDK, its IRQL and its statuses.
// Besides those, every routine gives STATUS_UNSUCCESSFUL above its IRQL, STATUS_NO_SUCH_DEVICE for a context whose last
// reference is gone or whose controller was pulled out, and STATUS_DEVICE_NOT_READY while the controller sleeps; what
// frees or unregisters still works then. A refused call changes nothing.

import type {
  HDAUDIO_CODEC_RESPONSE,
  HDAUDIO_CODEC_TRANSFER,
  HDAUDIO_CONVERTER_FORMAT,
  HDAUDIO_DEVICE_INFORMATION,
  HDAUDIO_STREAM_FORMAT,
  HDAUDIO_STREAM_STATE,
} from './hdaudio.ts';
import type { HANDLE, PVOID } from './kernel.ts';
import type { NTSTATUS } from './ntstatus.ts';

/** A 32-bit register that the client reads without asking the bus driver again (§2.11, §2.12). */
export interface RegisterView {
  readonly value: number;
}

/**
 * Tells that a queued transfer is done (`nc-hdaudio-phdaudio_transfer_complete_callback`). DISPATCH_LEVEL, once a call of
 * TransferCodecVerbs: data first, context second (C1, C3).
 *
 * @param transfer - the array's last element (§2.1, inferred).
 */
export type PHDAUDIO_TRANSFER_COMPLETE_CALLBACK = (transfer: HDAUDIO_CODEC_TRANSFER, Context: PVOID) => void;

/**
 * Brings an unsolicited response (`nc-hdaudio-phdaudio_unsolicited_response_callback`). DISPATCH_LEVEL; data first,
 * context second (C1, C3). `unsolicitedFields(response.Response)` takes it apart.
 */
export type PHDAUDIO_UNSOLICITED_RESPONSE_CALLBACK = (response: HDAUDIO_CODEC_RESPONSE, Context: PVOID) => void;

/** What the engine allocators hand out. */
export interface EngineResult {
  readonly status: NTSTATUS;
  /** For every later call, until FreeDmaEngine. */
  readonly handle: HANDLE | null;
  /** The client programs it into the codec's converter: the bus driver never does. */
  readonly converterFormat: HDAUDIO_CONVERTER_FORMAT;
}

/** Source: `ns-hdaudio-_hdaudio_bus_interface` and its kin; a page of its own for each routine. */
export interface HdAudioCommonRoutines {
  /**
   * Sends commands to codecs, one finishing before the next starts (`nc-hdaudio-ptransfer_codec_verbs`).
   *
   * IRQL: PASSIVE_LEVEL with `Callback` null, else up to DISPATCH_LEVEL.
   *
   * STATUS_SUCCESS says nothing about single answers: look at each `Input`. IsValid with a response; neither IsValid nor
   * HasFifoOverrun where the codec did not answer within a millisecond; HasFifoOverrun where the answer got lost.
   *
   * @param Count - elements of `CodecTransfer` to send, 1 at least.
   * @param CodecTransfer - commands in `Output` (`command8`, `command16`, `codecTransfer`); answers come into `Input`.
   * @param Callback - null: synchronous, all answers are there on return. Else the call only queues, and `Input` may not
   *   be read before the callback.
   * @param CallbackContext - handed to `Callback`.
   * @returns STATUS_NO_MEMORY: not queued, nothing sent, no callback. STATUS_INVALID_PARAMETER: no array, or Count is 0 or
   *   beyond it (inferred).
   */
  TransferCodecVerbs(
    Context: PVOID,
    Count: number,
    CodecTransfer: readonly HDAUDIO_CODEC_TRANSFER[],
    Callback: PHDAUDIO_TRANSFER_COMPLETE_CALLBACK | null,
    CallbackContext: PVOID,
  ): NTSTATUS;

  /**
   * Reserves an input engine, or a bidirectional one, and link bandwidth (`nc-hdaudio-pallocate_capture_dma_engine`).
   * IRQL: PASSIVE_LEVEL. The engine is in Reset and has no buffer.
   *
   * @param CodecAddress - SDI line of the codec that will send, 0…14.
   * @returns STATUS_INVALID_PARAMETER: address or format is none. STATUS_BUFFER_TOO_SMALL: more than an engine's FIFO
   *   takes. STATUS_INSUFFICIENT_RESOURCES: no engine is free, or not enough bandwidth on that line.
   */
  AllocateCaptureDmaEngine(Context: PVOID, CodecAddress: number, StreamFormat: HDAUDIO_STREAM_FORMAT): EngineResult;

  /**
   * Reserves an output engine, or a bidirectional one, and link bandwidth (`nc-hdaudio-pallocate_render_dma_engine`).
   * IRQL: PASSIVE_LEVEL. The engine is in Reset and has no buffer.
   *
   * @param Stripe - spread over all SDO lines: half the bandwidth on two. See IsStripingSupported.
   * @returns STATUS_INVALID_PARAMETER: the format is none, or Stripe on one line (inferred). STATUS_BUFFER_TOO_SMALL: more
   *   than an engine's FIFO takes. STATUS_INSUFFICIENT_RESOURCES: no engine is free, or not enough bandwidth.
   */
  AllocateRenderDmaEngine(Context: PVOID, StreamFormat: HDAUDIO_STREAM_FORMAT, Stripe: boolean): EngineResult;

  /**
   * Gives an engine another format (`nc-hdaudio-pchange_bandwidth_allocation`). IRQL: PASSIVE_LEVEL. Refused, the format
   * and the bandwidth that were in force stay so.
   *
   * @returns STATUS_INVALID_HANDLE. STATUS_INVALID_PARAMETER: the format is none. STATUS_INVALID_DEVICE_REQUEST: not in
   *   Reset, or it has a buffer. STATUS_BUFFER_TOO_SMALL, STATUS_INSUFFICIENT_RESOURCES: as when allocating.
   */
  ChangeBandwidthAllocation(
    Context: PVOID,
    Handle: HANDLE,
    StreamFormat: HDAUDIO_STREAM_FORMAT,
  ): { readonly status: NTSTATUS; readonly converterFormat: HDAUDIO_CONVERTER_FORMAT };

  /**
   * Gives engine and bandwidth back; the handle is dead (`nc-hdaudio-pfree_dma_engine`). IRQL: up to DISPATCH_LEVEL.
   *
   * @returns STATUS_INVALID_HANDLE. STATUS_INVALID_DEVICE_REQUEST: not in Reset, or it still has a buffer; where the
   *   controller was pulled out, Windows after version 1903 lets the buffer be freed later, once (C12).
   */
  FreeDmaEngine(Context: PVOID, Handle: HANDLE): NTSTATUS;

  /**
   * Moves engines to a state: all of them in one link frame, or none (`nc-hdaudio-pset_dma_engine_state`). IRQL: up to
   * DISPATCH_LEVEL. Reset and Run reach each other only through Pause; Pause, which is Stop, keeps the position, and Reset
   * zeroes it.
   *
   * @param NumberOfHandles - elements of `Handles` to move, 1 at least.
   * @returns STATUS_INVALID_HANDLE: one of them. STATUS_INVALID_PARAMETER: no handles, or no such state.
   *   STATUS_INVALID_DEVICE_REQUEST: for one of them a forbidden step, or no set-up buffer and the state is not Reset.
   */
  SetDmaEngineState(
    Context: PVOID,
    StreamState: HDAUDIO_STREAM_STATE,
    NumberOfHandles: number,
    Handles: readonly HANDLE[],
  ): NTSTATUS;

  /**
   * The link's clock: 24 MHz, wraps at 2^32 after 179 s (`nc-hdaudio-pget_wall_clock_register`, C9). IRQL: up to
   * DISPATCH_LEVEL. Returns no status; null where C would leave the pointer as it was.
   */
  GetWallClockRegister(Context: PVOID): RegisterView | null;

  /**
   * Where DMA is: bytes from the start of the cyclic buffer, 0…size − 1 (`nc-hdaudio-pget_link_position_register`). IRQL:
   * up to DISPATCH_LEVEL. Of no use after FreeDmaEngine.
   *
   * @returns STATUS_INVALID_HANDLE.
   */
  GetLinkPositionRegister(
    Context: PVOID,
    Handle: HANDLE,
  ): { readonly status: NTSTATUS; readonly position: RegisterView | null };

  /**
   * Gets a tag for unsolicited responses; the client then programs the codec with it
   * (`nc-hdaudio-pregister_event_callback`). IRQL: PASSIVE_LEVEL.
   *
   * @param Routine - called for every unsolicited response with that tag, from any codec.
   * @param CallbackContext - handed to `Routine`.
   * @returns a tag 0…63. STATUS_INSUFFICIENT_RESOURCES: all 64 are taken. STATUS_INVALID_PARAMETER: no routine (inferred).
   */
  RegisterEventCallback(
    Context: PVOID,
    Routine: PHDAUDIO_UNSOLICITED_RESPONSE_CALLBACK,
    CallbackContext: PVOID,
  ): { readonly status: NTSTATUS; readonly tag: number };

  /**
   * Gives a tag back, when the codec does not use it any more (`nc-hdaudio-punregister_event_callback`). IRQL:
   * PASSIVE_LEVEL.
   *
   * @returns STATUS_INVALID_PARAMETER: this client has no such tag.
   */
  UnregisterEventCallback(Context: PVOID, Tag: number): NTSTATUS;

  /**
   * Versions, codecs, striping (`nc-hdaudio-pget_device_information`). IRQL: PASSIVE_LEVEL.
   *
   * @param Size - what C's caller writes into the structure: 10, or 14 for the second version, which Windows 10 version
   *   1903 brought.
   * @returns STATUS_BUFFER_TOO_SMALL: Size below 10.
   */
  GetDeviceInformation(
    Context: PVOID,
    Size: number,
  ): { readonly status: NTSTATUS; readonly deviceInformation: HDAUDIO_DEVICE_INFORMATION | null };

  /**
   * Which codec and function group the client's PDO stands for (`nc-hdaudio-pget_resource_information`). IRQL:
   * PASSIVE_LEVEL. Returns no status.
   */
  GetResourceInformation(Context: PVOID): { readonly codecAddress: number; readonly functionGroupStartNode: number };
}
