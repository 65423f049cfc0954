// Clients that misbehave (hostile-inputs §4, H46; §1, the two of ReactOS PR 4984). What H46 lists and has no test elsewhere
// is here; coverage.test.ts counts the list.

import { expect, it } from 'vitest';
import type { HDAUDIO_BUS_INTERFACE_V3 } from '../../src/ddi/bus-interface.ts';
import { codecTransfer, encodeBufferDescriptors, PauseState, ResetState, RunState } from '../../src/ddi/hdaudio.ts';
import { DIRQL } from '../../src/ddi/irql.ts';
import {
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
} from '../../src/ddi/ntstatus.ts';
import { PARAM_VENDOR_ID } from '../../src/hda/parameters.ts';
import { command8, VERB_GET_PARAMETER, VERB_SET_UNSOLICITED } from '../../src/hda/verbs.ts';
import { BDL, bdlClient, CD_LIKE, query, startBus, V1, V3, v3Client } from './support.ts';

type Ddi = HDAUDIO_BUS_INTERFACE_V3;
const HEADPHONE = 0x1b;

const engine = (ddi: Pick<Ddi, 'AllocateRenderDmaEngine' | 'Context'>) =>
  ddi.AllocateRenderDmaEngine(ddi.Context, CD_LIKE, false).handle ?? 0;
const setState = (ddi: Pick<Ddi, 'SetDmaEngineState' | 'Context'>, state: 0 | 1 | 2, handle: number) =>
  ddi.SetDmaEngineState(ddi.Context, state, 1, [handle]);

it('HOSTILE-H46: the handle of another PDO is STATUS_INVALID_HANDLE, and the engine runs on for its owner', async () => {
  const { ddi, bus, device } = await v3Client({ codecs: ['desktop', 'desktop'] });
  expect(bus.functionGroups.map(({ codecAddress }) => codecAddress)).toEqual([0, 1]);
  const stranger = query<Ddi>(bus, V3, 1);
  const handle = engine(ddi);
  ddi.AllocateDmaBuffer(ddi.Context, handle, 4096);
  setState(ddi, PauseState, handle);
  setState(ddi, RunState, handle);
  const statuses = [
    setState(stranger, PauseState, handle),
    stranger.FreeDmaBuffer(stranger.Context, handle),
    stranger.FreeDmaEngine(stranger.Context, handle),
    stranger.GetLinkPositionRegister(stranger.Context, handle).status,
    stranger.AllocateDmaBuffer(stranger.Context, handle, 4096).status,
  ];
  expect(statuses).toEqual(statuses.map(() => STATUS_INVALID_HANDLE));
  device.advance(100);
  expect(ddi.GetLinkPositionRegister(ddi.Context, handle).position?.value).toBe(400);
});

it('HOSTILE-H46: what is given back twice is refused the second time, and nothing is freed twice', async () => {
  const { ddi, kernel } = await v3Client();
  const free = kernel.memory.freePages;
  const handle = engine(ddi);
  const event = { signaled: false, set: () => {} };
  const { tag } = ddi.RegisterEventCallback(ddi.Context, () => {}, null);
  ddi.RegisterNotificationEvent(ddi.Context, handle, event);
  ddi.AllocateDmaBuffer(ddi.Context, handle, 4096);
  const twice = (call: () => number) => [call(), call()];
  expect([
    twice(() => ddi.FreeDmaBuffer(ddi.Context, handle)),
    twice(() => ddi.UnregisterNotificationEvent(ddi.Context, handle, event)),
    twice(() => ddi.UnregisterEventCallback(ddi.Context, tag)),
    twice(() => ddi.FreeDmaEngine(ddi.Context, handle)),
  ]).toEqual([
    [STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST],
    [STATUS_SUCCESS, STATUS_INVALID_PARAMETER],
    [STATUS_SUCCESS, STATUS_INVALID_PARAMETER],
    [STATUS_SUCCESS, STATUS_INVALID_HANDLE],
  ]);
  expect(kernel.memory.freePages).toBe(free);
  const xp = await bdlClient();
  const contiguous = engine(xp.ddi);
  xp.ddi.AllocateContiguousDmaBuffer(xp.ddi.Context, contiguous, 4096);
  expect(twice(() => xp.ddi.FreeContiguousDmaBuffer(xp.ddi.Context, contiguous))).toEqual([
    STATUS_SUCCESS,
    STATUS_INVALID_DEVICE_REQUEST,
  ]);
});

