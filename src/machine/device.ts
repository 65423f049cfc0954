// Memory, controller, codecs and clock as one synchronous object (design, createMachine).

import { CODEC_ADDRESSES } from '../controller/codec-link.ts';
import { Controller } from '../controller/controller.ts';
import { Core } from '../controller/core.ts';
import type { PciConfiguration } from '../controller/pci.ts';
import type { DeviceEvent } from '../controller/record.ts';
import { TICKS_PER_FRAME } from '../hda/timing.ts';
import type { BusMemory, DevicePort } from '../port/device-port.ts';
import type { EnginePort } from '../port/engine-port.ts';
import { Alarms } from './alarms.ts';
import { resolveCodec } from './codec-source.ts';
import type { MachineCodec } from './machine-codec.ts';
import { type DeviceCodec, Mixer } from './mixer.ts';
import { type CheckedOptions, checkOptions, type DeviceOptions } from './options.ts';
import { restoreMachine, type Saveable, saveMachine } from './saved-machine.ts';

export class Device implements DevicePort {
  readonly memory: BusMemory;
  readonly controller: Controller;
  readonly codecs: readonly (MachineCodec | null)[];
  readonly #core: Core;
  readonly #mixer: Mixer;
  readonly #parts: Saveable;
  readonly #alarms = new Alarms(this);
  /** What advance() has been asked beyond whole ticks, −½…½ tick. */
  #fraction = 0;
  #closed = false;

  constructor({ core, codecs, options }: DeviceParts) {
    this.#core = core;
    this.memory = core.memory;
    this.controller = new Controller(core, codecs, options);
    this.#mixer = new Mixer(core, codecs, options.outputRateHz, this.controller.recorder);
    codecs.forEach((codec, address) => {
      codec?.attach({
        unsolicited: (response) => {
          this.controller.link.unsolicited(address, response);
          this.controller.update();
        },
        wake: () => {
          this.controller.link.wake(address);
          this.controller.update();
        },
        routesChanged: () => this.#mixer.routesChanged(address),
        gainsChanged: () => this.#mixer.gainsChanged(address),
      });
    });
    this.codecs = this.#mixer.codecs;
    this.#parts = { core, controller: this.controller, mixer: this.#mixer, options };
  }

  get engine(): EnginePort | null {
    return this.#core.engine;
  }

  get registers(): Controller {
    return this.controller;
  }

  get pci(): PciConfiguration {
    return this.controller.pci;
  }

  get linkTicks(): bigint {
    return this.#core.linkTicks;
  }

  /** What the guest did wrong and what was dropped, since power-up. */
  get diagnostics(): Readonly<Record<string, number>> {
    return { ...this.controller.counters, ...this.#core.counters, ...this.#mixer.counters };
  }

  /**
   * Device time passes. Fractions of a link frame are kept as whole 24 MHz ticks, and what rounding leaves goes into
   * the next call. RangeError for a negative count, NaN or Infinity; Error inside an interrupt listener. An exception
   * that a listener throws comes out here, at the tick of its interrupt.
   */
  advance(linkFrames: number): void {
    if (!(linkFrames >= 0 && linkFrames * TICKS_PER_FRAME <= Number.MAX_SAFE_INTEGER)) {
      throw new RangeError(`advance(${linkFrames}): must be a count of link frames, 0 or more`);
    }
    if (this.controller.interrupting || this.#alarms.ringing)
      throw new Error('advance inside an interrupt listener: time stands still there');
    if (this.#closed) throw new Error('the machine is closed');
    const exact = linkFrames * TICKS_PER_FRAME + this.#fraction;
    let left = Math.round(exact);
    this.#fraction = exact - left;
    while (left > 0) left -= this.#step(left);
  }

  /** One segment: up to an interrupt's cause, an event on the link, or as far as the core goes at once. */
  #step(ticks: number): number {
    const most = Math.min(ticks, MOST_TICKS, this.#alarms.ticksToNext());
    const moved = this.#mixer.advance(this.controller.ticksToPass(most));
    this.controller.settle();
    this.#alarms.ring();
    return moved;
  }

  /**
   * Ticks that may pass before the device has something to tell by itself; Infinity while nothing is under way. An access
   * changes it. Whoever lets a halted CPU sleep wakes it by then.
   */
  get ticksToEvent(): number {
    const { core } = this.#parts;
    return Math.min(core.ticksToEvent(), this.controller.link.ticksToEvent(), this.#alarms.ticksToNext());
  }

  stall(linkFrames: number): void {
    this.advance(linkFrames);
  }

  callAt(linkTicks: bigint, listener: () => void): () => void {
    return this.#alarms.set(linkTicks, listener);
  }

  /** Calls for everything the device does, in link ticks; null ends it. Nearly free while nobody listens. */
  record(listener: ((event: DeviceEvent) => void) | null): void {
    this.controller.recorder.listen(listener);
  }

  /** The whole device at this moment, codecs and RAM included (an embedder's own RAM is not), versioned and checked. */
  save(): Uint8Array {
    if (this.controller.interrupting) throw new Error('save inside an interrupt listener');
    return saveMachine(this.#parts, this.#fraction);
  }

  /**
   * Goes back to what save() gave; what follows is bit for bit the same. Taps go on, and so does the record. TypeError
   * for bytes that are no state of a machine built alike; then nothing changes.
   */
  restore(state: Uint8Array): void {
    if (this.controller.interrupting) throw new Error('restore inside an interrupt listener');
    this.#fraction = restoreMachine(this.#parts, state);
  }

  /** Ends all taps; the machine does not advance any more. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#mixer.close();
  }
}

/** 512 link frames: what the core moves at once. */
const MOST_TICKS = 512 * TICKS_PER_FRAME;

/** What a device is put together from; a core takes a moment to compile. */
export interface DeviceParts {
  readonly core: Core;
  readonly codecs: readonly (DeviceCodec | null)[];
  readonly options: CheckedOptions;
}

/** RangeError for more codecs than the link has addresses. */
export async function createParts(
  codecs: readonly (DeviceCodec | null)[],
  options: CheckedOptions,
): Promise<DeviceParts> {
  if (codecs.length > CODEC_ADDRESSES) {
    throw new RangeError(`${codecs.length} codecs: the link has ${CODEC_ADDRESSES} addresses`);
  }
  const { memoryBytes: ramBytes, memory, streams } = options;
  return { core: await Core.create({ ramBytes, ...(memory && { memory }), streams }), codecs, options };
}

/** The parts that these options name. TypeError or RangeError in one line for what no device can have. */
export async function partsOf(options: DeviceOptions): Promise<DeviceParts> {
  const checked = checkOptions(options);
  const sources = options.codecs ?? ['desktop'];
  return createParts(
    sources.map((source) => resolveCodec(source, checked.outputRateHz)),
    checked,
  );
}

export async function createDevice(options: DeviceOptions = {}): Promise<Device> {
  return new Device(await partsOf(options));
}
