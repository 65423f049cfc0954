// Command buffers from a page. Lists are made with `commands` of azalia/driver-kit; what they name are these buffers.

import type { CommandList, NTSTATUS } from '../entries/driver-kit.ts';
import type { HostConnection } from './connect.ts';
import { refused } from './errors.ts';

/** Memory that commands name and the page reads and writes; offsets in bytes. */
export class RemoteDspBuffer {
  /** What a command names it by. */
  readonly handle: number;
  readonly bytes: number;
  readonly #connection: HostConnection;

  /** @internal */
  constructor(connection: HostConnection, handle: number, bytes: number) {
    this.#connection = connection;
    this.handle = handle;
    this.bytes = bytes;
  }

  /** A copy, once all commands that name it are done; empty outside the buffer. */
  read(offset = 0, bytes = this.bytes - offset): Promise<Uint8Array> {
    return this.#connection.call((host) => host.dsp.read(this.handle, offset, bytes));
  }

  /** Once all commands that name it are done; STATUS_INVALID_PARAMETER outside the buffer. */
  write(bytes: Uint8Array, offset = 0): Promise<NTSTATUS> {
    return this.#connection.call((host) => host.dsp.write(this.handle, bytes, offset));
  }

  /** Frees it; STATUS_INVALID_HANDLE the second time. */
  destroy(): Promise<NTSTATUS> {
    return this.#connection.call((host) => host.dsp.destroy(this.handle));
  }
}

/** Where lists are submitted; each runs after those before it. */
export class RemoteDspContext {
  readonly #connection: HostConnection;
  readonly #handle: number;

  /** @internal */
  constructor(connection: HostConnection, handle: number) {
    this.#connection = connection;
    this.#handle = handle;
  }

  /** `submission` is what finished() waits for. */
  submit(list: CommandList): Promise<{ readonly status: NTSTATUS; readonly submission: number }> {
    const built = list.build();
    return this.#connection.call((host) => host.dsp.submit(this.#handle, built));
  }

  /** STATUS_SUCCESS when it is done. */
  finished(submission: number): Promise<NTSTATUS> {
    return this.#connection.call((host) => host.dsp.finished(this.#handle, submission));
  }
}

/** `azalia.dsp` */
export class Dsp {
  readonly #connection: HostConnection;

  /** @internal */
  constructor(connection: HostConnection) {
    this.#connection = connection;
  }

  /** Zeroed. Errors: RefusedError with the adapter's status. */
  async allocate(bytes: number): Promise<RemoteDspBuffer> {
    const { status, value } = await this.#connection.call((host) => host.dsp.allocate(bytes));
    if (value === null) throw refused({ status, reason: `no buffer of ${bytes} bytes` });
    return new RemoteDspBuffer(this.#connection, value, bytes);
  }

  /** Errors: as allocate. */
  async createContext(): Promise<RemoteDspContext> {
    const { status, value } = await this.#connection.call((host) => host.dsp.createContext());
    if (value === null) throw refused({ status, reason: 'no context' });
    return new RemoteDspContext(this.#connection, value);
  }
}
