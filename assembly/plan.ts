// Which stream's channel goes to which lane, from stream tags, formats and converters (hda-hardware §3.5, §4). Worked out
// anew when the program, a running stream, a format or a tag has changed; between changes the tick only follows it.

import { FORMAT_BITS_SHIFT, FORMAT_NON_PCM, formatIsReserved } from '../src/hda/stream-format.ts';
import { Clock, clock } from './clock.ts';
import { count } from './counters.ts';
import {
  CONVERTER_BYTES,
  CONVERTER_CHANNEL,
  CONVERTER_FORMAT,
  CONVERTER_LANE_COUNT,
  CONVERTER_LANES,
  CONVERTER_RATE,
  CONVERTER_TAG,
  COPIES,
  COUNTER_FORMAT_MISMATCH,
  COUNTER_RATE_MISMATCH,
  INPUTS,
  LANE_BYTES,
  MIX_BYTES,
  OUTPUTS,
  SILENT_LANE,
  UNHEARD_LANE,
} from './layout.ts';
import { Mix, Program, program, Rate } from './program.ts';
import { cadenceDenominator, cadenceNumerator, laneOf, Stream, setLane, streamAt } from './stream.ts';

const BITS_FIELD: u32 = 7 << FORMAT_BITS_SHIFT;

/** Works out the lanes of every stream, the copies and the silent lanes. Cost: O(streams + converters · 16). */
export function plan(): void {
  const time = clock();
  const table = program();
  time.stale = 0;
  table.copies = 0;
  table.rateMismatches = 0;
  table.formatMismatches = 0;
  for (let active = time.rendering | time.capturing | time.draining; active; active &= active - 1) {
    const stream = streamAt(ctz(active));
    stream.heard = 0;
    for (let channel: u32 = 0; channel < 16; channel++) {
      setLane(stream, channel, stream.input ? SILENT_LANE : UNHEARD_LANE);
    }
  }
  for (let i: u32 = 0; i < table.outputs; i++) planOutput(time, table, OUTPUTS + i * CONVERTER_BYTES);
  for (let i: u32 = 0; i < table.inputs; i++) planInput(time, table, INPUTS + i * CONVERTER_BYTES);
  for (let active = time.rendering | time.draining; active; active &= active - 1) findQuads(streamAt(ctz(active)));
}

/** Four channels whose lanes follow one another are converted at once (to-lanes.ts). */
function findQuads(stream: Stream): void {
  stream.quads = 0;
  for (let channel: u32 = 0; channel + 3 < stream.channels; channel++) {
    const lane = laneOf(stream, channel);
    let adjacent = true;
    for (let i: u32 = 1; i < 4; i++) adjacent = adjacent && laneOf(stream, channel + i) === lane + i * LANE_BYTES;
    if (adjacent) stream.quads |= 1 << channel;
  }
}

/** Once a link frame and converter that is silent because its format or rate is not the stream's. */
export function countMismatches(frames: u32): void {
  const table = program();
  if (table.formatMismatches) count(COUNTER_FORMAT_MISMATCH, table.formatMismatches * frames);
  if (table.rateMismatches) count(COUNTER_RATE_MISMATCH, table.rateMismatches * frames);
}

/** A converter that listens: its lanes get the stream's channels, of a one-channel stream all the same; else silence. */
function planOutput(time: Clock, table: Program, converter: u32): void {
  const tag = load<u32>(converter + CONVERTER_TAG);
  const first = load<u32>(converter + CONVERTER_CHANNEL);
  const rate = load<u32>(converter + CONVERTER_RATE);
  const lanes = load<u32>(converter + CONVERTER_LANE_COUNT);
  let n = streamOfTag(time.rendering, tag);
  if (n < 0) n = streamOfTag(time.draining, tag);
  const agrees = n >= 0 && agree(table, streamAt(n), converter);
  for (let i: u32 = 0; i < lanes; i++) {
    const lane = load<u32>(converter + CONVERTER_LANES + (i << 2));
    const stream = streamAt(max(n, 0));
    const channel = agrees && stream.channels === 1 ? first : first + i;
    if (!agrees || channel >= stream.channels) {
      memory.fill(lane, 0, LANE_BYTES);
      continue;
    }
    stream.heard |= 1 << channel;
    const heard = laneOf(stream, channel);
    if (heard === UNHEARD_LANE) setLane(stream, channel, lane);
    else copy(table, lane, heard, rate);
  }
}

/** A converter that talks: its lanes become channels of the stream from its first on, where no other talks already. */
function planInput(time: Clock, table: Program, converter: u32): void {
  const first = load<u32>(converter + CONVERTER_CHANNEL);
  const lanes = load<u32>(converter + CONVERTER_LANE_COUNT);
  const n = streamOfTag(time.capturing, load<u32>(converter + CONVERTER_TAG));
  if (n < 0) return;
  const stream = streamAt(n);
  if (!agree(table, stream, converter)) return;
  for (let i: u32 = 0; i < lanes && first + i < stream.channels; i++) {
    if (laneOf(stream, first + i) === SILENT_LANE) {
      setLane(stream, first + i, load<u32>(converter + CONVERTER_LANES + (i << 2)));
    }
  }
}

/** Of several streams of one direction with one tag the lowest is heard (§3.5); tag 0 is nobody's. −1: none. */
function streamOfTag(streams: u32, tag: u32): i32 {
  if (tag === 0) return -1;
  for (; streams; streams &= streams - 1) {
    const n = ctz(streams);
    if (streamAt(n).tag === tag) return n;
  }
  return -1;
}

/** Format words agree in type (PCM), size and rate, and the converter runs at its lanes' rate; else it is counted. */
function agree(table: Program, stream: Stream, converter: u32): bool {
  const format = load<u32>(converter + CONVERTER_FORMAT);
  const rate = changetype<Rate>(load<u32>(converter + CONVERTER_RATE));
  if (
    ((format | stream.format) & FORMAT_NON_PCM) !== 0 ||
    ((format ^ stream.format) & BITS_FIELD) !== 0 ||
    formatIsReserved(format) ||
    formatIsReserved(stream.format)
  ) {
    table.formatMismatches++;
    return false;
  }
  const numerator = cadenceNumerator(format);
  const denominator = cadenceDenominator(format);
  if (numerator * stream.denominator !== stream.numerator * denominator) {
    table.formatMismatches++;
    return false;
  }
  if (<u64>numerator * rate.denominator !== <u64>rate.numerator * denominator) {
    table.rateMismatches++;
    return false;
  }
  return true;
}

function copy(table: Program, into: u32, from: u32, rate: u32): void {
  const row = changetype<Mix>(COPIES + table.copies * MIX_BYTES);
  row.into = into;
  row.from = from | 1;
  row.gain = 1;
  row.rate = rate;
  table.copies++;
}
