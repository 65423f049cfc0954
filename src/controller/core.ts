// The compiled core (assembly/) as the controller and the machine see it: its memory as views, its calls as methods.
// Only numbers cross into WebAssembly; everything else is read and written in the core's memory.

import {
  CLOCK_NOW,
  COUNTER_BLOCKS_DROPPED,
  COUNTER_BYTES,
  COUNTER_DESCRIPTOR_FAULTS,
  COUNTER_DESCRIPTORS,
  COUNTER_FORMAT_MISMATCH,
  COUNTER_POSITION_FAULTS,
  COUNTER_RATE_MISMATCH,
  COUNTERS,
  GUEST_RAM,
  GUEST_RAM_PAD,
  LANE_BYTES,
  LANE_SAMPLES,
  LANES,
  LANES_MAX,
  MIX_BYTES,
  MIX_GAIN,
  MIXES,
  PROGRAM_MIXES,
  RATE_BYTES,
  RATE_FRAMES,
  RATES,
  REGISTERS,
  REGISTERS_BYTES,
} from '../../assembly/layout.ts';
import { SD_MAX } from '../hda/registers.ts';
import { TICKS_PER_FRAME } from '../hda/timing.ts';
import type { BusMemory } from '../port/device-port.ts';
import type { EnginePort } from '../port/engine-port.ts';
import { CORE_BASE64 } from './core.generated.ts';
import { type CoreProgram, checkProgram, inRange, writeProgram } from './core-program.ts';
import { createEngine, type EngineExports } from './engine.ts';
import { ResamplerPlaces } from './resamplers.ts';

export type { CoreConverter, CoreProgram, CoreResampling } from './core-program.ts';

export interface CoreOptions {
  /** Bytes of guest RAM in the core; of no meaning where `memory` is given. */
  ramBytes: number;
  /** RAM that the embedder owns: the core then copies one fragment at a time. */
  memory?: BusMemory;
  streams: { input: number; output: number; bidirectional: number };
}

/** Counted since creation. */
export interface CoreCounters {
  /** Descriptors fetched. */
  readonly descriptors: number;
  /** Streams stopped with DESE: list or buffer outside RAM, or no entry that holds a byte. */
  readonly descriptorFaults: number;
  /** Position buffer slots outside RAM. */
  readonly positionFaults: number;
  /** Link frames × converters silent because format and lanes differ in rate. */
  readonly rateMismatch: number;
  /** Link frames × converters silent because stream and converter differ in rate, size or type. */
  readonly formatMismatch: number;
  /** Blocks never played: RUN went off and on more than three times within one sample. */
  readonly blocksDropped: number;
}

interface CoreExports extends EngineExports {
  initialize(ramBytes: number, outside: number, inputs: number, outputs: number): void;
  advance(ticks: number): number;
  startStream(n: number): void;
  stopStream(n: number): void;
  resetStream(n: number): void;
  resetStreams(): void;
  programLoaded(): void;
  resamplerBytes(srcRateHz: number, dstRateHz: number, channels: number): number;
  ticksToEvent(): number;
}

const PAGE_BYTES = 0x10000;
const RAM_MAX = 2 ** 32 - GUEST_RAM - GUEST_RAM_PAD - PAGE_BYTES;

export class Core {
  readonly memory: BusMemory;
  /** Image of BAR offsets 0x000…0x7ff, shared with the core. */
  readonly registers: Uint8Array;
  readonly counters: CoreCounters;
  /** Computes in guest RAM; null where the embedder owns that: the engine reaches the core's own memory only. */
  readonly engine: EnginePort | null;
  readonly resamplers = new ResamplerPlaces();
  readonly #exports: CoreExports;
  readonly #bytes: DataView;
  readonly #now: BigUint64Array;
  readonly #nowWords: Uint32Array;
  readonly #streams: number;

