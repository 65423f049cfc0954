// The core's program: routes of all codecs, with lanes and rate domains numbered through (src/link/routes.ts), and how
// its tables are written (assembly/layout.ts).

import * as L from '../../assembly/layout.ts';
import { FRAME_HZ } from '../hda/timing.ts';
import type { ResamplerPlace, ResamplerPlaces } from './resamplers.ts';

export interface CoreProgram {
  ratesHz: readonly number[];
  lanes: number;
  outputs: readonly CoreConverter[];
  /** Lane −1 is silence. */
  inputs: readonly CoreConverter[];
  /** Between converters of one rate and lanes of another: of outputs before the mixes, of inputs after them. */
  resamplings?: readonly CoreResampling[];
  /** lane `into` = (first ? 0 : lane `into`) + gain × lane `from`, in order. */
  mixes: readonly { into: number; from: number; first: boolean; gain: number; rate: number }[];
  /** Lanes that the host fills before it calls advance; silent until then. */
  feeds: readonly { rate: number; lanes: readonly number[] }[];
}

export interface CoreConverter {
  tag: number;
  firstStreamChannel: number;
  format: number;
  /** Index into ratesHz. */
  rate: number;
  lanes: readonly number[];
}

export interface CoreResampling {
  /** Names the converter: its history goes on in the next program under the same name. */
  key: string;
  input: boolean;
  /** Lane −1 is silence. */
  from: readonly number[];
  /** As many lanes as `from`, one after the other. */
  into: number;
  /** Indices into ratesHz. */
  fromRate: number;
  intoRate: number;
}

interface Cadence {
  readonly numerator: number;
  readonly denominator: number;
}

/** Bytes of a resampler's record, as the core makes it. */
export type ResamplerBytes = (src: number, dst: number, channels: number) => number;

/** Everything checked and turned into addresses. RangeError beyond the core's capacities. */
export function checkProgram(program: CoreProgram) {
  const { resamplings = [] } = program;
  const rates = program.ratesHz.map(samplesPerFrame);
  inRange('rate domains', rates.length, 0, L.RATES_MAX);
  inRange('lanes', program.lanes, 0, L.LANES_MAX);
  inRange('output converters', program.outputs.length, 0, L.CONVERTERS_MAX);
  inRange('input converters', program.inputs.length, 0, L.CONVERTERS_MAX);
  inRange('resampled converters', resamplings.length, 0, L.RESAMPLINGS_MAX);
  inRange('mixes', program.mixes.length, 0, L.MIXES_MAX);
  const lane = (n: number) => L.LANES + inRange('lane', n, 0, program.lanes - 1) * L.LANE_BYTES;
  const heard = (n: number) => (n === -1 ? L.SILENT_LANE : lane(n));
  const rate = (n: number) => L.RATES + inRange('rate domain', n, 0, rates.length - 1) * L.RATE_BYTES;
  const converters = (list: readonly CoreConverter[], address: (n: number) => number) =>
    list.map((converter) => {
      inRange('lanes of a converter', converter.lanes.length, 0, L.CONVERTER_LANES_MAX);
      return { ...converter, rate: rate(converter.rate), lanes: converter.lanes.map(address) };
    });
  return {
    rates,
    outputs: converters(program.outputs, lane),
    inputs: converters(program.inputs, heard),
    resamplings: [...resamplings]
      .sort((a, b) => Number(a.input) - Number(b.input))
      .map(({ from, into, fromRate, intoRate, ...rest }) => {
        inRange('lanes of a converter', from.length, 1, L.CONVERTER_LANES_MAX);
        lane(into + from.length - 1);
        const cadences = [rates[fromRate], rates[intoRate]] as [Cadence, Cadence];
        return {
          ...rest,
          cadences,
          sources: from.map(heard),
          into: lane(into),
          from: rate(fromRate),
          to: rate(intoRate),
        };
      }),
    mixes: program.mixes.map((mix) => ({ ...mix, into: lane(mix.into), from: lane(mix.from), rate: rate(mix.rate) })),
    feeds: program.feeds.flatMap((feed) => feed.lanes.map(lane)),
  };
}

export type CheckedProgram = ReturnType<typeof checkProgram>;

