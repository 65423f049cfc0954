// DRIVERS.md, done: its code is the example's, its driver is heard, its debugger prints what it prints there.

import { readFileSync } from 'node:fs';
import * as kit from 'azalia/driver-kit';
import { createMachine, type Machine } from 'azalia/machine';
import { expect, it } from 'vitest';

const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const TUTORIAL = file('DRIVERS.md');
/** What stands in fences of this language. */
const fenced = (language: string): string[] =>
  [...TUTORIAL.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, is]) => is === language)
    .map(([, , text]) => text ?? '');

const { default: beeper } = (await import(new URL('../../src/demo/examples/driver.js', import.meta.url).href)) as {
  default: kit.DriverModule;
};

/** As the tutorial has it. */
async function loaded(changed: Partial<typeof kit> = {}) {
  const lines: string[] = [];
  const machine = await createMachine();
  machine.windows.boot();
  machine.windows.loadDriver(beeper({ ...kit, ...changed, KdPrintEx: (line) => lines.push(line) }));
  return { machine, lines };
}

/** `kd> command` and what it must print, addresses aside. */
const transcripts = fenced('')
  .flatMap((text) => text.split(/^kd> /m).slice(1))
  .map((text) => text.trimEnd().split('\n'));
const masked = (lines: readonly string[]) => lines.map((line) => line.replaceAll(/\b[0-9a-f]{8}\b/g, '#'));

it('every piece of code is a piece of src/demo/examples/driver.js', () => {
  const pieces = fenced('js');
  expect(pieces).toHaveLength(7);
  const example = file('src/demo/examples/driver.js');
  for (const piece of pieces) expect(example).toContain(piece.trimEnd());
});

it('the driver takes the device, is heard as 440 Hz at −12 dBFS sample for sample, and leaves nothing behind', async () => {
  const { machine, lines } = await loaded();
  expect([lines, machine.windows.audio]).toEqual([['beeper: stream 1 runs'], []]);
  const tap = machine.codecs[0]?.listen(0x14);
  machine.advance(48000);
  const cycle = Int16Array.from({ length: 4800 }, (_, n) => 8192 * Math.sin((2 * Math.PI * 440 * n) / 48000));
  const wave = Float32Array.from({ length: 48000 }, (_, n) => (cycle[n % 4800] ?? 0) / 32768);
  expect(tap?.read()).toEqual([wave, wave]);
  expect(machine.windows.unloadDriver('beeper')).toBe(true);
  expect(machine.windows.audio).toHaveLength(1);
  machine.windows.shutdown();
  expect(machine.windows.violations).toEqual([]);
});

it('the lines for Node load it, a second later it has played, and the filter’s log is the one that is shown', async () => {
  const [load = '', watch = ''] = fenced('ts');
  expect(load.match(/^import .*$/gm)).toEqual([
    "import * as kit from 'azalia/driver-kit';",
    "import { createMachine } from 'azalia/machine';",
    "import beeper from './driver.js';",
  ]);
  const program = `return (async () => {
    ${load.replaceAll(/^import .*$/gm, '')}
    played(machine);
    ${watch}
    return machine;
  })()`;
  const printed: string[] = [];
  const played = ({ windows }: Machine) =>
    // ten times round
    expect([printed.splice(0), windows.kd('!hdaudio').at(-1)]).toEqual([
      ['beeper: stream 1 runs'],
      expect.stringMatching(/^ {2}4 +render +Run +0011 +1 +19200 +0$/),
    ]);
  const run = new Function('kit', 'createMachine', 'beeper', 'console', 'played', program);
  const machine: Machine = await run(kit, createMachine, beeper, { log: (line: string) => printed.push(line) }, played);
  const shown = fenced('').find((text) => text.startsWith('IRP_MJ_PNP'));
  expect(`${printed.join('\n')}\n`).toBe(shown);
  const tap = machine.codecs[0]?.listen(0x14);
  machine.advance(4800);
  expect(tap?.read()[0]?.filter((sample) => Math.abs(sample) > 0.2).length).toBeGreaterThan(1000); // of ±0.25
  machine.windows.shutdown();
  expect(machine.windows.violations).toEqual([]);
});

