// The documented status matrix (hdaudio-ddi §2.0): each of its 59 cells is a call that must give that status.

import { expect, it } from 'vitest';
import type { HdAudioRoutines, INTERFACE } from '../../src/ddi/bus-interface.ts';
import { codecTransfer, type HDAUDIO_STREAM_FORMAT, PauseState } from '../../src/ddi/hdaudio.ts';
import { APC_LEVEL, DIRQL, DISPATCH_LEVEL, PASSIVE_LEVEL } from '../../src/ddi/irql.ts';
import {
  STATUS_INVALID_HANDLE as HND,
  STATUS_INVALID_DEVICE_REQUEST as IDR,
  STATUS_NO_MEMORY as MEM,
  STATUS_DEVICE_NOT_READY as NRD,
  STATUS_SUCCESS as OK,
  STATUS_INVALID_PARAMETER as PAR,
  STATUS_INSUFFICIENT_RESOURCES as RES,
  STATUS_BUFFER_TOO_SMALL as SML,
  statusName,
  STATUS_UNSUCCESSFUL as UNS,
} from '../../src/ddi/ntstatus.ts';
import { SD_BASE, SD_STRIDE, SDnCTL, SDnCTL_SRST } from '../../src/hda/registers.ts';
import { BDL, between, CD_LIKE, pcm, query, startBus, V3 } from './support.ts';

type Ddi = INTERFACE & HdAudioRoutines;
type Engine = 'Reset' | 'Buffer' | 'Pause';
interface World {
  readonly ddi: Ddi;
  readonly handle: number;
  readonly kernel: Awaited<ReturnType<typeof startBus>>['kernel'];
  /** From here on no stream reset settles. */
  jam(): void;
}

const SD4CTL = SD_BASE + 4 * SD_STRIDE + SDnCTL;
const BAD = 0x7777;
const TOO_WIDE = pcm(192000, 32, 8);
const NO_FORMAT = pcm(44000, 16, 2);
const event = { signaled: false, set: () => {} };
const fdo = { reference: () => {}, dereference: () => {} };
const nothing = () => {};

/** One engine of a fresh bus in a given state; BDL routines come from their own interface. */
async function world(state: Engine, isBdl: boolean): Promise<World> {
  let jammed = false;
  const { bus, kernel } = await startBus({
    windows: isBdl ? 'winxp' : 'win10-19h1',
    memoryBytes: 1 << 20,
    port: (device) =>
      between(device, { read: (offset, _b, value) => (jammed && offset === SD4CTL ? value & ~SDnCTL_SRST : value) }),
  });
  const ddi = query<Ddi>(bus, isBdl ? BDL : V3);
  const handle = ddi.AllocateRenderDmaEngine(ddi.Context, CD_LIKE, false).handle ?? 0;
  if (state !== 'Reset' && isBdl) ddi.AllocateContiguousDmaBuffer(ddi.Context, handle, 4096);
  if (state !== 'Reset' && !isBdl) ddi.AllocateDmaBufferWithNotification(ddi.Context, handle, 2, 4096);
  if (state === 'Pause') expect(ddi.SetDmaEngineState(ddi.Context, PauseState, 1, [handle])).toBe(OK);
  return { ddi, handle, kernel, jam: () => (jammed = true) };
}

