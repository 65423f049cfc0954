// PME#, as far as a function without the capability has it: the board's wire from a codec that wants out of sleep (§3.1).

export class WakeLine {
  readonly #asserted: () => boolean;
  readonly #listeners = new Set<() => void>();
  #level = false;

  constructor(asserted: () => boolean) {
    this.#asserted = asserted;
  }

  onRise(listener: () => void): () => void {
    const entry = () => listener();
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** Something that it depends on may have changed. */
  update(): void {
    const level = this.#asserted();
    if (level === this.#level) return;
    this.#level = level;
    if (level) for (const listener of [...this.#listeners]) listener();
  }
}
