// CORB: commands out of guest memory (hda-hardware §3.2). They run to the end within the write that sets them off.

import {
  CORBCTL,
  CORBCTL_RUN,
  CORBLBASE,
  CORBRP,
  CORBRP_RST,
  CORBSIZE,
  CORBSTS,
  CORBSTS_CMEI,
  CORBWP,
} from '../hda/registers.ts';
import type { CodecLink } from './codec-link.ts';
import type { ControllerCounters } from './diagnostics.ts';
import type { DmaPort } from './dma-port.ts';
import type { RegisterFile } from './register-file.ts';
import { type Rirb, ringEntries } from './rirb.ts';

export class Corb {
  readonly #registers: RegisterFile;
  readonly #dma: DmaPort;
  readonly #link: CodecLink;
  readonly #rirb: Rirb;
  readonly #counters: ControllerCounters;
  #running = false;

  constructor(registers: RegisterFile, dma: DmaPort, link: CodecLink, rirb: Rirb, counters: ControllerCounters) {
    this.#registers = registers;
    this.#dma = dma;
    this.#link = link;
    this.#rirb = rirb;
    this.#counters = counters;
  }

  /** CORBRP bit 15 was written: 1 zeroes the pointer and holds the ring until 0 is written (§3.2). */
  resetPointerWritten(): void {
    if (this.#pointerHeld()) this.#registers.set16(CORBRP, CORBRP_RST);
    else this.run();
  }

  #pointerHeld(): boolean {
    return (this.#registers.get16(CORBRP) & CORBRP_RST) !== 0;
  }

  /**
   * Runs what lies between CORBRP and CORBWP, at most one ring of it. Pointers count modulo the ring's size, so a
   * CORBWP beyond the ring ends too (CVE-2024-51564). A response that lands on the CORB is a later command's text
   * and runs nothing by itself (H12).
   */
  run(): void {
    if (this.#running) return;
    this.#running = true;
    try {
      const registers = this.#registers;
      for (let left = ringEntries(registers, CORBSIZE); left > 0; left--) {
        const mask = ringEntries(registers, CORBSIZE) - 1;
        const read = registers.get8(CORBRP) & mask;
        if ((registers.get8(CORBCTL) & CORBCTL_RUN) === 0 || this.#pointerHeld() || !this.#dma.enabled) break;
        if (read === (registers.get8(CORBWP) & mask)) break;
        if (!this.#step((read + 1) & mask)) break;
      }
    } finally {
      this.#running = false;
    }
    this.#rirb.drained();
  }

  #step(pointer: number): boolean {
    const registers = this.#registers;
    const command = this.#dma.read32(registers.getAddress(CORBLBASE) + 4 * pointer);
    if (command === null) {
      registers.set8(CORBSTS, registers.get8(CORBSTS) | CORBSTS_CMEI);
      registers.set8(CORBCTL, registers.get8(CORBCTL) & ~CORBCTL_RUN);
      this.#counters.corbFaults++;
      return false;
    }
    registers.set8(CORBRP, pointer);
    const response = this.#link.command(command);
    if (response !== null) this.#rirb.store(response, command >>> 28, false);
    return true;
  }
}
