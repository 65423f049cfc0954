// The adapter as apps reach it: D3DKMT's routines, for sound (dxgk-render §1, §2.1, §5). Every routine returns a status and
// never throws, whatever numbers and bytes it is given; only the process whose handles they are can use them.

import {
  D3DDDI_ALLOCATIONLIST_BYTES,
  D3DDDI_PATCHLOCATIONLIST_BYTES,
  type D3DKMT_HANDLE,
  DEVICE_ACTIVE,
  type DXGK_CONTEXTINFO,
  RENDER_NULL_RENDERING,
  STATUS_DEVICE_REMOVED,
  STATUS_GRAPHICS_GPU_EXCEPTION_ON_DEVICE,
} from '../../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_NO_MEMORY, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import type { EnginePort } from '../../port/engine-port.ts';
import { Miniport, type MiniportOptions } from '../miniport/miniport.ts';
import { convertList } from './allocation-list.ts';
import { Allocations } from './allocations.ts';
import { HandleTable } from './handles.ts';
import type { Range } from './heap.ts';
import { Kernel } from './kernel.ts';
import { LIMITS, type Limits } from './limits.ts';
import { Context, Device } from './objects.ts';
import { grantedSizes, isInBounds, type RenderRequest, type RenderResult, readRequest } from './render-request.ts';
import { capture, createUserMemory, type UserMemory, userMemoryBytes } from './user-memory.ts';

export interface AdapterOptions {
  readonly engine: EnginePort;
  /** Guest RAM for allocations: whole pages. */
  readonly segment: Range;
  /** Guest RAM for DMA and paging buffers: whole pages, apart from the segment. */
  readonly pool: Range;
  readonly limits?: Partial<Limits>;
  readonly nowMs?: () => number;
  /** Called when something was queued: run() is due. */
  readonly onWork?: () => void;
  readonly lastFence?: number;
  readonly createMiniport?: (options: MiniportOptions) => Miniport;
}

export interface ContextRequest {
  readonly hDevice: D3DKMT_HANDLE;
  /** 0: the DSP engine. */
  readonly NodeOrdinal?: number;
  /** Bit mask; there is one engine. */
  readonly EngineAffinity?: number;
  readonly Flags?: number;
  /** u32: the interface id of the app's side. */
  readonly pPrivateDriverData: Uint8Array;
}

export interface ContextResult {
  readonly status: NTSTATUS;
  readonly hContext: D3DKMT_HANDLE;
  readonly user: UserMemory | null;
  readonly info: DXGK_CONTEXTINFO | null;
}

export class Adapter {
  readonly kernel: Kernel;
  readonly allocations: Allocations;
  readonly #handles = new HandleTable();

