// Changes that every driver concerned may refuse: stop, remove, sleep (hdaudio-ddi §5.4).

import { NT_SUCCESS, type NTSTATUS } from '../ddi/ntstatus.ts';
import type { Devnode } from './devnode.ts';

/** Asks node after node. Where one refuses, all that were asked are told that nothing comes of it: false. */
export function askAll(
  nodes: readonly Devnode[],
  ask: (node: Devnode) => NTSTATUS,
  cancel: (node: Devnode) => void,
): boolean {
  const refusing = nodes.findIndex((node) => !NT_SUCCESS(ask(node)));
  for (const asked of nodes.slice(0, refusing + 1)) cancel(asked);
  return refusing < 0;
}
