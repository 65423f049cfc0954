// The same machine, as plain as it can be written: one byte after the other, one link frame after the other.

import { blockBytes, containerBytes, formatRateHz } from '../../src/hda/pcm.ts';
import { SDnSTS_BCIS, SDnSTS_DESE } from '../../src/hda/registers.ts';
import { BITS_8, BITS_16, BITS_20, BITS_24, formatBitsCode, formatChannels } from '../../src/hda/stream-format.ts';
import type { Entry, StreamSetup } from './rig.ts';

/** ⌈frames · rateHz / 48000⌉ (§3.10), for rates that are whole in 1/8 … 1/1 Hz. */
export function samplesAfter(frames: number, rateHz: number): number {
  const denominator = 48000 * 840; // every 1/1 … 1/8
  const numerator = BigInt(Math.round(rateHz * 840));
  return Number((BigInt(frames) * numerator + BigInt(denominator) - 1n) / BigInt(denominator));
}

/** One container at `at` as a sample (§3.10). */
export function sampleAt(bytes: Uint8Array, at: number, format: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  switch (formatBitsCode(format)) {
    case BITS_8:
      return (view.getUint8(at) - 128) / 128;
    case BITS_16:
      return view.getInt16(at, true) / 32768;
    case BITS_20:
      return (view.getInt32(at, true) >> 12) / 524288;
    case BITS_24:
      return (view.getInt32(at, true) >> 8) / 8388608;
    default:
      return Math.fround(view.getInt32(at, true)) / 2147483648;
  }
}

/** An output stream from its start on. Entry and byte of the list are where a stream after reset has them. */
export class ReferenceStream {
  blocks = 0;
  lpib = 0;
  fault = false;
  /** Blocks that went over the link, not yet played. */
  readonly queue: Uint8Array[] = [];
  #entry = -1;
  #left = 0;
  #address = 0;
  #ioc = false;
  #frames = 0;
  readonly #ram: Uint8Array;
  readonly #entries: readonly Entry[];
  readonly #lvi: number;
  readonly #cbl: number;
  readonly #format: number;

  constructor(ram: Uint8Array, setup: StreamSetup) {
    this.#ram = ram;
    this.#entries = setup.entries;
    this.#lvi = setup.lvi ?? setup.entries.length - 1;
    this.#cbl = setup.cbl ?? setup.entries.reduce((sum, entry) => sum + entry.bytes, 0);
    this.#format = setup.format;
  }

  /** One link frame; returns the status bits that its blocks set. */
  linkFrame(): number {
    let status = 0;
    this.#frames++;
    const due = samplesAfter(this.#frames, formatRateHz(this.#format));
    for (; this.blocks < due && !this.fault; this.blocks++) {
      const block = new Uint8Array(blockBytes(this.#format));
      for (let i = 0; i < block.length && !this.fault; i++) {
        if (this.#left === 0 && !this.#next()) {
          this.fault = true;
          status |= SDnSTS_DESE;
          break;
        }
        block[i] = this.#ram[this.#address++] as number;
        this.#left--;
        if (this.#left === 0 && this.#ioc) status |= SDnSTS_BCIS;
      }
      if (this.fault) break;
      this.queue.push(block);
      this.lpib = this.#cbl === 0 ? 0 : (this.lpib + block.length) % this.#cbl;
    }
    return status;
  }

  #next(): boolean {
    for (let tries = 0; tries <= this.#lvi; tries++) {
      this.#entry = this.#entry >= this.#lvi ? 0 : this.#entry + 1;
      const entry = this.#entries[this.#entry] as Entry;
      if (entry.bytes === 0) continue;
      if (entry.address + entry.bytes > this.#ram.length) return false;
      this.#address = entry.address;
      this.#left = entry.bytes;
      this.#ioc = entry.ioc ?? false;
      return true;
    }
    return false;
  }
}

export interface Expected {
  lanes: Float32Array[];
  stops: { frame: number; status: number }[];
  lpib: number;
  fault: boolean;
}

/** What a stream that starts at link frame `start` gives by link frame `end`, every status bit acknowledged on its frame. */
export function expected(ram: Uint8Array, setup: StreamSetup, start: number, end: number): Expected {
  const stream = new ReferenceStream(ram, setup);
  const rateHz = formatRateHz(setup.format);
  const channels = formatChannels(setup.format);
  const lanes = Array.from({ length: channels }, () => [] as number[]);
  const stops: Expected['stops'] = [];
  for (let frame = start; frame < end; frame++) {
    const status = stream.fault ? 0 : stream.linkFrame();
    if (status !== 0) stops.push({ frame: frame + 1, status });
    const samples = samplesAfter(frame + 1, rateHz) - samplesAfter(frame, rateHz);
    for (let i = 0; i < samples; i++) {
      const block = stream.queue.shift();
      if (!block && !stream.fault) throw new Error('the analogue clock asks for more than the link has brought');
      lanes.forEach((lane, channel) => {
        lane.push(block ? sampleAt(block, channel * containerBytes(setup.format), setup.format) : 0);
      });
    }
  }
  return { lanes: lanes.map((lane) => Float32Array.from(lane)), stops, lpib: stream.lpib, fault: stream.fault };
}
