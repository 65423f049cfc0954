import fc from 'fast-check';
import { expect, it } from 'vitest';
import { usableBytes } from '../../src/bus/buffer.ts';
import type { HDAUDIO_BUS_INTERFACE_V3 } from '../../src/ddi/bus-interface.ts';
import { decodeBufferDescriptors, PauseState, ResetState, RunState } from '../../src/ddi/hdaudio.ts';
import { DISPATCH_LEVEL } from '../../src/ddi/irql.ts';
import {
  STATUS_DEVICE_NOT_READY,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
} from '../../src/ddi/ntstatus.ts';
import { KernelEvent } from '../../src/driver-model/event.ts';
import { PAGE_BYTES } from '../../src/driver-model/memory.ts';
import {
  ALIAS_BASE,
  SD_BASE,
  SD_STRIDE,
  SDnBDPL,
  SDnCBL,
  SDnCTL,
  SDnCTL_SRST,
  SDnLPIB,
  SDnLVI,
} from '../../src/hda/registers.ts';
import { LINK_HZ } from '../../src/hda/timing.ts';
import { between, CD_LIKE, pcm, v3Client } from './support.ts';

type Ddi = HDAUDIO_BUS_INTERFACE_V3;
const SD4 = SD_BASE + 4 * SD_STRIDE; // the first output

const engine = (ddi: Ddi, format = CD_LIKE) => ddi.AllocateRenderDmaEngine(ddi.Context, format, false).handle ?? 0;
const run = (ddi: Ddi, handle: number) => {
  ddi.SetDmaEngineState(ddi.Context, PauseState, 1, [handle]);
  expect(ddi.SetDmaEngineState(ddi.Context, RunState, 1, [handle])).toBe(STATUS_SUCCESS);
};

it('DDI-45: AllocateDmaBuffer gives an MDL that starts its first page, the size, a stream id of 1…15 and the FIFO', async () => {
  const { ddi, device } = await v3Client();
  const result = ddi.AllocateDmaBuffer(ddi.Context, engine(ddi), 8192);
  expect(result).toMatchObject({ status: STATUS_SUCCESS, allocatedBufferSize: 8192, streamId: 1, fifoSize: 192 });
  expect(result.bufferMdl?.byteOffset).toBe(0);
  expect(result.bufferMdl?.pageFrames).toHaveLength(2);
  expect(result.bufferMdl?.pageFrames).not.toContain(0);
  device.advance(10);
  expect(device.registers.read(SD4 + SDnLPIB, 4)).toBe(0); // Reset
  const bdl = decodeBufferDescriptors(device.memory.read(device.registers.read(SD4 + SDnBDPL, 4), 32));
  expect(bdl.map(({ Length, InterruptOnCompletion }) => [Length, InterruptOnCompletion])).toEqual([
    [4096, false],
    [4096, false],
  ]);
  expect(device.registers.read(SD4 + SDnCBL, 4)).toBe(8192);
});

it('DDI-46, HOSTILE-H46: an unusable size becomes the nearest usable one, and that is what CBL says', async () => {
  const { ddi, device } = await v3Client();
  const rows: [bytes: number, channels: number, notifications: 1 | 2, expected: number][] = [
    [1000, 2, 1, 1024],
    [1, 2, 1, 256],
    [4000, 2, 2, 4096],
    [3900, 2, 2, 3840],
    [5000, 6, 1, 4992],
    [5000, 6, 2, 5376],
    [192, 3, 2, 768],
  ];
  for (const [bytes, channels, notifications, expected] of rows) {
    const handle = engine(ddi, pcm(48000, 16, channels));
    const { allocatedBufferSize } = ddi.AllocateDmaBufferWithNotification(ddi.Context, handle, notifications, bytes);
    expect([bytes, channels, allocatedBufferSize]).toEqual([bytes, channels, expected]);
    expect(device.registers.read(SD4 + SDnCBL, 4)).toBe(expected);
    ddi.FreeDmaBuffer(ddi.Context, handle);
    ddi.FreeDmaEngine(ddi.Context, handle);
  }
});

