// The guest as it is at RIG-READY, all modules but the controller's loaded: booted once, then kept in node_modules/.cache.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PciConfiguration } from '../../../src/controller/pci.ts';
import { choosePlace, PciFunction } from '../../../src/v86/pci-function.ts';
import { Guest, type GuestOptions } from './guest.ts';
import { imagesHash } from './images.ts';

const CACHE = join('node_modules', '.cache', 'azalia-guest');

/** A card that only answers configuration cycles: all that the guest looks at before its driver is loaded. */
const configuration = () =>
  new PciConfiguration(
    'ich6',
    () => false,
    () => {},
  );

type SnapshotOptions = Pick<GuestOptions, 'acpi'>;

export const snapshot = async (options?: SnapshotOptions): Promise<ArrayBuffer> =>
  new Uint8Array(readFileSync(await snapshotFile(options))).buffer;

export async function snapshotFile({ acpi = false }: SnapshotOptions = {}): Promise<string> {
  const { version } = createRequire(import.meta.url)('v86/package.json') as { version: string };
  const config = configuration();
  const key = createHash('sha256')
    .update(imagesHash())
    .update(JSON.stringify([version, acpi]));
  for (let offset = 0; offset < 0x100; offset++) key.update(`${config.read(offset, 1)},`);
  const file = join(CACHE, `${key.digest('hex').slice(0, 16)}.state`);
  if (existsSync(file)) return file;

  const guest = await Guest.create({ acpi });
  const { cpu } = guest.emulator.v86;
  const { slot, address } = choosePlace(cpu);
  new PciFunction(cpu, config, slot, address);
  const ready = guest.until('RIG-READY', 240);
  guest.emulator.run();
  await ready;
  await guest.emulator.stop();
  const state = await guest.emulator.save_state();
  await guest.close();
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, new Uint8Array(state));
  renameSync(`${file}.${process.pid}`, file);
  return file;
}