it('the controller pulled out and put back: the driver lets go, and plays again', async () => {
  const { machine, lines } = await loaded();
  machine.advance(100);
  machine.windows.unplugController();
  machine.windows.plugController();
  const tap = machine.codecs[0]?.listen(0x14);
  machine.advance(100);
  expect([lines.length, tap?.read()[0]?.some((sample) => sample !== 0)]).toEqual([2, true]);
  machine.windows.shutdown();
  expect(machine.windows.violations).toEqual([]);
});

it('on a Windows without the DDI the driver’s start fails, and it lets go of what it had', async () => {
  const machine = await createMachine({ windows: 'winxp' });
  machine.windows.boot();
  machine.windows.loadDriver(beeper({ ...kit, KdPrintEx: () => {} }));
  expect(machine.windows.controllerNode?.children[0]?.problem).toBe(10);
  machine.windows.shutdown();
  expect(machine.windows.violations).toEqual([]);
});

it('the debugger prints what the tutorial shows', async () => {
  const { machine } = await loaded();
  machine.advance(1000);
  const shown = transcripts.filter(([command]) => command !== '!verifier');
  expect(shown.map(([command]) => command?.split(' ')[0])).toEqual(['!devstack', '!hdaudio']);
  const pdo = machine.windows.controllerNode?.children[0]?.pdo.address.toString(16);
  for (const [command = '', ...expected] of shown)
    expect(masked(machine.windows.kd(command.replace(/ \w{4}$/, ` ${pdo}`)))).toEqual(masked(expected));
  for (const [command] of TUTORIAL.matchAll(/(?<=`)!\w[^`]*(?=`)/g))
    expect([command, machine.windows.kd(command).join(' ')]).not.toEqual([
      command,
      expect.stringMatching(/No export|not found/),
    ]);
});

it('without the two lines that free, the verifier says what the tutorial shows', async () => {
  const { machine } = await loaded({
    WdfDeviceCreate: (DeviceInit, callbacks) =>
      kit.WdfDeviceCreate(DeviceInit, {
        ...callbacks,
        EvtDeviceReleaseHardware: ({ context }) => {
          const { bus } = context as { bus: kit.HDAUDIO_BUS_INTERFACE_V2 };
          bus.InterfaceDereference(bus.Context);
          return kit.STATUS_SUCCESS;
        },
      }),
  });
  machine.windows.unloadDriver('beeper');
  const [, ...expected] = transcripts.find(([command]) => command === '!verifier') ?? [];
  expect(machine.windows.kd('!verifier')).toEqual(expected);
});

it('the table of Windows versions and DDIs is what machines answer (§1.2)', async () => {
  const rows = [...TUTORIAL.matchAll(/^\| ((?:`[\w.-]+`,? ?)+) \| (HDAUDIO_BUS_INTERFACE[^|]*) \|$/gm)];
  const versions = rows.flatMap(([, names = '', ddis]) =>
    [...names.matchAll(/[\w.-]+/g)].map(([name]) => [name, ddis]),
  );
  expect(versions.map(([name]) => name)).toEqual(Object.keys(kit.WINDOWS_NTDDI));
  const GUIDS: Readonly<Record<string, string>> = {
    HDAUDIO_BUS_INTERFACE: kit.GUID_HDAUDIO_BUS_INTERFACE,
    _V2: kit.GUID_HDAUDIO_BUS_INTERFACE_V2,
    _V3: kit.GUID_HDAUDIO_BUS_INTERFACE_V3,
    _BDL: kit.GUID_HDAUDIO_BUS_INTERFACE_BDL,
  };
  for (const [name, ddis] of versions) {
    const machine = await createMachine({ windows: name as kit.WindowsVersion });
    const answered: string[] = [];
    machine.windows.loadDriver(
      beeper({
        ...kit,
        KdPrintEx: () => {},
        WdfFdoQueryForInterface: (device) => {
          for (const [ddi, guid] of Object.entries(GUIDS)) {
            const found: kit.InterfaceBuffer = { interface: null };
            kit.WdfFdoQueryForInterface(device, guid, found, kit.interfaceBytes(guid), kit.HDAUDIO_INTERFACE_VERSION);
            if (found.interface) answered.push(ddi);
          }
          return kit.STATUS_NOT_SUPPORTED;
        },
      }),
    );
    machine.windows.boot();
    expect([name, answered.join(', ')]).toEqual([name, ddis]);
  }
});
