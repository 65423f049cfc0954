// The guest's /tone.wav and what its kernel makes of it: 48 kHz S16 stereo, 440 Hz left, 1000 Hz right, −6 dBFS.

import { gunzipSync } from 'node:zlib';

export interface Pcm {
  readonly rateHz: number;
  readonly bits: number;
  /** Interleaved integers, [channel][frame]. */
  readonly channels: readonly Int32Array[];
}

/** RIFF with PCM of 16 or 32 bits. */
export function parseWav(bytes: Uint8Array): Pcm {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  let rateHz = 0;
  let bits = 0;
  let count = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = Math.min(view.getUint32(at + 4, true), bytes.length - at - 8);
    if (tag(at) === 'fmt ') {
      count = view.getUint16(at + 10, true);
      rateHz = view.getUint32(at + 12, true);
      bits = view.getUint16(at + 22, true);
    } else if (tag(at) === 'data') {
      const frames = Math.floor(length / (count * (bits / 8)));
      const channels = Array.from({ length: count }, (_, channel) =>
        Int32Array.from({ length: frames }, (_, frame) => {
          const offset = at + 8 + (frame * count + channel) * (bits / 8);
          return bits === 16 ? view.getInt16(offset, true) : view.getInt32(offset, true);
        }),
      );
      return { rateHz, bits, channels };
    }
    at += 8 + length + (length & 1);
  }
  throw new Error('no data in the WAV file');
}

/** One file of an initramfs: a gzipped cpio archive of the «newc» kind, the kernel's own. */
export function fileOfInitrd(initrd: Uint8Array, path: string): Uint8Array {
  const archive = gunzipSync(initrd);
  for (let at = 0; at + 110 <= archive.length; ) {
    if (archive[at] === 0) {
      at++; // padding between archives
      continue;
    }
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + 8 * index, at + 14 + 8 * index), 16);
    const nameBytes = field(11);
    const fileBytes = field(6);
    const name = archive.toString('latin1', at + 110, at + 110 + nameBytes - 1);
    const start = (at + 110 + nameBytes + 3) & ~3;
    if (name === path) return archive.subarray(start, start + fileBytes);
    at = (start + fileBytes + 3) & ~3;
  }
  throw new Error(`no ${path} in the initramfs`);
}
