import type { Azalia, Observation } from 'azalia';
import { type CodecModel, parseCodecDump } from '../entries/codec.ts';
import { drawCodecGraph } from '../graph/graph.ts';
import { find } from './make.ts';
import { WidgetPanel } from './widget-panel.ts';

const BOX_WIDTH = 132 - 8;
const FLOOR_DB = 60;
const LOOK_MILLISECONDS = 500;

/** The codec as it is set now; a widget that is clicked opens beside it. */
export class GraphPanel {
  readonly #azalia: Azalia;
  readonly #place = find('#graph');
  readonly #widget: WidgetPanel;
  #bars = new Map<number, Element>();
  #dump = '';
  #active = '';
  #looked = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;
  #changed = false;
  #chosen: string | null = null;

  constructor(azalia: Azalia, onError: (error: unknown) => void) {
    this.#azalia = azalia;
    this.#widget = new WidgetPanel(azalia, () => this.#lookAnew(), onError);
    const open = (event: Event) => {
      const widget = (event.target as Element).closest('[data-nid]');
      if (widget) this.#open(widget);
    };
    this.#place.addEventListener('click', open);
    this.#place.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      open(event);
    });
  }

  /** Bars at the pins; the drawing itself is looked after twice a second. */
  async show(levels: Observation['levels']): Promise<void> {
    for (const { nid, channels } of levels) {
      const peak = Math.max(...channels.map((channel) => channel.peak));
      const decibels = 20 * Math.log10(Math.max(peak, 1e-9));
      const width = Math.max(0, BOX_WIDTH * Math.min(1, 1 + decibels / FLOOR_DB)).toFixed(0);
      const bar = this.#bars.get(nid);
      if (bar && bar.getAttribute('width') !== width) bar.setAttribute('width', width);
    }
    if (performance.now() - this.#looked > LOOK_MILLISECONDS) await this.#lookAnew();
  }

  /** After what was changed before now; what comes while one look is under way becomes one more. */
  async #lookAnew(): Promise<void> {
    this.#changed = true;
    this.#looking ??= this.#lookOn();
    await this.#looking;
  }

  async #lookOn(): Promise<void> {
    try {
      while (this.#changed) {
        this.#changed = false;
        await this.#look();
      }
    } finally {
      this.#looking = null;
    }
  }

  async #look(): Promise<void> {
    this.#looked = performance.now();
    const dump = await this.#azalia.codec.dump();
    if (dump === this.#dump) return;
    this.#dump = dump;
    const [model] = parseCodecDump(dump) as [CodecModel];
    const pins = this.#azalia.outputs.flatMap((output) => output.pins);
    const focused = document.activeElement?.closest('#graph [data-nid]')?.getAttribute('data-nid');
    this.#place.innerHTML = drawCodecGraph(model, { levels: new Map(pins.map(({ nid }) => [nid, 0])) });
    this.#bars = new Map(pins.map(({ nid }) => [nid, find(`#graph [data-nid="${nid}"] .level`)]));
    this.#widget.model = model;
    if (focused) find(`#graph [data-nid="${focused}"]`).focus({ preventScroll: true });
    const again = this.#chosen && this.#place.querySelector(`[data-nid="${this.#chosen}"]`);
    if (again) again.setAttribute('aria-pressed', 'true');
    if (again && !this.#widget.used) this.#widget.open(Number(this.#chosen));
    this.#reveal();
  }

  /** Scrolls to the way that sounds, when that becomes another. */
  #reveal(): void {
    const widgets = [...this.#place.querySelectorAll('.widget.active')];
    const active = widgets.map((widget) => widget.getAttribute('data-nid')).join();
    if (active === this.#active) return;
    this.#active = active;
    if (widgets.length === 0) return;
    const boxes = widgets.map((widget) => widget.getBoundingClientRect());
    const top = Math.min(...boxes.map((box) => box.top));
    const bottom = Math.max(...boxes.map((box) => box.bottom));
    const place = this.#place.getBoundingClientRect();
    this.#place.scrollBy({ top: (top + bottom) / 2 - (place.top + place.bottom) / 2 });
  }

  #open(widget: Element): void {
    for (const pressed of this.#place.querySelectorAll('[aria-pressed]')) pressed.removeAttribute('aria-pressed');
    widget.setAttribute('aria-pressed', 'true');
    this.#chosen = widget.getAttribute('data-nid');
    this.#widget.open(Number(this.#chosen));
  }
}
