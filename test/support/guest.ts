// A guest that drives the controller by its registers alone, as an operating system's driver would.

import { BDL_ADDRESS_LOW, BDL_ENTRY_BYTES, BDL_FLAGS, BDL_IOC, BDL_LENGTH } from '../../src/hda/bdl.ts';
import * as R from '../../src/hda/registers.ts';
import { DISCOVERY_FRAMES } from '../../src/hda/timing.ts';
import { command8, command16 } from '../../src/hda/verbs.ts';
import type { Device } from '../../src/machine/device.ts';

export interface Entry {
  /** A bigint where a number is not exact. */
  readonly address: number | bigint;
  readonly length: number;
  readonly ioc?: boolean;
}

export interface StreamSetUp {
  readonly tag?: number;
  readonly format?: number;
  readonly entries: readonly Entry[];
  /** Default: the sum of the lengths. */
  readonly cyclicBufferBytes?: number;
  readonly lastValidIndex?: number;
  readonly list?: number;
}

export const CORB = 0x1000;
export const RIRB = 0x2000;
export const POSITIONS = 0x3000;
export const LISTS = 0x4000; // one page for each stream
export const BUFFERS = 0x40000;
export const RUN_AND_INTERRUPT = R.SDnCTL_RUN | R.SDnCTL_IOCE | R.SDnCTL_FEIE | R.SDnCTL_DEIE;

export class Guest {
  readonly device: Device;
  #corbWrite = 0;

  constructor(device: Device) {
    this.device = device;
  }

  read8(offset: number): number {
    return this.device.controller.read(offset, 1);
  }

  read16(offset: number): number {
    return this.device.controller.read(offset, 2);
  }

  read32(offset: number): number {
    return this.device.controller.read(offset, 4);
  }

  write8(offset: number, value: number): void {
    this.device.controller.write(offset, 1, value);
  }

  write16(offset: number, value: number): void {
    this.device.controller.write(offset, 2, value);
  }

  write32(offset: number, value: number): void {
    this.device.controller.write(offset, 4, value);
  }

  /** A 16-bit write as v86 delivers it: two bytes, low first, or the other way round. */
  writeBytes(offset: number, value: number, highFirst = false): void {
    const lanes = highFirst ? [1, 0] : [0, 1];
    for (const lane of lanes) this.write8(offset + lane, (value >>> (8 * lane)) & 0xff);
  }

  dword(address: number): number {
    return new DataView(this.device.memory.read(address, 4).buffer).getUint32(0, true);
  }

  setDword(address: number, value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    this.device.memory.write(address, bytes);
  }

  /** Conformance shorthand R: CRST 0→1, 25 frames; returns STATESTS. */
  reset(): number {
    this.write32(R.GCTL, 0);
    this.write32(R.GCTL, R.GCTL_CRST);
    this.device.advance(DISCOVERY_FRAMES);
    return this.read16(R.STATESTS);
  }

  /** Conformance shorthand C: R, then 256-entry rings running, RINTCNT = 1, RIRBCTL = 03h, unless said otherwise. */
  start({ responses = 1, rirbControl = R.RIRBCTL_DMAEN | R.RIRBCTL_RINTCTL } = {}): void {
    this.reset();
    this.write16(R.STATESTS, R.SDI_MASK);
    this.rings(responses, rirbControl);
  }

  /** Sets both rings up anew and runs them. */
  rings(responses = 1, rirbControl: number = R.RIRBCTL_DMAEN | R.RIRBCTL_RINTCTL): void {
    this.write8(R.CORBCTL, 0);
    this.write32(R.CORBLBASE, CORB);
    this.write16(R.CORBWP, 0);
    this.write16(R.CORBRP, R.CORBRP_RST);
    this.write16(R.CORBRP, 0);
    this.write8(R.CORBCTL, R.CORBCTL_RUN);
    this.#corbWrite = 0;
    this.write32(R.RIRBLBASE, RIRB);
    this.write16(R.RIRBWP, R.RIRBWP_RST);
    this.write16(R.RINTCNT, responses);
    this.write8(R.RIRBCTL, rirbControl);
  }

