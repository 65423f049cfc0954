// Driver packages, and which of them serve a device (hdaudio-ddi §5.2, §5.3).

import type { Devnode } from './devnode.ts';
import type { DRIVER_INITIALIZE } from './driver-object.ts';

/** What an INF says: which driver serves which hardware, and where in the stack. */
export interface DriverPackage {
  readonly service: string;
  /** Any hardware or compatible id of the device. */
  readonly ids: readonly string[];
  readonly role: 'function' | 'lower filter' | 'upper filter';
  readonly DriverEntry: DRIVER_INITIALIZE;
  /** Of function drivers with the same id this one wins: the higher. Default 0, in-box. */
  readonly rank?: number;
}

/** Packages of this role for a node: by the most specific id, then by rank. */
export function matchPackages(
  packages: readonly DriverPackage[],
  node: Devnode,
  role: DriverPackage['role'],
): DriverPackage[] {
  const ids = [...node.hardwareIds, ...node.compatibleIds];
  const specificity = ({ ids: served }: DriverPackage) => ids.findIndex((id) => served.includes(id));
  return packages
    .filter((row) => row.role === role && specificity(row) >= 0)
    .sort((a, b) => specificity(a) - specificity(b) || (b.rank ?? 0) - (a.rank ?? 0));
}
