// Entry `azalia/driver-kit`: what a function driver for HD Audio imports. Names are the WDK's.
//
// A driver is a DRIVER_INITIALIZE in a DriverPackage; `machine.windows.loadDriver(package)` binds it by hardware id. It
// queries the bus DDI with IRP_MN_QUERY_INTERFACE down its own stack; from there it is function calls.

export * from '../ddi/buffer-routines.ts';
export * from '../ddi/bus-interface.ts';
export * from '../ddi/common-routines.ts';
export * from '../ddi/hdaudio.ts';
export * from '../ddi/irp.ts';
export * from '../ddi/irql.ts';
export * from '../ddi/kernel.ts';
export * from '../ddi/ntstatus.ts';
export * from '../ddi/windows-version.ts';
export * from '../driver-model/driver-object.ts';
export type { DriverPackage } from '../driver-model/driver-package.ts';
export { KernelEvent } from '../driver-model/event.ts';
export type {
  WDF_DEVICE_CALLBACKS,
  WDF_DRIVER_CONFIG,
  WDF_POWER_DEVICE_STATE,
} from '../driver-model/framework/callbacks.ts';
export {
  type WDFDEVICE_INIT,
  type WdfDevice,
  WdfDeviceCreate,
  type WdfDriver,
  WdfFdoQueryForInterface,
} from '../driver-model/framework/wdf-device.ts';
export { WdfDriverCreate } from '../driver-model/framework/wdf-driver.ts';
export * from '../driver-model/io-manager.ts';
export * from '../driver-model/irp.ts';
export type { Dpc, Kernel } from '../driver-model/kernel.ts';
export * from '../driver-model/pass-down.ts';
export type { Pool, PoolBlock, PoolType, PoolUsage } from '../driver-model/pool.ts';
export { PoRequestPowerIrp, type REQUEST_POWER_COMPLETE } from '../driver-model/power-irp.ts';
export { dispatchDevicePower, dispatchPower, type PowerRoutines } from '../driver-model/power-policy.ts';
export type { Violation } from '../driver-model/verifier.ts';
export {
  type AzCorbEntry,
  type AzRirbEntry,
  decodeResponsePacket,
  encodeAzCorbEntry,
  encodeCommandPacket,
  IOCTL_AZALIABUS_SENDVERBS,
} from '../drivers/audio-class/verb-ioctl.ts';
export { irpLog } from '../drivers/filter-irp-log/irp-log.ts';
export { helloWorld, type KdPrint } from '../drivers/hello-world/hello-world.ts';
export { hdaWave } from '../drivers/port-wave/hda-miniport.ts';
export type { PortStream } from '../drivers/port-wave/port-stream.ts';
export { type AdapterConfig, PcInitializeAdapterDriver, type PortWaveRT } from '../drivers/port-wave/port-wave-rt.ts';
export * from '../drivers/port-wave/wave-rt.ts';
export { type DspBuffer, type DspContext, DspDevice, type Outcome } from '../dsp/client.ts';
export { type BiquadSection, type CommandList, commands } from '../dsp/commands.ts';
export type { SampleFormat } from '../dsp/format.ts';
export type { Place } from '../dsp/places.ts';
export { resamplerSourceFrames, resamplerStateBytes } from '../dsp/resampler.ts';
export { command8, command16 } from '../hda/verbs.ts';
export type { DriverKit, DriverModule } from '../worker/drivers.ts';
