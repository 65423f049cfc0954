// What a tool shows of a running device: its registers, and where each DMA engine is in its descriptor list. Looking
// changes nothing: no register of this block has a side effect of being read.

import { BDL_ENTRY_BYTES } from '../hda/bdl.ts';
import {
  GCAP,
  SD_BASE,
  SD_STRIDE,
  SDnBDPL,
  SDnBDPU,
  SDnCBL,
  SDnCTL,
  SDnCTL_DIR,
  SDnCTL_RUN,
  SDnCTL_STRM_SHIFT,
  SDnFMT,
  SDnLPIB,
  SDnLVI,
} from '../hda/registers.ts';
import type { BusMemory } from '../port/device-port.ts';

export interface DescriptorInspection {
  readonly address: number;
  readonly bytes: number;
  readonly interrupt: boolean;
}

export interface StreamInspection {
  readonly index: number;
  readonly direction: 'input' | 'output';
  readonly running: boolean;
  readonly tag: number;
  /** SDnFMT. */
  readonly format: number;
  readonly linkPositionBytes: number;
  readonly cyclicBufferBytes: number;
  readonly lastValidIndex: number;
  /** Entries 0 to LVI as memory has them; empty where the list lies outside RAM. */
  readonly descriptors: readonly DescriptorInspection[];
}

export interface Inspection {
  /** 24 MHz ticks since power-up. */
  readonly linkTicks: number;
  /** BAR0 from 0 to the last stream's registers. */
  readonly registers: Uint8Array;
  readonly streams: readonly StreamInspection[];
}

interface Inspected {
  readonly memory: BusMemory;
  readonly controller: { read(offset: number, bytes: 1 | 2 | 4): number };
  readonly linkTicks: bigint;
}

export function inspect({ controller, memory, linkTicks }: Inspected): Inspection {
  const gcap = controller.read(GCAP, 2); // §2.1: 15:12 output, 11:8 input, 7:3 bidirectional streams
  const inputs = (gcap >>> 8) & 15;
  const outputs = gcap >>> 12;
  const count = inputs + outputs + ((gcap >>> 3) & 31);
  const registers = new Uint8Array(SD_BASE + SD_STRIDE * count);
  for (let offset = 0; offset < registers.length; offset++) registers[offset] = controller.read(offset, 1);
  const streams = Array.from({ length: count }, (_, index): StreamInspection => {
    const base = SD_BASE + SD_STRIDE * index;
    const control = controller.read(base + SDnCTL, 4);
    const isInput = index < inputs || (index >= inputs + outputs && (control & SDnCTL_DIR) === 0);
    const list = controller.read(base + SDnBDPL, 4) + controller.read(base + SDnBDPU, 4) * 2 ** 32;
    const lastValidIndex = controller.read(base + SDnLVI, 2);
    return {
      index,
      direction: isInput ? 'input' : 'output',
      running: (control & SDnCTL_RUN) !== 0,
      tag: (control >>> SDnCTL_STRM_SHIFT) & 15,
      format: controller.read(base + SDnFMT, 2),
      linkPositionBytes: controller.read(base + SDnLPIB, 4),
      cyclicBufferBytes: controller.read(base + SDnCBL, 4),
      lastValidIndex,
      descriptors: list > 0 ? descriptorsAt(memory, list, lastValidIndex + 1) : [],
    };
  });
  return { linkTicks: Number(linkTicks), registers, streams };
}

function descriptorsAt(memory: BusMemory, address: number, count: number): DescriptorInspection[] {
  if (address + count * BDL_ENTRY_BYTES > memory.bytes) return [];
  const bytes = memory.read(address, count * BDL_ENTRY_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) => {
    const at = index * BDL_ENTRY_BYTES; // address, length, bit 0 of the flags: IOC (§3.6)
    return {
      address: Number(view.getBigUint64(at, true)),
      bytes: view.getUint32(at + 8, true),
      interrupt: (view.getUint32(at + 12, true) & 1) !== 0,
    };
  });
}
