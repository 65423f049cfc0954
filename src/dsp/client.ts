// The app's side of a connection: buffers, contexts and command lists instead of handles and user memory.

import {
  type D3DKMT_HANDLE,
  RENDER_RESIZE_ALLOCATION_LIST,
  RENDER_RESIZE_COMMAND_BUFFER,
  STATUS_INVALID_USER_BUFFER,
} from '../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_SUCCESS } from '../ddi/ntstatus.ts';
import { type CommandList, commands } from './commands.ts';
import { INTERFACE_ID } from './commands-table.ts';
import type { Adapter } from './kernel/adapter.ts';
import type { AllocationRequest } from './kernel/allocations.ts';
import type { RenderResult } from './kernel/render-request.ts';
import type { UserMemory } from './kernel/user-memory.ts';
import type { Buffer } from './places.ts';

/** A result, or the status that refused it. */
export type Outcome<T> = { readonly status: NTSTATUS; readonly value: T | null };

/** A client's hold on the adapter (`machine.windows.dsp`): owns contexts and buffers. */
export class DspDevice {
  readonly adapter: Adapter;
  readonly handle: D3DKMT_HANDLE;

  private constructor(adapter: Adapter, handle: D3DKMT_HANDLE) {
    this.adapter = adapter;
    this.handle = handle;
  }

  /** STATUS_DEVICE_REMOVED: the adapter has stopped. STATUS_NO_MEMORY. */
  static open(adapter: Adapter): Outcome<DspDevice> {
    const { status, hDevice } = adapter.createDevice();
    return { status, value: status === STATUS_SUCCESS ? new DspDevice(adapter, hDevice) : null };
  }

  /** A buffer in guest RAM. STATUS_INVALID_PARAMETER, STATUS_NO_MEMORY; STATUS_DEVICE_REMOVED: this device is lost. */
  allocate(options: Omit<AllocationRequest, 'hDevice'>): Outcome<DspBuffer> {
    const { status, hAllocation } = this.adapter.allocations.create({ ...options, hDevice: this.handle });
    return { status, value: status === STATUS_SUCCESS ? new DspBuffer(this, hAllocation, options.bytes) : null };
  }

  /** A queue of work of its own. STATUS_NO_MEMORY; STATUS_DEVICE_REMOVED: this device is lost. */
  createContext(): Outcome<DspContext> {
    const pPrivateDriverData = new Uint8Array(Uint32Array.of(INTERFACE_ID).buffer);
    const { status, hContext, user } = this.adapter.createContext({ hDevice: this.handle, pPrivateDriverData });
    return { status, value: user ? new DspContext(this.adapter, hContext, user) : null };
  }

  /** With its contexts and buffers. */
  close(): NTSTATUS {
    return this.adapter.destroyDevice(this.handle);
  }
}

/** Memory that commands read and write. */
export class DspBuffer implements Buffer {
  readonly handle: D3DKMT_HANDLE;
  readonly bytes: number;
  readonly #device: DspDevice;

  constructor(device: DspDevice, handle: D3DKMT_HANDLE, bytes: number) {
    this.#device = device;
    this.handle = handle;
    this.bytes = bytes;
  }

  /** A copy, once everything that was submitted on it is done; empty where that fails. */
  read(offset = 0, length = this.bytes - offset): Uint8Array {
    return this.#device.adapter.allocations.read(this.#device.handle, this.handle, offset, length).bytes;
  }

  /**
   * Once everything that was submitted on it is done. STATUS_INVALID_PARAMETER outside of the buffer;
   * STATUS_GRAPHICS_ALLOCATION_BUSY: it does not get done.
   */
  write(bytes: Uint8Array, offset = 0): NTSTATUS {
    return this.#device.adapter.allocations.write(this.#device.handle, this.handle, offset, bytes);
  }

  /** STATUS_INVALID_PARAMETER: it is gone already. */
  destroy(): NTSTATUS {
    return this.#device.adapter.allocations.destroy(this.#device.handle, this.handle);
  }
}

/** A queue: what is submitted to it runs in order. */
export class DspContext {
  readonly handle: D3DKMT_HANDLE;
  readonly #adapter: Adapter;
  #user: UserMemory;

  constructor(adapter: Adapter, handle: D3DKMT_HANDLE, user: UserMemory) {
    this.#adapter = adapter;
    this.handle = handle;
    this.#user = user;
  }

  /** Queues the list; it runs after what was submitted before. `submission` is what finished() waits for. */
  submit(list: Pick<CommandList, 'build'>): { readonly status: NTSTATUS; readonly submission: number } {
    const { stream, allocationList, allocations } = list.build();
    if (!this.#fits(stream.length, allocations)) return { status: STATUS_INVALID_USER_BUFFER, submission: 0 };
    new Uint8Array(this.#user.commandBuffer).set(stream);
    new Uint8Array(this.#user.allocationList).set(allocationList);
    return this.#render({ CommandLength: stream.length, NumAllocations: allocations });
  }

  /** SUCCESS when the submission is done; DEVICE_REMOVED if it was thrown away. */
  finished(submission: number): Promise<NTSTATUS> {
    return this.#adapter.wait(this.handle, submission);
  }

  /** After what was submitted is done. */
  destroy(): NTSTATUS {
    return this.#adapter.destroyContext(this.handle);
  }

  /** Makes room for a longer list than before: sizes are granted with a command buffer, here an empty one. */
  #fits(bytes: number, allocations: number): boolean {
    const isRoom = () => bytes <= this.#user.commandBufferBytes && allocations <= this.#user.allocationListSize;
    if (isRoom()) return true;
    const { stream } = commands.build();
    new Uint8Array(this.#user.commandBuffer).set(stream);
    this.#render({
      CommandLength: stream.length,
      NumAllocations: 0,
      Flags: RENDER_RESIZE_COMMAND_BUFFER | RENDER_RESIZE_ALLOCATION_LIST,
      NewCommandBufferSize: Math.max(bytes, this.#user.commandBufferBytes),
      NewAllocationListSize: Math.max(allocations, this.#user.allocationListSize),
    });
    return isRoom();
  }

  #render(request: Omit<Parameters<Adapter['render']>[0], 'hContext'>): RenderResult {
    const result = this.#adapter.render({ ...request, hContext: this.handle });
    if (result.user) this.#user = result.user;
    return result;
  }
}
