// The DSP for a page: a connection of its own to the machine's adapter. Command lists are built in the page and come as
// bytes; buffers and contexts are named by their handles.

import { proxyMarker } from 'comlink';
import { STATUS_INVALID_HANDLE, STATUS_NOT_SUPPORTED } from '../ddi/ntstatus.ts';
import { type DspBuffer, type DspContext, DspDevice, type Outcome } from '../dsp/client.ts';
import type { BuiltCommands } from '../dsp/encode-commands.ts';
import type { Windows } from '../windows/windows.ts';

export class DspHost {
  readonly [proxyMarker] = true;
  readonly #windows: Windows;
  readonly #buffers = new Map<number, DspBuffer>();
  readonly #contexts = new Map<number, DspContext>();
  #device: DspDevice | null = null;

  constructor(windows: Windows) {
    this.#windows = windows;
  }

  /** Handle of a new buffer, zeroed; STATUS_NOT_SUPPORTED where the machine has no adapter. */
  allocate(bytes: number): Outcome<number> {
    const device = this.#open();
    if (!device) return { status: STATUS_NOT_SUPPORTED, value: null };
    const { status, value } = device.allocate({ bytes });
    if (value) this.#buffers.set(value.handle, value);
    return { status, value: value?.handle ?? null };
  }

  createContext(): Outcome<number> {
    const device = this.#open();
    if (!device) return { status: STATUS_NOT_SUPPORTED, value: null };
    const { status, value } = device.createContext();
    if (value) this.#contexts.set(value.handle, value);
    return { status, value: value?.handle ?? null };
  }

  /** Empty for a handle that there is not, and outside the buffer. */
  read(buffer: number, offset: number, bytes: number): Uint8Array {
    return this.#buffers.get(buffer)?.read(offset, bytes) ?? new Uint8Array(0);
  }

  /** NTSTATUS. */
  write(buffer: number, bytes: Uint8Array, offset: number): number {
    return this.#buffers.get(buffer)?.write(bytes, offset) ?? STATUS_INVALID_HANDLE;
  }

  /** NTSTATUS. */
  destroy(buffer: number): number {
    const status = this.#buffers.get(buffer)?.destroy() ?? STATUS_INVALID_HANDLE;
    this.#buffers.delete(buffer);
    return status;
  }

  submit(context: number, built: BuiltCommands): { readonly status: number; readonly submission: number } {
    const to = this.#contexts.get(context);
    return to?.submit({ build: () => built }) ?? { status: STATUS_INVALID_HANDLE, submission: 0 };
  }

  /** NTSTATUS, once it is done. */
  async finished(context: number, submission: number): Promise<number> {
    return (await this.#contexts.get(context)?.finished(submission)) ?? STATUS_INVALID_HANDLE;
  }

  #open(): DspDevice | null {
    const adapter = this.#windows.dsp;
    if (adapter) this.#device ??= DspDevice.open(adapter).value;
    return this.#device;
  }
}
