// KEVENT. Threads are continuations: `wait` names what runs at PASSIVE_LEVEL once the event is set.

import type { KEVENT } from '../ddi/kernel.ts';
import type { Kernel } from './kernel.ts';

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

  set(): void {
    this.#signaled = true;
    this.#release();
  }

  reset(): void {
    this.#signaled = false;
  }

  /** KeWaitForSingleObject: `thread` runs once, when the event is set. Returns what ends the wait early. */
  wait(thread: () => void): () => void {
    let over = false;
    const once = () => {
      if (!over) thread();
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
