// Drivers in memory: one object a service, from its first device to its last (hdaudio-ddi §5.1, §5.2).

import { NT_SUCCESS } from '../ddi/ntstatus.ts';
import { DriverObject } from './driver-object.ts';
import type { DriverPackage } from './driver-package.ts';
import type { Kernel } from './kernel.ts';

/** By service. */
export class LoadedDrivers extends Map<string, DriverObject> {
  readonly #kernel: Kernel;

  constructor(kernel: Kernel) {
    super();
    this.#kernel = kernel;
  }

  /**
   * The service's driver; null where its DriverEntry fails. A service that is still loaded keeps the object that it has,
   * whatever the package's DriverEntry is now: as in Windows, a driver without DriverUnload stays until shutdown.
   */
  load({ service, DriverEntry }: DriverPackage): DriverObject | null {
    const loaded = this.get(service);
    if (loaded) return loaded;
    const driver = new DriverObject(this.#kernel, service, DriverEntry);
    const path = `\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\${service}`;
    const status = this.#kernel.as(driver, () => this.#kernel.call(() => DriverEntry(driver, path)));
    if (!NT_SUCCESS(status)) return null;
    this.set(service, driver);
    return driver;
  }

  /** DriverUnload of every driver that has no device left; what pool it leaves behind has leaked. */
  unloadIdle(): void {
    for (const [service, driver] of this) {
      if (driver.devices.length > 0 || !driver.DriverUnload) continue;
      this.delete(service);
      this.#kernel.as(driver, () => this.#kernel.call(() => driver.DriverUnload?.(driver)));
      this.#kernel.pool.reportLeaks('DriverUnload', driver);
    }
  }
}