it('HOSTILE-H46: buffer and engine freed while they run are refused, and the stream plays on', async () => {
  const { ddi, device } = await v3Client();
  const handle = engine(ddi);
  ddi.AllocateDmaBuffer(ddi.Context, handle, 4096);
  setState(ddi, PauseState, handle);
  setState(ddi, RunState, handle);
  device.advance(10);
  expect([ddi.FreeDmaBuffer(ddi.Context, handle), ddi.FreeDmaEngine(ddi.Context, handle)]).toEqual([
    STATUS_INVALID_DEVICE_REQUEST,
    STATUS_INVALID_DEVICE_REQUEST,
  ]);
  device.advance(10);
  expect(ddi.GetLinkPositionRegister(ddi.Context, handle).position?.value).toBe(80);
});

it('HOSTILE-H46: notification callbacks may call back into the DDI, and unregister from inside at the IRQL that it allows', async () => {
  const { ddi, device, kernel } = await v3Client();
  const handle = engine(ddi);
  const fdo = { reference: () => {}, dereference: () => {} };
  const statuses: number[] = [];
  let calls = 0;
  const callback = () => {
    calls++;
    const unregister = () => ddi.UnregisterNotificationCallback(ddi.Context, handle, callback, null);
    statuses.push(unregister()); // DISPATCH_LEVEL: too high
    statuses.push(setState(ddi, PauseState, handle));
    kernel.ready(() => statuses.push(unregister()));
  };
  ddi.RegisterNotificationCallback(ddi.Context, handle, fdo, callback, null);
  ddi.AllocateDmaBufferWithNotification(ddi.Context, handle, 2, 4096);
  setState(ddi, PauseState, handle);
  setState(ddi, RunState, handle);
  device.advance(5000);
  expect(statuses).toEqual([STATUS_UNSUCCESSFUL, STATUS_SUCCESS, STATUS_SUCCESS]);
  expect(ddi.GetLinkPositionRegister(ddi.Context, handle).position?.value).toBe(2048); // held at its middle
  setState(ddi, RunState, handle);
  device.advance(5000);
  expect(calls).toBe(1);
});

it('HOSTILE-H46: a BDL ISR that calls the DDI at DIRQL is STATUS_UNSUCCESSFUL and its stream plays on', async () => {
  const { ddi, device } = await bdlClient();
  const handle = engine(ddi);
  const { dataBuffer, bdlBuffer } = ddi.AllocateContiguousDmaBuffer(ddi.Context, handle, 8192);
  const entry = (n: number) => ({
    Address: (dataBuffer?.physicalAddress ?? 0) + 4096 * n,
    Length: 4096,
    InterruptOnCompletion: true,
  });
  bdlBuffer?.write(0, encodeBufferDescriptors([entry(0), entry(1)]));
  const statuses: number[] = [];
  const isr = () => {
    statuses.push(setState(ddi, PauseState, handle), ddi.GetLinkPositionRegister(ddi.Context, handle).status);
  };
  expect(ddi.SetupDmaEngineWithBdl(ddi.Context, handle, 8192, 1, isr, null).status).toBe(STATUS_SUCCESS);
  const { position } = ddi.GetLinkPositionRegister(ddi.Context, handle);
  setState(ddi, PauseState, handle);
  setState(ddi, RunState, handle);
  device.advance(1034);
  expect([statuses, position?.value]).toEqual([[STATUS_UNSUCCESSFUL, STATUS_UNSUCCESSFUL], 4136]);
});

