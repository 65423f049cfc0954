// The universal hello-world driver (KMDF) of the project's seed documents, line by line: two callbacks that say so.

import { NT_SUCCESS, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import type { DRIVER_INITIALIZE } from '../../driver-model/driver-object.ts';
import { WdfDeviceCreate } from '../../driver-model/framework/wdf-device.ts';
import { WdfDriverCreate } from '../../driver-model/framework/wdf-driver.ts';

/** KdPrintEx: where the driver's lines go. */
export type KdPrint = (line: string) => void;

/** DriverEntry of the hello-world driver. */
export function helloWorld(KdPrintEx: KdPrint): DRIVER_INITIALIZE {
  return function DriverEntry(DriverObject) {
    KdPrintEx('KmdfHelloWorld: DriverEntry');
    return WdfDriverCreate(DriverObject, {
      EvtDriverDeviceAdd: function KmdfHelloWorldEvtDeviceAdd(_Driver, DeviceInit) {
        KdPrintEx('KmdfHelloWorld: KmdfHelloWorldEvtDeviceAdd');
        const { status } = WdfDeviceCreate(DeviceInit, {});
        return NT_SUCCESS(status) ? STATUS_SUCCESS : status;
      },
    });
  };
}
