// Timeout detection and recovery (dxgk-render §3.8): a node that gets nowhere is asked to stop; if it does not answer, it is
// reset, and the device whose packet it was is lost. A reset that fails, or that met paging, resets the whole adapter.

import { DEVICE_HUNG, DEVICE_RESET } from '../../ddi/dxgk.ts';
import { STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import { ENGINE_NODE, type Node, PAGING_NODE } from '../miniport/node.ts';
import { isAfter } from './fence.ts';
import type { Kernel } from './kernel.ts';
import { STOP_ABORTED_FENCE, STOP_RECOVERY_FAILED, STOP_SCHEDULER, STOP_TOO_MANY_HANGS } from './stop.ts';

/** TdrDelay: from the preemption request to the timeout. */
export const TDR_DELAY_MS = 2000;
/** Without progress for so long, a node is asked to stop. */
const QUANTUM_MS = 100;
const HANGS_MAX = 5;
const HANGS_WINDOW_MS = 60_000;

interface Watch {
  progress: number;
  sinceMs: number;
  askedMs: number | null;
}

export class Watchdog {
  readonly #kernel: Kernel;
  readonly #nowMs: () => number;
  readonly #watches: Watch[];
  /** When the last adapter resets were. */
  #hangsMs: number[] = [];

  constructor(kernel: Kernel, nowMs: () => number) {
    this.#kernel = kernel;
    this.#nowMs = nowMs;
    this.#watches = kernel.miniport.nodes.map(() => ({ progress: -1, sinceMs: 0, askedMs: null }));
  }

  check(): void {
    const now = this.#nowMs();
    for (const node of this.#kernel.miniport.nodes) {
      const watch = this.#watches[node.ordinal] as Watch;
      if (node.ring.length === 0 || node.progress !== watch.progress) {
        Object.assign(watch, { progress: node.progress, sinceMs: now, askedMs: null });
      } else if (watch.askedMs === null && now - watch.sinceMs >= QUANTUM_MS) {
        watch.askedMs = now;
        this.#kernel.scheduler.preempt(node.ordinal);
      } else if (watch.askedMs !== null && now - watch.askedMs >= TDR_DELAY_MS) {
        Object.assign(watch, { progress: -1, askedMs: null });
        this.#timeout(node);
      }
    }
  }

  #timeout(node: Node): void {
    const { miniport, scheduler } = this.#kernel;
    const { lastCompleted, lastSubmitted } = scheduler; // the snapshot that the range is judged by
    const guilty = scheduler.head?.translation.context ?? null;
    const args = { NodeOrdinal: ENGINE_NODE, EngineOrdinal: 0, LastAbortedFenceId: 0 };
    if (node.ordinal === PAGING_NODE || miniport.resetEngine(args) !== STATUS_SUCCESS) {
      this.#resetAdapter();
      return;
    }
    const aborted = args.LastAbortedFenceId;
    if (isAfter(aborted, lastSubmitted) || isAfter(lastCompleted, aborted)) {
      this.#kernel.stop(STOP_SCHEDULER, STOP_ABORTED_FENCE);
      return;
    }
    scheduler.engineWasReset(aborted);
    scheduler.replay(guilty);
    if (guilty) this.#kernel.loseDevice(guilty.device, DEVICE_HUNG);
  }

  /** ResetFromTimeout and RestartFromTimeout: all work and all content of the segment is lost. */
  #resetAdapter(): void {
    const { miniport, scheduler, paging, videoMemory, devices } = this.#kernel;
    const now = this.#nowMs();
    this.#hangsMs = [...this.#hangsMs.filter((then) => now - then < HANGS_WINDOW_MS), now];
    if (this.#hangsMs.length > HANGS_MAX) {
      this.#kernel.stop(STOP_RECOVERY_FAILED, STOP_TOO_MANY_HANGS);
      return;
    }
    const reset = miniport.resetFromTimeout();
    for (const device of devices) this.#kernel.loseDevice(device, DEVICE_RESET);
    scheduler.abandon();
    paging.clear();
    videoMemory.purge();
    const restarted = miniport.restartFromTimeout([scheduler.lastSubmitted, paging.lastSubmitted]);
    if (reset !== STATUS_SUCCESS || restarted !== STATUS_SUCCESS) this.#kernel.stop(STOP_RECOVERY_FAILED, reset);
  }
}
