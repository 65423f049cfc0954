// Joins the routes of all codecs into the one program that the core runs (src/link/routes.ts, core.ts CoreProgram).

import type { CoreConverter, CoreProgram, CoreResampling } from '../controller/core.ts';
import { decodeFormat } from '../hda/pcm.ts';
import type { RouteConverter, Routes } from '../link/routes.ts';

/** Where a codec's routes lie in the program. */
export interface ProgramPart {
  readonly routes: Routes;
  readonly firstLane: number;
  readonly firstMix: number;
}

export interface JoinedProgram {
  readonly program: CoreProgram;
  /** One for each codec, in order. */
  readonly parts: readonly (ProgramPart | null)[];
}

/** `extraRatesHz`: rates at which somebody counts frames though no route has them. */
export function joinRoutes(routes: readonly (Routes | null)[], extraRatesHz: readonly number[]): JoinedProgram {
  const ratesHz = [...new Set([...routes.flatMap(ratesOf), ...extraRatesHz])];
  const rate = (hz: number) => {
    if (!ratesHz.includes(hz)) ratesHz.push(hz);
    return ratesHz.indexOf(hz);
  };
  const outputs: CoreConverter[] = [];
  const inputs: CoreConverter[] = [];
  const resamplings: CoreResampling[] = [];
  const mixes: CoreProgram['mixes'][number][] = [];
  const feeds: CoreProgram['feeds'][number][] = [];
  let lanes = 0;

  const parts = routes.map((own, address): ProgramPart | null => {
    if (!own) return null;
    const part = { routes: own, firstLane: lanes, firstMix: mixes.length };
    const lane = (channel: number) => (channel < 0 ? -1 : part.firstLane + channel);
    lanes += own.channels;

    /** A converter at the analogue rate has its lanes; at another, lanes of its own beside a resampler. */
    const converter = (row: RouteConverter, input: boolean): CoreConverter => {
      const { tag, firstStreamChannel, format, nid } = row;
      const analogue = row.lanes.map(lane);
      const streamHz = decodeFormat(format)?.rateHz ?? row.rateHz; // non-PCM and reserved codes: silent (§4)
      const common = { tag, firstStreamChannel, format };
      if (streamHz === row.rateHz || analogue.length === 0)
        return { ...common, rate: rate(row.rateHz), lanes: analogue };
      const streamed = analogue.map((_, channel) => lanes + channel);
      lanes += streamed.length;
      const [stream, other] = [rate(streamHz), rate(row.rateHz)];
      resamplings.push({
        key: `${address}.${nid}.${input ? 'in' : 'out'}`,
        input,
        from: input ? analogue : streamed,
        into: (input ? streamed : analogue)[0] as number,
        fromRate: input ? other : stream,
        intoRate: input ? stream : other,
      });
      return { ...common, rate: stream, lanes: streamed };
    };
    outputs.push(...own.outputs.map((row) => converter(row, false)));
    inputs.push(...own.inputs.map((row) => converter(row, true)));
    own.mixes.forEach(({ into, from, first, rateHz }, i) => {
      mixes.push({ into: lane(into), from: lane(from), first, gain: own.gains[i] as number, rate: rate(rateHz) });
    });
    feeds.push(...own.feeds.map((feed) => ({ rate: rate(feed.rateHz), lanes: feed.lanes.map(lane) })));
    return part;
  });
  return { program: { ratesHz, lanes, outputs, inputs, resamplings, mixes, feeds }, parts };
}

function ratesOf(routes: Routes | null): number[] {
  if (!routes) return [];
  const rows = [...routes.outputs, ...routes.inputs, ...routes.mixes, ...routes.pins, ...routes.feeds];
  return rows.map((row) => row.rateHz);
}
