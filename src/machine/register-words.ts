// Registers for people: name, value, and what its bits say (hda-hardware §2).

import { decodeFormat } from '../hda/pcm.ts';
import { REGISTERS, STREAM_REGISTERS } from '../hda/register-table.ts';
import { SD_BASE, SD_STRIDE } from '../hda/registers.ts';

export interface DescribedRegister {
  /** `GCTL`, `SD4CTL` */
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  readonly value: number;
  /** `CRST, UNSOL`; empty where the number says all. */
  readonly words: string;
}

type Bits = readonly (readonly [bit: number, name: string])[];

const BITS: Readonly<Record<string, Bits>> = {
  GCTL: [
    [0, 'CRST'],
    [1, 'FCNTRL'],
    [8, 'UNSOL'],
  ],
  GSTS: [[1, 'FSTS']],
  CORBCTL: [
    [0, 'CMEIE'],
    [1, 'RUN'],
  ],
  CORBSTS: [[0, 'CMEI']],
  CORBRP: [[15, 'RST']],
  RIRBCTL: [
    [0, 'RINTCTL'],
    [1, 'DMAEN'],
    [2, 'OIC'],
  ],
  RIRBSTS: [
    [0, 'RINTFL'],
    [2, 'OIS'],
  ],
  ICIS: [
    [0, 'ICB'],
    [1, 'IRV'],
  ],
  DPLBASE: [[0, 'enabled']],
  SDnCTL: [
    [0, 'SRST'],
    [1, 'RUN'],
    [2, 'IOCE'],
    [3, 'FEIE'],
    [4, 'DEIE'],
    [18, 'TP'],
    [19, 'DIR'],
  ],
  SDnSTS: [
    [2, 'BCIS'],
    [3, 'FIFOE'],
    [4, 'DESE'],
    [5, 'FIFORDY'],
  ],
};

const WORDS: Readonly<Record<string, (value: number) => string>> = {
  GCAP: (value) => `${value >>> 12} out, ${(value >>> 8) & 15} in, ${(value >>> 3) & 31} bidirectional`,
  STATESTS: (value) => numbered('codec', value, 15),
  WAKEEN: (value) => numbered('codec', value, 15),
  INTCTL: (value) => [...globals(value, 'GIE', 'CIE'), numbered('stream', value, 30)].filter(Boolean).join(', '),
  INTSTS: (value) => [...globals(value, 'GIS', 'CIS'), numbered('stream', value, 30)].filter(Boolean).join(', '),
  SSYNC: (value) => numbered('stream', value, 30),
  SDnCTL: (value) => `tag ${(value >>> 20) & 15}`,
  SDnFMT: (value) => {
    const format = decodeFormat(value);
    return format ? `${format.rateHz} Hz, ${format.bits} bits, ${format.channels} channels` : 'reserved';
  },
};

function globals(value: number, high: string, next: string): string[] {
  return [...((value & 0x80000000) !== 0 ? [high] : []), ...((value & 0x40000000) !== 0 ? [next] : [])];
}

function numbered(what: string, value: number, count: number): string {
  const set = Array.from({ length: count }, (_, n) => n).filter((n) => ((value >>> n) & 1) !== 0);
  return set.length > 0 ? `${what} ${set.join(' ')}` : '';
}

/** All registers of an Inspection, streams after the globals, each once. */
export function describeRegisters(registers: Uint8Array): DescribedRegister[] {
  const view = new DataView(registers.buffer, registers.byteOffset, registers.byteLength);
  const streams = Math.floor((registers.length - SD_BASE) / SD_STRIDE);
  const rows = [
    ...REGISTERS.map((row) => ({ row, name: row.name, offset: row.offset })),
    ...Array.from({ length: streams }, (_, n) =>
      STREAM_REGISTERS.map((row) => {
        return { row, name: row.name.replace('SDn', `SD${n}`), offset: SD_BASE + SD_STRIDE * n + row.offset };
      }),
    ).flat(),
  ];
  return rows.map(({ row, name, offset }) => {
    let value = 0;
    for (let byte = 0; byte < row.bytes; byte++) value += view.getUint8(offset + byte) * 2 ** (8 * byte);
    const bits = (BITS[row.name] ?? []).filter(([bit]) => ((value / 2 ** bit) & 1) !== 0).map(([, bit]) => bit);
    const words = [...bits, WORDS[row.name]?.(value) ?? ''].filter(Boolean).join(', ');
    return { name, offset, bytes: row.bytes, value, words };
  });
}
