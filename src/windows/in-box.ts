// The drivers that come with Windows, and the chain of buses from the root to the controller (hdaudio-ddi §5.1).

import { hdAudBus } from '../bus/driver.ts';
import { controllerIdentity } from '../bus/identity.ts';
import { PowerDeviceD0 } from '../ddi/irp.ts';
import type { ChildIdentity } from '../driver-model/bus-half.ts';
import type { DriverPackage } from '../driver-model/driver-package.ts';
import { busDriver } from '../driver-model/in-box-buses.ts';
import { type AudioListener, hdAudio } from '../drivers/audio-class/driver.ts';
import type { RegisterPort } from '../port/device-port.ts';

const made = (deviceId: string, description: string, location: string): ChildIdentity => ({
  deviceId,
  hardwareIds: [deviceId],
  compatibleIds: [],
  instanceId: '0',
  uniqueId: true,
  description,
  location,
});

export const ROOT = made('HTREE\\ROOT', 'Root of the device tree', '');
const ACPI_SYSTEM = made('ACPI_HAL\\PNP0C08', 'ACPI-compliant system', '');
const PCI_BUS = made('ACPI\\PNP0A08', 'PCI bus', '');

/** The driver of the root itself, whose one child is the ACPI system. */
export const rootDriver = busDriver(ACPI_SYSTEM);

// PCI configuration space (hda-hardware §1.2)
const PMCS = 0x54;
const PMCS_D0 = 0;
const PMCS_D3HOT = 3;

const powerOf = (pci: RegisterPort) => (state: number) =>
  pci.write(PMCS, 4, state === PowerDeviceD0 ? PMCS_D0 : PMCS_D3HOT);

/** `isPresent`: whether the controller is in its slot. */
export function inBoxPackages(
  pci: RegisterPort,
  isPresent: () => boolean,
  ntddi: number,
  listener: AudioListener,
): DriverPackage[] {
  const inBox = (service: string, id: string, DriverEntry: DriverPackage['DriverEntry']): DriverPackage => ({
    service,
    ids: [id],
    role: 'function',
    DriverEntry,
  });
  return [
    inBox('ACPI', ACPI_SYSTEM.deviceId, busDriver(PCI_BUS)),
    inBox('pci', PCI_BUS.deviceId, busDriver(controllerIdentity(pci), isPresent, { setPower: powerOf(pci) })),
    inBox('HDAudBus', 'PCI\\CC_0403', hdAudBus(ntddi)),
    inBox('HdAudAddService', 'HDAUDIO\\FUNC_01', hdAudio(listener)),
  ];
}
