import { createMachine } from 'azalia/machine';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { STATUS_SUCCESS } from '../../src/ddi/ntstatus.ts';
import type { RenderStream } from '../../src/drivers/audio-class/audio-device.ts';
import { GCTL, GCTL_CRST } from '../../src/hda/registers.ts';

it('boot builds the tree of §5.1 and goes through the states of a normal start (§5.7)', async () => {
  const machine = await createMachine();
  expect(machine.windows.booted).toBe(false);
  machine.windows.boot();
  machine.windows.boot();
  const nodes = [...(machine.windows.pnp.root?.all() ?? [])];
  expect(nodes.map(({ instancePath, service }) => [instancePath, service])).toEqual([
    ['HTREE\\ROOT\\0', 'PnpManager'],
    ['ACPI_HAL\\PNP0C08\\0', 'ACPI'],
    ['ACPI\\PNP0A08\\0', 'pci'],
    [expect.stringMatching(/^PCI\\VEN_8086&DEV_2668&SUBSYS_[0-9A-F]{8}&REV_01\\3&[0-9A-F]+&0&D8$/), 'HDAudBus'],
    [
      expect.stringMatching(/^HDAUDIO\\FUNC_01&VEN_\w{4}&DEV_\w{4}&SUBSYS_\w{8}&REV_\w{4}\\4&[0-9A-F]+&0&0001$/),
      'HdAudAddService',
    ],
  ]);
  const history = [...(nodes.at(-1)?.history ?? [])].reverse().map((state) => state.slice('DeviceNode'.length));
  expect(history).toEqual([
    'Uninitialized',
    'Initialized',
    'DriversAdded',
    'ResourcesAssigned',
    'StartPending',
    'StartCompletion',
    'StartPostWork',
    'Started',
    'EnumeratePending',
    'EnumerateCompletion',
    'Started',
  ]);
});

it('two codecs are two function groups and two audio devices; a machine without a codec boots with none', async () => {
  const two = await createMachine({ codecs: ['desktop', null, 'desktop'] });
  two.windows.boot();
  expect(two.windows.audio.map(({ codecAddress }) => codecAddress)).toEqual([0, 2]);
  const none = await createMachine({ codecs: [null] });
  none.windows.boot();
  expect([none.windows.booted, none.windows.audio]).toEqual([true, []]);
});

it('shutdown closes what is open, leaves the controller in reset and nothing behind; boot starts afresh', async () => {
  const machine = await createMachine({ outputRateHz: 'stream' });
  for (let n = 0; n < 3; n++) {
    machine.windows.boot();
    const stream = machine.windows.audio[0]?.openRender({ rateHz: 48000, bits: 16, channels: 2 }).stream;
    expect(stream?.start(() => {})).toBe(STATUS_SUCCESS);
    machine.advance(100);
    machine.windows.shutdown();
    expect(machine.controller.read(GCTL, 4) & GCTL_CRST).toBe(0);
    expect([machine.windows.booted, machine.windows.audio, machine.windows.violations]).toEqual([false, [], []]);
    expect(stream?.framesPlayed).toBe(100);
    machine.advance(100);
  }
});

it('surprise removal with a stream running: its position stays where it was seen last, the controller is not touched, nothing leaks (§5.4)', async () => {
  const machine = await createMachine({ outputRateHz: 'stream' });
  machine.windows.boot();
  const stream = machine.windows.audio[0]?.openRender({ rateHz: 48000, bits: 16, channels: 2 }).stream;
  stream?.start(() => {});
  machine.advance(777);
  expect(stream?.framesPlayed).toBe(777);
  const touched: string[] = [];
  machine.record((event) => touched.push(event.kind));
  const controller = machine.windows.controllerNode?.pdo;
  machine.windows.unplugController();
  expect(touched.filter((kind) => kind === 'write' || kind === 'verb')).toEqual([]);
  expect([machine.windows.audio, machine.windows.controllerNode, controller?.deleted]).toEqual([[], null, true]);
  expect([stream?.close(), stream?.stop()]).toEqual([STATUS_SUCCESS, STATUS_SUCCESS]);
  machine.advance(100);
  expect(stream?.framesPlayed).toBe(777);
  machine.windows.plugController();
  expect(machine.windows.controllerNode?.pdo).not.toBe(controller); // never reused
  expect(machine.windows.audio).toHaveLength(1);
  machine.windows.shutdown();
  expect(machine.windows.violations).toEqual([]);
});

it('1,000 random starts, stops, removals and surprise removals with streams running leave the verifier nothing to say', async () => {
  const machine = await createMachine({ outputRateHz: 'stream' });
  const { windows } = machine;
  windows.boot();
  const freeAtBoot = windows.kernel.memory.freePages;
  const streams: RenderStream[] = [];
  const running = new Set<RenderStream>();
  let whileRunning = 0;
  const disturb = () => {
    if (running.size > 0) whileRunning++;
    running.clear();
  };
  const pins = [0x14, 0x15, 0x16, 0x17, 0x1b, 0x1c, 0x1d];
  const actions: Record<string, (n: number) => void> = {
    open: (n) => {
      const { stream } =
        windows.audio[0]?.openRender({ rateHz: 48000, bits: 16, channels: 2, pin: pins[n % 7] ?? 0 }) ?? {};
      if (stream) streams.push(stream);
    },
    start: (n) => {
      const stream = streams[n % streams.length];
      if (stream?.start(() => {}) === STATUS_SUCCESS) running.add(stream);
    },
    stop: (n) => {
      const stream = streams[n % streams.length];
      stream?.stop();
      if (stream) running.delete(stream);
    },
    close: (n) => {
      const [stream] = streams.splice(n % (streams.length || 1), 1);
      stream?.close();
      if (stream) running.delete(stream);
    },
    advance: (n) => machine.advance(n % 200),
    rebalance: () => {
      const node = windows.controllerNode;
      disturb();
      if (node) expect(windows.pnp.rebalance(node)).toBe(true);
    },
    remove: (n) => {
      const node = n % 2 ? windows.controllerNode : windows.controllerNode?.children[0];
      if (!node?.isStarted) return;
      disturb();
      expect(windows.pnp.remove(node)).toBe(true);
      windows.pnp.start(node);
    },
    unplug: () => {
      disturb();
      windows.unplugController();
      windows.plugController();
    },
  };
  const often = ['open', 'start', 'advance', 'stop', 'close'];
  const disturbances = ['rebalance', 'remove', 'unplug'];
  const step = (names: readonly string[]) => fc.tuple(fc.constantFrom(...names), fc.nat(1000));
  const steps = fc.array(step([...often, ...often, ...disturbances]), { minLength: 4, maxLength: 12 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), step(disturbances), steps, (playing, first, then) => {
      for (let n = 0; n < playing; n++) for (const name of ['open', 'start', 'advance']) actions[name]?.(n);
      for (const [name, n] of [first, ...then]) actions[name]?.(n);
      for (const stream of streams.splice(0)) stream.close();
      running.clear();
      expect(windows.violations).toEqual([]);
      expect(windows.audio).toHaveLength(1);
      expect(windows.kernel.memory.freePages).toBe(freeAtBoot);
    }),
    { numRuns: 1000 },
  );
  expect(whileRunning).toBeGreaterThanOrEqual(1000);
  windows.shutdown();
  expect(windows.violations).toEqual([]);
}, 300_000);
