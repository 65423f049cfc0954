// One DMA engine (hda-hardware §2.4, §3.5): where it is in its list, its cadence, its format, who hears it.
// The controller decides when it runs; here it starts, holds and forgets.

import {
  SD_BASE,
  SD_MAX,
  SD_STRIDE,
  SDnCTL,
  SDnCTL_DIR,
  SDnCTL_STRM_SHIFT,
  SDnFMT,
  SDnLPIB,
} from '../src/hda/registers.ts';
import {
  BITS_8,
  BITS_16,
  FORMAT_BASE_44K1,
  FORMAT_WRITABLE,
  formatBitsCode,
  formatChannels,
  formatDivisor,
  formatMultiplier,
} from '../src/hda/stream-format.ts';
import { clock, samplesAfter } from './clock.ts';
import { count } from './counters.ts';
import {
  COUNTER_BLOCKS_DROPPED,
  LATCHED,
  LATCHED_BYTES,
  LATCHED_MAX,
  REGISTERS,
  STREAM_BYTES,
  STREAMS,
} from './layout.ts';

/**
 * +0    fields below
 * +128  lanes[16]         where each channel's samples go (output) or come from (input), set by plan.ts
 * +192  held blocks       4 x 64 bytes: moved over the link, not yet played (output) or not yet wanted (input)
 * +448  gathered block    64 bytes: one block put together from several entries
 */
@unmanaged
export class Stream {
  // The place in the descriptor list
  address: u64; // of the next byte
  left: u32; // bytes of the entry from there on; 0: the next entry is due
  entry: u32; // its index; with IOC_PENDING until the entry is done, if it asks for an interrupt
  latched: u32; // address of the entries that lookAhead latched for this segment: LATCHED_MAX
  latchedEnd: u32; // address behind them
  next: u32; // address of the next to begin
  // The cadence
  start: u64; // link frame at which RUN was set: the cadence begins here (§3.5)
  blocks: u64; // sent over the link since
  analogue: u64; // samples that a clock of this rate has given since power-up
  numerator: u32; // the cadence: blocks …
  denominator: u32; // … per link frames
  registers: u32; // address of SDnCTL
  format: u32; // SDnFMT as RUN found it; 0xffff: none yet
  channels: u32;
  blockBytes: u32;
  reciprocal: u32; // ⌈2^31 / blockBytes⌉: n / blockBytes = n · reciprocal >> 31 for every n < 2^25
  tag: u32; // 0: nobody listens or talks
  input: u32; // 1: into memory
  held: u32; // blocks held
  heard: u32; // output: channels that some converter plays, one bit each
  quads: u32; // output: channels whose lanes and the next three channels' follow one another
  due: u32; // blocks that this segment is to move …
  moved: u32; // … and has: fewer at a descriptor error
  completed: u32; // 1: an IOC entry was done in this segment
}

export const IOC_PENDING: u32 = 0x80000000;
/** Before the first entry: the one after 255 is always 0. */
const NO_ENTRY: u32 = 255;
export const STREAM_LANES: u32 = 128;
export const STREAM_HELD: u32 = 192;
export const STREAM_GATHERED: u32 = 448;
export const BLOCK_BYTES_MAX: u32 = 64;
const HELD_AT_START: u32 = 3;
const NO_FORMAT: u32 = 0xffff; // bit 7 of a format is always 0 (F1)

export function streamAt(n: u32): Stream {
  return changetype<Stream>(STREAMS + n * STREAM_BYTES);
}

/** Address of where channel `channel` goes or comes from. */
export function laneOf(stream: Stream, channel: u32): u32 {
  return load<u32>(changetype<u32>(stream) + STREAM_LANES + (channel << 2));
}

export function setLane(stream: Stream, channel: u32, lane: u32): void {
  store<u32>(changetype<u32>(stream) + STREAM_LANES + (channel << 2), lane);
}

/** Blocks per link frame, as a fraction: 48 kHz, or its 147/160, × MULT / DIV (§3.10). */
export function cadenceNumerator(format: u32): u32 {
  return formatMultiplier(format) * ((format & FORMAT_BASE_44K1) !== 0 ? 147 : 1);
}

export function cadenceDenominator(format: u32): u32 {
  return formatDivisor(format) * ((format & FORMAT_BASE_44K1) !== 0 ? 160 : 1);
}

