// The function groups behind the controller, found by verbs (hda-hardware §5.1): the bus driver makes one PDO of each.

import { codecTransfer } from '../ddi/hdaudio.ts';
import {
  FUNCTION_AUDIO,
  PARAM_FUNCTION_TYPE,
  PARAM_REVISION_ID,
  PARAM_SUBORDINATE_NODES,
  PARAM_VENDOR_ID,
} from '../hda/parameters.ts';
import { command8, VERB_GET_PARAMETER, VERB_GET_SUBSYSTEM_ID } from '../hda/verbs.ts';
import type { CommandRing } from './command-ring.ts';

export interface FunctionGroup {
  readonly codecAddress: number;
  readonly node: number;
  /** Parameter 05h bits 7:0: 1 audio, 2 modem, 80h–FFh vendor. */
  readonly type: number;
  readonly vendorId: number;
  readonly revisionId: number;
  readonly subsystemId: number;
}

export const isAudio = (group: FunctionGroup): boolean => group.type === FUNCTION_AUDIO;

/** All groups of the codecs in `codecMask`, by address and node. A codec that does not answer has none. */
export function findFunctionGroups(ring: CommandRing, codecMask: number): FunctionGroup[] {
  const ask = (address: number, node: number, verb: number, payload: number): number | null => {
    const transfer = codecTransfer(command8(address, node, verb, payload));
    ring.transfer([transfer]);
    return transfer.Input.IsValid ? transfer.Input.Response : null;
  };
  const groups: FunctionGroup[] = [];
  for (let codecAddress = 0; codecAddress < 15; codecAddress++) {
    if (((codecMask >>> codecAddress) & 1) === 0) continue;
    const vendorId = ask(codecAddress, 0, VERB_GET_PARAMETER, PARAM_VENDOR_ID);
    if (vendorId === null || vendorId === 0 || vendorId === 0xffffffff) continue; // absent (§5.2)
    const revisionId = ask(codecAddress, 0, VERB_GET_PARAMETER, PARAM_REVISION_ID) ?? 0;
    const nodes = ask(codecAddress, 0, VERB_GET_PARAMETER, PARAM_SUBORDINATE_NODES) ?? 0;
    const first = (nodes >>> 16) & 0xff;
    for (let node = first; node < first + (nodes & 0xff); node++) {
      const type = (ask(codecAddress, node, VERB_GET_PARAMETER, PARAM_FUNCTION_TYPE) ?? 0) & 0xff;
      const subsystemId = ask(codecAddress, node, VERB_GET_SUBSYSTEM_ID, 0) ?? 0;
      groups.push({ codecAddress, node, type, vendorId, revisionId, subsystemId });
    }
  }
  return groups;
}
