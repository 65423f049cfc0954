// DMA buffers of both families, and what is told when they come round (hdaudio-ddi §2.5–2.8, §2.17–2.21).

import type {
  BufferResult,
  HdAudioBdlRoutines,
  HdAudioBufferRoutines,
  HdAudioNotificationRoutines,
  NotificationBufferResult,
} from '../ddi/buffer-routines.ts';
import { BUFFER_DESCRIPTOR_BYTES, decodeBufferDescriptors, ResetState } from '../ddi/hdaudio.ts';
import { PASSIVE_LEVEL } from '../ddi/irql.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_DEVICE_NOT_READY,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../ddi/ntstatus.ts';
import { BDL_ALIGNMENT, BDL_MAX_ENTRIES } from '../hda/bdl.ts';
import { blockBytes } from '../hda/pcm.ts';
import { allocateContiguous, allocateCyclic, type DmaBuffer, freeBuffer, usableBytes } from './buffer.ts';
import type { HdAudioBus } from './bus.ts';
import type { Client } from './client.ts';
import type { HeldEngine } from './engines.ts';
import { bareStatus, guarded, isRoutine } from './guard.ts';

type BufferRoutines = HdAudioBufferRoutines &
  Pick<HdAudioNotificationRoutines, 'AllocateDmaBufferWithNotification' | 'FreeDmaBufferWithNotification'> &
  HdAudioBdlRoutines;

const refuseBuffer = (status: NTSTATUS): NotificationBufferResult => ({
  status,
  bufferMdl: null,
  allocatedBufferSize: 0,
  offsetFromFirstPage: 0,
  streamId: 0,
  fifoSize: 0,
});
const refuseContiguous = (status: NTSTATUS) => ({ status, dataBuffer: null, bdlBuffer: null });
const refuseSetup = (status: NTSTATUS) => ({ status, streamId: 0, fifoSize: 0 });

const isSize = (bytes: number): boolean => Number.isInteger(bytes) && bytes > 0;

