// Paged and nonpaged pool: memory by tag, with a limit each, so that it can run out and be seen to leak.

import { DISPATCH_LEVEL } from '../ddi/irql.ts';
import type { Kernel } from './kernel.ts';

export type PoolType = 'nonpaged' | 'paged';

export interface PoolBlock {
  readonly type: PoolType;
  /** Four characters, as `!poolused` shows them. */
  readonly tag: string;
  readonly data: Uint8Array;
}

export interface PoolUsage {
  readonly tag: string;
  readonly type: PoolType;
  readonly allocations: number;
  readonly bytes: number;
}

export class Pool {
  /** Bytes that may be out at once; lower it to make allocations fail. */
  readonly limits: Record<PoolType, number> = { nonpaged: 4 << 20, paged: 16 << 20 };
  readonly #kernel: Kernel;
  readonly #blocks = new Set<PoolBlock>();
  readonly #bytes: Record<PoolType, number> = { nonpaged: 0, paged: 0 };

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** ExAllocatePool2: zeroed; null where the limit is reached, and for paged pool at DISPATCH_LEVEL or above. */
  allocate(type: PoolType, bytes: number, tag: string): PoolBlock | null {
    if (type === 'paged' && this.#kernel.irql >= DISPATCH_LEVEL) return null;
    if (!(bytes <= this.limits[type] - this.#bytes[type])) return null;
    const block = { type, tag, data: new Uint8Array(bytes) };
    this.#blocks.add(block);
    this.#bytes[type] += bytes;
    return block;
  }

  /** ExFreePool. RangeError for a block that is not out. */
  free(block: PoolBlock): void {
    if (!this.#blocks.delete(block)) throw new RangeError(`pool block '${block.tag}' is freed already`);
    this.#bytes[block.type] -= block.data.length;
  }

  /** What is out, by tag: the leak report, and `!poolused`. */
  usage(): PoolUsage[] {
    const rows = new Map<string, { tag: string; type: PoolType; allocations: number; bytes: number }>();
    for (const { tag, type, data } of this.#blocks) {
      const row = rows.get(`${type} ${tag}`) ?? { tag, type, allocations: 0, bytes: 0 };
      row.allocations++;
      row.bytes += data.length;
      rows.set(`${type} ${tag}`, row);
    }
    return [...rows.values()].sort((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0));
  }
}
