// «modem»: a modem function group and nothing else. It answers on the link and makes no sound.

import { FUNCTION_MODEM, FUNCTION_UNSOLICITED } from '../../hda/parameters.ts';
import type { CodecModel } from '../model.ts';
import { POWER_STATES } from './parts.ts';

export const modem: CodecModel = {
  name: 'Azalia modem',
  address: 1,
  vendorId: 0xa2a10004,
  subsystemId: 0xa2a10004,
  revisionId: 0x00100100,
  functionGroups: [
    { nid: 0x01, type: FUNCTION_MODEM | FUNCTION_UNSOLICITED, powerStates: POWER_STATES, widgets: [] },
  ],
};
