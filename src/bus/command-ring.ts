// CORB and RIRB from the driver's side: commands out one at a time, responses back (hda-hardware §3.2, §3.3).
//
// One command is under way at a time, so a response belongs to it and to nothing else: «one finishing before the next
// starts» (hdaudio-ddi §2.1). A codec that STATESTS did not announce is sent its command too, but not waited for; for
// one that does not answer the clock interrupt ends the wait.

import { type HDAUDIO_CODEC_RESPONSE, type HDAUDIO_CODEC_TRANSFER, NO_RESPONSE } from '../ddi/hdaudio.ts';
import { DISPATCH_LEVEL } from '../ddi/irql.ts';
import {
  type NTSTATUS,
  STATUS_DEVICE_NOT_READY,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_NO_MEMORY,
  STATUS_SUCCESS,
} from '../ddi/ntstatus.ts';
import type { Kernel } from '../driver-model/kernel.ts';
import { type ContiguousPages, PAGE_BYTES } from '../driver-model/memory.ts';
import type { PoolBlock } from '../driver-model/pool.ts';
import {
  CORBCTL,
  CORBCTL_CMEIE,
  CORBCTL_RUN,
  CORBLBASE,
  CORBRP,
  CORBRP_RST,
  CORBSIZE,
  CORBUBASE,
  CORBWP,
  RING_SIZE_256,
  RINTCNT,
  RIRB_UNSOLICITED,
  RIRBCTL,
  RIRBCTL_DMAEN,
  RIRBCTL_OIC,
  RIRBCTL_RINTCTL,
  RIRBLBASE,
  RIRBSIZE,
  RIRBUBASE,
  RIRBWP,
  RIRBWP_RST,
} from '../hda/registers.ts';
import { TICKS_PER_FRAME } from '../hda/timing.ts';
import { commandAddress } from '../hda/verbs.ts';
import type { Controller } from './controller.ts';

const ENTRIES = 256;
/** The response is due in the frame after the command; 1 ms is «did not answer in time» (inferred). */
const RESPONSE_FRAMES = 48;

const LOST_RESPONSE: HDAUDIO_CODEC_RESPONSE = { ...NO_RESPONSE, HasFifoOverrun: true };

interface Request {
  readonly transfers: readonly HDAUDIO_CODEC_TRANSFER[];
  readonly memory: PoolBlock;
  /** Index of the transfer that is under way or next. */
  next: number;
  done: boolean;
  /** DISPATCH_LEVEL, after the last response. */
  readonly completed: () => void;
}

export class CommandRing {
  readonly #kernel: Kernel;
  readonly #controller: Controller;
  readonly #unsolicited: (response: HDAUDIO_CODEC_RESPONSE) => void;
  readonly #queue: Request[] = [];
  readonly serve = () => this.#serve();
  #corb: ContiguousPages | null = null;
  #rirb: ContiguousPages | null = null;
  #writePointer = 0;
  #readPointer = 0;
  #serving = false;
  #pending: HDAUDIO_CODEC_TRANSFER | null = null;
  #answer: HDAUDIO_CODEC_RESPONSE | null = null;
  #deadline = 0n;
  /** Takes back the clock interrupt at the deadline; null while nothing is waited for. */
  #cancelTimer: (() => void) | null = null;
  /** Set by the ISR: responses were lost. */
  overrun = false;

  /** `unsolicited` is called at DISPATCH_LEVEL. */
  constructor(kernel: Kernel, controller: Controller, unsolicited: (response: HDAUDIO_CODEC_RESPONSE) => void) {
    this.#kernel = kernel;
    this.#controller = controller;
    this.#unsolicited = unsolicited;
  }

