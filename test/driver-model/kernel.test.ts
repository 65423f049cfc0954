import { expect, it } from 'vitest';
import { APC_LEVEL, DIRQL, DISPATCH_LEVEL, PASSIVE_LEVEL } from '../../src/ddi/irql.ts';
import { KernelEvent } from '../../src/driver-model/event.ts';
import { Kernel } from '../../src/driver-model/kernel.ts';
import { PAGE_BYTES, PhysicalMemory } from '../../src/driver-model/memory.ts';
import type { DevicePort } from '../../src/port/device-port.ts';

/** A device that is nothing but an interrupt line and RAM. */
function fakePort() {
  const ram = new Uint8Array(32 * PAGE_BYTES);
  let level = false;
  let ticks = 0n;
  const listeners = new Set<(level: boolean) => void>();
  const port: DevicePort = {
    memory: {
      bytes: ram.length,
      read: (address, length) => ram.slice(address, address + length),
      write: (address, data) => ram.set(data, address),
    },
    engine: null,
    pci: { read: () => 0, write: () => {} },
    get linkTicks() {
      return ticks;
    },
    stall: (frames) => {
      ticks += BigInt(frames * 500);
    },
    callAt: () => () => {},
    registers: {
      read: () => 0,
      write: () => {},
      get interrupt() {
        return level;
      },
      onInterrupt: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      onWake: () => () => {},
    },
  };
  const line = (next: boolean) => {
    level = next;
    for (const listener of listeners) listener(next);
  };
  return { port, line };
}

it('an interrupt runs the ISR at DIRQL, then its DPC at DISPATCH_LEVEL, then the waiting thread at PASSIVE_LEVEL', () => {
  const { port, line } = fakePort();
  const kernel = new Kernel(port);
  const order: [string, number][] = [];
  const say = (name: string) => order.push([name, kernel.irql]);
  const event = new KernelEvent(kernel, 'synchronization');
  const dpc = () => {
    say('dpc');
    event.set();
    say('dpc goes on');
  };
  kernel.connectInterrupt(() => {
    say('isr');
    expect([kernel.queueDpc(dpc), kernel.queueDpc(dpc)]).toEqual([true, false]); // in the queue once
    line(false);
    say('isr goes on');
    return true;
  });
  event.wait(() => say('thread'));
  line(true);
  expect(order).toEqual([
    ['isr', DIRQL],
    ['isr goes on', DIRQL],
    ['dpc', DISPATCH_LEVEL],
    ['dpc goes on', DISPATCH_LEVEL],
    ['thread', PASSIVE_LEVEL],
  ]);
  expect([kernel.irql, event.signaled]).toEqual([PASSIVE_LEVEL, false]);
});

it('a level-triggered line that stays high calls the ISR again, and not without end; «not mine» ends it (H36)', () => {
  const { port, line } = fakePort();
  const kernel = new Kernel(port);
  let calls = 0;
  const disconnect = kernel.connectInterrupt(() => {
    if (++calls === 3) line(false);
    return true;
  });
  line(true);
  expect(calls).toBe(3);
  disconnect();
  calls = 0;
  const stuck = kernel.connectInterrupt(() => ++calls > 0);
  line(true);
  expect(calls).toBe(64);
  stuck();
  calls = 0;
  kernel.connectInterrupt(() => ++calls < 0);
  line(true);
  expect(calls).toBe(1);
});

it('an interrupt that comes while a driver has raised IRQL to its level is served when that ends', () => {
  const { port, line } = fakePort();
  const kernel = new Kernel(port);
  const order: [string, number][] = [];
  kernel.connectInterrupt(() => {
    order.push(['isr', kernel.irql]);
    line(false);
    return true;
  });
  kernel.raise(DIRQL, () => {
    kernel.raise(DIRQL + 1, () => line(true));
    order.push(['raised', kernel.irql]);
  });
  expect(order).toEqual([
    ['raised', DIRQL],
    ['isr', DIRQL],
  ]);
  kernel.raise(DIRQL, () => {
    line(true);
    line(false); // gone by itself: nobody is called
  });
  expect([order.length, kernel.irql]).toEqual([2, PASSIVE_LEVEL]);
});

it('at DISPATCH_LEVEL DPCs wait; at PASSIVE_LEVEL in a call threads wait until the outermost call ends', () => {
  const kernel = new Kernel(fakePort().port);
  const order: string[] = [];
  kernel.call(() => {
    kernel.call(() => kernel.ready(() => order.push('thread')));
    kernel.raise(DISPATCH_LEVEL, () => {
      kernel.queueDpc(() => order.push('dpc'));
      order.push('raised');
    });
    kernel.raise(APC_LEVEL, () => kernel.queueDpc(() => order.push('second dpc')));
    order.push('call ends');
  });
  expect(order).toEqual(['raised', 'dpc', 'second dpc', 'call ends', 'thread']);
});

