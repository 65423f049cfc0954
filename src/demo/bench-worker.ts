// The benchmarks of `azalia bench`, and a grid of sizes, off the page's thread. Ends when the page ends it.

import { type BenchReport, runBench } from '../../bench/bench.ts';
import { GRID_POINTS, type GridPoint, runGrid } from '../../bench/grid.ts';
import { WORKLOADS } from '../../bench/workloads.ts';

export type BenchMessage =
  /** `share` of all is done; `what` comes next. */
  | { readonly kind: 'progress'; readonly share: number; readonly what: string }
  | { readonly kind: 'point'; readonly point: GridPoint }
  | { readonly kind: 'report'; readonly report: BenchReport }
  | { readonly kind: 'failed'; readonly message: string };

/** Parts of the whole, by time. */
const GRID_SHARE = 0.3;

const post = (message: BenchMessage) => postMessage(message);

async function run(): Promise<void> {
  let points = 0;
  await runGrid((point) => {
    post({ kind: 'point', point });
    post({ kind: 'progress', share: (GRID_SHARE * ++points) / GRID_POINTS, what: 'streams, channels and rates' });
  });
  let begun = 0;
  const report = await runBench({
    quick: false,
    progress: (line) => {
      const share = GRID_SHARE + ((1 - GRID_SHARE) * begun++) / (WORKLOADS.length + 1);
      post({ kind: 'progress', share, what: line.replace(/^\w+ +/, '') });
    },
  });
  post({ kind: 'report', report });
}

run().catch((error: Error) => post({ kind: 'failed', message: error.message }));
