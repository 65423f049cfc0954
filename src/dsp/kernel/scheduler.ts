// Node 0's schedule (dxgk-render §3): takes the contexts' DMA buffers in turn, prepares them (residency, Patch), keeps the
// ring fed, retires fences, and replays what preemption or a reset threw out.

import {
  DEVICE_ERROR_DMAFAULT,
  DEVICE_ERROR_DMAPAGEFAULT,
  DEVICE_ERROR_OUTOFMEMORY,
  DXGK_INTERRUPT_DMA_COMPLETED,
  DXGK_INTERRUPT_DMA_PAGE_FAULTED,
  DXGK_INTERRUPT_DMA_PREEMPTED,
  type DXGKARGCB_NOTIFY_INTERRUPT_DATA,
} from '../../ddi/dxgk.ts';
import { STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import { ENGINE_NODE, type Node, PAGING_NODE } from '../miniport/node.ts';
import { isAfter, nextFence } from './fence.ts';
import type { Kernel } from './kernel.ts';
import type { Context } from './objects.ts';
import { preparePortion, rewind } from './portion.ts';
import { STOP_BAD_FENCE, STOP_PAGING_FAULTED, STOP_SCHEDULER, STOP_SUBMIT_FAILED } from './stop.ts';
import type { Submission, Translation } from './submission.ts';
import { submitPortion } from './submit.ts';

/** Packets after which a submission makes way for another context's. */
const QUANTUM_PACKETS = 1024;

export class Scheduler {
  lastSubmitted: number;
  lastCompleted: number;
  /** Preemption fence that is not answered, by node; 0: none. */
  readonly preempting: number[] = [0, 0];
  readonly #kernel: Kernel;
  /** What node 0's ring holds, in order. */
  readonly #ring: Submission[] = [];
  readonly #interrupts: DXGKARGCB_NOTIFY_INTERRUPT_DATA[] = [];
  #contexts: Context[] = [];
  /** Packets given to the submission at the ring's head. */
  #headFence = 0;
  #headPackets = 0;

  constructor(kernel: Kernel, lastFence: number) {
    this.#kernel = kernel;
    this.lastSubmitted = lastFence;
    this.lastCompleted = lastFence;
  }

  get isIdle(): boolean {
    return this.#ring.length === 0 && this.#contexts.every((context) => context.translations.length === 0);
  }

  get head(): Submission | null {
    return this.#ring[0] ?? null;
  }

  add(context: Context): void {
    this.#contexts.push(context);
  }

  remove(context: Context): void {
    this.#contexts = this.#contexts.filter((other) => other !== context);
  }

  /** Fills the ring: contexts in turn, each in its own order. Nothing goes in while the node is asked to stop. */
  schedule(): void {
    if (this.preempting[ENGINE_NODE] !== 0) return;
    for (let idle = 0; idle < this.#contexts.length && this.#engine.room > 0; ) {
      const context = this.#contexts.shift() as Context;
      this.#contexts.push(context);
      idle = this.#submitNext(context) ? 0 : idle + 1;
    }
  }

  /** Before a time slice: a submission that has had its quantum makes way if another context's waits behind it. */
  beginSlice(packets: number): void {
    const head = this.#ring[0];
    if (!head) return;
    if (head.fence !== this.#headFence) [this.#headFence, this.#headPackets] = [head.fence, 0];
    this.#headPackets += packets;
    const others = this.#ring.some(({ translation }) => translation.context !== head.translation.context);
    if (this.#headPackets > QUANTUM_PACKETS && others) this.preempt(ENGINE_NODE);
  }

  /** Asks the node to stop at the next packet; what it had not finished is submitted again. */
  preempt(nodeOrdinal: number): void {
    if (this.preempting[nodeOrdinal] !== 0) return;
    const { miniport, paging } = this.#kernel;
    const PreemptionFenceId = nextFence(nodeOrdinal === PAGING_NODE ? paging.lastSubmitted : this.lastSubmitted);
    if (nodeOrdinal === PAGING_NODE) paging.lastSubmitted = PreemptionFenceId;
    else this.lastSubmitted = PreemptionFenceId;
    this.preempting[nodeOrdinal] = PreemptionFenceId;
    if (nodeOrdinal === PAGING_NODE) paging.isHeld = true;
    const status = miniport.preemptCommand({ PreemptionFenceId, NodeOrdinal: nodeOrdinal, EngineOrdinal: 0 });
    if (status !== STATUS_SUCCESS) this.#kernel.stop(STOP_SCHEDULER, STOP_SUBMIT_FAILED);
  }

  /** DxgkCbNotifyInterrupt: at device level only noted. */
  notifyInterrupt(data: DXGKARGCB_NOTIFY_INTERRUPT_DATA): void {
    this.#interrupts.push(data);
  }

  /** DxgkCbNotifyDpc. */
  notifyDpc(): void {
    for (const data of this.#interrupts.splice(0)) {
      if (data.NodeOrdinal === PAGING_NODE) this.#pagingInterrupt(data);
      else this.#engineInterrupt(data);
    }
  }

  /** A context's work that is not in the ring is thrown away. */
  drop(context: Context): void {
    for (const translation of [...context.translations]) {
      translation.isTranslated = true;
      for (const submission of translation.submissions.splice(0)) {
        if (submission.fence === 0) this.#release(submission);
      }
      this.#finish(translation);
    }
  }

  /** The ring lost everything: what is not `guilty` goes back to its queue, first in first out. */
  replay(guilty: Context | null): void {
    for (const submission of this.#ring.splice(0).reverse()) {
      const { submissions, context } = submission.translation;
      this.#unpin(submission);
      submission.fence = 0;
      if (submissions[0] === submission) submissions.shift();
      if (context === guilty || !this.#kernel.isActive(context)) {
        submission.portion = null;
        this.#release(submission);
      } else {
        rewind(submission);
        submissions.unshift(submission);
      }
    }
  }

  /** After ResetEngine: what the node had reported stays reported, the rest never will be. */
  engineWasReset(aborted: number): void {
    this.preempting[ENGINE_NODE] = 0;
    this.lastCompleted = aborted;
    const others = this.#interrupts.filter((data) => data.NodeOrdinal !== ENGINE_NODE);
    this.#interrupts.splice(0, Number.POSITIVE_INFINITY, ...others);
  }

  /** After an adapter reset: nothing is submitted, nothing will come. */
  abandon(): void {
    this.#interrupts.length = 0;
    this.preempting.fill(0);
    this.replay(null);
    this.lastCompleted = this.lastSubmitted;
  }

  get #engine(): Node {
    return this.#kernel.miniport.nodes[ENGINE_NODE] as Node;
  }

  #submitNext(context: Context): boolean {
    const submission = nextSubmission(context);
    if (submission?.fence !== 0) return false; // nothing, or its last portion is under way
    if (!submission.portion && !this.#prepare(submission)) return false;
    if (isAfter(submission.pagingFence, this.#kernel.paging.lastCompleted)) return false;
    this.#submit(submission);
    return true;
  }

  #prepare(submission: Submission): boolean {
    const { videoMemory, paging } = this.#kernel;
    const portion = preparePortion(submission, videoMemory);
    if (portion === 'never') this.#kernel.loseDevice(submission.translation.context.device, DEVICE_ERROR_OUTOFMEMORY);
    if (portion === 'never' || portion === 'wait') return false;
    submission.portion = portion;
    submission.pagingFence = paging.lastQueued;
    return true;
  }

  #submit(submission: Submission): void {
    this.lastSubmitted = nextFence(this.lastSubmitted);
    submission.fence = this.lastSubmitted;
    this.#ring.push(submission);
    if (submission.nextByte === submission.bytes) submission.translation.submissions.shift();
    submitPortion(this.#kernel, submission);
  }

  #engineInterrupt(data: DXGKARGCB_NOTIFY_INTERRUPT_DATA): void {
    const isPreemption = data.InterruptType === DXGK_INTERRUPT_DMA_PREEMPTED;
    const fence = isPreemption ? data.LastCompletedFenceId : data.FenceId;
    if (isAfter(fence, this.lastSubmitted)) this.#kernel.stop(STOP_SCHEDULER, STOP_BAD_FENCE);
    else if (isPreemption) {
      this.#retire(fence);
      this.preempting[ENGINE_NODE] = 0;
      this.replay(null);
    } else if (data.InterruptType === DXGK_INTERRUPT_DMA_COMPLETED) this.#retire(fence);
    else this.#faulted(fence, data.InterruptType);
  }

  #pagingInterrupt(data: DXGKARGCB_NOTIFY_INTERRUPT_DATA): void {
    const { paging } = this.#kernel;
    const isPreemption = data.InterruptType === DXGK_INTERRUPT_DMA_PREEMPTED;
    const fence = isPreemption ? data.LastCompletedFenceId : data.FenceId;
    const isFault = !isPreemption && data.InterruptType !== DXGK_INTERRUPT_DMA_COMPLETED;
    const isUnknown = isAfter(fence, paging.lastSubmitted);
    if (isFault || isUnknown) {
      this.#kernel.stop(STOP_SCHEDULER, isUnknown ? STOP_BAD_FENCE : STOP_PAGING_FAULTED);
      return;
    }
    if (!isAfter(paging.lastCompleted, fence)) paging.retire(fence);
    if (isPreemption) {
      this.preempting[PAGING_NODE] = 0;
      paging.replay();
    }
    paging.feed();
  }

  /** Everything up to this fence has run. A fence that is not newer than the last says nothing. */
  #retire(fence: number): void {
    if (isAfter(fence, this.lastCompleted)) this.lastCompleted = fence;
    while (this.#ring[0] && !isAfter(this.#ring[0].fence, fence)) {
      const submission = this.#ring.shift() as Submission;
      this.#unpin(submission);
      submission.portion = null;
      submission.fence = 0;
      const goesOn = submission.nextByte < submission.bytes && submission.translation.submissions[0] === submission;
      if (!goesOn) this.#release(submission);
    }
  }

  /** The packet's context is found guilty at its next Render; what stood behind it runs (§3.4). */
  #faulted(fence: number, type: number): void {
    this.#retireBefore(fence);
    const guilty = this.#ring[0]?.translation.context ?? null;
    this.lastCompleted = fence;
    if (guilty) {
      guilty.faultState = type === DXGK_INTERRUPT_DMA_PAGE_FAULTED ? DEVICE_ERROR_DMAPAGEFAULT : DEVICE_ERROR_DMAFAULT;
    }
    this.replay(guilty);
    if (guilty) this.drop(guilty);
  }

  #retireBefore(fence: number): void {
    const last = this.#ring.findLast((submission) => isAfter(fence, submission.fence));
    if (last) this.#retire(last.fence);
  }

  #unpin(submission: Submission): void {
    for (const allocation of submission.portion?.allocations ?? []) allocation.pins--;
  }

  /** Done with, or thrown away: its DMA buffer comes back. */
  #release(submission: Submission): void {
    const { translation, address, capacity } = submission;
    if (submission.portion) this.#unpin(submission);
    submission.portion = null;
    this.#kernel.pool.free(address, capacity);
    translation.context.buffersOut--;
    translation.buffersOut--;
    this.#finish(translation);
  }

  #finish(translation: Translation): void {
    if (translation.isTranslated && translation.buffersOut === 0) this.#kernel.retire(translation);
  }
}

/** What the context's next portion is of; null while the oldest command buffer's next pass is to come. */
function nextSubmission(context: Context): Submission | null {
  for (const translation of context.translations) {
    if (translation.submissions[0]) return translation.submissions[0];
    if (!translation.isTranslated) return null;
  }
  return null;
}
