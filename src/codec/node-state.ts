// What a node remembers. Resets, saves and power-up are copies of these arrays.

import { DEFAULT, KEPT, REGISTERS, RESET_ROWS, type ResetRow, SETTING_RESET, ZERO } from './registers.ts';

/** Data island packets of a display pin and the bytes of each buffer (§5.5, F2Eh–F32h). */
export const PACKETS = 8;
export const PACKET_BYTES = 32;
/** Slots of the ASP channel map (F34h). */
export const SLOTS = 16;

// Layout of `display`: packets, transmit state of each packet, channel of each slot.
export const TRANSMIT_AT = PACKETS * PACKET_BYTES;
export const CHANNEL_MAP_AT = TRANSMIT_AT + PACKETS;
export const DISPLAY_BYTES = CHANNEL_MAP_AT + SLOTS;

export class NodeState {
  readonly registers = new Uint32Array(REGISTERS);
  /** Mute and gain: left and right of each input amp, then of the output amp. */
  readonly amps: Uint8Array;
  readonly display: Uint8Array;
  readonly coefficients = new Map<number, number>();

  constructor(ampBytes: number, displayBytes: number) {
    this.amps = new Uint8Array(ampBytes);
    this.display = new Uint8Array(displayBytes);
  }

  copyFrom(other: NodeState): void {
    this.registers.set(other.registers);
    this.#copyBuffers(other);
  }

  /** Resets by the column of registers.ts that `kind` names. */
  reset(kind: keyof ResetRow, powerUp: NodeState): void {
    for (let register = 0; register < REGISTERS; register++) {
      const effect = (RESET_ROWS[register] as ResetRow)[kind];
      if (effect === ZERO) this.registers[register] = 0;
      else if (effect === DEFAULT) this.registers[register] = powerUp.registers[register] as number;
    }
    if (SETTING_RESET[kind] !== KEPT) this.#copyBuffers(powerUp);
  }

  #copyBuffers(other: NodeState): void {
    this.amps.set(other.amps);
    this.display.set(other.display);
    this.coefficients.clear();
    for (const [index, value] of other.coefficients) this.coefficients.set(index, value);
  }
}
