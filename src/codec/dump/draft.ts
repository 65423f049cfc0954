// What the lines of one section have said so far.

import type { GpioModel, WidgetModel } from '../model.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface WidgetDraft extends Mutable<WidgetModel> {
  line: number;
  connections: number[];
  inputAmps: [number, number][];
}

export interface Draft {
  name: string;
  address: number;
  vendorId: number | null;
  subsystemId: number;
  revisionId: number;
  /** Type and unsolicited bit by `AFG Function Id` and `MFG Function Id`. */
  audioType: number | null;
  modemType: number | null;
  /** `Function Id` of old kernels: the type of the last group. */
  lastType: number | null;
  audioNid: number;
  modemNid: number | null;
  /** `Default PCM` and what else only an audio group has was there. */
  hasAudio: boolean;
  group: {
    pcm: number;
    streamFormats: number;
    inputAmpCaps: number;
    outputAmpCaps: number;
    powerStates: number;
    gpioCaps: number;
    power: number;
  };
  gpio: Mutable<GpioModel>;
  widgets: WidgetDraft[];
}

export function newDraft(name: string): Draft {
  return {
    name,
    address: 0,
    vendorId: null,
    subsystemId: 0,
    revisionId: 0,
    audioType: null,
    modemType: null,
    lastType: null,
    audioNid: 1,
    modemNid: null,
    hasAudio: false,
    group: { pcm: 0, streamFormats: 0, inputAmpCaps: 0, outputAmpCaps: 0, powerStates: 0, gpioCaps: 0, power: 0 },
    gpio: { data: 0, enable: 0, direction: 0, wake: 0, unsolicited: 0, sticky: 0 },
    widgets: [],
  };
}
