// Where a byte of the BAR is kept (hda-hardware §2, §2.5): most offsets are their own place in the register page; the
// window from ALIAS_BASE on shows the wall clock and the link positions again.

import { ALIAS_BASE, BAR_BYTES, SD_BASE, SD_STRIDE, SDnLPIB, SSYNC, SSYNC_ICH6, WALCLKA } from '../hda/registers.ts';
import { REGISTER_PAGE_BYTES } from './options.ts';
import type { Streams } from './streams.ts';

/** Decoded, and nothing there. */
export const HOLE = -1;
/** Past the 16 KB that are decoded. */
const BEYOND = -2;

/** Whether two byte offsets lie in one dword. */
export const sameDword = (a: number, b: number): boolean => a >>> 2 === b >>> 2;

/** The byte's place in the register page, HOLE or BEYOND. `streams` says whose descriptor a place is in. */
export function locate(offset: number, streams: Pick<Streams, 'streamAt'>): number {
  if (offset < REGISTER_PAGE_BYTES) return sameDword(offset, SSYNC) ? offset - SSYNC + SSYNC_ICH6 : offset;
  if (sameDword(offset, WALCLKA)) return offset - ALIAS_BASE;
  const n = streams.streamAt(offset - ALIAS_BASE);
  if (n >= 0 && sameDword(offset - ALIAS_BASE, SD_BASE + SD_STRIDE * n + SDnLPIB)) return offset - ALIAS_BASE;
  return offset < BAR_BYTES ? HOLE : BEYOND;
}