  constructor(options: AdapterOptions) {
    const { limits, nowMs = () => performance.now(), onWork = () => {}, lastFence = 0 } = options;
    const createMiniport = options.createMiniport ?? ((miniport: MiniportOptions) => new Miniport(miniport));
    const rest = { limits: { ...LIMITS, ...limits }, nowMs, onWork, lastFence, createMiniport };
    this.kernel = new Kernel({ ...options, ...rest });
    this.allocations = new Allocations(this.kernel, this.#handles, options.engine.memory);
  }

  /** A connection. `contract`: one command buffer is one DMA buffer, or is refused (§2.7). */
  createDevice(contract = false): { status: NTSTATUS; hDevice: D3DKMT_HANDLE } {
    if (this.kernel.stopRecord) return { status: STATUS_DEVICE_REMOVED, hDevice: 0 };
    const device = new Device(contract);
    device.handle = this.#handles.add(device);
    if (device.handle === 0) return { status: STATUS_NO_MEMORY, hDevice: 0 };
    this.kernel.devices.add(device);
    return { status: STATUS_SUCCESS, hDevice: device.handle };
  }

  /** With all that belongs to it; shared allocations live on where others have them open. */
  destroyDevice(hDevice: D3DKMT_HANDLE): NTSTATUS {
    const device = this.#handles.get(hDevice, Device);
    if (!device) return STATUS_INVALID_PARAMETER;
    for (const context of device.contexts) this.destroyContext(context.handle);
    for (const binding of device.bindings) this.allocations.close(binding);
    this.kernel.devices.delete(device);
    this.#handles.remove(hDevice);
    return STATUS_SUCCESS;
  }

  /** D3DKMT_DEVICEEXECUTION_STATE; 0: no such device. */
  deviceState(hDevice: D3DKMT_HANDLE): number {
    return this.#handles.get(hDevice, Device)?.state ?? 0;
  }

  createContext(request: ContextRequest): ContextResult {
    const refused = (status: NTSTATUS) => ({ status, hContext: 0, user: null, info: null });
    const { NodeOrdinal = 0, EngineAffinity = 1, Flags = 0, pPrivateDriverData } = request;
    const device = this.#handles.get(request.hDevice, Device);
    if (!device || EngineAffinity !== 1 || Flags !== 0) return refused(STATUS_INVALID_PARAMETER); // CREATECONTEXT_… are the kernel's
    if (device.state !== DEVICE_ACTIVE) return refused(STATUS_DEVICE_REMOVED);
    const { limits, miniport } = this.kernel;
    const { commandBufferBytes, allocationListSize, patchLocations, dmaBufferBytes } = limits;
    const created = miniport.createContext(NodeOrdinal, device.contract, pPrivateDriverData.slice(0, 4));
    if (typeof created === 'number') return refused(created);
    const bytes = userMemoryBytes(commandBufferBytes, allocationListSize, patchLocations);
    if (!this.kernel.charge(bytes)) return refused(STATUS_NO_MEMORY);
    const user = createUserMemory(commandBufferBytes, allocationListSize, patchLocations);
    const context = new Context(device, NodeOrdinal, created, user, [dmaBufferBytes, patchLocations]);
    context.handle = this.#handles.add(context);
    if (context.handle === 0) {
      this.kernel.credit(bytes);
      return refused(STATUS_NO_MEMORY);
    }
    device.contexts.add(context);
    this.kernel.scheduler.add(context);
    const info = {
      DmaBufferSize: dmaBufferBytes,
      DmaBufferPrivateDataSize: 64,
      AllocationListSize: allocationListSize,
      PatchLocationListSize: patchLocations,
    };
    return { status: STATUS_SUCCESS, hContext: context.handle, user, info };
  }

  /** Waits until what the context has queued is done (§1.3). */
  destroyContext(hContext: D3DKMT_HANDLE): NTSTATUS {
    const context = this.#handles.get(hContext, Context);
    if (!context) return STATUS_INVALID_PARAMETER;
    this.kernel.runToIdle(() => context.translations.length === 0);
    this.kernel.scheduler.drop(context); // of a node that stands
    this.kernel.scheduler.remove(context);
    context.device.contexts.delete(context);
    this.#handles.remove(hContext);
    const { commandBufferBytes, allocationListSize, patchLocationListSize } = context.user;
    this.kernel.credit(userMemoryBytes(commandBufferBytes, allocationListSize, patchLocationListSize));
    return this.kernel.miniport.destroyContext(context.miniport);
  }

  /** Captures the command buffer and both lists, validates, translates, queues (§5.4). */
  render(request: RenderRequest): RenderResult {
    const scalars = readRequest(request);
    const context = this.#handles.get(scalars.hContext, Context);
    if (!context) return { status: STATUS_INVALID_PARAMETER, submission: 0, user: null, queuedBufferCount: 0 };
    if (context.device.state !== DEVICE_ACTIVE) return result(context, STATUS_DEVICE_REMOVED);
    const { user } = context;
    if (!isInBounds(scalars, user)) return result(context, STATUS_INVALID_PARAMETER);
    const { CommandOffset, CommandLength, NumAllocations, NumPatchLocations, Flags } = scalars;
    const payload = CommandLength - CommandOffset;
    const listBytes = NumAllocations * D3DDDI_ALLOCATIONLIST_BYTES;
    const patchBytes = NumPatchLocations * D3DDDI_PATCHLOCATIONLIST_BYTES;
    const charged = payload + listBytes + patchBytes;
    if (!this.kernel.charge(charged)) return result(context, STATUS_NO_MEMORY);
    const stream = capture(user.commandBuffer, CommandOffset, payload);
    const list = capture(user.allocationList, 0, listBytes);
    const patchIn = capture(user.patchLocationList, 0, patchBytes);
    if (!stream || !list || !patchIn) {
      this.kernel.credit(charged);
      return result(context, STATUS_INVALID_PARAMETER);
    }
    const nullRendering = (Flags & RENDER_NULL_RENDERING) !== 0;
    const captured = {
      context,
      stream,
      patchIn,
      patchInSize: NumPatchLocations,
      nullRendering,
      fromKernel: false,
      charged,
    };
    const status = this.#queue(captured, list, NumAllocations);
    if (status === STATUS_SUCCESS) this.#resize(context, scalars);
    return result(context, status);
  }

  /** The same for commands of the kernel's own (§2.3): `list` holds handles and rights as an app's allocation list does. */
  renderKm(hContext: D3DKMT_HANDLE, stream: Uint8Array, list: Uint8Array): RenderResult {
    const context = this.#handles.get(hContext, Context);
    if (!context) return { status: STATUS_INVALID_PARAMETER, submission: 0, user: null, queuedBufferCount: 0 };
    if (context.device.state !== DEVICE_ACTIVE) return result(context, STATUS_DEVICE_REMOVED);
    const noPatches = { patchIn: new Uint8Array(0), patchInSize: 0 };
    const captured = { context, stream, ...noPatches, nullRendering: false, fromKernel: true, charged: 0 };
    return result(context, this.#queue(captured, list, list.length / D3DDDI_ALLOCATIONLIST_BYTES));
  }

  /** Settles when the context's command buffer is done: SUCCESS, or DEVICE_REMOVED if it was thrown away. */
  wait(hContext: D3DKMT_HANDLE, submission: number): Promise<NTSTATUS> {
    const context = this.#handles.get(hContext, Context);
    if (!context || !(submission >= 1 && submission <= context.accepted))
      return Promise.resolve(STATUS_INVALID_PARAMETER);
    if (submission <= context.retired) return Promise.resolve(STATUS_SUCCESS);
    return new Promise((resolve) => context.waiters.push({ submission, resolve }));
  }

  /** Command buffers of the context that are done. */
  retired(hContext: D3DKMT_HANDLE): number {
    return this.#handles.get(hContext, Context)?.retired ?? 0;
  }

  /** A time slice of at most `packets` packets; true while there is more to do. */
  run(packets = 64): boolean {
    return this.kernel.run(packets);
  }

  /** Runs until nothing is left; false if the engine stands. */
  runToIdle(): boolean {
    return this.kernel.runToIdle();
  }

  #queue(
    captured: Pick<
      Parameters<Kernel['beginTranslation']>[0],
      'stream' | 'patchIn' | 'patchInSize' | 'nullRendering'
    > & {
      readonly context: Context;
      readonly fromKernel: boolean;
      readonly charged: number;
    },
    listBytes: Uint8Array,
    count: number,
  ): NTSTATUS {
    const { context, charged } = captured;
    const list = convertList(listBytes, count, context.device, this.#handles);
    if (typeof list === 'number') {
      this.kernel.credit(charged);
      return list;
    }
    for (const allocation of list.allocations) if (allocation) allocation.references++;
    const progress = { multipassOffset: 0, isTranslated: false, submissions: [], buffersOut: 0 };
    const status = this.kernel.beginTranslation({ ...captured, list, ...progress });
    if (status === STATUS_SUCCESS) {
      context.accepted++;
      this.kernel.workArrived();
      return status;
    }
    for (const allocation of list.allocations) if (allocation) this.kernel.release(allocation);
    this.kernel.credit(charged);
    if (status === STATUS_GRAPHICS_GPU_EXCEPTION_ON_DEVICE) this.kernel.loseDevice(context.device, context.faultState);
    return this.kernel.stopRecord ? STATUS_DEVICE_REMOVED : status;
  }

  /** Grants what was asked for, within the caps and the kernel's memory; the app reads the result. */
  #resize(context: Context, request: Required<RenderRequest>): void {
    const { user } = context;
    const sizes = grantedSizes(request, user, this.kernel.limits);
    const now = userMemoryBytes(user.commandBufferBytes, user.allocationListSize, user.patchLocationListSize);
    const more = userMemoryBytes(...sizes) - now;
    if (more === 0 || !this.kernel.charge(more)) return;
    context.user = { ...createUserMemory(...sizes), completion: user.completion };
  }
}

function result(context: Context, status: NTSTATUS): RenderResult {
  const submission = status === STATUS_SUCCESS ? context.accepted : 0;
  return { status, submission, user: context.user, queuedBufferCount: context.translations.length };
}