export function bufferRoutines(bus: HdAudioBus): BufferRoutines {
  const allocate = (client: Client, handle: number, bytes: number, notifications: 0 | 1 | 2) => {
    const engine = bus.engines.find(client, handle);
    if (!engine) return refuseBuffer(STATUS_INVALID_HANDLE);
    if (!isSize(bytes)) return refuseBuffer(STATUS_INVALID_PARAMETER);
    if (engine.allocation.state !== ResetState || engine.allocation.buffer)
      return refuseBuffer(STATUS_INVALID_DEVICE_REQUEST);
    const size = usableBytes(bytes, blockBytes(engine.allocation.format), notifications === 2 ? 2 : 1);
    const buffer = allocateCyclic(bus.kernel.memory, size, notifications);
    if (!buffer || !('byteOffset' in buffer.memory)) return refuseBuffer(STATUS_INSUFFICIENT_RESOURCES);
    const status = setUp(bus, engine, buffer);
    if (!NT_SUCCESS(status)) {
      freeBuffer(buffer);
      return refuseBuffer(status);
    }
    return {
      status,
      bufferMdl: buffer.memory,
      allocatedBufferSize: size,
      offsetFromFirstPage: buffer.memory.byteOffset,
      streamId: engine.allocation.streamId,
      fifoSize: engine.fifoBytes,
    };
  };

  const free = (client: Client, handle: number, matches: (buffer: DmaBuffer) => boolean): NTSTATUS => {
    const allocation = bus.engines.find(client, handle)?.allocation;
    const buffer = allocation ? allocation.buffer : client.outliving.get(handle);
    if (!allocation && !buffer) return STATUS_INVALID_HANDLE;
    if (buffer && !matches(buffer)) return STATUS_INVALID_PARAMETER;
    if (!buffer || (allocation && allocation.state !== ResetState)) return STATUS_INVALID_DEVICE_REQUEST;
    if (allocation) Object.assign(allocation, { buffer: null, streamId: 0 });
    client.outliving.delete(handle);
    freeBuffer(buffer);
    return STATUS_SUCCESS;
  };

  const rule = { irql: PASSIVE_LEVEL, refuse: bareStatus, whenGone: true } as const;
  const isContiguous = (buffer: DmaBuffer) => 'physicalAddress' in buffer.memory;

  return {
    AllocateDmaBuffer: guarded(
      bus,
      { call: 'AllocateDmaBuffer', irql: PASSIVE_LEVEL, refuse: refuseBuffer },
      (client, Handle, RequestedBufferSize): BufferResult => allocate(client, Handle, RequestedBufferSize, 0),
    ),

    AllocateDmaBufferWithNotification: guarded(
      bus,
      { call: 'AllocateDmaBufferWithNotification', irql: PASSIVE_LEVEL, refuse: refuseBuffer },
      (client, Handle, NotificationCount, RequestedBufferSize) => {
        if (!bus.engines.find(client, Handle)) return refuseBuffer(STATUS_INVALID_HANDLE);
        if (NotificationCount !== 1 && NotificationCount !== 2) return refuseBuffer(STATUS_INVALID_PARAMETER);
        return allocate(client, Handle, RequestedBufferSize, NotificationCount);
      },
    ),

    // Either frees what the other's partner allocated (§2.8, inferred); the BDL DDI has a routine of its own.
    FreeDmaBuffer: guarded(bus, { ...rule, call: 'FreeDmaBuffer' }, (client, Handle) =>
      free(client, Handle, (buffer) => !isContiguous(buffer)),
    ),

    FreeDmaBufferWithNotification: guarded(
      bus,
      { ...rule, call: 'FreeDmaBufferWithNotification' },
      (client, Handle, BufferMdl, BufferSize) =>
        free(client, Handle, ({ memory }) => memory === BufferMdl && memory.bytes === BufferSize),
    ),

    AllocateContiguousDmaBuffer: guarded(
      bus,
      { call: 'AllocateContiguousDmaBuffer', irql: PASSIVE_LEVEL, refuse: refuseContiguous },
      (client, Handle, RequestedBufferSize) => {
        const engine = bus.engines.find(client, Handle);
        if (!engine) return refuseContiguous(STATUS_INVALID_HANDLE);
        const { allocation } = engine;
        if (!isSize(RequestedBufferSize)) return refuseContiguous(STATUS_INVALID_PARAMETER);
        if (allocation.state !== ResetState || allocation.buffer)
          return refuseContiguous(STATUS_INVALID_DEVICE_REQUEST);
        // Whatever the engine held before must be let go of before the client has memory for it (§2.0: may time out).
        if (!engine.reset()) return refuseContiguous(STATUS_DEVICE_NOT_READY);
        const buffer = allocateContiguous(bus.kernel.memory, RequestedBufferSize);
        if (!buffer || !('physicalAddress' in buffer.memory)) return refuseContiguous(STATUS_INSUFFICIENT_RESOURCES);
        allocation.buffer = buffer;
        return { status: STATUS_SUCCESS, dataBuffer: buffer.memory, bdlBuffer: buffer.bdl };
      },
    ),

    SetupDmaEngineWithBdl: guarded(
      bus,
      { call: 'SetupDmaEngineWithBdl', irql: PASSIVE_LEVEL, refuse: refuseSetup },
      (client, Handle, BufferLength, Lvi, Isr, CallbackContext) => {
        const engine = bus.engines.find(client, Handle);
        if (!engine) return refuseSetup(STATUS_INVALID_HANDLE);
        const { buffer, state } = engine.allocation;
        if (!isRoutine(Isr) || !isSize(BufferLength) || !isLastIndex(Lvi)) return refuseSetup(STATUS_INVALID_PARAMETER);
        if (!buffer || state !== ResetState) return refuseSetup(STATUS_INVALID_DEVICE_REQUEST);
        if (!describes(buffer, BufferLength, Lvi)) return refuseSetup(STATUS_INVALID_PARAMETER);
        const before = { cycle: buffer.cycle, isr: buffer.isr };
        Object.assign(buffer, {
          cycle: { bytes: BufferLength, lvi: Lvi },
          isr: { routine: Isr, context: CallbackContext },
        });
        const status = setUp(bus, engine, buffer);
        if (!NT_SUCCESS(status)) {
          Object.assign(buffer, before);
          return refuseSetup(status);
        }
        return { status, streamId: engine.allocation.streamId, fifoSize: engine.fifoBytes };
      },
    ),

    FreeContiguousDmaBuffer: guarded(bus, { ...rule, call: 'FreeContiguousDmaBuffer' }, (client, Handle) =>
      free(client, Handle, isContiguous),
    ),
  };
}

const isLastIndex = (lvi: number): boolean => Number.isInteger(lvi) && lvi >= 1 && lvi < BDL_MAX_ENTRIES;

/** Whether the client's list is a cycle of `bytes` inside its block, each fragment on 128 bytes (§2.20). */
function describes(buffer: DmaBuffer, bytes: number, lvi: number): boolean {
  if (!('physicalAddress' in buffer.memory) || bytes > buffer.memory.bytes) return false;
  const { physicalAddress } = buffer.memory;
  const end = physicalAddress + buffer.memory.bytes;
  const entries = decodeBufferDescriptors(buffer.bdl.read(0, (lvi + 1) * BUFFER_DESCRIPTOR_BYTES));
  const legal = entries.every(
    ({ Address, Length }) =>
      Address % BDL_ALIGNMENT === 0 && Length > 0 && Address >= physicalAddress && Address + Length <= end,
  );
  return legal && entries.reduce((sum, { Length }) => sum + Length, 0) === bytes;
}

/** Gives the engine its buffer and a stream id, and programs it; where that fails it has neither. */
function setUp(bus: HdAudioBus, engine: HeldEngine, buffer: DmaBuffer): NTSTATUS {
  const { allocation } = engine;
  const before = { buffer: allocation.buffer, streamId: allocation.streamId };
  const streamId = before.streamId || bus.engines.freeStreamId(allocation.direction);
  if (streamId === 0) return STATUS_INSUFFICIENT_RESOURCES;
  Object.assign(allocation, { buffer, streamId });
  if (engine.program(allocation)) return STATUS_SUCCESS;
  Object.assign(allocation, before);
  return STATUS_DEVICE_NOT_READY;
}
