// The HD Audio bus driver's state: the controller, its rings and engines, and the clients above (hdaudio-ddi §2).

import type { INTERFACE } from '../ddi/bus-interface.ts';
import type { GUID, PVOID } from '../ddi/kernel.ts';
import { NT_SUCCESS, type NTSTATUS, STATUS_SUCCESS } from '../ddi/ntstatus.ts';
import type { Kernel } from '../driver-model/kernel.ts';
import { SDnSTS_BCIS } from '../hda/registers.ts';
import { Client } from './client.ts';
import { CommandRing } from './command-ring.ts';
import { Controller } from './controller.ts';
import type { Allocation } from './engine.ts';
import { Engines } from './engines.ts';
import { EventTags } from './event-tags.ts';
import { type FunctionGroup, findFunctionGroups } from './function-group.ts';
import { buildInterface, type QueryResult } from './interfaces.ts';
import { allRoutines } from './routines.ts';

export class HdAudioBus {
  readonly kernel: Kernel;
  /** NTDDI value of the simulated Windows: decides which interfaces there are. */
  readonly ntddi: number;
  readonly controller: Controller;
  readonly ring: CommandRing;
  readonly tags = new EventTags();
  readonly clients = new Map<PVOID, Client>();
  readonly engines: Engines;
  readonly routines = allRoutines(this);
  functionGroups: readonly FunctionGroup[] = [];
  /** The controller was pulled out: nothing may touch it, and clients only give things back. */
  gone = false;
  readonly #notifications: { allocation: Allocation; timestamp: bigint }[] = [];
  readonly #notify = () => this.#deliver();

  constructor(kernel: Kernel, ntddi: number) {
    this.kernel = kernel;
    this.ntddi = ntddi;
    this.controller = new Controller(kernel);
    this.ring = new CommandRing(kernel, this.controller, (response) => this.tags.dispatch(response));
    this.engines = new Engines(this.controller);
  }

  /** Brings controller, rings and interrupts up and finds the function groups. PASSIVE_LEVEL. */
  start(): NTSTATUS {
    return this.kernel.call(() => {
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
      this.functionGroups = findFunctionGroups(this.ring, this.controller.codecMask);
      return STATUS_SUCCESS;
    });
  }

  /** Puts the controller back into reset. Streams that still run fall silent. */
  stop(): void {
    this.ring.stop();
    this.controller.disable();
  }

  /** IRP_MN_SURPRISE_REMOVAL: the controller is not there any more. */
  surpriseRemove(): void {
    this.gone = true;
    this.ring.abandon();
    this.controller.abandon();
  }

  /** IRP_MN_QUERY_INTERFACE at the PDO of `group`; a null status leaves the IRP's as it was (§1.6). */
  queryInterface(group: FunctionGroup, guid: GUID, size: number, version: number): QueryResult<INTERFACE> {
    return buildInterface(this, guid, size, version, () => {
      const client = new Client(group);
      this.clients.set(client.context, client);
      return client;
    });
  }

  /** Tells the verifier that the client of `context` broke a rule. */
  breach(rule: string, context: PVOID, call: string): void {
    const group = this.clients.get(context)?.functionGroup;
    const object = group ? `function group ${group.codecAddress}:${group.node}` : 'context';
    this.kernel.verifier.report(rule, 'client of HDAudBus', object, call);
  }

  /** The last reference is gone: whatever the client still holds has leaked. */
  release(client: Client): void {
    const engines = this.engines.held.filter(({ allocation }) => allocation.client === client);
    const leaks: [string, number][] = [
      ['DMA engines leaked', engines.length],
      ['DMA buffers leaked', engines.filter(({ allocation }) => allocation.buffer).length],
      ['notification events leaked', engines.filter(({ allocation }) => allocation.events.length > 0).length],
      ['notification callbacks leaked', engines.filter(({ allocation }) => allocation.callbacks.length > 0).length],
      ['event tags leaked', this.tags.of(client).length],
    ];
    for (const [rule, count] of leaks)
      if (count > 0) this.breach(`${count} ${rule}`, client.context, 'InterfaceDereference');
    this.clients.delete(client.context);
  }

  #onResponses(overrun: boolean): void {
    if (overrun) this.ring.overrun = true;
    this.kernel.queueDpc(this.ring.serve);
  }

  #onStream(index: number, causes: number): void {
    const allocation = this.engines.at(index)?.allocation;
    if (!allocation) return;
    const isr = allocation.buffer?.isr;
    if (isr) isr.routine(isr.context, causes);
    if ((causes & SDnSTS_BCIS) === 0) return;
    this.#notifications.push({ allocation, timestamp: this.kernel.performanceCounter });
    this.kernel.queueDpc(this.#notify);
  }

  /** The DPC: every event and every callback of the engine, once an interrupt (§2.17, §2.18). */
  #deliver(): void {
    for (let next = this.#notifications.shift(); next; next = this.#notifications.shift()) {
      for (const event of [...next.allocation.events]) event.set();
      for (const { routine, context } of [...next.allocation.callbacks]) routine(context, next.timestamp);
    }
  }
}
