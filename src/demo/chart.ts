/*! With uPlot: Copyright (c) 2022 Leon Sorokin, MIT licence, github.com/leeoniya/uPlot */
// A line chart over a few sizes, its values on a logarithmic axis; colours are the page's own.

import uPlot from 'uplot';
import { make, times } from './make.ts';

const HEIGHT = 220;
const SHORT = new Intl.NumberFormat('en', { notation: 'compact' });
const SERIES_COLORS = ['--series-1', '--series-2', '--series-3'];

export interface ChartOptions {
  readonly title: string;
  /** What the places on the x axis are called, one after the other. */
  readonly places: readonly string[];
  readonly xLabel: string;
  readonly series: readonly string[];
  /** The y axis: fixed, so that charts side by side can be compared. */
  readonly range: readonly [least: number, most: number];
}

export class Chart {
  readonly element: HTMLElement;
  readonly #options: ChartOptions;
  readonly #values: (number | null)[][];
  readonly #place = make('div', { className: 'plot' });
  #plot: uPlot | null = null;
  #waiting = false;

  constructor(options: ChartOptions) {
    this.#options = options;
    this.#values = options.series.map(() => options.places.map(() => null));
    this.element = make(
      'figure',
      { className: 'chart' },
      make('figcaption', { className: 'caption' }, options.title),
      this.#place,
    );
    new ResizeObserver(() => this.#fit()).observe(this.#place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#plot?.redraw(false, true));
  }

  set(series: number, place: number, value: number): void {
    (this.#values[series] as (number | null)[])[place] = value;
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.#plot?.setData(this.#data());
    });
  }

  #data(): uPlot.AlignedData {
    return [this.#options.places.map((_, place) => place), ...this.#values];
  }

  #fit(): void {
    const width = this.#place.clientWidth;
    if (width === 0) return;
    if (this.#plot) this.#plot.setSize({ width, height: HEIGHT });
    else this.#plot = new uPlot(this.#described(width), this.#data(), this.#place);
  }

  #described(width: number): uPlot.Options {
    const { places, series, xLabel, range } = this.#options;
    const color = (name: string) => () => getComputedStyle(this.#place).getPropertyValue(name).trim();
    const axis = {
      stroke: color('--quiet'),
      grid: { stroke: color('--grid'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    };
    return {
      width,
      height: HEIGHT,
      legend: { live: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
      scales: { x: { time: false, range: [-0.3, places.length - 0.7] }, y: { distr: 3, range: [range[0], range[1]] } },
      axes: [
        {
          ...axis,
          label: xLabel,
          labelFont: axis.font,
          labelSize: 18,
          size: 24,
          splits: places.map((_, place) => place),
          values: (_, at) => at.map((place) => places[place] ?? ''),
        },
        {
          ...axis,
          size: 46,
          values: (_, at) => at.map((value) => (Number.isInteger(Math.log10(value)) ? `×${SHORT.format(value)}` : '')),
        },
      ],
      series: [
        { label: xLabel, value: (_, place) => (place === null ? '' : (places[place] ?? '')) },
        ...series.map((label, index) => {
          const stroke = color(SERIES_COLORS[index % SERIES_COLORS.length] as string);
          return {
            label,
            stroke,
            width: 2,
            points: { show: true, size: 6, fill: stroke },
            value: (_: uPlot, value: number | null) => (value === null ? '' : times(value)),
          };
        }),
      ],
    };
  }
}
