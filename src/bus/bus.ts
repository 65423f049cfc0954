// The HD Audio bus driver's state: the controller, its rings and engines, and the clients above (hdaudio-ddi §2).

import type { INTERFACE } from '../ddi/bus-interface.ts';
import { type HDAUDIO_CODEC_RESPONSE, RunState } from '../ddi/hdaudio.ts';
import type { GUID, PVOID } from '../ddi/kernel.ts';
import { NT_SUCCESS, type NTSTATUS, STATUS_SUCCESS } from '../ddi/ntstatus.ts';
import { NTDDI_WIN10_VB } from '../ddi/windows-version.ts';
import type { DriverObject } from '../driver-model/driver-object.ts';
import type { Kernel } from '../driver-model/kernel.ts';
import { SDnSTS_BCIS } from '../hda/registers.ts';
import { Client } from './client.ts';
import { CommandRing } from './command-ring.ts';
import { Controller } from './controller.ts';
import { type Allocation, haltTogether, runTogether } from './engine.ts';
import { Engines } from './engines.ts';
import { EventTags } from './event-tags.ts';
import { type FunctionGroup, findFunctionGroups } from './function-group.ts';
import { buildInterface, type QueryResult } from './interfaces.ts';
import { allRoutines } from './routines.ts';

export class HdAudioBus {
  readonly kernel: Kernel;
  /** HDAudBus: in whose name the routines run. */
  readonly driver: DriverObject | null;
  /** NTDDI value of the simulated Windows: decides which interfaces there are. */
  readonly ntddi: number;
  readonly controller: Controller;
  readonly ring: CommandRing;
  readonly tags: EventTags;
  readonly clients = new Map<PVOID, Client>();
  readonly engines: Engines;
  readonly routines = allRoutines(this);
  functionGroups: readonly FunctionGroup[] = [];
  /** DISPATCH_LEVEL or below: these codecs have told of a change, which wakes what waits for it (§5.4, Wake). */
  onWake: (codecMask: number) => void = () => {};
  /** The controller was pulled out: nothing may touch it, and clients only give things back. */
  gone = false;
  /** `off`: not started, or stopped. There and in D3 clients only give things back. */
  #power: 'off' | 'D0' | 'D3' = 'off';
  readonly #former = new WeakMap<object, Client>();
  readonly #notifications: { allocation: Allocation; timestamp: bigint }[] = [];
  readonly #notify = () => this.#deliver();

  constructor(kernel: Kernel, ntddi: number) {
    this.kernel = kernel;
    this.driver = kernel.driver;
    this.ntddi = ntddi;
    this.controller = new Controller(kernel);
    this.tags = new EventTags(kernel);
    this.ring = new CommandRing(kernel, this.controller, (response) => this.#onUnsolicited(response));
    this.engines = new Engines(this.controller);
  }

  /** The registers are there to be read and written. */
  get reachable(): boolean {
    return !this.gone && this.#power === 'D0';
  }

  /** In D3. */
  get asleep(): boolean {
    return this.#power === 'D3';
  }

  /** Brings controller, rings and interrupts up and finds the function groups. PASSIVE_LEVEL. */
  start(): NTSTATUS {
    return this.kernel.call(() => {
      const status = this.#bringUp();
      if (!NT_SUCCESS(status)) return status;
      this.engines.discover();
      this.functionGroups = findFunctionGroups(this.ring, this.controller.codecMask);
      this.#programEngines();
      return status;
    });
  }

  #bringUp(): NTSTATUS {
    for (const step of [
      () => this.controller.reset(),
      () => this.ring.start(),
      () =>
        this.controller.enable({
          onResponses: (overrun) => this.#onResponses(overrun),
          onStream: (index, causes) => this.#onStream(index, causes),
        }),
    ]) {
      const status = step();
      if (NT_SUCCESS(status)) continue;
      this.stop();
      return status;
    }
    this.#power = 'D0';
    return STATUS_SUCCESS;
  }

  /** Puts the controller back into reset. Streams that still run fall silent. */
  stop(): void {
    this.ring.stop();
    this.controller.disable();
    this.#power = 'off';
  }

  /** D3. Engines that run stop; from now on a codec of `wakeMask` may drive its line high. */
  suspend(wakeMask: number): void {
    if (!this.reachable) return;
    const running = this.engines.held.filter(({ allocation }) => allocation.state === RunState);
    if (running.length > 0) haltTogether(this.controller, running);
    this.stop();
    this.controller.armWake(wakeMask);
    this.#power = 'D3';
  }

