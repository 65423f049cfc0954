// Guest RAM: the only memory that DMA reaches. Every address comes from the guest and is checked here, as 64 bits with
// its length, before anything follows it (hda-hardware §3.6; hostile-inputs H5–H9). RAM lies in our own memory from
// GUEST_RAM on, or outside, in the embedder's, and then comes through STAGING one fragment at a time.

import { GUEST_RAM, RAM, STAGING } from './layout.ts';

@unmanaged
class Ram {
  bytes: u64;
  outside: u32;
}

/** Copies guest RAM to our memory; `address` and `bytes` are checked. Supplied by the host where RAM lies outside. */
declare function readOutside(address: f64, bytes: u32, to: u32): void;
/** Copies our memory to guest RAM. */
declare function writeOutside(address: f64, bytes: u32, from: u32): void;

function ram(): Ram {
  return changetype<Ram>(RAM);
}

export function setRam(bytes: u64, outside: bool): void {
  ram().bytes = bytes;
  ram().outside = outside ? 1 : 0;
}

/** Whether address…address + length − 1 lies in RAM; no sum here can wrap. */
export function inRam(address: u64, length: u64): bool {
  const bytes = ram().bytes;
  return length <= bytes && address <= bytes - length;
}

/** Where `bytes` (≤ STAGING_BYTES, in RAM) can be read until the next call. */
export function readable(address: u64, bytes: u32): u32 {
  return ram().outside ? staged(address, bytes) : GUEST_RAM + <u32>address;
}

function staged(address: u64, bytes: u32): u32 {
  readOutside(<f64>address, bytes, STAGING);
  return STAGING;
}

/** Where `bytes` for this address are to be put; written() follows. */
export function writable(address: u64): u32 {
  return ram().outside ? STAGING : GUEST_RAM + <u32>address;
}

/** What was put at writable(address) reaches RAM. */
export function written(address: u64, bytes: u32): void {
  if (ram().outside) writeOutside(<f64>address, bytes, STAGING);
}
