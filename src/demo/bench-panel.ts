// The benchmark tab: runs in a worker of its own, draws what comes in, can be given up.

import type { BenchReport } from '../../bench/bench.ts';
import { GRID_CHANNELS, GRID_MIXED, GRID_RATES_HZ, GRID_STREAMS, type GridPoint } from '../../bench/grid.ts';
import type { BenchMessage } from './bench-worker.ts';
import type { Chart, ChartOptions } from './chart.ts';
import { find, make, say, times } from './make.ts';

const RANGE = [10, 100_000] as const;
const STREAMS = GRID_STREAMS.map(String);
const RATES_HZ: readonly number[] = GRID_RATES_HZ;
const CHANNELS: readonly number[] = GRID_CHANNELS;

export class BenchPanel {
  readonly #button = find<HTMLButtonElement>('#bench');
  readonly #progress = find<HTMLProgressElement>('#bench-progress');
  readonly #status = find('#bench-status');
  readonly #results = find('#bench-results');
  #worker: Worker | null = null;
  #points: GridPoint[] = [];
  #draw: (point: GridPoint) => void = () => {};

  constructor(onError: (error: unknown) => void) {
    this.#button.addEventListener('click', () => {
      if (this.#worker) this.#end('Given up. What was measured stays.');
      else this.#begin().catch(onError);
    });
  }

  async #begin(): Promise<void> {
    const { Chart } = await import('./chart.ts'); // its library is for this tab alone
    this.#points = [];
    this.#draw = this.#makeCharts((options) => new Chart(options));
    this.#button.textContent = 'Cancel';
    this.#progress.value = 0;
    this.#progress.hidden = false;
    this.#results.hidden = false;
    say(this.#status, 'Starting');
    this.#worker = new Worker(new URL('./bench-worker.js', import.meta.url), { type: 'module', name: 'benchmark' });
    this.#worker.onmessage = ({ data }: MessageEvent<BenchMessage>) => this.#receive(data);
    this.#worker.onerror = () => this.#end('bench-worker.js did not load.');
  }

  #receive(message: BenchMessage): void {
    switch (message.kind) {
      case 'progress':
        this.#progress.value = message.share;
        say(this.#status, message.what);
        break;
      case 'point':
        this.#points.push(message.point);
        this.#draw(message.point);
        break;
      case 'report':
        this.#results.append(...reportOf(message.report), figuresOf(this.#points, message.report));
        this.#end('Done: ratios of one run, on this computer, in this browser.');
        break;
      case 'failed':
        this.#end(`It failed: ${message.message}`);
    }
  }

  #end(status: string): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#button.textContent = 'Run the benchmarks';
    this.#progress.hidden = true;
    say(this.#status, status);
  }

  /** A chart for each rate, one for mixing; returns what puts a point where it belongs. */
  #makeCharts(chartOf: (options: ChartOptions) => Chart): (point: GridPoint) => void {
    const channels = GRID_CHANNELS.map((count) => `${count} channels`);
    const chart = (title: string, series: readonly string[]) =>
      chartOf({ title, places: STREAMS, xLabel: 'streams', series, range: RANGE });
    const rates = GRID_RATES_HZ.map((rateHz) => chart(`${rateHz / 1000} kHz`, channels));
    const mixing = chart(`Mixed into one, ${GRID_MIXED.channels} channels, ${GRID_MIXED.rateHz / 1000} kHz`, [
      'side by side',
      'mixed',
    ]);
    this.#results.replaceChildren(
      make('h3', {}, 'Device time for host time'),
      make(
        'p',
        { className: 'quiet' },
        'How many times faster than real time descriptors are walked, samples fetched, converted and mixed: 24 bits, ticks of 1 ms.',
      ),
      make('div', { className: 'charts' }, ...[...rates, mixing].map(({ element }) => element)),
    );
    return ({ streams, channels: count, rateHz, mixed, timesRealTime }) => {
      const place = STREAMS.indexOf(`${streams}`);
      if (!mixed) rates[RATES_HZ.indexOf(rateHz)]?.set(CHANNELS.indexOf(count), place, timesRealTime);
      if (count === GRID_MIXED.channels && rateHz === GRID_MIXED.rateHz)
        mixing.set(mixed ? 1 : 0, place, timesRealTime);
    };
  }
}

interface Bar {
  readonly name: string;
  readonly value: number;
  readonly text: string;
}

function reportOf({ rows, verbs }: BenchReport): HTMLElement[] {
  const copies = rows.map((row) => ({
    name: row.workload,
    value: row.ofMemoryCopy,
    text: `${Math.round(100 * row.ofMemoryCopy)} %`,
  }));
  const arrays = rows.map((row) => ({ name: row.workload, value: row.ofTypedArrays, text: times(row.ofTypedArrays) }));
  const ways = verbs.map((row) => ({
    name: row.way,
    value: row.verbsPerSecond,
    text: Math.round(row.verbsPerSecond).toLocaleString('en'),
  }));
  return [
    make(
      'div',
      { className: 'charts wide' },
      barsOf('Beside the same work in typed arrays: times faster', arrays, 1),
      barsOf('Beside memory.copy of the same output: its speed is 100 %', copies, 1),
      barsOf('Verbs a second', ways),
    ),
  ];
}

/** Bars from 0 to the highest, or to `mark`, which is drawn as a line. */
function barsOf(title: string, bars: readonly Bar[], mark?: number): HTMLElement {
  const most = Math.max(mark ?? 0, ...bars.map(({ value }) => value));
  const rows = bars.map(({ name, value, text }) => {
    const bar = make('div', { className: 'bar' }, make('i'));
    bar.style.setProperty('--part', `${value / most}`);
    if (mark !== undefined) bar.style.setProperty('--mark', `${mark / most}`);
    return make(
      'tr',
      {},
      make('th', { scope: 'row' }, name.replaceAll(' x ', ' × ')),
      make('td', {}, bar),
      make('td', { className: 'figure' }, text),
    );
  });
  return make(
    'table',
    { className: 'bars' },
    make('caption', { className: 'caption' }, title),
    make('tbody', {}, ...rows),
  );
}

/** The same in figures. */
function figuresOf(points: readonly GridPoint[], { machine, rows }: BenchReport): HTMLElement {
  const table = (names: readonly string[], cells: readonly (readonly string[])[]) =>
    make(
      'table',
      {},
      make('thead', {}, make('tr', {}, ...names.map((name) => make('th', { scope: 'col' }, name)))),
      make('tbody', {}, ...cells.map((row) => make('tr', {}, ...row.map((text) => make('td', {}, text))))),
    );
  return make(
    'details',
    {},
    make('summary', {}, 'The figures'),
    table(
      ['Workload', 'ns a tick', 'GB/s', 'Real time'],
      rows.map((row) => [
        row.workload.replaceAll(' x ', ' × '),
        row.nsPerTick.toPrecision(3),
        row.gigabytesPerSecond.toPrecision(3),
        times(row.timesRealTime),
      ]),
    ),
    table(
      ['Streams', 'Channels', 'Rate', 'Mixed', 'Real time'],
      points.map((point) => [
        `${point.streams}`,
        `${point.channels}`,
        `${point.rateHz} Hz`,
        point.mixed ? 'mixed' : '',
        times(point.timesRealTime),
      ]),
    ),
    make('small', {}, machine.runtime),
  );
}
