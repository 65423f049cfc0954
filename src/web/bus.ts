// The bus driver's DDIs from a page: hdaudio.h's routines by their names, asynchronous, their statuses as they are.

import * as Comlink from 'comlink';
import type {
  ContiguousMemory,
  GUID,
  HDAUDIO_BUS_INTERFACE_BDL,
  HDAUDIO_BUS_INTERFACE_V3,
  HDAUDIO_CODEC_TRANSFER,
  KEVENT,
  MDL,
  NTSTATUS,
  PVOID,
  Referenced,
  RegisterView,
} from '../entries/driver-kit.ts';
import type { MemoryToken, Token } from '../worker/bus.ts';
import type { HostConnection } from './connect.ts';

/** A driver's DMA memory, read and written from the page; offsets in bytes. */
export class RemoteMemory {
  readonly #connection: HostConnection;
  /** @internal */
  readonly token: MemoryToken;

  /** @internal */
  constructor(connection: HostConnection, token: MemoryToken) {
    this.#connection = connection;
    this.token = token;
  }

  get bytes(): number {
    return this.token.bytes;
  }

  /** Of contiguous memory; undefined for the pages of an MDL. */
  get physicalAddress(): number | undefined {
    return this.token.physicalAddress;
  }

  /** A copy. RangeError outside. */
  read(offset: number, length: number): Promise<Uint8Array> {
    return this.#connection.call((host) => host.bus.read(this.token.memory, offset, length));
  }

  /** RangeError outside; then nothing is written. */
  write(offset: number, data: Uint8Array): Promise<void> {
    return this.#connection.call((host) => host.bus.write(this.token.memory, offset, data));
  }
}

/** A KEVENT of the machine: what RegisterNotificationEvent takes. */
export class RemoteEvent {
  readonly #connection: HostConnection;
  /** @internal */
  readonly id: number;

  /** @internal */
  constructor(connection: HostConnection, id: number) {
    this.#connection = connection;
    this.id = id;
  }

  /** KeWaitForSingleObject: resolves once for each time that it was set. */
  wait(): Promise<void> {
    return this.#connection.call((host) => host.bus.wait(this.id));
  }
}

/** The page's form of what a routine takes or gives: memory and events by reference, registers as their present value. */
export type Remote<T> = T extends MDL | ContiguousMemory
  ? RemoteMemory
  : T extends RegisterView
    ? number
    : T extends KEVENT
      ? RemoteEvent
      : T extends Referenced
        ? null
        : T extends (...args: never[]) => unknown
          ? T
          : T extends object
            ? { [K in keyof T]: Remote<T[K]> }
            : T;

type RemoteRoutine<F> = F extends (Context: PVOID, ...args: infer A) => infer R
  ? (...args: { [N in keyof A]: Remote<A[N]> }) => Promise<Remote<R>>
  : never;

/**
 * An interface as IRP_MN_QUERY_INTERFACE gave it, routine for routine without Context. Callbacks arrive after the fact:
 * a page is no interrupt context.
 */
export type RemoteInterface<I> = {
  readonly [K in keyof I as I[K] extends (...args: never[]) => unknown ? K : never]: K extends 'TransferCodecVerbs'
    ? (
        Count: number,
        CodecTransfer: readonly HDAUDIO_CODEC_TRANSFER[],
        Callback: ((transfer: HDAUDIO_CODEC_TRANSFER, Context: PVOID) => void) | null,
        CallbackContext: PVOID,
      ) => Promise<{ readonly status: NTSTATUS; readonly CodecTransfer: readonly HDAUDIO_CODEC_TRANSFER[] }>
    : RemoteRoutine<I[K]>;
};

type AnyInterface = HDAUDIO_BUS_INTERFACE_V3 | HDAUDIO_BUS_INTERFACE_BDL;
type Callback = (...args: unknown[]) => void;

/** `azalia.bus`. */
export class Bus {
  readonly #connection: HostConnection;
  readonly #ids = new Map<Callback, number>();
  readonly #callbacks: Callback[] = [];
  #listening: Promise<void> | null = null;

  /** @internal */
  constructor(connection: HostConnection) {
    this.#connection = connection;
  }

  /**
   * Queries the audio function group for one of the four interfaces (GUIDs: azalia/driver-kit). `interface` is null with
   * an error status: STATUS_NOT_SUPPORTED where the simulated Windows has no such DDI.
   */
  async query<I extends Partial<AnyInterface> = HDAUDIO_BUS_INTERFACE_V3>(
    guid: GUID,
  ): Promise<{ readonly status: NTSTATUS; readonly interface: RemoteInterface<I> | null }> {
    this.#listening ??= this.#connection.call((host) =>
      host.bus.listen(Comlink.proxy((callback: number, args: unknown[]) => this.#callbacks[callback]?.(...args))),
    );
    await this.#listening;
    const { status, client, routines } = await this.#connection.call((host) => host.bus.query(guid));
    if (client === null) return { status, interface: null };
    const calls = routines.map((name) => [name, (...args: unknown[]) => this.#call(client, name, args)]);
    return { status, interface: Object.fromEntries(calls) };
  }

  /** A synchronization event. */
  async createEvent(): Promise<RemoteEvent> {
    return new RemoteEvent(this.#connection, await this.#connection.call((host) => host.bus.createEvent()));
  }

  async #call(client: number, routine: string, args: unknown[]): Promise<unknown> {
    const values = args.map((value) => this.#encode(value));
    return this.#decode(await this.#connection.call((host) => host.bus.call(client, routine, values)));
  }

  #encode(value: unknown): unknown | Token {
    if (value instanceof RemoteMemory) return { memory: value.token.memory };
    if (value instanceof RemoteEvent) return { event: value.id };
    if (typeof value !== 'function') return value;
    const callback = value as Callback;
    const id = this.#ids.get(callback) ?? this.#callbacks.push(callback) - 1;
    this.#ids.set(callback, id);
    return { callback: id };
  }

  #decode(result: unknown): unknown {
    if (typeof result !== 'object' || result === null) return result;
    return Object.fromEntries(
      Object.entries(result).map(([name, value]) => {
        const isMemory = typeof value === 'object' && value !== null && 'memory' in value;
        return [name, isMemory ? new RemoteMemory(this.#connection, value as MemoryToken) : value];
      }),
    );
  }
}
