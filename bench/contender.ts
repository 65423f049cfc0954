// What every implementation under measurement can do.

export interface Contender {
  /** Moves all streams by one tick. */
  tick(): void;
  /** What the last tick left, to hold against the others: lanes of outputs, memory of inputs. */
  result(): Uint8Array[];
}

/** A deterministic signal for the lanes that inputs take: some of it beyond full scale. */
export function inputSample(channel: number, frame: number): number {
  return Math.fround(1.1 * Math.sin(frame * 0.37 + channel));
}
