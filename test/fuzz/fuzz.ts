// A seeded fuzzer for the register interface (issue 3, item 8). The same seed makes the same operations everywhere.

import { seeded } from '../support/random.ts';
import { Generator } from './generator.ts';
import type { Operation } from './operations.ts';
import { Subject } from './subject.ts';

/** A machine lives so long; then a new one of another variant begins. */
const EPISODE = 25_000;

export interface Finding {
  readonly seed: number;
  readonly step: number;
  readonly variant: number;
  readonly message: string;
  /** What was done to the machine, shortened to what it takes. */
  readonly operations: readonly Operation[];
}

export interface FuzzResult {
  readonly steps: number;
  readonly finding: Finding | null;
}

/** Runs until `steps` are done, `until` says that it is time, or something does not hold. */
export async function fuzz(seed: number, steps: number, until: () => boolean = () => false): Promise<FuzzResult> {
  const random = seeded(seed);
  for (let step = 0; step < steps && !until(); ) {
    const variant = random(12);
    const subject = await Subject.create(variant);
    const generator = new Generator(random);
    const operations: Operation[] = [];
    for (let n = 0; n < EPISODE && step < steps; n++, step++) {
      const operation = generator.next();
      operations.push(operation);
      try {
        subject.apply(operation);
      } catch (error) {
        const shortest = await shorten(variant, operations);
        return { steps: step, finding: { seed, step, variant, message: String(error), operations: shortest } };
      }
    }
  }
  return { steps, finding: null };
}

/** What does not hold when a new machine goes through these operations, or null. */
export async function replay(variant: number, operations: readonly Operation[]): Promise<string | null> {
  const subject = await Subject.create(variant);
  for (const operation of operations) {
    try {
      subject.apply(operation);
    } catch (error) {
      return String(error);
    }
  }
  return null;
}

/** Leaves out halves, quarters, … as long as something still does not hold. */
async function shorten(variant: number, operations: readonly Operation[]): Promise<readonly Operation[]> {
  let rest = operations;
  for (let size = rest.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at < rest.length; ) {
      const less = [...rest.slice(0, at), ...rest.slice(at + size)];
      if ((await replay(variant, less)) !== null) rest = less;
      else at += size;
    }
  }
  return rest;
}
