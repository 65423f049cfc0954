// Ranges of physical memory in pages, first fit: the segment, and the pool of DMA buffers.

export const PAGE_BYTES = 4096;

export interface Range {
  readonly start: number;
  readonly bytes: number;
}

export function roundToPages(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}

export class Heap {
  readonly range: Range;
  /** Free ranges by rising address; no two touch. */
  #free: Range[];

  /** Errors: RangeError unless start and bytes are whole pages; physical 0 is never valid. */
  constructor(range: Range) {
    if (range.start <= 0 || range.start % PAGE_BYTES !== 0 || range.bytes % PAGE_BYTES !== 0) {
      throw new RangeError(`range ${range.start} + ${range.bytes} is not whole pages above page 0`);
    }
    this.range = range;
    this.#free = [range];
  }

  get freeBytes(): number {
    return this.#free.reduce((sum, range) => sum + range.bytes, 0);
  }

  /** Address of `bytes`, rounded up to pages; 0: no such range is free. */
  allocate(bytes: number): number {
    const wanted = roundToPages(bytes);
    const found = this.#free.findIndex((range) => range.bytes >= wanted);
    const range = this.#free[found];
    if (!range || wanted === 0) return 0;
    if (range.bytes === wanted) this.#free.splice(found, 1);
    else this.#free[found] = { start: range.start + wanted, bytes: range.bytes - wanted };
    return range.start;
  }

  free(start: number, bytes: number): void {
    const all = [...this.#free, { start, bytes: roundToPages(bytes) }].sort((a, b) => a.start - b.start);
    const merged: Range[] = [];
    for (const range of all) {
      const last = merged.at(-1);
      if (last && last.start + last.bytes === range.start) {
        merged[merged.length - 1] = { start: last.start, bytes: last.bytes + range.bytes };
      } else merged.push(range);
    }
    this.#free = merged;
  }

  /** All of it is free again. */
  clear(): void {
    this.#free = [this.range];
  }
}
