// The card on v86's bus, the test in the guest's place: no images needed.

import { afterEach, describe, expect, it } from 'vitest';
import { attachHdAudio, type HdAudio, type HdAudioOptions } from '../../src/entries/v86.ts';
import {
  BAR_BYTES,
  CORBCTL,
  CORBCTL_RUN,
  CORBLBASE,
  CORBRP,
  CORBRP_RST,
  CORBSTS,
  CORBSTS_CMEI,
  CORBWP,
  GCTL,
  GCTL_CRST,
  INTCTL,
  INTCTL_GIE,
  SD_BASE,
  SD_STRIDE,
  SDnBDPL,
  SDnCBL,
  SDnCTL,
  SDnCTL_IOCE,
  SDnCTL_RUN,
  SDnFMT,
  SDnLPIB,
  SDnLVI,
  SDnSTS,
  SDnSTS_BCIS,
  STATESTS,
  WALCLK,
} from '../../src/hda/registers.ts';
import { BarePc } from './support/bare.ts';

const MEMORY_BYTES = 4 << 20;
const ICH6 = 0x26688086;
const OUTPUT = SD_BASE + 4 * SD_STRIDE;
const STEREO_16_48 = 0x0011;
const IRQ_PIN_INTA = 0x01;
const EFLAGS_IF = 0x200;

let pc: BarePc;
const cards: HdAudio[] = [];

async function plug(options: HdAudioOptions = {}): Promise<HdAudio> {
  pc = await BarePc.create(MEMORY_BYTES);
  const card = await attachHdAudio(pc.emulator, options);
  cards.push(card);
  return card;
}

afterEach(async () => {
  for (const card of cards.splice(0)) card.detach();
  await pc.emulator.destroy();
});

/** Out of reset, codecs found. */
function start({ address }: HdAudio): void {
  pc.write(address + GCTL, 4, GCTL_CRST);
  pc.pass(1);
}

/** A cyclic buffer of two halves of `frames` frames at 1 MiB, an interrupt at the end of each. */
function play({ address }: HdAudio, frames: number): void {
  const list = new Uint32Array([0x100000, 0, 4 * frames, 1, 0x100000 + 4 * frames, 0, 4 * frames, 1]);
  pc.cpu.write_blob(new Uint8Array(list.buffer), 0x10000);
  pc.write(address + OUTPUT + SDnCTL + 2, 1, 1 << 4);
  pc.write(address + OUTPUT + SDnFMT, 2, STEREO_16_48);
  pc.write(address + OUTPUT + SDnCBL, 4, 8 * frames);
  pc.write(address + OUTPUT + SDnLVI, 2, 1);
  pc.write(address + OUTPUT + SDnBDPL, 4, 0x10000);
  pc.write(address + INTCTL, 4, INTCTL_GIE | (1 << 4));
  pc.write(address + OUTPUT + SDnCTL, 1, SDnCTL_RUN | SDnCTL_IOCE);
}