it('an exception in a DPC comes out and leaves IRQL and queue usable', () => {
  const kernel = new Kernel(fakePort().port);
  expect(() =>
    kernel.queueDpc(() => {
      throw new Error('driver bug');
    }),
  ).toThrow('driver bug');
  let ran = 0;
  kernel.queueDpc(() => ran++);
  expect([kernel.irql, ran]).toEqual([PASSIVE_LEVEL, 1]);
});

it('a notification event releases every waiter and stays set; a synchronization event one, and resets itself', () => {
  const kernel = new Kernel(fakePort().port);
  for (const [type, woken, signaled] of [
    ['notification', ['a', 'b', 'c'], true],
    ['synchronization', ['a'], false],
  ] as const) {
    const event = new KernelEvent(kernel, type);
    const seen: string[] = [];
    event.wait(() => seen.push('a'));
    event.wait(() => seen.push('b'));
    event.set();
    event.wait(() => seen.push('c'));
    expect([seen, event.signaled]).toEqual([woken, signaled]);
  }
  const event = new KernelEvent(kernel, 'synchronization');
  const seen: string[] = [];
  event.wait(() => seen.push('ended'))();
  event.set();
  expect([seen, event.signaled]).toEqual([[], true]); // nobody waits any more: it stays set
});

it('physical pages: never page 0, first fit, maximum address, contiguous or not, zeroed, exhaustion is null (design §3)', () => {
  const { port } = fakePort();
  port.memory.write(0, new Uint8Array(32 * PAGE_BYTES).fill(7));
  const memory = new PhysicalMemory(port.memory);
  expect(memory.freePages).toBe(31);
  const first = memory.allocateContiguous(3 * PAGE_BYTES);
  expect([first?.physicalAddress, first?.read(0, 3 * PAGE_BYTES).some((byte) => byte !== 0)]).toEqual([
    PAGE_BYTES,
    false,
  ]);
  expect(memory.allocateContiguous(2 * PAGE_BYTES, 5 * PAGE_BYTES - 1)).toBeNull();
  expect(memory.allocateContiguous(PAGE_BYTES, 5 * PAGE_BYTES - 1)?.physicalAddress).toBe(4 * PAGE_BYTES);
  const hole = memory.allocateContiguous(PAGE_BYTES);
  memory.allocateContiguous(PAGE_BYTES);
  hole?.free();
  const mdl = memory.allocateMdl(2 * PAGE_BYTES + 10);
  expect(mdl?.pageFrames).toEqual([5, 7, 8]);
  expect(mdl?.runs(0, 2 * PAGE_BYTES + 10)).toEqual([
    { offset: 0, address: 5 * PAGE_BYTES, bytes: PAGE_BYTES },
    { offset: PAGE_BYTES, address: 7 * PAGE_BYTES, bytes: PAGE_BYTES + 10 },
  ]);
  expect(() => mdl?.read(2 * PAGE_BYTES, 11)).toThrow(RangeError);
  expect(memory.allocateMdl(24 * PAGE_BYTES)).toBeNull();
  expect(memory.freePages).toBe(23);
});

it('pool: limits, paged pool only below DISPATCH_LEVEL, usage by tag, double free refused (design §3)', () => {
  const kernel = new Kernel(fakePort().port);
  const a = kernel.pool.allocate('nonpaged', 100, 'AzaA');
  kernel.pool.allocate('nonpaged', 20, 'AzaA');
  expect(
    kernel.raise(DISPATCH_LEVEL, () => [
      kernel.pool.allocate('paged', 1, 'AzaP'),
      kernel.pool.allocate('nonpaged', 1, 'AzaN')?.tag,
    ]),
  ).toEqual([null, 'AzaN']);
  expect(kernel.pool.usage()).toEqual([
    { tag: 'AzaA', driver: 'nt', type: 'nonpaged', allocations: 2, bytes: 120 },
    { tag: 'AzaN', driver: 'nt', type: 'nonpaged', allocations: 1, bytes: 1 },
  ]);
  kernel.pool.limits.nonpaged = 130;
  expect(kernel.pool.allocate('nonpaged', 10, 'AzaB')).toBeNull();
  if (a) kernel.pool.free(a);
  expect(kernel.pool.allocate('nonpaged', 10, 'AzaB')?.data).toEqual(new Uint8Array(10));
  expect(() => a && kernel.pool.free(a)).toThrow(RangeError);
});
