// A machine that is put to sleep: its pins heard frame by frame, its packets written down.

import {
  type DriverPackage,
  GUID_HDAUDIO_BUS_INTERFACE_V3,
  type HDAUDIO_BUS_INTERFACE_V3,
  type InterfaceBuffer,
  interfaceBytes,
  irpLog,
  NO_RESPONSE,
  STATUS_SUCCESS,
} from 'azalia/driver-kit';
import { createMachine, type MachineOptions } from 'azalia/machine';
import { queryInterface } from '../../src/driver-model/request.ts';
import type { AudioDevice, RenderStream } from '../../src/drivers/audio-class/audio-device.ts';
import * as V from '../../src/hda/verbs.ts';

export const AFG = 0x01;
export const GREEN = 0x14;
export const HEADPHONE = 0x1b;
export const SPDIF = 0x1d;
export const LINE_IN = 0x1a;
export const PMCS = 0x54;
export const D3HOT = 3;
export const GROUP = ['HDAUDIO\\FUNC_01'];
export const CONTROLLER = ['PCI\\CC_0403'];

/** Both samples of frame n are n + 1, so that every frame that is heard names itself and 0 is silence. */
export const ramp = (into: Uint8Array, firstFrame: number, frames: number): void => {
  const samples = new Int16Array(into.buffer, into.byteOffset, 2 * frames);
  for (let n = 0; n < frames; n++) samples.fill(((firstFrame + n) % 30_000) + 1, 2 * n, 2 * n + 2);
};
export const counting = (from: number, frames: number) => Array.from({ length: frames }, (_, n) => from + n);

export async function booted(options: MachineOptions = {}, drivers: readonly DriverPackage[] = []) {
  const machine = await createMachine({ outputRateHz: 'stream', ...options });
  const { windows } = machine;
  for (const driver of drivers) windows.loadDriver(driver);
  windows.boot();
  const audio = windows.audio[0] as AudioDevice;
  const group = () => windows.controllerNode?.children[0] as NonNullable<typeof windows.controllerNode>;
  const render = (pin: number, rateHz = 48000) =>
    audio.openRender({ rateHz, bits: 16, channels: 2, pin, bufferFrames: 512 }).stream as RenderStream;
  /** What comes out of the left side of a pin from now on. */
  const listen = (pin: number) => {
    const tap = machine.codecs[0]?.listen(pin);
    const read = () => Array.from(tap?.read()[0] ?? [], (sample) => Math.round(sample * 32768));
    return (frames: number) => {
      read();
      machine.advance(frames);
      return read();
    };
  };
  const verb = (nid: number, id: number, payload = 0) => {
    const buffer: InterfaceBuffer = { interface: null };
    const guid = GUID_HDAUDIO_BUS_INTERFACE_V3;
    queryInterface(group().pdo, guid, buffer, interfaceBytes(guid), 0x0100);
    const ddi = buffer.interface as HDAUDIO_BUS_INTERFACE_V3;
    const command = id < 16 ? V.command16(0, nid, id, payload) : V.command8(0, nid, id, payload);
    const transfer = { Output: command, Input: NO_RESPONSE };
    const status = ddi.TransferCodecVerbs(ddi.Context, 1, [transfer], null, null);
    ddi.InterfaceDereference(ddi.Context);
    return status === STATUS_SUCCESS ? transfer.Input.Response : -status;
  };
  return { machine, windows, audio, group, render, listen, verb };
}

/** A lower filter on these devices that writes its packets of one major, with a name before. */
export function watch(log: string[], name: string, ids: readonly string[], only = 'IRP_MJ_POWER'): DriverPackage {
  const to = (line: string) => line.startsWith(only) && log.push(`${name} ${line.slice(only.length + 8)}`);
  return { service: `Watch ${name}`, role: 'lower filter', ids, DriverEntry: irpLog(to) };
}
