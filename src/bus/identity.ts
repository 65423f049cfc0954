// Hardware and compatible ids of function groups and of the controller (hdaudio-ddi §5.3).

import type { ChildIdentity } from '../driver-model/bus-half.ts';
import type { RegisterPort } from '../port/device-port.ts';
import type { FunctionGroup } from './function-group.ts';

const hex = (value: number, digits: number): string => (value >>> 0).toString(16).toUpperCase().padStart(digits, '0');

// PCI configuration space (hda-hardware §1.2)
const PCI_VENDOR_ID = 0x00;
const PCI_DEVICE_ID = 0x02;
const PCI_REVISION = 0x08;
const PCI_SUBSYSTEM = 0x2c;

/** Most specific first, as a Windows 7 set-up log lists them. */
export function functionGroupIdentity(group: FunctionGroup, pci: RegisterPort): ChildIdentity {
  const type = `HDAUDIO\\FUNC_${hex(group.type, 2)}`;
  const codec = `VEN_${hex(group.vendorId >>> 16, 4)}&DEV_${hex(group.vendorId & 0xffff, 4)}`;
  const vendor = codec.slice(0, 8);
  const subsystem = `SUBSYS_${hex(group.subsystemId, 8)}`;
  const revision = `REV_${hex((group.revisionId >>> 8) & 0xffff, 4)}`; // the stepping is left out
  const busVendor = `CTLR_VEN_${hex(pci.read(PCI_VENDOR_ID, 2), 4)}`;
  const bus = `${busVendor}&CTLR_DEV_${hex(pci.read(PCI_DEVICE_ID, 2), 4)}`;
  const prefixes = [`${type}&${bus}`, `${type}&${busVendor}`, type];
  const full = `${type}&${codec}&${subsystem}&${revision}`;
  return {
    deviceId: full,
    hardwareIds: [full, `${type}&${codec}&${subsystem}`],
    compatibleIds: [
      ...prefixes.map((prefix) => `${prefix}&${codec}&${revision}`),
      ...prefixes.map((prefix) => `${prefix}&${codec}`),
      ...prefixes.map((prefix) => `${prefix}&${vendor}`),
      `${type}&${bus}`,
      `${type}&${busVendor}`,
      `${type}&GF&${codec}&${subsystem}&${revision}`,
      type,
    ],
    instanceId: hex(group.codecAddress, 2) + hex(group.node, 2),
    description: 'High Definition Audio Device',
    location: 'High Definition Audio Bus',
  };
}

/** The controller as the PCI bus driver reports it. */
export function controllerIdentity(pci: RegisterPort): ChildIdentity {
  const vendor = `PCI\\VEN_${hex(pci.read(PCI_VENDOR_ID, 2), 4)}`;
  const device = `${vendor}&DEV_${hex(pci.read(PCI_DEVICE_ID, 2), 4)}`;
  const full = `${device}&SUBSYS_${hex(pci.read(PCI_SUBSYSTEM, 4), 8)}`;
  const revision = `REV_${hex(pci.read(PCI_REVISION, 1), 2)}`;
  return {
    deviceId: `${full}&${revision}`,
    hardwareIds: [
      `${full}&${revision}`,
      full,
      `${device}&${revision}`,
      device,
      `${device}&CC_040300`,
      `${device}&CC_0403`,
    ],
    compatibleIds: [
      `${device}&${revision}`,
      device,
      `${vendor}&CC_040300`,
      `${vendor}&CC_0403`,
      vendor,
      'PCI\\CC_040300',
      'PCI\\CC_0403',
    ],
    instanceId: 'D8',
    description: 'High Definition Audio Controller',
    location: 'PCI bus 0, device 27, function 0',
  };
}