describe('on the PCI bus', () => {
  it('is an ICH6 HD Audio function with INTA# and no MSI, at slot 4 and FEA00000h', async () => {
    const { slot, address } = await plug();
    expect([slot, address]).toEqual([4, 0xfea00000]);
    expect(pc.readConfiguration(4, 0x00)).toBe(ICH6);
    expect(pc.readConfiguration(4, 0x08) >>> 8).toBe(0x040300);
    expect(pc.readConfiguration(4, 0x3c) >>> 8).toBe(IRQ_PIN_INTA);
    const capabilities: number[] = [];
    for (let at = pc.readConfiguration(4, 0x34) & 0xff; at !== 0; at = (pc.readConfiguration(4, at) >>> 8) & 0xff) {
      capabilities.push(pc.readConfiguration(4, at) & 0xff);
    }
    expect(capabilities).toEqual([0x01]); // power management
  });

  it('answers a size probe with 16 KB and stays where it is (hda-hardware §1.4, Appendix A)', async () => {
    await plug();
    pc.writeConfiguration(4, 0x10, 0xffffffff);
    expect(pc.readConfiguration(4, 0x10)).toBe(2 ** 32 - BAR_BYTES);
    pc.writeConfiguration(4, 0x10, 0xe8000000);
    expect(pc.readConfiguration(4, 0x10)).toBe(0xfea00000);
  });

  it('PCICMD bit 1 off: registers read all ones; on: they answer (§1.4)', async () => {
    const { address } = await plug();
    pc.writeConfiguration16(4, 0x04, 0x0004);
    expect(pc.readConfiguration(4, 0x04) & 0xffff).toBe(0x0004);
    expect(pc.read(address + GCTL, 4)).toBe(0xffffffff);
    pc.writeConfiguration16(4, 0x04, 0x0006);
    expect(pc.read(address + GCTL, 4)).toBe(0);
  });

  it('a second card takes the next slot and the next 128 KiB', async () => {
    await plug();
    const second = await attachHdAudio(pc.emulator);
    cards.push(second);
    expect([second.slot, second.address]).toEqual([6, 0xfea20000]); // slot 5 is the network card's
    expect(pc.readConfiguration(6, 0x00)).toBe(ICH6);
  });

  it.each([
    [{ slot: 5 }, /slot 5/],
    [{ slot: 32 }, /slot 32/],
    [{ address: 0xfea10000 }, /0xfea10000/],
    [{ address: 0x20000 }, /0x20000/], // RAM
    [{ address: 0xfebe0000 + 2 ** 32 }, /0x1febe0000/],
    [{ codec: 'piano' }, /piano/],
    [{ input: {} as AudioNode }, /needs audioContext/],
  ] as const)('refuses %o', async (options, message) => {
    pc = await BarePc.create(MEMORY_BYTES);
    await expect(attachHdAudio(pc.emulator, options)).rejects.toThrow(message);
    expect(pc.readConfiguration(4, 0x00)).toBe(0xffffffff);
  });

  it('a dump’s codec sits at the address that the dump names', async () => {
    const dump = 'Codec: Someone\nAddress: 2\nVendor Id: 0x12345678\nNode 0x01 [Audio Function Group] wcaps 0x1:\n';
    const text = dump.replace(/Node.*\n/, 'AFG Function Id: 0x1 (unsol 0)\n');
    const card = await plug({ codec: { dump: text } });
    start(card);
    expect(pc.read(card.address + STATESTS, 2)).toBe(1 << 2);
  });
});

describe('registers', () => {
  it('take 8, 16 and 32 bits, and 16 as two bytes; beyond 16 KB there is nothing', async () => {
    const card = await plug();
    start(card);
    pc.write(card.address + CORBRP, 2, CORBRP_RST);
    expect(pc.read(card.address + CORBRP, 2)).toBe(CORBRP_RST);
    pc.write(card.address + CORBRP, 2, 0);
    expect(pc.read(card.address + CORBRP, 2)).toBe(0);
    pc.write(card.address + CORBLBASE, 4, 0x12345680);
    expect(pc.read(card.address + CORBLBASE + 2, 2)).toBe(0x1234);
    expect(pc.read(card.address + BAR_BYTES, 4)).toBe(0xffffffff);
  });

  it('time is the guest’s: WALCLK counts 24 000 ticks a millisecond, read between two timer calls (§3.10)', async () => {
    const card = await plug();
    start(card);
    const from = pc.read(card.address + WALCLK, 4);
    pc.nowMs += 0.5;
    expect(pc.read(card.address + WALCLK, 4) - from).toBe(12_000);
  });

  it('LPIB is exact to the link frame whenever it is read (§3.8)', async () => {
    const card = await plug();
    start(card);
    play(card, 4800);
    const startMs = pc.nowMs;
    for (const frames of [0, 1, 2, 100, 4799, 4800, 9599, 9600, 14_503]) {
      pc.nowMs = startMs + (frames + 0.5) / 48; // half a frame clear of rounding
      expect(pc.read(card.address + OUTPUT + SDnLPIB, 4)).toBe((frames % 9600) * 4);
    }
  });
});

