// Splitting a DMA buffer (dxgk-render §3.5): as far as its allocations can be in the segment together it runs at once;
// there it is cut, and goes on when what it no longer has bound has made room.

import type { Allocation } from './objects.ts';
import type { Portion, Submission } from './submission.ts';
import type { VideoMemory } from './video-memory.ts';

/** The next portion, its allocations pinned; or why there is none yet («wait») or ever («never»). */
export function preparePortion(submission: Submission, memory: VideoMemory): Portion | 'wait' | 'never' {
  const { patches, translation, nextByte: start, nextPatch: firstPatch } = submission;
  let slots = new Map(submission.slots);
  const used = new Set<Allocation>();
  let end = submission.bytes;
  let next = firstPatch;
  while (next < patches.length) {
    const split = patches[next]?.SplitOffset ?? 0;
    const packet = patches.slice(next, packetEnd(patches, next));
    const bound = new Map(slots);
    // At a cut, a slot that the packet programs anew does not keep what it held.
    const keep = new Set(used);
    const anew = new Set(split === start ? packet.map((patch) => patch.SlotId) : []);
    for (const [slot, allocation] of slots) if (!anew.has(slot)) keep.add(allocation);
    let obstacle: 'wait' | 'never' | null = null;
    for (const patch of packet) {
      const allocation = translation.list.allocations[patch.AllocationIndex];
      if (!allocation) {
        bound.delete(patch.SlotId);
        continue;
      }
      const residency = memory.makeResident(allocation, keep);
      if (residency !== 'resident') {
        obstacle = residency;
        break;
      }
      keep.add(allocation);
      bound.set(patch.SlotId, allocation);
    }
    if (obstacle && split === start) return obstacle;
    if (obstacle) {
      end = split;
      break;
    }
    for (const patch of packet) {
      const allocation = translation.list.allocations[patch.AllocationIndex];
      if (allocation) used.add(allocation);
    }
    slots = bound;
    next += packet.length;
  }
  const portion = { start, end, firstPatch, patches: next - firstPatch, allocations: used, slots: submission.slots };
  [submission.nextByte, submission.nextPatch, submission.slots] = [end, next, slots];
  for (const allocation of used) allocation.pins++;
  return portion;
}

/** Back to where the portion began: it is prepared anew. Its pins are gone already. */
export function rewind(submission: Submission): void {
  const { portion } = submission;
  if (!portion) return;
  [submission.nextByte, submission.nextPatch] = [portion.start, portion.firstPatch];
  submission.slots = portion.slots;
  submission.portion = null;
}

/** Index after the patch locations that share this one's SplitOffset: those of one packet. */
function packetEnd(patches: Submission['patches'], from: number): number {
  let end = from + 1;
  while (end < patches.length && patches[end]?.SplitOffset === patches[from]?.SplitOffset) end++;
  return end;
}
