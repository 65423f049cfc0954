// Parameters, connection lists and the selector (hda-hardware §5.2, §5.4).

import { WIDGET_MIXER, WIDGET_POWER, WIDGET_VOLUME_KNOB } from '../../hda/parameters.ts';
import {
  VERB_GET_CONNECTION_LIST,
  VERB_GET_CONNECTION_SELECT,
  VERB_GET_PARAMETER,
  VERB_SET_CONNECTION_SELECT,
} from '../../hda/verbs.ts';
import type { Node } from '../node.ts';
import { SELECTED } from '../registers.ts';
import { get, isAnyNode, set, setRouting, type Verb } from './verb.ts';

/** A node that passes one of several inputs. With one input there is nothing to select. */
export function isSelecting(node: Node): boolean {
  const takesAll = node.type === WIDGET_MIXER || node.type === WIDGET_POWER || node.type === WIDGET_VOLUME_KNOB;
  return node.connections.nids.length > 1 && !takesAll;
}

export const connectionVerbs: readonly Verb[] = [
  get(VERB_GET_PARAMETER, isAnyNode, (node, id) => node.parameter(id)),
  get(VERB_GET_CONNECTION_LIST, isAnyNode, (node, index) => {
    const { words, entriesPerWord } = node.connections;
    return words[Math.floor(index / entriesPerWord)] ?? 0;
  }),
  get(VERB_GET_CONNECTION_SELECT, isSelecting, (node) => node.register(SELECTED)),
  set(VERB_SET_CONNECTION_SELECT, isSelecting, (node, index, effects) => {
    if (index < node.connections.nids.length) setRouting(node, SELECTED, index, effects);
  }),
];
