// A verb as a row: which nodes have it, and what it does. verbs/table.ts joins the rows.

import { WIDGET_AUDIO_INPUT, WIDGET_AUDIO_OUTPUT, WIDGET_PIN } from '../../hda/parameters.ts';
import type { Node } from '../node.ts';

export interface Verb {
  /** 12-bit id, or the 4-bit id of a verb with 16 bits of payload. */
  readonly id: number;
  /** A node that a verb does not apply to answers 0 and stays as it is (§5.1). */
  readonly applies: (node: Node) => boolean;
  /** The response; set verbs give 0. */
  readonly run: (node: Node, payload: number, effects: Effects) => number;
}

/** What a verb does beyond its node. */
export interface Effects {
  /** Sources, order or formats of the sample routes changed. */
  routesChanged(): void;
  /** Only a gain changed. */
  gainsChanged(): void;
  /** 7FFh reached this function group. */
  functionReset(group: Node): void;
  /** The group is back in D0, or deeper than before. */
  powerChanged(node: Node): void;
}

export function get(id: number, applies: Verb['applies'], read: (node: Node, payload: number) => number): Verb {
  return { id, applies, run: read };
}

export function set(
  id: number,
  applies: Verb['applies'],
  write: (node: Node, payload: number, effects: Effects) => void,
): Verb {
  return {
    id,
    applies,
    run: (node, payload, effects) => {
      write(node, payload, effects);
      return 0;
    },
  };
}

/** Writes a register that the sample routes depend on. */
export function setRouting(node: Node, register: number, value: number, effects: Effects): void {
  if (node.register(register) === value) return;
  node.state.registers[register] = value;
  effects.routesChanged();
}

/** A register that verbs read and write as it is, within a mask of the node's. */
export function stored(
  register: number,
  getId: number,
  setId: number,
  applies: Verb['applies'],
  mask: (node: Node) => number,
): Verb[] {
  return [
    get(getId, applies, (node) => node.register(register)),
    set(setId, applies, (node, payload) => {
      node.state.registers[register] = payload & mask(node);
    }),
  ];
}

export const isAnyNode = (): boolean => true;
export const isGroup = (node: Node): boolean => node.groupModel !== null;
export const isPin = (node: Node): boolean => node.type === WIDGET_PIN;
export const isDisplay = (node: Node): boolean => node.isDisplay;
export const isConverter = (node: Node): boolean =>
  node.type === WIDGET_AUDIO_OUTPUT || node.type === WIDGET_AUDIO_INPUT;
export const has =
  (capability: number) =>
  (node: Node): boolean =>
    (node.caps & capability) !== 0;
