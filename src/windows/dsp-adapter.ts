// The DSP on the machine's engine: an adapter with guest RAM of its own, run in time slices as deferred calls.

import type { Kernel } from '../driver-model/kernel.ts';
import type { ContiguousPages } from '../driver-model/memory.ts';
import { Adapter } from '../dsp/kernel/adapter.ts';
import type { EnginePort } from '../port/engine-port.ts';

const POOL_BYTES = 256 << 10;
const SEGMENT_BYTES = 4 << 20;
const TICKS_PER_MILLISECOND = 24_000;

export class DspAdapter {
  readonly adapter: Adapter;
  readonly #pages: readonly ContiguousPages[];

  /** Null where RAM is not to be had for it. */
  static create(kernel: Kernel, engine: EnginePort): DspAdapter | null {
    const pool = kernel.memory.allocateContiguous(POOL_BYTES);
    const segment = pool && kernel.memory.allocateContiguous(SEGMENT_BYTES);
    if (!pool || !segment) {
      pool?.free();
      return null;
    }
    return new DspAdapter(kernel, engine, pool, segment);
  }

  private constructor(kernel: Kernel, engine: EnginePort, pool: ContiguousPages, segment: ContiguousPages) {
    const range = ({ physicalAddress, bytes }: ContiguousPages) => ({ start: physicalAddress, bytes });
    this.#pages = [pool, segment];
    const slice = () => {
      if (this.adapter.run()) kernel.queueDpc(slice);
    };
    this.adapter = new Adapter({
      engine,
      pool: range(pool),
      segment: range(segment),
      nowMs: () => Number(kernel.port.linkTicks) / TICKS_PER_MILLISECOND,
      onWork: () => void kernel.queueDpc(slice),
    });
  }

  free(): void {
    for (const pages of this.#pages) pages.free();
  }
}
