// Makes the guest's four files anew from Debian 12 packages: node test/guest/images/build.mjs FOLDER MIRROR
//
// It needs apt-get and dpkg-deb and nothing installed: apt gets a root of its own below FOLDER. All that comes of it is free
// software (GPL-2, LGPL-2.1, LGPL-3) and may be passed on. MIRROR is the URL of a Debian mirror. Versions are those that the
// tests ran with; mirrors drop them in time, and then Debian's snapshot archive has them (2026-11-18).

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const KERNEL = '6.1.0-50-686';
const PACKAGES = {
  [`linux-image-${KERNEL}`]: '6.1.176-1',
  'busybox-static': '1:1.35.0-4+deb12u1+b1',
  'alsa-utils': '1.2.8-1',
  libasound2: '1.2.8-1+b1',
  'libasound2-data': '1.2.8-1',
  libc6: '2.36-9+deb12u14',
  seabios: '1.16.2-1',
};

/** In the order of loading: nothing before snd-hda-intel touches the card. */
const MODULES = [
  'soundcore',
  'snd',
  'snd-timer',
  'snd-pcm',
  'snd-hwdep',
  'ledtrig-audio',
  'snd-hda-core',
  'snd-hda-codec',
  ...[
    'generic',
    'realtek',
    'hdmi',
    'conexant',
    'idt',
    'via',
    'analog',
    'cirrus',
    'cs8409',
    'ca0110',
    'ca0132',
    'cmedia',
    'si3054',
  ].map((codec) => `snd-hda-codec-${codec}`),
  'snd-intel-sdw-acpi',
  'snd-intel-dspcfg',
  'snd-hda-intel',
].map((name) => `${name}.ko`);
const APPLETS = (
  'awk base64 basename cat cut date dmesg echo grep gzip head hexdump insmod kill ls lspci md5sum mkdir mount od poweroff ps ' +
  'readlink rmmod sed sh sleep sort stty sync tail tee test tr true uname usleep vi wc'
).split(' ');
const PROGRAMS = ['aplay', 'amixer', 'speaker-test'];
const LIBRARIES = [
  'ld-linux.so.2',
  'libasound.so.2',
  'libc.so.6',
  'libdl.so.2',
  'libm.so.6',
  'libpthread.so.0',
  'librt.so.1',
];
const ALSA_FILES = [
  'alsa.conf',
  'cards/HDA-Intel.conf',
  'cards/aliases.conf',
  'ctl/default.conf',
  ...(
    'center_lfe default dmix dpl dsnoop front hdmi iec958 modem rear side surround21 surround40 surround41 surround50 ' +
    'surround51 surround71'
  )
    .split(' ')
    .map((name) => `pcm/${name}.conf`),
];

const here = dirname(fileURLToPath(import.meta.url));
const [target, mirror] = process.argv.slice(2);
if (!target || !mirror) {
  process.stderr.write('usage: node test/guest/images/build.mjs FOLDER MIRROR\n');
  process.exit(2);
}
const folder = resolve(target);
const work = join(folder, '.work');
const packages = join(work, 'packages');
const root = join(work, 'root');
try {
  download();
  for (const file of readdirSync(packages)) execFileSync('dpkg-deb', ['-x', join(packages, file), root]);
  copyFileSync(join(root, 'boot', `vmlinuz-${KERNEL}`), join(folder, 'bzImage'));
  copyFileSync(join(root, 'usr/share/seabios/bios.bin'), join(folder, 'bios.bin'));
  copyFileSync(join(root, 'usr/share/seabios/vgabios-stdvga.bin'), join(folder, 'vgabios.bin'));
  writeFileSync(join(folder, 'initrd.gz'), gzipSync(initialRamDisk(), { level: 9 }));
  rmSync(work, { recursive: true });
  process.stdout.write(`${folder}: bzImage, initrd.gz, bios.bin, vgabios.bin\n`);
} catch (error) {
  process.stderr.write(`${error.message.trim()}\n`);
  process.exit(1);
}

