import { type CodecModel, parseCodecDump } from '../entries/codec.ts';
import type { MachineCodec } from '../entries/machine.ts';
import { drawCodecGraph } from '../graph/graph.ts';
import { find, hex, make } from './make.ts';

const LOOK_MILLISECONDS = 500;

/** A codec as the guest's driver has set it; a widget that is clicked shows its part of the dump. */
export class PcGraph {
  readonly #codec: MachineCodec;
  readonly #place = find('#graph');
  #dump = '';
  #looked = Number.NEGATIVE_INFINITY;
  #chosen: string | null = null;

  constructor(codec: MachineCodec) {
    this.#codec = codec;
    const open = (event: Event) => {
      const widget = (event.target as Element).closest('[data-nid]');
      if (widget) this.#open(widget.getAttribute('data-nid'));
    };
    this.#place.addEventListener('click', open);
    this.#place.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      open(event);
    });
  }

  show(): void {
    if (performance.now() - this.#looked < LOOK_MILLISECONDS) return;
    this.#looked = performance.now();
    const dump = this.#codec.dump();
    if (dump === this.#dump) return;
    this.#dump = dump;
    const focused = this.#place.contains(document.activeElement)
      ? document.activeElement?.getAttribute('data-nid')
      : null;
    const [model] = parseCodecDump(dump) as [CodecModel];
    this.#place.innerHTML = drawCodecGraph(model);
    if (focused) this.#place.querySelector<SVGElement>(`[data-nid="${focused}"]`)?.focus();
    this.#open(this.#chosen);
  }

  #open(nid: string | null): void {
    if (nid === null) return;
    this.#chosen = nid;
    for (const widget of this.#place.querySelectorAll('[data-nid]')) {
      if (widget.getAttribute('data-nid') === nid) widget.setAttribute('aria-pressed', 'true');
      else widget.removeAttribute('aria-pressed');
    }
    const name = `0x${hex(Number(nid), 2).toLowerCase()}`;
    const start = this.#dump.indexOf(`Node ${name} `);
    const end = this.#dump.indexOf('\nNode ', start + 1);
    const text = this.#dump.slice(start, end < 0 ? undefined : end);
    find('#widget').replaceChildren(make('pre', { className: 'code', tabIndex: 0 }, text));
  }
}
