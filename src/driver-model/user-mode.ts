// User mode: handles, and buffers that are copied at the boundary (hdaudio-ddi §4.3, §5.4). No kernel object gets out.

import { IRP_MJ_CLEANUP, IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL } from '../ddi/irp.ts';
import type { HANDLE } from '../ddi/kernel.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_DEVICE_NOT_CONNECTED,
  STATUS_INVALID_HANDLE,
  STATUS_PENDING,
  win32Error,
} from '../ddi/ntstatus.ts';
import type { Devnode } from './devnode.ts';
import { type DeviceObject, stackTop } from './driver-object.ts';
import { IoCallDriver } from './io-manager.ts';
import { IoGetNextIrpStackLocation, Irp } from './irp.ts';
import type { PnpManager } from './pnp-manager.ts';

export const INVALID_HANDLE_VALUE: HANDLE = -1;
const ERROR_FILE_NOT_FOUND = 2;

export interface DeviceIoControlResult {
  /** False: failed or pending; GetLastError tells. */
  readonly ok: boolean;
  readonly lastError: number;
  readonly bytesReturned: number;
  /** The output buffer, `bytesReturned` bytes of it written. */
  readonly output: Uint8Array;
}

export class UserMode {
  readonly #pnp: PnpManager;
  readonly #files = new Map<HANDLE, { readonly node: Devnode; readonly device: DeviceObject }>();
  #nextHandle: HANDLE = 4;
  #lastError = 0;

  constructor(pnp: PnpManager) {
    this.#pnp = pnp;
  }

  GetLastError(): number {
    return this.#lastError;
  }

  /** Opens a started device by its instance path; INVALID_HANDLE_VALUE where there is none or its drivers refuse. */
  CreateFile(instancePath: string): HANDLE {
    const nodes = [...(this.#pnp.root?.all() ?? [])];
    const node = nodes.find((each) => each.instancePath === instancePath && each.isStarted);
    this.#lastError = ERROR_FILE_NOT_FOUND;
    if (!node) return INVALID_HANDLE_VALUE;
    const device = stackTop(node.pdo);
    const { status } = this.#send(device, IRP_MJ_CREATE);
    this.#lastError = win32Error(status);
    if (!NT_SUCCESS(status)) return INVALID_HANDLE_VALUE;
    const handle = this.#nextHandle;
    this.#nextHandle += 4;
    device.reference();
    this.#files.set(handle, { node, device });
    return handle;
  }

  /** METHOD_BUFFERED: the input is copied in and at most `outputBytes` are copied out. */
  DeviceIoControl(handle: HANDLE, code: number, input: Uint8Array | null, outputBytes: number): DeviceIoControlResult {
    const file = this.#files.get(handle);
    const output = new Uint8Array(outputBytes);
    const inputBytes = input?.length ?? 0;
    const systemBuffer = new Uint8Array(Math.max(inputBytes, outputBytes));
    if (input) systemBuffer.set(input);
    const parameters = {
      DeviceIoControl: { IoControlCode: code, InputBufferLength: inputBytes, OutputBufferLength: outputBytes },
    };
    const result = file
      ? this.#send(file.device, IRP_MJ_DEVICE_CONTROL, parameters, systemBuffer)
      : { status: STATUS_INVALID_HANDLE, information: 0 };
    this.#lastError = win32Error(result.status);
    const ok = NT_SUCCESS(result.status) && result.status !== STATUS_PENDING;
    const bytesReturned = ok ? Math.min(Number(result.information) || 0, outputBytes) : 0;
    output.set(systemBuffer.subarray(0, bytesReturned));
    return { ok, lastError: this.#lastError, bytesReturned, output };
  }

  CloseHandle(handle: HANDLE): boolean {
    const file = this.#files.get(handle);
    this.#lastError = win32Error(file ? 0 : STATUS_INVALID_HANDLE);
    if (!file) return false;
    this.#files.delete(handle);
    for (const major of [IRP_MJ_CLEANUP, IRP_MJ_CLOSE]) if (!file.device.deleted) this.#send(file.device, major);
    file.device.dereference();
    return true;
  }

  #send(
    device: DeviceObject,
    MajorFunction: number,
    Parameters = {},
    systemBuffer: Uint8Array | null = null,
  ): { status: NTSTATUS; information: unknown } {
    const { kernel } = this.#pnp;
    if (device.deleted) return { status: STATUS_DEVICE_NOT_CONNECTED, information: 0 };
    const irp = new Irp(kernel, device.StackSize);
    irp.SystemBuffer = systemBuffer;
    irp.IoStatus.Status = 0;
    Object.assign(IoGetNextIrpStackLocation(irp), { MajorFunction, Parameters });
    const status = kernel.call(() => IoCallDriver(device, irp));
    return irp.completed
      ? { status: irp.IoStatus.Status, information: irp.IoStatus.Information }
      : { status, information: 0 };
  }
}
