// Addresses and symbols for what a debugger shows: the simulation's objects and functions have none of their own.

import { type DriverObject, IopInvalidDeviceRequest } from '../driver-model/driver-object.ts';
import type { Kernel } from '../driver-model/kernel.ts';
import { moduleOf } from '../driver-model/module-names.ts';

export class SymbolTable {
  readonly #kernel: Kernel;
  readonly #addresses = new WeakMap<object, number>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The same object gets the same address again; 0 for what is no object. */
  address(object: unknown): number {
    if (typeof object !== 'object' && typeof object !== 'function') return 0;
    if (object === null) return 0;
    const known = this.#addresses.get(object);
    if (known !== undefined) return known;
    const address = this.#kernel.objectAddress();
    this.#addresses.set(object, address);
    return address;
  }

  /** `0000b200 HDAudBus!HdaDispatchPnp`; a routine without a name of its own takes `fallback`. */
  show(driver: DriverObject, routine: ((...args: never[]) => unknown) | null, fallback: string): string {
    if (!routine) return hex(0);
    const module = routine === IopInvalidDeviceRequest ? 'nt' : (moduleOf(routine) ?? driver.service);
    return `${hex(this.address(routine))} ${module}!${routine.name || fallback}`;
  }
}

const hex = (value: number): string => value.toString(16).padStart(8, '0');
