// The machine's live figures for whoever shows them: the worker writes them after every pump, the page reads them when it
// draws. Shared memory where there is some, else a copy now and then. One float64 each, so none is seen half written.

import type { Machine } from '../entries/machine.ts';
import { GCAP, SD_BASE, SD_STRIDE, SDnCBL, SDnCTL, SDnCTL_RUN, SDnLPIB } from '../hda/registers.ts';

/**
 * framesWritten: to the transport; framesPlayed: taken by the audio callback; underruns: render quanta; inputGaps: render
 * quanta of the input that were lost or late; linkTicks: 24 MHz.
 */
const FIGURES = ['framesWritten', 'framesPlayed', 'underruns', 'inputGaps', 'linkTicks', 'interrupts'] as const;
export type Figures = Readonly<Record<(typeof FIGURES)[number], number>>;

/** An output stream of the controller, as its registers have it. */
export interface StreamFigures {
  readonly running: boolean;
  /** SDnLPIB. */
  readonly linkPositionBytes: number;
  /** SDnCBL. */
  readonly cyclicBufferBytes: number;
}

const STREAM_WORDS = 3;

export class Board {
  readonly words: Float64Array;
  readonly #machine: Machine;
  readonly #firstStream: number;
  #interrupts = 0;

  constructor(machine: Machine, shared: boolean) {
    this.#machine = machine;
    const gcap = machine.controller.read(GCAP, 2); // §2.1: 15:12 output streams stand after 11:8 input streams
    this.#firstStream = (gcap >>> 8) & 15;
    const bytes = 8 * (FIGURES.length + STREAM_WORDS * (gcap >>> 12));
    this.words = new Float64Array(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
    machine.controller.onInterrupt((level) => {
      if (level) this.#interrupts++;
    });
  }

  update(framesWritten: number, framesPlayed: number, underruns: number, inputGaps: number): void {
    const { controller, linkTicks } = this.#machine;
    this.words.set([framesWritten, framesPlayed, underruns, inputGaps, Number(linkTicks), this.#interrupts]);
    let base = SD_BASE + SD_STRIDE * this.#firstStream;
    for (let at = FIGURES.length; at < this.words.length; at += STREAM_WORDS, base += SD_STRIDE) {
      this.words[at] = controller.read(base + SDnCTL, 1) & SDnCTL_RUN;
      this.words[at + 1] = controller.read(base + SDnLPIB, 4);
      this.words[at + 2] = controller.read(base + SDnCBL, 4);
    }
  }
}

export function readBoard(words: Float64Array): Figures & { readonly streams: readonly StreamFigures[] } {
  const figures = Object.fromEntries(FIGURES.map((name, index) => [name, words[index]])) as unknown as Figures;
  const streams: StreamFigures[] = [];
  for (let at = FIGURES.length; at < words.length; at += STREAM_WORDS) {
    const [running = 0, linkPositionBytes = 0, cyclicBufferBytes = 0] = words.subarray(at, at + STREAM_WORDS);
    streams.push({ running: running !== 0, linkPositionBytes, cyclicBufferBytes });
  }
  return { ...figures, streams };
}
