// The display miniport, for sound: the routines that the kernel calls (dxgk-render §2, §3). It validates and translates,
// patches, feeds the two nodes and reports their fences. It owns no memory and no schedule; those are the kernel's.

import {
  DXGK_INTERRUPT_DMA_COMPLETED,
  DXGK_INTERRUPT_DMA_FAULTED,
  DXGK_INTERRUPT_DMA_PAGE_FAULTED,
  DXGK_INTERRUPT_DMA_PREEMPTED,
  type DXGKARG_BUILDPAGINGBUFFER,
  type DXGKARG_PATCH,
  type DXGKARG_PREEMPTCOMMAND,
  type DXGKARG_QUERYCURRENTFENCE,
  type DXGKARG_RENDER,
  type DXGKARG_RESETENGINE,
  type DXGKARG_SUBMITCOMMAND,
  type DXGKRNL_INTERFACE,
  STATUS_GRAPHICS_DRIVER_MISMATCH,
  STATUS_GRAPHICS_GPU_EXCEPTION_ON_DEVICE,
  SUBMIT_NULL_RENDERING,
} from '../../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import type { EnginePort } from '../../port/engine-port.ts';
import { INTERFACE_ID } from '../commands-table.ts';
import { ENGINE_NODE, Node, type NodeEvent, PAGING_NODE } from './node.ts';
import { MiniportAllocation, MiniportBinding, MiniportContext } from './objects.ts';
import { buildPagingBuffer } from './paging-buffer.ts';
import { PagingEngine } from './paging-engine.ts';
import { patch } from './patch.ts';
import { type RenderEnvironment, render, renderKm } from './render.ts';
import { viewOf } from './stream.ts';

export interface MiniportOptions {
  readonly engine: EnginePort;
  /** Backing stores by number: what segment 0 is. */
  readonly stores: ReadonlyMap<number, Uint8Array>;
  readonly dmaBufferBytesMax: number;
  /** The fence before the first. */
  readonly lastFence: number;
}

export class Miniport {
  readonly nodes: readonly Node[];
  readonly #environment: RenderEnvironment;
  #kernel: DXGKRNL_INTERFACE | null = null;
  /** Of each node: the newest fence that the kernel has been told of. */
  readonly #reported: number[];

  constructor(options: MiniportOptions) {
    const { engine, stores, dmaBufferBytesMax, lastFence } = options;
    const { memory } = engine;
    const pagingEngine = new PagingEngine(memory, stores);
    this.nodes = [new Node(ENGINE_NODE, engine, lastFence), new Node(PAGING_NODE, pagingEngine, lastFence)];
    this.#reported = [lastFence, lastFence];
    this.#environment = { memory, interfaceId: INTERFACE_ID, dmaBufferBytesMax };
  }

  /** DxgkDdiStartDevice. */
  startDevice(kernel: DXGKRNL_INTERFACE): void {
    this.#kernel = kernel;
    for (const node of this.nodes) node.onInterrupt = (event) => this.interruptRoutine(node, event);
  }

  /** DxgkDdiCreateContext. Private data: the interface id of the app's side, u32. */
  createContext(nodeOrdinal: number, contract: boolean, privateData: Uint8Array): MiniportContext | NTSTATUS {
    if (!this.nodes[nodeOrdinal]) return STATUS_INVALID_PARAMETER;
    if (privateData.length < 4) return STATUS_INVALID_PARAMETER;
    if (viewOf(privateData).getUint32(0, true) !== INTERFACE_ID) return STATUS_GRAPHICS_DRIVER_MISMATCH;
    return new MiniportContext(nodeOrdinal, contract);
  }

  destroyContext(_context: MiniportContext): NTSTATUS {
    return STATUS_SUCCESS;
  }

  createAllocation(bytes: number, isState: boolean): MiniportAllocation {
    return new MiniportAllocation(bytes, isState);
  }

  openAllocation(allocation: MiniportAllocation): MiniportBinding {
    return new MiniportBinding(allocation);
  }

  closeAllocation(_binding: MiniportBinding): NTSTATUS {
    return STATUS_SUCCESS;
  }

  destroyAllocation(_allocation: MiniportAllocation): NTSTATUS {
    return STATUS_SUCCESS;
  }

