// A core with registers and memory within reach: what the controller does before RUN, in one line each.

import { readFileSync } from 'node:fs';
import { it } from 'vitest';
import { Core, type CoreOptions, type CoreProgram } from '../../src/controller/core.ts';
import { BDL_ENTRY_BYTES, BDL_IOC } from '../../src/hda/bdl.ts';
import {
  SD_BASE,
  SD_STRIDE,
  SDnBDPL,
  SDnBDPU,
  SDnCBL,
  SDnCTL,
  SDnCTL_RUN,
  SDnFMT,
  SDnLPIB,
  SDnLVI,
  SDnSTS,
  SDnSTS_BCIS,
  SDnSTS_DESE,
} from '../../src/hda/registers.ts';

export const CORES = ['simd', 'scalar'] as const;
export type CoreKind = (typeof CORES)[number];
const FILES = { simd: 'build/core.wasm', scalar: 'build/core.scalar.wasm' };

/** The claim holds of both forms of the core. */
export function onEachCore(claim: string, check: (kind: CoreKind) => Promise<void>): void {
  for (const kind of CORES) it(`${claim} [${kind}]`, () => check(kind));
}

export interface Entry {
  address: number;
  bytes: number;
  ioc?: boolean;
}

export interface StreamSetup {
  format: number;
  entries: readonly Entry[];
  tag?: number;
  /** Default: the sum of the entries. */
  cbl?: number;
  /** Default: the last of the entries. */
  lvi?: number;
  list?: number;
}

/** An event at a link frame, as advance() stopped for it. */
export interface Stop {
  frame: number;
  stream: number;
  status: number;
}

export const OUTPUT = 4; // the first output stream of a 4 + 4 controller

export async function createRig(kind: CoreKind, options: Partial<CoreOptions> = {}): Promise<Rig> {
  const core = await Core.create(
    { ramBytes: 0x100000, streams: { input: 4, output: 4, bidirectional: 0 }, ...options },
    new Uint8Array(readFileSync(FILES[kind])),
  );
  const counts = options.streams ?? { input: 4, output: 4, bidirectional: 0 };
  return new Rig(core, counts.input + counts.output + counts.bidirectional);
}

export class Rig {
  readonly registers: DataView;
  readonly stops: Stop[] = [];
  readonly core: Core;
  readonly streams: number;
  #program: CoreProgram = { ratesHz: [], lanes: 0, outputs: [], inputs: [], mixes: [], feeds: [] };

  constructor(core: Core, streams: number) {
    this.core = core;
    this.streams = streams;
    const { buffer, byteOffset, byteLength } = core.registers;
    this.registers = new DataView(buffer, byteOffset, byteLength);
  }

  /** Writes the list at `list` and the registers of stream n; not RUN. */
  setUp(n: number, setup: StreamSetup): void {
    const list = setup.list ?? 0x1000 + n * 0x1000;
    this.writeList(list, setup.entries);
    const cbl = setup.cbl ?? setup.entries.reduce((sum, entry) => sum + entry.bytes, 0);
    const at = SD_BASE + n * SD_STRIDE;
    this.registers.setUint8(at + SDnCTL + 2, (setup.tag ?? 1) << 4);
    this.registers.setUint32(at + SDnCBL, cbl, true);
    this.registers.setUint16(at + SDnLVI, setup.lvi ?? setup.entries.length - 1, true);
    this.registers.setUint16(at + SDnFMT, setup.format, true);
    this.registers.setUint32(at + SDnBDPL, list, true);
    this.registers.setUint32(at + SDnBDPU, Math.floor(list / 2 ** 32), true);
  }

  writeList(list: number, entries: readonly Entry[]): void {
    const bytes = new DataView(new ArrayBuffer(entries.length * BDL_ENTRY_BYTES));
    for (const [i, entry] of entries.entries()) {
      bytes.setBigUint64(i * 16, BigInt(entry.address), true);
      bytes.setUint32(i * 16 + 8, entry.bytes, true);
      bytes.setUint32(i * 16 + 12, entry.ioc ? BDL_IOC : 0, true);
    }
    this.core.memory.write(list, new Uint8Array(bytes.buffer));
  }

