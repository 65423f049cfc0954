// Paged and nonpaged pool: memory by tag, with a limit each, so that it can run out and be seen to leak.

import { APC_LEVEL, DISPATCH_LEVEL } from '../ddi/irql.ts';
import type { DriverObject } from './driver-object.ts';
import type { Kernel } from './kernel.ts';

/** Paged pool may not be touched at DISPATCH_LEVEL. */
export type PoolType = 'nonpaged' | 'paged';

/** An allocation: what ExAllocatePool2 points at. */
export interface PoolBlock {
  readonly type: PoolType;
  /** Four characters, as `!poolused` shows them. */
  readonly tag: string;
  readonly data: Uint8Array;
  /** Who allocated it; null: nobody's, the kernel itself or code outside of drivers. */
  readonly driver: DriverObject | null;
}

/** A row of `!poolused`. */
export interface PoolUsage {
  readonly tag: string;
  /** `\Driver\HDAudBus`, or `nt`. */
  readonly driver: string;
  readonly type: PoolType;
  readonly allocations: number;
  readonly bytes: number;
}

/** Both pools of one kernel: `DriverObject.kernel.pool`. */
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
    const isAllowed = this.#kernel.allows(
      type === 'paged' ? APC_LEVEL : DISPATCH_LEVEL,
      'ExAllocatePool2',
      `tag '${tag}'`,
    );
    if (!isAllowed) return null;
    if (!(bytes <= this.limits[type] - this.#bytes[type])) return null;
    const block = { type, tag, data: new Uint8Array(bytes), driver: this.#kernel.driver };
    this.#blocks.add(block);
    this.#bytes[type] += bytes;
    return block;
  }

  /** ExFreePool. RangeError for a block that is not out. */
  free(block: PoolBlock): void {
    if (!this.#blocks.delete(block)) throw new RangeError(`pool block '${block.tag}' is freed already`);
    this.#bytes[block.type] -= block.data.length;
  }

  /** What is out, by tag and driver: the leak report, and `!poolused`. With a driver: what is out of its own. */
  usage(of?: DriverObject): PoolUsage[] {
    const rows = new Map<string, { -readonly [key in keyof PoolUsage]: PoolUsage[key] }>();
    for (const { tag, type, data, driver } of this.#blocks) {
      if (of && of !== driver) continue;
      const name = driver?.DriverName ?? 'nt';
      const row = rows.get(`${type} ${tag} ${name}`) ?? { tag, driver: name, type, allocations: 0, bytes: 0 };
      row.allocations++;
      row.bytes += data.length;
      rows.set(`${type} ${tag} ${name}`, row);
    }
    return [...rows.values()].sort((a, b) => (a.tag < b.tag ? -1 : a.tag > b.tag ? 1 : 0));
  }

  /** Tells the verifier of what is out, of this driver or of all, and forgets it. */
  reportLeaks(call: string, of?: DriverObject): void {
    for (const { tag, driver, bytes } of this.usage(of))
      this.#kernel.verifier.report(`${bytes} bytes of pool leaked`, driver, `tag '${tag}'`, call);
    for (const block of this.#blocks) if (!of || block.driver === of) this.free(block);
  }
}
