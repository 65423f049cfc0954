// Device time per host time over streams, channels and rates; and what it costs to mix all of them into one.

import { coreContender, createBenchCore } from './core-contender.ts';
import { ticksIn, time } from './timing.ts';
import { times, type Workload } from './workloads.ts';

export const GRID_STREAMS = [1, 2, 4, 8, 15] as const;
export const GRID_CHANNELS = [2, 8, 16] as const;
export const GRID_RATES_HZ = [48_000, 96_000, 192_000] as const;
/** Format in which the streams are also mixed. */
export const GRID_MIXED = { channels: 8, rateHz: 48_000 } as const;
export const GRID_POINTS = GRID_STREAMS.length * (GRID_CHANNELS.length * GRID_RATES_HZ.length + 1);

const PERIODS_A_SECOND = 100;
const ROUNDS = 12;
const ROUND_MILLISECONDS = 2.5;

interface GridSize {
  readonly streams: number;
  readonly channels: number;
  readonly rateHz: number;
  /** All streams go to one converter's lanes, each at a gain; else each to its own. */
  readonly mixed: boolean;
}

export interface GridPoint extends GridSize {
  /** Device time / host time, of the fastest round: what else the computer does only slows it. */
  readonly timesRealTime: number;
}

/** 24 bits, two periods of 10 ms, ticks of 1 ms. Calls `found` for each of GRID_POINTS; about 2 s. */
export async function runGrid(found: (point: GridPoint) => void): Promise<void> {
  const sizes = GRID_RATES_HZ.flatMap((rateHz) =>
    GRID_CHANNELS.flatMap((channels) => GRID_STREAMS.map((streams) => ({ streams, channels, rateHz, mixed: false }))),
  );
  const mixed = GRID_STREAMS.map((streams) => ({ ...GRID_MIXED, streams, mixed: true }));
  const rows = [...sizes, ...mixed].map((size) => [size, workloadOf(size)] as const);
  const core = await createBenchCore(rows.map(([, workload]) => workload));
  for (const [size, workload] of rows) {
    const contender = coreContender(core, workload);
    const ticks = ticksIn([contender], ROUND_MILLISECONDS);
    const nsPerTick = Math.min(...Array.from({ length: ROUNDS }, () => time(contender, ticks)));
    found({ ...size, timesRealTime: 1e6 / nsPerTick });
  }
}

function workloadOf({ streams, channels, rateHz, mixed }: GridSize): Workload {
  const entryBytes = (channels * 4 * rateHz) / PERIODS_A_SECOND;
  return {
    id: 'grid',
    what: `${streams} streams 24 bits x ${channels}, ${rateHz} Hz`,
    linkFrames: 48,
    streams: times(streams, { bits: 24, channels, rateHz, entryBytes }),
    mixed,
  };
}