it('usable sizes: whole frames and whole 128 bytes in every part, no other such size is nearer (§2.5, inferred)', () => {
  const frames = fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 28, 32, 64);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1 << 20 }), frames, fc.constantFrom(1, 2), (requested, frameBytes, parts) => {
      const bytes = usableBytes(requested, frameBytes, parts);
      const isUsable = (n: number) => n >= 256 && n % (parts * 128) === 0 && n % (parts * frameBytes) === 0;
      const distance = Math.abs(bytes - requested);
      if (!isUsable(bytes)) return false;
      for (let n = Math.max(1, requested - distance + 1); n < requested + distance; n++) if (isUsable(n)) return false;
      return true;
    }),
    { numRuns: 300 },
  );
});

it('DDI-49: AllocateDmaBuffer above PASSIVE_LEVEL is STATUS_UNSUCCESSFUL and hands out nothing', async () => {
  const { ddi, kernel } = await v3Client();
  const handle = engine(ddi);
  expect(kernel.raise(DISPATCH_LEVEL, () => ddi.AllocateDmaBuffer(ddi.Context, handle, 8192))).toEqual({
    status: STATUS_UNSUCCESSFUL,
    bufferMdl: null,
    allocatedBufferSize: 0,
    offsetFromFirstPage: 0,
    streamId: 0,
    fifoSize: 0,
  });
});

it('DDI-50: a stale handle is STATUS_INVALID_HANDLE', async () => {
  const { ddi } = await v3Client();
  const handle = engine(ddi);
  ddi.FreeDmaEngine(ddi.Context, handle);
  expect(ddi.AllocateDmaBuffer(ddi.Context, handle, 8192).status).toBe(STATUS_INVALID_HANDLE);
});

it('DDI-51, HOSTILE-H46: sizes that are none are STATUS_INVALID_PARAMETER; beyond memory STATUS_INSUFFICIENT_RESOURCES (DDI-52)', async () => {
  const { ddi, kernel } = await v3Client();
  const handle = engine(ddi);
  const allocate = (bytes: number) => ddi.AllocateDmaBuffer(ddi.Context, handle, bytes).status;
  for (const bytes of [0, -1, 0.5, Number.NaN]) expect(allocate(bytes)).toBe(STATUS_INVALID_PARAMETER);
  const free = kernel.memory.freePages;
  for (const bytes of [1 << 25, 2 ** 32, 2 ** 33 + 128, 2 ** 52])
    expect(allocate(bytes)).toBe(STATUS_INSUFFICIENT_RESOURCES);
  expect(kernel.memory.freePages).toBe(free);
  expect(allocate(8192)).toBe(STATUS_SUCCESS);
});

it('DDI-52: memory that is there but in more pieces than a list has entries is STATUS_INSUFFICIENT_RESOURCES (HOSTILE-§1.4)', async () => {
  const { ddi, kernel } = await v3Client();
  const handle = engine(ddi);
  const pages = Array.from({ length: 1200 }, () => kernel.memory.allocateContiguous(PAGE_BYTES));
  const rest = kernel.memory.allocateMdl(kernel.memory.freePages * PAGE_BYTES);
  pages.forEach((page, index) => {
    if (index % 2 === 0) page?.free();
  });
  const allocate = (count: number) => ddi.AllocateDmaBufferWithNotification(ddi.Context, handle, 2, count * PAGE_BYTES);
  expect(allocate(258).status).toBe(STATUS_INSUFFICIENT_RESOURCES);
  expect(kernel.memory.freePages).toBe(600);
  const { status, bufferMdl } = allocate(256); // 256 pieces: exactly a list
  expect(status).toBe(STATUS_SUCCESS);
  expect(new Set(bufferMdl?.pageFrames.map((frame) => frame % 2)).size).toBe(1);
  rest?.free();
});

