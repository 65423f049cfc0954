// Time inside the card's own functions while a guest runs: register handlers, timer hook, output. Not v86's.

import type { HdAudio } from '../../../src/entries/v86.ts';
import type { Cpu } from '../../../src/v86/emulator.ts';

type TimerHook = Cpu['run_hardware_timers'];
type Handler = (address: number, value: number) => number;

export class Stopwatch {
  #insideMs = 0;
  #emulatorMs = 0;
  #timerCalls = 0;
  /** What the stopwatch itself takes at every call of the timer hook. */
  readonly #ownMs: number;

  constructor() {
    const nothing = this.#outer(this.#inner(() => 0));
    const calls = 200_000;
    for (let i = 0; i < calls; i++) nothing(false, 0); // compiled by then
    const from = this.#insideMs;
    for (let i = 0; i < calls; i++) nothing(false, 0);
    this.#ownMs = (this.#insideMs - from) / calls;
    this.#insideMs = 0;
    this.#timerCalls = 0;
  }

  /** Milliseconds of the host. */
  get insideMs(): number {
    return this.#insideMs - this.#timerCalls * this.#ownMs;
  }

  /** Before the card is attached. */
  watchEmulator(cpu: Cpu): void {
    cpu.run_hardware_timers = this.#inner(cpu.run_hardware_timers.bind(cpu));
  }

  watchCard(cpu: Cpu, { address }: HdAudio): void {
    cpu.run_hardware_timers = this.#outer(cpu.run_hardware_timers.bind(cpu));
    const maps = [cpu.memory_map_read8, cpu.memory_map_write8, cpu.memory_map_read32, cpu.memory_map_write32];
    for (const map of maps as Handler[][]) {
      const handler = map[address >>> 17] as Handler;
      map[address >>> 17] = (at, value) => {
        const from = performance.now();
        const result = handler(at, value);
        this.#insideMs += performance.now() - from;
        return result;
      };
    }
  }

  #inner(hook: TimerHook): TimerHook {
    return (acpi, now) => {
      const from = performance.now();
      const next = hook(acpi, now);
      this.#emulatorMs += performance.now() - from;
      return next;
    };
  }

  #outer(hook: TimerHook): TimerHook {
    return (acpi, now) => {
      const emulatorMs = this.#emulatorMs;
      const from = performance.now();
      const next = hook(acpi, now);
      this.#insideMs += performance.now() - from - (this.#emulatorMs - emulatorMs);
      this.#timerCalls++;
      return next;
    };
  }
}