  /**
   * D0. The controller has forgotten everything: rings and engines are programmed anew (no page says it; a client that
   * wants its place in the buffer keeps it). `woken`: codecs that asked for it.
   */
  resume(): { readonly status: NTSTATUS; readonly woken: number } {
    return this.kernel.call(() => {
      if (this.gone || this.#power !== 'D3') return { status: STATUS_SUCCESS, woken: 0 };
      const woken = this.controller.takeWake();
      const status = this.#bringUp();
      if (!NT_SUCCESS(status)) {
        this.#power = 'D3'; // the next D0 tries again
        return { status, woken };
      }
      this.#programEngines();
      return { status, woken };
    });
  }

  /** After a reset of the controller, which forgets them: those that ran, run, from the start of their buffers. */
  #programEngines(): void {
    const engines = this.engines.held.filter(({ allocation }) => allocation.streamId !== 0);
    for (const engine of engines) engine.program(engine.allocation);
    const running = engines.filter(({ allocation }) => allocation.state === RunState);
    if (running.length > 0) runTogether(this.controller, running);
  }

  /** IRP_MN_SURPRISE_REMOVAL: the controller is not there any more. */
  surpriseRemove(): void {
    this.gone = true;
    this.ring.abandon();
    this.controller.abandon();
  }

  /** IRP_MN_QUERY_INTERFACE at the PDO of `group`; a null status leaves the IRP's as it was (§1.6). */
  queryInterface(
    group: FunctionGroup,
    guid: GUID,
    size: number,
    version: number,
    driver: DriverObject | null = null,
  ): QueryResult<INTERFACE> {
    return buildInterface(this, guid, size, version, () => {
      const client = new Client(group, driver);
      this.clients.set(client.context, client);
      return client;
    });
  }

  /** Tells the verifier that the client of `context` broke a rule. */
  breach(rule: string, context: PVOID, call: string): void {
    const client = this.clients.get(context) ?? this.#former.get(context as object);
    const group = client?.functionGroup;
    const object = group ? `function group ${group.codecAddress}:${group.node}` : 'context';
    const driver = client?.driver ?? this.kernel.driver;
    this.kernel.verifier.report(rule, driver?.DriverName ?? 'client of HDAudBus', object, call);
  }

  /** The stack on a function group is removed: whatever driver of it still has an interface will not give it back. */
  groupRemoved(group: FunctionGroup): void {
    for (const client of [...this.clients.values()]) {
      if (client.functionGroup !== group || !client.driver) continue;
      this.breach('interface never dereferenced', client.context, 'IRP_MN_REMOVE_DEVICE');
      this.release(client, 'IRP_MN_REMOVE_DEVICE');
    }
  }

  /**
   * Since the release after version 1903 a client whose controller was pulled out may free an engine before its buffer: the
   * buffer stays until the stream's handle is closed (C12, `managing-memory-buffers-rebalance`).
   */
  get freesEnginesFirst(): boolean {
    return this.gone && this.ntddi >= NTDDI_WIN10_VB;
  }

  /** The last reference is gone: whatever the client still holds has leaked. */
  release(client: Client, call = 'InterfaceDereference'): void {
    const engines = this.engines.held.filter(({ allocation }) => allocation.client === client);
    const leaks: [string, number][] = [
      ['DMA engines leaked', engines.length],
      ['DMA buffers leaked', engines.filter(({ allocation }) => allocation.buffer).length + client.outliving.size],
      ['notification events leaked', engines.filter(({ allocation }) => allocation.events.length > 0).length],
      ['notification callbacks leaked', engines.filter(({ allocation }) => allocation.callbacks.length > 0).length],
      ['event tags leaked', this.tags.of(client).length],
    ];
    for (const [rule, count] of leaks) if (count > 0) this.breach(`${count} ${rule}`, client.context, call);
    this.clients.delete(client.context);
    this.#former.set(client.context, client);
  }

  #onUnsolicited(response: HDAUDIO_CODEC_RESPONSE): void {
    this.tags.dispatch(response);
    this.onWake(1 << response.SDataIn);
  }

  #onResponses(overrun: boolean): void {
    if (overrun) this.ring.overrun = true;
    this.kernel.queueDpc(this.ring.serve);
  }

  #onStream(index: number, causes: number): void {
    const allocation = this.engines.at(index)?.allocation;
    if (!allocation) return;
    const isr = allocation.buffer?.isr;
    const { driver } = allocation.client;
    if (isr) this.kernel.as(driver, () => isr.routine(isr.context, causes));
    if ((causes & SDnSTS_BCIS) === 0) return;
    this.#notifications.push({ allocation, timestamp: this.kernel.performanceCounter });
    this.kernel.queueDpc(this.#notify);
  }

  /** The DPC: every event and every callback of the engine, once an interrupt (§2.17, §2.18). */
  #deliver(): void {
    for (let next = this.#notifications.shift(); next; next = this.#notifications.shift()) {
      for (const event of [...next.allocation.events]) event.set();
      const { client, callbacks } = next.allocation;
      for (const { routine, context } of [...callbacks])
        this.kernel.as(client.driver, () => routine(context, next.timestamp));
    }
  }
}
