// What the miniport keeps of its own for the kernel's objects; the kernel only hands these around.

import type { DXGK_ALLOCATIONLIST } from '../../ddi/dxgk.ts';
import type { NTSTATUS } from '../../ddi/ntstatus.ts';
import { STATUS_SUCCESS } from '../../ddi/ntstatus.ts';

export class MiniportAllocation {
  readonly bytes: number;
  /** Filters and resamplers keep state here: the engine may be in the middle of it until it is idle. */
  readonly isState: boolean;

  constructor(bytes: number, isState: boolean) {
    this.bytes = bytes;
    this.isState = isState;
  }
}

/** An allocation opened by a device. */
export class MiniportBinding {
  readonly allocation: MiniportAllocation;

  constructor(allocation: MiniportAllocation) {
    this.allocation = allocation;
  }
}

export class MiniportContext {
  readonly node: number;
  readonly contract: boolean;
  /** What the engine found in its DMA stream; SUCCESS: nothing. */
  fault: NTSTATUS = STATUS_SUCCESS;

  constructor(node: number, contract: boolean) {
    this.node = node;
    this.contract = contract;
  }
}

/** The binding of a list element; null for the NULL element and beyond the list. */
export function bindingOf(list: readonly DXGK_ALLOCATIONLIST[], index: number): MiniportBinding | null {
  return (list[index]?.hDeviceSpecificAllocation as MiniportBinding | null | undefined) ?? null;
}
