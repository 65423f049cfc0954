// The page's end of a worker. Comlink alone waits for ever on one that did not load or has died: here every call ends
// when the worker does.

import * as Comlink from 'comlink';
import type { Host } from '../worker/host.ts';
import type { HostEvent, HostOptions } from '../worker/protocol.ts';
import type { CreateHost } from '../worker/worker.ts';
import { AzaliaError } from './errors.ts';

export class HostConnection {
  readonly #worker: Worker;
  readonly #pending = new Set<(error: AzaliaError) => void>();
  readonly #locks = new AbortController();
  readonly #events = new MessageChannel();
  #remote: Comlink.Remote<Host> | null = null;
  #ended: AzaliaError | null = null;

  /** False where its script did not load. */
  didLoad = true;
  #onEnd: (error: AzaliaError) => void = () => {};

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.addEventListener('error', ({ message }) => {
      this.didLoad = message !== undefined && message !== '';
      this.#end(this.didLoad ? `The worker failed: ${message}` : 'worker.js did not load.');
    });
  }

  /** Makes the host by the function that the worker exposes. */
  async open(options: Omit<HostOptions, 'lock' | 'events'>): Promise<void> {
    const lock = 'locks' in navigator ? `azalia ${crypto.randomUUID()}` : null;
    const request = Comlink.transfer({ ...options, lock, events: this.#events.port2 }, [this.#events.port2]);
    this.#remote = await this.#settle(Comlink.wrap<CreateHost>(this.#worker)(request));
    if (lock) this.#watch(lock);
  }

  /** `onEvent` gets all from the start; `onEnd` is called once, if the worker comes to an end that nobody here asked for. */
  listen(onEvent: (event: HostEvent) => void, onEnd: (error: AzaliaError) => void): void {
    this.#onEnd = onEnd;
    this.#events.port1.onmessage = ({ data }) => onEvent(data);
  }

  /** The call's result, or the error that the worker ended with. */
  call<T>(invoke: (host: Comlink.Remote<Host>) => Promise<T>): Promise<T> {
    return this.#remote ? this.#settle(invoke(this.#remote)) : Promise.reject(this.#ended);
  }

  close(reason: AzaliaError): void {
    if (this.#ended) return;
    this.#ended = reason;
    this.#remote = null;
    this.#locks.abort();
    this.#events.port1.close();
    this.#worker.terminate();
    for (const reject of this.#pending) reject(reason);
    this.#pending.clear();
  }

  #settle<T>(call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      this.#pending.add(reject);
      call.then(resolve, (error) => reject(revive(error))).finally(() => this.#pending.delete(reject));
    });
  }

  /**
   * The worker holds the lock until it ends, however it ends: no event tells of a worker that was killed. Pages without
   * a secure context have no locks: there only errors are heard of.
   */
  #watch(lock: string): void {
    const { signal } = this.#locks;
    navigator.locks.request(lock, { signal }, () => this.#end('The worker was ended from outside.')).catch(() => {});
  }

  #end(message: string): void {
    if (this.#ended) return;
    const error = new AzaliaError('WorkerError', message);
    this.close(error);
    this.#onEnd(error);
  }
}

/** Comlink keeps name, message and stack of an Error: misuse of the API becomes what it was. */
function revive(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'RangeError') return new RangeError(error.message);
  if (error.name === 'TypeError') return new TypeError(error.message);
  if (error.name === 'WebAssemblyError') return new AzaliaError(error.name, error.message);
  return error;
}