type Call = (
  world: World,
  argument: { handle?: number; format?: HDAUDIO_STREAM_FORMAT; bytes?: number; bad?: boolean },
) => number;
const CALLS: Record<string, Call> = {
  'TransferCodecVerbs, sync': ({ ddi }) => ddi.TransferCodecVerbs(ddi.Context, 1, [codecTransfer(0)], null, null),
  'TransferCodecVerbs, async': ({ ddi }) => ddi.TransferCodecVerbs(ddi.Context, 1, [codecTransfer(0)], nothing, null),
  AllocateCaptureDmaEngine: ({ ddi }, { format = CD_LIKE }) =>
    ddi.AllocateCaptureDmaEngine(ddi.Context, 0, format).status,
  AllocateRenderDmaEngine: ({ ddi }, { format = CD_LIKE }) =>
    ddi.AllocateRenderDmaEngine(ddi.Context, format, false).status,
  ChangeBandwidthAllocation: ({ ddi, handle: own }, { handle = own, format = CD_LIKE }) =>
    ddi.ChangeBandwidthAllocation(ddi.Context, handle, format).status,
  AllocateDmaBuffer: ({ ddi, handle: own }, { handle = own, bytes = 4096 }) =>
    ddi.AllocateDmaBuffer(ddi.Context, handle, bytes).status,
  AllocateDmaBufferWithNotification: ({ ddi, handle: own }, { handle = own, bytes = 4096, bad }) =>
    ddi.AllocateDmaBufferWithNotification(ddi.Context, handle, bad ? (3 as 1) : 2, bytes).status,
  AllocateContiguousDmaBuffer: ({ ddi, handle: own }, { handle = own, bytes = 4096 }) =>
    ddi.AllocateContiguousDmaBuffer(ddi.Context, handle, bytes).status,
  SetupDmaEngineWithBdl: ({ ddi, handle: own }, { handle = own, bytes = 4096 }) =>
    ddi.SetupDmaEngineWithBdl(ddi.Context, handle, bytes, 1, nothing, null).status,
  FreeDmaBuffer: ({ ddi, handle: own }, { handle = own }) => ddi.FreeDmaBuffer(ddi.Context, handle),
  FreeDmaBufferWithNotification: ({ ddi, handle: own }, { handle = own }) =>
    ddi.FreeDmaBufferWithNotification(ddi.Context, handle, null as never, 0),
  FreeContiguousDmaBuffer: ({ ddi, handle: own }, { handle = own }) => ddi.FreeContiguousDmaBuffer(ddi.Context, handle),
  FreeDmaEngine: ({ ddi, handle: own }, { handle = own }) => ddi.FreeDmaEngine(ddi.Context, handle),
  SetDmaEngineState: ({ ddi, handle: own }, { handle = own, bad }) =>
    ddi.SetDmaEngineState(ddi.Context, bad ? (7 as 1) : PauseState, 1, [handle]),
  GetLinkPositionRegister: ({ ddi, handle: own }, { handle = own }) =>
    ddi.GetLinkPositionRegister(ddi.Context, handle).status,
  GetDeviceInformation: ({ ddi }, { bytes = 10 }) => ddi.GetDeviceInformation(ddi.Context, bytes).status,
  RegisterEventCallback: ({ ddi }) => ddi.RegisterEventCallback(ddi.Context, nothing, null).status,
  UnregisterEventCallback: ({ ddi }) => ddi.UnregisterEventCallback(ddi.Context, 5),
  RegisterNotificationEvent: ({ ddi, handle }) => ddi.RegisterNotificationEvent(ddi.Context, handle, event),
  UnregisterNotificationEvent: ({ ddi, handle }) => ddi.UnregisterNotificationEvent(ddi.Context, handle, event),
  RegisterNotificationCallback: ({ ddi, handle }) =>
    ddi.RegisterNotificationCallback(ddi.Context, handle, fdo, nothing, null),
  UnregisterNotificationCallback: ({ ddi, handle }) =>
    ddi.UnregisterNotificationCallback(ddi.Context, handle, nothing, null),
};

const raised =
  (call: Call): Call =>
  (w, a) =>
    w.kernel.raise(DISPATCH_LEVEL, () => call(w, a));
const repeated =
  (times: number, call: Call): Call =>
  (w, a) => {
    for (let n = 1; n < times; n++) expect(call(w, a)).toBe(OK);
    return call(w, a);
  };
const BAD_HANDLE = { handle: BAD };
const HUGE = { bytes: 1 << 24 };

/** The table of §2.0 as it stands there: routine, and the statuses that its page lists. */
const DOCUMENTED: Readonly<Record<string, string>> = {
  'TransferCodecVerbs, sync': 'MEM',
  'TransferCodecVerbs, async': 'MEM',
  AllocateCaptureDmaEngine: 'PAR RES SML',
  AllocateRenderDmaEngine: 'PAR RES SML',
  ChangeBandwidthAllocation: 'UNS HND PAR IDR RES SML',
  AllocateDmaBuffer: 'UNS HND PAR IDR RES NRD',
  AllocateDmaBufferWithNotification: 'UNS HND PAR IDR RES NRD',
  AllocateContiguousDmaBuffer: 'UNS HND PAR IDR RES NRD',
  SetupDmaEngineWithBdl: 'UNS HND PAR IDR NRD',
  FreeDmaBuffer: 'UNS HND IDR',
  FreeDmaBufferWithNotification: 'UNS HND IDR',
  FreeContiguousDmaBuffer: 'UNS HND IDR',
  FreeDmaEngine: 'HND IDR',
  SetDmaEngineState: 'HND PAR IDR',
  GetLinkPositionRegister: 'HND',
  GetDeviceInformation: 'SML',
  RegisterEventCallback: 'RES',
  UnregisterEventCallback: 'PAR',
  RegisterNotificationEvent: 'RES',
  UnregisterNotificationEvent: 'PAR',
  RegisterNotificationCallback: 'RES',
  UnregisterNotificationCallback: 'PAR',
};
const STATUSES: Readonly<Record<string, number>> = { UNS, HND, PAR, IDR, RES, SML, NRD, MEM };

