// The same work in JavaScript as one would write it with care: typed arrays, one kernel a container, monomorphic, nothing
// allocated. It walks the list in memory, keeps LPIB, and does not look ahead for the frame of an interrupt.

import { blockBytes, containerBytes } from '../src/hda/pcm.ts';
import { type Contender, inputSample } from './contender.ts';
import { formatOf, layOut, type Place, type StreamLoad, type Workload } from './workloads.ts';

interface Stream {
  readonly load: StreamLoad;
  readonly lanes: Float32Array[];
  readonly channels: number;
  readonly blockBytes: number;
  readonly containerShift: number;
  readonly bits: number;
  readonly list: number;
  readonly entries: number;
  readonly cbl: number;
  /** Blocks per link frame. */
  readonly rate: number;
  blocks: number;
  frames: number;
  entry: number;
  address: number;
  left: number;
  ioc: number;
  lpib: number;
  status: number;
}

export function typedArraysContender(workload: Workload): Contender {
  const { ram, places } = layOut(workload);
  const words16 = new Int16Array(ram.buffer);
  const words32 = new Int32Array(ram.buffer);
  const streams = workload.streams.map((load, n) => streamOf(load, places[n] as Place, workload.linkFrames));
  const counts = streams.map(() => 0);
  return {
    tick() {
      for (let n = 0; n < streams.length; n++) {
        const stream = streams[n] as Stream;
        stream.frames += workload.linkFrames;
        const target = Math.ceil(stream.frames * stream.rate - 1e-9);
        const blocks = target - stream.blocks;
        stream.blocks = target;
        if (stream.load.input) capture16(stream, blocks, words16, words32);
        else if (stream.containerShift === 1) render16(stream, blocks, words16, words32);
        else render32(stream, blocks, words32);
        stream.lpib += blocks * stream.blockBytes;
        while (stream.lpib >= stream.cbl) stream.lpib -= stream.cbl;
        counts[n] = blocks;
      }
    },
    result() {
      return streams.flatMap((stream, n) => {
        const place = places[n] as Place;
        if (stream.load.input) return [ram.slice(place.buffer, place.buffer + place.bufferBytes)];
        return stream.lanes.map((lane) => new Uint8Array(lane.slice(0, counts[n]).buffer));
      });
    },
  };
}

function streamOf(load: StreamLoad, place: Place, linkFrames: number): Stream {
  const format = formatOf(load);
  const samples = Math.ceil((linkFrames * load.rateHz) / 48000) + 1;
  const lanes = Array.from({ length: load.channels }, (_, channel) =>
    Float32Array.from({ length: samples }, (_, i) => (load.input ? inputSample(channel, i) : 0)),
  );
  return {
    load,
    lanes,
    channels: load.channels,
    blockBytes: blockBytes(format),
    containerShift: containerBytes(format) >> 1,
    bits: load.bits,
    list: place.list,
    entries: load.entries,
    cbl: place.bufferBytes,
    rate: load.rateHz / 48000,
    blocks: 0,
    frames: 0,
    entry: -1,
    address: 0,
    left: 0,
    ioc: 0,
    lpib: 0,
    status: 0,
  };
}

function fetch(stream: Stream, words: Int32Array): void {
  stream.entry = stream.entry + 1 === stream.entries ? 0 : stream.entry + 1;
  const at = (stream.list >> 2) + stream.entry * 4;
  stream.address = words[at] as number;
  stream.left = words[at + 2] as number;
  stream.ioc = (words[at + 3] as number) & 1;
}

function consume(stream: Stream, bytes: number): void {
  stream.address += bytes;
  stream.left -= bytes;
  if (stream.left === 0 && stream.ioc === 1) stream.status |= 4;
}

function render16(stream: Stream, blocks: number, ram: Int16Array, words: Int32Array): void {
  const { channels, lanes } = stream;
  const total = blocks * channels;
  for (let done = 0; done < total; ) {
    if (stream.left === 0) fetch(stream, words);
    const samples = Math.min(total - done, stream.left >> 1);
    let at = stream.address >> 1;
    let frame = (done / channels) | 0;
    let channel = done - frame * channels;
    let left = samples;
    while (channel !== 0 && left > 0) {
      (lanes[channel] as Float32Array)[frame] = (ram[at++] as number) / 32768;
      left--;
      if (++channel === channels) {
        channel = 0;
        frame++;
      }
    }
    const whole = (left / channels) | 0;
    if (channels === 2) {
      const first = lanes[0] as Float32Array;
      const second = lanes[1] as Float32Array;
      for (let i = frame, end = frame + whole; i < end; i++, at += 2) {
        first[i] = (ram[at] as number) / 32768;
        second[i] = (ram[at + 1] as number) / 32768;
      }
    } else {
      for (let c = 0; c < channels; c++) {
        const lane = lanes[c] as Float32Array;
        for (let i = 0, from = at + c; i < whole; i++, from += channels)
          lane[frame + i] = (ram[from] as number) / 32768;
      }
      at += whole * channels;
    }
    frame += whole;
    for (left -= whole * channels; left > 0; left--) {
      (lanes[channel++] as Float32Array)[frame] = (ram[at++] as number) / 32768;
    }
    done += samples;
    consume(stream, samples * 2);
  }
}

function render32(stream: Stream, blocks: number, ram: Int32Array): void {
  const { channels, lanes } = stream;
  const mask = stream.bits === 32 ? -1 : stream.bits === 24 ? -256 : -4096;
  const total = blocks * channels;
  for (let done = 0; done < total; ) {
    if (stream.left === 0) fetch(stream, ram);
    const samples = Math.min(total - done, stream.left >> 2);
    const at = stream.address >> 2;
    const frame = (done / channels) | 0;
    const whole = (samples / channels) | 0; // fragments here hold whole frames
    for (let c = 0; c < channels; c++) {
      const lane = lanes[c] as Float32Array;
      for (let i = 0, from = at + c; i < whole; i++, from += channels) {
        lane[frame + i] = ((ram[from] as number) & mask) / 2147483648;
      }
    }
    done += whole * channels;
    consume(stream, whole * channels * 4);
  }
}

function capture16(stream: Stream, blocks: number, ram: Int16Array, words: Int32Array): void {
  const { channels, lanes } = stream;
  const left16 = lanes[0] as Float32Array;
  const right16 = lanes[1] as Float32Array;
  for (let done = 0; done < blocks; ) {
    if (stream.left === 0) fetch(stream, words);
    const frames = Math.min(blocks - done, stream.left >> 2);
    let at = stream.address >> 1;
    for (let i = done, end = done + frames; i < end; i++, at += 2) {
      ram[at] = rounded(left16[i] as number);
      ram[at + 1] = rounded(right16[i] as number);
    }
    done += frames;
    consume(stream, frames * channels * 2);
  }
}

/** 1.5 · 2^52 rounds to nearest even; NaN stores as 0. */
function rounded(sample: number): number {
  const scaled = sample * 32768;
  return (scaled > 32767 ? 32767 : scaled < -32768 ? -32768 : scaled) + 6755399441055744 - 6755399441055744;
}
