// Calls that somebody outside has asked for at a moment of device time: a computer's clock interrupt, beside the device.

interface Alarm {
  readonly at: bigint;
  readonly call: () => void;
}

export interface Clock {
  /** 24 MHz ticks since power-up. */
  readonly linkTicks: bigint;
}

export class Alarms {
  readonly #clock: Clock;
  /** By time; of equal times the one set first. */
  readonly #pending: Alarm[] = [];
  #ringing = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Inside a call: no time may pass. */
  get ringing(): boolean {
    return this.#ringing;
  }

  /** Calls once at `at`, or at the next tick if that is past; returns what takes it back. */
  set(at: bigint, call: () => void): () => void {
    const alarm = { at, call };
    const index = this.#pending.findIndex((other) => other.at > at);
    this.#pending.splice(index < 0 ? this.#pending.length : index, 0, alarm);
    return () => {
      const found = this.#pending.indexOf(alarm);
      if (found >= 0) this.#pending.splice(found, 1);
    };
  }

  /** Ticks to the next one, 1 at least; Infinity while there is none. */
  ticksToNext(): number {
    const next = this.#pending[0]; // the tick reads no clock while there is none
    return next ? Math.max(1, Number(next.at - this.#clock.linkTicks)) : Number.POSITIVE_INFINITY;
  }

  /** Calls those that are due; what they set anew waits for the next tick, and so do the others where one throws. */
  ring(): void {
    if (this.#ringing || this.#pending.length === 0) return;
    const now = this.#clock.linkTicks;
    const isDue = (alarm: Alarm | undefined) => alarm !== undefined && alarm.at <= now;
    this.#ringing = true;
    try {
      for (let left = this.#pending.filter(isDue).length; left > 0 && isDue(this.#pending[0]); left--)
        this.#pending.shift()?.call();
    } finally {
      this.#ringing = false;
    }
  }
}
