// One signal to every channel of a destination, block by block.

import { encode, formatChannels, frameBytes } from './containers.ts';
import { BLOCK, BLOCK_A, BLOCK_B } from './scratch.ts';

/** Frames that one block has for this format. */
export function blockFrames(format: u32): u32 {
  return BLOCK / formatChannels(format);
}

/** Writes `frames` (≤ blockFrames) of BLOCK_A to `to`, the same in every channel; returns where the next frame goes. */
export function put(format: u32, frames: u32, to: u32): u32 {
  const channels = formatChannels(format);
  let from = BLOCK_A;
  if (channels > 1) {
    from = BLOCK_B;
    let into = BLOCK_B;
    for (let n: u32 = 0; n < frames; n++) {
      const value = load<f64>(BLOCK_A + (n << 3));
      for (let channel: u32 = 0; channel < channels; channel++, into += 8) store<f64>(into, value);
    }
  }
  encode(format, from, frames * channels, to);
  return to + frames * frameBytes(format);
}