it.each([
  [
    'AllocateDmaBuffer',
    (d: Ddi, handle: number, bytes: number) => d.AllocateDmaBuffer(d.Context, handle, bytes).status,
  ],
  [
    'AllocateDmaBufferWithNotification',
    (d: Ddi, handle: number, bytes: number) => d.AllocateDmaBufferWithNotification(d.Context, handle, 2, bytes).status,
  ],
] as const)('HOSTILE-H46: %s of 0 bytes, of beyond 4 GiB and of an odd size', async (_name, allocate) => {
  const { ddi, kernel } = await v3Client();
  const handle = engine(ddi);
  const free = kernel.memory.freePages;
  expect(allocate(ddi, handle, 0)).toBe(STATUS_INVALID_PARAMETER);
  for (const bytes of [2 ** 32, 2 ** 32 + 1, 2 ** 40])
    expect(allocate(ddi, handle, bytes)).toBe(STATUS_INSUFFICIENT_RESOURCES);
  expect(kernel.memory.freePages).toBe(free);
  expect(allocate(ddi, handle, 4097)).toBe(STATUS_SUCCESS);
});

it('HOSTILE-H46: AllocateContiguousDmaBuffer of 0 bytes, of beyond 4 GiB and of an odd size', async () => {
  const { ddi, kernel } = await bdlClient();
  const handle = engine(ddi);
  const free = kernel.memory.freePages;
  const allocate = (bytes: number) => ddi.AllocateContiguousDmaBuffer(ddi.Context, handle, bytes);
  expect(allocate(0)).toEqual({ status: STATUS_INVALID_PARAMETER, dataBuffer: null, bdlBuffer: null });
  for (const bytes of [2 ** 32, 2 ** 32 + 1, 2 ** 40])
    expect(allocate(bytes).status).toBe(STATUS_INSUFFICIENT_RESOURCES);
  expect(kernel.memory.freePages).toBe(free);
  expect(allocate(4097).dataBuffer?.bytes).toBe(4097); // the caller's own fragments are what must be aligned (§2.20)
});

it('HOSTILE-§1 (PR 4984): more responses than the ring holds end the DPC, and the next verb has its own answer', async () => {
  const { ddi, device, kernel } = await v3Client();
  let heard = 0;
  const { tag } = ddi.RegisterEventCallback(ddi.Context, () => heard++, null);
  const enable = codecTransfer(command8(0, HEADPHONE, VERB_SET_UNSOLICITED, 0x80 | tag));
  ddi.TransferCodecVerbs(ddi.Context, 1, [enable], null, null);
  kernel.raise(DIRQL, () => {
    // interrupts wait
    for (let n = 0; n < 1000; n++) {
      device.codecs[0]?.plug(HEADPHONE, n % 2 === 0);
      device.advance(1);
    }
  });
  device.advance(10);
  expect(heard).toBe(1000 % 256); // what the ring holds since its pointer came round; the rest was written over
  const ask = codecTransfer(command8(0, 0, VERB_GET_PARAMETER, PARAM_VENDOR_ID));
  expect(ddi.TransferCodecVerbs(ddi.Context, 1, [ask], null, null)).toBe(STATUS_SUCCESS);
  expect([ask.Input.IsValid, ask.Input.SDataIn]).toEqual([true, 0]);
  const before = heard;
  device.codecs[0]?.plug(HEADPHONE, true);
  device.advance(10);
  expect(heard).toBe(before + 1);
});

it('HOSTILE-§1 (PR 4984): a driver may ask for the BDL interface first, and both it and the first version work side by side', async () => {
  const { bus } = await startBus({ windows: 'winxp' });
  const contiguous = query<Awaited<ReturnType<typeof bdlClient>>['ddi']>(bus, BDL);
  const first = query<Ddi>(bus, V1);
  const [a, b] = [engine(contiguous), engine(first)];
  expect(contiguous.AllocateContiguousDmaBuffer(contiguous.Context, a, 4096).status).toBe(STATUS_SUCCESS);
  expect(first.AllocateDmaBuffer(first.Context, b, 4096).status).toBe(STATUS_SUCCESS);
  expect(first.FreeDmaBuffer(first.Context, a)).toBe(STATUS_INVALID_HANDLE);
  expect(setState(first, ResetState, b)).toBe(STATUS_SUCCESS);
});
