// «hdmi»: the audio of a graphics chip, three 8-channel converters and three pins, each of which selects one.
//
//   converters 02–04 → pins 05 HDMI, 06 HDMI, 07 DisplayPort with four devices (MST)
//
// Every pin has a display at power-up (device 0 of pin 07). Converters are enabled, as graphics drivers leave them.

import {
  CONNECTION_DIGITAL, DEVICE_DIGITAL_OUT, LOCATION_DISPLAY,
} from '../../hda/configuration-default.ts';
import { FUNCTION_AUDIO, FUNCTION_UNSOLICITED, STREAM_FORMAT_AC3, STREAM_FORMAT_PCM } from '../../hda/parameters.ts';
import { encodePcmCapabilities } from '../../hda/pcm.ts';
import { DIGITAL_ENABLE } from '../../hda/verbs.ts';
import { encodeEld } from '../eld.ts';
import type { CodecModel } from '../model.ts';
import { dac, jack, type Pin, pin, POWER_STATES } from './parts.ts';

const PCM = encodePcmCapabilities([32000, 44100, 48000, 88200, 96000, 176400, 192000], [16, 20, 24, 32]);
const STREAMS = STREAM_FORMAT_PCM | STREAM_FORMAT_AC3;
const CONVERTERS = [0x02, 0x03, 0x04];

function converter(nid: number) {
  return { ...dac({ nid, digital: true, channels: 8, digitalControl: DIGITAL_ENABLE, pcm: PCM }), streamFormats: STREAMS };
}

function display(nid: number, can: Pin['can'], association: number, name: string, channels: number) {
  const board = jack({
    device: DEVICE_DIGITAL_OUT, association, location: LOCATION_DISPLAY, connection: CONNECTION_DIGITAL,
  });
  const eld = encodeEld({ name, channels, displayPort: can.includes('displayport') });
  return { ...pin({ nid, can: ['out', 'presence', ...can], board, digital: true, from: CONVERTERS }), eld };
}

export const hdmi: CodecModel = {
  name: 'Azalia HDMI',
  address: 0,
  vendorId: 0xa2a10003,
  subsystemId: 0xa2a10003,
  revisionId: 0x00100100,
  functionGroups: [
    {
      nid: 0x01,
      type: FUNCTION_AUDIO | FUNCTION_UNSOLICITED,
      powerStates: POWER_STATES,
      pcm: PCM,
      streamFormats: STREAMS,
      widgets: [
        converter(0x02),
        converter(0x03),
        converter(0x04),
        display(0x05, ['hdmi'], 1, 'Azalia 7.1', 8),
        display(0x06, ['hdmi'], 2, 'Azalia stereo', 2),
        { ...display(0x07, ['hdmi', 'displayport'], 3, 'Azalia DP', 8), devices: 4 },
      ],
    },
  ],
};
