// RAM as a saved machine has it: the pages that are not zero, each its number (u32) and its bytes.

import type { BusMemory } from '../port/device-port.ts';

const PAGE_BYTES = 4096;
const ROW_BYTES = 4 + PAGE_BYTES;

export function packRam(memory: BusMemory): Uint8Array {
  const used = usedPages(memory);
  const out = new Uint8Array(used.length * ROW_BYTES);
  const view = new DataView(out.buffer);
  used.forEach((page, i) => {
    view.setUint32(i * ROW_BYTES, page, true);
    out.set(memory.read(page * PAGE_BYTES, PAGE_BYTES), i * ROW_BYTES + 4);
  });
  return out;
}

export function unpackRam(memory: BusMemory, packed: Uint8Array): void {
  const zeros = new Uint8Array(PAGE_BYTES);
  for (const page of usedPages(memory)) memory.write(page * PAGE_BYTES, zeros);
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  for (let at = 0; at < packed.length; at += ROW_BYTES) {
    memory.write(view.getUint32(at, true) * PAGE_BYTES, packed.subarray(at + 4, at + ROW_BYTES));
  }
}

function usedPages(memory: BusMemory): number[] {
  const used: number[] = [];
  for (let page = 0; page * PAGE_BYTES < memory.bytes; page++) {
    if (memory.read(page * PAGE_BYTES, PAGE_BYTES).some((byte) => byte !== 0)) used.push(page);
  }
  return used;
}
