// One DMA engine: a stream descriptor of the controller and the client that holds it (hdaudio-ddi §2.0, §2.10).

import type { PHDAUDIO_DMA_NOTIFICATION_CALLBACK } from '../ddi/buffer-routines.ts';
import { type HDAUDIO_CONVERTER_FORMAT, type HDAUDIO_STREAM_STATE, ResetState } from '../ddi/hdaudio.ts';
import type { HANDLE, KEVENT, PVOID, Referenced } from '../ddi/kernel.ts';
import {
  SD_BASE,
  SD_STRIDE,
  SDnBDPL,
  SDnBDPU,
  SDnCBL,
  SDnCTL,
  SDnCTL_DEIE,
  SDnCTL_DIR,
  SDnCTL_FEIE,
  SDnCTL_IOCE,
  SDnCTL_RUN,
  SDnCTL_SRST,
  SDnCTL_STRIPE_SHIFT,
  SDnCTL_STRM_SHIFT,
  SDnCTL_TP,
  SDnFIFOS,
  SDnFMT,
  SDnLPIB,
  SDnLVI,
  SDnSTS,
  SDnSTS_CAUSES,
  SDnSTS_FIFORDY,
  SSYNC,
} from '../hda/registers.ts';
import type { DmaBuffer } from './buffer.ts';
import type { Client } from './client.ts';
import type { Controller } from './controller.ts';
import type { Direction } from './format.ts';

const RUNNING = SDnCTL_RUN | SDnCTL_IOCE | SDnCTL_FEIE | SDnCTL_DEIE;

export interface NotificationCallback {
  readonly fdo: Referenced;
  readonly routine: PHDAUDIO_DMA_NOTIFICATION_CALLBACK;
  readonly context: PVOID;
}

/** What an allocation gave to a client. It ends with FreeDmaEngine. */
export interface Allocation {
  readonly handle: HANDLE;
  readonly client: Client;
  readonly direction: Direction;
  /** Capture: the SDI line that the budget counts for. */
  readonly codecAddress: number;
  /** SDO lines: more than one when striped. Fixed for the allocation's life. */
  readonly lines: number;
  format: HDAUDIO_CONVERTER_FORMAT;
  state: HDAUDIO_STREAM_STATE;
  buffer: DmaBuffer | null;
  /** 1…15 while there is a buffer that is set up, else 0. */
  streamId: number;
  readonly events: KEVENT[];
  readonly callbacks: NotificationCallback[];
}

export class DmaEngine {
  readonly index: number;
  readonly kind: 'capture' | 'render' | 'bidirectional';
  readonly #controller: Controller;
  readonly #base: number;
  allocation: Allocation | null = null;

  constructor(controller: Controller, index: number, kind: DmaEngine['kind']) {
    this.#controller = controller;
    this.index = index;
    this.kind = kind;
    this.#base = SD_BASE + SD_STRIDE * index;
  }

  /** Bytes: the register holds one less (§2.5). */
  get fifoBytes(): number {
    return this.#controller.read(this.#base + SDnFIFOS, 2) + 1;
  }

  /** LPIB: bytes from the start of the cyclic buffer. */
  get position(): number {
    return this.#controller.read(this.#base + SDnLPIB, 4);
  }

  /** Resets the stream and programs it for its buffer, stopped at position 0. False: a bit did not settle. */
  program(allocation: Allocation): boolean {
    const { buffer, direction, lines, streamId, format } = allocation;
    if (!buffer?.cycle || !this.reset()) return false;
    const control =
      (streamId << SDnCTL_STRM_SHIFT) |
      SDnCTL_TP |
      (this.kind === 'bidirectional' && direction === 'render' ? SDnCTL_DIR : 0) |
      (Math.log2(lines) << SDnCTL_STRIPE_SHIFT);
    this.#write(SDnCTL + 2, 1, (control >>> 16) & 0xff);
    this.#write(SDnFMT, 2, format);
    this.#write(SDnCBL, 4, buffer.cycle.bytes);
    this.#write(SDnLVI, 2, buffer.cycle.lvi);
    this.#write(SDnBDPL, 4, buffer.bdl.physicalAddress);
    this.#write(SDnBDPU, 4, Math.floor(buffer.bdl.physicalAddress / 2 ** 32));
    return true;
  }

  /** The handshake of hda-hardware §3.5: RUN off, SRST on, SRST off, each read back. */
  reset(): boolean {
    this.#write(SDnCTL, 1, 0);
    if (!this.#settles(SDnCTL_RUN, 0)) return false;
    this.#write(SDnSTS, 1, SDnSTS_CAUSES);
    this.#write(SDnCTL, 1, SDnCTL_SRST);
    if (!this.#settles(SDnCTL_SRST, SDnCTL_SRST)) return false;
    this.#write(SDnCTL, 1, 0);
    return this.#settles(SDnCTL_SRST, 0);
  }

  run(): void {
    this.#write(SDnCTL, 1, RUNNING);
  }

  halt(): void {
    this.#write(SDnCTL, 1, 0);
  }

  halted(): boolean {
    return this.#settles(SDnCTL_RUN, 0);
  }

  fifoReady(): boolean {
    return this.#controller.settles(this.#base + SDnSTS, 1, SDnSTS_FIFORDY, SDnSTS_FIFORDY);
  }

  #settles(mask: number, value: number): boolean {
    return this.#controller.settles(this.#base + SDnCTL, 1, mask, value);
  }

  #write(register: number, bytes: 1 | 2 | 4, value: number): void {
    this.#controller.write(this.#base + register, bytes, value);
  }
}

/** A new allocation: Reset, no buffer. */
export function allocation(
  given: Pick<Allocation, 'handle' | 'client' | 'direction' | 'codecAddress' | 'lines' | 'format'>,
): Allocation {
  return { ...given, state: ResetState, buffer: null, streamId: 0, events: [], callbacks: [] };
}

const syncMask = (engines: readonly DmaEngine[]) => engines.reduce((mask, { index }) => (mask | (1 << index)) >>> 0, 0);

/** Starts the engines in one link frame: held by SSYNC until every FIFO is ready (hda-hardware §3.9). */
export function runTogether(controller: Controller, engines: readonly DmaEngine[]): void {
  const mask = syncMask(engines);
  controller.write(SSYNC, 4, controller.read(SSYNC, 4) | mask);
  for (const engine of engines) engine.run();
  for (const engine of engines) if (engine.allocation?.direction === 'render') engine.fifoReady();
  controller.write(SSYNC, 4, controller.read(SSYNC, 4) & ~mask);
}

/** Stops the engines in one link frame; they keep their positions. */
export function haltTogether(controller: Controller, engines: readonly DmaEngine[]): void {
  const mask = syncMask(engines);
  controller.write(SSYNC, 4, controller.read(SSYNC, 4) | mask);
  for (const engine of engines) engine.halt();
  for (const engine of engines) engine.halted();
  controller.write(SSYNC, 4, controller.read(SSYNC, 4) & ~mask);
}
