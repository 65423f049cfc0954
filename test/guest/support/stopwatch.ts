// How much of a core the card takes: the share of the profiler's samples that lie in its own functions, and not in v86's,
// which call them and are called by them.

import { type Profiler, Session } from 'node:inspector';

const SAMPLE_MICROSECONDS = 200;

export class Stopwatch {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.setSamplingInterval', { interval: SAMPLE_MICROSECONDS });
  }

  start(): void {
    this.#session.post('Profiler.start');
  }

  /** 0…1 of what has passed since the start, idle time included. */
  stop(): number {
    let share = 0;
    this.#session.post('Profiler.stop', (error, { profile }) => {
      if (error) throw error;
      share = shareOfCard(profile);
    });
    this.#session.disconnect();
    return share;
  }
}

function shareOfCard({ nodes, samples = [] }: Profiler.Profile): number {
  const parents = new Map<number, Profiler.ProfileNode>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node);
  const own = new Map<number, boolean>();
  for (const node of nodes) {
    let at: Profiler.ProfileNode | undefined = node;
    while (at && ownerOf(at) === null) at = parents.get(at.id); // built-ins and unnamed WebAssembly belong to who called
    own.set(node.id, at !== undefined && ownerOf(at) === 'card');
  }
  return samples.filter((id) => own.get(id)).length / samples.length;
}

function ownerOf({ callFrame: { url } }: Profiler.ProfileNode): 'card' | 'v86' | null {
  if (/\/src\/(v86|entries|machine|controller|codec)\//.test(url)) return 'card';
  return /v86/.test(url) ? 'v86' : null;
}
