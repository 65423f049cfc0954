// When a driver is loaded, and when it goes (hdaudio-ddi §5.1).

import { type DriverPackage, irpLog, STATUS_SUCCESS, stackTop } from 'azalia/driver-kit';
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

it('one filter on a bus and on what hangs on it, put in and taken out while the machine runs (§5.2)', async () => {
  const { windows } = await createMachine();
  windows.boot();
  const lines: string[] = [];
  windows.loadDriver({
    service: 'Everywhere',
    role: 'upper filter',
    ids: ['PCI\\CC_0403', 'HDAUDIO\\FUNC_01'],
    DriverEntry: irpLog((line) => lines.push(line)),
  });
  const tops = () =>
    [windows.controllerNode, windows.controllerNode?.children[0]].map(
      (node) => node && stackTop(node.pdo).DriverObject.service,
    );
  expect(tops()).toEqual(['Everywhere', 'Everywhere']);
  expect(lines.filter((line) => line === 'IRP_MJ_PNP IRP_MN_START_DEVICE STATUS_SUCCESS')).toHaveLength(2);
  expect(windows.unloadDriver('Everywhere')).toBe(true);
  expect(tops()).toEqual(['HDAudBus', 'HdAudAddService']);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
});
