import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import { commands, DspDevice, STATUS_SUCCESS } from '../../src/entries/driver-kit.ts';

it('a client of windows.dsp computes in guest RAM; shutdown gives the RAM back and leaves the verifier nothing to say (§5)', async () => {
  const machine = await createMachine();
  machine.windows.boot();
  const { freePages } = machine.windows.kernel.memory;
  const adapter = machine.windows.dsp;
  expect(machine.windows.dsp).toBe(adapter);
  if (!adapter) throw new Error('no adapter');
  const device = DspDevice.open(adapter).value;
  const context = device?.createContext().value;
  const [sound, fence] = [4096, 8].map((bytes) => device?.allocate({ bytes }).value);
  if (!context || !sound || !fence) throw new Error('no context');
  const list = commands
    .tone({ into: sound, format: { rateHz: 48000, bits: 'float', channels: 1 }, frequencyHz: 12000, amplitude: 0.5 })
    .fence({ into: fence, value: 7n });
  const { status, submission } = context.submit(list);
  expect([status, await context.finished(submission)]).toEqual([STATUS_SUCCESS, STATUS_SUCCESS]);
  const [first, second, third] = new Float32Array(sound.read(0, 12).slice().buffer);
  expect([first, second, third]).toEqual([0, 0.5, expect.closeTo(0, 7)]); // a quarter turn a frame
  expect(new DataView(fence.read(0, 8).slice().buffer).getBigUint64(0, true)).toBe(7n);
  expect(machine.windows.kernel.memory.freePages).toBe(freePages - (4.25 * 2 ** 20) / 4096);
  machine.windows.shutdown();
  expect(machine.windows.violations).toEqual([]);
  machine.windows.boot();
  expect(machine.windows.kernel.memory.freePages).toBe(freePages);
});

it('there is no adapter where an embedder owns the RAM, or where too little is left', async () => {
  const ram = new Uint8Array(1 << 20);
  const memory = {
    bytes: ram.length,
    read: (address: number, length: number) => ram.slice(address, address + length),
    write: (address: number, data: Uint8Array) => ram.set(data, address),
  };
  for (const options of [{ memory }, { memoryBytes: 1 << 20 }]) {
    const machine = await createMachine(options);
    machine.windows.boot();
    const before = machine.windows.kernel.memory.freePages;
    expect([machine.windows.dsp, machine.windows.kernel.memory.freePages]).toEqual([null, before]);
  }
});
