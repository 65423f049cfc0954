// Interrupt status and the line (hda-hardware §2.8): level logic over status and enable bits, nothing stored but the level last told.

import {
  CORBCTL,
  CORBCTL_CMEIE,
  CORBSTS,
  CORBSTS_CMEI,
  INTCTL,
  INTCTL_CIE,
  INTCTL_GIE,
  INTSTS_CIS,
  INTSTS_GIS,
  RIRBCTL,
  RIRBCTL_OIC,
  RIRBCTL_RINTCTL,
  RIRBSTS,
  RIRBSTS_OIS,
  RIRBSTS_RINTFL,
  SD_BASE,
  SD_STRIDE,
  SDnCTL,
  SDnSTS,
  SDnSTS_CAUSES,
  STATESTS,
  STREAM_MASK,
  WAKEEN,
} from '../hda/registers.ts';
import type { RegisterFile } from './register-file.ts';

export type LevelListener = (level: boolean) => void;

export class Interrupts {
  readonly #registers: RegisterFile;
  readonly #streams: number;
  #listeners: readonly LevelListener[] = [];
  #level = false;
  #told = false;
  #changes = 0;
  #telling = false;

  constructor(registers: RegisterFile, streams: number) {
    this.#registers = registers;
    this.#streams = streams;
  }

  /** INTSTS. GIS and CIS do not depend on INTCTL; SIS is gated by the stream's own enables. */
  status(): number {
    const { values } = this.#registers;
    let status = 0;
    for (let n = 0; n < this.#streams; n++) {
      const base = SD_BASE + SD_STRIDE * n;
      const causes = (values[base + SDnSTS] as number) & (values[base + SDnCTL] as number) & SDnSTS_CAUSES;
      if (causes !== 0) status |= 1 << n;
    }
    if (this.#controllerCause()) status |= INTSTS_CIS;
    return status === 0 ? 0 : (status | INTSTS_GIS) >>> 0;
  }

  #controllerCause(): boolean {
    const registers = this.#registers;
    const rirbStatus = registers.get8(RIRBSTS);
    const rirbControl = registers.get8(RIRBCTL);
    return (
      ((rirbStatus & RIRBSTS_RINTFL) !== 0 && (rirbControl & RIRBCTL_RINTCTL) !== 0) ||
      ((rirbStatus & RIRBSTS_OIS) !== 0 && (rirbControl & RIRBCTL_OIC) !== 0) ||
      ((registers.get8(CORBSTS) & CORBSTS_CMEI) !== 0 && (registers.get8(CORBCTL) & CORBCTL_CMEIE) !== 0) ||
      this.wakes()
    );
  }

  /** A codec that WAKEEN lets through has driven its SDI line high. */
  wakes(): boolean {
    return (this.#registers.get16(STATESTS) & this.#registers.get16(WAKEEN)) !== 0;
  }

  /** A cause is set and enabled: what PCISTS bit 3 shows and INTx carries. */
  asserted(): boolean {
    const control = this.#registers.get32(INTCTL);
    if ((control & INTCTL_GIE) === 0) return false;
    return (this.status() & control & (INTCTL_CIE | STREAM_MASK)) !== 0;
  }

  get level(): boolean {
    return this.#level;
  }

  /** True while listeners run. */
  get telling(): boolean {
    return this.#telling;
  }

  onChange(listener: LevelListener): () => void {
    const entry: LevelListener = (level) => listener(level);
    this.#listeners = [...this.#listeners, entry];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    };
  }

  /**
   * Sets the line and tells the listeners of every change, in order. A listener may access registers: the changes
   * that it causes are told after it returns, so a line that falls and rises inside an ISR is told twice.
   */
  setLevel(level: boolean): void {
    if (level === this.#level) return;
    this.#level = level;
    this.#changes++;
    if (this.#telling) return;
    this.#telling = true;
    try {
      while (this.#changes > 0) {
        this.#changes--;
        this.#told = !this.#told;
        for (const listener of this.#listeners) listener(this.#told);
      }
    } finally {
      this.#telling = false;
      this.#changes = 0;
      this.#told = this.#level; // after a throw, what was not told is past
    }
  }
}
