// The small Linux of shared/guest in v86: boots once up to RIG-READY, then every run starts from that state.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Emulator } from '../../../src/v86/emulator.ts';
import { readImages } from './images.ts';
import { VirtualClock } from './virtual-clock.ts';

const library = dirname(createRequire(import.meta.url).resolve('v86'));

export interface GuestEmulator extends Emulator {
  run(): Promise<void>;
  stop(): Promise<void>;
  destroy(): Promise<void>;
  save_state(): Promise<ArrayBuffer>;
  restore_state(state: ArrayBuffer): Promise<void>;
  serial0_send(text: string): void;
}

export interface GuestOptions {
  readonly clock?: 'real' | 'virtual';
  readonly acpi?: boolean;
  /** Kernel arguments after those that every boot has. */
  readonly arguments?: string;
}

export class Guest {
  readonly emulator: GuestEmulator;
  readonly lines: string[] = [];
  #line = '';
  readonly #listeners = new Set<(line: string) => void>();

  /** Powers the emulator up; nothing runs yet. */
  static async create({ clock = 'real', acpi = false, ...options }: GuestOptions = {}): Promise<Guest> {
    const { V86 } = await import(pathToFileURL(join(library, 'libv86.mjs')).href);
    const virtual = clock === 'virtual' ? new VirtualClock() : null;
    const microtick = virtual?.microtick ?? (() => performance.now());
    const core = readFileSync(join(library, 'v86.wasm'));
    const emulator: GuestEmulator = new V86({
      ...readImages(),
      wasm_fn: async (imports: { env: WebAssembly.ModuleImports }) => {
        imports.env.microtick = microtick;
        if (virtual) imports.env.get_rand_int = virtual.random;
        return (await WebAssembly.instantiate(core, imports)).instance.exports;
      },
      cmdline: `console=ttyS0,115200 nokaslr cryptomgr.notests=1 quiet ${acpi ? 'acpiphp.disable=1 ' : ''}${options.arguments ?? 'rig=wait'}`,
      memory_size: 128 << 20,
      vga_memory_size: 2 << 20,
      acpi,
      autostart: false,
      disable_jit: virtual !== null,
      disable_speaker: true,
      disable_keyboard: true,
      disable_mouse: true,
      log_level: 0,
    });
    await new Promise<void>((resolve) => emulator.add_listener('emulator-loaded', () => resolve()));
    (emulator.v86.constructor as { microtick: () => number }).microtick = microtick; // of the class: one clock at a time
    virtual?.drive(emulator);
    return new Guest(emulator);
  }

  private constructor(emulator: GuestEmulator) {
    this.emulator = emulator;
    emulator.add_listener('serial0-output-byte', (byte: number) => {
      if (byte === 13) return;
      if (byte !== 10) this.#line += String.fromCharCode(byte);
      else {
        const line = this.#line;
        this.#line = '';
        this.lines.push(line);
        for (const listener of this.#listeners) listener(line);
      }
    });
  }

  /** Calls at every line of the guest's console, before the guest goes on. */
  onLine(listener: (line: string) => void): void {
    this.#listeners.add(listener);
  }

  /** Runs until the guest prints a line that starts so; rejects after `seconds` of the host's time. */
  until(start: string, seconds = 120): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#listeners.delete(listener);
        reject(
          new Error(`no ${start} within ${seconds} s; the guest's last lines:\n${this.lines.slice(-20).join('\n')}`),
        );
      }, seconds * 1000);
      const listener = (line: string) => {
        if (!line.startsWith(start)) return;
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve(line);
      };
      this.#listeners.add(listener);
    });
  }

  /** Sends a line to the guest's serial port. */
  send(line: string): void {
    this.emulator.serial0_send(`${line}\n`);
  }

  async close(): Promise<void> {
    await this.emulator.destroy();
  }
}
