// Node 1: moves allocation content between the segment and backing stores. Its packets name raw addresses, so only the
// kernel makes them (dxgk-render §3.6, §5.1).

import {
  DSP_PHYS_COPY,
  DSP_PHYS_FILL,
  ENGINE_MALFORMED,
  ENGINE_OK,
  PACKET_BYTES,
  PACKET_FLAGS,
  PACKET_OPCODE,
  PHYS_ADDRESS,
  PHYS_BYTES,
  PHYS_COPY_OUT,
  PHYS_LENGTH,
  PHYS_PATTERN,
  PHYS_STORE,
  PHYS_STORE_OFFSET,
} from '../../hda/dsp-packets.ts';
import type { BusMemory } from '../../port/device-port.ts';
import type { Executor } from './node.ts';
import { viewOf } from './stream.ts';

export class PagingEngine implements Executor {
  fault: number = ENGINE_OK;
  readonly #memory: BusMemory;
  readonly #stores: ReadonlyMap<number, Uint8Array>;

  /** `stores`: the backing stores by number, as packets name them. */
  constructor(memory: BusMemory, stores: ReadonlyMap<number, Uint8Array>) {
    this.#memory = memory;
    this.#stores = stores;
  }

  execute(start: number, end: number, packets: number): number {
    this.fault = ENGINE_OK;
    let at = start;
    for (let left = packets; at < end && left > 0; left--, at += PHYS_BYTES) {
      if (!this.#run(viewOf(this.#memory.read(at, PHYS_BYTES)))) {
        this.fault = ENGINE_MALFORMED;
        break;
      }
    }
    return at;
  }

  #run(packet: DataView): boolean {
    const u32 = (offset: number) => packet.getUint32(offset, true);
    const [address, length] = [u32(PHYS_ADDRESS), u32(PHYS_LENGTH)];
    if (u32(PACKET_BYTES) !== PHYS_BYTES || address + length > this.#memory.bytes) return false;
    switch (packet.getUint16(PACKET_OPCODE, true)) {
      case DSP_PHYS_FILL: {
        const words = new Uint32Array(length / 4).fill(u32(PHYS_PATTERN));
        this.#memory.write(address, new Uint8Array(words.buffer));
        return true;
      }
      case DSP_PHYS_COPY: {
        const store = this.#stores.get(u32(PHYS_STORE));
        const bytes = store?.subarray(u32(PHYS_STORE_OFFSET), u32(PHYS_STORE_OFFSET) + length);
        if (bytes?.length !== length) return false;
        if ((packet.getUint16(PACKET_FLAGS, true) & PHYS_COPY_OUT) !== 0) bytes.set(this.#memory.read(address, length));
        else this.#memory.write(address, bytes);
        return true;
      }
      default:
        return false;
    }
  }
}
