// The DDIs for a page: this worker is a kernel-mode client of the bus driver in the page's name. Numbers, handles and
// records travel as they are; memory and events stay here and the page holds their numbers; callbacks are told to it.

import { proxyMarker } from 'comlink';
import type { HdAudioRoutines, INTERFACE } from '../ddi/bus-interface.ts';
import { INTERFACE_SLOTS, interfaceBytes } from '../ddi/bus-interface.ts';
import type { RegisterView } from '../ddi/common-routines.ts';
import { HDAUDIO_INTERFACE_VERSION } from '../ddi/hdaudio.ts';
import { type InterfaceBuffer, IRP_MJ_PNP, IRP_MN_QUERY_INTERFACE } from '../ddi/irp.ts';
import type { GUID, MDL, SystemMemory } from '../ddi/kernel.ts';
import type { NTSTATUS } from '../ddi/ntstatus.ts';
import { KernelEvent } from '../driver-model/event.ts';
import type { Windows } from '../windows/windows.ts';

type Routine = keyof HdAudioRoutines | 'InterfaceReference' | 'InterfaceDereference';

/** What stands for an object of this side in an argument. */
export type Token = { readonly memory: number } | { readonly event: number } | { readonly callback: number };
export interface MemoryToken extends Partial<Pick<MDL, 'byteOffset' | 'pageFrames'>> {
  readonly memory: number;
  readonly bytes: number;
  readonly physicalAddress?: number;
}

export interface BusQuery {
  readonly status: NTSTATUS;
  /** Of this client, for call(); null with an error status. */
  readonly client: number | null;
  readonly routines: readonly string[];
}

/** Called for every callback that a page's client has registered. */
export type CallbackListener = (callback: number, args: unknown[]) => void;

const NOBODY = { reference: () => {}, dereference: () => {} };

export class BusClients {
  readonly [proxyMarker] = true;
  readonly #windows: Windows;
  readonly #codecAddress: number;
  readonly #objects = new Map<number, SystemMemory | KernelEvent>();
  readonly #clients = new Map<number, INTERFACE & HdAudioRoutines>();
  readonly #callbacks = new Map<number, (...args: unknown[]) => void>();
  #listener: CallbackListener = () => {};
  #last = 0;

  /** For the audio function group of the codec at this address. */
  constructor(windows: Windows, codecAddress: number) {
    this.#windows = windows;
    this.#codecAddress = codecAddress;
  }

  listen(listener: CallbackListener): void {
    this.#listener = listener;
  }

  /** IRP_MN_QUERY_INTERFACE to the function group's stack (hdaudio-ddi §1.4). */
  query(guid: GUID): BusQuery {
    const { pnp } = this.#windows;
    const address = this.#codecAddress.toString(16).padStart(2, '0');
    const node = this.#windows.controllerNode?.children.find(
      ({ hardwareIds, instancePath }) =>
        hardwareIds[0]?.startsWith('HDAUDIO\\FUNC_01') && instancePath.slice(-4, -2) === address,
    );
    if (!node) throw new Error(`codec ${this.#codecAddress} has no audio function group on the bus`);
    const Interface: InterfaceBuffer = { interface: null };
    const { IoStatus } = pnp.send(node.pdo, IRP_MJ_PNP, IRP_MN_QUERY_INTERFACE, {
      QueryInterface: {
        InterfaceType: guid,
        Size: interfaceBytes(guid),
        Version: HDAUDIO_INTERFACE_VERSION,
        Interface,
      },
    });
    if (!Interface.interface) return { status: IoStatus.Status, client: null, routines: [] };
    this.#clients.set(++this.#last, Interface.interface as INTERFACE & HdAudioRoutines);
    const routines = ['InterfaceReference', 'InterfaceDereference', ...(INTERFACE_SLOTS[guid] ?? [])];
    return { status: IoStatus.Status, client: this.#last, routines };
  }

  /** A routine with its arguments but Context. What TransferCodecVerbs wrote into the transfers comes back with its status. */
  call(client: number, routine: string, args: readonly unknown[]): unknown {
    const bus = this.#clients.get(client);
    if (!bus) throw new TypeError(`${routine}: there is no such interface`);
    const values = args.map((value) => this.#decode(value));
    if (routine === 'RegisterNotificationCallback') values[1] ??= NOBODY;
    const call = bus[routine as Routine] as (...args: unknown[]) => unknown;
    const result = this.#windows.kernel.call(() => call.call(bus, bus.Context, ...values));
    if (routine === 'TransferCodecVerbs') return { status: result, CodecTransfer: values[1] };
    if (routine === 'GetWallClockRegister') return (result as RegisterView | null)?.value ?? null;
    return this.#encode(result);
  }

  createEvent(): number {
    this.#objects.set(++this.#last, new KernelEvent(this.#windows.kernel, 'synchronization'));
    return this.#last;
  }

  /** KeWaitForSingleObject. */
  wait(event: number): Promise<void> {
    return new Promise((resolve) => this.#object(event, KernelEvent).wait(resolve));
  }

  /** RangeError outside the buffer. */
  read(memory: number, offset: number, length: number): Uint8Array {
    return this.#memory(memory).read(offset, length);
  }

  /** RangeError outside the buffer; then nothing is written. */
  write(memory: number, offset: number, data: Uint8Array): void {
    this.#memory(memory).write(offset, data);
  }

  #memory(id: number): SystemMemory {
    const object = this.#objects.get(id);
    if (!object || object instanceof KernelEvent) throw new TypeError('there is no such memory');
    return object;
  }

  #object<T extends object>(id: number, type: abstract new (...args: never[]) => T): T {
    const object = this.#objects.get(id);
    if (!(object instanceof type)) throw new TypeError('there is no such event');
    return object;
  }

  #decode(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if ('memory' in value) return this.#memory(value.memory as number);
    if ('event' in value) return this.#object(value.event as number, KernelEvent);
    if ('callback' in value) return this.#callback(value.callback as number);
    return value;
  }

  /** The same callback is the same function again: unregistering looks for it. */
  #callback(id: number): (...args: unknown[]) => void {
    const known = this.#callbacks.get(id);
    if (known) return known;
    const tell = (...args: unknown[]) => this.#listener(id, args);
    this.#callbacks.set(id, tell);
    return tell;
  }

  #encode(result: unknown): unknown {
    if (typeof result !== 'object' || result === null) return result;
    return Object.fromEntries(
      Object.entries(result).map(([name, value]) => {
        if (name === 'position') return [name, (value as RegisterView | null)?.value ?? null];
        const isMemory = typeof value === 'object' && value !== null && 'read' in value && 'bytes' in value;
        return [name, isMemory ? this.#keep(value as SystemMemory & MemoryToken) : value];
      }),
    );
  }

  #keep(memory: SystemMemory & MemoryToken): MemoryToken {
    this.#objects.set(++this.#last, memory);
    const { bytes, byteOffset, pageFrames, physicalAddress } = memory;
    return {
      memory: this.#last,
      bytes,
      ...(pageFrames ? { byteOffset, pageFrames } : { physicalAddress }),
    } as MemoryToken;
  }
}
