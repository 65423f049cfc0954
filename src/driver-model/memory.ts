// Physical memory in pages, and the lists and blocks that drivers get of it. Exhaustion is null, never an exception.

import type { ContiguousMemory, MDL } from '../ddi/kernel.ts';
import type { BusMemory } from '../port/device-port.ts';

export const PAGE_BYTES = 4096;

function checkRange(offset: number, length: number, bytes: number): void {
  if (!(offset >= 0 && length >= 0 && offset + length <= bytes))
    throw new RangeError(`bytes ${offset}…${offset + length} are outside a buffer of ${bytes} bytes`);
}

/** The pages of a device's memory. First fit from the lowest address; page 0 is never handed out. */
export class PhysicalMemory {
  readonly #ram: BusMemory;
  readonly #used: Uint8Array;

  constructor(ram: BusMemory) {
    this.#ram = ram;
    this.#used = new Uint8Array(Math.floor(ram.bytes / PAGE_BYTES));
    this.#used[0] = 1;
  }

  get freePages(): number {
    return this.#used.reduce((free, used) => free + (used ? 0 : 1), 0);
  }

  /** MmAllocateContiguousMemory: whole pages in one piece, zeroed, ending at or below `highestAddress`. */
  allocateContiguous(bytes: number, highestAddress = Number.MAX_SAFE_INTEGER): ContiguousPages | null {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    const end = Math.min(this.#used.length, Math.floor((highestAddress + 1) / PAGE_BYTES));
    for (let first = 1; first + pages <= end; ) {
      const hit = this.#used.indexOf(1, first);
      if (hit === -1 || hit >= first + pages) {
        this.#used.fill(1, first, first + pages);
        this.#zero(first, pages);
        return new ContiguousPages(this, this.#ram, first * PAGE_BYTES, bytes);
      }
      first = hit + 1;
    }
    return null;
  }

  /** MmAllocatePagesForMdl: whole pages wherever there are free ones, zeroed, and all or none of them. */
  allocateMdl(bytes: number): Mdl | null {
    const pages = Math.ceil(bytes / PAGE_BYTES);
    const frames: number[] = [];
    for (let frame = 1; frame < this.#used.length && frames.length < pages; frame++)
      if (!this.#used[frame]) frames.push(frame);
    if (frames.length < pages) return null;
    for (const frame of frames) {
      this.#used[frame] = 1;
      this.#zero(frame, 1);
    }
    return new Mdl(this, this.#ram, frames, bytes);
  }

  /** Called by the block itself, once. */
  release(frames: readonly number[]): void {
    for (const frame of frames) this.#used[frame] = 0;
  }

  #zero(frame: number, pages: number): void {
    this.#ram.write(frame * PAGE_BYTES, new Uint8Array(pages * PAGE_BYTES));
  }
}

export class ContiguousPages implements ContiguousMemory {
  readonly physicalAddress: number;
  readonly bytes: number;
  readonly #memory: PhysicalMemory;
  readonly #ram: BusMemory;

  constructor(memory: PhysicalMemory, ram: BusMemory, physicalAddress: number, bytes: number) {
    this.physicalAddress = physicalAddress;
    this.bytes = bytes;
    this.#memory = memory;
    this.#ram = ram;
  }

  read(offset: number, length: number): Uint8Array {
    checkRange(offset, length, this.bytes);
    return this.#ram.read(this.physicalAddress + offset, length);
  }

  write(offset: number, data: Uint8Array): void {
    checkRange(offset, data.length, this.bytes);
    this.#ram.write(this.physicalAddress + offset, data);
  }

  free(): void {
    const first = this.physicalAddress / PAGE_BYTES;
    this.#memory.release(Array.from({ length: Math.ceil(this.bytes / PAGE_BYTES) }, (_, index) => first + index));
  }
}

export class Mdl implements MDL {
  readonly byteOffset = 0; // a buffer starts its first page (hdaudio-ddi C11)
  readonly pageFrames: readonly number[];
  readonly bytes: number;
  readonly #memory: PhysicalMemory;
  readonly #ram: BusMemory;

  constructor(memory: PhysicalMemory, ram: BusMemory, pageFrames: readonly number[], bytes: number) {
    this.pageFrames = pageFrames;
    this.bytes = bytes;
    this.#memory = memory;
    this.#ram = ram;
  }

  read(offset: number, length: number): Uint8Array {
    checkRange(offset, length, this.bytes);
    const result = new Uint8Array(length);
    for (const run of this.runs(offset, length))
      result.set(this.#ram.read(run.address, run.bytes), run.offset - offset);
    return result;
  }

  write(offset: number, data: Uint8Array): void {
    checkRange(offset, data.length, this.bytes);
    for (const run of this.runs(offset, data.length))
      this.#ram.write(run.address, data.subarray(run.offset - offset, run.offset - offset + run.bytes));
  }

  /** The physically contiguous pieces of bytes `offset`…`offset + length − 1`, in order. */
  runs(offset: number, length: number): { offset: number; address: number; bytes: number }[] {
    const runs: { offset: number; address: number; bytes: number }[] = [];
    for (let at = offset; at < offset + length; ) {
      const within = at % PAGE_BYTES;
      const address = (this.pageFrames[Math.floor(at / PAGE_BYTES)] ?? 0) * PAGE_BYTES + within;
      const bytes = Math.min(PAGE_BYTES - within, offset + length - at);
      const last = runs.at(-1);
      if (last && last.address + last.bytes === address) last.bytes += bytes;
      else runs.push({ offset: at, address, bytes });
      at += bytes;
    }
    return runs;
  }

  free(): void {
    this.#memory.release(this.pageFrames);
  }
}
