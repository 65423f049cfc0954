import type { DeviceEvent } from '../entries/machine.ts';
import { find, hex, make } from './make.ts';

const MOST_LINES = 200;
const TICKS_PER_MILLISECOND = 24_000;

type Kind = 'descriptors' | 'interrupts' | 'verbs' | 'others';
const KINDS: Readonly<Partial<Record<DeviceEvent['kind'], Kind>>> = {
  verb: 'verbs',
  unsolicited: 'verbs',
  descriptor: 'descriptors',
  fragment: 'descriptors',
  interrupt: 'interrupts',
};

interface Line {
  readonly kind: Kind;
  readonly when: string;
  readonly text: string;
}

/** What the device did, newest first: verbs, descriptors, interrupts, jacks. Lines become elements only when they are shown. */
export class LogPanel {
  readonly #list = find('#log');
  readonly #empty = find('#no-log');
  readonly #pause = find('#log-pause');
  readonly #shown: () => ReadonlySet<Kind>;
  #lines: Line[] = [];

  constructor() {
    const boxes = [...document.querySelectorAll<HTMLInputElement>('#log-kinds input')];
    this.#shown = () => new Set(boxes.filter(({ checked }) => checked).map(({ value }) => value as Kind));
    find('#log-kinds').addEventListener('change', () => {
      const shown = this.#shown();
      for (const line of this.#list.querySelectorAll<HTMLElement>('li')) {
        if (!shown.has(line.dataset.kind as Kind)) line.remove();
      }
    });
    this.#pause.addEventListener('click', () => {
      this.#pause.ariaPressed = String(this.#pause.ariaPressed !== 'true');
    });
  }

  take(events: readonly DeviceEvent[]): void {
    for (const event of events) {
      const when = `${(Number(event.linkTicks) / TICKS_PER_MILLISECOND).toFixed(3)} ms`;
      this.#add({ kind: KINDS[event.kind] ?? 'others', when, text: wordsOf(event) });
    }
  }

  /** A line of the page's own: an underrun, a driver's print. */
  note(text: string): void {
    this.#add({ kind: 'others', when: 'page', text });
  }

  show(): void {
    if (this.#lines.length === 0) return;
    const shown = this.#shown();
    const lines = this.#lines.filter(({ kind }) => shown.has(kind)).slice(-MOST_LINES);
    this.#lines = [];
    this.#list.prepend(...lines.reverse().map(elementOf));
    while (this.#list.childElementCount > MOST_LINES) this.#list.lastElementChild?.remove();
    this.#empty.hidden = this.#list.childElementCount > 0;
  }

  #add(line: Line): void {
    if (this.#pause.ariaPressed === 'true' || !this.#shown().has(line.kind)) return;
    this.#lines.push(line);
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
  }
}

function elementOf({ kind, when, text }: Line): HTMLElement {
  const line = make('li', {}, make('span', { className: 'code quiet' }, when), make('span', {}, text));
  line.dataset.kind = kind;
  return line;
}

function wordsOf(event: DeviceEvent): string {
  switch (event.kind) {
    case 'verb':
      return `codec ${event.codec} verb ${hex(event.command, 8)} → ${event.response === null ? 'no answer' : hex(event.response, 8)}`;
    case 'descriptor':
      return `stream ${event.stream} fetches descriptor ${event.index}: ${event.length} bytes at ${hex(event.address, 8)}${event.interruptOnCompletion ? ', IOC' : ''}`;
    case 'fragment':
      return `stream ${event.stream} has moved descriptor ${event.index}`;
    case 'interrupt':
      return `interrupt line ${event.level ? 'rises' : 'falls'}`;
    case 'jack':
      return `codec ${event.codec} pin ${hex(event.pin, 2)}h ${event.present ? 'plugged' : 'pulled'}`;
    case 'unsolicited':
      return `codec ${event.codec} unsolicited response ${hex(event.response, 8)}`;
    case 'stream':
      return `stream ${event.stream} ${event.event}`;
    default:
      return event.kind;
  }
}
