// An HD Audio card for any PC emulator. The emulator here is imaginary; yours has these five things too (src/v86/EMULATORS.md).

import { createMachine, type Machine } from 'azalia/machine';

export interface PcEmulator {
  /** Guest RAM from physical address 0 up. */
  ram: Uint8Array;
  /** Guest time: what the guest's own timers count, whatever the host's clock says. */
  nowMicroseconds(): number;
  /** Calls `slice` between slices of guest code; it returns how many microseconds a halted CPU may sleep. */
  onSlice(slice: () => number): void;
  mapRegisters(base: number, bytes: number, registers: Machine['pci']): void;
  plugPciFunction(slot: number, configuration: Machine['pci'], interruptPin: { level: boolean }): void;
}

type Listener = (channels: Float32Array[], rateHz: number) => void;

/** `hear` gets what reaches an output pin: planar float32, slice by slice. */
export async function plugHdAudio(pc: PcEmulator, pin: number, hear: Listener): Promise<Machine> {
  const machine = await createMachine({
    outputRateHz: 'stream', // each pin at its converter's own rate: nothing is resampled
    memory: {
      bytes: pc.ram.length,
      read: (address, length) => pc.ram.slice(address, address + length), // a copy: the guest writes on
      write: (address, data) => pc.ram.set(data, address), // if you compile code, drop what came from here
    },
  });
  const { controller, pci } = machine;

  let ticks = 0; // of 24 MHz, 500 to a link frame: a function of guest time, not a sum of rounded steps
  const catchUp = () => {
    const due = Math.max(0, Math.floor(pc.nowMicroseconds() * 24) - ticks);
    ticks += due;
    machine.advance(due / 500);
  };
  const registers: Machine['pci'] = {
    read(offset, bytes) {
      catchUp(); // so that LPIB is exact whenever the guest looks
      return controller.read(offset, bytes);
    },
    write(offset, bytes, value) {
      catchUp();
      controller.write(offset, bytes, value);
    },
  };
  const bar0 = pci.read(0x10, 4);
  pc.mapRegisters(bar0, 0x4000, registers);

  const interruptPin = { level: false };
  controller.onInterrupt((level) => {
    interruptPin.level = level; // INTA#, a level; taken at the next instruction boundary, never inside an access
  });
  pc.plugPciFunction(4, pci, interruptPin);

  const tap = machine.codecs[0]?.listen(pin);
  pc.onSlice(() => {
    catchUp();
    const { fed, rateHz } = tap ?? {}; // of what read() returns next
    const channels = tap?.read() ?? [];
    if (fed && rateHz) hear(channels, rateHz);
    return Math.min(10_000, machine.ticksToEvent / 24); // past the next interrupt nobody sleeps
  });
  return machine;
}
