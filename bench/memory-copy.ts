// The floor: WebAssembly's own memory.copy of as many bytes as a tick gives out, in one piece.

import type { Contender } from './contender.ts';
import { bytesPerTick, type Workload } from './workloads.ts';

// (module (memory (export "m") 64) (func (export "c") (param i32 i32 i32) (memory.copy …)))
const MODULE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x07, 0x01, 0x60, 0x03, 0x7f, 0x7f, 0x7f, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x05, 0x04, 0x01, 0x00, 0xc0, 0x00],
  ...[0x07, 0x09, 0x02, 0x01, 0x63, 0x00, 0x00, 0x01, 0x6d, 0x02, 0x00],
  ...[0x0a, 0x0e, 0x01, 0x0c, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfc, 0x0a, 0x00, 0x00, 0x0b],
);
const FROM = 0x200000;

/** Outputs give float32 samples; inputs give containers. */
function outputBytes(workload: Workload): number {
  const output = workload.streams.reduce(
    (sum, load) => sum + (load.channels * load.rateHz * workload.linkFrames * (load.input ? load.bits / 8 : 4)) / 48000,
    0,
  );
  return Math.round(output);
}

export async function memoryCopyContender(workload: Workload): Promise<Contender> {
  const { instance } = await WebAssembly.instantiate(MODULE);
  const { c: copy, m } = instance.exports as {
    c: (to: number, from: number, bytes: number) => void;
    m: WebAssembly.Memory;
  };
  const memory = new Uint8Array(m.buffer);
  const bytes = outputBytes(workload);
  // As much source as the streams' buffers hold, so that the caches see the like.
  const source = Math.min(0x1f0000, Math.max(bytes, Math.round(bytesPerTick(workload) * 64)));
  for (let i = 0; i < source + bytes; i++) memory[FROM + i] = i * 7;
  let at = 0;
  return {
    tick() {
      copy(0, FROM + at, bytes);
      at = at + bytes >= source ? 0 : at + bytes;
    },
    result: () => [memory.slice(0, bytes)],
  };
}
