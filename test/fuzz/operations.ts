// What a fuzzer does to a machine, as plain data, so that a finding is a file; and the numbers in it.

import { REGISTERS, STREAM_REGISTERS } from '../../src/hda/register-table.ts';
import * as R from '../../src/hda/registers.ts';
import { command8, command16, VERB_SET_CONVERTER_FORMAT, VERB_SET_STREAM_CHANNEL } from '../../src/hda/verbs.ts';
import { CORB, LISTS, POSITIONS, RIRB } from '../support/guest.ts';

export type Width = 1 | 2 | 4;

export type Operation =
  | readonly ['write', offset: number, bytes: Width, value: number]
  | readonly ['read', offset: number, bytes: Width]
  | readonly ['pci', offset: number, bytes: Width, value: number]
  | readonly ['memory', address: number, dwords: readonly number[]]
  | readonly ['time', linkTicks: number]
  | readonly ['plug', codec: number, pin: number, present: boolean]
  /** What the interrupt listener does from now on: nothing, acknowledge all, acknowledge and write a register. */
  | readonly ['listener', mode: 0 | 1 | 2]
  | readonly ['save'];

export type Random = (below: number) => number;

export const RAM_BYTES = 0x10000;
export const STREAMS = 8;
export const WIDTHS: readonly Width[] = [1, 2, 4];
const PAGES = [CORB, RIRB, POSITIONS, LISTS, LISTS + 0x1000, 0x8000, 0xc000, RAM_BYTES - 0x80];
const OUTSIDE = [RAM_BYTES, RAM_BYTES - 1, 0xfea00000, 0xfea02000, 0xffffff80, 0xffffffff, 0x7fffff80];
export const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

/** Offsets that a register begins at, streams' more often than there are of them. */
export const OFFSETS: readonly number[] = [
  ...REGISTERS.map((row) => row.offset),
  ...Array.from({ length: STREAMS }, (_, n) =>
    STREAM_REGISTERS.map((row) => R.SD_BASE + R.SD_STRIDE * n + row.offset),
  ).flat(),
];

export function anyValue(random: Random): number {
  switch (random(6)) {
    case 0:
      return 0xffffffff;
    case 1:
      return 0;
    case 2:
      return random(256);
    case 3:
      return 2 ** random(32);
    default:
      return random(2 ** 32);
  }
}

export function address(random: Random): number {
  const kind = random(10);
  if (kind === 0) return pick(random, OUTSIDE);
  return kind < 8 ? pick(random, PAGES) : random(RAM_BYTES);
}

function length(random: Random): number {
  return pick(random, [0, 1, 2, 3, 4, 64, 128, 192, 256, 1000, 4096, RAM_BYTES, 0xffffffff]);
}

export function command(random: Random): number {
  const codec = pick(random, [0, 0, 0, 1, 2, 2, 5, 15]);
  const nid = pick(random, [0, 1, 2, 2, 2, 3, 3, 4, random(256)]);
  switch (random(4)) {
    case 0:
      return command8(codec, nid, VERB_SET_STREAM_CHANNEL, (random(4) << 4) | (random(8) === 0 ? random(16) : 0));
    case 1:
      return command16(codec, nid, VERB_SET_CONVERTER_FORMAT, format(random));
    case 2:
      return command8(codec, nid, pick(random, [0x701, 0x705, 0x707, 0x708, 0x70c, 0x7ff]), random(256));
    default:
      return random(2 ** 32);
  }
}

export function format(random: Random): number {
  return random(6) === 0 ? random(0x10000) : pick(random, [0x0011, 0x4011, 0x0031, 0x1811, 0x0000, 0x0501, 0x083f]);
}

/** A plausible value for the register, or any. */
export function valueFor(random: Random, offset: number): number {
  if (offset === R.GCTL) return random(20) === 0 ? random(4) : 0x101;
  if (random(4) === 0) return anyValue(random);
  if (offset >= R.SD_BASE) {
    switch (offset % R.SD_STRIDE) {
      case R.SDnCTL:
        return (random(4) << R.SDnCTL_STRM_SHIFT) | pick(random, [0, 2, 0x1e, 0x1e, 0x1e, 1, 3, random(256)]);
      case R.SDnCBL:
        return length(random);
      case R.SDnLVI:
        return pick(random, [0, 1, 2, 7, 255, random(256)]);
      case R.SDnFMT:
        return format(random);
      case R.SDnBDPL:
        return address(random);
      case R.SDnBDPU:
        return random(20) === 0 ? anyValue(random) : 0;
    }
  }
  if (offset === R.CORBUBASE || offset === R.RIRBUBASE || offset === R.DPUBASE) {
    return random(20) === 0 ? anyValue(random) : 0;
  }
  if (offset === R.CORBLBASE || offset === R.RIRBLBASE) return address(random);
  if (offset === R.DPLBASE) return address(random) | random(2);
  if (offset === R.CORBRP) return random(3) === 0 ? R.CORBRP_RST : 0;
  if (offset === R.ICOI) return command(random);
  return anyValue(random);
}

export function descriptors(random: Random): number[] {
  const good = random(3) !== 0;
  return Array.from({ length: 1 + random(4) }, () =>
    good
      ? [random(RAM_BYTES - 0x800), 0, 1 + random(0x400), random(2)]
      : [address(random), random(30) === 0 ? 1 : 0, length(random), random(2)],
  ).flat();
}
