// The codecs of a dump on a link: a file of alsa-info may hold those of several cards, one after the other.

import type { CodecModel } from './model.ts';

/** The first card's codecs by SDI address: those up to the first address that comes a second time. */
export function firstCard(codecs: readonly CodecModel[]): (CodecModel | null)[] {
  const places: (CodecModel | null)[] = [];
  for (const codec of codecs) {
    if (places[codec.address]) break;
    while (places.length <= codec.address) places.push(null);
    places[codec.address] = codec;
  }
  return places;
}
