// hdaudio.h: GUIDs, structures and enumerations of the HD Audio DDI (hdaudio-ddi §1.3, §3). Names are the WDK's.

import type { GUID } from './kernel.ts';

export const GUID_HDAUDIO_BUS_INTERFACE = 'D2EAF88B-AB18-41A8-B664-8D592167671B' satisfies GUID;
export const GUID_HDAUDIO_BUS_INTERFACE_V2 = 'B52AF5FB-424B-4BB9-A160-5B38BE94E568' satisfies GUID;
export const GUID_HDAUDIO_BUS_INTERFACE_V3 = 'DC25DA12-BCD1-4C7F-84E1-02ADB6DCDCBF' satisfies GUID;
export const GUID_HDAUDIO_BUS_INTERFACE_BDL = 'B4D65397-5634-40B0-B068-F5B9F8B967A5' satisfies GUID;
export const GUID_HDAUDIO_BUS_CLASS: GUID = 'BBD1A745-ADD6-4575-9C2E-9B428D1C3266';

/** The one version of all four interfaces. */
export const HDAUDIO_INTERFACE_VERSION = 0x0100;

/** §3.6. Stop and Pause are one state. */
export const HDAUDIO_STREAM_STATE = { ResetState: 0, StopState: 1, PauseState: 1, RunState: 2 } as const;
export type HDAUDIO_STREAM_STATE = (typeof HDAUDIO_STREAM_STATE)[keyof typeof HDAUDIO_STREAM_STATE];
export const { ResetState, StopState, PauseState, RunState } = HDAUDIO_STREAM_STATE;

/** §3.7. No DDI routine takes it. */
export const HDAUDIO_CODEC_POWER_STATE = {
  PowerCodecUnspecified: 0,
  PowerCodecD0: 1,
  PowerCodecD1: 2,
  PowerCodecD2: 3,
  PowerCodecD3: 4,
  PowerCodecD3Cold: 5,
  PowerCodecMaximum: 6,
} as const;

/** §3.2: a response as the bus driver hands it on. IsValid and HasFifoOverrun are its own, the rest is the RIRB entry. */
export interface HDAUDIO_CODEC_RESPONSE {
  /** 32 bits; of an unsolicited response 20:0 Response, 25:21 SubTag, 31:26 Tag. */
  readonly Response: number;
  /** SDI line: the codec address. */
  readonly SDataIn: number;
  readonly IsUnsolicitedResponse: boolean;
  readonly HasFifoOverrun: boolean;
  readonly IsValid: boolean;
}

/** §3.3: the command word (§3.1; `command8` and `command16` pack it) and where its response goes. */
export interface HDAUDIO_CODEC_TRANSFER {
  readonly Output: number;
  Input: HDAUDIO_CODEC_RESPONSE;
}

/** What a transfer holds before it is answered: valid 0, overrun 0. */
export const NO_RESPONSE: HDAUDIO_CODEC_RESPONSE = {
  Response: 0,
  SDataIn: 0,
  IsUnsolicitedResponse: false,
  HasFifoOverrun: false,
  IsValid: false,
};

/** A transfer that waits to be sent: `command` is what command8 or command16 packed. */
export function codecTransfer(command: number): HDAUDIO_CODEC_TRANSFER {
  return { Output: command, Input: NO_RESPONSE };
}

/** The three fields of an unsolicited response's 32 bits (C15, reading B). */
export function unsolicitedFields(response: number): { Response: number; SubTag: number; Tag: number } {
  return { Response: response & 0x1fffff, SubTag: (response >>> 21) & 31, Tag: response >>> 26 };
}

/** The response as the 64 bits that C sees: low word Response; 35:32 SDataIn, 36 unsolicited, 62 overrun, 63 valid. */
export function completeResponse(response: HDAUDIO_CODEC_RESPONSE): { low: number; high: number } {
  const high =
    (response.SDataIn & 15) |
    (response.IsUnsolicitedResponse ? 1 << 4 : 0) |
    (response.HasFifoOverrun ? 1 << 30 : 0) |
    (response.IsValid ? 1 << 31 : 0);
  return { low: response.Response >>> 0, high: high >>> 0 };
}

/** §3.4: a stream in plain numbers; PCM always. */
export interface HDAUDIO_STREAM_FORMAT {
  /** Hz per channel. */
  readonly SampleRate: number;
  /** 8, 16, 20, 24 or 32. */
  readonly ValidBitsPerSample: number;
  /** Bits: 8, 16, 24 or 32. Memory is laid out by ValidBitsPerSample alone: 1, 2 or 4 bytes a sample. */
  readonly ContainerSize: number;
  /** 1…16. */
  readonly NumberOfChannels: number;
}

/** §3.5: the 16-bit word of SDnFMT and of the converter format verb. */
export type HDAUDIO_CONVERTER_FORMAT = number;

export const DEVICE_INFORMATION_BYTES = 10;
export const DEVICE_INFORMATION_V2_BYTES = 14;

/** §3.8. The last three are there when Size is 14. */
export interface HDAUDIO_DEVICE_INFORMATION {
  /** Bytes that C would have filled: 10 or 14. */
  readonly Size: number;
  /** Major in 15:8, minor in 7:0. */
  readonly DeviceVersion: number;
  readonly DriverVersion: number;
  /** Bit n: a codec at SDI line n (C4). */
  readonly CodecsDetected: number;
  readonly IsStripingSupported: boolean;
  readonly CtrlRevision?: number;
  readonly CtrlVendorId?: number;
  readonly CtrlDeviceId?: number;
}

/** §3.9: 16 bytes in memory. */
export interface HDAUDIO_BUFFER_DESCRIPTOR {
  /** Physical, a multiple of 128. */
  readonly Address: number;
  readonly Length: number;
  readonly InterruptOnCompletion: boolean;
}

export const BUFFER_DESCRIPTOR_BYTES = 16;

/** A buffer descriptor list as it stands in memory. */
export function encodeBufferDescriptors(descriptors: readonly HDAUDIO_BUFFER_DESCRIPTOR[]): Uint8Array {
  const bytes = new Uint8Array(descriptors.length * BUFFER_DESCRIPTOR_BYTES);
  const view = new DataView(bytes.buffer);
  descriptors.forEach(({ Address, Length, InterruptOnCompletion }, index) => {
    view.setBigUint64(index * BUFFER_DESCRIPTOR_BYTES, BigInt(Address), true);
    view.setUint32(index * BUFFER_DESCRIPTOR_BYTES + 8, Length, true);
    view.setUint32(index * BUFFER_DESCRIPTOR_BYTES + 12, InterruptOnCompletion ? 1 : 0, true);
  });
  return bytes;
}

/** Only bit 0 of the last dword is looked at (§3.9, inferred). */
export function decodeBufferDescriptors(bytes: Uint8Array): HDAUDIO_BUFFER_DESCRIPTOR[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / BUFFER_DESCRIPTOR_BYTES) }, (_, index) => ({
    Address: Number(view.getBigUint64(index * BUFFER_DESCRIPTOR_BYTES, true)),
    Length: view.getUint32(index * BUFFER_DESCRIPTOR_BYTES + 8, true),
    InterruptOnCompletion: (view.getUint32(index * BUFFER_DESCRIPTOR_BYTES + 12, true) & 1) !== 0,
  }));
}
