// The adapter of EMULATORS.md in an emulator that is nothing but its five parts, the test being the guest.

import { expect, it } from 'vitest';
import { type PcEmulator, plugHdAudio } from '../../src/demo/examples/emulator-adapter.ts';
import type { Machine } from '../../src/entries/machine.ts';
import * as R from '../../src/hda/registers.ts';
import type { Device } from '../../src/machine/device.ts';
import { BUFFERS, Guest } from '../support/guest.ts';

const FRONT_DAC = 0x02;
const FRONT_MIXER = 0x0d;
const FRONT_PIN = 0x14;

class ImaginaryPc implements PcEmulator {
  readonly ram = new Uint8Array(1 << 20);
  now = 0;
  readonly pins: { level: boolean }[] = [];
  base = 0;
  #registers!: Machine['pci'];
  #slice: () => number = () => 0;

  nowMicroseconds = () => this.now;
  onSlice(slice: () => number): void {
    this.#slice = slice;
  }
  mapRegisters(base: number, _bytes: number, registers: Machine['pci']): void {
    this.base = base;
    this.#registers = registers;
  }
  plugPciFunction(_slot: number, _configuration: Machine['pci'], interruptPin: { level: boolean }): void {
    this.pins.push(interruptPin);
  }

  get registers(): Machine['pci'] {
    return this.#registers;
  }

  slice(microseconds: number): number {
    this.now += microseconds;
    return this.#slice();
  }
}

it('a guest hears in its own time: interrupt level, position and samples, by the adapter of the example', async () => {
  const pc = new ImaginaryPc();
  const heard: number[] = [];
  const machine = await plugHdAudio(pc, FRONT_PIN, (channels) => heard.push(...(channels[0] ?? [])));
  expect(pc.base).toBe(0xfea00000);
  const driver = new Guest({
    controller: pc.registers,
    memory: machine.memory,
    advance: (frames: number) => pc.slice(frames / 0.048),
  } as unknown as Device);
  driver.start();
  driver.write32(R.INTCTL, R.INTCTL_GIE | (1 << 4));
  driver.verb(FRONT_DAC, 0x706, 0x10); // stream 1
  driver.verb(FRONT_DAC, 0x2, 0x0011); // 48 kHz, 16 bits, stereo
  driver.verb(FRONT_DAC, 0x3, 0xb057); // 0 dB
  for (const nid of [0x01, FRONT_DAC, FRONT_MIXER, FRONT_PIN]) driver.verb(nid, 0x705, 0); // D0
  driver.verb(FRONT_MIXER, 0x3, 0x7000);
  driver.verb(FRONT_PIN, 0x3, 0xb000);
  driver.verb(FRONT_PIN, 0x707, 0x40); // OUT
  driver.verb(FRONT_PIN, 0x70c, 0x02); // EAPD

  const samples = Int16Array.from({ length: 960 }, (_, i) => 1000 * Math.floor(i / 2) - 30_000);
  pc.ram.set(new Uint8Array(samples.buffer), BUFFERS);
  const stream = driver.stream(4).setUp({
    entries: [
      { address: BUFFERS, length: 960, ioc: true },
      { address: BUFFERS + 960, length: 960, ioc: true },
    ],
  });
  pc.slice(0);
  heard.length = 0;
  stream.run();
  expect(pc.slice(0)).toBeCloseTo(5000, 0); // microseconds to the first interrupt
  pc.slice(4990);
  expect(pc.pins[0]?.level).toBe(false);
  pc.slice(15);
  expect(pc.pins[0]?.level).toBe(true);
  pc.now += 1000;
  expect(stream.position).toBe(288 * 4);
  stream.acknowledge();
  expect(pc.pins[0]?.level).toBe(false);
  pc.slice(0);
  expect(heard.length).toBe(288);
  expect(heard).toEqual(Array.from({ length: 288 }, (_, i) => Math.fround((samples[2 * i] as number) / 32768)));
});
