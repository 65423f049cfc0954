// Save and restore: the whole device, codecs included (issue 3). RAM that the embedder owns is the embedder's to save.

import type { Controller, ControllerState } from '../controller/controller.ts';
import type { Core } from '../controller/core.ts';
import {
  CORE_STATE_BYTES,
  restoreCore,
  restoreResamplers,
  saveCore,
  saveResamplers,
} from '../controller/core-state.ts';
import type { ResamplerPlace } from '../controller/resamplers.ts';
import type { CodecState, Mixer } from './mixer.ts';
import type { CheckedOptions } from './options.ts';
import { packRam, unpackRam } from './ram-pages.ts';
import { readState, writeState } from './state-file.ts';

interface Saved {
  /** What the machine was built with; a state fits only its like. */
  readonly build: string;
  readonly fraction: number;
  readonly controller: ControllerState;
  readonly codecs: readonly (CodecState | null)[];
  readonly resamplers: readonly ResamplerPlace[];
}

export interface Saveable {
  readonly core: Core;
  readonly controller: Controller;
  readonly mixer: Mixer;
  readonly options: CheckedOptions;
}

/** `fraction`: what advance() owes, less than a tick. */
export function saveMachine(machine: Saveable, fraction: number): Uint8Array {
  const { core, controller, mixer, options } = machine;
  const codecs = mixer.states;
  const json: Saved = {
    build: buildOf(machine),
    fraction,
    controller: controller.state,
    codecs,
    resamplers: core.resamplers.places,
  };
  const ram = options.memory ? new Uint8Array(0) : packRam(core.memory);
  return writeState(json, [saveCore(core), mixer.waiting, ram, saveResamplers(core)]);
}

/** Returns the fraction. TypeError in one line for what is no state of such a machine; then nothing changes. */
export function restoreMachine(machine: Saveable, state: Uint8Array): number {
  const { core, controller, mixer, options } = machine;
  const { json, sections } = readState(state);
  const saved = json as Saved;
  const [records, waiting, ram, resamplers] = sections;
  const build = buildOf(machine);
  if (saved.build !== build) throw new TypeError(`saved from another machine: ${saved.build}, this one is ${build}`);
  if (!waiting || !ram || !resamplers || records?.length !== CORE_STATE_BYTES)
    throw new TypeError('saved machine lacks a section');
  const before = mixer.states;
  try {
    mixer.restore(saved.codecs);
    restoreResamplers(core, saved.resamplers, resamplers);
  } catch (error) {
    mixer.restore(before);
    throw error;
  }
  mixer.waiting = waiting;
  restoreCore(core, records);
  if (!options.memory) unpackRam(core.memory, ram);
  controller.restore(saved.controller);
  controller.update();
  return saved.fraction;
}

function buildOf({ core, mixer, options }: Saveable): string {
  const { identity, streams, ringEntries, outputRateHz } = options;
  const codecs = mixer.codecs.map((codec) => codec?.model.vendorId.toString(16) ?? null);
  const memory = options.memory ? 'own' : core.memory.bytes;
  return JSON.stringify({ identity, streams, ringEntries, outputRateHz, memory, codecs });
}
