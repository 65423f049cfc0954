// Command streams byte by byte, so that tests can say what is wrong in them.

import { INTERFACE_ID, STREAM_MAGIC } from '../../../src/dsp/commands-table.ts';
import * as op from '../../../src/hda/dsp-packets.ts';

export interface Ref {
  index: number;
  offset: number;
  length: number;
  slot?: number;
}

/** Words of a ref. */
export const ref = (index: number, offset: number, length: number, slot = 0): number[] => [index, slot, offset, length];

const f32 = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
const f64 = (value: number) => [...new Uint32Array(Float64Array.of(value).buffer)];

/** Words of a format. */
export function format(kind: number, channels: number, bits: number, rateHz = 48000): number[] {
  return [kind | (channels << 8) | (bits << 16), rateHz];
}
export const F32_MONO = format(op.KIND_F32, 1, 32);
export const PCM16_STEREO = format(op.KIND_PCM16, 2, 16);

/** A command of these body words. */
export function command(opcode: number, body: readonly number[], flags = 0): number[] {
  return [opcode | (flags << 16), 8 + body.length * 4, ...body];
}

export const nop = () => command(op.DSP_NOP, []);
export const copy = (dst: number[], src: number[]) => command(op.DSP_COPY, [...dst, ...src]);
export const fill = (dst: number[], pattern: number, bytes = 4) => command(op.DSP_FILL, [...dst, pattern, bytes]);
export const tone = (dst: number[], fmt: number[], frequency = 440, amplitude = 0.5, phase = 0, flags = 0) =>
  command(op.DSP_TONE, [...dst, ...fmt, ...f64(frequency), f32(amplitude), f32(phase)], flags);
export const gain = (dst: number[], src: number[], fmt: number[], from: number, to: number) =>
  command(op.DSP_GAIN, [...dst, ...src, ...fmt, f32(from), f32(to)]);
export const mix = (dst: number[], fmt: number[], sources: readonly [number[], number][], flags = 0) =>
  command(
    op.DSP_MIX,
    [...dst, ...fmt, sources.length, 0, ...sources.flatMap(([src, g]) => [...src, f32(g), 0])],
    flags,
  );
export const meter = (src: number[], dst: number[], fmt: number[]) => command(op.DSP_METER, [...src, ...dst, ...fmt]);
export const ufence = (dst: number[], value: bigint) =>
  command(op.DSP_UFENCE, [...dst, Number(value & 0xffffffffn), Number(value >> 32n)]);
export const bind = (place: number[]) => command(op.DSP_BIND, place);
export const unbind = (slot: number) => command(op.DSP_UNBIND, [slot, 0]);

export interface Header {
  magic?: number;
  major?: number;
  total?: number;
  count?: number;
  interfaceId?: number;
  flags?: number;
}

/** The stream: header, then commands. */
export function stream(list: readonly (readonly number[])[], header: Header = {}): Uint8Array {
  const body = list.flat();
  const total = 32 + body.length * 4;
  const words = [
    header.magic ?? STREAM_MAGIC,
    header.major ?? 1,
    header.total ?? total,
    header.count ?? list.length,
    header.interfaceId ?? INTERFACE_ID,
    header.flags ?? 0,
    0,
    0,
  ];
  return new Uint8Array(Uint32Array.from([...words, ...body]).buffer);
}
