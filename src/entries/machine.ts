// Entry `azalia/machine`: the whole device and the driver model above it, in this thread.

import type { DeviceEvent } from '../controller/record.ts';
import { WINDOWS_NTDDI, type WindowsVersion } from '../ddi/windows-version.ts';
import { Device, type DeviceParts, partsOf } from '../machine/device.ts';
import type { MachineCodec } from '../machine/machine-codec.ts';
import type { DeviceOptions } from '../machine/options.ts';
import type { BusMemory } from '../port/device-port.ts';
import { Windows } from '../windows/windows.ts';

export type { CodecModel } from '../codec/index.ts';
export type { DeviceEvent } from '../controller/record.ts';
export type { WindowsVersion } from '../ddi/windows-version.ts';
export { type DescriptorInspection, type Inspection, inspect, type StreamInspection } from '../machine/inspection.ts';
export type { MachineCodec } from '../machine/machine-codec.ts';
export type { CodecSource } from '../machine/options.ts';
export type { PinTap } from '../machine/pin-tap.ts';
export { type DescribedRegister, describeRegisters } from '../machine/register-words.ts';
export type { BusMemory } from '../port/device-port.ts';
export type { Windows } from '../windows/windows.ts';

export interface MachineOptions extends DeviceOptions {
  /** The simulated Windows that decides which DDIs exist; default `'win10-19h1'`. */
  windows?: WindowsVersion;
}

export interface RegisterAccess {
  read(offset: number, bytes: 1 | 2 | 4): number;
  write(offset: number, bytes: 1 | 2 | 4, value: number): void;
}

export interface Machine {
  readonly memory: BusMemory;
  /** BAR0. Reads and writes are allowed inside an interrupt listener. */
  readonly controller: RegisterAccess & {
    /** Level of the interrupt line. */
    readonly interrupt: boolean;
    /** Calls at every change of level, at the link frame of its cause; returns the function that ends it. */
    onInterrupt(listener: (level: boolean) => void): () => void;
  };
  /** PCI configuration space; the command register starts at 0006h, as firmware leaves it. */
  readonly pci: RegisterAccess;
  /** By SDI address; null where nobody is. */
  readonly codecs: readonly (MachineCodec | null)[];
  /** Driver model; nothing runs until `windows.boot()`. */
  readonly windows: Windows;
  /** 24 MHz ticks since power-up; 500 of them are a 48 kHz link frame. */
  readonly linkTicks: bigint;
  /** Ticks until the device may interrupt by itself; Infinity while nothing is under way. A halted CPU sleeps no longer. */
  readonly ticksToEvent: number;
  /** What the guest did wrong and what was dropped, counted. */
  readonly diagnostics: Readonly<Record<string, number>>;
  /**
   * Device time passes. Fractions are kept as whole ticks. RangeError for a negative count, NaN or Infinity; Error
   * inside an interrupt listener.
   */
  advance(linkFrames: number): void;
  /** Calls for everything the device does, in link ticks; null ends it. */
  record(listener: ((event: DeviceEvent) => void) | null): void;
  /** The whole device, versioned and checked. Error while Windows is booted: drivers have no saved form. */
  save(): Uint8Array;
  /** Goes on bit for bit from what save() gave. TypeError for any other bytes; then nothing changes. */
  restore(state: Uint8Array): void;
  close(): void;
}

class JoinedMachine extends Device implements Machine {
  readonly windows: Windows;

  constructor(parts: DeviceParts, version: WindowsVersion) {
    super(parts);
    this.windows = new Windows(this, { version });
  }

  override save(): Uint8Array {
    this.#refuseWhileBooted('save');
    return super.save();
  }

  override restore(state: Uint8Array): void {
    this.#refuseWhileBooted('restore');
    super.restore(state);
  }

  #refuseWhileBooted(what: string): void {
    if (this.windows.booted) throw new Error(`${what}: Windows is booted, and drivers have no saved form`);
  }

  override close(): void {
    if (this.windows.booted) this.windows.shutdown();
    super.close();
  }
}

/**
 * The device at power-up: controller in reset, RAM zero, Windows not booted. Rejects with a TypeError or RangeError of
 * one line for options that no machine can have.
 */
export async function createMachine(options: MachineOptions = {}): Promise<Machine> {
  const { windows = 'win10-19h1', ...device } = options;
  if (!Object.hasOwn(WINDOWS_NTDDI, windows)) {
    throw new TypeError(`windows '${windows}': must be one of ${Object.keys(WINDOWS_NTDDI).join(', ')}`);
  }
  return new JoinedMachine(await partsOf(device), windows);
}
