// The BAR in v86's address space: bytes and dwords, as v86 hands them over; a 16-bit access comes as two bytes.

import type { Machine } from '../entries/machine.ts';
import type { Cpu, MmioHandlers } from './emulator.ts';
import { MMIO_BLOCK_BYTES } from './pci-function.ts';

/** `arrive` is called before every access: the card must be at the guest's present. Returns the function that unmaps. */
export function mapRegisters(
  cpu: Cpu,
  address: number,
  controller: Machine['controller'],
  arrive: () => void,
): () => void {
  const block = address >>> 17;
  const maps = [cpu.memory_map_read8, cpu.memory_map_write8, cpu.memory_map_read32, cpu.memory_map_write32] as const;
  const before = maps.map((map) => map[block]) as MmioHandlers;
  const read = (bytes: 1 | 4) => (at: number) => {
    arrive();
    return controller.read((at >>> 0) - address, bytes);
  };
  const write = (bytes: 1 | 4) => (at: number, value: number) => {
    arrive();
    controller.write((at >>> 0) - address, bytes, value);
  };
  cpu.io.mmap_register(address, MMIO_BLOCK_BYTES, read(1), write(1), read(4), write(4));
  return () => cpu.io.mmap_register(address, MMIO_BLOCK_BYTES, ...before);
}