  render(context: MiniportContext, args: DXGKARG_RENDER): NTSTATUS {
    return render(this.#environment, context, args);
  }

  renderKm(context: MiniportContext, args: DXGKARG_RENDER): NTSTATUS {
    return renderKm(this.#environment, context, args);
  }

  patch(args: DXGKARG_PATCH): NTSTATUS {
    return patch(this.#environment.memory, args);
  }

  submitCommand(args: DXGKARG_SUBMITCOMMAND): NTSTATUS {
    this.nodes[args.NodeOrdinal]?.submit({
      start: args.DmaBufferPhysicalAddress + args.DmaBufferSubmissionStartOffset,
      end: args.DmaBufferPhysicalAddress + args.DmaBufferSubmissionEndOffset,
      fenceId: args.SubmissionFenceId,
      nullRendering: (args.Flags & SUBMIT_NULL_RENDERING) !== 0,
      context: args.hContext,
      privateData: args.pDmaBufferPrivateData,
    });
    return STATUS_SUCCESS;
  }

  buildPagingBuffer(args: DXGKARG_BUILDPAGINGBUFFER): NTSTATUS {
    return buildPagingBuffer(this.#environment.memory, args);
  }

  /** Idle and all reported: the kernel is told at once, the node never asked (§3.7). */
  preemptCommand(args: DXGKARG_PREEMPTCOMMAND): NTSTATUS {
    const node = this.nodes[args.NodeOrdinal] as Node;
    if (node.ring.length > 0 || node.fence !== this.#reported[node.ordinal]) node.preempt(args.PreemptionFenceId);
    else this.interruptRoutine(node, { type: 'preempted', fenceId: args.PreemptionFenceId, lastCompleted: node.fence });
    return STATUS_SUCCESS;
  }

  /** Also recovers a lost interrupt: a fence newer than the last reported is reported now, once (§3.4). */
  queryCurrentFence(args: DXGKARG_QUERYCURRENTFENCE): NTSTATUS {
    const node = this.nodes[args.NodeOrdinal] as Node;
    args.CurrentFence = node.fence;
    if (node.fence !== this.#reported[node.ordinal]) this.#report(node, DXGK_INTERRUPT_DMA_COMPLETED, node.fence);
    return STATUS_SUCCESS;
  }

  resetEngine(args: DXGKARG_RESETENGINE): NTSTATUS {
    const node = this.nodes[args.NodeOrdinal] as Node;
    args.LastAbortedFenceId = node.reset();
    node.fence = args.LastAbortedFenceId;
    this.#reported[node.ordinal] = node.fence;
    return STATUS_SUCCESS;
  }

  /** From here on nothing is read or written; the kernel sets each node's fence to what it submitted last. */
  resetFromTimeout(): NTSTATUS {
    for (const node of this.nodes) node.reset();
    return STATUS_SUCCESS;
  }

  restartFromTimeout(lastSubmitted: readonly number[]): NTSTATUS {
    for (const node of this.nodes) {
      node.fence = lastSubmitted[node.ordinal] ?? 0;
      this.#reported[node.ordinal] = node.fence;
    }
    return STATUS_SUCCESS;
  }

  /** DxgkDdiInterruptRoutine: says what happened, asks for the DPC, returns. */
  interruptRoutine(node: Node, event: NodeEvent): void {
    if (event.type === 'completed') this.#report(node, DXGK_INTERRUPT_DMA_COMPLETED, event.fenceId);
    if (event.type === 'preempted') {
      this.#report(node, DXGK_INTERRUPT_DMA_PREEMPTED, event.fenceId, event.lastCompleted);
    }
    if (event.type === 'faulted') {
      const context = event.context as MiniportContext | null;
      if (context) context.fault = STATUS_GRAPHICS_GPU_EXCEPTION_ON_DEVICE;
      const type = event.badAddress ? DXGK_INTERRUPT_DMA_PAGE_FAULTED : DXGK_INTERRUPT_DMA_FAULTED;
      this.#report(node, type, event.fenceId);
    }
  }

  dpcRoutine(): void {
    this.#kernel?.DxgkCbNotifyDpc();
  }

  #report(node: Node, InterruptType: number, FenceId: number, LastCompletedFenceId = 0): void {
    this.#reported[node.ordinal] = node.fence;
    this.#kernel?.DxgkCbNotifyInterrupt({ InterruptType, FenceId, LastCompletedFenceId, NodeOrdinal: node.ordinal });
    this.#kernel?.DxgkCbQueueDpc();
  }
}
