// The HD Audio card for v86: joins machine, PCI function, registers, RAM and clock of one emulator.

import { createMachine, type Machine } from '../entries/machine.ts';
import { codecsByAddress } from './codecs.ts';
import type { Cpu, Emulator } from './emulator.ts';
import { GuestClock } from './guest-clock.ts';
import { Inputs } from './inputs.ts';
import type { HdAudioOptions, HdAudioStatistics } from './options.ts';
import { Outputs } from './outputs.ts';
import { choosePlace, PciFunction } from './pci-function.ts';
import { GuestRam } from './ram.ts';
import { mapRegisters } from './registers.ts';
import type { OpenSound } from './sound.ts';

export interface HdAudio {
  readonly machine: Machine;
  /** Where the guest finds it. */
  readonly slot: number;
  readonly address: number;
  statistics(): HdAudioStatistics;
  /** Takes the card out of the emulator; the guest finds an empty slot. Idempotent. */
  detach(): void;
}

/** The card's place in v86's state, an array by device: beyond those that v86 itself uses, one for each slot. */
const STATE_INDEX = 200;
/** Output is handed over once so much guest time has passed. */
const STEP_MS = 20;
/** How old the position buffer may be while a stream runs; registers and interrupts are exact. v86 looks 10 000 times a second. */
const SLICE_MS = 1;

type CpuHooks = Pick<Cpu, 'run_hardware_timers' | 'reboot_internal' | 'get_state' | 'set_state'>;

/** As attachHdAudio; `openSound` is the way to an AudioContext's sound. */
export async function attach(emulator: Emulator, options: HdAudioOptions, openSound: OpenSound): Promise<HdAudio> {
  const core = emulator.v86;
  const cpu = core?.cpu;
  if (!cpu?.devices?.pci) throw new TypeError('attachHdAudio: the emulator is not loaded; wait for «emulator-loaded»');
  if (typeof options.input === 'object' && !options.audioContext) {
    throw new TypeError(
      'attachHdAudio: an AudioNode or MediaStream as input needs audioContext, which gives it its clock',
    );
  }
  const { slot, address } = choosePlace(cpu, options.slot, options.address);
  const machine = await createMachine({
    codecs: codecsByAddress(options.codec ?? 'desktop'),
    memory: new GuestRam(cpu),
    outputRateHz: options.audioContext?.sampleRate ?? 'stream',
  });
  const sound = options.audioContext ? await openSound(options.audioContext, options.input) : null;
  const speaker = sound?.speaker ?? null;
  const { controller } = machine;
  const now = () => core.constructor.microtick();
  const pci = new PciFunction(cpu, machine.pci, slot, address);
  const clock = new GuestClock(machine);
  const outputs = options.onOutput || speaker ? new Outputs(machine, options.onOutput, speaker) : null;
  const source = sound?.microphone?.source ?? (typeof options.input === 'function' ? options.input : null);
  const inputs = source && new Inputs(machine, source);
  let accesses = 0;
  let steppedMs = 0;
  /** When the timer loop must look after the card again, and when the card may interrupt. An access makes both anew. */
  let wakeMs = 0;
  let eventMs = 0;

  const passing = (from: number, to: number) => inputs?.feed(from, to);
  const advanceTo = (nowMs: number) => {
    clock.advanceTo(nowMs, passing);
    if (nowMs - steppedMs < STEP_MS) return;
    steppedMs = nowMs;
    outputs?.flush();
  };
  const restart = () => {
    const nowMs = now();
    clock.start(nowMs);
    steppedMs = nowMs;
    wakeMs = 0;
  };
  const unmapRegisters = mapRegisters(cpu, address, controller, () => {
    accesses++;
    advanceTo(now());
    wakeMs = 0;
  });
  const endInterrupts = controller.onInterrupt((level) => {
    pci.level = level;
  });

  const { run_hardware_timers, reboot_internal, get_state, set_state } = cpu;
  const before: CpuHooks = { run_hardware_timers, reboot_internal, get_state, set_state };
  const hooks: CpuHooks = {
    run_hardware_timers(acpi, nowMs) {
      const next = before.run_hardware_timers.call(cpu, acpi, nowMs);
      if (nowMs >= wakeMs) {
        advanceTo(nowMs);
        pci.reassert();
        eventMs = clock.eventMs;
        wakeMs = eventMs === Number.POSITIVE_INFINITY ? nowMs + STEP_MS : Math.min(eventMs, nowMs + SLICE_MS);
      }
      return Math.min(next, eventMs - nowMs);
    },
    reboot_internal() {
      pci.reset();
      before.reboot_internal.call(cpu);
    },
    get_state() {
      outputs?.flush();
      const state = before.get_state.call(cpu);
      state[STATE_INDEX + slot] = machine.save();
      return state;
    },
    set_state(state) {
      outputs?.flush();
      before.set_state.call(cpu, state);
      const own = state[STATE_INDEX + slot];
      if (own) machine.restore(own as Uint8Array);
      else pci.adopt();
      pci.level = controller.interrupt;
      restart();
    },
  };
  Object.assign(cpu, hooks);
  emulator.add_listener('emulator-started', restart); // while nobody runs the emulator the card stands still
  restart();

  let attached = true;
  return {
    machine,
    slot,
    address,
    statistics: () => ({
      outputFrames: outputs?.frames ?? 0,
      inputFrames: inputs?.frames ?? 0,
      underruns: speaker?.underruns ?? 0,
      inputGaps: sound?.microphone?.gaps ?? 0,
      droppedFrames: speaker?.droppedFrames ?? 0,
      driftPpm: speaker?.driftPpm ?? 0,
      accesses,
      skippedMs: clock.skippedMs,
      diagnostics: machine.diagnostics,
    }),
    detach() {
      if (!attached) return;
      attached = false;
      emulator.remove_listener('emulator-started', restart);
      Object.assign(cpu, before);
      endInterrupts();
      unmapRegisters();
      pci.detach();
      outputs?.flush();
      outputs?.close();
      sound?.close();
      machine.close();
    },
  };
}
