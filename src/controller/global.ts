// GCTL and the wall clock: in and out of controller reset, flush (hda-hardware §2.1, §3.1, §3.11).

import { GCTL, GCTL_CRST, GCTL_FCNTRL, GSTS, GSTS_FSTS } from '../hda/registers.ts';
import type { Clock } from './codec-link.ts';
import type { RegisterFile } from './register-file.ts';

export interface ResetListener {
  /** CRST fell: all engines stop, all but the resume well has its reset value, the link is in reset (§3.1 step 2). */
  enterReset(): void;
  /** CRST rose: the link starts. */
  leaveReset(): void;
}

export class GlobalControl {
  /** Low 32 bits of the tick at which CRST rose: where WALCLK counts from. */
  wallClockStart = 0;
  readonly #registers: RegisterFile;
  readonly #clock: Clock;
  readonly #listener: ResetListener;

  constructor(registers: RegisterFile, clock: Clock, listener: ResetListener) {
    this.#registers = registers;
    this.#clock = clock;
    this.#listener = listener;
  }

  get inReset(): boolean {
    return (this.#registers.get8(GCTL) & GCTL_CRST) === 0;
  }

  /** Ticks since CRST rose; stands at 0 in reset (§2.1). */
  get wallClock(): number {
    return this.inReset ? 0 : (this.#clock.ticksLow - this.wallClockStart) >>> 0;
  }

  /** Byte 0 of GCTL was written. In reset no other bit of it stands: UNSOL falls with CRST, whatever was written. */
  written(old: number): void {
    const registers = this.#registers;
    const wasInReset = (old & GCTL_CRST) === 0;
    if (this.inReset) {
      if (!wasInReset) this.#listener.enterReset();
      registers.set32(GCTL, 0);
      return;
    }
    if (wasInReset) {
      this.wallClockStart = this.#clock.ticksLow;
      this.#listener.leaveReset();
    }
    const control = registers.get8(GCTL);
    if ((control & GCTL_FCNTRL) === 0) return;
    registers.set8(GCTL, control & ~GCTL_FCNTRL); // nothing is kept back in a FIFO: flushed at once (§3.11)
    registers.set8(GSTS, GSTS_FSTS);
  }

  /** Byte 1 was written. */
  upperWritten(): void {
    if (this.inReset) this.#registers.set8(GCTL + 1, 0);
  }
}