/**
 * RUN was set and nothing holds the stream: it moves from the present link frame on. The cadence begins anew, the place
 * in the list stays (§3.5); SDnFMT and DIR are taken now and kept until the next start (D8, H33).
 */
export function startStream(n: u32): void {
  const time = clock();
  const stream = streamAt(n);
  if ((time.rendering | time.capturing) & (1 << n)) return;
  stream.registers = REGISTERS + SD_BASE + n * SD_STRIDE;
  const control = load<u32>(stream.registers + SDnCTL);
  const input: u32 = n < time.inputs || (n >= time.inputs + time.outputs && (control & SDnCTL_DIR) === 0) ? 1 : 0;
  const format = load<u16>(stream.registers + SDnFMT) & FORMAT_WRITABLE;
  if (format !== stream.format || input !== stream.input) setFormat(stream, format);
  stream.input = input;
  stream.tag = (control >>> SDnCTL_STRM_SHIFT) & 15;
  stream.start = time.frame;
  stream.blocks = 0;
  stream.analogue = samplesAfter(time.frame, stream.numerator, stream.denominator);
  if (input) {
    holdSilence(stream);
    time.capturing |= 1 << n;
  } else {
    holdAtMost(stream, HELD_AT_START);
    time.rendering |= 1 << n;
  }
  time.draining &= ~(1 << n);
  time.stale = 1;
}

/** RUN was cleared: everything stays where it is (D14). Blocks that went over the link are still played. */
export function stopStream(n: u32): void {
  const time = clock();
  const stream = streamAt(n);
  if (((time.rendering | time.capturing) & (1 << n)) === 0) return;
  if (time.rendering & (1 << n) && stream.held) time.draining |= 1 << n;
  time.rendering &= ~(1 << n);
  time.capturing &= ~(1 << n);
  stream.due = 0;
  time.stale = 1;
}

/** SRST: stopped, at the list's beginning, nothing held (§3.5). */
export function resetStream(n: u32): void {
  const stream = streamAt(n);
  stopStream(n);
  stream.latched = LATCHED + n * LATCHED_MAX * LATCHED_BYTES;
  stream.entry = NO_ENTRY;
  stream.left = 0;
  stream.held = 0;
  stream.format = NO_FORMAT;
  store<u32>(REGISTERS + SD_BASE + n * SD_STRIDE + SDnLPIB, 0);
}

export function resetStreams(): void {
  for (let n: u32 = 0; n < SD_MAX; n++) resetStream(n);
}

/**
 * MULT 4–7 (reserved) move ×5…×8 of the base rate and BITS 5–7 (reserved) 32-bit containers, as their fields spell;
 * such a stream moves memory and is silent (§4, F1, H31).
 */
function setFormat(stream: Stream, format: u32): void {
  const bits = formatBitsCode(format);
  const channels = formatChannels(format);
  const numerator = cadenceNumerator(format);
  const denominator = cadenceDenominator(format);
  const divisor = greatestCommonDivisor(numerator, denominator);
  stream.format = format;
  stream.channels = channels;
  stream.blockBytes = channels << (bits === BITS_8 ? 0 : bits === BITS_16 ? 1 : 2);
  stream.reciprocal = <u32>((0x80000000 + stream.blockBytes - 1) / stream.blockBytes);
  stream.numerator = numerator / divisor;
  stream.denominator = denominator / divisor;
  stream.held = 0;
}

/**
 * An input stream's cadence begins with a block, an analogue clock gives its next sample when its own phase says so: the
 * link may ask up to one block before there is one. Where the two phases differ the stream begins with one block of
 * silence, and from then on no sample is lost or repeated; where they agree, as at every multiple of 48 kHz, it has no delay.
 */
function holdSilence(stream: Stream): void {
  stream.held = (stream.start * stream.numerator) % stream.denominator !== 0 ? 1 : 0;
  const silence: u8 = formatBitsCode(stream.format) === BITS_8 ? 0x80 : 0;
  memory.fill(changetype<u32>(stream) + STREAM_HELD, silence, BLOCK_BYTES_MAX);
}

function holdAtMost(stream: Stream, blocks: u32): void {
  if (stream.held <= blocks) return;
  count(COUNTER_BLOCKS_DROPPED, stream.held - blocks);
  stream.held = blocks;
}

function greatestCommonDivisor(a: u32, b: u32): u32 {
  while (b) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}
