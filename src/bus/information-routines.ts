// What a client can ask about controller and codec (hdaudio-ddi §2.15, §2.16).

import type { HdAudioCommonRoutines } from '../ddi/common-routines.ts';
import { DEVICE_INFORMATION_BYTES, DEVICE_INFORMATION_V2_BYTES } from '../ddi/hdaudio.ts';
import { PASSIVE_LEVEL } from '../ddi/irql.ts';
import { type NTSTATUS, STATUS_BUFFER_TOO_SMALL, STATUS_SUCCESS } from '../ddi/ntstatus.ts';
import { NTDDI_WIN10_19H1 } from '../ddi/windows-version.ts';
import type { HdAudioBus } from './bus.ts';
import { guarded } from './guard.ts';

type InformationRoutines = Pick<HdAudioCommonRoutines, 'GetDeviceInformation' | 'GetResourceInformation'>;

const DRIVER_VERSION = 0x0100;
// PCI configuration space (hda-hardware §1.2)
const PCI_VENDOR_ID = 0x00;
const PCI_DEVICE_ID = 0x02;
const PCI_REVISION = 0x08;

export function informationRoutines(bus: HdAudioBus): InformationRoutines {
  const refuse = (status: NTSTATUS) => ({ status, deviceInformation: null });
  return {
    GetDeviceInformation: guarded(
      bus,
      { call: 'GetDeviceInformation', irql: PASSIVE_LEVEL, refuse },
      (_client, Size) => {
        if (!(Size >= DEVICE_INFORMATION_BYTES)) return refuse(STATUS_BUFFER_TOO_SMALL);
        const first = {
          Size: DEVICE_INFORMATION_BYTES,
          DeviceVersion: bus.controller.version,
          DriverVersion: DRIVER_VERSION,
          CodecsDetected: bus.controller.codecMask,
          IsStripingSupported: bus.controller.outputLines > 1,
        };
        if (Size < DEVICE_INFORMATION_V2_BYTES || bus.ntddi < NTDDI_WIN10_19H1)
          return { status: STATUS_SUCCESS, deviceInformation: first };
        const { pci } = bus.kernel.port;
        const second = {
          ...first,
          Size: DEVICE_INFORMATION_V2_BYTES,
          CtrlRevision: pci.read(PCI_REVISION, 1),
          CtrlVendorId: pci.read(PCI_VENDOR_ID, 2),
          CtrlDeviceId: pci.read(PCI_DEVICE_ID, 2),
        };
        return { status: STATUS_SUCCESS, deviceInformation: second };
      },
    ),

    GetResourceInformation: guarded(
      bus,
      {
        call: 'GetResourceInformation',
        irql: PASSIVE_LEVEL,
        refuse: () => ({ codecAddress: 0, functionGroupStartNode: 0 }),
      },
      ({ functionGroup }) => ({
        codecAddress: functionGroup.codecAddress,
        functionGroupStartNode: functionGroup.node,
      }),
    ),
  };
}
