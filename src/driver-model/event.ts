// KEVENT. Threads are continuations: `wait` names what runs at PASSIVE_LEVEL once the event is set.

import { APC_LEVEL, DISPATCH_LEVEL } from '../ddi/irql.ts';
import type { KEVENT } from '../ddi/kernel.ts';
import type { Kernel } from './kernel.ts';

/** An event object of the kernel, for RegisterNotificationEvent and to wait for. */
export class KernelEvent implements KEVENT {
  readonly #kernel: Kernel;
  readonly #type: 'notification' | 'synchronization';
  readonly #waiters: (() => void)[] = [];
  #signaled = false;

  /** KeInitializeEvent: a notification event stays set; a synchronization event releases one thread and resets itself. */
  constructor(kernel: Kernel, type: 'notification' | 'synchronization') {
    this.#kernel = kernel;
    this.#type = type;
  }

  get signaled(): boolean {
    return this.#signaled;
  }

  /** KeSetEvent. Up to DISPATCH_LEVEL. */
  set(): void {
    this.#kernel.allows(DISPATCH_LEVEL, 'KeSetEvent', 'event');
    this.#signaled = true;
    this.#release();
  }

  /** KeResetEvent. Up to DISPATCH_LEVEL. */
  reset(): void {
    this.#signaled = false;
  }

  /** KeWaitForSingleObject: `thread` runs once, when the event is set. Returns what ends the wait early. */
  wait(thread: () => void): () => void {
    this.#kernel.allows(APC_LEVEL, 'KeWaitForSingleObject', 'event');
    const { driver } = this.#kernel;
    let over = false;
    const once = () => {
      if (!over) this.#kernel.as(driver, thread);
    };
    this.#waiters.push(once);
    this.#release();
    return () => {
      over = true;
      const index = this.#waiters.indexOf(once);
      if (index >= 0) this.#waiters.splice(index, 1);
    };
  }

  #release(): void {
    while (this.#signaled && this.#waiters.length > 0) {
      const thread = this.#waiters.shift();
      if (this.#type === 'synchronization') this.#signaled = false;
      if (thread) this.#kernel.ready(thread);
    }
  }
}
