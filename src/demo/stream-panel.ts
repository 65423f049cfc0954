import type { Statistics } from 'azalia';
import { type DescriptorInspection, describeRegisters, type StreamInspection } from '../entries/machine.ts';
import { hex, make, say } from './make.ts';

const SVG = 'http://www.w3.org/2000/svg';
const [RADIUS, MIDDLE] = [70, 90];
const MOST_ROWS = 8;

interface Ring {
  readonly figure: HTMLElement;
  readonly arcs: SVGElement;
  readonly hand: SVGElement;
  readonly middle: SVGElement;
  readonly caption: HTMLElement;
  readonly facts: HTMLElement;
  readonly list: HTMLElement;
  /** Among the controller's output streams; −1 for an input. */
  outputIndex: number;
  descriptors: readonly DescriptorInspection[];
  drawn: string;
  current: number;
}

/** A ring for each stream that has a buffer: its descriptors as arcs, interrupts as dots, the link position as a hand. */
export class StreamPanel {
  readonly #place: HTMLElement;
  readonly #idle: HTMLElement;
  readonly #rings = new Map<number, Ring>();

  constructor(place: HTMLElement, idle: HTMLElement) {
    this.#place = place;
    this.#idle = idle;
  }

  show(streams: readonly StreamInspection[], registers: Uint8Array): void {
    const live = streams.filter(({ cyclicBufferBytes, tag }) => cyclicBufferBytes > 0 && tag > 0);
    this.#idle.hidden = live.length > 0;
    for (const [index, { figure }] of this.#rings) {
      if (live.some((stream) => stream.index === index)) continue;
      figure.remove();
      this.#rings.delete(index);
    }
    if (live.length === 0) return;
    const formats = new Map(describeRegisters(registers).map(({ name, words }) => [name, words]));
    const outputs = streams.filter(({ direction }) => direction === 'output');
    for (const stream of live) {
      const ring = this.#rings.get(stream.index) ?? this.#add(stream.index);
      ring.outputIndex = outputs.indexOf(stream);
      describe(ring, stream, formats.get(`SD${stream.index}FMT`) ?? '');
    }
  }

  /** The hands between one look and the next, where the page has newer positions. */
  turn(streams: Statistics['streams']): void {
    for (const ring of this.#rings.values()) {
      const { running, linkPositionBytes, cyclicBufferBytes } = streams[ring.outputIndex] ?? {};
      if (running && linkPositionBytes !== undefined && cyclicBufferBytes)
        turn(ring, linkPositionBytes, cyclicBufferBytes);
    }
  }

  #add(index: number): Ring {
    const drawing = element('svg', {
      viewBox: '0 0 180 180',
      role: 'img',
      'aria-label': `Descriptor ring of stream ${index}`,
    });
    const arcs = element('g', {});
    const hand = element('path', { class: 'hand', d: `M${MIDDLE} ${MIDDLE - RADIUS + 16}V${MIDDLE - RADIUS - 12}` });
    const middle = element('text', { class: 'middle', x: MIDDLE, y: MIDDLE + 5 });
    drawing.append(arcs, hand, middle);
    const caption = make('figcaption', { className: 'caption' });
    const [facts, list] = [make('p'), make('tbody')];
    const head = make(
      'tr',
      {},
      ...['Entry', 'Address', 'Bytes', 'Interrupt'].map((name) => make('th', { scope: 'col' }, name)),
    );
    const table = make('table', {}, make('thead', {}, head), list);
    const figure = make('figure', { className: 'ring' }, drawing, make('div', {}, caption, facts, table));
    this.#place.append(figure);
    const ring = {
      figure,
      arcs,
      hand,
      middle,
      caption,
      facts,
      list,
      outputIndex: -1,
      descriptors: [],
      drawn: '',
      current: -1,
    };
    this.#rings.set(index, ring);
    return ring;
  }
}

function describe(ring: Ring, stream: StreamInspection, format: string): void {
  const { index, direction, running, tag, linkPositionBytes, cyclicBufferBytes, descriptors } = stream;
  say(ring.caption, `Stream ${index}, ${direction}, tag ${tag}: ${running ? 'runs' : 'holds'}`);
  say(ring.facts, `${format}, format ${hex(stream.format, 4)}h`);
  const key = JSON.stringify(descriptors);
  if (ring.drawn !== key) {
    ring.drawn = key;
    ring.descriptors = descriptors;
    ring.current = -1;
    ring.arcs.replaceChildren(...arcsOf(descriptors, cyclicBufferBytes));
    ring.list.replaceChildren(...rowsOf(descriptors));
  }
  if (direction === 'input' || !running) turn(ring, linkPositionBytes, cyclicBufferBytes);
}

function turn(ring: Ring, position: number, bytes: number): void {
  ring.hand.setAttribute('transform', `rotate(${((360 * position) / bytes).toFixed(2)} ${MIDDLE} ${MIDDLE})`);
  say(ring.middle, `${position}`);
  let end = 0;
  const current = ring.descriptors.findIndex((entry) => {
    end += entry.bytes;
    return position < end;
  });
  if (current === ring.current) return;
  ring.current = current;
  for (const parts of [ring.arcs.querySelectorAll('.arc'), ring.list.children]) {
    for (const [index, part] of [...parts].entries()) part.classList.toggle('current', index === current);
  }
}

function arcsOf(descriptors: readonly DescriptorInspection[], cyclicBufferBytes: number): SVGElement[] {
  let at = 0;
  return descriptors.flatMap(({ bytes, interrupt }) => {
    const [from, to] = [at / cyclicBufferBytes, (at + bytes) / cyclicBufferBytes];
    at += bytes;
    const arc = element('path', { class: 'arc', d: arcOf(from, to) });
    if (!interrupt) return [arc];
    const [cx, cy] = pointAt(to);
    return [arc, element('circle', { class: 'ioc', cx, cy, r: 4 })];
  });
}

function rowsOf(descriptors: readonly DescriptorInspection[]): HTMLElement[] {
  const rows = descriptors
    .slice(0, MOST_ROWS)
    .map(({ address, bytes, interrupt }, index) =>
      make(
        'tr',
        {},
        ...[`${index}`, hex(address, 8), `${bytes}`, interrupt ? 'IOC' : ''].map((text) =>
          make('td', { className: 'code' }, text),
        ),
      ),
    );
  const rest = descriptors.length - MOST_ROWS;
  return rest > 0
    ? [...rows, make('tr', {}, make('td', { colSpan: 4, className: 'quiet' }, `and ${rest} more`))]
    : rows;
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, `${value}`);
  return made;
}

function pointAt(turn: number): [x: number, y: number] {
  const angle = 2 * Math.PI * turn;
  return [MIDDLE + RADIUS * Math.sin(angle), MIDDLE - RADIUS * Math.cos(angle)];
}

/** A little short of its ends, so that neighbours are seen apart. */
function arcOf(from: number, to: number): string {
  const gap = Math.min(0.004, (to - from) / 4);
  const [[x1, y1], [x2, y2]] = [pointAt(from + gap), pointAt(to - gap)];
  return `M${x1} ${y1}A${RADIUS} ${RADIUS} 0 ${to - from > 0.5 ? 1 : 0} 1 ${x2} ${y2}`;
}
