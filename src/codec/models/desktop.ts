// «desktop»: the 7.1 codec of a desktop board with front panel, internal speaker and S/PDIF.
//
//   DAC 02–06 → mixers 0d–11, where the loopback mixer 0c joins → pins: 14–17 rear, 1b front headphone, 1c speaker
//   S/PDIF converter 07 → pin 1d
//   pins 18 rear microphone, 19 front microphone, 1a line in → selectors 0a, 0b → ADC 08, 09, and → loopback mixer 0c
//
// At power-up all that a driver must program is off, as on real codecs: DACs without a stream and at their lowest gain,
// mixers and pins muted, no pin enabled, no EAPD, S/PDIF disabled.
//
// Vendor A2A1h is nobody's, so no driver takes the codec for a chip with quirks: Linux uses its generic parser.

import {
  COLOR_BLACK, COLOR_BLUE, COLOR_GREEN, COLOR_GREY, COLOR_ORANGE, COLOR_PINK, CONNECTION_ANALOGUE, CONNECTION_MINIJACK,
  CONNECTION_OPTICAL, DEVICE_HEADPHONE, DEVICE_LINE_IN, DEVICE_LINE_OUT, DEVICE_MICROPHONE, DEVICE_SPDIF_OUT,
  DEVICE_SPEAKER, LOCATION_FRONT, LOCATION_INTERNAL, LOCATION_REAR,
} from '../../hda/configuration-default.ts';
import { FUNCTION_AUDIO, FUNCTION_UNSOLICITED, STREAM_FORMAT_PCM } from '../../hda/parameters.ts';
import type { CodecModel } from '../model.ts';
import { ALL_PCM, adc, amp, beep, dac, fixed, jack, mixer, type Pin, pin, POWER_STATES, selector } from './parts.ts';

const MUTE = amp({ mute: true });
const VOLUME = amp({ lowestDb: -65.25, stepDb: 0.75 });
const HEADPHONE = amp({ lowestDb: -30, highestDb: 6, stepDb: 0.75, mute: true }); // the step of VOLUME: Linux ties them together
const LOOPBACK = amp({ lowestDb: -34.5, highestDb: 12, stepDb: 1.5, mute: true });
const CAPTURE = amp({ lowestDb: -16.5, highestDb: 30, stepDb: 1.5, mute: true });
const BOOST = amp({ highestDb: 30, stepDb: 10 });
const BEEP = amp({ lowestDb: -9, stepDb: 3, mute: true });

const FRONT = { location: LOCATION_FRONT, connection: CONNECTION_MINIJACK };
const REAR = { location: LOCATION_REAR, connection: CONNECTION_MINIJACK };

const PATHS = [0x0d, 0x0e, 0x0f, 0x10, 0x11];
const INPUTS = [0x18, 0x19, 0x1a];

/** A rear output: channels of the line-out association by sequence, as drivers number them (§5.14). */
function lineOut(nid: number, color: number, sequence: number, selected: number) {
  const board = jack({ device: DEVICE_LINE_OUT, association: 1, sequence, color, ...REAR });
  return { ...pin({ nid, can: ['out', 'presence'], board, outputAmp: MUTE, from: PATHS }), selected };
}

function input(nid: number, board: number, can: Pin['can']) {
  return pin({ nid, can: ['in', 'presence', ...can], board, inputAmp: BOOST });
}

export const desktop: CodecModel = {
  name: 'Azalia desktop',
  address: 0,
  vendorId: 0xa2a10001,
  subsystemId: 0xa2a10001,
  revisionId: 0x00100100,
  functionGroups: [
    {
      nid: 0x01,
      type: FUNCTION_AUDIO | FUNCTION_UNSOLICITED,
      pcm: ALL_PCM,
      streamFormats: STREAM_FORMAT_PCM,
      powerStates: POWER_STATES,
      gpioCaps: 0x40000002, // two GPIO that can send unsolicited responses
      widgets: [
        dac({ nid: 0x02, outputAmp: VOLUME }), // front
        dac({ nid: 0x03, outputAmp: VOLUME }), // centre and LFE
        dac({ nid: 0x04, outputAmp: VOLUME }), // back
        dac({ nid: 0x05, outputAmp: VOLUME }), // side
        dac({ nid: 0x06, outputAmp: VOLUME }), // headphone and speaker
        dac({ nid: 0x07, digital: true }),
        adc({ nid: 0x08, inputAmp: CAPTURE, from: [0x0a] }),
        adc({ nid: 0x09, inputAmp: CAPTURE, from: [0x0b] }),
        selector({ nid: 0x0a, from: [...INPUTS, 0x0c] }),
        selector({ nid: 0x0b, from: [...INPUTS, 0x0c] }),
        mixer({ nid: 0x0c, inputAmp: LOOPBACK, from: [...INPUTS, 0x12] }),
        mixer({ nid: 0x0d, inputAmp: MUTE, from: [0x02, 0x0c] }),
        mixer({ nid: 0x0e, inputAmp: MUTE, from: [0x03, 0x0c] }),
        mixer({ nid: 0x0f, inputAmp: MUTE, from: [0x04, 0x0c] }),
        mixer({ nid: 0x10, inputAmp: MUTE, from: [0x05, 0x0c] }),
        mixer({ nid: 0x11, inputAmp: MUTE, from: [0x06, 0x0c] }),
        beep({ nid: 0x12, outputAmp: BEEP }),
        mixer({ nid: 0x13, inputAmp: MUTE, from: [0x0d, 0x11] }), // speaker
        lineOut(0x14, COLOR_GREEN, 0, 0),
        lineOut(0x15, COLOR_BLACK, 2, 2),
        lineOut(0x16, COLOR_ORANGE, 1, 1),
        lineOut(0x17, COLOR_GREY, 4, 3),
        input(0x18, jack({ device: DEVICE_MICROPHONE, association: 5, color: COLOR_PINK, ...REAR }), ['vref']),
        input(0x19, jack({ device: DEVICE_MICROPHONE, association: 6, color: COLOR_PINK, ...FRONT }), ['vref']),
        input(0x1a, jack({ device: DEVICE_LINE_IN, association: 7, color: COLOR_BLUE, ...REAR }), []),
        pin({
          nid: 0x1b,
          can: ['out', 'headphone', 'presence'],
          board: jack({ device: DEVICE_HEADPHONE, association: 2, color: COLOR_GREEN, ...FRONT }),
          outputAmp: HEADPHONE,
          from: [0x11, 0x0d],
        }),
        pin({
          nid: 0x1c,
          can: ['out', 'eapd'],
          board: fixed({
            device: DEVICE_SPEAKER, association: 3, location: LOCATION_INTERNAL, connection: CONNECTION_ANALOGUE,
          }),
          outputAmp: MUTE,
          from: [0x13],
        }),
        pin({
          nid: 0x1d,
          can: ['out'],
          board: jack({
            device: DEVICE_SPDIF_OUT, association: 4, color: COLOR_BLACK, location: LOCATION_REAR,
            connection: CONNECTION_OPTICAL,
          }),
          digital: true,
          from: [0x07],
        }),
      ],
    },
  ],
};
