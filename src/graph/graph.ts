// A codec's widget graph as an SVG that stands alone: colours by the reader's theme, every widget a thing to click.

import type { CodecModel } from '../entries/codec.ts';
import { formatDb, graphFacts } from './facts.ts';
import { BOX_WIDTH, LINE_HEIGHT, layOut, type Placed, type Run } from './layout.ts';

export interface GraphOptions {
  /** Linear peaks by NID, drawn as a bar from −60 dB to 0 dB. */
  readonly levels?: ReadonlyMap<number, number>;
  /** What the picture is of; default the codec's name. */
  readonly title?: string;
}

const LEVEL_FLOOR_DB = 60;
const MIN_BEND = 24; // px: a wire back to the left makes a loop

/** `model` as it is set now: parseCodecDump(codec.dump()) has the present amps, selections and controls. */
export function drawCodecGraph(model: CodecModel, { levels, title = model.name }: GraphOptions = {}): string {
  const { boxes, wires } = graphFacts(model);
  const { width, height, placed, runs } = layOut(boxes, wires);
  const inFront = (run: Run) => (run.wire.active ? 2 : run.wire.open ? 1 : 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="codec-graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...[...runs].sort((a, b) => inFront(a) - inFront(b)).map(drawWire),
    ...placed.map((each) => drawBox(each, levels?.get(each.box.nid))),
    '</svg>',
    '',
  ].join('\n');
}

function drawWire({ wire, points }: Run): string {
  const { from, to, input, open, active, gainDb } = wire;
  const state = active ? 'wire active' : open ? 'wire open' : 'wire';
  const end = points.at(-1) as { x: number; y: number };
  const gain =
    active && gainDb !== null
      ? `<text class="gain" x="${round(end.x - 5)}" y="${round(end.y - 4)}" text-anchor="end">${formatDb(gainDb)}</text>`
      : '';
  return `<path class="${state}" data-from="${from}" data-to="${to}" data-input="${input}" d="${pathOf(points)}"/>${gain}`;
}

/** Through the points, level at each of them. */
function pathOf([first, ...rest]: Run['points']): string {
  if (!first) return '';
  let from = first;
  let path = `M${round(first.x)} ${round(first.y)}`;
  for (const to of rest) {
    const half = Math.max(MIN_BEND, Math.abs(to.x - from.x) / 2);
    path += `C${round(from.x + half)} ${round(from.y)} ${round(to.x - half)} ${round(to.y)} ${round(to.x)} ${round(to.y)}`;
    from = to;
  }
  return path;
}

function drawBox({ box, x, y, height }: Placed, level: number | undefined): string {
  const { nid, kind, lines, jack, direction, active, off } = box;
  const name = `0x${nid.toString(16).padStart(2, '0')}`;
  const classes = ['widget', `is-${kind.split(' ').at(-1)}`, ...(active ? ['active'] : []), ...(off ? ['off'] : [])];
  const socketX = direction === 'out' ? BOX_WIDTH : 0;
  const aside = [...(jack && jack !== 'unknown' ? [jack] : []), ...(active ? ['active'] : [])].join(', ');
  // What a widget is called is what is written in it: a space between the lines, so that it is read as words.
  return [
    `<g class="${classes.join(' ')}" data-nid="${nid}" tabindex="0" role="button"${aside && ` aria-description="${aside}"`} transform="translate(${round(x)} ${round(y)})">`,
    `<rect class="box" width="${BOX_WIDTH}" height="${height}" rx="7"/>`,
    `<text class="nid" x="11" y="${9 + 0.75 * LINE_HEIGHT}">${name} <tspan class="kind">${escaped(kind)}</tspan></text> `,
    ...lines.map(
      (line, row) => `<text class="line" x="11" y="${9 + (row + 1.75) * LINE_HEIGHT}">${escaped(line)}</text> `,
    ),
    ...(jack === null
      ? []
      : [`<circle class="jack" style="fill:${JACK_FILL[jack] ?? '#999'}" cx="${socketX}" cy="${height / 2}" r="6"/>`]),
    ...(level === undefined
      ? []
      : [`<rect class="level" x="4" y="${height - 6}" height="3" rx="1.5" width="${levelWidth(level)}"/>`]),
    '</g>',
  ].join('');
}

function levelWidth(peak: number): number {
  const decibels = 20 * Math.log10(Math.max(peak, 1e-9));
  return round((BOX_WIDTH - 8) * Math.min(1, Math.max(0, 1 + decibels / LEVEL_FLOOR_DB)));
}

const round = (value: number): number => Math.round(value * 10) / 10;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (letter) => ESCAPES[letter] as string);

const JACK_FILL: Readonly<Record<string, string>> = {
  black: '#222',
  grey: '#9aa0a6',
  blue: '#4aa3df',
  green: '#58b368',
  red: '#d64545',
  orange: '#ef8f35',
  yellow: '#e6c229',
  purple: '#8e5bbf',
  pink: '#ee7fa8',
  white: '#fff',
};

const STYLE = `
.codec-graph{--ground:#fff;--box:#f6f5f7;--edge:#cfccd4;--ink:#1d1a22;--soft:#6d6776;--faint:#dcd9e0;--open:#b3adbd;--live:#c2185b;--lit:#fdeef4;font:12px/1.25 ui-sans-serif,system-ui,sans-serif}
@media (prefers-color-scheme:dark){.codec-graph{--ground:#141217;--box:#1f1c24;--edge:#3c3745;--ink:#ece9f1;--soft:#a29bae;--faint:#2b2732;--open:#5c5568;--live:#ff6f9f;--lit:#35202b}}
.codec-graph .ground{fill:var(--ground)}
.codec-graph .box{fill:var(--box);stroke:var(--edge)}
.codec-graph .active .box{fill:var(--lit);stroke:var(--live)}
.codec-graph .off{opacity:.5}
.codec-graph .widget{cursor:pointer;outline:none}
.codec-graph .widget:focus-visible .box,.codec-graph .widget[aria-pressed=true] .box{stroke:var(--live);stroke-width:2.5}
.codec-graph .nid{font-weight:600;fill:var(--ink);font-family:ui-monospace,monospace}
.codec-graph .kind{font-weight:400;fill:var(--soft);font-family:ui-sans-serif,system-ui,sans-serif}
.codec-graph .line{fill:var(--ink)}
.codec-graph .jack{stroke:var(--edge);stroke-width:2}
.codec-graph .level{fill:var(--live)}
.codec-graph .wire{fill:none;stroke:var(--faint);stroke-width:1.25}
.codec-graph .wire.open{stroke:var(--open)}
.codec-graph .wire.active{stroke:var(--live);stroke-width:2.25}
.codec-graph .gain{fill:var(--live);font-size:10px}
`;
