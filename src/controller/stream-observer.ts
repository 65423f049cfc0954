// For the record: which descriptors a stream took and finished. Streams move inside the core, which tells nobody; while
// somebody listens the device goes frame by frame, and what each stream did is read off its place before and after.

import {
  STREAM_BYTES,
  STREAM_PLACE_BLOCK_BYTES,
  STREAM_PLACE_BLOCKS,
  STREAM_PLACE_ENTRY,
  STREAM_PLACE_LEFT,
  STREAMS,
} from '../../assembly/layout.ts';
import { BDL_ADDRESS_LOW, BDL_ENTRY_BYTES, BDL_FLAGS, BDL_IOC, BDL_LENGTH } from '../hda/bdl.ts';
import { SD_BASE, SD_STRIDE, SDnBDPL, SDnLVI, SDnSTS, SDnSTS_DESE } from '../hda/registers.ts';
import type { Core } from './core.ts';
import type { Recorder } from './record.ts';
import type { RegisterFile } from './register-file.ts';

// Bit 31 says that the entry's interrupt is still due; before the first entry the rest is all ones.
const ENTRY_INDEX = 0x7fffffff;

interface Place {
  readonly left: number;
  readonly entry: number;
  readonly blocks: number;
  readonly faulted: boolean;
}

export class StreamObserver {
  readonly #core: Core;
  readonly #registers: RegisterFile;
  readonly #recorder: Recorder;
  readonly #count: number;
  #before: Place[] = [];

  constructor(core: Core, registers: RegisterFile, count: number, recorder: Recorder) {
    this.#core = core;
    this.#registers = registers;
    this.#count = count;
    this.#recorder = recorder;
  }

  /** Notes where the streams stand. */
  note(): void {
    this.#before = Array.from({ length: this.#count }, (_, n) => this.#place(n));
  }

  /** Tells what they did since. */
  report(): void {
    this.#before.forEach((before, n) => {
      const after = this.#place(n);
      if (after.blocks > before.blocks) this.#walk(n, before, after);
      if (after.faulted && !before.faulted) this.#recorder.emit({ kind: 'descriptorFault', stream: n });
    });
    this.#before = [];
  }

  #record(n: number): DataView {
    return new DataView(this.#core.registers.buffer, STREAMS + n * STREAM_BYTES, STREAM_BYTES);
  }

  #place(n: number): Place {
    const record = this.#record(n);
    return {
      left: record.getUint32(STREAM_PLACE_LEFT, true),
      entry: record.getUint32(STREAM_PLACE_ENTRY, true) & ENTRY_INDEX,
      blocks: Number(record.getBigUint64(STREAM_PLACE_BLOCKS, true)),
      faulted: (this.#registers.get8(SD_BASE + SD_STRIDE * n + SDnSTS) & SDnSTS_DESE) !== 0,
    };
  }

  /** The way from one place to the other, entry by entry, as the list is now. */
  #walk(stream: number, before: Place, after: Place): void {
    const last = this.#registers.get8(SD_BASE + SD_STRIDE * stream + SDnLVI);
    let { left, entry } = before;
    let bytes = (after.blocks - before.blocks) * this.#record(stream).getUint32(STREAM_PLACE_BLOCK_BYTES, true);
    for (let empty = 0; bytes > 0; ) {
      if (left === 0) {
        entry = entry >= last ? 0 : entry + 1;
        const descriptor = this.#descriptor(stream, entry);
        if (!descriptor || (descriptor.length === 0 && ++empty > last)) return;
        if (descriptor.length === 0) continue;
        empty = 0;
        left = descriptor.length;
        this.#recorder.emit({ kind: 'descriptor', stream, index: entry, ...descriptor });
      }
      const moved = Math.min(left, bytes);
      left -= moved;
      bytes -= moved;
      if (left === 0) this.#recorder.emit({ kind: 'fragment', stream, index: entry });
    }
  }

  #descriptor(stream: number, entry: number) {
    const at = this.#registers.getAddress(SD_BASE + SD_STRIDE * stream + SDnBDPL) + entry * BDL_ENTRY_BYTES;
    if (at + BDL_ENTRY_BYTES > this.#core.memory.bytes) return null;
    const bytes = this.#core.memory.read(at, BDL_ENTRY_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return {
      address: Number(view.getBigUint64(BDL_ADDRESS_LOW, true)),
      length: view.getUint32(BDL_LENGTH, true),
      interruptOnCompletion: (view.getUint32(BDL_FLAGS, true) & BDL_IOC) !== 0,
    };
  }
}
