// The lanes and mixes that a compilation hands out, and the gains that can be read anew afterwards.

import type { RouteConverter, RouteFeed, RouteMix, RoutePin, Routes } from '../../link/routes.ts';
import { type Factor, gainOf } from './gain.ts';

/** One channel on its way: a lane, and the gains that it has still to go through. */
export interface Tap {
  readonly lane: number;
  readonly factors: readonly Factor[];
}

/** Channels of a signal; null is silence. */
export type Signal = readonly (Tap | null)[];

export class RouteProgram {
  readonly outputs: RouteConverter[] = [];
  readonly inputs: RouteConverter[] = [];
  readonly pins: RoutePin[] = [];
  readonly feeds: RouteFeed[] = [];
  readonly #mixes: RouteMix[] = [];
  readonly #factors: (readonly Factor[])[] = [];
  /** Gains that are exactly 1, so that a lane passes without a mix. */
  readonly #unity: (readonly Factor[])[] = [];
  #channels = 0;

  allocate(count: number): number[] {
    return Array.from({ length: count }, () => this.#channels++);
  }

  /** A sum as one tap: silence, the only one as it is, or a lane of its own. */
  sum(taps: readonly Tap[], rateHz: number): Tap | null {
    const [only] = taps;
    return taps.length > 1 ? { lane: this.#mix(taps, rateHz), factors: [] } : (only ?? null);
  }

  /** The lane that holds a tap with its gains applied; the tap's own lane where they are 1. */
  lane(tap: Tap | null, rateHz: number): number {
    if (!tap) return -1;
    if (gainOf(tap.factors) !== 1) return this.#mix([tap], rateHz);
    if (tap.factors.length > 0) this.#unity.push(tap.factors);
    return tap.lane;
  }

  #mix(taps: readonly Tap[], rateHz: number): number {
    const into = this.#channels++;
    for (const [index, tap] of taps.entries()) {
      this.#mixes.push({ into, from: tap.lane, first: index === 0, rateHz });
      this.#factors.push(tap.factors);
    }
    return into;
  }

  finish(): Routes {
    const { outputs, inputs, pins, feeds } = this;
    const gains = Float32Array.from(this.#factors, gainOf);
    return { channels: this.#channels, outputs, inputs, mixes: this.#mixes, pins, feeds, gains };
  }

  /** Reads the gains anew; false when a path that passed without a mix now needs one. */
  updateGains(gains: Float32Array): boolean {
    for (const [index, factors] of this.#factors.entries()) gains[index] = gainOf(factors);
    return this.#unity.every((factors) => gainOf(factors) === 1);
  }
}
