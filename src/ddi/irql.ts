// Interrupt request levels (hdaudio-ddi §2.0): code at a level is interrupted only by higher ones.

/** Interrupt request level, 0…31 as on x86; `kernel.irql` is the present one, `kernel.raise` sets it for a while. */
export type IRQL = number;

/** Threads: code that may wait, allocate paged pool, and call every routine. */
export const PASSIVE_LEVEL: IRQL = 0;
/** Threads that no asynchronous procedure call interrupts. */
export const APC_LEVEL: IRQL = 1;
/** Deferred procedure calls, and code under a spin lock: nothing may wait. */
export const DISPATCH_LEVEL: IRQL = 2;
/** The level of the controller's interrupt; any value above DISPATCH_LEVEL would do. */
export const DIRQL: IRQL = 5;

/** `PASSIVE_LEVEL`, `APC_LEVEL`, `DISPATCH_LEVEL`, or `DIRQL (n)`. */
export function irqlName(irql: IRQL): string {
  return ['PASSIVE_LEVEL', 'APC_LEVEL', 'DISPATCH_LEVEL'][irql] ?? `DIRQL (${irql})`;
}