  /** Puts commands behind the last one and writes CORBWP once. */
  queue(...words: number[]): void {
    for (const word of words) {
      this.#corbWrite = (this.#corbWrite + 1) & 0xff;
      this.setDword(CORB + 4 * this.#corbWrite, word);
    }
    this.write16(R.CORBWP, this.#corbWrite);
  }

  /** RIRB entry at an index: response and its second dword. */
  entry(index: number): [response: number, extended: number] {
    return [this.dword(RIRB + 8 * index), this.dword(RIRB + 8 * index + 4)];
  }

  /** One command, its response. */
  ask(word: number): number {
    this.queue(word);
    return this.entry(this.read16(R.RIRBWP))[0];
  }

  verb(nid: number, verb: number, payload: number, codec = 0): number {
    return this.ask((verb < 16 ? command16 : command8)(codec, nid, verb, payload));
  }

  writeList(list: number, entries: readonly Entry[]): void {
    const bytes = new Uint8Array(entries.length * BDL_ENTRY_BYTES);
    const view = new DataView(bytes.buffer);
    entries.forEach((entry, index) => {
      const at = index * BDL_ENTRY_BYTES;
      view.setBigUint64(at + BDL_ADDRESS_LOW, BigInt(entry.address), true);
      view.setUint32(at + BDL_LENGTH, entry.length, true);
      view.setUint32(at + BDL_FLAGS, entry.ioc ? BDL_IOC : 0, true);
    });
    this.device.memory.write(list, bytes);
  }

  stream(index: number): GuestStream {
    return new GuestStream(this, index);
  }
}

export class GuestStream {
  readonly guest: Guest;
  readonly index: number;
  readonly base: number;

  constructor(guest: Guest, index: number) {
    this.guest = guest;
    this.index = index;
    this.base = R.SD_BASE + R.SD_STRIDE * index;
  }

  /** Conformance shorthand S(n), after R: list in memory, descriptor programmed, not yet running. */
  setUp(setUp: StreamSetUp): this {
    const { guest, base } = this;
    const { entries, tag = 1, format = 0x0011, list = LISTS + 0x1000 * this.index } = setUp;
    guest.writeList(list, entries);
    const sum = entries.reduce((bytes, entry) => bytes + entry.length, 0);
    guest.write8(base + R.SDnCTL + 2, tag << 4);
    guest.write32(base + R.SDnCBL, setUp.cyclicBufferBytes ?? sum);
    guest.write16(base + R.SDnLVI, setUp.lastValidIndex ?? entries.length - 1);
    guest.write16(base + R.SDnFMT, format);
    guest.write32(base + R.SDnBDPL, list % 2 ** 32);
    guest.write32(base + R.SDnBDPU, Math.floor(list / 2 ** 32));
    return this;
  }

  /** Halves of one buffer as two entries, IOC on the second: the plainest list. */
  setUpTwoEntries(bytes: number, setUp: Partial<StreamSetUp> = {}): this {
    const address = BUFFERS + 0x10000 * this.index;
    const entries = [
      { address, length: bytes },
      { address: address + bytes, length: bytes, ioc: true },
    ];
    return this.setUp({ entries, ...setUp });
  }

  run(control: number = RUN_AND_INTERRUPT): void {
    this.guest.write8(this.base + R.SDnCTL, control);
  }

  stop(): void {
    this.guest.write8(this.base + R.SDnCTL, 0);
  }

  acknowledge(): void {
    this.guest.write8(this.base + R.SDnSTS, R.SDnSTS_CAUSES);
  }

  get control(): number {
    return this.guest.read32(this.base + R.SDnCTL) & 0xffffff;
  }

  get status(): number {
    return this.guest.read8(this.base + R.SDnSTS);
  }

  get position(): number {
    return this.guest.read32(this.base + R.SDnLPIB);
  }
}
