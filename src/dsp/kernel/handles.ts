// Handles as user mode has them: 20 bits of slot, 12 of generation. A slot is used again at once, with the next generation,
// so a stale handle names nothing; a slot whose generations are used up is never used again.

import type { D3DKMT_HANDLE } from '../../ddi/dxgk.ts';

const SLOT_BITS = 20;
const SLOTS_MAX = 2 ** SLOT_BITS;
const GENERATIONS = 2 ** 12;

interface Slot {
  generation: number;
  object: object | null;
}

export class HandleTable {
  readonly #slots: Slot[] = [];
  readonly #free: number[] = [];

  /** A handle for the object; 0: the table is full. */
  add(object: object): D3DKMT_HANDLE {
    let index = this.#free.pop();
    if (index === undefined) {
      if (this.#slots.length === SLOTS_MAX) return 0;
      index = this.#slots.length;
      this.#slots.push({ generation: 1, object: null });
    }
    const slot = this.#slots[index] as Slot;
    slot.object = object;
    return ((slot.generation << SLOT_BITS) | index) >>> 0;
  }

  /** The object if the handle names a live one of this kind. */
  get<T extends object>(handle: D3DKMT_HANDLE, kind: abstract new (...args: never[]) => T): T | null {
    if (typeof handle !== 'number') return null;
    const slot = this.#slots[handle & (SLOTS_MAX - 1)];
    if (slot?.generation !== handle >>> SLOT_BITS || handle >>> 0 !== handle) return null;
    return slot.object instanceof kind ? (slot.object as T) : null;
  }

  remove(handle: D3DKMT_HANDLE): void {
    const index = handle & (SLOTS_MAX - 1);
    const slot = this.#slots[index];
    if (slot?.generation !== handle >>> SLOT_BITS) return;
    slot.object = null;
    slot.generation++;
    if (slot.generation < GENERATIONS) this.#free.push(index);
  }
}
