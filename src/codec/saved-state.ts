// A codec's state as plain data, for machine.save.

import type { Node } from './node.ts';

export interface CodecState {
  readonly nodes: readonly {
    readonly nid: number;
    readonly registers: readonly number[];
    readonly amps: readonly number[];
    readonly display: readonly number[];
    readonly coefficients: readonly (readonly [index: number, value: number])[];
  }[];
}

export function saveState(nodes: ReadonlyMap<number, Node>): CodecState {
  return {
    nodes: [...nodes.values()].map(({ nid, state }) => ({
      nid,
      registers: [...state.registers],
      amps: [...state.amps],
      display: [...state.display],
      coefficients: [...state.coefficients],
    })),
  };
}

/** TypeError when the state is not one of this codec's; then nothing has changed. */
export function restoreState(nodes: ReadonlyMap<number, Node>, saved: unknown): void {
  const found = (saved as Partial<CodecState> | null)?.nodes;
  if (!Array.isArray(found) || found.length !== nodes.size) throw new TypeError('codec state: not of this codec');
  for (const from of found as CodecState['nodes']) {
    const state = nodes.get(from?.nid)?.state;
    const fits =
      state &&
      isWords(from.registers, state.registers.length, 0xffffffff) &&
      isWords(from.amps, state.amps.length, 0xff) &&
      isWords(from.display, state.display.length, 0xff) &&
      Array.isArray(from.coefficients) &&
      from.coefficients.every((entry) => isWords(entry, 2, 0xffff));
    if (!fits) throw new TypeError(`codec state: node ${from?.nid} is not as this codec has it`);
  }
  for (const from of found as CodecState['nodes']) {
    const { state } = nodes.get(from.nid) as Node;
    state.registers.set(from.registers);
    state.amps.set(from.amps);
    state.display.set(from.display);
    state.coefficients.clear();
    for (const [index, value] of from.coefficients) state.coefficients.set(index, value);
  }
}

function isWords(values: unknown, length: number, most: number): boolean {
  return (
    Array.isArray(values) &&
    values.length === length &&
    values.every((value) => Number.isInteger(value) && value >= 0 && value <= most)
  );
}
