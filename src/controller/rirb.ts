// RIRB: responses into guest memory (hda-hardware §3.3).

import {
  RINTCNT,
  RIRB_UNSOLICITED,
  RIRBCTL,
  RIRBCTL_DMAEN,
  RIRBLBASE,
  RIRBSIZE,
  RIRBSTS,
  RIRBSTS_OIS,
  RIRBSTS_RINTFL,
  RIRBWP,
} from '../hda/registers.ts';
import type { ControllerCounters } from './diagnostics.ts';
import type { DmaPort } from './dma-port.ts';
import type { RegisterFile } from './register-file.ts';

const RING_ENTRIES = [2, 16, 256, 256];

/** Entries of the ring whose size register is at `offset`. */
export function ringEntries(registers: RegisterFile, offset: number): number {
  return RING_ENTRIES[registers.get8(offset) & 3] as number;
}

export class Rirb {
  readonly #registers: RegisterFile;
  readonly #dma: DmaPort;
  readonly #counters: ControllerCounters;
  /** Responses stored since RINTFL was last set. */
  pending = 0;

  constructor(registers: RegisterFile, dma: DmaPort, counters: ControllerCounters) {
    this.#registers = registers;
    this.#dma = dma;
    this.#counters = counters;
  }

  reset(): void {
    this.pending = 0;
  }

  /** RIRBWP bit 15: the next entry goes to slot 1. */
  resetPointer(): void {
    this.#registers.set16(RIRBWP, 0);
  }

  /**
   * Stores one response; the entry is in memory before the pointer or RINTFL show it. The ring has no reader's
   * pointer and never waits: it wraps over what was not read. Nothing depends on RINTCTL or on RINTFL being clear.
   */
  store(response: number, codec: number, unsolicited: boolean): void {
    const registers = this.#registers;
    if ((registers.get8(RIRBCTL) & RIRBCTL_DMAEN) === 0) {
      this.#counters.responsesLost++;
      return;
    }
    const pointer = (registers.get8(RIRBWP) + 1) & (ringEntries(registers, RIRBSIZE) - 1);
    const address = registers.getAddress(RIRBLBASE) + 8 * pointer;
    if (!this.#dma.write64(address, response, codec | (unsolicited ? RIRB_UNSOLICITED : 0))) {
      registers.set8(RIRBSTS, registers.get8(RIRBSTS) | RIRBSTS_OIS);
      this.#counters.rirbFaults++;
      return;
    }
    registers.set8(RIRBWP, pointer);
    this.pending++;
    if (this.pending >= (registers.get8(RINTCNT) || 256)) this.#flag();
  }

  /** A frame without a response follows: what is pending raises RINTFL whatever RINTCNT says (§3.3). */
  drained(): void {
    if (this.pending > 0) this.#flag();
  }

  #flag(): void {
    this.pending = 0;
    this.#registers.set8(RIRBSTS, this.#registers.get8(RIRBSTS) | RIRBSTS_RINTFL);
  }
}
