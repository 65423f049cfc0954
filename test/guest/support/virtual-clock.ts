// A time that does not jitter: milliseconds = retired instructions / 200 000 + time slept. Two runs are the same run.

import type { Emulator } from '../../../src/v86/emulator.ts';

const INSTRUCTIONS_PER_MS = 200_000;
/** A halted CPU sleeps at least this long, or time would stand still just before a timer fires. */
const LEAST_SLEEP_MS = 0.01;

export class VirtualClock {
  #instructions = 0;
  #lastCounter = 0;
  #sleptMs = 0;
  #counter: Uint32Array | null = null;
  #random = 1;

  /** For the emulator's WebAssembly import and for `V86.microtick`. */
  readonly microtick = (): number => {
    const counter = this.#counter?.[0] ?? 0;
    this.#instructions += (counter - this.#lastCounter) >>> 0;
    this.#lastCounter = counter;
    return this.#instructions / INSTRUCTIONS_PER_MS + this.#sleptMs;
  };

  /** Park–Miller: the guest's random numbers, the same in every run. */
  readonly random = (): number => {
    this.#random = (this.#random * 48271) % 0x7fffffff;
    return this.#random;
  };

  /** Counts this emulator's instructions, and ends a halted CPU's sleep at once. */
  drive(emulator: Emulator): void {
    const { v86 } = emulator;
    this.#counter = v86.cpu.instruction_counter;
    this.#lastCounter = this.#counter[0] ?? 0;
    v86.yield = (milliseconds, tick) => {
      if (v86.cpu.in_hlt[0]) this.#sleptMs += Math.max(milliseconds, LEAST_SLEEP_MS);
      setImmediate(() => v86.yield_callback(tick));
    };
  }
}