  start(...streams: number[]): void {
    for (const n of streams) {
      const at = SD_BASE + n * SD_STRIDE + SDnCTL;
      this.registers.setUint8(at, this.registers.getUint8(at) | SDnCTL_RUN);
      this.core.startStream(n);
    }
  }

  stop(n: number): void {
    const at = SD_BASE + n * SD_STRIDE + SDnCTL;
    this.registers.setUint8(at, this.registers.getUint8(at) & ~SDnCTL_RUN);
    this.core.stopStream(n);
  }

  lpib(n: number): number {
    return this.registers.getUint32(SD_BASE + n * SD_STRIDE + SDnLPIB, true);
  }

  status(n: number): number {
    return this.registers.getUint8(SD_BASE + n * SD_STRIDE + SDnSTS);
  }

  isRunning(n: number): boolean {
    return (this.registers.getUint8(SD_BASE + n * SD_STRIDE + SDnCTL) & SDnCTL_RUN) !== 0;
  }

  acknowledge(n: number, bits = SDnSTS_BCIS | SDnSTS_DESE): void {
    const at = SD_BASE + n * SD_STRIDE + SDnSTS;
    this.registers.setUint8(at, this.registers.getUint8(at) & ~bits);
  }

  load(program: Partial<CoreProgram>): void {
    this.#program = { ...this.#program, ...program };
    this.core.loadProgram(this.#program);
  }

  /** One converter on stream tag 1, lanes 0…channels−1 at the format's rate: what comes out is what the stream holds. */
  listen(format: number, rateHz: number, channels: number, extra: Partial<CoreProgram> = {}): void {
    const lanes = Array.from({ length: channels }, (_, i) => i);
    this.load({
      ratesHz: [rateHz],
      lanes: channels,
      outputs: [{ tag: 1, firstStreamChannel: 0, format, rate: 0, lanes }],
      ...extra,
    });
  }

  get linkFrames(): number {
    return Number(this.core.linkTicks / 500n);
  }

  /**
   * Moves `ticks` link ticks in steps of at most `step`, acknowledges every status bit on its frame and notes it, and
   * returns what the lanes of each rate domain gave.
   */
  run(
    ticks: number,
    options: { step?: number | (() => number); lanes?: number[]; acknowledge?: boolean; each?: () => void } = {},
  ): Float32Array[] {
    const { step = ticks, lanes = [], acknowledge = true } = options;
    const views = lanes.map((lane) => this.core.laneView(lane));
    const heard = lanes.map(() => [] as Float32Array[]);
    for (let left = ticks; left > 0; ) {
      const most = typeof step === 'function' ? step() : step;
      const moved = this.core.advance(Math.min(most, left));
      if (moved < 1) throw new Error(`advance moved ${moved} of ${Math.min(most, left)}`);
      left -= moved;
      const frames = this.core.frames(0);
      for (const [i, view] of views.entries()) heard[i]?.push(view.slice(0, frames));
      options.each?.();
      for (let n = 0; acknowledge && n < this.streams; n++) {
        const status = this.status(n) & (SDnSTS_BCIS | SDnSTS_DESE);
        if (status === 0) continue;
        this.stops.push({ frame: this.linkFrames, stream: n, status });
        this.acknowledge(n);
      }
    }
    return heard.map(joined);
  }
}

export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Seeded bytes (mulberry32): the same on every run. */
export function noise(bytes: number, seed = 1): Uint8Array {
  const out = new Uint8Array(bytes);
  let state = seed >>> 0;
  for (let i = 0; i < bytes; i++) {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    out[i] = (z ^ (z >>> 14)) >>> 24;
  }
  return out;
}
