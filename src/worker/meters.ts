// Levels by the DSP's METER, look by look.

import { NT_SUCCESS } from '../ddi/ntstatus.ts';
import { type DspBuffer, type DspContext, DspDevice } from '../dsp/client.ts';
import { commands } from '../dsp/commands.ts';
import { METER_CHANNEL_BYTES } from '../hda/dsp-packets.ts';
import type { Windows } from '../windows/windows.ts';

/** Of one channel, linear, full scale 1. */
export interface ChannelLevel {
  readonly peak: number;
  readonly rms: number;
  /** Between samples too (ITU-R BS.1770-4, annex 2); never below the peak. */
  readonly truePeak: number;
}

export const SILENT: ChannelLevel = { peak: 0, rms: 0, truePeak: 0 };
const SAMPLES_BYTES = 1 << 17;
const CHANNELS = 16;
/** A point between samples takes six on either side: so many are measured again, or it would be missed between two looks. */
const OVERLAP_FRAMES = 11;

export class Meters {
  readonly #device: DspDevice;
  readonly #context: DspContext;
  readonly #samples: DspBuffer;
  readonly #levels: DspBuffer;
  readonly #rateHz: number;
  readonly #tails = new Map<number, readonly Float32Array[]>();

  /** Null where the DSP has no room. */
  static open({ dsp }: Pick<Windows, 'dsp'>, rateHz: number): Meters | null {
    const device = dsp && DspDevice.open(dsp).value;
    if (!device) return null;
    const context = device.createContext().value;
    const samples = device.allocate({ bytes: SAMPLES_BYTES }).value;
    const levels = device.allocate({ bytes: CHANNELS * METER_CHANNEL_BYTES }).value;
    if (context && samples && levels) return new Meters(device, context, samples, levels, rateHz);
    device.close();
    return null;
  }

  private constructor(device: DspDevice, context: DspContext, samples: DspBuffer, levels: DspBuffer, rateHz: number) {
    this.#device = device;
    this.#context = context;
    this.#samples = samples;
    this.#levels = levels;
    this.#rateHz = rateHz;
  }

  /** Of planar samples that follow those measured before under the same number. */
  measure(id: number, channels: readonly Float32Array[]): ChannelLevel[] {
    const frames = channels[0]?.length ?? 0;
    const most = SAMPLES_BYTES / 4 / CHANNELS - OVERLAP_FRAMES;
    let levels: ChannelLevel[] = channels.map(() => SILENT);
    let power = channels.map(() => 0);
    for (let at = 0; at < frames; at += most) {
      const fresh = channels.map((samples) => samples.subarray(at, at + most));
      const run = this.#run(id, fresh);
      const share = (fresh[0]?.length ?? 0) / frames;
      power = power.map((sum, n) => sum + share * (run[n]?.rms ?? 0) ** 2);
      levels = run.map(({ peak, truePeak }, n) => ({
        peak: Math.max(peak, levels[n]?.peak ?? 0),
        truePeak: Math.max(truePeak, levels[n]?.truePeak ?? 0),
        rms: Math.sqrt(power[n] ?? 0),
      }));
    }
    return levels;
  }

  /** What was measured under this number is long ago: nothing follows it. */
  forget(id: number): void {
    this.#tails.delete(id);
  }

  close(): void {
    this.#device.close();
  }

  #run(id: number, fresh: readonly Float32Array[]): ChannelLevel[] {
    const tails = this.#tails.get(id);
    const whole =
      tails?.length === fresh.length ? fresh.map((samples, n) => after(tails[n] as Float32Array, samples)) : fresh;
    this.#tails.set(
      id,
      whole.map((samples) => samples.slice(-OVERLAP_FRAMES)),
    );
    const frames = whole[0]?.length ?? 0;
    const interleaved = new Float32Array(frames * whole.length);
    for (const [channel, samples] of whole.entries()) {
      for (let n = 0; n < frames; n++) interleaved[n * whole.length + channel] = samples[n] as number;
    }
    this.#samples.write(new Uint8Array(interleaved.buffer));
    const list = commands.meter({
      from: { buffer: this.#samples, bytes: interleaved.byteLength },
      into: this.#levels,
      format: { rateHz: this.#rateHz, bits: 'float', channels: whole.length },
    });
    const { status } = this.#context.submit(list);
    const bytes = NT_SUCCESS(status) ? this.#levels.read(0, whole.length * METER_CHANNEL_BYTES) : new Uint8Array(0);
    const values = new Float32Array(bytes.slice().buffer);
    return whole.map((_, n) => {
      const [peak = 0, rms = 0, truePeak = 0] = values.subarray(3 * n);
      return { peak, rms, truePeak };
    });
  }
}

function after(before: Float32Array, samples: Float32Array): Float32Array {
  const joined = new Float32Array(before.length + samples.length);
  joined.set(before);
  joined.set(samples, before.length);
  return joined;
}
