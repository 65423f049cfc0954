// Where the core's resamplers lie: one for each converter that needs one, kept while programs come and go, since what it
// has heard last still sounds.

import { RESAMPLERS, RESAMPLERS_BYTES } from '../../assembly/layout.ts';

const ALIGNMENT = 64;

export interface ResamplerPlace {
  /** Whose it is, and for which rates and lanes: another converter's history is of no use. */
  readonly key: string;
  /** Address in the core's memory. */
  readonly at: number;
  readonly bytes: number;
}

export class ResamplerPlaces {
  #places: readonly ResamplerPlace[] = [];

  get places(): readonly ResamplerPlace[] {
    return this.#places;
  }

  /** From a saved machine: their records lie at these places already. */
  restore(places: readonly ResamplerPlace[]): void {
    this.#places = places;
  }

  /** The places of these, old ones where they were and new ones where there is room; null where there is none. */
  assign(wanted: readonly { readonly key: string; readonly bytes: number }[]): (ResamplerPlace | null)[] {
    const kept = this.#places.filter(({ key }) => wanted.some((row) => row.key === key));
    const taken = [...kept];
    const assigned = wanted.map(({ key, bytes }) => {
      const known = kept.find((place) => place.key === key);
      if (known) return known;
      const at = freeAddress(taken, bytes);
      if (at === null) return null;
      const place = { key, at, bytes };
      taken.push(place);
      return place;
    });
    this.#places = taken;
    return assigned;
  }
}

/** First fit. */
function freeAddress(taken: readonly ResamplerPlace[], bytes: number): number | null {
  let at = RESAMPLERS;
  for (const place of [...taken].sort((a, b) => a.at - b.at)) {
    if (place.at - at >= bytes) return at;
    at = Math.ceil((place.at + place.bytes) / ALIGNMENT) * ALIGNMENT;
  }
  return at + bytes <= RESAMPLERS + RESAMPLERS_BYTES ? at : null;
}