/** What brings a status about: state of the engine, arguments, and what happens around the call. */
type Cell = [status: number, state: Engine, argument: Parameters<Call>[1], around?: (call: Call) => Call];
const jammedFirst =
  (call: Call): Call =>
  (w, a) => {
    w.jam();
    return call(w, a);
  };
const withList =
  (call: Call): Call =>
  (w, a) =>
    call(writeList(w), a);
const exhausted =
  (call: Call): Call =>
  (w, a) => {
    w.kernel.pool.limits.nonpaged = 0;
    return call(w, a);
  };
const MATRIX: [string, Cell[]][] = [
  ['TransferCodecVerbs, sync', [[MEM, 'Reset', {}, exhausted]]],
  ['TransferCodecVerbs, async', [[MEM, 'Reset', {}, exhausted]]],
  [
    'AllocateCaptureDmaEngine',
    [
      [PAR, 'Reset', { format: NO_FORMAT }],
      [RES, 'Reset', {}, (c) => repeated(5, c)],
      [SML, 'Reset', { format: TOO_WIDE }],
    ],
  ],
  [
    'AllocateRenderDmaEngine',
    [
      [PAR, 'Reset', { format: NO_FORMAT }],
      [RES, 'Reset', {}, (c) => repeated(4, c)],
      [SML, 'Reset', { format: TOO_WIDE }],
    ],
  ],
  [
    'ChangeBandwidthAllocation',
    [
      [UNS, 'Reset', {}, raised],
      [HND, 'Reset', BAD_HANDLE],
      [PAR, 'Reset', { format: NO_FORMAT }],
      [IDR, 'Buffer', {}],
      [
        RES,
        'Reset',
        { format: pcm(96000, 24, 8) },
        (c) => (w, a) => {
          CALLS.AllocateRenderDmaEngine?.(w, { format: pcm(192000, 24, 8) });
          return c(w, a);
        },
      ],
      [SML, 'Reset', { format: TOO_WIDE }],
    ],
  ],
  [
    'AllocateDmaBuffer',
    [
      [UNS, 'Reset', {}, raised],
      [HND, 'Reset', BAD_HANDLE],
      [PAR, 'Reset', { bytes: 0 }],
      [IDR, 'Buffer', {}],
      [RES, 'Reset', HUGE],
      [NRD, 'Reset', {}, jammedFirst],
    ],
  ],
  [
    'AllocateDmaBufferWithNotification',
    [
      [UNS, 'Reset', {}, raised],
      [HND, 'Reset', BAD_HANDLE],
      [PAR, 'Reset', { bad: true }],
      [IDR, 'Pause', {}],
      [RES, 'Reset', HUGE],
      [NRD, 'Reset', {}, jammedFirst],
    ],
  ],
  [
    'AllocateContiguousDmaBuffer',
    [
      [UNS, 'Reset', {}, raised],
      [HND, 'Reset', BAD_HANDLE],
      [PAR, 'Reset', { bytes: 0 }],
      [IDR, 'Buffer', {}],
      [RES, 'Reset', HUGE],
      [NRD, 'Reset', {}, jammedFirst],
    ],
  ],
  [
    'SetupDmaEngineWithBdl',
    [
      [UNS, 'Buffer', {}, raised],
      [HND, 'Buffer', BAD_HANDLE],
      [PAR, 'Buffer', {}],
      [IDR, 'Reset', {}],
      [NRD, 'Buffer', {}, (c) => withList(jammedFirst(c))],
    ],
  ],
  [
    'FreeDmaBuffer',
    [
      [UNS, 'Buffer', {}, raised],
      [HND, 'Buffer', BAD_HANDLE],
      [IDR, 'Pause', {}],
    ],
  ],
  [
    'FreeDmaBufferWithNotification',
    [
      [UNS, 'Buffer', {}, raised],
      [HND, 'Buffer', BAD_HANDLE],
      [IDR, 'Reset', {}],
    ],
  ],
  [
    'FreeContiguousDmaBuffer',
    [
      [UNS, 'Buffer', {}, raised],
      [HND, 'Buffer', BAD_HANDLE],
      [IDR, 'Reset', {}],
    ],
  ],
  [
    'FreeDmaEngine',
    [
      [HND, 'Reset', BAD_HANDLE],
      [IDR, 'Buffer', {}],
    ],
  ],
  [
    'SetDmaEngineState',
    [
      [HND, 'Buffer', BAD_HANDLE],
      [PAR, 'Buffer', { bad: true }],
      [IDR, 'Reset', {}],
    ],
  ],
  ['GetLinkPositionRegister', [[HND, 'Reset', BAD_HANDLE]]],
  ['GetDeviceInformation', [[SML, 'Reset', { bytes: 9 }]]],
  ['RegisterEventCallback', [[RES, 'Reset', {}, (c) => repeated(65, c)]]],
  ['UnregisterEventCallback', [[PAR, 'Reset', {}]]],
  ['RegisterNotificationEvent', [[RES, 'Reset', {}, (c) => repeated(65, c)]]],
  ['UnregisterNotificationEvent', [[PAR, 'Reset', {}]]],
  ['RegisterNotificationCallback', [[RES, 'Reset', {}, (c) => repeated(65, c)]]],
  ['UnregisterNotificationCallback', [[PAR, 'Reset', {}]]],
];

