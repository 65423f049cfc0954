// A client of each of the four DDIs, written against azalia/driver-kit alone: it goes through the documented sequence from
// query to last dereference and calls every routine of its interface, on every Windows (hdaudio-ddi §1.2, §2.0).

import {
  command8,
  command16,
  GUID_HDAUDIO_BUS_INTERFACE,
  GUID_HDAUDIO_BUS_INTERFACE_BDL,
  GUID_HDAUDIO_BUS_INTERFACE_V2,
  GUID_HDAUDIO_BUS_INTERFACE_V3,
  type HdAudioRoutines,
  INTERFACE_SLOTS,
  NT_SUCCESS,
  PauseState,
  ResetState,
  RunState,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
  statusName,
  WINDOWS_NTDDI,
  type WindowsVersion,
} from 'azalia/driver-kit';
import { createMachine, type Machine } from 'azalia/machine';
import { expect, it } from 'vitest';
import {
  type Allocate,
  Client,
  CYCLE_BYTES,
  CYCLE_FRAMES,
  ends,
  FRAME_BYTES,
  IOC,
  plain,
  withBdl,
  withCallbacks,
  withEvents,
} from './ddi-client.ts';

const FORMAT = { SampleRate: 48000, ValidBitsPerSample: 16, ContainerSize: 16, NumberOfChannels: 2 };
const WIDER = { SampleRate: 96000, ValidBitsPerSample: 24, ContainerSize: 32, NumberOfChannels: 2 };

// Widgets of the codec «desktop»
const GROUP = 0x01;
const DAC = 0x02;
const MIXER = 0x0d;
const LINE_OUT = 0x14;
const ADC = 0x08;
const SELECTOR = 0x0a;
const LINE_IN = 0x1a;
const HEADPHONE = 0x1b;

const HALVES = [1024, 2048, 3072, 4096];
interface Row {
  readonly ddi: string;
  readonly guid: string;
  readonly exists: (ntddi: number) => boolean;
  readonly render: Allocate;
  readonly capture: Allocate;
  /** What must come in the first 5000 link frames. */
  readonly notified: (readonly [by: string, frame: number])[];
}
const NTDDI_VISTA = WINDOWS_NTDDI.vista & 0xffff0000;
const DDIS: Row[] = [
  {
    ddi: 'HDAUDIO_BUS_INTERFACE',
    guid: GUID_HDAUDIO_BUS_INTERFACE,
    exists: () => true,
    render: plain,
    capture: plain,
    notified: [],
  },
  {
    ddi: 'HDAUDIO_BUS_INTERFACE_V2',
    guid: GUID_HDAUDIO_BUS_INTERFACE_V2,
    exists: (ntddi) => ntddi >= NTDDI_VISTA,
    render: withEvents,
    capture: plain,
    notified: HALVES.map((frame) => ['event', frame]),
  },
  {
    ddi: 'HDAUDIO_BUS_INTERFACE_V3',
    guid: GUID_HDAUDIO_BUS_INTERFACE_V3,
    exists: (ntddi) => ntddi >= WINDOWS_NTDDI['win10-19h1'],
    render: withCallbacks,
    capture: plain,
    notified: HALVES.flatMap((frame) => [
      ['callback', frame],
      ['event', frame],
    ]),
  },
  {
    ddi: 'HDAUDIO_BUS_INTERFACE_BDL',
    guid: GUID_HDAUDIO_BUS_INTERFACE_BDL,
    exists: (ntddi) => ntddi < NTDDI_VISTA,
    render: withBdl,
    capture: withBdl,
    notified: [0, 1, 2]
      .flatMap((cycle) => IOC.map((index) => cycle * CYCLE_FRAMES + (ends[index] ?? 0)))
      .filter((frame) => frame <= 5000)
      .map((frame) => ['isr 4', frame]),
  },
];

const ROWS = DDIS.flatMap((row) =>
  (Object.keys(WINDOWS_NTDDI) as WindowsVersion[]).map((windows) => [row.ddi, windows, row] as const),
);

it.each(ROWS.filter(([, windows, { exists }]) => !exists(WINDOWS_NTDDI[windows])))(
  '%s on %s: the client is told STATUS_NOT_SUPPORTED (§1.6)',
  async (_ddi, windows, { guid }) => {
    const { client, machine } = await booted(guid, windows);
    expect(statusName(client.status ?? 0)).toBe(statusName(STATUS_NOT_SUPPORTED));
    expect(() => client.bus).toThrow('STATUS_NOT_SUPPORTED');
    machine.windows.shutdown();
    expect(machine.windows.violations).toEqual([]);
  },
);

it.each(ROWS.filter(([, windows, { exists }]) => exists(WINDOWS_NTDDI[windows])))(
  '%s on %s: query, allocate, set up, run, position, notify, stop, free, dereference; heard at the pin, all routines called (§2.0)',
  async (_ddi, windows, { guid, render, capture, notified }) => {
    const { client, machine } = await booted(guid, windows);
    expect(client.status).toBe(STATUS_SUCCESS);
    ask(client, machine);
    play(client, machine, render, notified);
    record(client, machine, capture);
    machine.windows.shutdown();
    expect(machine.windows.violations).toEqual([]);
    const routines = INTERFACE_SLOTS[guid] as readonly (keyof HdAudioRoutines)[];
    expect([...client.called].sort()).toEqual([...routines, 'InterfaceDereference'].sort());
  },
);

it('36 pairs of DDI and Windows: 9 with the first version, 6 with V2, 2 with V3, 3 with BDL', () => {
  const counts = DDIS.map(({ exists }) => Object.values(WINDOWS_NTDDI).filter(exists).length);
  expect([ROWS.length, counts]).toEqual([36, [9, 6, 2, 3]]);
});

