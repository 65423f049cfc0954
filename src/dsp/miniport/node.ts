// One node as hardware shows it: a ring of DMA ranges that it runs in order, a fence register, an interrupt. It works only
// when given a time slice, and stops for preemption and resets between two packets.

import type { DmaBufferPrivateData } from '../../ddi/dxgk.ts';
import { ENGINE_BAD_ADDRESS, ENGINE_OK } from '../../hda/dsp-packets.ts';

export const ENGINE_NODE = 0;
export const PAGING_NODE = 1;

export const RING_ENTRIES = 64;
/** Packets that one call into the engine runs. */
const BURST = 16;

export interface RingEntry {
  readonly start: number;
  readonly end: number;
  readonly fenceId: number;
  /** Raise the fence, execute nothing. */
  readonly nullRendering: boolean;
  readonly context: object | null;
  readonly privateData: DmaBufferPrivateData;
}

/** What runs packets: the engine, or the paging engine. */
export interface Executor {
  execute(start: number, end: number, packets: number): number;
  readonly fault: number;
}

/** Why the interrupt is raised, as the node's registers say it. */
export type NodeEvent =
  | { readonly type: 'completed'; readonly fenceId: number }
  | { readonly type: 'preempted'; readonly fenceId: number; readonly lastCompleted: number }
  | {
      readonly type: 'faulted';
      readonly fenceId: number;
      readonly badAddress: boolean;
      readonly context: object | null;
    };

export class Node {
  readonly ring: RingEntry[] = [];
  readonly ordinal: number;
  /** Fence of the last submission that ran to its end. */
  fence: number;
  /** Rises with every packet and completion: whether the node gets on. */
  progress = 0;
  onInterrupt: (event: NodeEvent) => void = () => {};
  readonly #executor: Executor;
  #preemption = 0;
  #inPacket = false;

  constructor(ordinal: number, executor: Executor, fence: number) {
    this.ordinal = ordinal;
    this.#executor = executor;
    this.fence = fence;
  }

  get room(): number {
    return RING_ENTRIES - this.ring.length;
  }

  /** What a preemption left undone of the range is done; a range that was done whole only raises its fence. */
  submit(entry: RingEntry): void {
    entry.privateData.resume = Math.max(entry.privateData.resume, entry.start);
    this.ring.push(entry);
  }

  /** Stops at the next packet boundary; the interrupt says when. */
  preempt(fenceId: number): void {
    this.#preemption = fenceId;
  }

  /** Runs at most `packets` packets. */
  run(packets: number): void {
    for (let left = packets; left > 0; left -= BURST) {
      if (this.#preemption !== 0 && !this.#inPacket) {
        this.#preempted();
        return;
      }
      const entry = this.ring[0];
      if (!entry) return;
      if (!entry.nullRendering && !this.#runSome(entry, Math.min(left, BURST))) return;
      if (entry.nullRendering || entry.privateData.resume >= entry.end) this.#complete(entry);
    }
  }

  /** Drops all work; returns the fence of what was running, or the last that completed. */
  reset(): number {
    const aborted = this.ring[0]?.fenceId ?? this.fence;
    this.ring.length = 0;
    this.#preemption = 0;
    this.#inPacket = false;
    return aborted;
  }

  /** False when the node stands: a fault, or a packet that does not end. */
  #runSome(entry: RingEntry, packets: number): boolean {
    const from = entry.privateData.resume;
    if (from >= entry.end) return true;
    const stop = this.#executor.execute(from, entry.end, packets);
    entry.privateData.resume = stop;
    this.#inPacket = stop === from;
    if (!this.#inPacket) this.progress++;
    if (this.#executor.fault === ENGINE_OK) return !this.#inPacket;
    this.#inPacket = false;
    this.ring.length = 0;
    this.fence = entry.fenceId;
    this.progress++;
    const badAddress = this.#executor.fault === ENGINE_BAD_ADDRESS;
    this.onInterrupt({ type: 'faulted', fenceId: entry.fenceId, badAddress, context: entry.context });
    return false;
  }

  #complete(entry: RingEntry): void {
    this.ring.shift();
    this.fence = entry.fenceId;
    this.progress++;
    this.onInterrupt({ type: 'completed', fenceId: entry.fenceId });
  }

  #preempted(): void {
    const fenceId = this.#preemption;
    this.#preemption = 0;
    this.ring.length = 0;
    this.progress++;
    this.onInterrupt({ type: 'preempted', fenceId, lastCompleted: this.fence });
  }
}