it('DDI-53: a stream reset that never settles is STATUS_DEVICE_NOT_READY and leaves no buffer', async () => {
  let stuck = true;
  const { ddi, kernel } = await v3Client({
    port: (device) =>
      between(device, {
        read: (offset, _b, value) => (stuck && offset === SD4 + SDnCTL ? value & ~SDnCTL_SRST : value),
      }),
  });
  const handle = engine(ddi);
  const free = kernel.memory.freePages;
  expect(ddi.AllocateDmaBuffer(ddi.Context, handle, 8192).status).toBe(STATUS_DEVICE_NOT_READY);
  expect(kernel.memory.freePages).toBe(free);
  stuck = false;
  expect(ddi.AllocateDmaBuffer(ddi.Context, handle, 8192).status).toBe(STATUS_SUCCESS);
});

it('DDI-54: free and allocate again on one handle; pages come back', async () => {
  const { ddi, kernel } = await v3Client();
  const handle = engine(ddi);
  const free = kernel.memory.freePages;
  for (let n = 0; n < 3; n++) {
    expect(ddi.AllocateDmaBuffer(ddi.Context, handle, 65536).status).toBe(STATUS_SUCCESS);
    expect(ddi.FreeDmaBuffer(ddi.Context, handle)).toBe(STATUS_SUCCESS);
  }
  expect(kernel.memory.freePages).toBe(free);
});

it('stream ids differ among the engines of a direction that own a buffer (§2.5, inferred)', async () => {
  const { ddi } = await v3Client();
  const ids = Array.from({ length: 4 }, () => ddi.AllocateDmaBuffer(ddi.Context, engine(ddi), 4096).streamId);
  expect(ids).toEqual([1, 2, 3, 4]);
  const { handle } = ddi.AllocateCaptureDmaEngine(ddi.Context, 0, CD_LIKE);
  expect(ddi.AllocateDmaBuffer(ddi.Context, handle ?? 0, 4096).streamId).toBe(1);
});

it('DDI-63, HOSTILE-§1.8: one pointer, fetched once, shows the position rising from 0 to size − 1 and wrapping to 0', async () => {
  const { ddi, device } = await v3Client();
  const handle = engine(ddi);
  const { position } = ddi.GetLinkPositionRegister(ddi.Context, handle);
  ddi.AllocateDmaBuffer(ddi.Context, handle, 4096);
  run(ddi, handle);
  for (let frame = 1; frame <= 3000; frame++) {
    device.advance(1);
    expect(position?.value).toBe((4 * frame) % 4096);
  }
  expect(device.registers.read(ALIAS_BASE + SD4 + SDnLPIB, 4)).toBe(position?.value);
});

it('DDI-64: GetLinkPositionRegister with a bad handle is STATUS_INVALID_HANDLE without a pointer', async () => {
  const { ddi } = await v3Client();
  expect(ddi.GetLinkPositionRegister(ddi.Context, 77)).toEqual({ status: STATUS_INVALID_HANDLE, position: null });
});

it('DDI-65: the wall clock counts 24,000 a millisecond and wraps at 2^32 (C9)', async () => {
  const { ddi, device } = await v3Client();
  const clock = ddi.GetWallClockRegister(ddi.Context);
  const before = clock?.value ?? 0;
  device.advance(48);
  expect((clock?.value ?? 0) - before).toBe(24000);
  device.advance((2 ** 32 - 12000 - (clock?.value ?? 0)) / 500);
  expect(clock?.value).toBe(2 ** 32 - 12000);
  device.advance(48);
  expect(clock?.value).toBe(12000);
  expect(LINK_HZ).toBe(24_000_000);
});

it.each([
  [1, [1024, 2048]],
  [2, [512, 1024, 1536, 2048]],
] as const)(
  'DDI-66, DDI-67: with %i notifications a cycle the event is set at frames %j of two cycles',
  async (count, frames) => {
    const { ddi, device, kernel } = await v3Client();
    const handle = engine(ddi);
    const event = new KernelEvent(kernel, 'synchronization');
    expect(ddi.RegisterNotificationEvent(ddi.Context, handle, event)).toBe(STATUS_SUCCESS);
    ddi.AllocateDmaBufferWithNotification(ddi.Context, handle, count, 4096);
    const at: number[] = [];
    let begun = device.linkTicks;
    const thread = () => {
      at.push(Number(device.linkTicks - begun) / 500);
      event.wait(thread);
    };
    event.wait(thread);
    run(ddi, handle);
    begun = device.linkTicks;
    device.advance(2048);
    expect(at).toEqual(frames);
  },
);

