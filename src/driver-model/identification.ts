// What a new device says of itself (hdaudio-ddi §5.2 step 3, §5.3).

import {
  BusQueryCompatibleIDs,
  BusQueryDeviceID,
  BusQueryHardwareIDs,
  BusQueryInstanceID,
  IRP_MJ_PNP,
  IRP_MN_QUERY_CAPABILITIES,
  IRP_MN_QUERY_ID,
} from '../ddi/irp.ts';
import { type Devnode, DNF_ENUMERATED, DNF_IDS_QUERIED, DNF_NO_RESOURCE_REQUIRED } from './devnode.ts';
import { sendRequest } from './request.ts';

/** Asks a node's PDO for its ids and capabilities and makes its instance path of them. */
export function identify(node: Devnode): void {
  node.flags = DNF_ENUMERATED;
  const id = (IdType: number) => sendRequest(node.pdo, IRP_MJ_PNP, IRP_MN_QUERY_ID, { QueryId: { IdType } }).IoStatus;
  const deviceId = id(BusQueryDeviceID).Information as string;
  const instanceId = id(BusQueryInstanceID).Information as string;
  node.hardwareIds = (id(BusQueryHardwareIDs).Information || []) as string[];
  node.compatibleIds = (id(BusQueryCompatibleIDs).Information || []) as string[];
  const capabilities = sendRequest(node.pdo, IRP_MJ_PNP, IRP_MN_QUERY_CAPABILITIES).IoStatus.Information;
  const unique = (capabilities as { UniqueID?: boolean })?.UniqueID === true;
  const prefix = unique || !node.parent ? '' : `${instancePrefix(node.parent)}&`;
  node.instancePath = `${deviceId}\\${prefix}${instanceId}`;
  node.flags |= DNF_IDS_QUERIED | DNF_NO_RESOURCE_REQUIRED;
  node.enter('DeviceNodeInitialized');
}

/** The PnP manager's part of instance ids that a bus does not make unique: it names the parent. */
function instancePrefix(parent: Devnode): string {
  let hash = 0;
  for (const letter of parent.instancePath) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
  return `${depth(parent) + 1}&${hash.toString(16).toUpperCase()}&0`;
}

const depth = (node: Devnode): number => (node.parent ? depth(node.parent) + 1 : 0);
