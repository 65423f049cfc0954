// DMA buffers: usable sizes, descriptor lists, and who frees what (hdaudio-ddi §2.5, §2.6, §2.19).

import type { PHDAUDIO_BDL_ISR } from '../ddi/buffer-routines.ts';
import { encodeBufferDescriptors, type HDAUDIO_BUFFER_DESCRIPTOR } from '../ddi/hdaudio.ts';
import type { PVOID } from '../ddi/kernel.ts';
import { type ContiguousPages, type Mdl, PAGE_BYTES, type PhysicalMemory } from '../driver-model/memory.ts';
import { BDL_ALIGNMENT, BDL_MAX_ENTRIES } from '../hda/bdl.ts';

/** A buffer that an engine owns, with its descriptor list. */
export interface DmaBuffer {
  readonly memory: Mdl | ContiguousPages;
  readonly bdl: ContiguousPages;
  /** What the engine is programmed with; null until SetupDmaEngineWithBdl has been called. */
  cycle: { readonly bytes: number; readonly lvi: number } | null;
  /** BDL DDI: the client's ISR. */
  isr: { readonly routine: PHDAUDIO_BDL_ISR; readonly context: PVOID } | null;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/**
 * The size nearest to `requested` (upward from the middle) that cuts into `parts` pieces of whole frames and whole 128
 * bytes, and has two descriptors at least (§2.5, inferred).
 */
export function usableBytes(requested: number, frameBytes: number, parts: number): number {
  const unit = ((BDL_ALIGNMENT * frameBytes) / greatestCommonDivisor(BDL_ALIGNMENT, frameBytes)) * parts;
  const least = Math.ceil((2 * BDL_ALIGNMENT) / unit) * unit;
  return Math.max(least, Math.round(requested / unit) * unit);
}

/** A cyclic buffer of usable size with its list: two halves, IOC at the end of the last `notifications` of them. */
export function allocateCyclic(memory: PhysicalMemory, bytes: number, notifications: 0 | 1 | 2): DmaBuffer | null {
  const mdl = memory.allocateMdl(bytes);
  const bdl = mdl && memory.allocateContiguous(PAGE_BYTES);
  const descriptors = mdl ? halves(mdl, notifications) : [];
  if (mdl && bdl && descriptors.length <= BDL_MAX_ENTRIES) {
    bdl.write(0, encodeBufferDescriptors(descriptors));
    return { memory: mdl, bdl, cycle: { bytes, lvi: descriptors.length - 1 }, isr: null };
  }
  mdl?.free();
  bdl?.free();
  return null;
}

function halves(mdl: Mdl, notifications: 0 | 1 | 2): HDAUDIO_BUFFER_DESCRIPTOR[] {
  const middle = Math.floor(mdl.bytes / 2 / BDL_ALIGNMENT) * BDL_ALIGNMENT;
  const piece = (offset: number, bytes: number, ioc: boolean): HDAUDIO_BUFFER_DESCRIPTOR[] => {
    const runs = mdl.runs(offset, bytes);
    return runs.map((run, index) => ({
      Address: run.address,
      Length: run.bytes,
      InterruptOnCompletion: ioc && index === runs.length - 1,
    }));
  };
  return [...piece(0, middle, notifications === 2), ...piece(middle, mdl.bytes - middle, notifications >= 1)];
}

/** Data block and list page for the BDL DDI, both the client's to fill. */
export function allocateContiguous(memory: PhysicalMemory, bytes: number): DmaBuffer | null {
  const data = memory.allocateContiguous(bytes);
  const bdl = data && memory.allocateContiguous(PAGE_BYTES);
  if (data && bdl) return { memory: data, bdl, cycle: null, isr: null };
  data?.free();
  return null;
}

export function freeBuffer(buffer: DmaBuffer): void {
  buffer.memory.free();
  buffer.bdl.free();
}
