// PCI configuration space of the function (hda-hardware §1). No MSI capability: a machine without an interrupt
// controller cannot route a message, and one that cannot must not offer it (§1.3); drivers fall back to INTx.

import { BAR_BYTES } from '../hda/registers.ts';
import { checkAccess } from './options.ts';
import { mergeLane } from './register-file.ts';

export type PciIdentity = 'ich6' | 'ich9';

const IDENTITIES: Record<PciIdentity, { device: number; revision: number }> = {
  ich6: { device: 0x2668, revision: 0x01 },
  ich9: { device: 0x293e, revision: 0x03 },
};

const PCICMD = 0x04;
const PCICMD_MEMORY = 1 << 1;
const PCICMD_BUS_MASTER = 1 << 2;
const PCICMD_SERR = 1 << 8;
const PCICMD_INTX_DISABLE = 1 << 10;
const PCISTS = 0x06;
const PCISTS_INTX = 1 << 3;
const PCISTS_CAPABILITIES = 1 << 4;
const BAR0 = 0x10;
const PM_CAPABILITY = 0x50;
const PMCS = 0x54;
const PMCS_STATE = 3;

/** Where firmware has put the registers: clear of RAM and of what v86 maps (Appendix A). */
const BAR0_BASE = 0xfea00000;

// offset, bytes, reset, writable. A 32-bit BAR: every driver takes it, v86 can serve no other (Appendix A).
const ROWS: readonly (readonly [number, number, number, number])[] = [
  [0x00, 2, 0x8086, 0],
  [PCICMD, 2, PCICMD_MEMORY | PCICMD_BUS_MASTER, PCICMD_MEMORY | PCICMD_BUS_MASTER | PCICMD_SERR | PCICMD_INTX_DISABLE],
  [PCISTS, 2, PCISTS_CAPABILITIES, 0],
  [0x09, 3, 0x040300, 0], // multimedia, HD Audio
  [0x0c, 1, 0, 0xff], // cache line size
  [BAR0, 4, BAR0_BASE, -BAR_BYTES],
  [0x2c, 4, 0x11001af4, 0], // subsystem: what guests know from QEMU; write-once on ICH, and firmware has written
  [0x34, 1, PM_CAPABILITY, 0],
  [0x3c, 1, 0, 0xff], // interrupt line
  [0x3d, 1, 1, 0], // INTA#
  // Vendor registers are plain storage, so that a read-modify-write is harmless (§1.2), but for these two.
  [0x40, 1, 1, 1], // HDCTL: HD Audio mode, not AC'97
  [0x44, 1, 0, 7], // TCSEL
  [PM_CAPABILITY, 4, 0x00020001, 0], // id 01, last of the list; ICH's C842h less PME#, which has nowhere to go
  [PMCS, 4, 0, PMCS_STATE],
];

export class PciConfiguration {
  /** The 256 bytes as stored; PCISTS bit 3 is computed when read. */
  readonly image = new Uint8Array(256);
  readonly #writable = new Uint8Array(256);
  readonly #interrupt: () => boolean;
  readonly #changed: (from: 'D0' | 'D3') => void;

  /** `interrupt`: a cause is asserted, whatever PCICMD says. `changed`: PCICMD or the power state was written. */
  constructor(identity: PciIdentity, interrupt: () => boolean, changed: (from: 'D0' | 'D3') => void) {
    const { device, revision } = IDENTITIES[identity];
    this.#interrupt = interrupt;
    this.#changed = changed;
    this.#writable.fill(0xff, 0x40);
    for (const row of [...ROWS, [0x02, 2, device, 0] as const, [0x08, 1, revision, 0] as const]) {
      const [offset, bytes, reset, writable] = row;
      for (let lane = 0; lane < bytes; lane++) {
        this.image[offset + lane] = reset >>> (8 * lane);
        this.#writable[offset + lane] = writable >>> (8 * lane);
      }
    }
  }

  #command(): number {
    return (this.image[PCICMD] as number) | ((this.image[PCICMD + 1] as number) << 8);
  }

  /** In D0. */
  get awake(): boolean {
    return ((this.image[PMCS] as number) & PMCS_STATE) === 0;
  }

  /** Registers answer: PCICMD bit 1, and not in D3. */
  get memoryEnabled(): boolean {
    return this.awake && (this.#command() & PCICMD_MEMORY) !== 0;
  }

  get busMaster(): boolean {
    return this.awake && (this.#command() & PCICMD_BUS_MASTER) !== 0;
  }

  get intxEnabled(): boolean {
    return this.awake && (this.#command() & PCICMD_INTX_DISABLE) === 0;
  }

  /** Any width and alignment; what lies beyond the 256 bytes reads as all ones. */
  read(offset: number, bytes: 1 | 2 | 4): number {
    checkAccess(offset, bytes);
    let value = 0;
    for (let lane = 0; lane < bytes; lane++) value |= this.#lane(offset + lane) << (8 * lane);
    return value >>> 0;
  }

  #lane(at: number): number {
    const stored = this.image[at] ?? 0xff;
    return at === PCISTS && this.#interrupt() ? stored | PCISTS_INTX : stored;
  }

  write(offset: number, bytes: 1 | 2 | 4, value: number): void {
    checkAccess(offset, bytes);
    const from = this.awake ? 'D0' : 'D3';
    for (let lane = 0; lane < bytes; lane++) {
      const at = offset + lane;
      if (at > 0xff) break;
      const data = (value >>> (8 * lane)) & 0xff;
      this.image[at] = mergeLane(this.image[at] as number, data, this.#writable[at] as number, 0);
    }
    this.#changed(from);
  }
}
