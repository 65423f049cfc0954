// Drivers that a user brings. A worker has no import map and a second copy of the driver kit would not know the objects
// of this one, so a driver's module imports nothing of it: it is given the kit.

import type { DriverPackage } from '../driver-model/driver-package.ts';
import * as driverKit from '../entries/driver-kit.ts';
import type { Windows } from '../windows/windows.ts';

/** `azalia/driver-kit`, and the debug print of the machine that the driver runs in. */
export type DriverKit = typeof import('azalia/driver-kit') & {
  /** The line arrives at the page as event 'debug'. */
  KdPrintEx(line: string): void;
};

/** The default export of a driver's module. */
export type DriverModule = (kit: DriverKit) => DriverPackage;

export interface LoadedDriver {
  readonly service: string;
  /** The devices in whose stacks it stands now, or that it was to serve. */
  readonly devices: readonly {
    readonly instancePath: string;
    readonly started: boolean;
    /** CM_PROB_ code, 0 without a problem: 10 failed start, 31 failed add, 37 failed entry. */
    readonly problem: number;
  }[];
}

const ROLES: readonly DriverPackage['role'][] = ['function', 'lower filter', 'upper filter'];

/**
 * `isWanted` is asked once the module is here. Errors: TypeError for a module that is no driver; whatever the module's
 * own code throws.
 */
export async function loadDriver(
  windows: Windows,
  url: string,
  KdPrintEx: DriverKit['KdPrintEx'],
  isWanted: () => boolean,
): Promise<LoadedDriver> {
  const module = await import(url);
  if (!isWanted()) throw new Error(`${url} is no longer wanted`);
  if (typeof module.default !== 'function') {
    throw new TypeError(
      `${url}: its default export must be a function of the driver kit that returns a driver package`,
    );
  }
  const row: DriverPackage = (module.default as DriverModule)({ ...driverKit, KdPrintEx });
  if (typeof row?.service !== 'string' || typeof row.DriverEntry !== 'function' || !Array.isArray(row.ids)) {
    throw new TypeError(`${url}: what its default export returned lacks service, ids or DriverEntry`);
  }
  if (!ROLES.includes(row.role)) throw new TypeError(`${url}: role ${row.role}: must be one of ${ROLES.join(', ')}`);
  windows.loadDriver(row);
  const served = [...(windows.pnp.root?.all() ?? [])].filter(({ hardwareIds, compatibleIds }) =>
    [...hardwareIds, ...compatibleIds].some((id) => row.ids.includes(id)),
  );
  return {
    service: row.service,
    devices: served.map(({ instancePath, isStarted, problem }) => ({ instancePath, started: isStarted, problem })),
  };
}
