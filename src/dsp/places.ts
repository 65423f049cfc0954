// Where commands read and write: buffers, parts of them, and as references in a command.

import type { D3DKMT_HANDLE } from '../ddi/dxgk.ts';
import { frameBytesOf, packFormat, type SampleFormat } from './format.ts';

/** An allocation that the app has open. */
export interface Buffer {
  readonly handle: D3DKMT_HANDLE;
  readonly bytes: number;
}

/** All of a buffer, or part of it. Bytes default to the rest of the buffer, less what is no whole frame. */
export type Place = Buffer | { readonly buffer: Buffer; readonly offset?: number; readonly bytes?: number };

export interface Ref {
  readonly at: number;
  readonly place: Place;
  readonly write: boolean;
  /** Bytes of a frame: the default length is whole frames. */
  readonly frame: number;
}

export function read(at: number, place: Place, frame = 1): Ref {
  return { at, place, write: false, frame };
}

export function write(at: number, place: Place, frame = 1): Ref {
  return { at, place, write: true, frame };
}

function parts(place: Place): { buffer: Buffer; offset: number; bytes: number | undefined } {
  return 'buffer' in place
    ? { buffer: place.buffer, offset: place.offset ?? 0, bytes: place.bytes }
    : { buffer: place, offset: 0, bytes: undefined };
}

export function extent(ref: Ref): { buffer: Buffer; offset: number; length: number } {
  const { buffer, offset, bytes } = parts(ref.place);
  const rest = Math.max(0, buffer.bytes - offset);
  return { buffer, offset, length: bytes ?? rest - (rest % ref.frame) };
}

/** The place with its length given, where it has none of its own. */
export function sized(place: Place, bytes: number): Place {
  const { buffer, offset, bytes: own } = parts(place);
  return { buffer, offset, bytes: own ?? bytes };
}

export function firstFrames(place: Place, frames: number, format: SampleFormat): Place {
  return sized(place, frames * frameOf(format));
}

export function frameOf(format: SampleFormat): number {
  return frameBytesOf(packFormat(format));
}
