// Buffer descriptor list (hda-hardware §3.6). An entry is read from RAM when its first byte is due and kept until its last
// (H37: a change to it counts from the next time that it begins). A call to advance first latches, of every stream, the
// entries that begin within it: so it knows to the frame what will happen, and no entry fails while data moves.

import { BDL_ADDRESS_LOW, BDL_ALIGNMENT, BDL_ENTRY_BYTES, BDL_FLAGS, BDL_IOC, BDL_LENGTH } from '../src/hda/bdl.ts';
import { SDnBDPL, SDnLVI, SDnSTS, SDnSTS_BCIS } from '../src/hda/registers.ts';
import { frameOfSample, samplesAfter } from './clock.ts';
import { LATCHED_BYTES, LATCHED_MAX } from './layout.ts';
import { inRam, readable } from './memory.ts';
import { IOC_PENDING, Stream } from './stream.ts';

/** An entry as it was when it began; the fields that Stream begins with. */
@unmanaged
class Latched {
  address: u64;
  left: u32;
  entry: u32;
}

/** No stop within the segment. */
export const NEVER: u64 = u64.MAX_VALUE;

/**
 * Latches the entries that begin within the next `due` bytes. Returns the link frame, counted from the stream's start, at
 * whose end a status bit newly sets, because an entry is done or cannot be had, or beyond which more entries would be
 * needed than are kept; else NEVER.
 * An entry of length 0 is skipped and its IOC not honoured (§3.6). It cannot be had where list or buffer is not wholly in
 * RAM or every entry is empty: a descriptor error (§3.7). A BCIS that is set already stops nothing: completions merge.
 * Cost: at most LATCHED_MAX entries that hold a byte, and LVI empty ones before each.
 */
export function lookAhead(stream: Stream, due: u32): u64 {
  const registers = stream.registers;
  let listens = (load<u8>(registers + SDnSTS) & SDnSTS_BCIS) === 0;
  const last = <u32>load<u8>(registers + SDnLVI);
  const list = load<u64>(registers + SDnBDPL) & ~(<u64>(BDL_ALIGNMENT - 1));
  const end = stream.latched + LATCHED_MAX * LATCHED_BYTES;
  let entry = stream.entry;
  let bytes = stream.left;
  let next = stream.latched;
  let stop = NEVER;
  stream.next = next;
  stream.latchedEnd = next;
  while (bytes <= due) {
    if (entry & IOC_PENDING && listens) {
      stop = frameOf(stream, blocksIn(stream, bytes + stream.blockBytes - 1));
      due = bytesBy(stream, stop); // that link frame is moved whole
      listens = false;
    }
    if (bytes === due) break;
    if (next === end) return frameOf(stream, blocksIn(stream, bytes) + 1) - 1;
    entry &= ~IOC_PENDING;
    let length: u32 = 0;
    let descriptor: u32 = 0;
    for (let tries: u32 = 0; tries <= last && length === 0; tries++) {
      entry = entry + 1 > last ? 0 : entry + 1;
      const at = list + entry * BDL_ENTRY_BYTES;
      if (!inRam(list, BDL_ENTRY_BYTES) || !inRam(at, BDL_ENTRY_BYTES)) break; // the first keeps the sum from wrapping (H9)
      descriptor = readable(at, BDL_ENTRY_BYTES);
      length = load<u32>(descriptor + BDL_LENGTH);
    }
    if (length === 0) return frameOf(stream, blocksIn(stream, bytes) + 1);
    const address = load<u64>(descriptor + BDL_ADDRESS_LOW);
    if (!inRam(address, length)) return frameOf(stream, blocksIn(stream, bytes) + 1);
    if (load<u32>(descriptor + BDL_FLAGS) & BDL_IOC) entry |= IOC_PENDING;
    const latched = changetype<Latched>(next);
    latched.address = address;
    latched.left = length;
    latched.entry = entry;
    next += LATCHED_BYTES;
    stream.latchedEnd = next;
    bytes += min(length, due + 1);
  }
  return stop;
}

/** The next entry that lookAhead latched begins; false where it could not be had. */
export function nextEntry(stream: Stream): bool {
  if (stream.next === stream.latchedEnd) return false;
  const latched = changetype<Latched>(stream.next);
  stream.address = latched.address;
  stream.left = latched.left;
  stream.entry = latched.entry;
  stream.next += LATCHED_BYTES;
  return true;
}

/** How many of the latched entries have begun. */
export function entriesBegun(stream: Stream): u32 {
  return (stream.next - stream.latched) / LATCHED_BYTES;
}

/** The link frame after which the stream has sent `blocks` more. */
function frameOf(stream: Stream, blocks: u32): u64 {
  return frameOfSample(stream.blocks + blocks, stream.numerator, stream.denominator);
}

/** Bytes that the stream still sends until that link frame's end. */
function bytesBy(stream: Stream, frame: u64): u32 {
  return <u32>(samplesAfter(frame, stream.numerator, stream.denominator) - stream.blocks) * stream.blockBytes;
}

function blocksIn(stream: Stream, bytes: u32): u32 {
  return bytes / stream.blockBytes;
}
