// Driver packages that come and go while devices are there (hdaudio-ddi §5.2).

import type { Devnode } from './devnode.ts';
import { stackTop } from './driver-object.ts';
import { type DriverPackage, matchPackages } from './driver-package.ts';
import type { PnpManager } from './pnp-manager.ts';

/** Puts a package in place: from now on, and for the devices that it serves and that are there already. */
export function installPackage(pnp: PnpManager, row: DriverPackage): void {
  pnp.packages.push(row);
  const match = (node: Devnode) => matchPackages(pnp.packages, node, row.role);
  const serves = (node: Devnode) => (row.role === 'function' ? match(node)[0] === row : match(node).includes(row));
  for (const node of pnp.nodes.filter(serves)) {
    if (!pnp.find(node.pdo)) continue; // its bus was started anew, and it with it
    if (!node.isStarted || pnp.remove(node)) pnp.start(node);
  }
}

/**
 * Takes the packages of a service away; devices that had it in their stack go on with the next best driver. False, and
 * everything as it was, where a driver refused the removal.
 */
export function uninstallService(pnp: PnpManager, service: string): boolean {
  const removed: Devnode[] = [];
  let refused = false;
  for (let node = startedWith(pnp, service); node && !refused; node = startedWith(pnp, service)) {
    refused = !pnp.remove(node);
    if (!refused) removed.push(node);
  }
  const kept = pnp.packages.filter((row) => row.service !== service);
  if (!refused) pnp.packages.splice(0, pnp.packages.length, ...kept);
  const failed = pnp.nodes.filter((node) => node.problem !== 0 && node.service === service);
  for (const node of refused ? removed : [...removed, ...failed]) if (pnp.find(node.pdo)) pnp.start(node);
  return !refused;
}

/** The first started node, from the root down, that has a device of this service in its stack. */
function startedWith(pnp: PnpManager, service: string): Devnode | undefined {
  const stacks = new Set(pnp.drivers.get(service)?.devices.map(stackTop));
  return pnp.nodes.find((node) => node.isStarted && stacks.has(stackTop(node.pdo)));
}
