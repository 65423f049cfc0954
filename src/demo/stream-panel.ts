import type { StreamInspection } from '../entries/machine.ts';
import { hex, make } from './make.ts';

const SVG = 'http://www.w3.org/2000/svg';
const [RADIUS, MIDDLE] = [70, 90];

interface Ring {
  readonly figure: HTMLElement;
  readonly list: SVGElement;
  readonly hand: SVGElement;
  readonly caption: HTMLElement;
  readonly facts: HTMLElement;
  drawn: string;
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

  show(streams: readonly StreamInspection[]): void {
    const live = streams.filter(({ cyclicBufferBytes, tag }) => cyclicBufferBytes > 0 && tag > 0);
    this.#idle.hidden = live.length > 0;
    for (const [index, { figure }] of this.#rings) {
      if (live.some((stream) => stream.index === index)) continue;
      figure.remove();
      this.#rings.delete(index);
    }
    for (const stream of live) this.#draw(this.#rings.get(stream.index) ?? this.#add(stream.index), stream);
  }

  #add(index: number): Ring {
    const drawing = document.createElementNS(SVG, 'svg');
    drawing.setAttribute('viewBox', '0 0 180 180');
    drawing.setAttribute('role', 'img');
    drawing.setAttribute('aria-label', `Descriptor ring of stream ${index}`);
    const [list, hand] = [document.createElementNS(SVG, 'g'), document.createElementNS(SVG, 'path')];
    hand.setAttribute('class', 'hand');
    hand.setAttribute('d', `M${MIDDLE} ${MIDDLE}V${MIDDLE - RADIUS - 12}`);
    drawing.append(list, hand);
    const [caption, facts] = [make('figcaption', { className: 'caption' }), make('small')];
    const figure = make('figure', { className: 'ring' }, caption, drawing as unknown as Node, facts);
    this.#place.append(figure);
    const ring = { figure, list, hand, caption, facts, drawn: '' };
    this.#rings.set(index, ring);
    return ring;
  }

  #draw(ring: Ring, stream: StreamInspection): void {
    const { index, direction, running, tag, format, linkPositionBytes, cyclicBufferBytes, descriptors } = stream;
    ring.caption.textContent = `Stream ${index}, ${direction}, tag ${tag}, format ${hex(format, 4)}h`;
    ring.facts.textContent = `${running ? 'runs' : 'holds'} at ${linkPositionBytes} of ${cyclicBufferBytes} bytes, ${descriptors.length} descriptors`;
    ring.hand.setAttribute('transform', `rotate(${(360 * linkPositionBytes) / cyclicBufferBytes} ${MIDDLE} ${MIDDLE})`);
    const key = JSON.stringify(descriptors);
    if (ring.drawn === key) return;
    ring.drawn = key;
    let at = 0;
    ring.list.replaceChildren(
      ...descriptors.flatMap(({ bytes, interrupt }) => {
        const [from, to] = [at / cyclicBufferBytes, (at + bytes) / cyclicBufferBytes];
        at += bytes;
        const arc = document.createElementNS(SVG, 'path');
        arc.setAttribute('class', 'arc');
        arc.setAttribute('d', arcOf(from, to));
        if (!interrupt) return [arc];
        const dot = document.createElementNS(SVG, 'circle');
        const [x, y] = pointAt(to);
        for (const [name, value] of Object.entries({ class: 'ioc', cx: x, cy: y, r: 4 }))
          dot.setAttribute(name, `${value}`);
        return [arc, dot];
      }),
    );
  }
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
