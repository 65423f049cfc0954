// The verb IOCTL from user mode: the sample of the seed documents, from CreateFile to CloseHandle.

import { decodeResponsePacket, encodeCommandPacket, IOCTL_AZALIABUS_SENDVERBS } from '../entries/driver-kit.ts';
import type { Player } from './render.ts';

export interface VerbPort {
  /** A command word, the codec's address in it; null where the response is not valid: refused, or nobody answered. */
  send(command: number): number | null;
  close(): void;
}

/** Opens the function group that plays. */
export function openVerbPort({ machine, audio }: Player): VerbPort {
  const { userMode, controllerNode } = machine.windows;
  const address = audio.codecAddress.toString(16).padStart(2, '0');
  const node = controllerNode?.children.find(({ instancePath }) => instancePath.slice(-4, -2) === address);
  const handle = userMode.CreateFile(node?.instancePath ?? '');
  if (handle < 0) throw new Error(`CreateFile: error ${userMode.GetLastError()}`);
  return {
    send(command) {
      const packet = encodeCommandPacket([((audio.codecAddress << 28) | command) >>> 0]);
      const { ok, lastError, output } = userMode.DeviceIoControl(handle, IOCTL_AZALIABUS_SENDVERBS, packet, 12);
      if (!ok) throw new Error(`DeviceIoControl: error ${lastError}`);
      const [entry] = decodeResponsePacket(output);
      return entry?.Valid ? entry.Response : null;
    },
    close: () => void userMode.CloseHandle(handle),
  };
}
