import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { HDAUDIO_BUS_INTERFACE_BDL } from '../../src/ddi/bus-interface.ts';
import { encodeBufferDescriptors, PauseState, ResetState, RunState } from '../../src/ddi/hdaudio.ts';
import { DIRQL } from '../../src/ddi/irql.ts';
import type { ContiguousMemory } from '../../src/ddi/kernel.ts';
import { STATUS_INVALID_DEVICE_REQUEST, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import { PAGE_BYTES } from '../../src/driver-model/memory.ts';
import { SDnSTS_BCIS, SDnSTS_DESE } from '../../src/hda/registers.ts';
import { bdlClient, CD_LIKE, pcm } from './support.ts';

type Ddi = HDAUDIO_BUS_INTERFACE_BDL;

async function withBlock(bytes = 16384) {
  const client = await bdlClient();
  const { ddi } = client;
  const handle = ddi.AllocateRenderDmaEngine(ddi.Context, CD_LIKE, false).handle ?? 0;
  const { status, dataBuffer, bdlBuffer } = ddi.AllocateContiguousDmaBuffer(ddi.Context, handle, bytes);
  if (!dataBuffer || !bdlBuffer) throw new Error(`AllocateContiguousDmaBuffer: ${status}`);
  return { ...client, handle, dataBuffer, bdlBuffer };
}

/** Writes a list of back-to-back fragments; IOC at the given indices. */
function writeList(bdl: ContiguousMemory, data: ContiguousMemory, lengths: number[], ioc: number[]): number {
  let at = data.physicalAddress;
  bdl.write(
    0,
    encodeBufferDescriptors(
      lengths.map((Length, index) => {
        const entry = { Address: at, Length, InterruptOnCompletion: ioc.includes(index) };
        at += Math.ceil(Length / 128) * 128;
        return entry;
      }),
    ),
  );
  return lengths.reduce((sum, length) => sum + length, 0);
}

const setUp = (ddi: Ddi, handle: number, bytes: number, lvi: number, isr: (...args: unknown[]) => void = () => {}) =>
  ddi.SetupDmaEngineWithBdl(ddi.Context, handle, bytes, lvi, isr, 'context');
const setState = (ddi: Ddi, state: 0 | 1 | 2, handle: number) => ddi.SetDmaEngineState(ddi.Context, state, 1, [handle]);

it('DDI-82: AllocateContiguousDmaBuffer gives one block and one page-aligned page for the list', async () => {
  const { dataBuffer, bdlBuffer } = await withBlock(10000);
  expect([dataBuffer.bytes, bdlBuffer.bytes, bdlBuffer.physicalAddress % PAGE_BYTES]).toEqual([10000, PAGE_BYTES, 0]);
  expect(dataBuffer.physicalAddress % 128).toBe(0);
  expect(dataBuffer.physicalAddress).toBeGreaterThan(0);
});

it('DDI-83, DDI-84, HOSTILE-§1.1, HOSTILE-H46: Lvi is the last index, 1…255; the engine stays Reset', async () => {
  const { ddi, handle, dataBuffer, bdlBuffer, device } = await withBlock();
  const bytes = writeList(bdlBuffer, dataBuffer, [4096, 4096], []);
  for (const lvi of [0, 256, -1, 1.5]) expect(setUp(ddi, handle, bytes, lvi).status).toBe(STATUS_INVALID_PARAMETER);
  expect(setUp(ddi, handle, bytes, 1)).toEqual({ status: STATUS_SUCCESS, streamId: 1, fifoSize: 192 });
  const { position } = ddi.GetLinkPositionRegister(ddi.Context, handle);
  device.advance(10);
  expect(position?.value).toBe(0);
  setState(ddi, PauseState, handle);
  setState(ddi, RunState, handle);
  device.advance(1500); // well into the second fragment: the last descriptor plays
  expect(position?.value).toBe(6000);
  const full = await withBlock(256 * 128);
  const all = writeList(full.bdlBuffer, full.dataBuffer, Array(256).fill(128), []);
  expect(setUp(full.ddi, full.handle, all, 255).status).toBe(STATUS_SUCCESS);
});

it('lists that are no cycle inside the block are STATUS_INVALID_PARAMETER (§2.20)', async () => {
  const { ddi, handle, dataBuffer, bdlBuffer } = await withBlock(8192);
  const at = dataBuffer.physicalAddress;
  const list = (...entries: [number, number][]) => {
    const descriptors = entries.map(([Address, Length]) => ({ Address, Length, InterruptOnCompletion: false }));
    bdlBuffer.write(0, encodeBufferDescriptors(descriptors));
    return setUp(
      ddi,
      handle,
      entries.reduce((sum, [, length]) => sum + length, 0),
      entries.length - 1,
    ).status;
  };
  expect(list([at, 4096], [at + 4096, 4096])).toBe(STATUS_SUCCESS);
  expect(list([at, 4096], [at + 4100, 4092])).toBe(STATUS_INVALID_PARAMETER); // not on 128 bytes
  expect(list([at, 4096], [at + 4096, 4100])).toBe(STATUS_INVALID_PARAMETER); // beyond the block
  expect(list([at - 128, 4096], [at, 4096])).toBe(STATUS_INVALID_PARAMETER);
  expect(list([at, 0], [at, 4096])).toBe(STATUS_INVALID_PARAMETER);
  expect(list([at, 4096], [at, 4096], [at, 4096])).toBe(STATUS_INVALID_PARAMETER); // longer than was asked for
  list([at, 4096], [at + 4096, 4096]);
  expect(setUp(ddi, handle, 8000, 1).status).toBe(STATUS_INVALID_PARAMETER); // not the sum
  expect(setUp(ddi, handle, 8192, 1, null as never).status).toBe(STATUS_INVALID_PARAMETER);
});

it('DDI-85, DDI-90: with nothing allocated set-up and free are STATUS_INVALID_DEVICE_REQUEST', async () => {
  const { ddi } = await bdlClient();
  const handle = ddi.AllocateRenderDmaEngine(ddi.Context, CD_LIKE, false).handle ?? 0;
  expect(setUp(ddi, handle, 8192, 1).status).toBe(STATUS_INVALID_DEVICE_REQUEST);
  expect(ddi.FreeContiguousDmaBuffer(ddi.Context, handle)).toBe(STATUS_INVALID_DEVICE_REQUEST);
});

it('DDI-86: a second set-up in Reset puts the new list in force, under the same stream id', async () => {
  const { ddi, handle, dataBuffer, bdlBuffer, device } = await withBlock();
  setUp(ddi, handle, writeList(bdlBuffer, dataBuffer, [4096, 4096], []), 1);
  const bytes = writeList(bdlBuffer, dataBuffer, [1024, 1024, 1024], []);
  expect(setUp(ddi, handle, bytes, 2)).toMatchObject({ status: STATUS_SUCCESS, streamId: 1 });
  setState(ddi, PauseState, handle);
  setState(ddi, RunState, handle);
  device.advance(800);
  expect(ddi.GetLinkPositionRegister(ddi.Context, handle).position?.value).toBe(3200 % 3072);
  expect(setUp(ddi, handle, bytes, 2).status).toBe(STATUS_INVALID_DEVICE_REQUEST); // running
});

it('DDI-87: the ISR runs at DIRQL, at exactly the link frames at which its entries end', async () => {
  const { ddi, handle, dataBuffer, bdlBuffer, device, kernel } = await withBlock();
  const lengths = [400, 1600, 4, 6000];
  const bytes = writeList(bdlBuffer, dataBuffer, lengths, [1, 2]);
  const calls: unknown[][] = [];
  let begun = 0n;
  const isr = (...args: unknown[]) =>
    calls.push([...args, Number(kernel.performanceCounter - begun) / 500, kernel.irql]);
  setUp(ddi, handle, bytes, 3, isr);
  setState(ddi, PauseState, handle);
  setState(ddi, RunState, handle);
  begun = device.linkTicks;
  device.advance(2 * (bytes / 4));
  const cycle = bytes / 4;
  expect(calls).toEqual([500, 501, cycle + 500, cycle + 501].map((frame) => ['context', SDnSTS_BCIS, frame, DIRQL]));
});

it('DDI-87: lists of 2 to 256 fragments with IOC anywhere: one call at each link frame in which such an entry ends, and none else', async () => {
  const { ddi, device, kernel } = await bdlClient();
  const entries = fc.array(fc.record({ frames: fc.integer({ min: 1, max: 40 }), ioc: fc.boolean() }), {
    minLength: 2,
    maxLength: 256,
    size: 'max',
  });
  const rates = fc.constantFrom(8000, 44100, 48000, 96000, 192000);
  fc.assert(
    fc.property(entries, rates, fc.integer({ min: 1, max: 4 }), (list, rateHz, channels) => {
      const handle = ddi.AllocateRenderDmaEngine(ddi.Context, pcm(rateHz, 16, channels), false).handle ?? 0;
      const lengths = list.map(({ frames }) => frames * 2 * channels);
      const block = lengths.reduce((sum, bytes) => sum + Math.ceil(bytes / 128) * 128, 0);
      const { dataBuffer, bdlBuffer } = ddi.AllocateContiguousDmaBuffer(ddi.Context, handle, block);
      if (!dataBuffer || !bdlBuffer) throw new Error('no memory');
      const ioc = list.flatMap((entry, index) => (entry.ioc ? [index] : []));
      const bytes = writeList(bdlBuffer, dataBuffer, lengths, ioc);
      const calls: number[] = [];
      let begun = 0n;
      const isr = () => void calls.push(Number(kernel.performanceCounter - begun) / 500);
      expect(setUp(ddi, handle, bytes, list.length - 1, isr).status).toBe(STATUS_SUCCESS);
      setState(ddi, PauseState, handle);
      setState(ddi, RunState, handle);
      begun = device.linkTicks;
      const linkFrames = 3000;
      device.advance(linkFrames);
      const sampleFrames = (after: number) => Math.ceil((after * rateHz) / 48000);
      // An entry ends in the first link frame by whose end its last sample frame is over the link.
      const expected = new Set<number>();
      let [end, at] = [0, 0];
      for (let index = 0; at <= linkFrames; index = (index + 1) % list.length) {
        end += list[index]?.frames ?? 0;
        while (sampleFrames(at) < end) at++;
        if (list[index]?.ioc && at <= linkFrames) expected.add(at);
      }
      expect(calls).toEqual([...expected]);
      for (const state of [PauseState, ResetState] as const) setState(ddi, state, handle);
      expect(ddi.FreeContiguousDmaBuffer(ddi.Context, handle)).toBe(STATUS_SUCCESS);
      expect(ddi.FreeDmaEngine(ddi.Context, handle)).toBe(STATUS_SUCCESS);
    }),
    { numRuns: 150, seed: 87 },
  );
});

it('DDI-87: IOC on entry 1 of 0…3 is one call a cycle with mask 04h', async () => {
  const { ddi, handle, dataBuffer, bdlBuffer, device } = await withBlock();
  const masks: unknown[] = [];
  setUp(ddi, handle, writeList(bdlBuffer, dataBuffer, [1024, 1024, 1024, 1024], [1]), 3, (_context, mask) =>
    masks.push(mask),
  );
  setState(ddi, PauseState, handle);
  setState(ddi, RunState, handle);
  device.advance(1024);
  expect(masks).toEqual([0x04]);
});

it('DDI-88: a descriptor that cannot be fetched calls the ISR with bit 4; bits 1:0 and 31:5 are 0', async () => {
  const { ddi, handle, dataBuffer, bdlBuffer, device } = await withBlock();
  const masks: number[] = [];
  const bytes = writeList(bdlBuffer, dataBuffer, [1024, 1024], [0]);
  setUp(ddi, handle, bytes, 1, (_context, mask) => masks.push(mask as number));
  const beyond = { Address: device.memory.bytes + 4096, Length: 1024, InterruptOnCompletion: true };
  bdlBuffer.write(16, encodeBufferDescriptors([beyond])); // after set-up, behind the bus driver's back
  setState(ddi, PauseState, handle);
  setState(ddi, RunState, handle);
  device.advance(2000);
  expect(masks.reduce((all, mask) => all | mask, 0) & SDnSTS_DESE).toBe(SDnSTS_DESE);
  expect(masks.every((mask) => (mask & ~0x1c) === 0)).toBe(true);
});

it('DDI-89: a buffer that is not set up yet counts as none: Pause is STATUS_INVALID_DEVICE_REQUEST (inferred)', async () => {
  const { ddi, handle } = await withBlock();
  expect(setState(ddi, PauseState, handle)).toBe(STATUS_INVALID_DEVICE_REQUEST);
  expect(setState(ddi, ResetState, handle)).toBe(STATUS_SUCCESS);
});

it('FreeContiguousDmaBuffer frees block and list in Reset alone (§2.21)', async () => {
  const { ddi, handle, dataBuffer, bdlBuffer, kernel } = await withBlock();
  const free = kernel.memory.freePages;
  setUp(ddi, handle, writeList(bdlBuffer, dataBuffer, [4096, 4096], []), 1);
  setState(ddi, PauseState, handle);
  expect(ddi.FreeContiguousDmaBuffer(ddi.Context, handle)).toBe(STATUS_INVALID_DEVICE_REQUEST);
  setState(ddi, ResetState, handle);
  expect(ddi.FreeContiguousDmaBuffer(ddi.Context, handle)).toBe(STATUS_SUCCESS);
  expect(kernel.memory.freePages).toBe(free + 5);
  expect(ddi.FreeDmaEngine(ddi.Context, handle)).toBe(STATUS_SUCCESS);
});
