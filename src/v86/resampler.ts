// The core's resampler between the guest's clock and the audio clock: RESAMPLE packets on an engine of its own, whose step
// from source frame to source frame follows the two clocks.

import { resamplerStateBytes } from '../entries/driver-kit.ts';
import type { BusMemory } from '../entries/machine.ts';
import {
  DSP_RESAMPLE,
  KIND_F32,
  OPERAND_BYTES,
  PACKET_BYTES,
  PACKET_FLAGS,
  PACKET_OPCODE,
  RESAMPLE_BYTES,
  RESAMPLE_DST,
  RESAMPLE_DST_FORMAT,
  RESAMPLE_DST_RATE_HZ,
  RESAMPLE_SRC,
  RESAMPLE_SRC_FORMAT,
  RESAMPLE_SRC_RATE_HZ,
  RESAMPLE_STATE,
  RESAMPLE_STEP_FROM,
  RESAMPLE_STEP_TO,
  RESAMPLE_STEP_UNIT,
  RESAMPLE_STREAMING,
  RESAMPLE_TOTAL,
} from '../hda/dsp-packets.ts';

/** The core's engine, in RAM of its own of at least ENGINE_BYTES. */
export interface Engine {
  readonly memory: BusMemory;
  /** Runs the packets of start…end − 1, at most `packets`. */
  execute(start: number, end: number, packets: number): number;
}

/** Frames that one packet makes: a render quantum. */
export const STEP_FRAMES = 128;
/** That it may take: for ratios up to 1.05. */
export const SOURCE_FRAMES = 136;
export const LANES = 2;

const RATE_HZ = 48_000; // the filter is made for a ratio of 1, whatever the rate
const STEP_UNIT = 2 ** 30;
const FRAME_BYTES = 4 * LANES;
const STEREO_F32 = KIND_F32 | (LANES << 8) | (32 << 16);

const PACKET = 0;
const SOURCE = 0x100;
const OUTPUT = SOURCE + SOURCE_FRAMES * FRAME_BYTES;
const STATE = OUTPUT + STEP_FRAMES * FRAME_BYTES;
const STATE_BYTES = resamplerStateBytes(RATE_HZ, RATE_HZ, LANES);
const STATE_CURSOR = 32; // assembly/dsp/resample.ts: source frames that the packet has taken
export const ENGINE_BYTES = STATE + STATE_BYTES;

export class Resampler {
  /** Interleaved source of the next step. */
  readonly source = new Float32Array(SOURCE_FRAMES * LANES);
  readonly #sourceBytes = new Uint8Array(this.source.buffer);
  readonly #packet = new DataView(new ArrayBuffer(RESAMPLE_BYTES));
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
    const packet = this.#packet;
    const put = (offset: number, value: number) => packet.setUint32(offset, value, true);
    const operand = (offset: number, address: number, bytes: number) => {
      put(offset, address);
      put(offset + OPERAND_BYTES / 2, bytes);
    };
    packet.setUint16(PACKET_OPCODE, DSP_RESAMPLE, true);
    packet.setUint16(PACKET_FLAGS, RESAMPLE_STREAMING, true);
    put(PACKET_BYTES, RESAMPLE_BYTES);
    operand(RESAMPLE_DST, OUTPUT, STEP_FRAMES * FRAME_BYTES);
    operand(RESAMPLE_SRC, SOURCE, SOURCE_FRAMES * FRAME_BYTES);
    operand(RESAMPLE_STATE, STATE, STATE_BYTES);
    put(RESAMPLE_DST_FORMAT, STEREO_F32);
    put(RESAMPLE_SRC_FORMAT, STEREO_F32);
    put(RESAMPLE_DST_RATE_HZ, RATE_HZ);
    put(RESAMPLE_SRC_RATE_HZ, RATE_HZ);
    put(RESAMPLE_STEP_UNIT, STEP_UNIT);
    put(RESAMPLE_TOTAL, STEP_FRAMES);
  }

  /**
   * Makes one step out of `source`, `from` source frames to a frame at its beginning and `to` at its end. Gives the step,
   * interleaved, and how many source frames it took: the next source begins behind them.
   */
  step(from: number, to: number): { output: Float32Array; taken: number } {
    const { memory } = this.#engine;
    this.#packet.setUint32(RESAMPLE_STEP_FROM, Math.round(from * STEP_UNIT), true);
    this.#packet.setUint32(RESAMPLE_STEP_TO, Math.round(to * STEP_UNIT), true);
    memory.write(PACKET, new Uint8Array(this.#packet.buffer));
    memory.write(SOURCE, this.#sourceBytes);
    this.#engine.execute(PACKET, PACKET + RESAMPLE_BYTES, 1);
    const { buffer, byteOffset } = memory.read(OUTPUT, STEP_FRAMES * FRAME_BYTES);
    const [taken = 0] = new Uint32Array(memory.read(STATE + STATE_CURSOR, 4).buffer);
    return { output: new Float32Array(buffer, byteOffset, STEP_FRAMES * LANES), taken };
  }
}
