// DMA throughput and cost per tick, beside the same work in typed arrays and beside memory.copy of the output. Ratios come
// from interleaved rounds of one run, so that they mean something on any machine; the rest is this machine's.

import type { Core } from '../src/controller/core.ts';
import type { Contender } from './contender.ts';
import { coreContender, createBenchCore } from './core-contender.ts';
import { memoryCopyContender } from './memory-copy.ts';
import { median, ticksIn, time } from './timing.ts';
import { typedArraysContender } from './typed-arrays.ts';
import { benchVerbs, type VerbRow } from './verbs.ts';
import { bytesPerTick, WORKLOADS, type Workload } from './workloads.ts';

export interface BenchOptions {
  /** Fewer and shorter rounds. */
  quick: boolean;
  progress?: (line: string) => void;
}

export interface BenchRow {
  readonly id: string;
  readonly workload: string;
  /** Device time of a tick, ms. */
  readonly tickMilliseconds: number;
  readonly nsPerTick: number;
  /** Containers moved, 10^9 bytes a second. */
  readonly gigabytesPerSecond: number;
  readonly timesRealTime: number;
  /** Time of the typed-array form / time of the core. */
  readonly ofTypedArrays: number;
  /** Time of memory.copy of the same output / time of the core. */
  readonly ofMemoryCopy: number;
}

export interface BenchReport {
  readonly machine: { readonly runtime: string; readonly processor: string; readonly rounds: number };
  readonly rows: readonly BenchRow[];
  readonly verbs: readonly VerbRow[];
}

/** Measures every workload, and verbs. Throws if two contenders differ in a bit. About 6 s, quick about 2. */
export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const rounds = options.quick ? 15 : 41;
  const roundMilliseconds = options.quick ? 1 : 2.5;
  const rows: BenchRow[] = [];
  const core = await createBenchCore(WORKLOADS);
  for (const workload of WORKLOADS) {
    options.progress?.(`${workload.id}  ${workload.what}`);
    rows.push(await measure(core, workload, rounds, roundMilliseconds));
  }
  options.progress?.('verbs');
  const verbs = await benchVerbs(options.quick);
  return { machine: { ...(await machineFacts()), rounds }, rows, verbs };
}

async function measure(engine: Core, workload: Workload, rounds: number, roundMilliseconds: number): Promise<BenchRow> {
  const core = coreContender(engine, workload);
  const typedArrays = typedArraysContender(workload);
  const copy = await memoryCopyContender(workload);
  compare(workload, core, typedArrays);
  const contenders = [core, typedArrays, copy];
  const ticks = ticksIn(contenders, roundMilliseconds);
  for (const contender of contenders) for (let i = 0; i < 8; i++) time(contender, ticks);
  const times: number[][] = contenders.map(() => []);
  const order = contenders.map((_, i) => i);
  for (let round = 0; round < rounds; round++) {
    order.push(order.shift() as number);
    for (const i of order) times[i]?.push(time(contenders[i] as Contender, ticks));
  }
  compare(workload, core, typedArrays);
  const [nsPerTick, typedArraysNs, copyNs] = times.map(median) as [number, number, number];
  const tickMilliseconds = workload.linkFrames / 48;
  return {
    id: workload.id,
    workload: workload.what,
    tickMilliseconds,
    nsPerTick,
    gigabytesPerSecond: bytesPerTick(workload) / nsPerTick,
    timesRealTime: (tickMilliseconds * 1e6) / nsPerTick,
    ofTypedArrays: typedArraysNs / nsPerTick,
    ofMemoryCopy: copyNs / nsPerTick,
  };
}

/** The same samples and bytes after each of so many ticks, or there is nothing to compare. */
function compare(workload: Workload, a: Contender, b: Contender): void {
  for (let tick = 0; tick < 50; tick++) {
    a.tick();
    b.tick();
    const other = b.result();
    a.result().forEach((bytes, i) => {
      const same = bytes.length === other[i]?.length && bytes.every((byte, at) => byte === other[i]?.[at]);
      if (!same) throw new Error(`bench ${workload.id}: contenders differ in output ${i} of tick ${tick}`);
    });
  }
}

async function machineFacts(): Promise<{ runtime: string; processor: string }> {
  if (typeof process === 'undefined') return { runtime: navigator.userAgent, processor: 'unknown' };
  const { cpus } = await import('node:os');
  const list = cpus();
  return {
    runtime: `Node ${process.versions.node}, V8 ${process.versions.v8}`,
    processor: `${list.length} x ${list[0]?.model ?? 'unknown'}`,
  };
}
