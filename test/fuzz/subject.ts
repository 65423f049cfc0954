// The machine under the fuzzer, and what must hold after every operation.

import { Codec } from '../../src/codec/codec.ts';
import { builtInCodecs } from '../../src/codec/index.ts';
import * as R from '../../src/hda/registers.ts';
import { createParts, Device, type DeviceParts } from '../../src/machine/device.ts';
import type { MachineCodec } from '../../src/machine/machine-codec.ts';
import { checkOptions } from '../../src/machine/options.ts';
import type { PinTap } from '../../src/machine/pin-tap.ts';
import type { BusMemory } from '../../src/port/device-port.ts';
import { TestCodec } from '../support/test-codec.ts';
import { type Operation, RAM_BYTES } from './operations.ts';

const CODEC_MASK = 0b101;
/** A line-out pin of the desktop codec. */
const DESKTOP_PIN = 0x14;
/** Commands that one register write may set off: a whole ring. */
const COMMANDS_MOST = 256;
/** Bytes of one stream in one link frame: 8 blocks of 64; an entry holds at least one, and a look ahead doubles it. */
const ENTRIES_PER_FRAME = 1 + 2 * 8 * 64;
const STEP_MS_MOST = 2000;

const CONFIGURATIONS = [
  { input: 4, output: 4, bidirectional: 0 },
  { input: 1, output: 2, bidirectional: 2 },
  { input: 0, output: 0, bidirectional: 30 },
] as const;

/** RAM outside the core that refuses to be accessed where it is not. */
class StrictMemory implements BusMemory {
  readonly bytes = RAM_BYTES;
  readonly #ram = new Uint8Array(RAM_BYTES);

  read(address: number, length: number): Uint8Array {
    this.#check(address, length);
    return this.#ram.slice(address, address + length);
  }

  write(address: number, data: Uint8Array): void {
    this.#check(address, data.length);
    this.#ram.set(data, address);
  }

  #check(address: number, length: number): void {
    if (!(Number.isInteger(address) && address >= 0 && length >= 0 && address + length <= RAM_BYTES)) {
      throw new Error(`DMA outside RAM: ${length} bytes at ${address}`);
    }
  }
}

export class Subject {
  readonly #device: Device;
  readonly #core: DeviceParts['core'];
  readonly #codec: TestCodec;
  readonly #tap: PinTap;
  readonly #streams: number;
  #told = false;
  #listener: 0 | 1 | 2 = 0;
  #ticks = 0n;
  #frames = 0;

  /** `variant` chooses stream counts, ring sizes, and whether RAM lies in the core or outside. */
  static async create(variant: number): Promise<Subject> {
    const streams = CONFIGURATIONS[variant % CONFIGURATIONS.length] as (typeof CONFIGURATIONS)[number];
    const model = builtInCodecs.desktop;
    if (!model) throw new Error('no desktop codec');
    const codec = new TestCodec();
    const memory = variant % 4 === 3 ? { memory: new StrictMemory() } : { memoryBytes: RAM_BYTES };
    const options = checkOptions({ ...memory, streams, ringEntries: [2, 16, 256] });
    const codecs = [codec, null, new Codec(model, { outputRateHz: 48_000 })];
    return new Subject(await createParts(codecs, options), codec);
  }

