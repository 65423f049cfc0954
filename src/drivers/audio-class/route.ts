// Paths between converters and pins, and which pins share no converter (hda-hardware §5.4).

import { WIDGET_MIXER, WIDGET_SELECTOR } from '../../hda/parameters.ts';
import type { Topology, Widget } from './topology.ts';

/** Against the flow of samples: from a pin down to a DAC, or from an ADC down to a pin. */
export interface Path {
  readonly nodes: readonly Widget[];
  /** At nodes[i]: the connection list index that leads to nodes[i + 1]. */
  readonly inputs: readonly number[];
}

export const sinkOf = (path: Path): Widget => path.nodes[0] as Widget;
export const sourceOf = (path: Path): Widget => path.nodes.at(-1) as Widget;

const MAX_PATHS = 64; // of one start; the shortest
const MAX_NODES = 8;
const MAX_TRIALS = 100_000; // bound for graphs made to be hard

/** Paths through mixers and selectors to the widgets that `isEnd` takes, shortest first. */
export function findPaths(topology: Topology, start: Widget, isEnd: (widget: Widget) => boolean): Path[] {
  const found: Path[] = [];
  let level: Path[] = [{ nodes: [start], inputs: [] }];
  for (let nodes = 1; nodes < MAX_NODES && level.length > 0 && found.length < MAX_PATHS; nodes++) {
    const next: Path[] = [];
    for (const path of level)
      for (const [input, nid] of sourceOf(path).connections.entries()) {
        const widget = topology.widgets.get(nid);
        if (!widget || path.nodes.includes(widget)) continue;
        const longer = { nodes: [...path.nodes, widget], inputs: [...path.inputs, input] };
        if (isEnd(widget)) found.push(longer);
        else if (widget.type === WIDGET_MIXER || widget.type === WIDGET_SELECTOR) next.push(longer);
      }
    level = next.slice(0, MAX_TRIALS / 100);
  }
  return found.slice(0, MAX_PATHS);
}

/** One path of each row, no widget in two of them and none in `taken`; null where that cannot be. Short paths first. */
export function assignPaths(rows: readonly (readonly Path[])[], taken: ReadonlySet<number>): Path[] | null {
  const used = new Set(taken);
  const chosen: Path[] = [];
  let trials = 0;
  const place = (row: number): boolean => {
    const paths = rows[row];
    if (!paths) return true;
    for (const path of paths) {
      if (++trials > MAX_TRIALS) return false;
      if (path.nodes.some(({ nid }) => used.has(nid))) continue;
      for (const { nid } of path.nodes) used.add(nid);
      chosen.push(path);
      if (place(row + 1)) return true;
      chosen.pop();
      for (const { nid } of path.nodes) used.delete(nid);
    }
    return false;
  };
  return place(0) ? chosen : null;
}
