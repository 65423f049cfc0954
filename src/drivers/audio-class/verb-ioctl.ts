// IOCTL_AZALIABUS_SENDVERBS: verbs from user mode (hdaudio-ddi §4; the first of the project's seed documents).
//
// One system buffer holds the command packet and then the response packet: 32-bit accesses, since response i stands at
// 4 + 8i. All commands are taken out before the first response goes in.

import type { HDAUDIO_BUS_INTERFACE } from '../../ddi/bus-interface.ts';
import { codecTransfer, completeResponse, NO_RESPONSE } from '../../ddi/hdaudio.ts';
import { CTL_CODE, FILE_ANY_ACCESS, FILE_DEVICE_UNKNOWN, METHOD_BUFFERED } from '../../ddi/irp.ts';
import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_BUFFER_TOO_SMALL,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../../ddi/ntstatus.ts';
import { commandNid, VERB_SET_CONFIGURATION_DEFAULT } from '../../hda/verbs.ts';

export const IOCTL_AZALIABUS_SENDVERBS = CTL_CODE(FILE_DEVICE_UNKNOWN, 1, METHOD_BUFFERED, FILE_ANY_ACCESS);

/** UserModeCodecCommandPacket: NumCommands, then 4 bytes a command. */
export const commandPacketBytes = (commands: number): number => 4 + 4 * commands;
/** UserModeCodecResponsePacket: NumResponses, then 8 bytes a response. */
export const responsePacketBytes = (responses: number): number => 4 + 8 * responses;

/** §4.4: every Get, and of the Sets the four that write a pin's configuration default. */
export function isAllowed(command: number, isPin: (nid: number) => boolean): boolean {
  const id4 = (command >>> 16) & 0xf;
  if ((id4 >= 0xa && id4 <= 0xd) || id4 === 0xf) return true;
  const id12 = (command >>> 8) & 0xfff;
  return (id12 & ~3) === VERB_SET_CONFIGURATION_DEFAULT && isPin(commandNid(command));
}

/** A command as seed 001 has it: the 8-bit node id in two parts. `command8` and `command16` pack the same 32 bits. */
export interface AzCorbEntry {
  /** Verb and payload. */
  readonly Verb: number;
  readonly NodeId: number;
  readonly IndirectNID: 0 | 1;
  /** Codec address. */
  readonly LinkId: number;
}

/** LinkId 31:28, IndirectNID 27, NodeId 26:20, Verb 19:0; what is too wide for its field is cut off, as C does. */
export function encodeAzCorbEntry({ Verb, NodeId, IndirectNID, LinkId }: AzCorbEntry): number {
  return (((LinkId & 15) << 28) | (IndirectNID << 27) | ((NodeId & 0x7f) << 20) | (Verb & 0xfffff)) >>> 0;
}

/** UserModeCodecCommandPacket of these commands. */
export function encodeCommandPacket(commands: readonly number[]): Uint8Array {
  const packet = new DataView(new ArrayBuffer(commandPacketBytes(commands.length)));
  packet.setUint32(0, commands.length, true);
  commands.forEach((command, index) => {
    packet.setUint32(commandPacketBytes(index), command, true);
  });
  return new Uint8Array(packet.buffer);
}

/**
 * A response as seed 001 has it; its Reserved0 has HasFifoOverrun as its top bit (§4.2). `unsolicitedFields(Response)` is
 * its UnsolicitedForm.
 */
export interface AzRirbEntry {
  readonly Response: number;
  readonly Sdi: number;
  readonly Unsolicited: boolean;
  readonly Valid: boolean;
}

/** The entries of a UserModeCodecResponsePacket, as many as its NumResponses says. */
export function decodeResponsePacket(packet: Uint8Array): AzRirbEntry[] {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  return Array.from({ length: view.getUint32(0, true) }, (_, index) => {
    const high = view.getUint32(responsePacketBytes(index) + 4, true);
    return {
      Response: view.getUint32(responsePacketBytes(index), true),
      Sdi: high & 15,
      Unsolicited: (high & 16) !== 0,
      Valid: high >>> 31 === 1,
    };
  });
}

/** The class driver's answer. `information`: bytes of the response packet. */
export function sendVerbs(
  bus: HDAUDIO_BUS_INTERFACE,
  isPin: (nid: number) => boolean,
  systemBuffer: Uint8Array,
  inputBytes: number,
  outputBytes: number,
): { status: NTSTATUS; information: number } {
  const refuse = (status: NTSTATUS) => ({ status, information: 0 });
  if (inputBytes < commandPacketBytes(1)) return refuse(STATUS_INVALID_PARAMETER);
  const buffer = new DataView(systemBuffer.buffer, systemBuffer.byteOffset, systemBuffer.byteLength);
  const count = buffer.getUint32(0, true);
  if (count === 0 || inputBytes < commandPacketBytes(count)) return refuse(STATUS_INVALID_PARAMETER);
  if (outputBytes < responsePacketBytes(count)) return refuse(STATUS_BUFFER_TOO_SMALL);
  const commands = Array.from({ length: count }, (_, index) => buffer.getUint32(commandPacketBytes(index), true));
  const transfers = commands.map((command) => (isAllowed(command, isPin) ? codecTransfer(command) : null));
  const sent = transfers.filter((transfer) => transfer !== null);
  const status = sent.length > 0 ? bus.TransferCodecVerbs(bus.Context, sent.length, sent, null, null) : STATUS_SUCCESS;
  if (!NT_SUCCESS(status)) return refuse(status);
  buffer.setUint32(0, count, true);
  transfers.forEach((transfer, index) => {
    const { low, high } = completeResponse(transfer?.Input ?? NO_RESPONSE);
    buffer.setUint32(responsePacketBytes(index), low, true);
    buffer.setUint32(responsePacketBytes(index) + 4, high, true);
  });
  return { status, information: responsePacketBytes(count) };
}