describe('time', () => {
  it('HLT sleeps up to the IOC and not past it', async () => {
    const card = await plug();
    start(card);
    play(card, 240); // 5 ms
    expect(pc.pass(0)).toBeCloseTo(5, 3);
    expect(pc.pass(4)).toBeCloseTo(1, 3);
    expect(pc.read(card.address + OUTPUT + SDnSTS, 1) & SDnSTS_BCIS).toBe(0);
    pc.pass(1);
    expect(pc.read(card.address + OUTPUT + SDnSTS, 1) & SDnSTS_BCIS).toBe(SDnSTS_BCIS);
  });

  it('with nothing under way the card does not wake anybody', async () => {
    const card = await plug();
    start(card);
    const quiet = pc.pass(1);
    card.detach();
    expect(pc.pass(0)).toBe(quiet);
  });

  it('a guest that was not run for an hour finds that the card waited, and how long is counted (H47)', async () => {
    const card = await plug();
    start(card);
    const from = pc.read(card.address + WALCLK, 4);
    pc.pass(3_600_000);
    expect(pc.read(card.address + WALCLK, 4) - from).toBe(24_000_000);
    expect(card.statistics().skippedMs).toBeCloseTo(3_599_000, 3);
  });
});

describe('the interrupt line', () => {
  it('follows the level, and looks disabled to v86 while an access drives it', async () => {
    const card = await plug();
    const driven: [string, number][] = [];
    const { pci } = pc.cpu.devices;
    const interruptible = () => (pc.cpu.flags[0] as number) & EFLAGS_IF;
    Object.assign(pci, {
      raise_irq: (id: number) => driven.push([`raise ${id >> 3}`, interruptible()]),
      lower_irq: (id: number) => driven.push([`lower ${id >> 3}`, interruptible()]),
    });
    pc.cpu.flags[0] = (pc.cpu.flags[0] as number) | EFLAGS_IF;
    start(card);
    play(card, 48);
    pc.nowMs += 1.5;
    pc.read(card.address + OUTPUT + SDnLPIB, 4);
    expect(driven).toEqual([['raise 4', 0]]);
    expect(interruptible()).toBe(EFLAGS_IF);
    pc.write(card.address + OUTPUT + SDnSTS, 1, SDnSTS_BCIS);
    expect(driven).toEqual([
      ['raise 4', 0],
      ['lower 4', 0],
    ]);
  });

  it('is said again between slices while it is high: a device that shares it may have dropped it', async () => {
    const card = await plug();
    start(card);
    play(card, 48);
    pc.pass(1.5);
    let raised = 0;
    Object.assign(pc.cpu.devices.pci, { raise_irq: () => raised++ });
    pc.pass(1.1);
    expect(raised).toBe(1);
  });
});

