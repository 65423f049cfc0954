// Allocations as apps make, open, lock and destroy them (dxgk-render §1.3). One number names one binding: an allocation as
// one device has it open.

import {
  type D3DKMT_HANDLE,
  DEVICE_ACTIVE,
  STATUS_DEVICE_REMOVED,
  STATUS_GRAPHICS_ALLOCATION_BUSY,
} from '../../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_NO_MEMORY, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import type { BusMemory } from '../../port/device-port.ts';
import type { HandleTable } from './handles.ts';
import { roundToPages } from './heap.ts';
import type { Kernel } from './kernel.ts';
import { Allocation, Binding, Device } from './objects.ts';

export interface AllocationRequest {
  readonly hDevice: D3DKMT_HANDLE;
  /** Rounded up to whole pages of 4096. */
  readonly bytes: number;
  /** State of a filter or resampler: not moved while anything runs. */
  readonly isState?: boolean;
  /** Other devices may open it by hShared. */
  readonly shared?: boolean;
  /** Keep the backing copy: evicting it unwritten costs nothing. */
  readonly permanentSysMem?: boolean;
}

export interface AllocationResult {
  readonly status: NTSTATUS;
  readonly hAllocation: D3DKMT_HANDLE;
  /** 0 unless shared. */
  readonly hShared: D3DKMT_HANDLE;
}

const refused = (status: NTSTATUS): AllocationResult => ({ status, hAllocation: 0, hShared: 0 });

/** What hShared names. */
class Share {
  readonly allocation: Allocation;
  constructor(allocation: Allocation) {
    this.allocation = allocation;
  }
}

export class Allocations {
  readonly #kernel: Kernel;
  readonly #handles: HandleTable;
  readonly #memory: BusMemory;
  #stores = 0;

  constructor(kernel: Kernel, handles: HandleTable, memory: BusMemory) {
    this.#kernel = kernel;
    this.#handles = handles;
    this.#memory = memory;
  }

