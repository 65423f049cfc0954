// The outputs, one strip a pin: choose it, and read its level.

import type { Observation, OutputDescription, PinDescription } from 'azalia';
import { find, hex, make, say } from './make.ts';
import { inWords, Meter, partOf } from './meter.ts';

const JACK_CSS: Readonly<Record<string, string>> = {
  black: '#4b4b4f',
  grey: '#9a9a9f',
  blue: '#3f8fe0',
  green: '#3fa660',
  red: '#d8443c',
  orange: '#e8862e',
  yellow: '#d9b324',
  purple: '#8d5fc9',
  pink: '#e27ba8',
  white: '#f2f2f2',
};
/** By place in a line-out association (§5.14). */
const SPEAKERS = ['Front', 'Centre, LFE', 'Rear', 'Side'];
const SCALE_DB = [-60, -48, -36, -24, -12, 0];
const FIGURES = ['peak', 'rms', 'truePeak'] as const;
const FIGURE_NAMES = ['Peak', 'RMS', 'True peak'];
const READ_SECONDS = 0.2;
/** Full scale of 16 bits: what is wider reaches it too. */
const FULL_SCALE = 32767 / 32768;

interface Strip {
  readonly meters: readonly Meter[];
  readonly figures: readonly HTMLElement[];
  readonly over: HTMLElement;
}

export class Strips {
  readonly #strips = new Map<number, Strip>();
  #readAt = 0;

  constructor(outputs: readonly OutputDescription[]) {
    const place = find('#pin');
    const scale = find('#pin .scale');
    scale.append(
      make('div', {}, ...SCALE_DB.map((db) => tick(db))),
      ...FIGURE_NAMES.map((name) => make('span', { className: 'figure' }, name)),
    );
    for (const { pins } of outputs)
      for (const [index, pin] of pins.entries())
        place.append(this.#add(pin, pins.length > 1 ? SPEAKERS[index] : undefined));
    place.querySelector('input')?.setAttribute('checked', '');
    find('#clear-peaks').addEventListener('click', () => this.#clear());
  }

  /** What sounds at each pin now; one of which nothing was heard since the look before stays as it was. */
  feed(pins: Observation['levels']): void {
    for (const { nid, channels } of pins) {
      const strip = this.#strips.get(nid);
      if (!strip) continue;
      for (const [index, level] of channels.entries()) strip.meters[index]?.feed(level);
      if (channels.some(({ peak, truePeak }) => peak >= FULL_SCALE || truePeak > 1)) light(strip.over, true);
    }
  }

  draw(seconds: number): void {
    const read = seconds - this.#readAt >= READ_SECONDS;
    if (read) this.#readAt = seconds;
    for (const { meters, figures } of this.#strips.values()) {
      for (const meter of meters) meter.draw(seconds);
      if (!read) continue;
      for (const [index, figure] of FIGURES.entries()) {
        const text = inWords(Math.max(...meters.map((meter) => meter.figures[figure])));
        say(figures[index] as HTMLElement, text);
      }
    }
  }

  #clear(): void {
    for (const { meters, over } of this.#strips.values()) {
      for (const meter of meters) meter.clear();
      light(over, false);
    }
  }

  #add({ nid, device, color, channels }: PinDescription, speakers: string | undefined): HTMLElement {
    const name = speakers ?? `${device.charAt(0).toUpperCase()}${device.slice(1)}`;
    const jack = make('input', { type: 'radio', name: 'pin', value: `${nid}` });
    jack.style.setProperty('--jack', JACK_CSS[color] ?? '');
    const names = name.includes(', ') ? name.split(', ') : ['left', 'right'].map((side) => `${name} ${side}`);
    const meters = Array.from({ length: channels }, (_, side) => new Meter(names[side] ?? name));
    const over = make('span', { className: 'over' });
    const figures = FIGURES.map(() => make('span', { className: 'figure' }, inWords(Number.NEGATIVE_INFINITY)));
    this.#strips.set(nid, { meters, figures, over });
    return make(
      'div',
      { className: 'strip' },
      make('label', { className: 'choice' }, jack, ` ${name} `, make('small', {}, `${hex(nid, 2)}h`)),
      make('div', { className: 'meters' }, ...meters.map(({ element }) => element)),
      over,
      ...figures,
    );
  }
}

/** The light that says, until it is cleared, that full scale was reached. */
function light(over: HTMLElement, lit: boolean): void {
  if (over.classList.toggle('lit', lit) === over.hasChildNodes()) return;
  over.title = lit ? 'It reached full scale' : '';
  over.replaceChildren(...(lit ? [make('span', { className: 'unseen' }, 'over')] : []));
}

function tick(db: number): HTMLElement {
  const mark = make('span', {}, `${db}`.replace('-', '−'));
  mark.style.left = `${100 * partOf(db)}%`;
  return mark;
}
