// What the card uses of v86 (npm release build 0.5.462 and later). Its own declarations leave these out.

/** An instance of `V86`. */
export interface Emulator {
  readonly v86: V86Core;
  add_listener(event: string, listener: (value: never) => void): void;
  remove_listener(event: string, listener: (value: never) => void): void;
}

export interface V86Core {
  readonly cpu: Cpu;
  /** Its class holds the clock: milliseconds, as performance.now(). */
  readonly constructor: { microtick(): number };
  yield(milliseconds: number, tick: number): void;
  yield_callback(tick: number): void;
}

export interface Cpu {
  /** One element each: views of the CPU's own memory. */
  readonly flags: Int32Array;
  readonly in_hlt: Uint8Array;
  readonly instruction_counter: Uint32Array;
  readonly memory_size: Uint32Array;
  /** Guest RAM. */
  readonly mem8: Uint8Array;
  readonly devices: { readonly pci: PciBus };
  readonly io: { mmap_register(address: number, bytes: number, ...handlers: MmioHandlers): void };
  /** The handlers of each 128 KiB block. */
  readonly memory_map_read8: MmioHandlers[0][];
  readonly memory_map_write8: MmioHandlers[1][];
  readonly memory_map_read32: MmioHandlers[2][];
  readonly memory_map_write32: MmioHandlers[3][];
  /** Copies into guest RAM and drops what was compiled from it. */
  write_blob(data: Uint8Array, address: number): void;
  /** Between slices of guest code: runs what is due and returns the milliseconds to the next deadline. */
  run_hardware_timers(acpi: boolean, now: number): number;
  reboot_internal(): void;
  get_state(): unknown[];
  set_state(state: unknown[]): void;
}

/** Reads and writes of 8 and 32 bits by address; a 16-bit access comes as two bytes, the low one first. */
export type MmioHandlers = [
  read8: (address: number) => number,
  write8: (address: number, value: number) => void,
  read32: (address: number) => number,
  write32: (address: number, value: number) => void,
];

export interface PciBus {
  /** By bus/device/function number. */
  readonly devices: (PciDevice | undefined)[];
  readonly device_spaces: (Int32Array | undefined)[];
  /** What 0CF8h holds: the bus/device/function number from bit 8 up. */
  readonly pci_addr32: Int32Array;
  register_device(device: PciDevice): Int32Array;
  /** 0CF8h was written: fetches the dword that reads of 0CFCh answer. */
  pci_query(): void;
  pci_write8(address: number, value: number): void;
  pci_write16(address: number, value: number): void;
  pci_write32(address: number, value: number): void;
  raise_irq(pciId: number): void;
  lower_irq(pciId: number): void;
}

export interface PciDevice {
  readonly name: string;
  readonly pci_id: number;
  readonly pci_space: ArrayLike<number>;
  readonly pci_bars: readonly { size: number }[];
}
