// What the page's tools look at. Whatever costs something (the record, a tap on every pin) runs only while somebody asks.

import { proxyMarker } from 'comlink';
import { codecTransfer, GUID_HDAUDIO_BUS_INTERFACE } from '../ddi/hdaudio.ts';
import type { DeviceEvent, Machine, MachineCodec, PinTap } from '../entries/machine.ts';
import { command8, command16 } from '../hda/verbs.ts';
import { type Inspection, inspect } from '../machine/inspection.ts';
import type { BusClients } from './bus.ts';
import { type ChannelLevel, Meters, SILENT } from './meters.ts';

const LOG_LENGTH = 256;
const IDLE_MILLISECONDS = 2000;

export interface Observation extends Inspection {
  /** What happened since the look before, at most the newest 256; register accesses left out. */
  readonly log: readonly DeviceEvent[];
  /** Of each output pin since the look before. */
  readonly levels: readonly PinLevels[];
}

export interface PinLevels {
  readonly nid: number;
  readonly channels: readonly ChannelLevel[];
}

export class Inspector {
  readonly [proxyMarker] = true;
  readonly #machine: Machine;
  readonly #codec: MachineCodec;
  readonly #codecAddress: number;
  readonly #bus: BusClients;
  readonly #pins: readonly number[];
  #meters: Meters | null = null;
  #log: DeviceEvent[] = [];
  #taps: Map<number, PinTap> | null = null;
  #idle: ReturnType<typeof setTimeout> | undefined;
  #client: number | null = null;

  constructor(
    machine: Machine,
    codec: { readonly handle: MachineCodec; readonly address: number },
    bus: BusClients,
    pins: readonly number[],
  ) {
    this.#machine = machine;
    this.#codec = codec.handle;
    this.#codecAddress = codec.address;
    this.#bus = bus;
    this.#pins = pins;
  }

  /** A look; the first after a pause begins to listen, so it has neither log nor levels. */
  observe(): Observation {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#rest(), IDLE_MILLISECONDS);
    this.#taps ??= this.#listen();
    const levels = [...this.#taps].map(([nid, tap]) => ({ nid, channels: this.#measure(nid, tap) }));
    const log = this.#log;
    this.#log = [];
    return { ...inspect(this.#machine), log, levels };
  }

  #listen(): Map<number, PinTap> {
    this.#machine.record((event) => {
      if (event.kind === 'read' || event.kind === 'write') return;
      this.#log.push(event);
      if (this.#log.length > LOG_LENGTH) this.#log.shift();
    });
    return new Map(this.#pins.map((nid) => [nid, this.#codec.listen(nid)]));
  }

  /** What nothing has reached is silent, and not worth a command. */
  #measure(nid: number, tap: PinTap): readonly ChannelLevel[] {
    const { fed, rateHz } = tap;
    const samples = tap.read();
    if (!fed) {
      this.#meters?.forget(nid);
      return samples.map(() => SILENT);
    }
    this.#meters ??= Meters.open(this.#machine.windows, rateHz);
    return this.#meters?.measure(nid, samples) ?? [];
  }

  #rest(): void {
    this.#machine.record(null);
    for (const tap of this.#taps?.values() ?? []) tap.close();
    this.#taps = null;
    this.#meters?.close();
    this.#meters = null;
    this.#log = [];
  }

  /** Through the bus driver, as a function driver sends it. null: no valid response. */
  verb(nid: number, verb: number, parameter: number): number | null {
    this.#client ??= this.#bus.query(GUID_HDAUDIO_BUS_INTERFACE).client;
    const command = verb <= 0xf ? command16 : command8; // ids to Fh have 16 bits of payload (§5.1)
    const transfer = codecTransfer(command(this.#codecAddress, nid, verb, parameter));
    this.#bus.call(this.#client ?? -1, 'TransferCodecVerbs', [1, [transfer], null, null]);
    return transfer.Input.IsValid ? transfer.Input.Response : null;
  }

  dump(): string {
    return this.#codec.dump();
  }

  kd(commandLine: string): string[] {
    return this.#machine.windows.kd(commandLine);
  }
}