  private constructor(parts: DeviceParts, codec: TestCodec) {
    const device = new Device(parts);
    this.#device = device;
    this.#core = parts.core;
    this.#codec = codec;
    const gcap = device.controller.read(R.GCAP, 2);
    this.#streams = (gcap >>> 12) + ((gcap >>> 8) & 15) + ((gcap >>> 3) & 31);
    this.#tap = (device.codecs[2] as MachineCodec).listen(DESKTOP_PIN);
    device.controller.onInterrupt((level) => {
      if (level === this.#told) throw new Error(`line told ${level} twice`);
      this.#told = level;
      if (level && this.#listener > 0) this.#acknowledge();
    });
    device.controller.write(R.GCTL, 4, 1);
    device.controller.write(R.CORBLBASE, 4, 0x1000);
    device.controller.write(R.RIRBLBASE, 4, 0x2000);
    device.controller.write(R.CORBCTL, 1, 3);
    device.controller.write(R.RIRBCTL, 1, 7);
  }

  #acknowledge(): void {
    const { controller } = this.#device;
    const status = controller.read(R.INTSTS, 4);
    for (let n = 0; n < this.#streams; n++) {
      if ((status >>> n) & 1) controller.write(R.SD_BASE + n * R.SD_STRIDE + R.SDnSTS, 1, R.SDnSTS_CAUSES);
    }
    controller.write(R.RIRBSTS, 1, 0xff);
    controller.write(R.CORBSTS, 1, 0xff);
    controller.write(R.STATESTS, 2, 0xffff);
    if (this.#listener === 2) controller.write(R.CORBWP, 1, Number(this.#device.linkTicks & 0xffn));
  }

  /** Does it, and throws an Error that says what does not hold afterwards. */
  apply(operation: Operation): void {
    const before = performance.now();
    const fetched = this.#core.counters.descriptors;
    this.#codec.commands.length = 0;
    this.#perform(operation);
    this.#check(operation, fetched);
    const milliseconds = performance.now() - before;
    if (milliseconds > STEP_MS_MOST) throw new Error(`took ${milliseconds} ms`);
  }

  #perform(operation: Operation): void {
    const { controller, pci, memory, codecs } = this.#device;
    switch (operation[0]) {
      case 'write':
        controller.write(operation[1], operation[2], operation[3]);
        break;
      case 'read':
        controller.read(operation[1], operation[2]);
        break;
      case 'pci':
        pci.write(operation[1], operation[2], operation[3]);
        break;
      case 'memory': {
        const bytes = new Uint8Array(Uint32Array.from(operation[2]).buffer);
        memory.write(operation[1], bytes.subarray(0, RAM_BYTES - operation[1]));
        break;
      }
      case 'time':
        this.#ticks += BigInt(operation[1]);
        this.#device.advance(operation[1] / 500);
        break;
      case 'plug':
        codecs[operation[1]]?.plug(operation[1] === 0 ? operation[2] : DESKTOP_PIN, operation[3]);
        break;
      case 'listener':
        this.#listener = operation[1];
        break;
      case 'save':
        this.#device.restore(this.#device.save());
    }
  }

  #check(operation: Operation, fetched: number): void {
    const device = this.#device;
    const { controller } = device;
    const frames = operation[0] === 'time' ? operation[1] / 500 + 1 : 1;
    expectThat(device.linkTicks === this.#ticks, 'time is what was asked for');
    expectThat(
      this.#core.counters.descriptors - fetched <= frames * this.#streams * ENTRIES_PER_FRAME,
      'descriptor work is bounded',
    );
    expectThat(
      operation[0] === 'time' || this.#listener === 2 || this.#codec.commands.length <= COMMANDS_MOST,
      'command work is bounded',
    );
    expectThat(this.#told === controller.interrupt, 'the listener knows the level');
    if (operation[0] === 'time') this.#checkTap();

    const gctl = controller.read(R.GCTL, 4);
    if (gctl === 0xffffffff) return; // PCI has taken the registers away
    expectThat((gctl & ~0x101) === 0, 'GCTL has two bits');
    const inReset = (gctl & 1) === 0;
    expectThat(
      controller.read(R.VMIN, 2) === 0x0100 && controller.read(R.OUTPAY, 4) === 0x001d003c,
      'capabilities stand',
    );
    expectThat((controller.read(R.STATESTS, 2) & ~CODEC_MASK) === 0, 'STATESTS names codecs that are there');
    expectThat(
      controller.read(R.RIRBWP, 2) < 256 && (controller.read(R.CORBRP, 2) & 0x7f00) === 0,
      'pointers are in range',
    );
    if (inReset)
      expectThat(controller.read(R.CORBCTL, 4) === 0x00720000 && controller.read(R.WALCLK, 4) === 0, 'reset values');
    this.#checkInterrupts(inReset);
  }

  /** §2.8 once more, from what a guest reads. */
  #checkInterrupts(inReset: boolean): void {
    const { controller, pci } = this.#device;
    let expected = 0;
    for (let n = 0; n < this.#streams; n++) {
      const dword = controller.read(R.SD_BASE + n * R.SD_STRIDE, 4);
      const status = dword >>> 24;
      const running = (dword & R.SDnCTL_RUN) !== 0;
      expectThat(!(running && (inReset || (dword & R.SDnCTL_SRST) !== 0)), 'nothing runs in reset');
      expectThat(running === ((status & R.SDnSTS_FIFORDY) !== 0), 'FIFORDY goes with RUN');
      if ((status & dword & R.SDnSTS_CAUSES) !== 0) expected |= 1 << n;
    }
    const rirb = controller.read(R.RIRBCTL, 2);
    const corb = controller.read(R.CORBCTL, 2);
    const wake = controller.read(R.STATESTS, 2) & controller.read(R.WAKEEN, 2);
    if ((rirb & (rirb >>> 8) & 5) !== 0 || (corb & (corb >>> 8) & 1) !== 0 || wake !== 0) expected |= R.INTSTS_CIS;
    expected = expected === 0 ? 0 : (expected | R.INTSTS_GIS) >>> 0;
    expectThat(controller.read(R.INTSTS, 4) === expected, 'INTSTS follows its causes');
    const control = controller.read(R.INTCTL, 4);
    const line = control >>> 31 === 1 && (expected & control & 0x7fffffff) !== 0;
    const masked = (pci.read(0x04, 2) & 0x400) !== 0 || (pci.read(0x54, 1) & 3) !== 0;
    expectThat(controller.interrupt === (line && !masked), 'the line follows INTSTS');
  }

  /** The desktop codec's pins run at 48 kHz: a frame a link frame, whatever anybody programs. */
  #checkTap(): void {
    this.#frames += this.#tap.read()[0]?.length ?? 0;
    expectThat(BigInt(this.#frames) === this.#ticks / 500n, 'a tap has a frame for each that passed');
  }
}

function expectThat(holds: boolean, claim: string): void {
  if (!holds) throw new Error(`does not hold: ${claim}`);
}