/** The packages, of i386 whatever runs here. Their signatures are checked by apt, with Debian's keys of this computer. */
function download() {
  rmSync(work, { recursive: true, force: true });
  for (const path of ['state/lists/partial', 'cache/archives/partial', 'packages', 'root']) {
    mkdirSync(join(work, path), { recursive: true });
  }
  const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const trust = existsSync(keys) ? `[arch=i386 signed-by=${keys}]` : '[arch=i386]';
  writeFileSync(join(work, 'sources.list'), `deb ${trust} ${mirror} bookworm main\n`);
  writeFileSync(join(work, 'status'), '');
  const settings = {
    'Dir::State': join(work, 'state'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': join(work, 'cache'),
    'Dir::Etc::sourcelist': join(work, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'APT::Architecture': 'i386',
    'APT::Architectures': 'i386',
    'Acquire::Check-Valid-Until': 'false', // a snapshot is old
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const apt = (...words) =>
    execFileSync('apt-get', [...options, '-q', ...words], { cwd: packages, stdio: ['ignore', 'ignore', 'inherit'] });
  apt('update');
  apt('download', ...Object.entries(PACKAGES).map(([name, version]) => `${name}=${version}`));
}

/** A cpio archive of the «newc» kind, alike for alike packages. */
function initialRamDisk() {
  const programs = ['bin', 'lib', 'usr/bin', 'usr/lib'].flatMap((name) => walk(join(root, name)));
  const files = new Map(programs.map((path) => [basename(path), path]));
  const found = (name) => {
    const path = files.get(name);
    if (!path) throw new Error(`${name}: in none of the packages`);
    return readFileSync(realpathSync(path));
  };
  const archive = [];
  const add = (name, mode, data = Buffer.alloc(0)) => archive.push(entry(archive.length + 1, name, mode, data));
  for (const name of [
    '.',
    'bin',
    'dev',
    'etc',
    'lib',
    'lib/modules',
    'proc',
    'root',
    'sys',
    'tmp',
    'usr',
    'usr/share',
    'usr/share/alsa',
    'usr/share/alsa/cards',
    'usr/share/alsa/ctl',
    'usr/share/alsa/pcm',
  ]) {
    add(name, 0o40755);
  }
  add('init', 0o100755, readFileSync(join(here, 'init')));
  add('etc/asound.conf', 0o100644, readFileSync(join(here, 'asound.conf')));
  add('tone.wav', 0o100644, tone());
  add('bin/busybox', 0o100755, found('busybox'));
  for (const name of APPLETS) add(`bin/${name}`, 0o120777, Buffer.from('busybox'));
  for (const name of PROGRAMS) add(`bin/${name}`, 0o100755, found(name));
  add('bin/arecord', 0o120777, Buffer.from('aplay'));
  for (const name of LIBRARIES) add(`lib/${name}`, 0o100755, found(name));
  for (const name of MODULES) add(`lib/modules/${name}`, 0o100644, found(name));
  add('lib/modules/order', 0o100644, Buffer.from(`${MODULES.join('\n')}\n`));
  for (const name of ALSA_FILES) {
    add(`usr/share/alsa/${name}`, 0o100644, readFileSync(join(root, 'usr/share/alsa', name)));
  }
  add('TRAILER!!!', 0);
  return Buffer.concat(archive);
}

/** All files and links below a folder. */
function walk(path) {
  return readdirSync(path, { withFileTypes: true }).flatMap((each) => {
    const inner = join(path, each.name);
    return each.isDirectory() ? walk(inner) : [inner];
  });
}

function entry(inode, name, mode, data) {
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length + 1, 0];
  const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
  const padding = (length) => Buffer.alloc(-length & 3);
  return Buffer.concat([Buffer.from(head), padding(head.length), data, padding(data.length)]);
}

/** 48 kHz S16 stereo, 1 s: 440 Hz left, 1000 Hz right, −6 dBFS. */
function tone() {
  const bytes = Buffer.alloc(44 + 4 * 48_000);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.set(new Uint8Array(Uint32Array.of(16, 0x0002_0001, 48_000, 192_000, 0x0010_0004).buffer), 16);
  bytes.write('data', 36);
  bytes.writeUInt32LE(4 * 48_000, 40);
  const amplitude = 2 ** 15 * 10 ** (-6 / 20);
  for (let frame = 0; frame < 48_000; frame++) {
    for (const [channel, hz] of [440, 1000].entries()) {
      const sample = Math.round(amplitude * Math.sin((2 * Math.PI * hz * frame) / 48_000));
      bytes.writeInt16LE(sample, 44 + 4 * frame + 2 * channel);
    }
  }
  return bytes;
}