describe('DMA', () => {
  it.each([MEMORY_BYTES, 0xfea00000, 0xfffff000])(
    'a CORB at %i, outside RAM, is a memory error and reads nothing (H1, H3, §3.2)',
    async (base) => {
      const card = await plug();
      start(card);
      pc.write(card.address + CORBLBASE, 4, base);
      pc.write(card.address + CORBCTL, 1, CORBCTL_RUN);
      pc.write(card.address + CORBWP, 1, 1);
      expect(pc.read(card.address + CORBSTS, 1)).toBe(CORBSTS_CMEI);
      expect(pc.read(card.address + CORBCTL, 1) & CORBCTL_RUN).toBe(0);
    },
  );

  it('writes go through the emulator, so that code compiled from those bytes is dropped', async () => {
    const card = await plug();
    const written: [number, number][] = [];
    const { write_blob } = pc.cpu;
    pc.cpu.write_blob = (data, address) => {
      written.push([address, data.length]);
      write_blob.call(pc.cpu, data, address);
    };
    card.machine.memory.write(0x2000, new Uint8Array([1, 2, 3]));
    expect(written).toEqual([[0x2000, 3]]);
    expect([...pc.cpu.mem8.slice(0x2000, 0x2003)]).toEqual([1, 2, 3]);
    expect(() => card.machine.memory.write(MEMORY_BYTES - 2, new Uint8Array(3))).toThrow(RangeError);
    expect(() => card.machine.memory.read(MEMORY_BYTES, 1)).toThrow(RangeError);
  });

  it('what is read is a copy: the guest writes on', async () => {
    const card = await plug();
    const bytes = card.machine.memory.read(0x3000, 4);
    pc.cpu.write_blob(new Uint8Array([9]), 0x3000);
    expect(bytes[0]).toBe(0);
  });
});

describe('state', () => {
  it('is one more device of v86’s: a new emulator goes on at the same link frame, line and all', async () => {
    const card = await plug();
    start(card);
    play(card, 48);
    pc.pass(1.5);
    const position = pc.read(card.address + OUTPUT + SDnLPIB, 4);
    const state = await pc.emulator.save_state();
    const other = await BarePc.create(MEMORY_BYTES);
    const restored = await attachHdAudio(other.emulator);
    other.nowMs = 77_777;
    await other.emulator.restore_state(state);
    expect(other.read(restored.address + OUTPUT + SDnLPIB, 4)).toBe(position);
    expect(restored.machine.controller.interrupt).toBe(true);
    other.nowMs += 0.25;
    expect(other.read(restored.address + OUTPUT + SDnLPIB, 4)).toBe(position + 12 * 4);
    restored.detach();
    await other.emulator.destroy();
  });

  it('a state saved with another codec is refused in one line', async () => {
    await plug();
    const state = await pc.emulator.save_state();
    const other = await BarePc.create(MEMORY_BYTES);
    const card = await attachHdAudio(other.emulator, { codec: 'laptop' });
    await expect(other.emulator.restore_state(state)).rejects.toThrow(/another machine/);
    card.detach();
    await other.emulator.destroy();
  });

  it('a guest that restarts finds the controller in reset', async () => {
    const card = await plug();
    start(card);
    play(card, 48);
    Object.assign(pc.cpu, { load_bios: () => {} });
    pc.cpu.reboot_internal();
    expect(pc.read(card.address + GCTL, 4) & GCTL_CRST).toBe(0);
    expect(pc.read(card.address + OUTPUT + SDnCTL, 1) & SDnCTL_RUN).toBe(0);
  });
});

it('detach leaves an empty slot, unmapped registers and v86 as it was; twice is once', async () => {
  pc = await BarePc.create(MEMORY_BYTES);
  const { run_hardware_timers, get_state, set_state, reboot_internal } = pc.cpu;
  const { pci_query, pci_write8 } = pc.cpu.devices.pci;
  const card = await attachHdAudio(pc.emulator);
  card.detach();
  card.detach();
  expect(pc.readConfiguration(4, 0x00)).toBe(0xffffffff);
  expect(pc.read(card.address, 4)).toBe(0xffffffff);
  const { cpu } = pc;
  expect([cpu.run_hardware_timers, cpu.get_state, cpu.set_state, cpu.reboot_internal]).toEqual([
    run_hardware_timers,
    get_state,
    set_state,
    reboot_internal,
  ]);
  expect([cpu.devices.pci.pci_query, cpu.devices.pci.pci_write8]).toEqual([pci_query, pci_write8]);
});

it('an emulator that is not loaded is refused in one line', async () => {
  pc = await BarePc.create(MEMORY_BYTES);
  await expect(attachHdAudio({ ...pc.emulator, v86: undefined } as never)).rejects.toThrow(/emulator-loaded/);
});
