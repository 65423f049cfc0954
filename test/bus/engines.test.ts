import { expect, it } from 'vitest';
import type { HDAUDIO_BUS_INTERFACE_V3 } from '../../src/ddi/bus-interface.ts';
import { type HDAUDIO_STREAM_FORMAT, PauseState, ResetState, RunState, StopState } from '../../src/ddi/hdaudio.ts';
import { DISPATCH_LEVEL } from '../../src/ddi/irql.ts';
import {
  STATUS_BUFFER_TOO_SMALL,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../../src/ddi/ntstatus.ts';
import { PCM_RATES } from '../../src/hda/pcm.ts';
import { GCAP } from '../../src/hda/registers.ts';
import { type BusOptions, between, CD_LIKE, pcm, query, startBus, V3, v3Client } from './support.ts';

const render = (ddi: HDAUDIO_BUS_INTERFACE_V3, format: HDAUDIO_STREAM_FORMAT = CD_LIKE, stripe = false) =>
  ddi.AllocateRenderDmaEngine(ddi.Context, format, stripe);
const capture = (ddi: HDAUDIO_BUS_INTERFACE_V3, format: HDAUDIO_STREAM_FORMAT = CD_LIKE, address = 0) =>
  ddi.AllocateCaptureDmaEngine(ddi.Context, address, format);
const setState = (ddi: HDAUDIO_BUS_INTERFACE_V3, state: number, ...handles: (number | null)[]) =>
  ddi.SetDmaEngineState(ddi.Context, state as 0 | 1 | 2, handles.length, handles as number[]);

it('DDI-21, DDI-22: allocation gives a handle and the converter format', async () => {
  const { ddi } = await v3Client();
  expect(render(ddi)).toEqual({ status: STATUS_SUCCESS, handle: expect.any(Number), converterFormat: 0x0011 });
  expect(capture(ddi, pcm(44100, 16, 2))).toMatchObject({ status: STATUS_SUCCESS, converterFormat: 0x4011 });
});

it('the worked table: every rate, size and channel count has its one code (§3.5)', async () => {
  const { ddi } = await v3Client({ streams: { input: 0, output: 1, bidirectional: 0 } });
  const sizes = [
    [8, 0],
    [16, 1],
    [20, 2],
    [24, 3],
    [32, 4],
  ] as const;
  for (const { rateHz, code } of PCM_RATES)
    for (const [bits, sizeCode] of sizes)
      for (const channels of [1, 2, 6]) {
        const { handle, converterFormat } = render(ddi, pcm(rateHz, bits, channels));
        expect(converterFormat).toBe(code | (sizeCode << 4) | (channels - 1));
        expect(ddi.FreeDmaEngine(ddi.Context, handle ?? 0)).toBe(STATUS_SUCCESS);
      }
  expect(render(ddi, pcm(44100, 16, 16)).converterFormat).toBe(0x401f);
});

it('DDI-23: a bidirectional engine serves where the dedicated ones are taken', async () => {
  const { ddi, device } = await v3Client({ streams: { input: 1, output: 1, bidirectional: 1 } });
  expect(render(ddi).status).toBe(STATUS_SUCCESS);
  const { status, handle } = render(ddi);
  expect(status).toBe(STATUS_SUCCESS);
  ddi.AllocateDmaBuffer(ddi.Context, handle ?? 0, 4096);
  expect(setState(ddi, PauseState, handle)).toBe(STATUS_SUCCESS);
  expect(setState(ddi, RunState, handle)).toBe(STATUS_SUCCESS);
  device.advance(100);
  expect(ddi.GetLinkPositionRegister(ddi.Context, handle ?? 0).position?.value).toBe(400);
  expect(render(ddi).status).toBe(STATUS_INSUFFICIENT_RESOURCES);
});

it('DDI-24: with all engines taken allocation is STATUS_INSUFFICIENT_RESOURCES', async () => {
  const { ddi } = await v3Client();
  for (let n = 0; n < 4; n++) expect(render(ddi, pcm(48000, 16, 1)).status).toBe(STATUS_SUCCESS);
  expect(render(ddi, pcm(48000, 16, 1))).toEqual({
    status: STATUS_INSUFFICIENT_RESOURCES,
    handle: null,
    converterFormat: 0,
  });
});

it('DDI-25, DDI-26, HOSTILE-§1.9: a full direction is STATUS_INSUFFICIENT_RESOURCES and takes no engine; the other is free', async () => {
  const { ddi } = await v3Client();
  const wide = pcm(192000, 24, 8); // 768 of 960 bits
  const { handle } = render(ddi, wide);
  expect(render(ddi, pcm(96000, 24, 6)).status).toBe(STATUS_INSUFFICIENT_RESOURCES); // 288 more
  expect(render(ddi, pcm(96000, 24, 4)).status).toBe(STATUS_SUCCESS); // 192 more: full to the bit
  expect(render(ddi, pcm(8000, 8, 1)).status).toBe(STATUS_INSUFFICIENT_RESOURCES);
  expect(capture(ddi).status).toBe(STATUS_SUCCESS);
  ddi.FreeDmaEngine(ddi.Context, handle ?? 0);
  for (let n = 0; n < 3; n++) expect(render(ddi).status).toBe(STATUS_SUCCESS); // all four engines are there
});

it('capture is budgeted by codec address: 464 bits a frame each (§2.3)', async () => {
  const { ddi } = await v3Client();
  const most = pcm(48000, 24, 16); // 384 bits, 48 bytes
  expect(capture(ddi, most, 0).status).toBe(STATUS_SUCCESS);
  expect(capture(ddi, pcm(48000, 16, 6), 0).status).toBe(STATUS_INSUFFICIENT_RESOURCES); // 96 more
  expect(capture(ddi, most, 1).status).toBe(STATUS_SUCCESS);
});

it('DDI-27: a format beyond one engine’s FIFO is STATUS_BUFFER_TOO_SMALL, before bandwidth is looked at', async () => {
  const { ddi } = await v3Client();
  render(ddi, pcm(192000, 24, 8));
  expect(render(ddi, pcm(192000, 32, 8)).status).toBe(STATUS_BUFFER_TOO_SMALL); // 128 bytes a frame
  expect(render(ddi, pcm(176400, 32, 7)).status).toBe(STATUS_BUFFER_TOO_SMALL);
  expect(capture(ddi, pcm(192000, 32, 4)).status).toBe(STATUS_BUFFER_TOO_SMALL); // 64 of 48
  const { ddi: fresh } = await v3Client();
  expect(render(fresh, pcm(192000, 32, 6)).status).toBe(STATUS_SUCCESS); // 96 of 96
});

const BAD_FORMATS: [string, HDAUDIO_STREAM_FORMAT | null][] = [
  ['DDI-28: rate 44000', pcm(44000, 16, 2)],
  ['rate 0', pcm(0, 16, 2)],
  ['rate 12000, encodable but unnamed (inferred)', pcm(12000, 16, 2)],
  ['rate 384000', pcm(384000, 16, 2)],
  ['DDI-30: no channel', pcm(48000, 16, 0)],
  ['DDI-30: 17 channels', pcm(48000, 16, 17)],
  ['DDI-31: container of 20 bits', pcm(48000, 20, 2, 20)],
  ['18 bits', pcm(48000, 18, 2, 32)],
  ['24 bits in 16', pcm(48000, 24, 2, 16)],
  ['16 bits in 32: not how the hardware packs it (inferred)', pcm(48000, 16, 2, 32)],
  ['24 bits in 24: not how the hardware packs it (inferred)', pcm(48000, 24, 2, 24)],
  ['1.5 channels', pcm(48000, 16, 1.5)],
  ['DDI-29: a null pointer', null],
];
it.each(BAD_FORMATS)('%s is STATUS_INVALID_PARAMETER for both allocators (§3.5)', async (_name, format) => {
  const { ddi } = await v3Client();
  const refused = { status: STATUS_INVALID_PARAMETER, handle: null, converterFormat: 0 };
  expect(render(ddi, format as HDAUDIO_STREAM_FORMAT)).toEqual(refused);
  expect(capture(ddi, format as HDAUDIO_STREAM_FORMAT)).toEqual(refused);
});

it('HOSTILE-§1.2: the code comes from ValidBitsPerSample: 24 in 32 is not 32 in 32', async () => {
  const { ddi } = await v3Client();
  expect(render(ddi, pcm(48000, 24, 2, 32)).converterFormat).toBe(0x0031);
  expect(render(ddi, pcm(48000, 32, 2, 32)).converterFormat).toBe(0x0041);
});

it('a codec address that no SDI line has is STATUS_INVALID_PARAMETER (§2.2)', async () => {
  const { ddi } = await v3Client();
  for (const address of [15, 16, -1, 0.5]) expect(capture(ddi, CD_LIKE, address).status).toBe(STATUS_INVALID_PARAMETER);
});

it('DDI-32: on two SDO lines a striped stream costs half the bandwidth', async () => {
  const twoLines = {
    port: (device: Parameters<typeof between>[0]) =>
      between(device, { read: (offset, _bytes, value) => (offset === GCAP ? value | 2 : value) }),
  };
  const wide = pcm(192000, 24, 8); // 768 bits, striped 384
  const { ddi } = await v3Client(twoLines);
  expect(ddi.GetDeviceInformation(ddi.Context, 10).deviceInformation?.IsStripingSupported).toBe(true);
  expect(render(ddi, wide, true).status).toBe(STATUS_SUCCESS);
  expect(render(ddi, wide, true).status).toBe(STATUS_SUCCESS);
  expect(render(ddi, pcm(48000, 24, 8), false).status).toBe(STATUS_SUCCESS); // 192: full to the bit
  expect(render(ddi, pcm(48000, 8, 1), false).status).toBe(STATUS_INSUFFICIENT_RESOURCES);
});

it('HOSTILE-§1.7: striping on one SDO line is not offered and STATUS_INVALID_PARAMETER (§2.3, inferred)', async () => {
  const { ddi } = await v3Client();
  expect(ddi.GetDeviceInformation(ddi.Context, 10).deviceInformation?.IsStripingSupported).toBe(false);
  expect(render(ddi, CD_LIKE, true).status).toBe(STATUS_INVALID_PARAMETER);
});

type Point = 'Reset' | 'ResetBuffer' | 'Pause' | 'Run';
const POINTS: readonly Point[] = ['Reset', 'ResetBuffer', 'Pause', 'Run'];

async function engineAt(point: Point, options: BusOptions = {}) {
  const client = await v3Client(options);
  const { ddi } = client;
  const handle = render(ddi).handle ?? 0;
  if (point !== 'Reset') ddi.AllocateDmaBuffer(ddi.Context, handle, 4096);
  if (point === 'Pause' || point === 'Run') setState(ddi, PauseState, handle);
  if (point === 'Run') setState(ddi, RunState, handle);
  const position = ddi.GetLinkPositionRegister(ddi.Context, handle).position;
  client.device.advance(10);
  expect(position?.value).toBe(point === 'Run' ? 40 : 0);
  return { ...client, handle };
}

const OK = STATUS_SUCCESS;
const IDR = STATUS_INVALID_DEVICE_REQUEST;
type Ddi = HDAUDIO_BUS_INTERFACE_V3;
const LEGALITY: [string, (ddi: Ddi, handle: number) => number, Record<Point, number>][] = [
  [
    'AllocateDmaBuffer (DDI-45, DDI-47, DDI-48)',
    (d, h) => d.AllocateDmaBuffer(d.Context, h, 4096).status,
    { Reset: OK, ResetBuffer: IDR, Pause: IDR, Run: IDR },
  ],
  [
    'AllocateDmaBufferWithNotification',
    (d, h) => d.AllocateDmaBufferWithNotification(d.Context, h, 1, 4096).status,
    { Reset: OK, ResetBuffer: IDR, Pause: IDR, Run: IDR },
  ],
  [
    'FreeDmaBuffer (DDI-55, DDI-56)',
    (d, h) => d.FreeDmaBuffer(d.Context, h),
    { Reset: IDR, ResetBuffer: OK, Pause: IDR, Run: IDR },
  ],
  [
    'ChangeBandwidthAllocation (DDI-60, DDI-61)',
    (d, h) => d.ChangeBandwidthAllocation(d.Context, h, CD_LIKE).status,
    { Reset: OK, ResetBuffer: IDR, Pause: IDR, Run: IDR },
  ],
  [
    'FreeDmaEngine (DDI-57, DDI-58)',
    (d, h) => d.FreeDmaEngine(d.Context, h),
    { Reset: OK, ResetBuffer: IDR, Pause: IDR, Run: IDR },
  ],
  [
    'SetDmaEngineState Reset (DDI-33, DDI-38)',
    (d, h) => setState(d, ResetState, h),
    { Reset: OK, ResetBuffer: OK, Pause: OK, Run: IDR },
  ],
  [
    'SetDmaEngineState Pause (DDI-34)',
    (d, h) => setState(d, PauseState, h),
    { Reset: IDR, ResetBuffer: OK, Pause: OK, Run: OK },
  ],
  [
    'SetDmaEngineState Run (DDI-35, DDI-37)',
    (d, h) => setState(d, RunState, h),
    { Reset: IDR, ResetBuffer: IDR, Pause: OK, Run: OK },
  ],
  [
    'GetLinkPositionRegister',
    (d, h) => d.GetLinkPositionRegister(d.Context, h).status,
    { Reset: OK, ResetBuffer: OK, Pause: OK, Run: OK },
  ],
  [
    'RegisterNotificationEvent',
    (d, h) => d.RegisterNotificationEvent(d.Context, h, { signaled: false, set: () => {} }),
    { Reset: OK, ResetBuffer: OK, Pause: OK, Run: OK },
  ],
];
it.each(LEGALITY)('the state table: %s (§2.0, HOSTILE-§1.3)', async (_name, call, row) => {
  for (const point of POINTS) {
    const { ddi, handle, device } = await engineAt(point);
    expect([point, call(ddi, handle)]).toEqual([point, row[point]]);
    if (row[point] !== IDR || point !== 'Run') continue;
    device.advance(10); // refused: runs on
    expect(ddi.GetLinkPositionRegister(ddi.Context, handle).position?.value).toBe(80);
  }
});

it('DDI-36, DDI-39, DDI-40: Pause, Run, Stop, Reset; Stop is Pause and keeps the position, Reset zeroes it', async () => {
  const { ddi, handle, device } = await engineAt('Run');
  const position = ddi.GetLinkPositionRegister(ddi.Context, handle).position;
  expect(StopState).toBe(PauseState);
  expect(setState(ddi, StopState, handle)).toBe(STATUS_SUCCESS);
  device.advance(100);
  expect(position?.value).toBe(40);
  expect(setState(ddi, RunState, handle)).toBe(STATUS_SUCCESS);
  device.advance(5);
  expect(position?.value).toBe(60);
  expect(setState(ddi, StopState, handle)).toBe(STATUS_SUCCESS);
  expect(setState(ddi, ResetState, handle)).toBe(STATUS_SUCCESS);
  expect(position?.value).toBe(0);
  expect([setState(ddi, PauseState, handle), setState(ddi, RunState, handle)]).toEqual([OK, OK]);
  device.advance(7);
  expect(position?.value).toBe(28);
});

it('DDI-41: no handle, no array, more than the array and an unknown state are STATUS_INVALID_PARAMETER', async () => {
  const { ddi, handle } = await engineAt('ResetBuffer');
  const set = (state: number, count: number, handles: number[] | null) =>
    ddi.SetDmaEngineState(ddi.Context, state as 1, count, handles as number[]);
  expect(set(PauseState, 0, [handle])).toBe(STATUS_INVALID_PARAMETER);
  expect(set(PauseState, 1, null)).toBe(STATUS_INVALID_PARAMETER);
  expect(set(PauseState, 2, [handle])).toBe(STATUS_INVALID_PARAMETER);
  for (const state of [3, -1, 0.5]) expect(set(state, 1, [handle])).toBe(STATUS_INVALID_PARAMETER);
  expect(setState(ddi, RunState, handle)).toBe(STATUS_INVALID_DEVICE_REQUEST); // still Reset
});

it('DDI-42: one bad handle among good ones is STATUS_INVALID_HANDLE and moves none (inferred)', async () => {
  const { ddi, handle } = await engineAt('ResetBuffer');
  expect(setState(ddi, PauseState, handle, 0x5a5a)).toBe(STATUS_INVALID_HANDLE);
  expect(setState(ddi, RunState, handle)).toBe(STATUS_INVALID_DEVICE_REQUEST); // not Paused
});

it('one engine in the wrong state refuses the whole list (§2.10, inferred); a handle twice counts once', async () => {
  const { ddi, handle } = await engineAt('Pause');
  const reset = render(ddi).handle;
  ddi.AllocateDmaBuffer(ddi.Context, reset ?? 0, 4096);
  expect(setState(ddi, RunState, handle, reset)).toBe(STATUS_INVALID_DEVICE_REQUEST);
  expect(setState(ddi, ResetState, handle)).toBe(STATUS_SUCCESS); // from Pause: it did not run
  expect(setState(ddi, PauseState, handle, handle, reset, reset)).toBe(STATUS_SUCCESS);
});

it('DDI-43, HOSTILE-§1.3: engines started and stopped in one call keep frame for frame together', async () => {
  const { ddi, device } = await v3Client();
  const handles = [CD_LIKE, pcm(48000, 16, 2), pcm(96000, 16, 2)].map((format) => {
    const { handle } = render(ddi, format);
    ddi.AllocateDmaBuffer(ddi.Context, handle ?? 0, 65536);
    return handle ?? 0;
  });
  const writes: string[] = [];
  setState(ddi, PauseState, ...handles);
  device.advance(0.3);
  device.record((event) => {
    if (event.kind === 'write') writes.push(`${event.register} ${event.value.toString(16)}`);
  });
  expect(setState(ddi, RunState, ...handles)).toBe(STATUS_SUCCESS);
  // All three are held by SSYNC until all run, and let go by one write (hda-hardware §3.9)
  expect(writes).toEqual(['SSYNC 70', 'SD4CTL 1e', 'SD5CTL 1e', 'SD6CTL 1e', 'SSYNC 0']);
  device.advance(1000.4);
  const positions = () => handles.map((h) => ddi.GetLinkPositionRegister(ddi.Context, h).position?.value);
  expect(setState(ddi, StopState, ...handles)).toBe(STATUS_SUCCESS);
  const [first, second, third] = positions();
  expect(first).toBeGreaterThan(3900);
  expect([second, third]).toEqual([first, 2 * (first ?? 0)]);
});

it('DDI-44, DDI-58: SetDmaEngineState, FreeDmaEngine and the register routines work at DISPATCH_LEVEL', async () => {
  const { ddi, handle, kernel } = await engineAt('Run');
  kernel.raise(DISPATCH_LEVEL, () => {
    expect(ddi.GetLinkPositionRegister(ddi.Context, handle).status).toBe(STATUS_SUCCESS);
    expect(ddi.GetWallClockRegister(ddi.Context)).not.toBeNull();
    expect(setState(ddi, PauseState, handle)).toBe(STATUS_SUCCESS);
    expect(setState(ddi, ResetState, handle)).toBe(STATUS_SUCCESS);
  });
  expect(ddi.FreeDmaBuffer(ddi.Context, handle)).toBe(STATUS_SUCCESS);
  expect(kernel.raise(DISPATCH_LEVEL, () => ddi.FreeDmaEngine(ddi.Context, handle))).toBe(STATUS_SUCCESS);
});

it('DDI-59, HOSTILE-H46: a freed handle and another client’s are STATUS_INVALID_HANDLE everywhere', async () => {
  const { ddi, bus } = await v3Client();
  const other = query<HDAUDIO_BUS_INTERFACE_V3>(bus, V3);
  const foreign = render(other).handle ?? 0;
  const freed = render(ddi).handle ?? 0;
  expect(ddi.FreeDmaEngine(ddi.Context, freed)).toBe(STATUS_SUCCESS);
  const event = { signaled: false, set: () => {} };
  const fdo = { reference: () => {}, dereference: () => {} };
  const mdl = {} as never;
  for (const handle of [foreign, freed, 0, -1]) {
    const statuses = [
      ddi.ChangeBandwidthAllocation(ddi.Context, handle, CD_LIKE).status,
      ddi.AllocateDmaBuffer(ddi.Context, handle, 4096).status,
      ddi.AllocateDmaBufferWithNotification(ddi.Context, handle, 1, 4096).status,
      ddi.FreeDmaBuffer(ddi.Context, handle),
      ddi.FreeDmaBufferWithNotification(ddi.Context, handle, mdl, 4096),
      ddi.FreeDmaEngine(ddi.Context, handle),
      setState(ddi, ResetState, handle),
      ddi.GetLinkPositionRegister(ddi.Context, handle).status,
      ddi.RegisterNotificationEvent(ddi.Context, handle, event),
      ddi.UnregisterNotificationEvent(ddi.Context, handle, event),
      ddi.RegisterNotificationCallback(ddi.Context, handle, fdo, () => {}, null),
      ddi.UnregisterNotificationCallback(ddi.Context, handle, () => {}, null),
    ];
    expect(statuses).toEqual(statuses.map(() => STATUS_INVALID_HANDLE));
  }
  expect(other.FreeDmaEngine(other.Context, foreign)).toBe(STATUS_SUCCESS);
});

it('DDI-60, DDI-62: ChangeBandwidthAllocation gives the new code; refused, the old format stays in force', async () => {
  const { ddi, device } = await v3Client();
  const { handle } = render(ddi);
  const change = (format: HDAUDIO_STREAM_FORMAT) => ddi.ChangeBandwidthAllocation(ddi.Context, handle ?? 0, format);
  expect(change(pcm(96000, 24, 2))).toEqual({ status: STATUS_SUCCESS, converterFormat: 0x0831 });
  render(ddi, pcm(192000, 24, 8)); // 768 of 960; ours has 96, so 192 are ours to use
  expect(change(pcm(96000, 24, 6)).status).toBe(STATUS_INSUFFICIENT_RESOURCES);
  expect(change(pcm(192000, 32, 8)).status).toBe(STATUS_BUFFER_TOO_SMALL);
  expect(change(pcm(44000, 16, 2)).status).toBe(STATUS_INVALID_PARAMETER);
  expect(change(pcm(96000, 24, 4))).toMatchObject({ status: STATUS_SUCCESS }); // its own 96 bits count as free
  expect(change(pcm(96000, 24, 2)).status).toBe(STATUS_SUCCESS);
  ddi.AllocateDmaBuffer(ddi.Context, handle ?? 0, 65536);
  setState(ddi, PauseState, handle);
  setState(ddi, RunState, handle);
  device.advance(10);
  expect(ddi.GetLinkPositionRegister(ddi.Context, handle ?? 0).position?.value).toBe(160); // 16 bytes a link frame
});

it('a surprise-removed controller: nothing new is STATUS_NO_SUCH_DEVICE, what was taken can be given back (C12)', async () => {
  const { ddi, handle, bus, device } = await engineAt('Run');
  const accesses: string[] = [];
  device.record((event) => accesses.push(event.kind));
  bus.surpriseRemove();
  expect(render(ddi).status).toBe(0xc000000e);
  expect(setState(ddi, StopState, handle)).toBe(STATUS_SUCCESS);
  expect(setState(ddi, ResetState, handle)).toBe(STATUS_SUCCESS);
  expect(ddi.FreeDmaBuffer(ddi.Context, handle)).toBe(STATUS_SUCCESS);
  expect(ddi.FreeDmaEngine(ddi.Context, handle)).toBe(STATUS_SUCCESS);
  expect(accesses).toEqual([]);
});

it('pulled out, since the release after 1903: the engine may be freed first, and its buffer once, later (§2.9, C12)', async () => {
  for (const [windows, freed] of [
    ['win10-19h1', STATUS_INVALID_DEVICE_REQUEST],
    ['win11', STATUS_SUCCESS],
  ] as const) {
    const { ddi, handle, bus, kernel } = await engineAt('Run', { windows });
    const { freePages } = kernel.memory;
    expect(ddi.FreeDmaEngine(ddi.Context, handle)).toBe(STATUS_INVALID_DEVICE_REQUEST); // not pulled out yet
    bus.surpriseRemove();
    const givenBack = kernel.memory.freePages - freePages; // the bus driver's own
    setState(ddi, StopState, handle);
    setState(ddi, ResetState, handle);
    expect([windows, ddi.FreeDmaEngine(ddi.Context, handle)]).toEqual([windows, freed]);
    expect(setState(ddi, ResetState, handle)).toBe(freed === STATUS_SUCCESS ? STATUS_INVALID_HANDLE : STATUS_SUCCESS);
    expect(ddi.FreeDmaBuffer(ddi.Context, handle)).toBe(STATUS_SUCCESS);
    expect(kernel.memory.freePages).toBe(freePages + givenBack + 2); // the buffer and its list
    const again = ddi.FreeDmaBuffer(ddi.Context, handle);
    expect(again).toBe(freed === STATUS_SUCCESS ? STATUS_INVALID_HANDLE : STATUS_INVALID_DEVICE_REQUEST);
  }
});

it('a buffer that outlived its engine and is never freed is a leak (§2.9)', async () => {
  const { ddi, handle, bus, kernel } = await engineAt('ResetBuffer', { windows: 'win11' });
  bus.surpriseRemove();
  expect(ddi.FreeDmaEngine(ddi.Context, handle)).toBe(STATUS_SUCCESS);
  ddi.InterfaceDereference(ddi.Context);
  expect(kernel.verifier.violations.map(({ rule }) => rule)).toEqual(['1 DMA buffers leaked']);
});

it('a controller whose version is not 1.0 is not started (§3.11)', async () => {
  const { status } = await startBus({
    port: (device) => between(device, { read: (offset, _b, value) => (offset === 3 ? 2 : value) }),
  });
  expect(status).toBe(0xc0000184);
});