it('HOSTILE-§1.4: with two notifications an interrupting descriptor ends exactly at the middle, in fragmented memory too', async () => {
  const { ddi, device, kernel } = await v3Client();
  const pages = Array.from({ length: 40 }, () => kernel.memory.allocateContiguous(PAGE_BYTES));
  pages.forEach((page, index) => {
    if (index % 3 === 0) page?.free();
  });
  const { allocatedBufferSize, status } = ddi.AllocateDmaBufferWithNotification(
    ddi.Context,
    engine(ddi),
    2,
    5 * PAGE_BYTES,
  );
  expect([status, allocatedBufferSize]).toEqual([STATUS_SUCCESS, 5 * PAGE_BYTES]);
  const entries = device.registers.read(SD4 + SDnLVI, 2) + 1;
  const bdl = decodeBufferDescriptors(device.memory.read(device.registers.read(SD4 + SDnBDPL, 4), 16 * entries));
  expect(entries).toBeGreaterThan(4);
  let end = 0;
  const ends = bdl.flatMap(({ Length, InterruptOnCompletion }) => {
    end += Length;
    return InterruptOnCompletion ? [end] : [];
  });
  expect(ends).toEqual([allocatedBufferSize / 2, allocatedBufferSize]);
});

it('DDI-68, HOSTILE-H46: any NotificationCount but 1 and 2 is STATUS_INVALID_PARAMETER (inferred)', async () => {
  const { ddi } = await v3Client();
  const handle = engine(ddi);
  for (const count of [0, 3, 4, -1, 1.5])
    expect(ddi.AllocateDmaBufferWithNotification(ddi.Context, handle, count as 1, 4096).status).toBe(
      STATUS_INVALID_PARAMETER,
    );
});

it('DDI-69: all events of an engine are set; registered twice, one unregister takes one (§2.17)', async () => {
  const { ddi, device, kernel } = await v3Client();
  const handle = engine(ddi);
  const events = [0, 1, 2].map(() => new KernelEvent(kernel, 'notification'));
  const [first, second, third] = events as [KernelEvent, KernelEvent, KernelEvent];
  for (const event of [first, first, second]) ddi.RegisterNotificationEvent(ddi.Context, handle, event);
  expect(ddi.UnregisterNotificationEvent(ddi.Context, handle, first)).toBe(STATUS_SUCCESS);
  ddi.AllocateDmaBufferWithNotification(ddi.Context, handle, 1, 4096);
  run(ddi, handle);
  device.advance(1023);
  expect(events.map(({ signaled }) => signaled)).toEqual([false, false, false]);
  device.advance(1);
  expect(events.map(({ signaled }) => signaled)).toEqual([true, true, false]);
  expect(ddi.UnregisterNotificationEvent(ddi.Context, handle, first)).toBe(STATUS_SUCCESS);
  expect(ddi.UnregisterNotificationEvent(ddi.Context, handle, first)).toBe(STATUS_INVALID_PARAMETER);
  expect(ddi.UnregisterNotificationEvent(ddi.Context, handle, third)).toBe(STATUS_INVALID_PARAMETER); // DDI-70
});

it('DDI-70: an event that is not registered on this engine is STATUS_INVALID_PARAMETER', async () => {
  const { ddi, kernel } = await v3Client();
  const [one, other] = [engine(ddi), engine(ddi)];
  const event = new KernelEvent(kernel, 'notification');
  ddi.RegisterNotificationEvent(ddi.Context, one, event);
  expect(ddi.UnregisterNotificationEvent(ddi.Context, other, event)).toBe(STATUS_INVALID_PARAMETER);
});

