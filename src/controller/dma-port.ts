// The controller's own way to guest memory. Every address is checked against RAM, 64-bit and without wrap, so no
// descriptor, ring or buffer can reach a register: the device's own are not memory (CVE-2021-3611, hostile-inputs H1–H3).

import type { BusMemory } from '../port/device-port.ts';

export class DmaPort {
  /** PCICMD bit 2: without it nothing is read or written (§1.2). */
  enabled = true;
  readonly #memory: BusMemory;
  readonly #entry = new Uint8Array(8);
  readonly #entryView = new DataView(this.#entry.buffer);

  constructor(memory: BusMemory) {
    this.#memory = memory;
  }

  #reaches(address: number, bytes: number): boolean {
    return this.enabled && address + bytes <= this.#memory.bytes;
  }

  /** The dword at `address`, or null where there is no RAM. */
  read32(address: number): number | null {
    if (!this.#reaches(address, 4)) return null;
    const bytes = this.#memory.read(address, 4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }

  /** Stores two dwords; false, and nothing is written, where there is no RAM. */
  write64(address: number, low: number, high: number): boolean {
    if (!this.#reaches(address, 8)) return false;
    this.#entryView.setUint32(0, low, true);
    this.#entryView.setUint32(4, high, true);
    this.#memory.write(address, this.#entry);
    return true;
  }
}
