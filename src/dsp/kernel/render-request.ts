// D3DKMTRender's request, read once: the app may be writing it (dxgk-render §5.4 steps 1 and 2).

import {
  type D3DKMT_HANDLE,
  RENDER_NULL_RENDERING,
  RENDER_RESIZE_ALLOCATION_LIST,
  RENDER_RESIZE_COMMAND_BUFFER,
  RENDER_RESIZE_PATCH_LOCATION_LIST,
} from '../../ddi/dxgk.ts';
import type { NTSTATUS } from '../../ddi/ntstatus.ts';
import type { Limits } from './limits.ts';
import type { UserMemory } from './user-memory.ts';

export interface RenderRequest {
  readonly hContext: D3DKMT_HANDLE;
  /** Bytes from the command buffer's start; the commands are CommandOffset…CommandLength − 1. */
  readonly CommandLength: number;
  readonly CommandOffset?: number;
  readonly NumAllocations: number;
  readonly NumPatchLocations?: number;
  /** RENDER_…; a resize asks for the size below. */
  readonly Flags?: number;
  readonly NewCommandBufferSize?: number;
  readonly NewAllocationListSize?: number;
  readonly NewPatchLocationListSize?: number;
}

export interface RenderResult {
  readonly status: NTSTATUS;
  /** Number of the command buffer in its context, from 1; 0: refused. */
  readonly submission: number;
  /** What the next command buffer is written to. */
  readonly user: UserMemory | null;
  readonly queuedBufferCount: number;
}

const KNOWN_FLAGS =
  RENDER_RESIZE_COMMAND_BUFFER |
  RENDER_RESIZE_ALLOCATION_LIST |
  RENDER_RESIZE_PATCH_LOCATION_LIST |
  RENDER_NULL_RENDERING;

/** A private copy: every field is read exactly once. */
export function readRequest(request: RenderRequest): Required<RenderRequest> {
  return {
    hContext: request.hContext,
    CommandLength: request.CommandLength,
    CommandOffset: request.CommandOffset ?? 0,
    NumAllocations: request.NumAllocations,
    NumPatchLocations: request.NumPatchLocations ?? 0,
    Flags: request.Flags ?? 0,
    NewCommandBufferSize: request.NewCommandBufferSize ?? 0,
    NewAllocationListSize: request.NewAllocationListSize ?? 0,
    NewPatchLocationListSize: request.NewPatchLocationListSize ?? 0,
  };
}

/** Whole numbers within what the kernel gave; exact, whatever the app wrote. */
export function isInBounds(request: Required<RenderRequest>, user: UserMemory): boolean {
  const { CommandLength, CommandOffset, NumAllocations, NumPatchLocations, Flags } = request;
  const numbers = [CommandLength, CommandOffset, NumAllocations, NumPatchLocations, Flags];
  return (
    numbers.every((value) => Number.isInteger(value) && value >= 0) &&
    CommandOffset <= CommandLength &&
    CommandLength <= user.commandBufferBytes &&
    NumAllocations <= user.allocationListSize &&
    NumPatchLocations <= user.patchLocationListSize &&
    Flags <= KNOWN_FLAGS
  );
}

/** Sizes of the next user memory: what was asked for with a resize flag, within the caps; else what there is. */
export function grantedSizes(
  request: Required<RenderRequest>,
  user: UserMemory,
  limits: Limits,
): [commandBufferBytes: number, allocations: number, patchLocations: number] {
  const grant = (flag: number, wanted: number, now: number, least: number, most: number) =>
    (request.Flags & flag) !== 0 && Number.isInteger(wanted) ? Math.min(Math.max(wanted, least), most) : now;
  const { NewCommandBufferSize, NewAllocationListSize, NewPatchLocationListSize } = request;
  const { commandBufferBytes, allocationListSize, patchLocations } = limits;
  return [
    grant(
      RENDER_RESIZE_COMMAND_BUFFER,
      NewCommandBufferSize,
      user.commandBufferBytes,
      commandBufferBytes,
      limits.commandBufferBytesMax,
    ),
    grant(
      RENDER_RESIZE_ALLOCATION_LIST,
      NewAllocationListSize,
      user.allocationListSize,
      allocationListSize,
      limits.allocationListSizeMax,
    ),
    grant(
      RENDER_RESIZE_PATCH_LOCATION_LIST,
      NewPatchLocationListSize,
      user.patchLocationListSize,
      patchLocations,
      limits.patchLocationsMax,
    ),
  ];
}