  /** `wasm`: other bytes of the core, such as the scalar form. */
  static async create(options: CoreOptions, wasm: Uint8Array<ArrayBuffer> = decode(CORE_BASE64)): Promise<Core> {
    const { input, output, bidirectional } = options.streams;
    inRange('streams.input', input, 0, 15);
    inRange('streams.output', output, 0, 15);
    inRange('streams.bidirectional', bidirectional, 0, SD_MAX);
    inRange('streams in all', input + output + bidirectional, 1, SD_MAX);
    const outside = options.memory;
    const ramBytes = outside ? outside.bytes : options.ramBytes;
    inRange('bytes of guest RAM', ramBytes, 1, outside ? Number.MAX_SAFE_INTEGER : RAM_MAX);
    const pages = Math.ceil((GUEST_RAM + GUEST_RAM_PAD + (outside ? 0 : ramBytes)) / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const bytes = new Uint8Array(memory.buffer);
    const imports = {
      env: { memory },
      memory: {
        readOutside(address: number, length: number, to: number): void {
          bytes.set(outside?.read(address, length) as Uint8Array, to >>> 0);
        },
        writeOutside(address: number, length: number, from: number): void {
          outside?.write(address, bytes.slice(from >>> 0, (from >>> 0) + length));
        },
      },
    };
    // Pages compile beside their work. Elsewhere at once: Node that waits for a compiler with nothing else to do can
    // stand for ever (nodejs/node#54918: its main thread drains tasks, one of which waits for it to collect garbage).
    const instance =
      typeof document === 'undefined'
        ? new WebAssembly.Instance(new WebAssembly.Module(wasm), imports)
        : (await WebAssembly.instantiate(wasm, imports)).instance;
    return new Core(options, memory.buffer, instance.exports as unknown as CoreExports);
  }

  private constructor(options: CoreOptions, buffer: ArrayBuffer, exports: CoreExports) {
    const { input, output, bidirectional } = options.streams;
    this.#exports = exports;
    this.#streams = input + output + bidirectional;
    this.#bytes = new DataView(buffer);
    this.#now = new BigUint64Array(buffer, CLOCK_NOW, 1);
    this.#nowWords = new Uint32Array(buffer, CLOCK_NOW, 2);
    this.registers = new Uint8Array(buffer, REGISTERS, REGISTERS_BYTES);
    this.counters = countersOf(this.#bytes);
    this.memory = options.memory ?? guestRam(buffer, options.ramBytes);
    this.engine = options.memory ? null : createEngine(exports, this.memory);
    exports.initialize(this.memory.bytes, options.memory ? 1 : 0, input, output);
  }

  /** 24 MHz ticks since power-up. */
  get linkTicks(): bigint {
    return this.#now[0] as bigint;
  }

  /** Whole link frames since power-up; exact for twelve years. Unlike linkTicks it allocates nothing. */
  get linkFrames(): number {
    return Math.floor(((this.#nowWords[1] as number) * 2 ** 32 + (this.#nowWords[0] as number)) / TICKS_PER_FRAME);
  }

  /** The low 32 bits of linkTicks, unsigned. */
  get ticksLow(): number {
    return this.#nowWords[0] as number;
  }

  /**
   * Moves at most `ticks` (≤ 2^32 − 1) and returns how many it moved: it stops at the first link frame at which BCIS or
   * DESE of a stream goes from 0 to 1, after 512 link frames, and sooner where a stream's list has hundreds of tiny entries.
   */
  advance(ticks: number): number {
    return this.#exports.advance(ticks) >>> 0;
  }

  /** Ticks that advance() goes at most before it stops by itself; Infinity while no stream moves. */
  ticksToEvent(): number {
    const ticks = this.#exports.ticksToEvent() >>> 0;
    return ticks === 0xffffffff ? Number.POSITIVE_INFINITY : ticks;
  }

  /** The stream moves from the present link frame on: at entry 0 after a reset, else where it was held (§3.5). */
  startStream(n: number): void {
    this.#exports.startStream(inRange('stream', n, 0, this.#streams - 1));
  }

  /** The stream holds: position, entry and offset are kept. */
  stopStream(n: number): void {
    this.#exports.stopStream(inRange('stream', n, 0, this.#streams - 1));
  }

  /** SRST: the stream stops and forgets position, entry and what it held. */
  resetStream(n: number): void {
    this.#exports.resetStream(inRange('stream', n, 0, this.#streams - 1));
  }

  /** CRST: every stream is reset; program and lanes stay. */
  reset(): void {
    this.#exports.resetStreams();
  }

  /**
   * Replaces the program. No sample is lost or repeated by it, and a resampler whose key stays goes on. Returns how many
   * resamplers had no room: those converters are silent. RangeError beyond the core's capacities; then nothing changes.
   */
  loadProgram(program: CoreProgram): number {
    const checked = checkProgram(program);
    const refused = writeProgram(this.#bytes, checked, this.resamplers, this.#exports.resamplerBytes);
    this.#exports.programLoaded();
    return refused;
  }

  /** The linear gain of mix `mix`, from the next advance on. */
  setGain(mix: number, gain: number): void {
    inRange('mix', mix, 0, this.#bytes.getUint32(PROGRAM_MIXES, true) - 1);
    this.#bytes.setFloat32(MIXES + mix * MIX_BYTES + MIX_GAIN, gain, true);
  }

  /** The lane's samples of the last advance, from index 0; frames(rate) of them count. The view stays good: keep it. */
  laneView(lane: number): Float32Array {
    inRange('lane', lane, 0, LANES_MAX - 1);
    return new Float32Array(this.#bytes.buffer, LANES + lane * LANE_BYTES, LANE_SAMPLES) as Float32Array;
  }

  /** Frames that rate domain `rate` gave in the last advance. */
  frames(rate: number): number {
    return this.#bytes.getUint32(RATES + rate * RATE_BYTES + RATE_FRAMES, true);
  }
}

function guestRam(buffer: ArrayBuffer, bytes: number): BusMemory {
  const ram = new Uint8Array(buffer, GUEST_RAM, bytes);
  const check = (address: number, length: number) => {
    if (
      !(Number.isInteger(address) && Number.isInteger(length)) ||
      address < 0 ||
      length < 0 ||
      address + length > bytes
    ) {
      throw new RangeError(`guest RAM: ${length} bytes at ${address} are not within its ${bytes} bytes`);
    }
  };
  return {
    bytes,
    read(address, length) {
      check(address, length);
      return ram.slice(address, address + length);
    },
    write(address, data) {
      check(address, data.length);
      ram.set(data, address);
    },
  };
}

function countersOf(view: DataView): CoreCounters {
  const value = (counter: number) => view.getFloat64(COUNTERS + counter * COUNTER_BYTES, true);
  return {
    get descriptors() {
      return value(COUNTER_DESCRIPTORS);
    },
    get descriptorFaults() {
      return value(COUNTER_DESCRIPTOR_FAULTS);
    },
    get positionFaults() {
      return value(COUNTER_POSITION_FAULTS);
    },
    get rateMismatch() {
      return value(COUNTER_RATE_MISMATCH);
    },
    get formatMismatch() {
      return value(COUNTER_FORMAT_MISMATCH);
    },
    get blocksDropped() {
      return value(COUNTER_BLOCKS_DROPPED);
    },
  };
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