  create(request: AllocationRequest): AllocationResult {
    const { bytes, isState = false, shared = false, permanentSysMem = false } = request;
    const device = this.#handles.get(request.hDevice, Device);
    if (!device || !Number.isInteger(bytes) || bytes < 1 || bytes > 0xffff_ffff)
      return refused(STATUS_INVALID_PARAMETER);
    if (device.state !== DEVICE_ACTIVE) return refused(STATUS_DEVICE_REMOVED);
    const size = roundToPages(bytes);
    if (size > this.#kernel.videoMemory.segment.range.bytes || !this.#kernel.charge(size))
      return refused(STATUS_NO_MEMORY);
    const miniport = this.#kernel.miniport.createAllocation(size, isState);
    const allocation = new Allocation(device, miniport, ++this.#stores, 0, permanentSysMem);
    const hAllocation = this.#bind(device, allocation, false);
    if (hAllocation === 0) {
      this.#kernel.collect(allocation);
      return refused(STATUS_NO_MEMORY);
    }
    return { status: STATUS_SUCCESS, hAllocation, hShared: shared ? this.#handles.add(new Share(allocation)) : 0 };
  }

  /** The kernel's own: memory at a fixed address that somebody else owns, such as a stream's cyclic buffer. */
  createFixed(hDevice: D3DKMT_HANDLE, address: number, bytes: number): AllocationResult {
    const device = this.#handles.get(hDevice, Device);
    if (!device || !(address > 0 && bytes > 0 && address + bytes <= this.#memory.bytes)) {
      return refused(STATUS_INVALID_PARAMETER);
    }
    const miniport = this.#kernel.miniport.createAllocation(bytes, false);
    const allocation = new Allocation(device, miniport, ++this.#stores, address, false);
    return { status: STATUS_SUCCESS, hAllocation: this.#bind(device, allocation, false), hShared: 0 };
  }

  open(hDevice: D3DKMT_HANDLE, hShared: D3DKMT_HANDLE, readOnly: boolean): AllocationResult {
    const device = this.#handles.get(hDevice, Device);
    const share = this.#handles.get(hShared, Share);
    if (!device || !share || share.allocation.isGone) return refused(STATUS_INVALID_PARAMETER);
    if (device.state !== DEVICE_ACTIVE) return refused(STATUS_DEVICE_REMOVED);
    const hAllocation = this.#bind(device, share.allocation, readOnly);
    return hAllocation === 0 ? refused(STATUS_NO_MEMORY) : { status: STATUS_SUCCESS, hAllocation, hShared };
  }

  /** The handle is dead at once; memory goes when nobody has it open and no queued work names it. */
  destroy(hDevice: D3DKMT_HANDLE, hAllocation: D3DKMT_HANDLE): NTSTATUS {
    const binding = this.#find(hDevice, hAllocation);
    if (!binding) return STATUS_INVALID_PARAMETER;
    this.close(binding);
    return STATUS_SUCCESS;
  }

  close(binding: Binding): void {
    const { device, allocation } = binding;
    this.#handles.remove(binding.handle);
    device.bindings.delete(binding);
    allocation.bindings.delete(binding);
    if (device === allocation.creator) allocation.staging = null;
    this.#kernel.miniport.closeAllocation(binding.miniport);
    this.#kernel.collect(allocation);
  }

  /** The app's copy of the content, to read and write until unlock. Until then no command may name the allocation. */
  lock(hDevice: D3DKMT_HANDLE, hAllocation: D3DKMT_HANDLE): { status: NTSTATUS; bytes: Uint8Array | null } {
    const binding = this.#find(hDevice, hAllocation);
    if (!binding || binding.allocation.creator !== binding.device || binding.allocation.staging) {
      return { status: STATUS_INVALID_PARAMETER, bytes: null };
    }
    const { allocation } = binding;
    if (!this.#settle(allocation)) return { status: STATUS_GRAPHICS_ALLOCATION_BUSY, bytes: null };
    allocation.staging = this.#content(allocation, 0, allocation.bytes);
    return { status: STATUS_SUCCESS, bytes: allocation.staging };
  }

  unlock(hDevice: D3DKMT_HANDLE, hAllocation: D3DKMT_HANDLE): NTSTATUS {
    const binding = this.#find(hDevice, hAllocation);
    const staging = binding?.allocation.staging;
    if (!binding || !staging || binding.allocation.creator !== binding.device) return STATUS_INVALID_PARAMETER;
    binding.allocation.staging = null;
    return this.write(hDevice, hAllocation, 0, staging);
  }

  /** A copy of `length` bytes, after all work that names the allocation is done. */
  read(
    hDevice: D3DKMT_HANDLE,
    hAllocation: D3DKMT_HANDLE,
    offset: number,
    length: number,
  ): { status: NTSTATUS; bytes: Uint8Array } {
    const nothing = new Uint8Array(0);
    const binding = this.#find(hDevice, hAllocation);
    if (!binding || !isRange(offset, length, binding.allocation.bytes)) {
      return { status: STATUS_INVALID_PARAMETER, bytes: nothing };
    }
    if (!this.#settle(binding.allocation)) return { status: STATUS_GRAPHICS_ALLOCATION_BUSY, bytes: nothing };
    return { status: STATUS_SUCCESS, bytes: this.#content(binding.allocation, offset, length) };
  }

  write(hDevice: D3DKMT_HANDLE, hAllocation: D3DKMT_HANDLE, offset: number, bytes: Uint8Array): NTSTATUS {
    const binding = this.#find(hDevice, hAllocation);
    if (!binding || binding.readOnly) return STATUS_INVALID_PARAMETER;
    const { allocation } = binding;
    const data = bytes.slice(0, allocation.bytes + 1); // of shared memory, once
    if (!isRange(offset, data.length, allocation.bytes)) return STATUS_INVALID_PARAMETER;
    if (!this.#settle(allocation)) return STATUS_GRAPHICS_ALLOCATION_BUSY;
    if (allocation.address === 0) this.#kernel.videoMemory.storeOf(allocation).set(data, offset);
    else this.#memory.write(allocation.address + offset, data);
    allocation.isDirty = true;
    return STATUS_SUCCESS;
  }

  #bind(device: Device, allocation: Allocation, readOnly: boolean): D3DKMT_HANDLE {
    const binding = new Binding(
      device,
      allocation,
      readOnly,
      this.#kernel.miniport.openAllocation(allocation.miniport),
    );
    binding.handle = this.#handles.add(binding);
    if (binding.handle === 0) return 0;
    device.bindings.add(binding);
    allocation.bindings.add(binding);
    return binding.handle;
  }

  #find(hDevice: D3DKMT_HANDLE, hAllocation: D3DKMT_HANDLE): Binding | null {
    const device = this.#handles.get(hDevice, Device);
    const binding = this.#handles.get(hAllocation, Binding);
    return device && binding?.device === device ? binding : null;
  }

  /** Waits for the work that names it, and for its paging. */
  #settle(allocation: Allocation): boolean {
    const isSettled = () => allocation.references === 0 && this.#kernel.paging.isIdle;
    return this.#kernel.runToIdle(isSettled);
  }

  /** A copy. */
  #content(allocation: Allocation, offset: number, bytes: number): Uint8Array {
    if (allocation.address === 0) return this.#kernel.videoMemory.storeOf(allocation).slice(offset, offset + bytes);
    return this.#memory.read(allocation.address + offset, bytes);
  }
}

function isRange(offset: number, length: number, bytes: number): boolean {
  return Number.isInteger(offset) && Number.isInteger(length) && offset >= 0 && length >= 0 && offset + length <= bytes;
}
