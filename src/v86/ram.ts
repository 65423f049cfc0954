import type { BusMemory } from '../entries/machine.ts';
import type { Cpu } from './emulator.ts';

/**
 * The emulator's RAM as the card's DMA sees it: 0…memory_size−1 and nothing else, so never a register of any device. Every
 * access is a copy. What is written goes through the emulator, which drops the code that it compiled from those bytes.
 */
export class GuestRam implements BusMemory {
  readonly bytes: number;
  readonly #cpu: Cpu;

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    this.bytes = cpu.memory_size[0] as number;
  }

  read(address: number, length: number): Uint8Array {
    this.#check(address, length);
    return this.#cpu.mem8.slice(address, address + length);
  }

  write(address: number, data: Uint8Array): void {
    this.#check(address, data.length);
    this.#cpu.write_blob(data, address);
  }

  #check(address: number, length: number): void {
    if (!(address >= 0 && length >= 0 && address + length <= this.bytes)) {
      throw new RangeError(`${length} bytes at 0x${address.toString(16)} are not in the guest's RAM`);
    }
  }
}
