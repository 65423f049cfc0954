// One call moves the whole device (hda-hardware §3.5–3.10) by one segment: from now to the target, or to the first link
// frame at which a status bit newly sets, so that the guest hears of it on its frame.

import { SDnCTL, SDnCTL_RUN, SDnCTL_STRM_SHIFT, SDnSTS, SDnSTS_BCIS, SDnSTS_DESE } from '../src/hda/registers.ts';
import { TICKS_PER_FRAME } from '../src/hda/timing.ts';
import { entriesBegun, lookAhead, NEVER } from './bdl.ts';
import { Clock, clock, samplesAfter } from './clock.ts';
import { count } from './counters.ts';
import { COUNTER_DESCRIPTOR_FAULTS, COUNTER_DESCRIPTORS, SEGMENT_FRAMES } from './layout.ts';
import { countMismatches, plan } from './plan.ts';
import { moveLpib, writePosition } from './position.ts';
import { advanceRates, runProgram } from './program.ts';
import { Stream, stopStream, streamAt } from './stream.ts';
import { capture, render } from './transfer.ts';

/**
 * Moves at most `ticks` link ticks and returns how many it moved: no further than the first link frame at which BCIS or
 * DESE of a stream sets while it is 0, at most SEGMENT_FRAMES link frames, and at most LATCHED_MAX entries of each stream;
 * never 0 of more than 0.
 * Order: outputs to lanes, the program, lanes to inputs; each stream's position before its status (§3.8).
 * Cost:  no allocation; O(lanes + entries begun), and both have a limit, whatever the guest wrote.
 */
export function advance(ticks: u32): u32 {
  const time = clock();
  let moved = min(ticks, SEGMENT_FRAMES * TICKS_PER_FRAME);
  let tick = time.tick + moved;
  let frames = tick / TICKS_PER_FRAME;
  tick -= frames * TICKS_PER_FRAME;
  if (frames) {
    const stop = firstStop(time, frames);
    if (stop <= frames) {
      frames = <u32>stop;
      tick = 0;
      moved = frames * TICKS_PER_FRAME - time.tick;
      for (let running = time.rendering | time.capturing; running; running &= running - 1)
        aim(streamAt(ctz(running)), time.frame + frames);
    }
  }
  time.frame += frames;
  time.tick = tick;
  time.now += moved;
  advanceRates(time.frame);
  if (frames) move(time, frames);
  return moved;
}

/** How many ticks advance() moves at most; u32.MAX_VALUE while no stream moves. Moves nothing. */
export function ticksToEvent(): u32 {
  const time = clock();
  if (!(time.rendering | time.capturing)) return u32.MAX_VALUE;
  return <u32>min<u64>(firstStop(time, SEGMENT_FRAMES), SEGMENT_FRAMES) * TICKS_PER_FRAME - time.tick;
}

/** Which of the next `frames` link frames, counted from 1, is the last that a call can move; NEVER: more than those. */
function firstStop(time: Clock, frames: u32): u64 {
  const frame = time.frame + frames;
  let first = NEVER;
  for (let running = time.rendering | time.capturing; running; running &= running - 1) {
    const stream = streamAt(ctz(running));
    followTag(time, stream);
    aim(stream, frame);
    const due = stream.due * stream.blockBytes;
    if (stream.left > due) continue; // the entry holds all of it
    const stop = lookAhead(stream, due);
    if (stop !== NEVER) first = min(first, stream.start + stop - time.frame);
  }
  return first;
}

/** A tag written under RUN counts from the next segment on (D4). */
function followTag(time: Clock, stream: Stream): void {
  const tag = (load<u32>(stream.registers + SDnCTL) >>> SDnCTL_STRM_SHIFT) & 15;
  if (tag === stream.tag) return;
  stream.tag = tag;
  time.stale = 1;
}

/** What the stream owes the link at the end of link frame `frame`. */
function aim(stream: Stream, frame: u64): void {
  stream.due = <u32>(samplesAfter(frame - stream.start, stream.numerator, stream.denominator) - stream.blocks);
}

/** Outputs to lanes, the program, lanes to inputs, then positions and status. */
function move(time: Clock, frames: u32): void {
  if (time.stale) plan();
  countMismatches(frames);
  const running = time.rendering | time.capturing;
  for (let active = time.rendering | time.draining; active; active &= active - 1)
    render(streamAt(ctz(active)), time.frame);
  runProgram();
  for (let active = time.capturing; active; active &= active - 1) capture(streamAt(ctz(active)), time.frame);
  if (time.draining) endDrained(time);
  for (let active = running; active; active &= active - 1) finish(ctz(active));
}

/** A stopped stream is silent once it holds nothing more. */
function endDrained(time: Clock): void {
  for (let active = time.draining; active; active &= active - 1) {
    if (streamAt(ctz(active)).held) continue;
    time.draining &= ~(1 << ctz(active));
    time.stale = 1;
  }
}

/** Position, then status: BCIS even where IOCE is 0; a descriptor error stops the stream (§3.7). */
function finish(n: u32): void {
  const stream = streamAt(n);
  stream.blocks += stream.moved;
  moveLpib(stream, stream.moved * stream.blockBytes);
  writePosition(stream, n);
  if (stream.next !== stream.latched) {
    count(COUNTER_DESCRIPTORS, entriesBegun(stream));
    stream.next = stream.latched;
  }
  if (stream.completed) {
    stream.completed = 0;
    setStatus(stream, SDnSTS_BCIS);
  }
  if (stream.moved === stream.due) return;
  setStatus(stream, SDnSTS_DESE);
  store<u8>(stream.registers + SDnCTL, load<u8>(stream.registers + SDnCTL) & ~SDnCTL_RUN);
  stopStream(n);
  count(COUNTER_DESCRIPTOR_FAULTS, 1);
}

function setStatus(stream: Stream, bit: u32): void {
  store<u8>(stream.registers + SDnSTS, load<u8>(stream.registers + SDnSTS) | bit);
}
