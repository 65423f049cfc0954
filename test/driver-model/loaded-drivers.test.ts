// When a driver is loaded, and when it goes (hdaudio-ddi §5.1).

import { type DriverPackage, STATUS_SUCCESS } from 'azalia/driver-kit';
import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';

it.each([true, false])(
  'a service that comes back with another DriverEntry, DriverUnload %s: only what was unloaded is loaded anew (§5.1)',
  async (unloads) => {
    const { windows } = await createMachine();
    windows.boot();
    const entries: string[] = [];
    const row = (version: string): DriverPackage => ({
      service: 'Own',
      role: 'lower filter',
      ids: ['HDAUDIO\\FUNC_01'],
      DriverEntry: (driver) => {
        entries.push(version);
        driver.AddDevice = () => STATUS_SUCCESS;
        if (unloads) driver.DriverUnload = () => entries.push(`${version} unloaded`);
        return STATUS_SUCCESS;
      },
    });
    windows.loadDriver(row('first'));
    const first = windows.pnp.drivers.get('Own');
    windows.unloadDriver('Own');
    if (windows.controllerNode) windows.pnp.remove(windows.controllerNode); // whose drivers have no device then
    windows.loadDriver(row('second'));
    if (windows.controllerNode) windows.pnp.start(windows.controllerNode);
    expect(windows.pnp.drivers.get('Own') === first).toBe(!unloads);
    expect(entries).toEqual(unloads ? ['first', 'first unloaded', 'second'] : ['first']);
    windows.shutdown();
    windows.boot(); // a new Windows loads what is installed now
    expect(entries.at(-1)).toBe('second');
  },
);
