// The controller's engines: who gets which, and the link's budget (hdaudio-ddi §2.2, §2.3).

import type { EngineResult } from '../ddi/common-routines.ts';
import type { HDAUDIO_CONVERTER_FORMAT } from '../ddi/hdaudio.ts';
import type { HANDLE } from '../ddi/kernel.ts';
import {
  type NTSTATUS,
  STATUS_BUFFER_TOO_SMALL,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_SUCCESS,
} from '../ddi/ntstatus.ts';
import { SDI_PAYLOAD_BITS, SDO_PAYLOAD_BITS } from '../hda/timing.ts';
import type { Client } from './client.ts';
import type { Controller } from './controller.ts';
import { type Allocation, allocation, DmaEngine } from './engine.ts';
import { type Direction, fitsFifo, linkBits } from './format.ts';

const STREAM_IDS = 15;

type Demand = Pick<Allocation, 'client' | 'direction' | 'codecAddress' | 'lines' | 'format'>;
/** An engine that is allocated. */
export type HeldEngine = DmaEngine & { allocation: Allocation };

export class Engines {
  readonly #controller: Controller;
  #engines: readonly DmaEngine[] = [];
  #nextHandle: HANDLE = 4; // never given out twice: a stale handle stays invalid

  constructor(controller: Controller) {
    this.#controller = controller;
  }

  /** Counts them. At START_DEVICE: before that the controller may be in D3, and AddDevice leaves hardware alone (§5.1). */
  discover(): void {
    if (this.#engines.length > 0) return;
    const controller = this.#controller;
    const { inputStreams, outputStreams, bidirectionalStreams } = controller;
    this.#engines = Array.from({ length: inputStreams + outputStreams + bidirectionalStreams }, (_, index) => {
      const kind = index < inputStreams ? 'capture' : index < inputStreams + outputStreams ? 'render' : 'bidirectional';
      return new DmaEngine(controller, index, kind);
    });
  }

  at(index: number): DmaEngine | undefined {
    return this.#engines[index];
  }

  get held(): HeldEngine[] {
    return this.#engines.filter((engine): engine is HeldEngine => engine.allocation !== null);
  }

  /** The engine of a handle that this client got and has not freed. */
  find(client: Client, handle: HANDLE): HeldEngine | null {
    return this.held.find((e) => e.allocation.handle === handle && e.allocation.client === client) ?? null;
  }

  /** A dedicated engine first, then a bidirectional one; FIFO before bandwidth (§2.3). */
  allocate(demand: Demand): EngineResult {
    const status = this.#budget(demand, null);
    const engine = [demand.direction, 'bidirectional']
      .map((kind) => this.#engines.find((e) => e.kind === kind && !e.allocation))
      .find((e) => e !== undefined);
    if (status !== STATUS_SUCCESS) return { status, handle: null, converterFormat: 0 };
    if (!engine) return { status: STATUS_INSUFFICIENT_RESOURCES, handle: null, converterFormat: 0 };
    const handle = this.#nextHandle;
    this.#nextHandle += 4;
    engine.allocation = allocation({ ...demand, handle });
    return { status, handle, converterFormat: demand.format };
  }

  /** A new format for an allocation; its present reservation counts as free (§2.4). */
  change(held: HeldEngine, format: HDAUDIO_CONVERTER_FORMAT): NTSTATUS {
    const status = this.#budget({ ...held.allocation, format }, held);
    if (status === STATUS_SUCCESS) held.allocation.format = format;
    return status;
  }

  free(held: HeldEngine): void {
    (held as DmaEngine).allocation = null;
  }

  /** 1…15, unique among the engines of one direction that have one; 0 where there is none left. */
  freeStreamId(direction: Direction): number {
    const taken = this.held.filter((e) => e.allocation.direction === direction).map((e) => e.allocation.streamId);
    for (let id = 1; id <= STREAM_IDS; id++) if (!taken.includes(id)) return id;
    return 0;
  }

  /** Render streams share the SDO lines, capture streams the SDI line of their codec. */
  #budget(demand: Demand, except: DmaEngine | null): NTSTATUS {
    const { direction, codecAddress, format, lines } = demand;
    if (!fitsFifo(format, direction)) return STATUS_BUFFER_TOO_SMALL;
    const used = this.held
      .filter((e) => e !== except && e.allocation.direction === direction)
      .filter((e) => direction === 'render' || e.allocation.codecAddress === codecAddress)
      .reduce((bits, e) => bits + linkBits(e.allocation.format, e.allocation.lines), 0);
    const payload = direction === 'render' ? SDO_PAYLOAD_BITS : SDI_PAYLOAD_BITS;
    return used + linkBits(format, lines) <= payload ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
  }
}
