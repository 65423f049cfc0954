// The bus driver's DDIs and drivers of one's own, from a page (design.md §6, §7).

import { expect, it } from 'vitest';
import {
  command8,
  command16,
  GUID_HDAUDIO_BUS_INTERFACE_BDL,
  GUID_HDAUDIO_BUS_INTERFACE_V3,
  type HDAUDIO_BUS_INTERFACE_V3,
  STATUS_INVALID_HANDLE,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../../src/entries/driver-kit.ts';
import type { Azalia, RemoteInterface } from '../../src/entries/index.ts';
import { describeInBrowser } from './support/browser.ts';
import { record } from './support/listen.ts';

declare global {
  var machine: Azalia;
  var lines: string[];
}

const DAC = 0x02;
const MIXER = 0x0d;
const PIN = 0x14;
/** DAC → mixer → line-out pin of `desktop`, all at 0 dB, for stream tag `tag`: what a function driver programs (§5). */
const path = (tag: number, format: number): number[] => [
  command8(0, 1, 0x705, 0),
  command16(0, DAC, 0x2, format),
  command8(0, DAC, 0x706, tag << 4),
  command16(0, DAC, 0x3, 0xb000 | 87),
  command16(0, MIXER, 0x3, 0x7000),
  command16(0, PIN, 0x3, 0xb000),
  command8(0, PIN, 0x701, 0),
  command8(0, PIN, 0x707, 0x40),
  command8(0, PIN, 0x70c, 2),
];

describeInBrowser('the machine under a page', (browser) => {
  async function openMachine(texts: Record<string, string> = {}, windows?: 'winxp') {
    const page = await browser.openEmpty({ texts });
    await page.evaluate(async (windows) => {
      const context = new AudioContext({ sampleRate: 48000 });
      globalThis.machine = await azalia.createAzalia({ context, ...(windows && { windows }) });
      globalThis.lines = [];
      machine.addEventListener('debug', ({ detail }) => lines.push(detail.line));
      machine.output.connect(context.destination);
      globalThis.heard = { node: machine.output, output: 0 };
      await context.resume();
    }, windows);
    return page;
  }

  it('azalia.bus: a page plays through HDAUDIO_BUS_INTERFACE_V3 by its routines, and is notified twice a cycle', async () => {
    const page = await openMachine();
    const opened = await page.evaluate(
      async ([guid]) => {
        const query = await machine.bus.query<HDAUDIO_BUS_INTERFACE_V3>(guid);
        const bus = query.interface as RemoteInterface<HDAUDIO_BUS_INTERFACE_V3>;
        const format = { SampleRate: 48000, ValidBitsPerSample: 16, ContainerSize: 16, NumberOfChannels: 2 };
        const engine = await bus.AllocateRenderDmaEngine(format, false);
        const handle = engine.handle ?? 0;
        const buffer = await bus.AllocateDmaBufferWithNotification(handle, 2, 4 * 4800);
        const samples = Int16Array.from({ length: 2 * 4800 }, (_, i) => i >> 1); // a counter, 10 cycles a second
        await buffer.bufferMdl?.write(0, new Uint8Array(samples.buffer));
        const event = await machine.bus.createEvent();
        await bus.RegisterNotificationEvent(handle, event);
        Object.assign(globalThis, { bus, handle, buffer, event });
        return { query: query.status, status: buffer.status, tag: buffer.streamId, format: engine.converterFormat };
      },
      [GUID_HDAUDIO_BUS_INTERFACE_V3] as const,
    );
    expect(opened).toEqual({ query: STATUS_SUCCESS, status: STATUS_SUCCESS, tag: 1, format: 0x0011 });
    const played = await page.evaluate(
      async (verbs) => {
        const { bus, handle, event } = globalThis as unknown as {
          bus: RemoteInterface<HDAUDIO_BUS_INTERFACE_V3>;
          handle: number;
          event: Awaited<ReturnType<typeof machine.bus.createEvent>>;
        };
        const transfers = verbs.map((Output) => ({ Output, Input: {} as never }));
        const { status, CodecTransfer } = await bus.TransferCodecVerbs(transfers.length, transfers, null, null);
        const answered = CodecTransfer.filter(({ Input }) => Input.IsValid).length;
        const run = [await bus.SetDmaEngineState(1, 1, [handle]), await bus.SetDmaEngineState(2, 1, [handle])];
        await event.wait();
        await event.wait();
        const { position } = await bus.GetLinkPositionRegister(handle);
        return { status, answered, run, position: position ?? -1 };
      },
      path(opened.tag, opened.format),
    );
    expect(played).toMatchObject({ status: STATUS_SUCCESS, answered: 9, run: [STATUS_SUCCESS, STATUS_SUCCESS] });
    expect(played.position).toBeLessThan(4 * 4800);
    const [left = new Float32Array()] = await record(page, 0.5);
    const steps = left.slice(1).map((sample, i) => Math.round((sample - (left[i] ?? 0)) * 32768));
    expect(steps.filter((step) => step !== 1 && step !== 1 - 4800)).toEqual(new Float32Array());
    expect(steps.filter((step) => step === 1 - 4800).length).toBeGreaterThanOrEqual(4);
    const freed = await page.evaluate(async () => {
      const { bus, handle, buffer, event } = globalThis as unknown as {
        bus: RemoteInterface<HDAUDIO_BUS_INTERFACE_V3>;
        handle: number;
        buffer: Awaited<ReturnType<RemoteInterface<HDAUDIO_BUS_INTERFACE_V3>['AllocateDmaBufferWithNotification']>>;
        event: Awaited<ReturnType<typeof machine.bus.createEvent>>;
      };
      const mdl = buffer.bufferMdl as NonNullable<typeof buffer.bufferMdl>;
      return [
        await bus.SetDmaEngineState(1, 1, [handle]),
        await bus.SetDmaEngineState(0, 1, [handle]),
        await bus.UnregisterNotificationEvent(handle, event),
        await bus.FreeDmaBufferWithNotification(handle, mdl, buffer.allocatedBufferSize),
        await bus.FreeDmaEngine(handle),
        await bus.FreeDmaEngine(handle),
      ];
    });
    expect(freed).toEqual([0, 0, 0, 0, 0, STATUS_INVALID_HANDLE]);
  });

  it('azalia.bus: a Windows without a DDI says STATUS_NOT_SUPPORTED', async () => {
    const page = await openMachine({}, 'winxp');
    const statuses = await page.evaluate(
      async (guids) => Promise.all(guids.map(async (guid) => (await machine.bus.query(guid)).status)),
      [GUID_HDAUDIO_BUS_INTERFACE_V3, GUID_HDAUDIO_BUS_INTERFACE_BDL],
    );
    expect(statuses).toEqual([STATUS_NOT_SUPPORTED, STATUS_SUCCESS]);
  });

  it('loadDriver: a function driver prints its lines, takes the device from the class driver, and plays by itself', async () => {
    const page = await openMachine({ '/driver.js': DRIVER, '/nothing.js': 'export const x = 1;' });
    const loaded = await page.evaluate(async () => machine.loadDriver('/driver.js'));
    expect(loaded).toEqual({
      service: 'saw',
      devices: [{ instancePath: expect.stringMatching(/^HDAUDIO\\FUNC_01&/), started: true, problem: 0 }],
    });
    await page.waitForTimeout(300);
    const [left = new Float32Array()] = await record(page, 0.3);
    const steps = left.slice(1).map((sample, i) => Math.round((sample - (left[i] ?? 0)) * 32768));
    expect(steps.filter((step) => step === 1).length).toBeGreaterThan(14_000);
    expect(await page.evaluate(() => lines)).toEqual(['saw: DriverEntry', 'saw: AddDevice', 'saw: playing']);
    const refused = await page.evaluate(async () => [
      await machine.playTone().catch(({ name }) => name),
      await machine.loadDriver('/nothing.js').catch(({ name, message }) => `${name} ${message}`),
    ]);
    expect(refused).toEqual([
      'RefusedError',
      expect.stringMatching(/^TypeError .*\/nothing\.js: its default export must be a function/),
    ]);
  });
});

/** A function driver as a user writes it: no import, WDK names. It plays a counter through HDAUDIO_BUS_INTERFACE_V2. */
const DRIVER = `
export default (kit) => ({
  service: 'saw',
  ids: ['HDAUDIO\\\\FUNC_01'],
  role: 'function',
  rank: 1,
  DriverEntry(DriverObject) {
    kit.KdPrintEx('saw: DriverEntry');
    return kit.WdfDriverCreate(DriverObject, {
      EvtDriverDeviceAdd(_driver, init) {
        kit.KdPrintEx('saw: AddDevice');
        const { status } = kit.WdfDeviceCreate(init, { EvtDevicePrepareHardware: play });
        return status;
      },
    });
    function play(device) {
      const guid = kit.GUID_HDAUDIO_BUS_INTERFACE_V2;
      const found = { interface: null };
      const status = kit.WdfFdoQueryForInterface(device, guid, found, kit.interfaceBytes(guid), 0x0100);
      if (!kit.NT_SUCCESS(status)) return status;
      const bus = found.interface;
      const format = { SampleRate: 48000, ValidBitsPerSample: 16, ContainerSize: 16, NumberOfChannels: 2 };
      const engine = bus.AllocateRenderDmaEngine(bus.Context, format, false);
      const buffer = bus.AllocateDmaBuffer(bus.Context, engine.handle, 4 * 4800);
      buffer.bufferMdl.write(0, new Uint8Array(Int16Array.from({ length: 9600 }, (_, i) => i >> 1).buffer));
      const verbs = ${JSON.stringify(path(1, 0x0011))}.map(kit.codecTransfer);
      if (buffer.streamId !== 1 || engine.converterFormat !== 0x0011) return kit.STATUS_UNSUCCESSFUL;
      bus.TransferCodecVerbs(bus.Context, verbs.length, verbs, null, null);
      bus.SetDmaEngineState(bus.Context, kit.PauseState, 1, [engine.handle]);
      bus.SetDmaEngineState(bus.Context, kit.RunState, 1, [engine.handle]);
      kit.KdPrintEx('saw: playing');
      return kit.STATUS_SUCCESS;
    }
  },
});
`;
