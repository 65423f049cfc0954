// Where boxes and wires go: sources left, sinks right, by dagre; widgets that nothing connects stand in rows below.

import { graphlib, layout } from '@dagrejs/dagre';
import type { Box, Wire } from './facts.ts';

export const BOX_WIDTH = 132;
export const LINE_HEIGHT = 15;
const PADDING = 9;
const MARGIN = 16;
const GAP = 18;
const END_WEIGHT = 16;
const SAMPLES = 48;

export interface Placed {
  readonly box: Box;
  /** Top left, in pixels. */
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export interface Run {
  readonly wire: Wire;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly placed: readonly Placed[];
  readonly runs: readonly Run[];
}

const heightOf = ({ lines }: Box): number => 2 * PADDING + LINE_HEIGHT * (1 + lines.length);

let last: { readonly key: string; readonly drawing: Drawing } | null = null;

/** A gain that is dragged changes what is written and not where: the places of the drawing before are taken again. */
export function layOut(boxes: readonly Box[], wires: readonly Wire[]): Drawing {
  const key = JSON.stringify([
    boxes.map(({ nid, lines }) => [nid, lines.length]),
    wires.map(({ from, to, input, active }) => [from, to, input, active]),
  ]);
  if (last?.key !== key) last = { key, drawing: place(boxes, wires) };
  const { placed, runs, ...size } = last.drawing;
  const byNid = new Map(boxes.map((box) => [box.nid, box]));
  return {
    ...size,
    placed: placed.map((each) => ({ ...each, box: byNid.get(each.box.nid) as Box })),
    runs: runs.map((run, index) => ({ ...run, wire: wires[index] as Wire })),
  };
}

function place(boxes: readonly Box[], wires: readonly Wire[]): Drawing {
  const wired = new Set(wires.flatMap(({ from, to }) => [from, to]));
  const inGraph = boxes.filter(({ nid }) => wired.has(nid));
  const graph = arrange(inGraph, wires);
  const at = (nid: number) => graph.node(`${nid}`) as { x: number; y: number; height: number };
  const left = Math.min(...inGraph.map(({ nid }) => at(nid).x)) - BOX_WIDTH / 2 - MARGIN; // the ends that hold ranks go
  const placed = inGraph.map((box): Placed => {
    const { x, y, height } = at(box.nid);
    return { box, x: x - BOX_WIDTH / 2 - left, y: y - height / 2, height };
  });
  const below = Math.max(0, ...placed.map(({ y, height }) => y + height)) + (placed.length > 0 ? 2 * GAP : MARGIN);
  const width = Math.max(4 * (BOX_WIDTH + GAP), ...placed.map(({ x }) => x + BOX_WIDTH + MARGIN));
  const all = [
    ...placed,
    ...placeAside(
      boxes.filter(({ nid }) => !wired.has(nid)),
      width,
      below,
    ),
  ];
  return {
    width: Math.ceil(width),
    height: Math.ceil(Math.max(...all.map(({ y, height }) => y + height), 0) + MARGIN),
    placed: all,
    runs: route(wires, new Map(placed.map((each) => [each.box.nid, each])), ({ from, to, input }) => {
      const { points } = graph.edge(`${from}`, `${to}`, `${input}`) as { points: Run['points'] };
      return points.slice(1, -1).map(({ x, y }) => ({ x: x - left, y }));
    }),
  };
}

/** Widgets that only send stand in the first rank, those that only listen in the last: two ends hold them there. */
function arrange(boxes: readonly Box[], wires: readonly Wire[]): graphlib.Graph {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: GAP, edgesep: 8, ranksep: 56, marginy: MARGIN, acyclicer: 'greedy' });
  for (const box of boxes) graph.setNode(`${box.nid}`, { width: BOX_WIDTH, height: heightOf(box) });
  for (const { from, to, input, active } of wires)
    graph.setEdge(`${from}`, `${to}`, { weight: active ? 4 : 1 }, `${input}`); // what sounds is drawn straightest
  for (const end of ['first', 'last']) graph.setNode(end, { width: 0, height: 0 });
  const [senders, listeners] = [new Set(wires.map(({ from }) => from)), new Set(wires.map(({ to }) => to))];
  for (const { nid } of boxes) {
    if (!listeners.has(nid)) graph.setEdge('first', `${nid}`, { weight: END_WEIGHT });
    if (!senders.has(nid)) graph.setEdge(`${nid}`, 'last', { weight: END_WEIGHT });
  }
  if (boxes.length > 0) layout(graph);
  return graph;
}

/** No box stands in the way of one bend from start to end, as graph.ts draws it: level at both. */
function isFree(start: { x: number; y: number }, end: { x: number; y: number }, placed: readonly Placed[]): boolean {
  if (end.x <= start.x) return false;
  for (let step = 1; step < SAMPLES; step++) {
    const t = step / SAMPLES;
    const x = start.x + (end.x - start.x) * (1.5 * t * (1 - t) + t ** 3);
    const y = start.y + (end.y - start.y) * t * t * (3 - 2 * t);
    const hits = placed.some(
      (box) => x > box.x - 6 && x < box.x + BOX_WIDTH + 6 && y > box.y - 6 && y < box.y + box.height + 6,
    );
    if (hits && x > start.x + 6 && x < end.x - 6) return false;
  }
  return true;
}

/** Wires leave a box at its right side and meet one at its left, spread over the height in an order that crosses least. */
function route(
  wires: readonly Wire[],
  placed: ReadonlyMap<number, Placed>,
  bends: (wire: Wire) => { x: number; y: number }[],
): Run[] {
  const middle = (nid: number) => {
    const { y = 0, height = 0 } = placed.get(nid) ?? {};
    return y + height / 2;
  };
  const port = (mine: number, all: readonly Wire[], wire: Wire, far: (wire: Wire) => number): number => {
    const { y = 0, height = 0 } = placed.get(mine) ?? {};
    const order = [...all].sort((a, b) => middle(far(a)) - middle(far(b)) || a.input - b.input);
    return y + (height * (order.indexOf(wire) + 1)) / (order.length + 1);
  };
  return wires.map((wire) => {
    const { from, to } = wire;
    const start = {
      x: (placed.get(from)?.x ?? 0) + BOX_WIDTH,
      y: port(
        from,
        wires.filter((each) => each.from === from),
        wire,
        (each) => each.to,
      ),
    };
    const end = {
      x: placed.get(to)?.x ?? 0,
      y: port(
        to,
        wires.filter((each) => each.to === to),
        wire,
        (each) => each.from,
      ),
    };
    const free = isFree(start, end, [...placed.values()]);
    const between = free ? [] : bends(wire).filter(({ x }) => x > start.x + GAP && x < end.x - GAP);
    return { wire, points: [start, ...between, end] };
  });
}

/** Rows from `top` down, no wider than `width`. */
function placeAside(boxes: readonly Box[], width: number, top: number): Placed[] {
  const placed: Placed[] = [];
  let [x, y, tallest] = [MARGIN, top, 0];
  for (const box of boxes) {
    if (x + BOX_WIDTH > width) [x, y, tallest] = [MARGIN, y + tallest + GAP, 0];
    const height = heightOf(box);
    placed.push({ box, x, y, height });
    x += BOX_WIDTH + GAP;
    tallest = Math.max(tallest, height);
  }
  return placed;
}
