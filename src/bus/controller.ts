// The HD Audio controller through its registers: reset, discovery, interrupts (hda-hardware §2.8, §3.1).

import {
  type NTSTATUS,
  STATUS_DEVICE_NOT_READY,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_SUCCESS,
} from '../ddi/ntstatus.ts';
import type { Kernel } from '../driver-model/kernel.ts';
import type { ContiguousPages } from '../driver-model/memory.ts';
import { PAGE_BYTES } from '../driver-model/memory.ts';
import {
  CORBSTS,
  CORBSTS_CMEI,
  DPLBASE,
  DPLBASE_ENABLE,
  DPUBASE,
  GCAP,
  GCTL,
  GCTL_CRST,
  GCTL_UNSOL,
  INTCTL,
  INTCTL_CIE,
  INTCTL_GIE,
  INTSTS,
  INTSTS_CIS,
  INTSTS_GIS,
  RIRBSTS,
  RIRBSTS_OIS,
  RIRBSTS_RINTFL,
  SD_BASE,
  SD_STRIDE,
  SDI_MASK,
  SDnSTS,
  SDnSTS_CAUSES,
  STATESTS,
  VMAJ,
  VMIN,
  WAKEEN,
} from '../hda/registers.ts';
import { DISCOVERY_FRAMES } from '../hda/timing.ts';

/** Link frames for a register bit to settle: 100 ms, as Linux waits (hda-hardware §7.2). */
const SETTLE_FRAMES = 4800;
/** RESET# must stay low for 100 µs (§3.1 step 3). */
const RESET_FRAMES = 5;

export interface InterruptTargets {
  /** RIRB has responses, or (`overrun`) lost some. DIRQL. */
  onResponses(overrun: boolean): void;
  /** Stream `index` has these causes of SDnSTS. DIRQL. */
  onStream(index: number, causes: number): void;
}

export class Controller {
  readonly #kernel: Kernel;
  #disconnect: (() => void) | null = null;
  #positions: ContiguousPages | null = null;
  /** Bit n: a codec at SDI line n. */
  codecMask = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  read(offset: number, bytes: 1 | 2 | 4): number {
    return this.#kernel.port.registers.read(offset, bytes);
  }

  write(offset: number, bytes: 1 | 2 | 4, value: number): void {
    this.#kernel.port.registers.write(offset, bytes, value >>> 0);
  }

  /** Waits until the masked bits read `value`: true once they do. */
  settles(offset: number, bytes: 1 | 2 | 4, mask: number, value: number): boolean {
    return this.#kernel.poll(() => (this.read(offset, bytes) & mask) >>> 0 === value, SETTLE_FRAMES);
  }

  get version(): number {
    return (this.read(VMAJ, 1) << 8) | this.read(VMIN, 1);
  }

  get inputStreams(): number {
    return (this.read(GCAP, 2) >>> 8) & 15;
  }

  get outputStreams(): number {
    return this.read(GCAP, 2) >>> 12;
  }

  get bidirectionalStreams(): number {
    return (this.read(GCAP, 2) >>> 3) & 31;
  }

  /** NSDO 0, 1, 2: one, two, four lines. */
  get outputLines(): number {
    return 1 << ((this.read(GCAP, 2) >>> 1) & 3);
  }

  /** Resets controller and link and learns which codecs are there. */
  reset(): NTSTATUS {
    if (this.version !== 0x0100) return STATUS_INVALID_DEVICE_STATE; // UAA takes 1.0 only (hdaudio-ddi §3.11)
    this.write(STATESTS, 2, SDI_MASK); // sticky: what is set after the reset is news
    this.write(GCTL, 4, 0);
    if (!this.settles(GCTL, 4, GCTL_CRST, 0)) return STATUS_DEVICE_NOT_READY;
    this.#kernel.port.stall(RESET_FRAMES);
    this.write(GCTL, 4, GCTL_CRST);
    if (!this.settles(GCTL, 4, GCTL_CRST, GCTL_CRST)) return STATUS_DEVICE_NOT_READY;
    this.#kernel.port.stall(DISCOVERY_FRAMES + 1);
    this.codecMask = this.read(STATESTS, 2) & SDI_MASK;
    this.write(STATESTS, 2, this.codecMask);
    return STATUS_SUCCESS;
  }

  /** Position buffer, unsolicited responses, interrupts. After the rings run. */
  enable(targets: InterruptTargets): NTSTATUS {
    this.#positions = this.#kernel.memory.allocateContiguous(PAGE_BYTES);
    if (!this.#positions) return STATUS_INSUFFICIENT_RESOURCES;
    this.write(DPUBASE, 4, Math.floor(this.#positions.physicalAddress / 2 ** 32));
    this.write(DPLBASE, 4, this.#positions.physicalAddress | DPLBASE_ENABLE);
    this.#disconnect = this.#kernel.connectInterrupt(() => this.#isr(targets));
    this.write(GCTL, 4, GCTL_CRST | GCTL_UNSOL);
    const streams = this.inputStreams + this.outputStreams + this.bidirectionalStreams;
    this.write(INTCTL, 4, INTCTL_GIE | INTCTL_CIE | (2 ** streams - 1));
    return STATUS_SUCCESS;
  }

  /** Silences the interrupt, then puts controller and link back into reset. */
  disable(): void {
    this.write(INTCTL, 4, 0);
    this.write(GCTL, 4, 0);
    this.abandon();
  }

  /** In reset, where WAKEEN takes a write: a codec of the mask that drives its line high is a wake event (§3.1). */
  armWake(codecMask: number): void {
    this.write(STATESTS, 2, SDI_MASK);
    this.write(WAKEEN, 2, codecMask);
  }

  /** The codecs that woke the link, read before the reset of a resume; no wake events any more. */
  takeWake(): number {
    const woken = this.read(STATESTS, 2) & this.read(WAKEEN, 2);
    this.write(WAKEEN, 2, 0);
    return woken;
  }

  /** What is left to do when the controller is gone: nothing that touches it. */
  abandon(): void {
    this.#disconnect?.();
    this.#disconnect = null;
    this.#positions?.free();
    this.#positions = null;
  }

  /** A shared line: «not ours» where INTSTS is clear, or all ones as from an empty slot (hda-hardware §1.3). */
  #isr(targets: InterruptTargets): boolean {
    const status = this.read(INTSTS, 4);
    if ((status & INTSTS_GIS) === 0 || status >>> 0 === 0xffffffff) return false;
    if ((status & INTSTS_CIS) !== 0) {
      const responses = this.read(RIRBSTS, 1) & (RIRBSTS_RINTFL | RIRBSTS_OIS);
      this.write(RIRBSTS, 1, responses); // before WP is read: a response after this sets it again (§3.3)
      this.write(CORBSTS, 1, CORBSTS_CMEI);
      this.write(STATESTS, 2, SDI_MASK);
      targets.onResponses((responses & RIRBSTS_OIS) !== 0);
    }
    for (let index = 0, streams = status & ~(INTSTS_GIS | INTSTS_CIS); streams !== 0; index++, streams >>>= 1) {
      if ((streams & 1) === 0) continue;
      const offset = SD_BASE + SD_STRIDE * index + SDnSTS;
      const causes = this.read(offset, 1) & SDnSTS_CAUSES;
      this.write(offset, 1, causes);
      targets.onStream(index, causes);
    }
    return true;
  }
}
