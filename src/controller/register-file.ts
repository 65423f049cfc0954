// The register page as three images: values, writable bits and write-1-to-clear bits (hda-hardware §2, style §4).

import { REGISTERS, type RegisterRow, STREAM_REGISTERS } from '../hda/register-table.ts';
import {
  CORBSIZE,
  GCAP,
  GCAP_64OK,
  INTCTL,
  INTCTL_CIE,
  INTCTL_GIE,
  RIRBSIZE,
  SD_BASE,
  SD_STRIDE,
  SDnCTL,
  SDnCTL_DIR,
  SDnFIFOS,
  SSYNC,
  SSYNC_ICH6,
} from '../hda/registers.ts';
import { REGISTER_PAGE_BYTES, type RingEntries, type StreamCounts, streamCount } from './options.ts';

const RING_CAPABILITY: Record<RingEntries, number> = { 2: 0x10, 16: 0x20, 256: 0x40 };
const RING_CODE: Record<RingEntries, number> = { 2: 0, 16: 1, 256: 2 };

/** The rule of every register, on one byte lane. */
export function mergeLane(old: number, data: number, writable: number, clears: number): number {
  return ((old & ~writable) | (data & writable)) & ~(data & clears) & 0xff;
}

/** The rows of this controller at absolute offsets; GCAP, stream masks and ring sizes follow its options. */
export function registerRows(streams: StreamCounts, rings: readonly RingEntries[]): RegisterRow[] {
  const count = streamCount(streams);
  const streamMask = 2 ** count - 1;
  const capability = rings.reduce<number>((bits, size) => bits | RING_CAPABILITY[size], 0);
  const ringReset = capability | RING_CODE[rings.reduce((a, b) => (a > b ? a : b))];
  const gcap = (streams.output << 12) | (streams.input << 8) | (streams.bidirectional << 3) | GCAP_64OK;

  const adapted: Partial<Record<number, Partial<RegisterRow>>> = {
    [GCAP]: { reset: gcap },
    [INTCTL]: { writable: (INTCTL_GIE | INTCTL_CIE | streamMask) >>> 0 },
    [SSYNC_ICH6]: { writable: streamMask },
    [CORBSIZE]: { reset: ringReset, writable: rings.length > 1 ? 3 : 0 },
    [RIRBSIZE]: { reset: ringReset, writable: rings.length > 1 ? 3 : 0 },
  };
  // 38h is the register at 34h under its second name (§2.1 DECISION): locate() leads there.
  const rows = REGISTERS.filter((row) => row.offset !== SSYNC).map((row) => ({ ...row, ...adapted[row.offset] }));

  for (let n = 0; n < count; n++) {
    const bidirectional = n >= streams.input + streams.output;
    for (const row of STREAM_REGISTERS) {
      const own: Partial<RegisterRow> = {};
      // DIR exists on bidirectional engines only; the others ignore it (§3.5).
      if (row.offset === SDnCTL && !bidirectional) Object.assign(own, { writable: row.writable & ~SDnCTL_DIR });
      if (row.offset === SDnFIFOS && n >= streams.input) Object.assign(own, { writable: 0xff }); // ICH: output RW
      const offset = SD_BASE + SD_STRIDE * n + row.offset;
      rows.push({ ...row, ...own, name: row.name.replace('SDn', `SD${n}`), offset });
    }
  }
  return rows;
}

export class RegisterFile {
  /** Value image, shared with the core. */
  readonly values: Uint8Array;
  readonly #view: DataView;
  readonly #rows: readonly RegisterRow[];
  readonly #reset = new Uint8Array(REGISTER_PAGE_BYTES);
  readonly #writable = new Uint8Array(REGISTER_PAGE_BYTES);
  readonly #clears = new Uint8Array(REGISTER_PAGE_BYTES);
  readonly #sticky = new Uint8Array(REGISTER_PAGE_BYTES);

  constructor(values: Uint8Array, rows: readonly RegisterRow[]) {
    this.values = values;
    this.#view = new DataView(values.buffer, values.byteOffset, values.byteLength);
    this.#rows = rows;
    for (const row of rows) {
      for (let lane = 0; lane < row.bytes; lane++) {
        this.#reset[row.offset + lane] = row.reset >>> (8 * lane);
        this.#writable[row.offset + lane] = row.writable >>> (8 * lane);
        this.#clears[row.offset + lane] = row.clears >>> (8 * lane);
        this.#sticky[row.offset + lane] = row.sticky ? 0xff : 0;
      }
    }
    values.set(this.#reset);
  }

  /** Reset values, but for the resume well (§2.1 «sticky»). */
  reset(): void {
    for (let at = 0; at < REGISTER_PAGE_BYTES; at++) {
      if (this.#sticky[at] === 0) this.values[at] = this.#reset[at] as number;
    }
  }

  /** Reset values of the bytes from `offset` on. */
  resetRange(offset: number, bytes: number): void {
    this.values.set(this.#reset.subarray(offset, offset + bytes), offset);
  }

  /** Writes one byte by the rule; returns what was there. */
  merge(lane: number, data: number): number {
    const old = this.values[lane] as number;
    this.values[lane] = mergeLane(old, data, this.#writable[lane] as number, this.#clears[lane] as number);
    return old;
  }

  get8(offset: number): number {
    return this.values[offset] as number;
  }

  get16(offset: number): number {
    return this.#view.getUint16(offset, true);
  }

  get32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }

  set8(offset: number, value: number): void {
    this.values[offset] = value;
  }

  set16(offset: number, value: number): void {
    this.#view.setUint16(offset, value, true);
  }

  set32(offset: number, value: number): void {
    this.#view.setUint32(offset, value, true);
  }

  /** The bus address in a register and the one above it; exact below 2^53, and beyond that outside any RAM. */
  getAddress(low: number): number {
    return this.get32(low + 4) * 2 ** 32 + this.get32(low);
  }

  /** Name of the register that holds this byte of the page, or null for a hole. */
  nameAt(lane: number): string | null {
    return this.#rows.find((row) => lane >= row.offset && lane < row.offset + row.bytes)?.name ?? null;
  }
}
