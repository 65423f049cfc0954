// A device's stack, from the bottom: lower filters, function driver, upper filters (hdaudio-ddi §5.1).

import { NT_SUCCESS } from '../ddi/ntstatus.ts';
import { CM_PROB_FAILED_ADD, CM_PROB_FAILED_DRIVER_ENTRY, CM_PROB_FAILED_INSTALL, type Devnode } from './devnode.ts';
import { type DriverPackage, matchPackages } from './driver-package.ts';
import type { LoadedDrivers } from './loaded-drivers.ts';

/** Calls AddDevice of every driver that serves the node. Returns 0, or the CM_PROB_ code of what failed. */
export function buildStack(node: Devnode, packages: readonly DriverPackage[], drivers: LoadedDrivers): number {
  const functionDriver = matchPackages(packages, node, 'function')[0];
  if (!functionDriver) return CM_PROB_FAILED_INSTALL;
  node.service = functionDriver.service;
  for (const row of [
    ...matchPackages(packages, node, 'lower filter'),
    functionDriver,
    ...matchPackages(packages, node, 'upper filter'),
  ]) {
    const driver = drivers.load(row);
    const status = driver?.kernel.as(driver, () => driver.AddDevice?.(driver, node.pdo));
    if (status !== undefined && NT_SUCCESS(status)) continue;
    if (row.role !== 'function') continue; // a stack does without a filter that will not be there (row 106)
    return driver ? CM_PROB_FAILED_ADD : CM_PROB_FAILED_DRIVER_ENTRY;
  }
  return 0;
}
