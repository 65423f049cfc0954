// The memory that kernel and app share, and the one way to read it: once, into a private copy (dxgk-render §5.4, §5.10).
// The app may write it at any time, detach it or make it shorter; the kernel knows only the sizes that it gave.

import { D3DDDI_ALLOCATIONLIST_BYTES, D3DDDI_PATCHLOCATIONLIST_BYTES } from '../../ddi/dxgk.ts';

/** What a context's app fills. `completion` holds the count of its finished command buffers: for waiting, never read here. */
export interface UserMemory {
  readonly commandBuffer: ArrayBufferLike;
  readonly commandBufferBytes: number;
  readonly allocationList: ArrayBufferLike;
  readonly allocationListSize: number;
  readonly patchLocationList: ArrayBufferLike;
  readonly patchLocationListSize: number;
  readonly completion: Int32Array;
}

/** Shared where the host has shared memory. */
function memory(bytes: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
}

export function createUserMemory(commandBufferBytes: number, allocations: number, patchLocations: number): UserMemory {
  return {
    commandBuffer: memory(commandBufferBytes),
    commandBufferBytes,
    allocationList: memory(allocations * D3DDDI_ALLOCATIONLIST_BYTES),
    allocationListSize: allocations,
    patchLocationList: memory(patchLocations * D3DDDI_PATCHLOCATIONLIST_BYTES),
    patchLocationListSize: patchLocations,
    completion: new Int32Array(memory(4)),
  };
}

/** Bytes that user memory of these sizes takes. */
export function userMemoryBytes(commandBufferBytes: number, allocations: number, patchLocations: number): number {
  return (
    commandBufferBytes + allocations * D3DDDI_ALLOCATIONLIST_BYTES + patchLocations * D3DDDI_PATCHLOCATIONLIST_BYTES
  );
}

/** A private copy of `length` bytes from `offset`; null where the buffer is detached or too short. */
export function capture(buffer: ArrayBufferLike, offset: number, length: number): Uint8Array | null {
  try {
    return new Uint8Array(buffer, offset, length).slice(); // a fresh view: a kept one of a detached buffer has length 0
  } catch {
    return null;
  }
}
