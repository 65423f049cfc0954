// The four interfaces as IRP_MN_QUERY_INTERFACE hands them out (hdaudio-ddi §1.2–1.6).

import { type INTERFACE, INTERFACE_SLOTS, interfaceBytes } from '../ddi/bus-interface.ts';
import {
  GUID_HDAUDIO_BUS_INTERFACE_BDL,
  GUID_HDAUDIO_BUS_INTERFACE_V2,
  GUID_HDAUDIO_BUS_INTERFACE_V3,
  HDAUDIO_INTERFACE_VERSION,
} from '../ddi/hdaudio.ts';
import type { GUID, PVOID } from '../ddi/kernel.ts';
import { type NTSTATUS, STATUS_INVALID_BUFFER_SIZE, STATUS_SUCCESS } from '../ddi/ntstatus.ts';
import { NTDDI_VISTA, NTDDI_WIN10_19H1 } from '../ddi/windows-version.ts';
import type { HdAudioBus } from './bus.ts';
import type { Client } from './client.ts';

export type QueryResult<T> =
  | { readonly status: typeof STATUS_SUCCESS; readonly interface: T }
  | { readonly status: NTSTATUS | null; readonly interface: null };

/** §1.2: BDL only before Vista, V2 from Vista on, V3 from Windows 10 version 1903 on. */
function exists(guid: GUID, ntddi: number): boolean {
  if (guid === GUID_HDAUDIO_BUS_INTERFACE_BDL) return ntddi < NTDDI_VISTA;
  if (guid === GUID_HDAUDIO_BUS_INTERFACE_V2) return ntddi >= NTDDI_VISTA;
  if (guid === GUID_HDAUDIO_BUS_INTERFACE_V3) return ntddi >= NTDDI_WIN10_19H1;
  return guid in INTERFACE_SLOTS;
}

/** Fills the interface for a new client, or says why not; a GUID that is not there leaves the status alone (null). */
export function buildInterface(
  bus: HdAudioBus,
  guid: GUID,
  size: number,
  version: number,
  newClient: () => Client,
): QueryResult<INTERFACE> {
  const slots = INTERFACE_SLOTS[guid];
  if (!slots || !exists(guid, bus.ntddi)) return { status: null, interface: null };
  if (size < interfaceBytes(guid) || version < HDAUDIO_INTERFACE_VERSION)
    return { status: STATUS_INVALID_BUFFER_SIZE, interface: null };
  const count = (Context: PVOID, change: 1 | -1) => {
    const client = bus.clients.get(Context);
    if (!client) {
      bus.breach(
        'no such context, or its last reference is gone',
        Context,
        change > 0 ? 'InterfaceReference' : 'InterfaceDereference',
      );
      return;
    }
    client.references += change;
    if (client.references === 0) bus.release(client);
  };
  const header: INTERFACE = {
    Size: interfaceBytes(guid),
    Version: HDAUDIO_INTERFACE_VERSION,
    Context: newClient().context,
    InterfaceReference: (Context) => count(Context, 1),
    InterfaceDereference: (Context) => count(Context, -1),
  };
  return {
    status: STATUS_SUCCESS,
    interface: Object.assign(header, Object.fromEntries(slots.map((slot) => [slot, bus.routines[slot]]))),
  };
}
