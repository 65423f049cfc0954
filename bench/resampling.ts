// RESAMPLE through the whole path (command buffer, Render, engine), for measurements.

import { type DspBuffer, type DspContext, DspDevice } from '../src/dsp/client.ts';
import { commands } from '../src/dsp/commands.ts';
import type { SampleFormat } from '../src/dsp/format.ts';
import { Adapter, type AdapterOptions } from '../src/dsp/kernel/adapter.ts';
import { resamplerSourceFrames, resamplerStateBytes } from '../src/dsp/resampler.ts';
import { createDspEngine, type DspEngine } from './dsp-engine.ts';

const RAM_BYTES = 32 << 20;
const POOL_BYTES = 1 << 20;

export interface Connection {
  readonly engine: DspEngine;
  readonly device: DspDevice;
  readonly context: DspContext;
  allocate(bytes: number): DspBuffer;
}

/** A connection to a DSP adapter of its own. */
export function connect(options: Partial<AdapterOptions> & { base64?: string } = {}): Connection {
  const engine = createDspEngine(RAM_BYTES, options.base64);
  const segment = { start: 4096 + POOL_BYTES, bytes: RAM_BYTES - POOL_BYTES - 8192 };
  const adapter = new Adapter({ engine, pool: { start: 4096, bytes: POOL_BYTES }, segment, ...options });
  const device = DspDevice.open(adapter).value;
  const context = device?.createContext().value;
  if (!device || !context) throw new Error('the adapter gives no context');
  const allocate = (bytes: number) => {
    const { value, status } = device.allocate({ bytes });
    if (!value) throw new Error(`no ${bytes} bytes: status ${status.toString(16)}`);
    return value;
  };
  return { engine, device, context, allocate };
}

export interface Resampled {
  readonly output: Float32Array;
  /** Time of the second half of the commands: tables made, code compiled. */
  readonly nsPerFrame: number;
}

/** `frames` outputs of a signal (interleaved float32 in, mono or more), in `pieces` commands. */
export function resample(
  signal: (frame: number, channel: number) => number,
  srcRateHz: number,
  dstRateHz: number,
  frames: number,
  options: { channels?: number; pieces?: number; ratio?: (frame: number) => number } = {},
): Resampled {
  const { channels = 1, pieces = 1, ratio } = options;
  const { device, context, allocate } = connect();
  const total = resamplerSourceFrames(srcRateHz, dstRateHz, frames) + (ratio ? Math.ceil(frames * 0.1) : 0);
  const source = new Float32Array(total * channels);
  for (let n = 0; n < source.length; n++) source[n] = signal(Math.floor(n / channels), n % channels);
  const from = allocate(source.byteLength);
  const into = allocate(frames * 4 * channels);
  const state = allocate(resamplerStateBytes(srcRateHz, dstRateHz, channels));
  from.write(new Uint8Array(source.buffer));
  const format = (rateHz: number): SampleFormat => ({ rateHz, bits: 'float', channels });
  const bytes = (count: number) => count * 4 * channels;

  let taken = 0;
  let elapsedMs = 0;
  let timed = 0;
  for (let piece = 0; piece < pieces; piece++) {
    const first = Math.floor((frames * piece) / pieces);
    const end = Math.floor((frames * (piece + 1)) / pieces);
    const upTo = ratio ? total : resamplerSourceFrames(srcRateHz, dstRateHz, end);
    const list = commands.resample({
      from: { buffer: from, offset: bytes(taken), bytes: bytes(upTo - taken) },
      fromFormat: format(srcRateHz),
      into: { buffer: into, offset: bytes(first), bytes: bytes(end - first) },
      intoFormat: format(dstRateHz),
      state: { buffer: state, bytes: resamplerStateBytes(srcRateHz, dstRateHz, channels) },
      ...(ratio && { ratio: ratio(first), endRatio: ratio(end) }),
    });
    const { status } = context.submit(list);
    if (status !== 0) throw new Error(`RESAMPLE was refused: ${status.toString(16)}`);
    const begun = performance.now();
    device.adapter.runToIdle();
    if (piece >= pieces / 2 && pieces > 1) {
      elapsedMs += performance.now() - begun;
      timed += end - first;
    }
    taken = ratio ? taken + cursorOf(state) : upTo;
  }
  const output = new Float32Array(into.read(0, bytes(frames)).slice().buffer);
  return { output, nsPerFrame: (elapsedMs * 1e6) / timed };
}

/** Source frames that the last command took (assembly/dsp/resample.ts, cursor). */
function cursorOf(state: DspBuffer): number {
  return new DataView(state.read(0, 64).buffer).getUint32(32, true);
}
