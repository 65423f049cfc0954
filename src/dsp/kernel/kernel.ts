// The kernel's side of one adapter: what Dxgkrnl is to a display miniport. It joins memory, schedule and miniport, counts
// what apps make it hold, and decides what becomes of devices when something goes wrong.

import {
  DEVICE_ACTIVE,
  DEVICE_STOPPED,
  type DXGKARGCB_NOTIFY_INTERRUPT_DATA,
  type DXGKRNL_INTERFACE,
  STATUS_DEVICE_REMOVED,
} from '../../ddi/dxgk.ts';
import { type NTSTATUS, STATUS_PENDING, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import type { EnginePort } from '../../port/engine-port.ts';
import type { Miniport, MiniportOptions } from '../miniport/miniport.ts';
import { ENGINE_NODE, PAGING_NODE } from '../miniport/node.ts';
import { Heap, type Range, roundToPages } from './heap.ts';
import type { Limits } from './limits.ts';
import type { Allocation, Context, Device } from './objects.ts';
import { Paging } from './paging.ts';
import { Scheduler } from './scheduler.ts';
import type { StopRecord } from './stop.ts';
import type { Translation } from './submission.ts';
import { translatePass } from './translation.ts';
import { VideoMemory } from './video-memory.ts';
import { Watchdog } from './watchdog.ts';

/** DMA buffers of one context that may be out at once: a long command buffer does not take the pool from others. */
const BUFFERS_OUT_MAX = 4;
const PAGING_BUFFERS = 4;

export interface KernelOptions {
  readonly engine: EnginePort;
  /** Guest RAM for allocations (segment 1), and for DMA and paging buffers: whole pages, apart. */
  readonly segment: Range;
  readonly pool: Range;
  readonly limits: Limits;
  /** Milliseconds that do not run backwards: for the watchdog alone. */
  readonly nowMs: () => number;
  /** There is something to run. */
  readonly onWork: () => void;
  /** The fence before the first, of both nodes. */
  readonly lastFence: number;
  readonly createMiniport: (options: MiniportOptions) => Miniport;
}

export class Kernel implements DXGKRNL_INTERFACE {
  readonly limits: Limits;
  readonly miniport: Miniport;
  readonly pool: Heap;
  readonly videoMemory: VideoMemory;
  readonly paging: Paging;
  readonly scheduler: Scheduler;
  readonly watchdog: Watchdog;
  readonly devices = new Set<Device>();
  /** Why the adapter stopped for good; null while it has not. */
  stopRecord: StopRecord | null = null;
  readonly #options: KernelOptions;
  #charged = 0;
  #dpcQueued = false;

  constructor(options: KernelOptions) {
    const { engine, segment, pool, limits, lastFence } = options;
    this.#options = options;
    this.limits = limits;
    engine.protect(pool.start, pool.start + pool.bytes);
    const pagingBytes = PAGING_BUFFERS * roundToPages(limits.pagingBufferBytes);
    const pagingPool = new Heap({ start: pool.start, bytes: pagingBytes });
    this.pool = new Heap({ start: pool.start + pagingBytes, bytes: pool.bytes - pagingBytes });
    this.videoMemory = new VideoMemory(new Heap(segment), () => this.paging);
    const { stores } = this.videoMemory;
    this.miniport = options.createMiniport({ engine, stores, dmaBufferBytesMax: limits.dmaBufferBytesMax, lastFence });
    this.paging = new Paging({
      miniport: this.miniport,
      pool: pagingPool,
      bufferBytes: limits.pagingBufferBytes,
      lastFence,
      wait: () => this.#runPaging(),
      stop: (code, parameter1) => this.stop(code, parameter1),
    });
    this.scheduler = new Scheduler(this, lastFence);
    this.watchdog = new Watchdog(this, options.nowMs);
    this.miniport.startDevice(this);
  }

  /** Time for the nodes: at most `packets` packets. True while there is more to do. */
  run(packets: number): boolean {
    if (this.stopRecord) return false;
    this.#translate();
    this.scheduler.schedule();
    this.#runPaging();
    this.scheduler.schedule();
    this.scheduler.beginSlice(packets);
    this.miniport.nodes[ENGINE_NODE]?.run(packets);
    this.#dpc();
    this.watchdog.check();
    this.#dpc();
    return !this.stopRecord && !this.isIdle;
  }

  /** Runs until nothing is left to do; false if the adapter stands with work. */
  runToIdle(isDone: () => boolean = () => this.isIdle): boolean {
    const standing = () => `${this.#progress} ${this.scheduler.lastCompleted} ${this.paging.lastCompleted}`;
    for (let before = ''; !isDone() && before !== standing(); ) {
      before = standing();
      this.run(64);
    }
    return isDone();
  }

  get isIdle(): boolean {
    return this.scheduler.isIdle && this.paging.isIdle;
  }

  /** Takes kernel memory; false when an app's share of it is used up. */
  charge(bytes: number): boolean {
    if (this.#charged + bytes > this.limits.kernelBytes) return false;
    this.#charged += bytes;
    return true;
  }

  credit(bytes: number): void {
    this.#charged -= bytes;
  }

  isActive(context: Context): boolean {
    return context.device.state === DEVICE_ACTIVE && context.faultState === DEVICE_ACTIVE;
  }

  workArrived(): void {
    this.#options.onWork();
  }

  /** The device is in error for good: its queued work is thrown away. */
  loseDevice(device: Device, state: number): void {
    if (device.state !== DEVICE_ACTIVE) return;
    device.state = state;
    for (const context of device.contexts) this.scheduler.drop(context);
  }

  /** A command buffer is done or thrown away: what it held comes back, who waited learns of it. */
  retire(translation: Translation): void {
    const { context } = translation;
    const at = context.translations.indexOf(translation);
    if (at < 0) return;
    context.translations.splice(at, 1);
    for (const allocation of translation.list.allocations) if (allocation) this.release(allocation);
    this.credit(translation.charged);
    context.retired++;
    announce(context.user.completion, context.retired);
    const status = this.isActive(context) ? STATUS_SUCCESS : STATUS_DEVICE_REMOVED;
    while (context.waiters[0] && context.waiters[0].submission <= context.retired) {
      context.waiters.shift()?.resolve(status);
    }
  }

  release(allocation: Allocation): void {
    allocation.references--;
    this.collect(allocation);
  }

  /** Frees an allocation that nobody has open and no work names. */
  collect(allocation: Allocation): void {
    if (allocation.bindings.size > 0 || allocation.references > 0 || allocation.isGone) return;
    allocation.isGone = true;
    this.videoMemory.forget(allocation);
    this.miniport.destroyAllocation(allocation.miniport);
    this.credit(allocation.charged);
  }

  /** A fatal stop: recorded once; every device is lost, nothing runs any more. */
  stop(code: number, parameter1: number): void {
    if (this.stopRecord) return;
    this.stopRecord = { code, parameter1 };
    for (const node of this.miniport.nodes) node.reset();
    for (const device of this.devices) this.loseDevice(device, DEVICE_STOPPED);
    this.scheduler.abandon();
  }

  DxgkCbNotifyInterrupt(data: DXGKARGCB_NOTIFY_INTERRUPT_DATA): void {
    this.scheduler.notifyInterrupt(data);
  }

  DxgkCbQueueDpc(): void {
    this.#dpcQueued = true;
  }

  DxgkCbNotifyDpc(): void {
    this.scheduler.notifyDpc();
  }

  get #progress(): number {
    return this.miniport.nodes.reduce((sum, node) => sum + node.progress, 0);
  }

  #runPaging(): void {
    this.paging.feed();
    this.miniport.nodes[PAGING_NODE]?.run(Number.MAX_SAFE_INTEGER);
    this.#dpc();
  }

  #dpc(): void {
    while (this.#dpcQueued && !this.stopRecord) {
      this.#dpcQueued = false;
      this.miniport.dpcRoutine();
    }
  }

  /** Later passes of long command buffers, as DMA buffers come back. */
  #translate(): void {
    for (const device of this.devices) {
      for (const context of device.contexts) {
        const translation = context.translations.find((other) => !other.isTranslated);
        if (!translation || !this.isActive(context)) continue;
        while (context.buffersOut < BUFFERS_OUT_MAX && translatePass(this, translation) === STATUS_PENDING);
      }
    }
  }

  /** First passes, when Render is called: as many as there is room for; NO_MEMORY only if there was none. */
  beginTranslation(translation: Translation): NTSTATUS {
    const { context } = translation;
    let status = translatePass(this, translation);
    if (status !== STATUS_SUCCESS && status !== STATUS_PENDING) return status;
    context.translations.push(translation);
    while (status === STATUS_PENDING && context.buffersOut < BUFFERS_OUT_MAX) status = translatePass(this, translation);
    if (this.stopRecord) return STATUS_DEVICE_REMOVED;
    return STATUS_SUCCESS;
  }
}

/** Tells the app; what it makes of its word is its own affair, and a detached one takes nothing. */
function announce(completion: Int32Array, retired: number): void {
  completion[0] = retired;
  if (completion.buffer.constructor.name === 'SharedArrayBuffer') Atomics.notify(completion, 0);
}
