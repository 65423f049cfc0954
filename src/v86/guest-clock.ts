import type { Machine } from '../entries/machine.ts';

const TICKS_PER_MS = 24_000;
const TICKS_PER_FRAME = 500;
/** A guest that did not run for longer than this finds that the card did not either. */
const MOST_MS = 1000;

/** Moves the machine along with the emulator's time: floor(24 000 · milliseconds) link ticks after a start. */
export class GuestClock {
  /** Milliseconds of guest time in which the card stood still: the emulator was not run. */
  skippedMs = 0;
  readonly #machine: Machine;
  #originMs = 0;
  #originTicks = 0;
  #ticks = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** The card's present is `nowMs` of the emulator's time. */
  start(nowMs: number): void {
    this.#originMs = nowMs;
    this.#originTicks = Number(this.#machine.linkTicks);
    this.#ticks = 0;
  }

  /** Emulator time at which the card may interrupt by itself: a halted CPU must not sleep past it. */
  get eventMs(): number {
    return this.#originMs + (this.#ticks + this.#machine.ticksToEvent) / TICKS_PER_MS;
  }

  /**
   * Brings the card to `nowMs`, or a second towards it; `passing` hears before of the link frames since power-up that it
   * goes from and to.
   */
  advanceTo(nowMs: number, passing: (from: number, to: number) => void): void {
    const skippedMs = nowMs - this.#originMs - this.#ticks / TICKS_PER_MS - MOST_MS;
    if (skippedMs > 0) {
      this.skippedMs += skippedMs;
      this.#originMs += skippedMs;
    }
    const ticks = Math.floor((nowMs - this.#originMs) * TICKS_PER_MS) - this.#ticks;
    if (ticks <= 0) return;
    const from = this.#originTicks + this.#ticks;
    this.#ticks += ticks;
    passing(Math.floor(from / TICKS_PER_FRAME), Math.floor((from + ticks) / TICKS_PER_FRAME));
    this.#machine.advance(ticks / TICKS_PER_FRAME);
  }
}
