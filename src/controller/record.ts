// The record: what the device did, as typed events in link ticks (design §8). Costs one test where nobody listens.

export type DeviceEvent = { readonly linkTicks: bigint } & (
  | {
      readonly kind: 'read' | 'write';
      readonly offset: number;
      readonly bytes: number;
      readonly value: number;
      /** Register at the first byte, `SD4CTL` for stream 4; null in a hole. */
      readonly register: string | null;
    }
  | {
      readonly kind: 'verb';
      readonly codec: number;
      /** The whole command word, address included. */
      readonly command: number;
      /** null: nobody answered. */
      readonly response: number | null;
    }
  | { readonly kind: 'unsolicited'; readonly codec: number; readonly response: number; readonly delivered: boolean }
  | { readonly kind: 'codec'; readonly codec: number; readonly event: 'enumerated' | 'wake' }
  | { readonly kind: 'jack'; readonly codec: number; readonly pin: number; readonly present: boolean }
  | { readonly kind: 'stream'; readonly stream: number; readonly event: 'run' | 'stop' | 'reset' }
  | {
      /** Fetched from the list, at the frame at which its first byte was due. */
      readonly kind: 'descriptor';
      readonly stream: number;
      readonly index: number;
      readonly address: number;
      readonly length: number;
      readonly interruptOnCompletion: boolean;
    }
  /** The last byte of an entry was moved. */
  | { readonly kind: 'fragment'; readonly stream: number; readonly index: number }
  | { readonly kind: 'descriptorFault'; readonly stream: number }
  | { readonly kind: 'interrupt'; readonly level: boolean }
);

type WithoutTicks<T> = T extends unknown ? Omit<T, 'linkTicks'> : never;

export class Recorder {
  readonly #now: () => bigint;
  #listener: ((event: DeviceEvent) => void) | null = null;
  #calling = false;

  constructor(now: () => bigint) {
    this.#now = now;
  }

  get on(): boolean {
    return this.#listener !== null && !this.#calling;
  }

  listen(listener: ((event: DeviceEvent) => void) | null): void {
    this.#listener = listener;
  }

  /** Call only when `on`. What the listener itself does to the device is not recorded. */
  emit(event: WithoutTicks<DeviceEvent>): void {
    this.#calling = true;
    try {
      this.#listener?.({ linkTicks: this.#now(), ...event } as DeviceEvent);
    } finally {
      this.#calling = false;
    }
  }
}
