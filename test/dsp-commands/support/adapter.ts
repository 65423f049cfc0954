// An adapter over a real engine, with the base that the conformance cases start from (dxgk-render §6): device D, context C on
// node 0, A1 of 64 KiB for writing at index 1, A2 of 64 KiB for reading at index 2, element 0 NULL, both resident.

import {
  ALLOCATIONLIST_WRITE_OPERATION,
  D3DDDI_PATCHLOCATIONLIST_BYTES,
  type D3DKMT_HANDLE,
  type DXGKARG_RENDER,
} from '../../../src/ddi/dxgk.ts';
import { type NTSTATUS, STATUS_SUCCESS } from '../../../src/ddi/ntstatus.ts';
import { INTERFACE_ID } from '../../../src/dsp/commands-table.ts';
import { Adapter, type AdapterOptions } from '../../../src/dsp/kernel/adapter.ts';
import type { RenderRequest, RenderResult } from '../../../src/dsp/kernel/render-request.ts';
import type { UserMemory } from '../../../src/dsp/kernel/user-memory.ts';
import { Miniport } from '../../../src/dsp/miniport/miniport.ts';
import type { MiniportContext } from '../../../src/dsp/miniport/objects.ts';
import { createTestEngine, type TestEngine } from './engine.ts';

/** Renders of which the arguments went in and out, one entry a pass. */
export interface Pass {
  readonly bytes: number;
  readonly packets: Uint8Array;
  readonly patches: readonly Record<string, number>[];
  readonly multipassBefore: number;
  readonly multipassAfter: number;
  readonly status: NTSTATUS;
}

/** The miniport with a record of what was asked of it, in order. */
export class SpyMiniport extends Miniport {
  readonly calls: string[] = [];
  readonly passes: Pass[] = [];
  readonly patchCalls: { start: number; length: number }[] = [];
  readonly submits: { node: number; fence: number; start: number; end: number; flags: number }[] = [];
  ram: Uint8Array = new Uint8Array(0);
  /** Runs before each pass of Render, when the capture has been made. */
  beforeRender: (pass: number) => void = () => {};

  override render(context: MiniportContext, args: DXGKARG_RENDER): NTSTATUS {
    this.beforeRender(this.passes.length);
    const [start, multipassBefore] = [args.pDmaBuffer, args.MultipassOffset];
    const status = super.render(context, args);
    this.passes.push({
      bytes: args.pDmaBuffer - start,
      packets: this.ram.slice(start, args.pDmaBuffer),
      patches: args.PatchLocationListOut.slice(0, args.pPatchLocationListOut) as unknown as Record<string, number>[],
      multipassBefore,
      multipassAfter: args.MultipassOffset,
      status,
    });
    return status;
  }

  override patch(args: Parameters<Miniport['patch']>[0]): NTSTATUS {
    const length = args.PatchLocationListSubmissionLength;
    this.patchCalls.push({ start: args.PatchLocationListSubmissionStart, length });
    return super.patch(args);
  }

  override submitCommand(args: Parameters<Miniport['submitCommand']>[0]): NTSTATUS {
    this.submits.push({
      node: args.NodeOrdinal,
      fence: args.SubmissionFenceId,
      start: args.DmaBufferPhysicalAddress + args.DmaBufferSubmissionStartOffset,
      end: args.DmaBufferPhysicalAddress + args.DmaBufferSubmissionEndOffset,
      flags: args.Flags,
    });
    return super.submitCommand(args);
  }

  override closeAllocation(binding: Parameters<Miniport['closeAllocation']>[0]): NTSTATUS {
    this.calls.push('close');
    return super.closeAllocation(binding);
  }

  override destroyAllocation(allocation: Parameters<Miniport['destroyAllocation']>[0]): NTSTATUS {
    this.calls.push('destroy');
    return super.destroyAllocation(allocation);
  }
}

export interface BaseOptions extends Partial<AdapterOptions> {
  readonly segmentBytes?: number;
  readonly poolBytes?: number;
  readonly contract?: boolean;
  readonly ramBytes?: number;
  readonly Spy?: typeof SpyMiniport;
}

export class Base {
  readonly engine: TestEngine;
  readonly adapter: Adapter;
  readonly miniport: SpyMiniport;
  readonly D: D3DKMT_HANDLE;
  readonly C: D3DKMT_HANDLE;
  readonly A1: D3DKMT_HANDLE;
  readonly A2: D3DKMT_HANDLE;
  readonly list: Uint32Array;
  user: UserMemory;
  nowMs = 0;

