// Stream descriptors (hda-hardware §2.4, §3.5, §3.9): what RUN, SRST and SSYNC tell the core, and FIFOS. The core moves the data.

import {
  SD_BASE,
  SD_STRIDE,
  SDnBDPL,
  SDnCBL,
  SDnCTL,
  SDnCTL_DIR,
  SDnCTL_RUN,
  SDnCTL_SRST,
  SDnFIFOS,
  SDnFIFOW,
  SDnFMT,
  SDnSTS,
  SDnSTS_FIFORDY,
  SSYNC_ICH6,
} from '../hda/registers.ts';
import { BITS_20, formatBitsCode } from '../hda/stream-format.ts';
import type { Core } from './core.ts';
import type { DmaPort } from './dma-port.ts';
import { type StreamCounts, streamCount } from './options.ts';
import type { Recorder } from './record.ts';
import type { RegisterFile } from './register-file.ts';

/** FIFO bytes less one (ICH, §2.4). Inputs are fixed by sample size, outputs take any of the six. */
const INPUT_FIFO = 0x77;
const INPUT_FIFO_WIDE = 0x9f;
const OUTPUT_FIFO = 0xbf;
const OUTPUT_FIFOS: readonly number[] = [0x0f, 0x1f, 0x3f, 0x7f, 0xbf, 0xff];

/** What a running stream does not take: CBL, LVI, FMT, BDPL, BDPU (§2.6). One rule for all five, LVI too: D8. */
function heldUnderRun(offset: number): boolean {
  return (offset >= SDnCBL && offset < SDnFIFOW) || (offset >= SDnFMT && offset < SDnFMT + 2) || offset >= SDnBDPL;
}

export class Streams {
  readonly count: number;
  readonly #registers: RegisterFile;
  readonly #core: Core;
  readonly #dma: DmaPort;
  readonly #recorder: Recorder;
  readonly #inputs: number;
  readonly #bidirectionalFrom: number;
  readonly #moving: boolean[];

  constructor(registers: RegisterFile, core: Core, dma: DmaPort, counts: StreamCounts, recorder: Recorder) {
    this.#registers = registers;
    this.#core = core;
    this.#dma = dma;
    this.#recorder = recorder;
    this.count = streamCount(counts);
    this.#inputs = counts.input;
    this.#bidirectionalFrom = counts.input + counts.output;
    this.#moving = new Array<boolean>(this.count).fill(false);
    this.reset();
  }

  /** Controller reset: the register file has its reset values already. */
  reset(): void {
    this.#moving.fill(false);
    for (let n = 0; n < this.count; n++) this.#setFifos(n);
  }

  /** The descriptor that a byte of the register page belongs to, or −1. */
  streamAt(lane: number): number {
    const n = (lane - SD_BASE) >> 5;
    return n >= 0 && n < this.count ? n : -1;
  }

  /**
   * Why a write does not reach this byte now, or null. Asked byte by byte in ascending order, so a dword that ends
   * SRST carries its tag and one that begins it does not.
   */
  refusal(n: number, lane: number): 'writesUnderRun' | 'writesInStreamReset' | null {
    const base = SD_BASE + SD_STRIDE * n;
    const offset = lane - base;
    if (offset === SDnCTL) return null;
    const control = this.#registers.get8(base + SDnCTL);
    if ((control & SDnCTL_SRST) !== 0) return 'writesInStreamReset';
    return (control & SDnCTL_RUN) !== 0 && heldUnderRun(offset) ? 'writesUnderRun' : null;
  }

  /** A byte of descriptor n was written. */
  written(n: number, lane: number): void {
    const base = SD_BASE + SD_STRIDE * n;
    const offset = lane - base;
    if (offset === SDnCTL) this.#controlWritten(n, base);
    else if (offset === SDnFMT || offset === SDnFIFOS || offset === SDnCTL + 2) this.#setFifos(n);
  }

  #controlWritten(n: number, base: number): void {
    const registers = this.#registers;
    if ((registers.get8(base + SDnCTL) & SDnCTL_SRST) !== 0) {
      // Everything of the descriptor but SRST goes back; with RUN set as well, SRST wins (§3.5).
      registers.resetRange(base, SD_STRIDE);
      registers.set8(base + SDnCTL, SDnCTL_SRST);
      this.#setFifos(n);
      this.#moving[n] = false;
      this.#core.resetStream(n);
      if (this.#recorder.on) this.#recorder.emit({ kind: 'stream', stream: n, event: 'reset' });
      return;
    }
    this.#setReady(base);
    this.#follow(n, base);
  }

  /** FIFORDY: up while RUN is, down once it falls (§3.7). */
  #setReady(base: number): void {
    const registers = this.#registers;
    const running = (registers.get8(base + SDnCTL) & SDnCTL_RUN) !== 0;
    const status = registers.get8(base + SDnSTS) & ~SDnSTS_FIFORDY;
    registers.set8(base + SDnSTS, running ? status | SDnSTS_FIFORDY : status);
  }

  /** SSYNC or the bus master bit changed, or the core stopped streams at a fault: all that may move do, on one frame. */
  followAll(): void {
    for (let n = 0; n < this.count; n++) {
      const base = SD_BASE + SD_STRIDE * n;
      this.#setReady(base);
      this.#follow(n, base);
    }
  }

  /** A stream moves while RUN is 1, its SSYNC bit is 0 (§3.9) and the function may master the bus. */
  #follow(n: number, base: number): void {
    const registers = this.#registers;
    const running = (registers.get8(base + SDnCTL) & SDnCTL_RUN) !== 0;
    const held = ((registers.get32(SSYNC_ICH6) >>> n) & 1) !== 0;
    const moves = running && !held && this.#dma.enabled;
    if (moves === this.#moving[n]) return;
    this.#moving[n] = moves;
    if (moves) this.#core.startStream(n);
    else this.#core.stopStream(n);
    if (this.#recorder.on) this.#recorder.emit({ kind: 'stream', stream: n, event: moves ? 'run' : 'stop' });
  }

  #isInput(n: number, base: number): boolean {
    if (n < this.#bidirectionalFrom) return n < this.#inputs;
    return (this.#registers.get32(base + SDnCTL) & SDnCTL_DIR) === 0;
  }

  #setFifos(n: number): void {
    const registers = this.#registers;
    const base = SD_BASE + SD_STRIDE * n;
    if (this.#isInput(n, base)) {
      const wide = formatBitsCode(registers.get16(base + SDnFMT)) >= BITS_20;
      registers.set16(base + SDnFIFOS, wide ? INPUT_FIFO_WIDE : INPUT_FIFO);
    } else if (!OUTPUT_FIFOS.includes(registers.get16(base + SDnFIFOS))) {
      registers.set16(base + SDnFIFOS, OUTPUT_FIFO);
    }
  }

  /** Takes over which streams move from a restored register file. */
  restore(): void {
    for (let n = 0; n < this.count; n++) {
      const running = (this.#registers.get8(SD_BASE + SD_STRIDE * n + SDnCTL) & SDnCTL_RUN) !== 0;
      const held = ((this.#registers.get32(SSYNC_ICH6) >>> n) & 1) !== 0;
      this.#moving[n] = running && !held && this.#dma.enabled;
    }
  }
}
