import { describeRegisters } from '../entries/machine.ts';
import { hex, make } from './make.ts';

interface Row {
  readonly value: HTMLElement;
  readonly words: HTMLElement;
  readonly row: HTMLElement;
  shown: number;
}

/** The controller's registers; a row lights up when its value changes. */
export class RegisterPanel {
  readonly #table: HTMLElement;
  readonly #rows = new Map<string, Row>();

  constructor(table: HTMLElement) {
    this.#table = table;
  }

  show(registers: Uint8Array): void {
    for (const { name, offset, bytes, value, words } of describeRegisters(registers)) {
      const key = `${name} ${offset}`;
      const row = this.#rows.get(key) ?? this.#add(key, name, offset);
      if (row.shown === value) continue;
      const first = Number.isNaN(row.shown);
      row.shown = value;
      row.value.textContent = hex(value, 2 * bytes);
      row.words.textContent = words;
      if (!first && name !== 'WALCLK') light(row.row);
    }
  }

  #add(key: string, name: string, offset: number): Row {
    const [value, words] = [make('td', { className: 'code' }), make('td')];
    const row = make(
      'tr',
      {},
      make('td', { className: 'code quiet' }, hex(offset, 3)),
      make('th', { scope: 'row' }, name),
      value,
      words,
    );
    this.#table.append(row);
    const made = { value, words, row, shown: Number.NaN };
    this.#rows.set(key, made);
    return made;
  }
}

function light(row: HTMLElement): void {
  row.animate([{ background: 'var(--accent-soft)' }, { background: 'transparent' }], { duration: 600 });
}
