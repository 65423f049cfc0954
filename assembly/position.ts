// Where a stream is, as the guest reads it: SDnLPIB and its slot in the position buffer (hda-hardware §3.8).

import { POSITION_SLOT_BYTES } from '../src/hda/bdl.ts';
import { DPLBASE, DPLBASE_ENABLE, SDnCBL, SDnLPIB } from '../src/hda/registers.ts';
import { count } from './counters.ts';
import { COUNTER_POSITION_FAULTS, REGISTERS } from './layout.ts';
import { inRam, writable, written } from './memory.ts';
import { Stream } from './stream.ts';

const BASE_MASK: u64 = ~127;

/**
 * LPIB counts whole blocks and wraps at CBL, whatever the list does (§3.6, D16). CBL 0 leaves it 0 (H28).
 * A CBL lowered under RUN counts from the next block on.
 */
export function moveLpib(stream: Stream, bytes: u32): void {
  const cbl = load<u32>(stream.registers + SDnCBL);
  let lpib = <u64>load<u32>(stream.registers + SDnLPIB) + bytes;
  if (lpib >= cbl) lpib = cbl ? lpib % cbl : 0;
  store<u32>(stream.registers + SDnLPIB, <u32>lpib);
}

/** While DPLBASE enables it, stream n's slot at base + 8n holds LPIB and a reserved 0; outside RAM it is counted (H6). */
export function writePosition(stream: Stream, n: u32): void {
  const base = load<u64>(REGISTERS + DPLBASE);
  if ((base & DPLBASE_ENABLE) === 0) return;
  const slot = (base & BASE_MASK) + n * POSITION_SLOT_BYTES;
  if (!inRam(slot, POSITION_SLOT_BYTES)) {
    count(COUNTER_POSITION_FAULTS, 1);
    return;
  }
  store<u64>(writable(slot), <u64>load<u32>(stream.registers + SDnLPIB));
  written(slot, POSITION_SLOT_BYTES);
}
