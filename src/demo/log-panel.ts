import type { DeviceEvent } from '../entries/machine.ts';
import { hex, make } from './make.ts';

const MOST_LINES = 200;
const TICKS_PER_MILLISECOND = 24_000;

/** What the device did, newest first: verbs, descriptors, interrupts, jacks. */
export class LogPanel {
  readonly #list: HTMLElement;

  constructor(list: HTMLElement) {
    this.#list = list;
  }

  show(events: readonly DeviceEvent[]): void {
    for (const event of events) {
      const time = (Number(event.linkTicks) / TICKS_PER_MILLISECOND).toFixed(3);
      this.#say(`${time} ms`, wordsOf(event));
    }
  }

  /** A line of the page's own: an underrun, a driver's print. */
  note(text: string): void {
    this.#say('page', text);
  }

  #say(when: string, text: string): void {
    this.#list.prepend(make('li', {}, make('span', { className: 'code quiet' }, when), ` ${text}`));
    while (this.#list.childElementCount > MOST_LINES) this.#list.lastElementChild?.remove();
  }
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
