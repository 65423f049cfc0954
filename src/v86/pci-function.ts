// The card on v86's PCI bus: configuration space, place and interrupt line.

import type { Machine } from '../entries/machine.ts';
import type { Cpu, PciBus } from './emulator.ts';

/** v86 maps registers in blocks of this size (io.js MMAP_BLOCK_SIZE). */
export const MMIO_BLOCK_BYTES = 0x20000;
export const DEFAULT_ADDRESS = 0xfea00000;
/** The VGA BIOS and what else v86 has up there. */
const ADDRESS_END = 0xfeb00000;

const DEFAULT_SLOT = 4;
const SLOTS = 32;
const CONFIGURATION_BYTES = 0x100;
const BAR_BYTES = 0x4000;
const PCICMD = 0x04;
const PCICMD_FIRMWARE = 0x0006; // memory and bus master
const PMCS = 0x54;
const PMCS_D3 = 3;
const BAR0 = 0x10;
const BAR_COUNT = 6;
const BARS_END = BAR0 + 4 * BAR_COUNT;
const EFLAGS_IF = 0x200;

const WIDTHS = [
  ['pci_write8', 1],
  ['pci_write16', 2],
  ['pci_write32', 4],
] as const;

/** A slot that is free, and a block of addresses that no BAR lies in. RangeError for a choice that cannot be. */
export function choosePlace(cpu: Cpu, slot?: number, address?: number): { slot: number; address: number } {
  const { pci } = cpu.devices;
  const slotFree = (n: number) => !pci.devices[n << 3];
  const blockFree = (base: number) =>
    pci.device_spaces.every(
      (space) =>
        !space ||
        [...space.subarray(BAR0 / 4, BARS_END / 4)].every((bar) => (bar & 1) === 1 || bar >>> 17 !== base >>> 17),
    );
  if (slot !== undefined && !(Number.isInteger(slot) && slot > 0 && slot < SLOTS && slotFree(slot))) {
    throw new RangeError(`slot ${slot}: must be a free PCI slot of 1…${SLOTS - 1}`);
  }
  if (address !== undefined) {
    const inRam = address < (cpu.memory_size[0] as number);
    if (address % MMIO_BLOCK_BYTES !== 0 || inRam || address >= 2 ** 32 || !blockFree(address)) {
      throw new RangeError(`address 0x${address.toString(16)}: must be free, above RAM, a multiple of 128 KiB`);
    }
  }
  let chosenSlot = slot ?? DEFAULT_SLOT;
  while (slot === undefined && chosenSlot < SLOTS && !slotFree(chosenSlot)) chosenSlot++;
  let chosenAddress = address ?? DEFAULT_ADDRESS;
  while (address === undefined && chosenAddress < ADDRESS_END && !blockFree(chosenAddress)) {
    chosenAddress += MMIO_BLOCK_BYTES;
  }
  if (chosenSlot === SLOTS || chosenAddress === ADDRESS_END) throw new RangeError('no room for one more PCI function');
  return { slot: chosenSlot, address: chosenAddress };
}

/**
 * The function's configuration space is the machine's, but for the BAR: v86 keeps that itself, because it cannot move
 * memory. (Its own handling of a 32-bit write to PCICMD is to drop it.)
 */
export class PciFunction {
  readonly pciId: number;
  readonly #cpu: Cpu;
  readonly #bus: PciBus;
  readonly #config: Machine['pci'];
  readonly #space: Int32Array;
  readonly #restore: (() => void)[] = [];
  #level = false;

  constructor(cpu: Cpu, config: Machine['pci'], slot: number, address: number) {
    this.pciId = slot << 3;
    this.#cpu = cpu;
    this.#bus = cpu.devices.pci;
    this.#config = config;
    config.write(BAR0, 4, address);
    const image = Array.from({ length: CONFIGURATION_BYTES }, (_, offset) => config.read(offset, 1));
    this.#space = this.#bus.register_device({
      name: 'HD Audio',
      pci_id: this.pciId,
      pci_space: image,
      pci_bars: [{ size: BAR_BYTES }],
    });
    this.#intercept();
  }

  /** Level of INTA#. */
  get level(): boolean {
    return this.#level;
  }

  set level(level: boolean) {
    if (level === this.#level) return;
    this.#level = level;
    this.#drive();
  }

  /** Says the level again: another device on the same line may have dropped it. */
  reassert(): void {
    if (this.#level) this.#drive();
  }

  /**
   * Raising or lowering a line makes v86 deliver what is pending at once. In the middle of a guest instruction, which is
   * where a register access happens, that would push a wrong return address and lose the instruction's result: so
   * interrupts look disabled meanwhile, and the CPU takes the interrupt at its next boundary.
   */
  #drive(): void {
    const { flags } = this.#cpu;
    const saved = flags[0] as number;
    flags[0] = saved & ~EFLAGS_IF;
    if (this.#level) this.#bus.raise_irq(this.pciId);
    else this.#bus.lower_irq(this.pciId);
    flags[0] = saved;
  }

  /** Takes the configuration of a state that was saved without the card's own. */
  adopt(): void {
    for (let offset = PCICMD; offset < CONFIGURATION_BYTES; offset += 4) {
      if (offset < BAR0 || offset >= BARS_END) this.#config.write(offset, 4, this.#space[offset / 4] as number);
    }
  }

  /** RST#: what runs ends, and the command register is as firmware finds it. */
  reset(): void {
    this.#config.write(PMCS, 2, PMCS_D3);
    this.#config.write(PMCS, 2, 0); // a function that comes from D3 has forgotten all but its wake bits
    this.#config.write(PCICMD, 2, PCICMD_FIRMWARE);
  }

  detach(): void {
    this.level = false;
    for (const restore of this.#restore) restore();
    this.#bus.devices[this.pciId] = undefined;
    this.#bus.device_spaces[this.pciId] = undefined;
  }

  #intercept(): void {
    const bus = this.#bus as PciBus & Record<string, unknown>;
    const own = (address: number) => ((address >>> 8) & 0xffff) === this.pciId;
    for (const [name, bytes] of WIDTHS) {
      const before = bus[name];
      bus[name] = (address: number, value: number) => {
        const offset = address & 0xff;
        if (own(address) && (offset < BAR0 || offset >= BARS_END)) this.#config.write(offset, bytes, value);
        else before.call(bus, address, value);
      };
      this.#restore.push(() => {
        bus[name] = before;
      });
    }
    const query = bus.pci_query;
    bus.pci_query = () => {
      if (own(bus.pci_addr32[0] as number)) this.#refresh();
      query.call(bus);
    };
    this.#restore.push(() => {
      bus.pci_query = query;
    });
  }

  /** v86 answers reads from its own copy. */
  #refresh(): void {
    for (let offset = 0; offset < CONFIGURATION_BYTES; offset += 4) {
      if (offset < BAR0 || offset >= BARS_END) this.#space[offset / 4] = this.#config.read(offset, 4);
    }
  }
}
