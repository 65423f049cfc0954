// v86 without firmware and guest: its bus, RAM and timer loop are there, and the test is the guest.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Emulator } from '../../../src/v86/emulator.ts';

const library = dirname(createRequire(import.meta.url).resolve('v86'));
const CONFIGURATION_ADDRESS = 0xcf8;
const IDE_SLOT = 0x1e;
const CONFIGURATION_DATA = 0xcfc;

interface Ports {
  port_read32(port: number): number;
  port_write16(port: number, value: number): void;
  port_write32(port: number, value: number): void;
}

export interface BareEmulator extends Emulator {
  save_state(): Promise<ArrayBuffer>;
  restore_state(state: ArrayBuffer): Promise<void>;
  destroy(): Promise<void>;
}

export class BarePc {
  readonly emulator: BareEmulator;
  /** Guest time; the test moves it. */
  nowMs = 1000;

  static async create(memoryBytes = 4 << 20): Promise<BarePc> {
    const { V86 } = await import(pathToFileURL(join(library, 'libv86.mjs')).href);
    const core = readFileSync(join(library, 'v86.wasm'));
    const pc: { self: BarePc | null } = { self: null };
    const microtick = () => pc.self?.nowMs ?? 0;
    const emulator: BareEmulator = new V86({
      wasm_fn: async (imports: { env: WebAssembly.ModuleImports }) => {
        imports.env.microtick = microtick;
        return (await WebAssembly.instantiate(core, imports)).instance.exports;
      },
      memory_size: memoryBytes,
      autostart: false,
      disable_speaker: true,
      disable_keyboard: true,
      disable_mouse: true,
      log_level: 0,
    });
    await new Promise<void>((resolve) => emulator.add_listener('emulator-loaded', () => resolve()));
    pc.self = new BarePc(emulator);
    (emulator.v86.constructor as { microtick: () => number }).microtick = microtick;
    // As firmware does: v86 stumbles over a saved BAR of a disk controller that has none.
    for (let bar = 0x10; bar < 0x28; bar += 4) pc.self.writeConfiguration(IDE_SLOT, bar, 0);
    return pc.self;
  }

  private constructor(emulator: BareEmulator) {
    this.emulator = emulator;
  }

  get cpu() {
    return this.emulator.v86.cpu;
  }

  /** Configuration dword of a slot's function 0, as port I/O reads it. */
  readConfiguration(slot: number, offset: number): number {
    const ports = this.#select(slot, offset);
    return ports.port_read32(CONFIGURATION_DATA) >>> 0;
  }

  writeConfiguration(slot: number, offset: number, value: number): void {
    this.#select(slot, offset).port_write32(CONFIGURATION_DATA, value | 0);
  }

  writeConfiguration16(slot: number, offset: number, value: number): void {
    this.#select(slot, offset).port_write16(CONFIGURATION_DATA + (offset & 2), value);
  }

  #select(slot: number, offset: number): Ports {
    const ports = this.cpu.io as unknown as Ports;
    ports.port_write32(CONFIGURATION_ADDRESS, 0x80000000 | (slot << 11) | (offset & 0xfc));
    return ports;
  }

  /** As the CPU's loads and stores: 16 bits are two bytes, low one first. */
  read(address: number, bytes: 1 | 2 | 4): number {
    const block = address >>> 17;
    if (bytes === 4) return (this.cpu.memory_map_read32[block]?.(address | 0) ?? 0) >>> 0;
    const byte = (at: number) => this.cpu.memory_map_read8[block]?.(at | 0) ?? 0;
    return bytes === 1 ? byte(address) : byte(address) | (byte(address + 1) << 8);
  }

  write(address: number, bytes: 1 | 2 | 4, value: number): void {
    const block = address >>> 17;
    if (bytes === 4) this.cpu.memory_map_write32[block]?.(address | 0, value | 0);
    else this.cpu.memory_map_write8[block]?.(address | 0, value & 0xff);
    if (bytes === 2) this.cpu.memory_map_write8[block]?.((address + 1) | 0, (value >>> 8) & 0xff);
  }

  /** Guest time passes; between slices the emulator looks after its timers. Returns how long it would let a halted CPU sleep. */
  pass(milliseconds: number): number {
    this.nowMs += milliseconds;
    return this.cpu.run_hardware_timers(false, this.nowMs);
  }
}
