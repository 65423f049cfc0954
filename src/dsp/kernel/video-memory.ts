// Which allocations are in the segment (dxgk-render §1.4): brings them in, and evicts the ones that were used longest ago
// and that nothing in the ring needs.

import type { Heap } from './heap.ts';
import type { Allocation } from './objects.ts';
import type { Paging } from './paging.ts';

/** «wait»: room will come when what is in the ring is done. */
export type Residency = 'resident' | 'wait' | 'never';

export class VideoMemory {
  readonly segment: Heap;
  /** Backing stores by number: segment 0. */
  readonly stores = new Map<number, Uint8Array>();
  readonly #resident = new Set<Allocation>();
  readonly #paging: () => Paging;
  #uses = 0;

  constructor(segment: Heap, paging: () => Paging) {
    this.segment = segment;
    this.#paging = paging;
  }

  /** Brings the allocation into the segment without evicting any of `keep`. Paging may still be under way. */
  makeResident(allocation: Allocation, keep: ReadonlySet<Allocation>): Residency {
    allocation.lastUse = ++this.#uses;
    if (allocation.address !== 0) return 'resident';
    let address = this.segment.allocate(allocation.bytes);
    const victims = [...this.#resident].filter((other) => !keep.has(other)).sort((a, b) => a.lastUse - b.lastUse);
    for (const victim of victims) {
      if (address !== 0) break;
      if (victim.pins > 0) continue;
      this.evict(victim);
      address = this.segment.allocate(allocation.bytes);
    }
    if (address === 0) return victims.some((victim) => victim.pins > 0) ? 'wait' : 'never';
    allocation.address = address;
    allocation.isDirty = false;
    this.#resident.add(allocation);
    this.#paging().pageIn(allocation, this.stores.has(allocation.store));
    return 'resident';
  }

  /** Takes it out of the segment; its content goes to the backing store unless that has it already. */
  evict(allocation: Allocation): void {
    if (allocation.address === 0 || allocation.isFixed) return;
    const isCopy = allocation.permanentSysMem && !allocation.isDirty && this.stores.has(allocation.store);
    if (isCopy) this.#paging().discard(allocation);
    else {
      this.storeOf(allocation);
      this.#paging().pageOut(allocation);
    }
    this.#leave(allocation);
  }

  /** The backing store, zeros at first. */
  storeOf(allocation: Allocation): Uint8Array {
    let store = this.stores.get(allocation.store);
    if (!store) {
      store = new Uint8Array(allocation.bytes);
      this.stores.set(allocation.store, store);
    }
    return store;
  }

  /** Nothing names it any more. */
  forget(allocation: Allocation): void {
    this.#paging().drain(); // it may be on its way out
    this.stores.delete(allocation.store);
    if (allocation.address !== 0 && !allocation.isFixed) this.#leave(allocation);
  }

  /** After an adapter reset: whatever was in the segment is lost. */
  purge(): void {
    for (const allocation of this.#resident) {
      this.#paging().notifyLoss(allocation);
      this.#leave(allocation);
    }
  }

  #leave(allocation: Allocation): void {
    this.segment.free(allocation.address, allocation.bytes);
    this.#resident.delete(allocation);
    allocation.address = 0;
  }
}