it('a plain buffer brings no notification; registrations outlive the buffer (§2.5, §2.8, inferred)', async () => {
  const { ddi, device, kernel } = await v3Client();
  const handle = engine(ddi);
  const event = new KernelEvent(kernel, 'notification');
  ddi.RegisterNotificationEvent(ddi.Context, handle, event);
  ddi.AllocateDmaBuffer(ddi.Context, handle, 4096);
  run(ddi, handle);
  device.advance(5000);
  expect(event.signaled).toBe(false);
  for (const state of [PauseState, ResetState] as const) ddi.SetDmaEngineState(ddi.Context, state, 1, [handle]);
  ddi.FreeDmaBuffer(ddi.Context, handle);
  ddi.AllocateDmaBufferWithNotification(ddi.Context, handle, 1, 4096);
  run(ddi, handle);
  device.advance(1024);
  expect(event.signaled).toBe(true);
});

it('DDI-71: a V3 callback gets its context and the counter of the interrupt, at DISPATCH_LEVEL', async () => {
  const { ddi, device, kernel } = await v3Client();
  const handle = engine(ddi);
  const fdo = { reference: () => {}, dereference: () => {} };
  const calls: unknown[][] = [];
  const callback = (...args: unknown[]) => calls.push([...args, kernel.irql]);
  expect(ddi.RegisterNotificationCallback(ddi.Context, handle, fdo, callback, 'mine')).toBe(STATUS_SUCCESS);
  ddi.AllocateDmaBufferWithNotification(ddi.Context, handle, 2, 4096);
  run(ddi, handle);
  const begun = device.linkTicks;
  device.advance(1100);
  expect(calls).toEqual([
    ['mine', begun + 512n * 500n, DISPATCH_LEVEL],
    ['mine', begun + 1024n * 500n, DISPATCH_LEVEL],
  ]);
});

it('DDI-72, DDI-73: routine and context must both match; the FDO’s reference goes up by one and down again', async () => {
  const { ddi } = await v3Client();
  const handle = engine(ddi);
  let references = 0;
  const fdo = { reference: () => references++, dereference: () => references-- };
  const [f, g] = [() => {}, () => {}];
  ddi.RegisterNotificationCallback(ddi.Context, handle, fdo, f, 'c1');
  expect(references).toBe(1);
  for (const [routine, context] of [
    [f, 'c2'],
    [g, 'c1'],
  ] as const)
    expect(ddi.UnregisterNotificationCallback(ddi.Context, handle, routine, context)).toBe(STATUS_INVALID_PARAMETER);
  expect(references).toBe(1);
  expect(ddi.UnregisterNotificationCallback(ddi.Context, handle, f, 'c1')).toBe(STATUS_SUCCESS);
  expect(references).toBe(0);
});

it('FreeDmaBufferWithNotification wants the buffer it gave; either free takes what the other’s partner gave (§2.8, inferred)', async () => {
  const { ddi } = await v3Client();
  const handle = engine(ddi);
  const buffer = ddi.AllocateDmaBuffer(ddi.Context, handle, 4096);
  const free = (mdl: unknown, bytes: number) =>
    ddi.FreeDmaBufferWithNotification(ddi.Context, handle, mdl as NonNullable<typeof buffer.bufferMdl>, bytes);
  expect(free(null, 4096)).toBe(STATUS_INVALID_PARAMETER);
  expect(free(buffer.bufferMdl, 4095)).toBe(STATUS_INVALID_PARAMETER);
  expect(free(buffer.bufferMdl, 4096)).toBe(STATUS_SUCCESS);
});

it('a buffer comes up as zeros, and what is written through its MDL stands in its pages, across their borders', async () => {
  const { ddi, device } = await v3Client();
  const { bufferMdl } = ddi.AllocateDmaBuffer(ddi.Context, engine(ddi), 3 * PAGE_BYTES);
  expect(bufferMdl?.read(0, 3 * PAGE_BYTES).every((byte) => byte === 0)).toBe(true);
  bufferMdl?.write(PAGE_BYTES - 1, new Uint8Array([1, 2]));
  const [first, second] = bufferMdl?.pageFrames ?? [];
  expect([...device.memory.read((first ?? 0) * PAGE_BYTES + PAGE_BYTES - 1, 1)]).toEqual([1]);
  expect([...device.memory.read((second ?? 0) * PAGE_BYTES, 1)]).toEqual([2]);
  expect(() => bufferMdl?.write(3 * PAGE_BYTES - 1, new Uint8Array(2))).toThrow(RangeError);
});
