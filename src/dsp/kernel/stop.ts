// Fatal stops: the miniport or the hardware broke its contract (dxgk-render §5.9). The adapter stops, page and worker live on.
// Nothing that an app sends may lead here.

export interface StopRecord {
  readonly code: number;
  readonly parameter1: number;
}

export const STOP_VIDEO_MEMORY = 0x10e;
export const STOP_BAD_SPLIT_REFERENCE = 0x8;
export const STOP_PAGING_STATUS = 0xb;
export const STOP_DMA_CURSOR = 0x12;
export const STOP_INSUFFICIENT_UNDER_CONTRACT = 0x16;

export const STOP_SCHEDULER = 0x119;
export const STOP_BAD_FENCE = 0x1;
export const STOP_SUBMIT_FAILED = 0x2;
export const STOP_PATCH_FAILED = 0x3;
export const STOP_PAGING_FAULTED = 0x5;
export const STOP_ABORTED_FENCE = 0xa;

export const STOP_RECOVERY_FAILED = 0x116;
export const STOP_TOO_MANY_HANGS = 0x0;
