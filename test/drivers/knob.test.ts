import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import type { CodecModel } from '../../src/codec/index.ts';
import {
  encodeAmpCaps,
  PINCAP_OUT,
  STREAM_FORMAT_PCM,
  WCAP_AMP_OVERRIDE,
  WCAP_CONNECTION_LIST,
  WCAP_FORMAT_OVERRIDE,
  WCAP_OUTPUT_AMP,
  WCAP_STEREO,
  WCAP_TYPE_SHIFT,
  WIDGET_AUDIO_OUTPUT,
  WIDGET_PIN,
  WIDGET_VOLUME_KNOB,
} from '../../src/hda/parameters.ts';
import { encodePcmCapabilities } from '../../src/hda/pcm.ts';

const AMP = encodeAmpCaps(127, 127, 3, false);
/** A DAC whose amplifier a volume knob holds 19 steps below 0 dB, as the 92HD73C1 of one dump does. */
const KNOBBED: CodecModel = {
  name: 'Knobbed',
  address: 0,
  vendorId: 0xa2a1_00ff,
  subsystemId: 0,
  revisionId: 0x00100100,
  functionGroups: [
    {
      nid: 1,
      type: 1,
      widgets: [
        {
          nid: 2,
          caps:
            (WIDGET_AUDIO_OUTPUT << WCAP_TYPE_SHIFT) |
            WCAP_STEREO |
            WCAP_OUTPUT_AMP |
            WCAP_AMP_OVERRIDE |
            WCAP_FORMAT_OVERRIDE,
          outputAmpCaps: AMP,
          pcm: encodePcmCapabilities([48000], [16]),
          streamFormats: STREAM_FORMAT_PCM,
        },
        {
          nid: 3,
          caps: (WIDGET_PIN << WCAP_TYPE_SHIFT) | WCAP_STEREO | WCAP_CONNECTION_LIST,
          pinCaps: PINCAP_OUT,
          connections: [2],
          configuration: 0x01014010,
        },
        {
          nid: 4,
          caps: WIDGET_VOLUME_KNOB << WCAP_TYPE_SHIFT,
          knobCaps: 0x80 | 127,
          knob: 0x80 | 108,
          connections: [2],
        },
      ],
    },
  ],
};

it('a volume knob that controls the DAC of a path is turned up to 0 dB (§5.12)', async () => {
  const machine = await createMachine({ codecs: [KNOBBED] });
  machine.windows.boot();
  const stream = machine.windows.audio[0]?.openRender({ rateHz: 48000, bits: 16, channels: 2 }).stream;
  const tap = machine.codecs[0]?.listen(3);
  stream?.start((into) => into.fill(0x11));
  machine.advance(10);
  expect(tap?.read()[0]).toEqual(new Float32Array(10).fill(0x1111 / 32768));
});
