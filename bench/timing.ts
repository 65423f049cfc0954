import type { Contender } from './contender.ts';

/** ns a tick. */
export function time(contender: Contender, ticks: number): number {
  const start = performance.now();
  for (let i = 0; i < ticks; i++) contender.tick();
  return ((performance.now() - start) * 1e6) / ticks;
}

/** Ticks that the first of them takes so long for, at least 8. A page's clock may stand still for 100 µs. All move alike. */
export function ticksIn(contenders: readonly Contender[], milliseconds: number): number {
  for (let ticks = 8; ; ticks *= 2) {
    const [spent] = contenders.map((contender) => (time(contender, ticks) * ticks) / 1e6) as [number];
    if (spent >= milliseconds / 2) return Math.max(8, Math.ceil((ticks * milliseconds) / spent));
  }
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}