async function booted(guid: string, windows: WindowsVersion) {
  const machine = await createMachine({ windows, outputRateHz: 'stream' });
  const client = new Client(guid);
  machine.windows.loadDriver(client.package);
  machine.windows.boot();
  return { client, machine };
}

/** Who it is, what there is, and an unsolicited response. */
function ask(client: Client, machine: Machine): void {
  const { bus } = client;
  expect(bus.GetResourceInformation(bus.Context)).toEqual({ codecAddress: 0, functionGroupStartNode: GROUP });
  expect(bus.GetDeviceInformation(bus.Context, 10)).toMatchObject({
    status: STATUS_SUCCESS,
    deviceInformation: { Size: 10, CodecsDetected: 1 },
  });
  expect(client.verbs(command8(0, 0, 0xf00, 0))).toEqual([0xa2a10001]);
  let plugged = 0;
  const { status, tag } = bus.RegisterEventCallback(bus.Context, () => void plugged++, null);
  expect(status).toBe(STATUS_SUCCESS);
  client.verbs(command8(0, HEADPHONE, 0x708, 0x80 | tag));
  machine.codecs[0]?.plug(HEADPHONE, true);
  machine.advance(2);
  client.verbs(command8(0, HEADPHONE, 0x708, 0));
  expect([plugged, bus.UnregisterEventCallback(bus.Context, tag)]).toEqual([1, STATUS_SUCCESS]);
}

/** 16 bits that name their place. */
const word = (index: number) => (Math.imul(index + 1, 0x9e3779b1) >>> 16) - 32768;
const words = Int16Array.from({ length: 2 * CYCLE_FRAMES }, (_, index) => word(index));
/** What channel `side` must sound like, `frames` link frames from the start of the buffer. */
const side = (channel: number, frames: number) =>
  Float32Array.from({ length: frames }, (_, n) => (words[2 * (n % CYCLE_FRAMES) + channel] ?? 0) / 32768);

function play(client: Client, machine: Machine, allocate: Allocate, notified: Row['notified']): void {
  const { bus } = client;
  const handle = bus.AllocateRenderDmaEngine(bus.Context, WIDER, false).handle ?? 0;
  const { status, converterFormat } = bus.ChangeBandwidthAllocation(bus.Context, handle, FORMAT);
  expect([status, converterFormat]).toEqual([STATUS_SUCCESS, 0x0011]);
  const buffer = allocate(client, handle);
  buffer.fill(new Uint8Array(words.buffer));
  client.verbs(
    command16(0, DAC, 0x2, converterFormat),
    command8(0, DAC, 0x706, buffer.streamId << 4),
    command16(0, DAC, 0x3, 0xb000 | 87), // 0 dB
    command16(0, MIXER, 0x3, 0x7000),
    command16(0, LINE_OUT, 0x3, 0xb000),
    command8(0, LINE_OUT, 0x707, 0x40),
  );
  const { position } = bus.GetLinkPositionRegister(bus.Context, handle);
  const clock = bus.GetWallClockRegister(bus.Context);
  client.setState(PauseState, handle);
  client.setState(RunState, handle);
  client.begun = machine.linkTicks;
  const [tap, wall] = [machine.codecs[0]?.listen(LINE_OUT), clock?.value ?? 0];
  let frames = 0;
  for (const step of [1, 99, 1, 2000, 2899]) {
    machine.advance(step);
    frames += step;
    expect(position?.value).toBe((frames * FRAME_BYTES) % CYCLE_BYTES);
    expect((clock?.value ?? 0) - wall).toBe(frames * 500);
  }
  expect(tap?.read()).toEqual([side(0, 5000), side(1, 5000)]);
  expect([...buffer.notified].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1))).toEqual(notified);
  client.setState(PauseState, handle);
  machine.advance(100);
  expect([position?.value, tap?.read()[0]]).toEqual([(5000 * FRAME_BYTES) % CYCLE_BYTES, new Float32Array(100)]);
  client.setState(ResetState, handle);
  expect(position?.value).toBe(0);
  expect([buffer.free(), bus.FreeDmaEngine(bus.Context, handle)]).toEqual([STATUS_SUCCESS, STATUS_SUCCESS]);
}

function record(client: Client, machine: Machine, allocate: Allocate): void {
  const { bus } = client;
  const { handle, status, converterFormat } = bus.AllocateCaptureDmaEngine(bus.Context, 0, FORMAT);
  if (handle === null || !NT_SUCCESS(status)) throw new Error(statusName(status));
  const buffer = allocate(client, handle);
  client.verbs(
    command16(0, ADC, 0x2, converterFormat),
    command8(0, ADC, 0x706, buffer.streamId << 4),
    command16(0, ADC, 0x3, 0x7000 | 11), // 0 dB
    command8(0, SELECTOR, 0x701, 2), // the third input: line in
    command16(0, LINE_IN, 0x3, 0x7000),
    command8(0, LINE_IN, 0x707, 0x20),
  );
  machine.codecs[0]?.plug(LINE_IN, true);
  client.setState(PauseState, handle);
  machine.codecs[0]?.feed(LINE_IN, [side(0, CYCLE_FRAMES), side(1, CYCLE_FRAMES)]);
  client.setState(RunState, handle);
  client.begun = machine.linkTicks;
  machine.advance(CYCLE_FRAMES);
  expect(new Int16Array(buffer.content().slice().buffer)).toEqual(words);
  client.setState(PauseState, handle);
  client.setState(ResetState, handle);
  expect([buffer.free(), bus.FreeDmaEngine(bus.Context, handle)]).toEqual([STATUS_SUCCESS, STATUS_SUCCESS]);
}