  start(): NTSTATUS {
    const controller = this.#controller;
    this.#corb = this.#kernel.memory.allocateContiguous(PAGE_BYTES);
    this.#rirb = this.#kernel.memory.allocateContiguous(PAGE_BYTES);
    if (!this.#corb || !this.#rirb) return STATUS_INSUFFICIENT_RESOURCES;
    this.#writePointer = 0;
    this.#readPointer = 0;
    this.#base(CORBLBASE, CORBUBASE, this.#corb.physicalAddress);
    controller.write(CORBSIZE, 1, RING_SIZE_256);
    controller.write(CORBWP, 2, 0);
    controller.write(CORBRP, 2, CORBRP_RST);
    if (!controller.settles(CORBRP, 2, CORBRP_RST, CORBRP_RST)) return STATUS_DEVICE_NOT_READY;
    controller.write(CORBRP, 2, 0);
    if (!controller.settles(CORBRP, 2, CORBRP_RST, 0)) return STATUS_DEVICE_NOT_READY;
    this.#base(RIRBLBASE, RIRBUBASE, this.#rirb.physicalAddress);
    controller.write(RIRBSIZE, 1, RING_SIZE_256);
    controller.write(RIRBWP, 2, RIRBWP_RST);
    controller.write(RINTCNT, 2, 1);
    controller.write(RIRBCTL, 1, RIRBCTL_DMAEN | RIRBCTL_RINTCTL | RIRBCTL_OIC);
    controller.write(CORBCTL, 1, CORBCTL_RUN | CORBCTL_CMEIE);
    return controller.settles(CORBCTL, 1, CORBCTL_RUN, CORBCTL_RUN) ? STATUS_SUCCESS : STATUS_DEVICE_NOT_READY;
  }

  /** Before the controller's reset. Requests under way complete unanswered. */
  stop(): void {
    this.#controller.write(CORBCTL, 1, 0);
    this.#controller.write(RIRBCTL, 1, 0);
    this.abandon();
  }

  /** The controller is gone: frees the rings and completes what is under way. */
  abandon(): void {
    this.#corb?.free();
    this.#rirb?.free();
    this.#corb = null;
    this.#rirb = null;
    this.#kernel.raise(DISPATCH_LEVEL, this.serve);
  }

  /**
   * Queues the transfers behind those of earlier calls; `completed` runs at DISPATCH_LEVEL after the last response.
   * STATUS_NO_MEMORY where there is no nonpaged pool for it: then nothing is sent.
   */
  submit(transfers: readonly HDAUDIO_CODEC_TRANSFER[], completed: () => void): NTSTATUS {
    const request = this.#enqueue(transfers, completed);
    if (!request) return STATUS_NO_MEMORY;
    this.#kernel.queueDpc(this.serve);
    return STATUS_SUCCESS;
  }

  /** Sends the transfers and returns when every response is in or late. PASSIVE_LEVEL. */
  transfer(transfers: readonly HDAUDIO_CODEC_TRANSFER[]): NTSTATUS {
    const request = this.#enqueue(transfers, () => {});
    if (!request) return STATUS_NO_MEMORY;
    const served = () => {
      this.#kernel.raise(DISPATCH_LEVEL, this.serve);
      return request.done;
    };
    for (;;) {
      const before = this.#kernel.performanceCounter;
      if (this.#kernel.poll(served, RESPONSE_FRAMES + 1)) return STATUS_SUCCESS;
      // Under an interrupt no time passes in poll: a response that is not there by then is late.
      if (this.#kernel.performanceCounter === before) this.#deadline = 0n;
    }
  }

  #enqueue(transfers: readonly HDAUDIO_CODEC_TRANSFER[], completed: () => void): Request | null {
    const memory = this.#kernel.pool.allocate('nonpaged', 16 * transfers.length, 'HdaV');
    if (!memory) return null;
    const request = { transfers: [...transfers], memory, next: 0, done: false, completed };
    this.#queue.push(request);
    return request;
  }

  /** DISPATCH_LEVEL: sends, takes in and completes as long as there is progress. A DPC, and the body of `transfer`. */
  #serve(): void {
    if (this.#serving) return; // a callback called back into the DDI: the loop below sees what it queued
    this.#serving = true;
    try {
      for (;;) {
        const request = this.#queue[0];
        const transfer = request?.transfers[request.next];
        if (transfer && !this.#pending) this.#send(transfer);
        this.#drain();
        if (!request || !transfer) break;
        const response = this.#response(transfer);
        if (!response) {
          this.#cancelTimer ??= this.#kernel.setTimer(this.#deadline, this.serve);
          break;
        }
        transfer.Input = response;
        this.#pending = null;
        this.#cancelTimer?.();
        this.#cancelTimer = null;
        if (++request.next < request.transfers.length) continue;
        this.#queue.shift();
        this.#kernel.pool.free(request.memory);
        request.done = true;
        request.completed();
      }
    } finally {
      this.#serving = false;
    }
  }

  #send(transfer: HDAUDIO_CODEC_TRANSFER): void {
    this.#drain(); // what is still there belongs to commands that were given up
    this.#pending = transfer;
    this.#answer = null;
    this.overrun = false;
    this.#deadline = this.#kernel.performanceCounter + BigInt(RESPONSE_FRAMES * TICKS_PER_FRAME);
    if (!this.#corb) return;
    this.#writePointer = (this.#writePointer + 1) % ENTRIES;
    const word = new Uint8Array(4);
    new DataView(word.buffer).setUint32(0, transfer.Output, true);
    this.#corb.write(4 * this.#writePointer, word);
    this.#controller.write(CORBWP, 2, this.#writePointer);
  }

  /** The answer to the command under way, what stands for it when there will be none, or null: wait. */
  #response(transfer: HDAUDIO_CODEC_TRANSFER): HDAUDIO_CODEC_RESPONSE | null {
    if (this.#answer) return this.#answer;
    if (this.overrun) return LOST_RESPONSE;
    const present = ((this.#controller.codecMask >>> commandAddress(transfer.Output)) & 1) !== 0;
    return this.#rirb && present && this.#kernel.performanceCounter < this.#deadline ? null : NO_RESPONSE;
  }

  #drain(): void {
    if (!this.#rirb) return;
    const writePointer = this.#controller.read(RIRBWP, 2) % ENTRIES;
    while (this.#readPointer !== writePointer) {
      this.#readPointer = (this.#readPointer + 1) % ENTRIES;
      const entry = new DataView(this.#rirb.read(8 * this.#readPointer, 8).buffer);
      this.#take(entry.getUint32(0, true), entry.getUint32(4, true));
      if (!this.#rirb) return; // a callback stopped the bus
    }
  }

  #take(Response: number, extended: number): void {
    const IsUnsolicitedResponse = (extended & RIRB_UNSOLICITED) !== 0;
    const SDataIn = extended & 15;
    const response = { Response, SDataIn, IsUnsolicitedResponse, HasFifoOverrun: false, IsValid: true };
    if (IsUnsolicitedResponse) this.#unsolicited(response);
    else if (this.#pending && SDataIn === commandAddress(this.#pending.Output)) this.#answer = response;
  }

  #base(low: number, high: number, address: number): void {
    this.#controller.write(low, 4, address);
    this.#controller.write(high, 4, Math.floor(address / 2 ** 32));
  }
}
