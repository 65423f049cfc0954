// One line on stderr that tells how far a long piece of work is; nothing where nobody watches.

import { performance } from 'node:perf_hooks';
import type { WriteStream } from 'node:tty';
import { paintFor } from './paint.ts';

const QUIET_MILLISECONDS = 1000;
const REDRAW_MILLISECONDS = 100;
const BAR_COLUMNS = 32;

export class Progress {
  readonly #stream: WriteStream;
  readonly #began = performance.now();
  #drawn = 0;

  constructor(stream: WriteStream = process.stderr) {
    this.#stream = stream;
  }

  /** `part` of the work, 0…1, is done; `note` is a few words beside the bar. */
  update(part: number, note: string): void {
    const now = performance.now();
    if (!this.#stream.isTTY || now - this.#began < QUIET_MILLISECONDS || now - this.#drawn < REDRAW_MILLISECONDS)
      return;
    this.#drawn = now;
    const { accent, dim } = paintFor(this.#stream);
    const full = Math.round(part * BAR_COLUMNS);
    const percent = String(Math.floor(part * 100)).padStart(3);
    const bar = accent('━'.repeat(full)) + dim('─'.repeat(BAR_COLUMNS - full));
    this.#stream.write(`\r\x1b[K  ${bar} ${percent} %  ${dim(note.slice(0, 38))}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#drawn > 0) this.#stream.write('\r\x1b[K');
    this.#drawn = 0;
  }
}