const isBdl = (routine: string) => /Contiguous|Bdl/.test(routine);

/** A legal list of two fragments in the client's block. */
function writeList(w: World): World {
  const { ddi, handle } = w;
  ddi.FreeContiguousDmaBuffer(ddi.Context, handle);
  const { dataBuffer, bdlBuffer } = ddi.AllocateContiguousDmaBuffer(ddi.Context, handle, 4096);
  const view = new DataView(new ArrayBuffer(32));
  for (const n of [0, 1]) {
    view.setUint32(16 * n, (dataBuffer?.physicalAddress ?? 0) + 2048 * n, true);
    view.setUint32(16 * n + 8, 2048, true);
  }
  bdlBuffer?.write(0, new Uint8Array(view.buffer));
  return w;
}

const CELLS = MATRIX.flatMap(([routine, row]) => row.map((cell) => [routine, statusName(cell[0]), cell] as const));

it.each(CELLS)('§2.0: %s gives %s', async (routine, _status, cell) => {
  const [status, state, argument, around = (unchanged: Call) => unchanged] = cell;
  const w = await world(state, isBdl(routine));
  const call = CALLS[routine] as Call;
  expect(statusName(around(call)(w, argument))).toBe(statusName(status));
});

it('every one of the 59 cells of §2.0 has a test', () => {
  const documented = Object.entries(DOCUMENTED).flatMap(([routine, statuses]) =>
    statuses.split(' ').map((short) => `${routine} ${statusName(STATUSES[short] as number)}`),
  );
  expect(documented).toHaveLength(59);
  const tested = CELLS.map(([routine, status]) => `${routine} ${status}`);
  const missing = documented.filter((cell) => !tested.includes(cell));
  process.stdout.write(`hdaudio-ddi §2.0: ${59 - missing.length} of 59 cells of the status matrix tested\n`);
  expect([missing, tested.filter((cell) => !documented.includes(cell))]).toEqual([[], []]);
});

const UP_TO_DISPATCH = ['TransferCodecVerbs, async', 'FreeDmaEngine', 'SetDmaEngineState', 'GetLinkPositionRegister'];

it('§2.0, HOSTILE-§1.10: every routine runs up to its IRQL, and above it is STATUS_UNSUCCESSFUL, also where no page says so (inferred)', async () => {
  for (const [routine, call] of Object.entries(CALLS)) {
    const highest = UP_TO_DISPATCH.includes(routine) ? DISPATCH_LEVEL : PASSIVE_LEVEL;
    for (const irql of [PASSIVE_LEVEL, APC_LEVEL, DISPATCH_LEVEL, DIRQL]) {
      const w = await world('Reset', isBdl(routine));
      const status = w.kernel.raise(irql, () => call(w, {}));
      expect([routine, irql, status === UNS]).toEqual([routine, irql, irql > highest]);
    }
  }
});

it('§2.0: the two routines that return nothing write nothing above their IRQL', async () => {
  const { ddi, kernel } = await world('Reset', false);
  const clock = (irql: number) => kernel.raise(irql, () => ddi.GetWallClockRegister(ddi.Context));
  expect([clock(DISPATCH_LEVEL)?.value, clock(DIRQL)]).toEqual([expect.any(Number), null]);
  const group = (irql: number) => kernel.raise(irql, () => ddi.GetResourceInformation(ddi.Context));
  expect([group(PASSIVE_LEVEL).functionGroupStartNode, group(APC_LEVEL).functionGroupStartNode]).toEqual([1, 0]);
});