  constructor(options: BaseOptions = {}) {
    const { segmentBytes = 1 << 20, poolBytes = 512 << 10, contract = false, Spy = SpyMiniport } = options;
    this.engine = createTestEngine(options.ramBytes ?? 4096 + poolBytes + segmentBytes + 65536);
    let spy: SpyMiniport | undefined;
    this.adapter = new Adapter({
      engine: this.engine,
      pool: { start: 4096, bytes: poolBytes },
      segment: { start: 4096 + poolBytes, bytes: segmentBytes },
      nowMs: () => this.nowMs,
      createMiniport: (miniport) => {
        spy = new Spy(miniport);
        spy.ram = this.engine.ram;
        return spy;
      },
      ...options,
    });
    this.miniport = spy as SpyMiniport;
    this.D = this.adapter.createDevice(contract).hDevice;
    const context = this.context(this.D);
    [this.C, this.user] = [context.hContext, context.user as UserMemory];
    this.A1 = this.allocate(65536);
    this.A2 = this.allocate(65536);
    this.list = Uint32Array.of(0, 0, this.A1, ALLOCATIONLIST_WRITE_OPERATION, this.A2, 0);
    this.touch([this.A1, this.A2]);
  }

  context(hDevice: D3DKMT_HANDLE) {
    const pPrivateDriverData = new Uint8Array(Uint32Array.of(INTERFACE_ID).buffer);
    return this.adapter.createContext({ hDevice, pPrivateDriverData });
  }

  allocate(bytes: number, options: object = {}): D3DKMT_HANDLE {
    return this.adapter.allocations.create({ hDevice: this.D, bytes, ...options }).hAllocation;
  }

  /** Makes allocations resident, with random-looking content, and forgets what was recorded. */
  touch(handles: readonly D3DKMT_HANDLE[], hDevice = this.D): void {
    for (const handle of handles) {
      const { videoMemory } = this.adapter.kernel;
      videoMemory.makeResident(this.allocation(handle), new Set());
      this.adapter.runToIdle();
      const bytes = new Uint8Array(this.allocation(handle).bytes).map((_, n) => (n * 31 + handle) & 0xff);
      this.adapter.allocations.write(hDevice, handle, 0, bytes);
    }
    for (const list of [this.miniport.calls, this.miniport.passes, this.miniport.patchCalls, this.miniport.submits]) {
      list.length = 0;
    }
  }

  allocation(handle: D3DKMT_HANDLE) {
    const found = [...this.adapter.kernel.devices].flatMap((device) => [...device.bindings]);
    const binding = found.find((other) => other.handle === handle);
    if (!binding) throw new Error(`no allocation ${handle}`);
    return binding.allocation;
  }

  read(handle: D3DKMT_HANDLE, hDevice = this.D): Uint8Array {
    return this.adapter.allocations.read(hDevice, handle, 0, this.allocation(handle).bytes).bytes;
  }

  /** Puts stream and lists into user memory and renders. */
  render(
    stream: Uint8Array,
    options: Partial<RenderRequest> & { list?: Uint32Array; patches?: readonly number[][]; user?: UserMemory } = {},
  ): RenderResult {
    const { list = this.list, patches = [], user = this.user, ...request } = options;
    new Uint8Array(user.commandBuffer).set(stream.subarray(0, user.commandBufferBytes));
    new Uint32Array(user.allocationList).set(list);
    new Uint32Array(user.patchLocationList).set(patches.flat());
    const result = this.adapter.render({
      hContext: this.C,
      CommandLength: stream.length,
      NumAllocations: list.length / 2,
      NumPatchLocations: patches.length,
      ...request,
    });
    if (result.user && request.hContext === undefined) this.user = result.user;
    return result;
  }

  /** As render, and what was queued runs to its end. */
  run(stream: Uint8Array, options: Parameters<Base['render']>[1] = {}): NTSTATUS {
    const { status } = this.render(stream, options);
    if (status === STATUS_SUCCESS) this.adapter.runToIdle();
    return status;
  }

  /** Nothing queued, no fence used, no references held. */
  isUntouched(): boolean {
    const { kernel } = this.adapter;
    const references = [...kernel.devices]
      .flatMap((device) => [...device.bindings])
      .map((b) => b.allocation.references);
    return kernel.isIdle && this.miniport.submits.length === 0 && references.every((count) => count === 0);
  }
}

/** A patch list element as six words. */
export function patchElement(
  index: number,
  slot: number,
  allocationOffset: number,
  at: number,
  split: number,
): number[] {
  return [index, slot, 0, allocationOffset, at, split];
}
export const PATCH_WORDS = D3DDDI_PATCHLOCATIONLIST_BYTES / 4;
