// The order of a device's callbacks as it starts, sleeps, wakes and stops (hdaudio-ddi §5.5).

import { NT_SUCCESS, type NTSTATUS, STATUS_SUCCESS } from '../../ddi/ntstatus.ts';
import type { WDF_POWER_DEVICE_STATE } from './callbacks.ts';
import type { WdfDevice } from './wdf-device.ts';

/** START_DEVICE on its way up: hardware, D0, then self-managed I/O; where one fails, what was done is undone. */
export function startDevice(device: WdfDevice): NTSTATUS {
  const again = device.wasStarted;
  device.wasStarted = true;
  const status = device.callbacks.EvtDevicePrepareHardware?.(device) ?? STATUS_SUCCESS;
  if (NT_SUCCESS(status)) return enterD0(device, 'WdfPowerDeviceD3Final', again);
  device.callbacks.EvtDeviceReleaseHardware?.(device);
  return status;
}

export function stopDevice(device: WdfDevice): void {
  if (device.state === 'D0') leaveD0(device, 'WdfPowerDeviceD3Final');
  if (device.state === 'D3') device.callbacks.EvtDeviceReleaseHardware?.(device);
  device.state = 'stopped';
}

/** Power is back: nothing but the way into D0. */
export function wakeDevice(device: WdfDevice): NTSTATUS {
  return device.state === 'D3' ? enterD0(device, 'WdfPowerDeviceD3', true) : STATUS_SUCCESS;
}

/** Power goes: the hardware stays prepared. */
export function sleepDevice(device: WdfDevice): void {
  if (device.state === 'D0') leaveD0(device, 'WdfPowerDeviceD3');
}

export function flushDevice(device: WdfDevice): void {
  if (!device.wasFlushed) device.callbacks.EvtDeviceSelfManagedIoFlush?.(device);
  device.wasFlushed = true;
}

function enterD0(device: WdfDevice, from: WDF_POWER_DEVICE_STATE, again: boolean): NTSTATUS {
  const { callbacks } = device;
  device.state = 'D0';
  for (const step of [
    () => callbacks.EvtDeviceD0Entry?.(device, from),
    () => callbacks.EvtDeviceD0EntryPostInterruptsEnabled?.(device),
    () => (again ? callbacks.EvtDeviceSelfManagedIoRestart?.(device) : callbacks.EvtDeviceSelfManagedIoInit?.(device)),
  ]) {
    const status = step() ?? STATUS_SUCCESS;
    if (NT_SUCCESS(status)) continue;
    device.state = 'stopped';
    callbacks.EvtDeviceReleaseHardware?.(device);
    return status;
  }
  return STATUS_SUCCESS;
}

function leaveD0(device: WdfDevice, to: WDF_POWER_DEVICE_STATE): void {
  const { callbacks } = device;
  device.state = 'D3';
  callbacks.EvtDeviceSelfManagedIoSuspend?.(device);
  callbacks.EvtDeviceD0ExitPreInterruptsDisabled?.(device);
  callbacks.EvtDeviceD0Exit?.(device, to);
}
