// Blocks between guest RAM and lanes, entry by entry (hda-hardware §3.6, §3.10). Whole blocks within an entry move where
// they lie; a block that straddles entries is put together, or taken apart, in the stream's gather buffer.
//
// The link gives a stream's blocks by the stream's cadence, the analogue side takes samples by its own since power-up.
// For outputs ⌈a + b⌉ ≤ ⌈a⌉ + ⌈b⌉ has the link at most one block ahead and never behind; for inputs stream.ts holds one
// block back where the phases differ. What is over stays with the stream, as bytes, whatever program runs meanwhile.

import { nextEntry } from './bdl.ts';
import { samplesAfter } from './clock.ts';
import { fromLanes } from './from-lanes.ts';
import { UNHEARD_LANE } from './layout.ts';
import { readable, writable, written } from './memory.ts';
import { IOC_PENDING, laneOf, STREAM_GATHERED, STREAM_HELD, Stream } from './stream.ts';
import { toLanes } from './to-lanes.ts';

/** Sends the blocks due over the link: what the analogue side takes by link frame `frame` is played, the rest is held. */
export function render(stream: Stream, frame: u64): void {
  const bytes = stream.due * stream.blockBytes;
  if (stream.denominator === 1 && stream.heard && bytes <= stream.left) {
    toLanes(stream, readable(stream.address, bytes), stream.due, 0);
    consume(stream, bytes);
    stream.moved = stream.due;
    return;
  }
  const taken = stream.denominator === 1 ? stream.due : analogueTakes(stream, frame);
  const held = min(stream.held, taken);
  const fresh = min(taken - held, stream.due);
  const played = play(stream, held, held + fresh);
  if (played < taken && stream.heard) silence(stream, played, taken);
  if (held) dropHeld(stream, held);
  stream.moved = played - held;
  if (stream.moved === fresh && fresh < stream.due) stream.moved += hold(stream, stream.due - fresh);
}

/** Takes the blocks due from the link into memory: first what is held, then from lanes; what is over is held. */
export function capture(stream: Stream, frame: u64): void {
  const bytes = stream.due * stream.blockBytes;
  if (stream.denominator === 1 && bytes <= stream.left) {
    fromLanes(stream, 0, stream.due, writable(stream.address));
    written(stream.address, bytes);
    consume(stream, bytes);
    stream.moved = stream.due;
    return;
  }
  const given = stream.denominator === 1 ? stream.due : analogueTakes(stream, frame);
  const held = min(stream.held, stream.due);
  stream.moved = 0;
  if (held && !scatter(stream, changetype<u32>(stream) + STREAM_HELD)) return;
  stream.moved = held + record(stream, stream.due - held, given);
  stream.held += given - stream.due;
}

/** Samples that the analogue side takes or gives until link frame `frame`. */
function analogueTakes(stream: Stream, frame: u64): u32 {
  const analogue = samplesAfter(frame, stream.numerator, stream.denominator);
  const samples = <u32>(analogue - stream.analogue);
  stream.analogue = analogue;
  return samples;
}

/** Puts `held` blocks and then blocks from memory into the lanes, `blocks` in all. Returns how many; fewer at an error. */
function play(stream: Stream, held: u32, blocks: u32): u32 {
  let frame: u32 = 0;
  while (frame < blocks) {
    let run = held;
    let bytes: u32 = 0;
    let source = changetype<u32>(stream) + STREAM_HELD;
    if (frame >= held) {
      if (!ready(stream)) break;
      run = wholeBlocks(stream, blocks - frame);
      bytes = run * stream.blockBytes;
      if (run === 0) {
        run = 1;
        source = changetype<u32>(stream) + STREAM_GATHERED;
        if (!gather(stream, source)) break;
      } else if (stream.heard) source = readable(stream.address, bytes);
    }
    if (stream.heard) toLanes(stream, source, run, frame);
    if (bytes) consume(stream, bytes);
    frame += run;
  }
  return frame;
}

/** Puts `blocks` of the lanes into memory and holds back the rest of `given`. Returns how many reached memory. */
function record(stream: Stream, blocks: u32, given: u32): u32 {
  let frame: u32 = 0;
  while (frame < given) {
    let run = given - frame;
    let bytes: u32 = 0;
    let to = changetype<u32>(stream) + STREAM_HELD;
    if (frame < blocks) {
      if (!ready(stream)) return frame;
      run = wholeBlocks(stream, blocks - frame);
      bytes = run * stream.blockBytes;
      if (run) to = writable(stream.address);
      else {
        run = 1;
        to = changetype<u32>(stream) + STREAM_GATHERED;
      }
    }
    fromLanes(stream, frame, run, to);
    if (bytes) {
      written(stream.address, bytes);
      consume(stream, bytes);
    } else if (frame < blocks && !scatter(stream, to)) return frame;
    frame += run;
  }
  return min(frame, blocks);
}

/** Blocks that went over the link before the analogue side takes them: at most one, and three from earlier runs. */
function hold(stream: Stream, blocks: u32): u32 {
  for (let i: u32 = 0; i < blocks; i++) {
    if (!gather(stream, changetype<u32>(stream) + STREAM_HELD + stream.held * stream.blockBytes)) return i;
    stream.held++;
  }
  return blocks;
}

function dropHeld(stream: Stream, blocks: u32): void {
  const at = changetype<u32>(stream) + STREAM_HELD;
  stream.held -= blocks;
  if (stream.held) memory.copy(at, at + blocks * stream.blockBytes, stream.held * stream.blockBytes);
}

/** How many of `blocks` lie whole in what is left of the entry. */
function wholeBlocks(stream: Stream, blocks: u32): u32 {
  if (blocks * stream.blockBytes <= stream.left) return blocks;
  return <u32>((<u64>stream.left * stream.reciprocal) >> 31);
}

/** Puts one block together at `to`. */
function gather(stream: Stream, to: u32): bool {
  for (let left = stream.blockBytes; left; ) {
    if (!ready(stream)) return false;
    const bytes = min(left, stream.left);
    memory.copy(to, readable(stream.address, bytes), bytes);
    consume(stream, bytes);
    to += bytes;
    left -= bytes;
  }
  return true;
}

/** Stores the block at `from`. */
function scatter(stream: Stream, from: u32): bool {
  for (let left = stream.blockBytes; left; ) {
    if (!ready(stream)) return false;
    const bytes = min(left, stream.left);
    memory.copy(writable(stream.address), from, bytes);
    written(stream.address, bytes);
    consume(stream, bytes);
    from += bytes;
    left -= bytes;
  }
  return true;
}

/** There is a byte left in the entry, or in the next. */
function ready(stream: Stream): bool {
  return stream.left !== 0 || nextEntry(stream);
}

function consume(stream: Stream, bytes: u32): void {
  stream.address += bytes;
  stream.left -= bytes;
  if (stream.left === 0 && stream.entry & IOC_PENDING) {
    stream.entry &= ~IOC_PENDING;
    stream.completed = 1;
  }
}

function silence(stream: Stream, from: u32, to: u32): void {
  for (let channel: u32 = 0; channel < stream.channels; channel++) {
    const lane = laneOf(stream, channel);
    if (lane !== UNHEARD_LANE) memory.fill(lane + (from << 2), 0, (to - from) << 2);
  }
}
