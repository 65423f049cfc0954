import { createMachine, type Machine } from 'azalia/machine';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RenderStream } from '../../src/drivers/audio-class/audio-device.ts';
import { ICIS, ICIS_ICB, ICIS_IRV, ICOI } from '../../src/hda/registers.ts';
import {
  AMP_MUTE,
  AMP_SET_LEFT,
  AMP_SET_OUTPUT,
  AMP_SET_RIGHT,
  command8,
  command16,
  EAPD_ENABLE,
  PIN_OUT,
  POWER_D0,
  POWER_D3,
  VERB_SET_AMP_GAIN_MUTE,
  VERB_SET_CONNECTION_SELECT,
  VERB_SET_EAPD,
  VERB_SET_PIN_CONTROL,
  VERB_SET_POWER_STATE,
} from '../../src/hda/verbs.ts';

// What design §4 promises, heard: the class driver plays a tone, one control is touched, the pin is silent; the control
// is put back, and the tone is there again, at the sample where it would have been.

const AFG = 0x01;
const GREEN = 0x14;
const SPEAKER = 0x1c;
const AMPLITUDE = 8192 / 32768;

const pinAmp = (nid: number, value: number) =>
  command16(0, nid, VERB_SET_AMP_GAIN_MUTE, AMP_SET_OUTPUT | AMP_SET_LEFT | AMP_SET_RIGHT | value);

const CONTROLS: [name: string, pin: number, off: number, on: number][] = [
  ['pin amp muted (§5.7)', GREEN, pinAmp(GREEN, AMP_MUTE), pinAmp(GREEN, 0)],
  [
    'OUT enable cleared (§5.6)',
    GREEN,
    command8(0, GREEN, VERB_SET_PIN_CONTROL, 0),
    command8(0, GREEN, VERB_SET_PIN_CONTROL, PIN_OUT),
  ],
  [
    'pin in D3 (§5.11)',
    GREEN,
    command8(0, GREEN, VERB_SET_POWER_STATE, POWER_D3),
    command8(0, GREEN, VERB_SET_POWER_STATE, POWER_D0),
  ],
  [
    'function group in D3 (§5.11)',
    GREEN,
    command8(0, AFG, VERB_SET_POWER_STATE, POWER_D3),
    command8(0, AFG, VERB_SET_POWER_STATE, POWER_D0),
  ],
  [
    'EAPD off (§5.5)',
    SPEAKER,
    command8(0, SPEAKER, VERB_SET_EAPD, 0),
    command8(0, SPEAKER, VERB_SET_EAPD, EAPD_ENABLE),
  ],
  [
    'wrong selector input (§5.4)',
    GREEN,
    command8(0, GREEN, VERB_SET_CONNECTION_SELECT, 3),
    command8(0, GREEN, VERB_SET_CONNECTION_SELECT, 0),
  ],
];

let machine: Machine;
beforeEach(async () => {
  machine = await createMachine();
  machine.windows.boot();
});

/** A square of ±AMPLITUDE, 48 frames a period: a level in every sample. */
function play(pin: number): RenderStream {
  const { stream, reason } = machine.windows.audio[0]?.openRender({ rateHz: 48000, bits: 16, channels: 2, pin }) ?? {};
  if (!stream) throw new Error(reason);
  stream.start((into, firstFrame, frames) => {
    const samples = new Int16Array(into.buffer, into.byteOffset, frames * 2);
    for (let frame = 0; frame < frames; frame++)
      samples.fill((firstFrame + frame) % 48 < 24 ? 8192 : -8192, frame * 2, frame * 2 + 2);
  });
  return stream;
}

/** By the immediate command interface, beside the driver's CORB. */
function send(word: number): void {
  machine.controller.write(ICIS, 2, ICIS_IRV);
  machine.controller.write(ICOI, 4, word);
  machine.controller.write(ICIS, 2, ICIS_ICB);
  expect(machine.controller.read(ICIS, 2) & (ICIS_ICB | ICIS_IRV)).toBe(ICIS_IRV);
}

describe('each of these silences the tone at the pin, and nothing but it', () => {
  it.each(CONTROLS)('%s', (_name, pin, off, on) => {
    const tap = machine.codecs[0]?.listen(pin);
    if (!tap) throw new Error('no codec');
    play(pin);
    const levels = () => {
      machine.advance(480);
      return tap.read().map((lane) => [lane.length, ...new Set(Array.from(lane, Math.abs))]);
    };
    expect(levels()).toEqual([
      [480, AMPLITUDE],
      [480, AMPLITUDE],
    ]);
    send(off);
    expect(levels()).toEqual([
      [480, 0],
      [480, 0],
    ]);
    send(on);
    expect(levels()).toEqual([
      [480, AMPLITUDE],
      [480, AMPLITUDE],
    ]);
  });
});
