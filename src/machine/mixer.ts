// Between codecs and core: joins their routes into the core's program, moves jacks' input in and pins' output out.

import type { CodecModel } from '../codec/model.ts';
import type { Core } from '../controller/core.ts';
import type { Recorder } from '../controller/record.ts';
import { FRAME_HZ, TICKS_PER_FRAME } from '../hda/timing.ts';
import type { LinkCodec } from '../link/codec.ts';
import type { Routes } from '../link/routes.ts';
import { Beep } from './beep.ts';
import { Jack } from './jack.ts';
import { type MachineCodec, MachineCodecHandle } from './machine-codec.ts';
import { type PinTap, Tap } from './pin-tap.ts';
import { joinRoutes, type ProgramPart } from './program.ts';

/** A codec as the machine holds it. */
export interface DeviceCodec extends LinkCodec {
  readonly model: CodecModel;
  plug(pin: number, present: boolean): void;
  dump(): string;
  /** What verbs and the world have set, as plain data that JSON keeps. */
  state(): unknown;
  /** TypeError for what is no state of this codec; then nothing changes. */
  restore(state: unknown): void;
}

interface Slot {
  readonly codec: DeviceCodec;
  readonly handle: MachineCodec;
  readonly taps: Tap[];
  readonly jacks: Jack[];
  routes: Routes | null;
  part: ProgramPart | null;
  changed: 'no' | 'gains' | 'routes';
}

export interface CodecState {
  readonly codec: unknown;
  readonly jacks: readonly { readonly pin: number; readonly channels: number; readonly frames: number }[];
}

export class Mixer {
  readonly codecs: readonly (MachineCodec | null)[];
  readonly counters = { programsRefused: 0, resamplersRefused: 0, tapFramesDropped: 0, jackFramesDropped: 0 };
  readonly #core: Core;
  readonly #idleRateHz: number;
  readonly #slots: readonly (Slot | null)[];
  #changed = true;
  #ratesHz: readonly number[] = [];
  /** All slots' taps and jacks, flat for the tick. */
  #taps: readonly Tap[] = [];
  #jacks: readonly Jack[] = [];
  #beeps: readonly Beep[] = [];

