// Numbers of a dump; null for what is none.

import { encodeAmpCaps } from '../../hda/parameters.ts';
import { bitsOf, POWER_FLAG_BITS, POWER_SETTINGS } from './words.ts';

/** 0x… of at most 32 bits. */
export function hexNumber(text: string | undefined): number | null {
  return text && /^0x[0-9a-f]{1,8}$/i.test(text) ? Number(text) : null;
}

/** `ofs=0x00, nsteps=0x1f, stepsize=0x05, mute=1`, or N/A. */
export function ampCapsNumber(text: string): number | null {
  if (text === 'N/A') return 0;
  const fields = /^ofs=(0x\w+), nsteps=(0x\w+), stepsize=(0x\w+), mute=([01])$/.exec(text);
  const [offset, steps, size] = fields ? fields.slice(1, 4).map(hexNumber) : [];
  if (!fields || offset == null || steps == null || size == null) return null;
  if (Math.max(offset, steps, size) > 0x7f) return null;
  return encodeAmpCaps(offset, steps, size + 1, fields[4] === '1');
}

/** `[0x1f 0x1f] [0x80]`: left and right of each index; one value stands for both. Without brackets: index 0. */
export function ampValues(text: string): [number, number][] | null {
  const brackets = text.includes('[') ? text.split(/\]\s*/) : [`[${text}`];
  const values: [number, number][] = [];
  for (const bracket of brackets) {
    const inner = bracket.trim().replace(/^\[/, '').trim();
    if (inner === '') continue;
    const [left, right = left] = inner.split(/\s+/).map(hexNumber);
    if (left == null || right == null || left > 0xff || right > 0xff) return null;
    values.push([left, right]);
  }
  return values;
}

/** `0x02 0x03* 0x04`: NIDs, and the position of the star or −1. */
export function connectionEntries(text: string): { nids: number[]; starred: number } | null {
  const nids: number[] = [];
  let starred = -1;
  for (const [index, entry] of text.split(/\s+/).entries()) {
    const nid = hexNumber(entry.replace(/\*$/, ''));
    if (nid === null || nid > 0x7fff) return null;
    if (entry.endsWith('*')) starred = index;
    nids.push(nid);
  }
  return { nids, starred };
}

/** `setting=D0, actual=D3, Error`, or the raw value of an old kernel, as F05h answers. */
export function powerNumber(text: string): number | null {
  const raw = hexNumber(text);
  if (raw !== null) return raw;
  const fields = /^setting=(\w+), actual=(\w+)(.*)$/.exec(text);
  if (!fields) return null;
  const setting = POWER_SETTINGS.indexOf(fields[1] as string);
  const actual = POWER_SETTINGS.indexOf(fields[2] as string);
  if (setting < 0 || actual < 0) return null;
  return setting | (actual << 4) | bitsOf(POWER_FLAG_BITS, fields[3] as string);
}

/** The capabilities of a pin. Early kernels printed «0x08» and then the unpadded value (§6.3). */
export function pinCapsNumber(text: string): number | null {
  return hexNumber(text.startsWith('0x08') && text.length !== 10 ? `0x${text.slice(4)}` : text);
}
