// Interrupt request levels (hdaudio-ddi §2.0): code at a level is interrupted only by higher ones.

export type IRQL = number;

export const PASSIVE_LEVEL: IRQL = 0;
export const APC_LEVEL: IRQL = 1;
export const DISPATCH_LEVEL: IRQL = 2;
/** The level of the controller's interrupt; any value above DISPATCH_LEVEL would do. */
export const DIRQL: IRQL = 5;

export function irqlName(irql: IRQL): string {
  return ['PASSIVE_LEVEL', 'APC_LEVEL', 'DISPATCH_LEVEL'][irql] ?? `DIRQL (${irql})`;
}
