// Where the guest's files are: AZALIA_GUEST, else the folder guest/ of AZALIA_SHARED, else that of ../shared.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const shared = resolve(process.env.AZALIA_SHARED ?? '../shared');
export const guestFolder = resolve(process.env.AZALIA_GUEST ?? join(shared, 'guest'));
const FILES = ['bzImage', 'initrd.gz', 'bios.bin', 'vgabios.bin'] as const;

/** Codec dumps of real computers, one codec a file. */
export const dumpFolder = join(shared, 'codec-dumps');

/** Null where the guest can run here; else the one line that says why not. */
export const missing: string | null = FILES.every((name) => existsSync(join(guestFolder, name)))
  ? null
  : `no guest images in ${guestFolder} (AZALIA_GUEST names their folder)`;

/** All of `npm run test:guest`, or only what every `npm test` runs. */
export const everything = process.env.AZALIA_GUEST_ALL === '1';

const image = (name: (typeof FILES)[number]) => new Uint8Array(readFileSync(join(guestFolder, name))).buffer;

export const readImages = () => ({
  bios: { buffer: image('bios.bin') },
  vga_bios: { buffer: image('vgabios.bin') },
  bzimage: { buffer: image('bzImage') },
  initrd: { buffer: image('initrd.gz') },
});

export function imagesHash(): string {
  const hash = createHash('sha256');
  for (const name of FILES) hash.update(readFileSync(join(guestFolder, name)));
  return hash.digest('hex');
}

export const readInitrd = (): Uint8Array => readFileSync(join(guestFolder, 'initrd.gz'));
