// Makes operations up: single ones at random, and now and then what a driver does, so that there is something to break.

import * as R from '../../src/hda/registers.ts';
import { command8, VERB_SET_STREAM_CHANNEL } from '../../src/hda/verbs.ts';
import { CORB, LISTS, RIRB } from '../support/guest.ts';
import {
  address,
  anyValue,
  command,
  descriptors,
  format,
  OFFSETS,
  type Operation,
  pick,
  type Random,
  STREAMS,
  valueFor,
  WIDTHS,
} from './operations.ts';

export class Generator {
  readonly #random: Random;
  /** Operations of a driver's sequence that have not been handed out yet, last first. */
  #waiting: Operation[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Operation {
    const random = this.#random;
    if (this.#waiting.length === 0 && random(30) === 0) this.#waiting = this.#sequence().reverse();
    // A sequence is seldom undisturbed.
    const planned = random(12) === 0 ? undefined : this.#waiting.pop();
    return planned ?? this.#single();
  }

  #single(): Operation {
    const random = this.#random;
    const kind = random(100);
    if (kind < 42) return this.#write();
    if (kind < 50) {
      return ['read', random(3) === 0 ? random(R.BAR_BYTES + 8) : pick(random, OFFSETS), pick(random, WIDTHS)];
    }
    if (kind < 56) return ['memory', address(random) & 0xfff0, descriptors(random)];
    if (kind < 62) return this.#commands();
    if (kind < 70) return ['write', R.CORBWP, 2, random(256)];
    if (kind < 94) {
      const frames = pick(random, [0, 0, 1, 1, 2, 5, 12, 26]);
      return ['time', random(40) === 0 ? random(64 * 500) : frames * 500 + (random(3) === 0 ? random(500) : 0)];
    }
    if (kind < 97) return ['plug', pick(random, [0, 2]), pick(random, [4, 5]), random(2) === 0];
    if (kind < 99) return ['listener', pick(random, [0, 1, 2])];
    if (random(20) === 0) return ['save'];
    const offset = random(4) === 0 ? random(0x108) : pick(random, [0x04, 0x10, 0x44, 0x54]);
    const mishap: Operation = ['pci', offset, pick(random, WIDTHS), anyValue(random)];
    this.#waiting.unshift(['pci', 0x04, 2, 0x0006], ['pci', 0x54, 2, 0]);
    return mishap;
  }

  #write(): Operation {
    const random = this.#random;
    const start = pick(random, OFFSETS);
    if (start === R.GCTL && random(4) !== 0) return ['write', R.GCTL, 4, 0x101];
    const offset = random(12) === 0 ? random(R.BAR_BYTES + 8) : start + (random(8) === 0 ? random(4) : 0);
    return ['write', offset, pick(random, WIDTHS), valueFor(random, start)];
  }

  #commands(): Operation {
    const random = this.#random;
    const words = Array.from({ length: 1 + random(6) }, () => command(random));
    return ['memory', CORB + 4 * random(250), words];
  }

  #sequence(): Operation[] {
    switch (this.#random(5)) {
      case 0:
        return [['write', R.GCTL, 4, 0], ...this.#start()];
      case 1:
        return this.#start();
      default:
        return this.#stream();
    }
  }

  /** Out of reset, codecs found, rings running, every interrupt enabled, converters listening. */
  #start(): Operation[] {
    const random = this.#random;
    const listen = [2, 3].map((nid) => command8(0, nid, VERB_SET_STREAM_CHANNEL, (1 + random(3)) << 4));
    const unsolicited = command8(0, 4, 0x708, 0x80 | random(64));
    return [
      ['pci', 0x04, 2, 0x0006],
      ['pci', 0x54, 2, 0],
      ['write', R.GCTL, 4, 0x101],
      ['time', 25 * 500],
      ['write', R.CORBUBASE, 4, 0],
      ['write', R.RIRBUBASE, 4, 0],
      ['write', R.CORBLBASE, 4, CORB],
      ['write', R.RIRBLBASE, 4, RIRB],
      ['write', R.CORBSIZE, 1, random(3)],
      ['write', R.RIRBSIZE, 1, random(3)],
      ['write', R.CORBRP, 2, R.CORBRP_RST],
      ['write', R.CORBWP, 2, 0],
      ['memory', CORB, [unsolicited, unsolicited, ...listen, ...Array.from({ length: 60 }, () => command(random))]],
      ['write', R.CORBRP, 2, 0],
      ['write', R.RINTCNT, 2, pick(random, [0, 1, 1, 3, 255])],
      ['write', R.RIRBCTL, 1, 7],
      ['write', R.CORBCTL, 1, 3],
      ['write', R.INTCTL, 4, 0xffffffff],
      ['write', R.WAKEEN, 2, random(2) * 0x7fff],
      ['write', R.GCTL, 4, 0x101],
      ['write', R.CORBWP, 2, 1 + random(12)],
    ];
  }

  /** A stream set up and run, as a driver would, with a list that may be anything. */
  #stream(): Operation[] {
    const random = this.#random;
    const n = random(STREAMS);
    const base = R.SD_BASE + R.SD_STRIDE * n;
    const list = descriptors(random);
    const tag = (1 + random(3)) << R.SDnCTL_STRM_SHIFT;
    const direction = random(2) * R.SDnCTL_DIR;
    return [
      ['write', base, 1, R.SDnCTL_SRST],
      ['write', base, 1, 0],
      ['memory', LISTS + 0x400 * n, list],
      ['write', base + R.SDnBDPL, 4, LISTS + 0x400 * n],
      ['write', base + R.SDnBDPU, 4, 0],
      ['write', base + R.SDnLVI, 2, Math.max(0, list.length / 4 - 1)],
      ['write', base + R.SDnCBL, 4, pick(random, [64, 256, 1000, 4096])],
      ['write', base + R.SDnFMT, 2, format(random)],
      ['write', base, 4, tag | direction | 0x1e],
      ['time', 500 * (1 + random(20))],
    ];
  }
}
