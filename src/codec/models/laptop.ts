// «laptop»: two stereo DACs shared by speaker and headphone, digital microphones, a combo jack.
//
//   DAC 02, 03 → pins 09 speaker, 0a headphone side of the combo jack: each selects a DAC
//   pins 08 digital microphones, 0b microphone side of the combo jack → selectors 06, 07 → ADC 04, 05
//
// Other DACs, mixers and converters than these it has none: whoever plays to both pins at once plays one stream.

import {
  COLOR_BLACK, CONNECTION_ANALOGUE, CONNECTION_COMBINATION, CONNECTION_DIGITAL, DEVICE_HEADPHONE, DEVICE_MICROPHONE,
  DEVICE_SPEAKER, LOCATION_INTERNAL, LOCATION_LEFT, LOCATION_LID,
} from '../../hda/configuration-default.ts';
import { FUNCTION_AUDIO, FUNCTION_UNSOLICITED, STREAM_FORMAT_PCM } from '../../hda/parameters.ts';
import { encodePcmCapabilities } from '../../hda/pcm.ts';
import { CONNECTION_RANGE, type CodecModel } from '../model.ts';
import { adc, amp, dac, fixed, jack, pin, POWER_STATES, selector } from './parts.ts';

const MUTE = amp({ mute: true });
const VOLUME = amp({ lowestDb: -65.25, stepDb: 0.75 });
const HEADPHONE = amp({ lowestDb: -24, highestDb: 6, stepDb: 0.75, mute: true }); // the step of the DACs: Linux ties them together
const CAPTURE = amp({ lowestDb: -17.25, highestDb: 30, stepDb: 0.75, mute: true });
const BOOST = amp({ highestDb: 36, stepDb: 12 });

const PCM = encodePcmCapabilities([44100, 48000, 96000, 192000], [16, 20, 24]);
const INPUTS = [0x08, 0x0b];

export const laptop: CodecModel = {
  name: 'Azalia laptop',
  address: 0,
  vendorId: 0xa2a10002,
  subsystemId: 0xa2a10002,
  revisionId: 0x00100100,
  functionGroups: [
    {
      nid: 0x01,
      type: FUNCTION_AUDIO | FUNCTION_UNSOLICITED,
      pcm: PCM,
      streamFormats: STREAM_FORMAT_PCM,
      powerStates: POWER_STATES,
      gpioCaps: 0x40000003,
      widgets: [
        dac({ nid: 0x02, pcm: PCM, outputAmp: VOLUME }),
        dac({ nid: 0x03, pcm: PCM, outputAmp: VOLUME }),
        adc({ nid: 0x04, pcm: PCM, inputAmp: CAPTURE, from: [0x06] }),
        adc({ nid: 0x05, pcm: PCM, inputAmp: CAPTURE, from: [0x07] }),
        selector({ nid: 0x06, from: INPUTS }),
        selector({ nid: 0x07, from: INPUTS }),
        pin({
          nid: 0x08,
          can: ['in'],
          board: fixed({
            device: DEVICE_MICROPHONE, association: 3, location: LOCATION_LID, connection: CONNECTION_DIGITAL,
          }),
          inputAmp: BOOST,
        }),
        pin({
          nid: 0x09,
          can: ['out', 'eapd'],
          board: fixed({
            device: DEVICE_SPEAKER, association: 1, location: LOCATION_INTERNAL, connection: CONNECTION_ANALOGUE,
          }),
          outputAmp: MUTE,
          from: [0x02, CONNECTION_RANGE | 0x03], // a range: 02 to 03
        }),
        pin({
          nid: 0x0a,
          can: ['out', 'headphone', 'presence'],
          board: jack({
            device: DEVICE_HEADPHONE, association: 2, color: COLOR_BLACK, location: LOCATION_LEFT,
            connection: CONNECTION_COMBINATION,
          }),
          outputAmp: HEADPHONE,
          from: [0x02, CONNECTION_RANGE | 0x03],
        }),
        pin({
          nid: 0x0b,
          can: ['in', 'presence', 'vref'],
          board: jack({
            device: DEVICE_MICROPHONE, association: 4, color: COLOR_BLACK, location: LOCATION_LEFT,
            connection: CONNECTION_COMBINATION,
          }),
          inputAmp: BOOST,
        }),
      ],
    },
  ],
};
