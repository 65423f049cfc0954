// The cyclic buffer of a stream, and what wakes its driver: the bus driver's notification event from Vista on, a timer of
// the driver's own where the bus has but the first version of the interface (hdaudio-ddi §1.2, §2.5, §2.6, §2.17).

import { type HDAUDIO_BUS_INTERFACE, type HDAUDIO_BUS_INTERFACE_V2, interfaceBytes } from '../../ddi/bus-interface.ts';
import { GUID_HDAUDIO_BUS_INTERFACE_V2 } from '../../ddi/hdaudio.ts';
import type { HANDLE, MDL } from '../../ddi/kernel.ts';
import type { NTSTATUS } from '../../ddi/ntstatus.ts';
import { KernelEvent } from '../../driver-model/event.ts';
import type { Kernel } from '../../driver-model/kernel.ts';
import { BDL_ALIGNMENT } from '../../hda/bdl.ts';
import { LINK_HZ } from '../../hda/timing.ts';

export interface StreamBuffer {
  readonly mdl: MDL;
  readonly streamId: number;
  /** Forgets what woke it before. */
  reset(): void;
  /**
   * `thread` runs once at PASSIVE_LEVEL: at the next half, or when `frames` more may have gone by, which it has to look
   * up in the position register. Returns what ends the wait.
   */
  wait(frames: number, thread: () => void): () => void;
  free(): void;
}

export interface BufferRequest {
  readonly handle: HANDLE;
  readonly frames: number;
  readonly frameBytes: number;
  readonly rateHz: number;
}

export interface OpenedBuffer {
  readonly status: NTSTATUS;
  readonly buffer: StreamBuffer | null;
}

/** A buffer of two halves, each of whole frames and whole 128 bytes; the nearest size to what is asked. */
export function openBuffer(kernel: Kernel, bus: HDAUDIO_BUS_INTERFACE, request: BufferRequest): OpenedBuffer {
  return hasNotifications(bus) ? openNotified(kernel, bus, request) : openTimed(kernel, bus, request);
}

/** Size says which structure the bus driver has filled in (§1.3). */
function hasNotifications(bus: HDAUDIO_BUS_INTERFACE): bus is HDAUDIO_BUS_INTERFACE_V2 {
  return bus.Size >= interfaceBytes(GUID_HDAUDIO_BUS_INTERFACE_V2);
}

function openNotified(kernel: Kernel, bus: HDAUDIO_BUS_INTERFACE_V2, request: BufferRequest): OpenedBuffer {
  const { handle, frames, frameBytes } = request;
  const allocated = bus.AllocateDmaBufferWithNotification(bus.Context, handle, 2, frames * frameBytes);
  const { status, bufferMdl: mdl, streamId } = allocated;
  if (!mdl) return { status, buffer: null };
  const event = new KernelEvent(kernel, 'synchronization');
  bus.RegisterNotificationEvent(bus.Context, handle, event);
  const buffer: StreamBuffer = {
    mdl,
    streamId,
    reset: () => event.reset(),
    wait: (_frames, thread) => event.wait(thread),
    free: () => {
      bus.UnregisterNotificationEvent(bus.Context, handle, event);
      bus.FreeDmaBufferWithNotification(bus.Context, handle, mdl, mdl.bytes);
    },
  };
  return { status, buffer };
}

function openTimed(kernel: Kernel, bus: HDAUDIO_BUS_INTERFACE, request: BufferRequest): OpenedBuffer {
  const { handle, frames, frameBytes, rateHz } = request;
  const allocated = bus.AllocateDmaBuffer(bus.Context, handle, evenBytes(frames * frameBytes, frameBytes));
  const { status, bufferMdl: mdl, streamId } = allocated;
  if (!mdl) return { status, buffer: null };
  const event = new KernelEvent(kernel, 'synchronization');
  const buffer: StreamBuffer = {
    mdl,
    streamId,
    reset: () => event.reset(),
    wait: (wanted, thread) => {
      const ticks = Math.ceil((wanted * LINK_HZ) / rateHz);
      const cancelTimer = kernel.setTimer(kernel.performanceCounter + BigInt(ticks), () => event.set());
      const endWait = event.wait(thread);
      return () => {
        cancelTimer();
        endWait();
      };
    },
    free: () => {
      bus.FreeDmaBuffer(bus.Context, handle);
    },
  };
  return { status, buffer };
}

/** The size nearest to `bytes` of which the bus driver makes two equal halves (§2.5). */
function evenBytes(bytes: number, frameBytes: number): number {
  let half = frameBytes;
  while (half % BDL_ALIGNMENT !== 0) half += frameBytes;
  return Math.max(1, Math.round(bytes / (2 * half))) * 2 * half;
}
