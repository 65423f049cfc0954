// The compiled core (assembly/) as the controller and the machine see it: its memory as views, its calls as methods.
// Only numbers cross into WebAssembly; everything else is read and written in the core's memory.

import {
  CLOCK_NOW,
  CONVERTER_BYTES,
  CONVERTER_CHANNEL,
  CONVERTER_FORMAT,
  CONVERTER_LANE_COUNT,
  CONVERTER_LANES,
  CONVERTER_LANES_MAX,
  CONVERTER_RATE,
  CONVERTER_TAG,
  CONVERTERS_MAX,
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
  INPUTS,
  LANE_BYTES,
  LANE_SAMPLES,
  LANES,
  LANES_MAX,
  MIX_BYTES,
  MIX_FROM,
  MIX_GAIN,
  MIX_INTO,
  MIX_RATE,
  MIXES,
  MIXES_MAX,
  OUTPUTS,
  PROGRAM_INPUTS,
  PROGRAM_MIXES,
  PROGRAM_OUTPUTS,
  PROGRAM_RATES,
  RATE_BYTES,
  RATE_DENOMINATOR,
  RATE_FRAMES,
  RATE_NUMERATOR,
  RATES,
  RATES_MAX,
  REGISTERS,
  REGISTERS_BYTES,
  SILENT_LANE,
} from '../../assembly/layout.ts';
import { SD_MAX } from '../hda/registers.ts';
import { FRAME_HZ, TICKS_PER_FRAME } from '../hda/timing.ts';
import type { BusMemory } from '../port/device-port.ts';
import type { EnginePort } from '../port/engine-port.ts';
import { CORE_BASE64 } from './core.generated.ts';
import { createEngine, type EngineExports } from './engine.ts';

export interface CoreOptions {
  /** Bytes of guest RAM in the core; of no meaning where `memory` is given. */
  ramBytes: number;
  /** RAM that the embedder owns: the core then copies one fragment at a time. */
  memory?: BusMemory;
  streams: { input: number; output: number; bidirectional: number };
}

/** What the core runs: routes of all codecs, with lanes and rate domains numbered through (src/link/routes.ts). */
export interface CoreProgram {
  ratesHz: readonly number[];
  lanes: number;
  outputs: readonly CoreConverter[];
  /** Lane −1 is silence. */
  inputs: readonly CoreConverter[];
  /** lane `into` = (first ? 0 : lane `into`) + gain × lane `from`, in order. */
  mixes: readonly { into: number; from: number; first: boolean; gain: number; rate: number }[];
  /** Lanes that the host fills before it calls advance; silent until then. */
  feeds: readonly { rate: number; lanes: readonly number[] }[];
}

export interface CoreConverter {
  tag: number;
  firstStreamChannel: number;
  format: number;
  /** Index into ratesHz. */
  rate: number;
  lanes: readonly number[];
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
    const { instance } = await WebAssembly.instantiate(wasm, {
      env: { memory },
      memory: {
        readOutside(address: number, length: number, to: number): void {
          bytes.set(outside?.read(address, length) as Uint8Array, to >>> 0);
        },
        writeOutside(address: number, length: number, from: number): void {
          outside?.write(address, bytes.slice(from >>> 0, (from >>> 0) + length));
        },
      },
    });
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

  /** Replaces the program. No sample is lost or repeated by it. RangeError beyond the core's capacities; then nothing changes. */
  loadProgram(program: CoreProgram): void {
    const rates = program.ratesHz.map(samplesPerFrame);
    inRange('rate domains', rates.length, 0, RATES_MAX);
    inRange('lanes', program.lanes, 0, LANES_MAX);
    inRange('output converters', program.outputs.length, 0, CONVERTERS_MAX);
    inRange('input converters', program.inputs.length, 0, CONVERTERS_MAX);
    inRange('mixes', program.mixes.length, 0, MIXES_MAX);
    const lane = (n: number) => LANES + inRange('lane', n, 0, program.lanes - 1) * LANE_BYTES;
    const rate = (n: number) => RATES + inRange('rate domain', n, 0, rates.length - 1) * RATE_BYTES;
    const converters = (list: readonly CoreConverter[], silent: boolean) =>
      list.map((converter) => {
        inRange('lanes of a converter', converter.lanes.length, 0, CONVERTER_LANES_MAX);
        const lanes = converter.lanes.map((n) => (silent && n === -1 ? SILENT_LANE : lane(n)));
        return { ...converter, rate: rate(converter.rate), lanes };
      });
    const outputs = converters(program.outputs, false);
    const inputs = converters(program.inputs, true);
    const mixes = program.mixes.map((mix) => ({
      ...mix,
      into: lane(mix.into),
      from: lane(mix.from),
      rate: rate(mix.rate),
    }));
    const feeds = program.feeds.flatMap((feed) => feed.lanes.map(lane));

    const set = (at: number, value: number) => this.#bytes.setUint32(at, value, true);
    for (const [i, { numerator, denominator }] of rates.entries()) {
      set(RATES + i * RATE_BYTES + RATE_NUMERATOR, numerator);
      set(RATES + i * RATE_BYTES + RATE_DENOMINATOR, denominator);
    }
    const setConverters = (table: number, list: typeof outputs) => {
      for (const [i, converter] of list.entries()) {
        const row = table + i * CONVERTER_BYTES;
        set(row + CONVERTER_TAG, converter.tag);
        set(row + CONVERTER_CHANNEL, converter.firstStreamChannel);
        set(row + CONVERTER_FORMAT, converter.format);
        set(row + CONVERTER_RATE, converter.rate);
        set(row + CONVERTER_LANE_COUNT, converter.lanes.length);
        for (const [k, address] of converter.lanes.entries()) set(row + CONVERTER_LANES + k * 4, address);
      }
    };
    setConverters(OUTPUTS, outputs);
    setConverters(INPUTS, inputs);
    for (const [i, mix] of mixes.entries()) {
      const row = MIXES + i * MIX_BYTES;
      set(row + MIX_INTO, mix.into);
      set(row + MIX_FROM, mix.from + (mix.first ? 1 : 0));
      this.#bytes.setFloat32(row + MIX_GAIN, mix.gain, true);
      set(row + MIX_RATE, mix.rate);
    }
    for (const address of feeds) new Uint8Array(this.#bytes.buffer, address, LANE_BYTES).fill(0);
    set(PROGRAM_RATES, rates.length);
    set(PROGRAM_OUTPUTS, outputs.length);
    set(PROGRAM_INPUTS, inputs.length);
    set(PROGRAM_MIXES, mixes.length);
    this.#exports.programLoaded();
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

/** A rate as samples per link frame, in lowest terms. Rates such as 44100/8 or 48000/7 are no whole numbers of Hz. */
function samplesPerFrame(rateHz: number): { numerator: number; denominator: number } {
  for (let divisor = 1; divisor <= 8; divisor++) {
    const samples = Math.round(rateHz * divisor);
    if (!(rateHz > 0 && rateHz <= 192_000) || Math.abs(samples - rateHz * divisor) > 1e-6) continue;
    const common = greatestCommonDivisor(samples, FRAME_HZ * divisor);
    return { numerator: samples / common, denominator: (FRAME_HZ * divisor) / common };
  }
  throw new RangeError(`rate ${rateHz} Hz: the core runs whole rates up to 192000 Hz and their 1/2 … 1/8`);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function inRange(what: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${what}: ${value} is not within ${least}…${most}`);
  }
  return value;
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