  constructor(
    core: Core,
    codecs: readonly (DeviceCodec | null)[],
    outputRateHz: number | 'stream',
    recorder: Recorder,
  ) {
    this.#core = core;
    this.#idleRateHz = outputRateHz === 'stream' ? FRAME_HZ : outputRateHz;
    this.#slots = codecs.map((codec, address): Slot | null => {
      if (!codec) return null;
      const handle = new MachineCodecHandle(codec, {
        listen: (pin, channels) => this.#listen(address, pin, channels),
        jack: (pin, channels) => this.#jack(address, pin, channels),
        inputRateHz: (pin) => this.#inputRateHz(address, pin),
        plug: (pin, present) => {
          if (recorder.on) recorder.emit({ kind: 'jack', codec: address, pin, present });
          codec.plug(pin, present);
        },
      });
      return { codec, handle, taps: [], jacks: [], routes: null, part: null, changed: 'routes' };
    });
    this.codecs = this.#slots.map((slot) => slot?.handle ?? null);
  }

  routesChanged(address: number): void {
    const slot = this.#slots[address];
    if (slot) slot.changed = 'routes';
    this.#changed = true;
  }

  gainsChanged(address: number): void {
    const slot = this.#slots[address];
    if (slot?.changed === 'no') slot.changed = 'gains';
    this.#changed = true;
  }

  /** Moves the core at most `ticks`, and samples with it; returns ticks moved. */
  advance(ticks: number): number {
    if (this.#changed) this.#compile();
    const core = this.#core;
    const frames = Math.floor(ticks / TICKS_PER_FRAME) + 1;
    for (let i = 0; i < this.#jacks.length; i++) {
      const jack = this.#jacks[i] as Jack;
      jack.fill(Math.ceil((frames * jack.rateHz) / FRAME_HZ));
    }
    for (let i = 0; i < this.#beeps.length; i++) (this.#beeps[i] as Beep).fill(core.linkFrames, frames);
    const moved = core.advance(ticks);
    for (let i = 0; i < this.#jacks.length; i++) {
      const jack = this.#jacks[i] as Jack;
      jack.taken(core.frames(jack.rate));
    }
    for (let i = 0; i < this.#taps.length; i++) {
      const tap = this.#taps[i] as Tap;
      const dropped = tap.append(core.frames(tap.rate));
      if (dropped > 0) this.counters.tapFramesDropped += dropped;
    }
    return moved;
  }

  #compile(): void {
    this.#changed = false;
    let load = false;
    for (const slot of this.#slots) {
      if (!slot || slot.changed === 'no') continue;
      const before = slot.routes;
      slot.routes = slot.codec.routes();
      if (slot.changed === 'routes' || slot.routes !== before || !slot.part) load = true;
      else this.#setGains(slot.part);
      slot.changed = 'no';
    }
    if (load) this.#load();
  }

  #setGains({ routes, firstMix }: ProgramPart): void {
    for (let i = 0; i < routes.gains.length; i++) this.#core.setGain(firstMix + i, routes.gains[i] as number);
  }

  /** A program that exceeds the core's tables cannot be run: everything is silent then, and counted. */
  #load(): void {
    const ends = [...this.#taps.map((tap) => tap.currentRateHz), ...this.#jacks.map((jack) => jack.rateHz)];
    let joined = joinRoutes(
      this.#slots.map((slot) => slot?.routes ?? null),
      [this.#idleRateHz, ...ends],
    );
    try {
      this.counters.resamplersRefused += this.#core.loadProgram(joined.program);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.counters.programsRefused++;
      joined = joinRoutes(
        this.#slots.map(() => null),
        [this.#idleRateHz],
      );
      this.#core.loadProgram(joined.program);
    }
    this.#ratesHz = joined.program.ratesHz;
    this.#slots.forEach((slot, address) => {
      if (slot) slot.part = joined.parts[address] ?? null;
    });
    this.#connect();
  }

  /** Gives every tap and jack the lanes that the program has for its pin. */
  #connect(): void {
    const view = (lane: number, part: ProgramPart) => (lane < 0 ? null : this.#core.laneView(part.firstLane + lane));
    for (const slot of this.#slots) {
      if (!slot) continue;
      const { part } = slot;
      for (const tap of slot.taps) {
        const route = part?.routes.pins.find((pin) => pin.nid === tap.pin);
        const rateHz = route?.rateHz ?? this.#idleRateHz;
        const lanes = part && route ? route.lanes.map((lane) => view(lane, part)) : tap.silence;
        tap.route(rateHz, this.#ratesHz.indexOf(rateHz), lanes);
      }
      for (const jack of slot.jacks) {
        const route = part?.routes.feeds.find((feed) => feed.nid === jack.pin);
        jack.rateHz = route?.rateHz ?? this.#idleRateHz;
        jack.rate = this.#ratesHz.indexOf(jack.rateHz);
        jack.lanes = part && route ? route.lanes.map((lane) => view(lane, part) as Float32Array) : [];
      }
    }
    this.#beeps = this.#slots.flatMap((slot) => {
      const { part } = slot ?? {};
      if (!part) return [];
      return part.routes.feeds.flatMap(({ beepDivider, rateHz, lanes }) =>
        beepDivider
          ? [
              new Beep(
                beepDivider,
                rateHz,
                lanes.map((lane) => view(lane, part) as Float32Array),
              ),
            ]
          : [],
      );
    });
    this.#taps = this.#slots.flatMap((slot) => slot?.taps ?? []);
    this.#jacks = this.#slots.flatMap((slot) => slot?.jacks ?? []);
  }

  #listen(address: number, pin: number, channels: number): PinTap {
    const slot = this.#slots[address] as Slot;
    if (this.#changed) this.#compile();
    const tap = new Tap(pin, this.#idleRateHz, channels, () => {
      const at = slot.taps.indexOf(tap);
      if (at >= 0) slot.taps.splice(at, 1);
      this.#connect();
    });
    slot.taps.push(tap);
    this.#connect();
    return tap;
  }

  #inputRateHz(address: number, pin: number): number {
    if (this.#changed) this.#compile();
    return this.#slots[address]?.part?.routes.feeds.find((feed) => feed.nid === pin)?.rateHz ?? 0;
  }

  #jack(address: number, pin: number, channels: number): { queue(input: readonly Float32Array[]): void } {
    const slot = this.#slots[address] as Slot;
    if (this.#changed) this.#compile();
    let jack = slot.jacks.find((other) => other.pin === pin);
    if (!jack) {
      jack = new Jack(pin, this.#idleRateHz, channels);
      slot.jacks.push(jack);
      this.#connect();
    }
    const own = jack;
    return {
      queue: (input) => {
        this.counters.jackFramesDropped += own.queue(input);
      },
    };
  }

  /** The codecs and which jacks they have, as plain data. Taps are the embedder's and go on. */
  get states(): (CodecState | null)[] {
    return this.#slots.map(
      (slot) =>
        slot && {
          codec: slot.codec.state(),
          jacks: slot.jacks.map(({ pin, channels, frames }) => ({ pin, channels, frames })),
        },
    );
  }

  /** TypeError for what is no state of these codecs. All routes are compiled anew before time passes. */
  restore(states: readonly (CodecState | null)[]): void {
    this.#slots.forEach((slot, address) => {
      const state = states[address];
      if (!slot || !state) return;
      slot.codec.restore(state.codec);
      slot.changed = 'routes';
      slot.jacks.splice(0);
      for (const { pin, channels, frames } of state.jacks) {
        const jack = new Jack(pin, this.#idleRateHz, channels);
        jack.queue([new Float32Array(frames)]);
        slot.jacks.push(jack);
      }
    });
    this.#changed = true;
  }

  /** Samples that wait at the jacks, in the order of `states`. */
  get waiting(): Uint8Array {
    const samples = this.#slots.flatMap((slot) => slot?.jacks.flatMap((jack) => jack.waiting) ?? []);
    const joined = new Float32Array(samples.reduce((length, channel) => length + channel.length, 0));
    let at = 0;
    for (const channel of samples) {
      joined.set(channel, at);
      at += channel.length;
    }
    return new Uint8Array(joined.buffer);
  }

  set waiting(bytes: Uint8Array) {
    const joined = new Float32Array(bytes.slice().buffer);
    let at = 0;
    for (const slot of this.#slots) {
      for (const channel of slot?.jacks.flatMap((jack) => jack.waiting) ?? []) {
        channel.set(joined.subarray(at, at + channel.length));
        at += channel.length;
      }
    }
  }

  close(): void {
    for (const slot of this.#slots) {
      slot?.taps.splice(0);
      slot?.jacks.splice(0);
    }
    this.#connect();
  }
}
