// Joins the routes of all codecs into the one program that the core runs (src/link/routes.ts, core.ts CoreProgram).

import type { CoreConverter, CoreProgram } from '../controller/core.ts';
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
  const rate = (hz: number) => ratesHz.indexOf(hz);
  const outputs: CoreConverter[] = [];
  const inputs: CoreConverter[] = [];
  const mixes: CoreProgram['mixes'][number][] = [];
  const feeds: CoreProgram['feeds'][number][] = [];
  let lanes = 0;

  const parts = routes.map((own): ProgramPart | null => {
    if (!own) return null;
    const part = { routes: own, firstLane: lanes, firstMix: mixes.length };
    const lane = (channel: number) => (channel < 0 ? -1 : part.firstLane + channel);
    const converter = ({ tag, firstStreamChannel, format, rateHz, lanes }: RouteConverter): CoreConverter => ({
      tag,
      firstStreamChannel,
      format,
      rate: rate(rateHz),
      lanes: lanes.map(lane),
    });
    outputs.push(...own.outputs.map(converter));
    inputs.push(...own.inputs.map(converter));
    own.mixes.forEach(({ into, from, first, rateHz }, i) => {
      mixes.push({ into: lane(into), from: lane(from), first, gain: own.gains[i] as number, rate: rate(rateHz) });
    });
    feeds.push(...own.feeds.map((feed) => ({ rate: rate(feed.rateHz), lanes: feed.lanes.map(lane) })));
    lanes += own.channels;
    return part;
  });
  return { program: { ratesHz, lanes, outputs, inputs, mixes, feeds }, parts };
}

function ratesOf(routes: Routes | null): number[] {
  if (!routes) return [];
  const rows = [...routes.outputs, ...routes.inputs, ...routes.mixes, ...routes.pins, ...routes.feeds];
  return rows.map((row) => row.rateHz);
}