/** Writes the tables; the core's programLoaded() follows. Returns how many resamplers had no room: those are silent. */
export function writeProgram(
  memory: DataView,
  program: CheckedProgram,
  places: ResamplerPlaces,
  resamplerBytes: ResamplerBytes,
): number {
  const { rates, outputs, inputs, resamplings, mixes, feeds } = program;
  const set = (at: number, value: number) => memory.setUint32(at, value, true);
  for (const [i, { numerator, denominator }] of rates.entries()) {
    set(L.RATES + i * L.RATE_BYTES + L.RATE_NUMERATOR, numerator);
    set(L.RATES + i * L.RATE_BYTES + L.RATE_DENOMINATOR, denominator);
  }
  for (const [table, list] of [[L.OUTPUTS, outputs] as const, [L.INPUTS, inputs] as const]) {
    for (const [i, converter] of list.entries()) {
      const row = table + i * L.CONVERTER_BYTES;
      set(row + L.CONVERTER_TAG, converter.tag);
      set(row + L.CONVERTER_CHANNEL, converter.firstStreamChannel);
      set(row + L.CONVERTER_FORMAT, converter.format);
      set(row + L.CONVERTER_RATE, converter.rate);
      set(row + L.CONVERTER_LANE_COUNT, converter.lanes.length);
      for (const [k, address] of converter.lanes.entries()) set(row + L.CONVERTER_LANES + k * 4, address);
    }
  }
  for (const [i, mix] of mixes.entries()) {
    const row = L.MIXES + i * L.MIX_BYTES;
    set(row + L.MIX_INTO, mix.into);
    set(row + L.MIX_FROM, mix.from + (mix.first ? 1 : 0));
    memory.setFloat32(row + L.MIX_GAIN, mix.gain, true);
    set(row + L.MIX_RATE, mix.rate);
  }
  const silence = (address: number) => new Uint8Array(memory.buffer, address, L.LANE_BYTES).fill(0);
  feeds.forEach(silence);

  const known = new Set(places.places);
  const assigned = places.assign(
    resamplings.map(({ key, cadences, sources }) => {
      const [src, dst] = ratioOf(...cadences);
      return { key: `${key} ${src}:${dst} ${sources.length}`, bytes: resamplerBytes(src, dst, sources.length) };
    }),
  );
  const placed = resamplings.flatMap((row, i): (typeof row & { place: ResamplerPlace })[] => {
    const place = assigned[i];
    if (place) return [{ ...row, place }];
    for (let lane = 0; lane < row.sources.length; lane++) silence(row.into + lane * L.LANE_BYTES);
    return [];
  });
  for (const [i, { place, from, to, into, sources }] of placed.entries()) {
    const row = L.RESAMPLINGS + i * L.RESAMPLING_BYTES;
    set(row + L.RESAMPLING_RESAMPLER, place.at);
    set(row + L.RESAMPLING_FROM, from);
    set(row + L.RESAMPLING_INTO, to);
    set(row + L.RESAMPLING_LANE, into);
    set(row + L.RESAMPLING_LANE_COUNT, sources.length);
    set(row + L.RESAMPLING_FRESH, known.has(place) ? 0 : 1);
    for (const [k, address] of sources.entries()) set(row + L.RESAMPLING_SOURCES + k * 4, address);
  }
  set(L.PROGRAM_RATES, rates.length);
  set(L.PROGRAM_OUTPUTS, outputs.length);
  set(L.PROGRAM_INPUTS, inputs.length);
  set(L.PROGRAM_MIXES, mixes.length);
  const resampledInputs = placed.filter(({ input }) => input).length;
  set(L.PROGRAM_RESAMPLED_OUTPUTS, placed.length - resampledInputs);
  set(L.PROGRAM_RESAMPLED_INPUTS, resampledInputs);
  return resamplings.length - placed.length;
}

/** Source frames to frames that come out, in lowest terms. */
function ratioOf(from: Cadence, into: Cadence): [src: number, dst: number] {
  const [src, dst] = [from.numerator * into.denominator, into.numerator * from.denominator];
  const common = greatestCommonDivisor(src, dst);
  return [src / common, dst / common];
}

/** A rate as samples per link frame, in lowest terms. Rates such as 44100/8 or 48000/7 are no whole numbers of Hz. */
function samplesPerFrame(rateHz: number): Cadence {
  for (let divisor = 1; divisor <= 8; divisor++) {
    const samples = Math.round(rateHz * divisor);
    if (!(rateHz > 0 && rateHz <= 192_000) || Math.abs(samples - rateHz * divisor) > 1e-6) continue;
    const common = greatestCommonDivisor(samples, FRAME_HZ * divisor);
    return { numerator: samples / common, denominator: (FRAME_HZ * divisor) / common };
  }
  throw new RangeError(`rate ${rateHz} Hz: the core runs whole rates up to 192000 Hz and their 1/2 … 1/8`);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

export function inRange(what: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${what}: ${value} is not within ${least}…${most}`);
  }
  return value;
}
