// v86, as far as the page uses it. `azalia serve` has its files under /v86/, from where the package v86 is installed.

import type { Images } from './pc-images.ts';

export interface PcEmulator {
  run(): Promise<void>;
  stop(): Promise<void>;
  restore_state(state: ArrayBuffer): Promise<void>;
  serial0_send(text: string): void;
  keyboard_set_enabled(enabled: boolean): void;
  add_listener(event: string, listener: (value: never) => void): void;
}

const MEGABYTE = 1 << 20;
const VGA_MEGABYTES = 8;
/** v86 reads these as the guest needs them; the others it wants whole. */
const DISKS = ['cdrom', 'hda', 'fda'] as const;
const WHOLE = ['bios', 'vga_bios', 'bzimage', 'initrd'] as const;

/** Powers it up; nothing runs yet. Rejects in one line where v86 is not to be had. */
export async function createEmulator(images: Images, megabytes: number, cmdline: string): Promise<PcEmulator> {
  const folder = new URL('../v86/', import.meta.url);
  const { V86 } = (await import(new URL('libv86.mjs', folder).href).catch(() => {
    throw new Error('v86 is not here. Install it beside azalia, npm install v86, and start azalia serve again.');
  })) as { V86: new (options: object) => PcEmulator };
  const files: Record<string, { buffer: ArrayBuffer | File }> = {};
  for (const kind of DISKS) {
    const file = images.get(kind);
    if (file) files[kind] = { buffer: file };
  }
  for (const kind of WHOLE) {
    const file = images.get(kind);
    if (file) files[kind] = { buffer: await file.arrayBuffer() };
  }
  const emulator = new V86({
    ...files,
    cmdline,
    wasm_path: new URL('v86.wasm', folder).href,
    memory_size: megabytes * MEGABYTE,
    vga_memory_size: VGA_MEGABYTES * MEGABYTE,
    screen: { container: document.getElementById('screen') },
    acpi: false,
    autostart: false,
    disable_speaker: true,
  });
  await new Promise<void>((resolve) => emulator.add_listener('emulator-loaded', () => resolve()));
  return emulator;
}

/** Keys reach the guest only while its screen has the focus, which Ctrl+Alt gives back to the page. */
export function giveKeys(emulator: PcEmulator, screen: HTMLElement): void {
  emulator.keyboard_set_enabled(false);
  screen.addEventListener('focus', () => emulator.keyboard_set_enabled(true));
  screen.addEventListener('blur', () => emulator.keyboard_set_enabled(false));
  screen.addEventListener('pointerdown', () => screen.focus());
  screen.addEventListener('keydown', (event) => {
    if (event.ctrlKey && event.altKey) screen.blur();
  });
}
