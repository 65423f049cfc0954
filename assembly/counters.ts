// What the guest did wrong and how much was moved, for diagnostics: f64, exact to 2^53.

import { COUNTER_BYTES, COUNTERS } from './layout.ts';

export function count(counter: u32, by: u32): void {
  const at = COUNTERS + counter * COUNTER_BYTES;
  store<f64>(at, load<f64>(at) + <f64>by);
}
