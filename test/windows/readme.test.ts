// The README's tour of the device tree: each of its commands, as the command line prints it now.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { azalia, useCommand } from '../cli/azalia.ts';

useCommand();

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const tour = [...README.matchAll(/^npm run azalia -- kd '([^']+)' +# (.*)$/gm)].map(([, command = '']) => command);

/** What each must show, addresses aside. */
const SHOWN: [command: RegExp, lines: RegExp[]][] = [
  [
    /^!devnode 0 1$/, // «the tree: root, ACPI, PCI, HDAudBus, a function group»
    [
      /^Dumping IopRootDeviceNode \(= 0x[0-9a-f]{8}\)$/,
      /^ {2}InstancePath is "HTREE\\ROOT\\0"$/,
      /^ {4}InstancePath is "ACPI_HAL\\PNP0C08\\0"$/,
      /^ {6}InstancePath is "ACPI\\PNP0A08\\0"$/,
      /^ {8}InstancePath is "PCI\\VEN_8086&DEV_2668&/,
      /^ {8}ServiceName is "HDAudBus"$/,
      /^ {10}InstancePath is "HDAUDIO\\FUNC_01&VEN_A2A1&DEV_0001&/,
      /^ {10}ServiceName is "HdAudAddService"$/,
      /^ {10}State = DeviceNodeStarted \(0x308\)$/,
    ],
  ],
  [
    /^!devstack [0-9a-f]+$/, // «the stack on a PDO of that tree, top first»
    [
      /^ {2}!DevObj {3}!DrvObj +!DevExt {3}ObjectName$/,
      /^ {2}[0-9a-f]{8} {2}\\Driver\\HdAudAddService /,
      /^> [0-9a-f]{8} {2}\\Driver\\HDAudBus /,
      /^!DevNode [0-9a-f]{8} :$/,
      /^ {2}DeviceInst is "HDAUDIO\\FUNC_01&/,
      /^ {2}ServiceName is "HdAudAddService"$/,
    ],
  ],
  [
    /^!drvobj HDAudBus 2$/, // «its 28 entry points»
    [
      /^Driver object \([0-9a-f]{8}\) is for:$/,
      /^ \\Driver\\HDAudBus$/,
      /^DriverEntry: +[0-9a-f]{8} HDAudBus!DriverEntry$/,
      /^AddDevice: +[0-9a-f]{8} HDAudBus!/,
      /^\[00\] IRP_MJ_CREATE +[0-9a-f]{8} nt!IopInvalidDeviceRequest$/,
      /^\[1b\] IRP_MJ_PNP +[0-9a-f]{8} HDAudBus!HdaDispatchPnp$/,
    ],
  ],
  [
    /^!hdaudio$/, // «codecs, engines, positions»
    [
      /^HD Audio controller 1\.0: started, codec mask 0001, 1 clients$/,
      /^ {2}codec 0 node 01 type 01 vendor a2a10001$/,
      /^ {2}engine direction state {2}format stream bytes {6}position$/,
    ],
  ],
];

it('the tour has these four commands', () => {
  expect(tour.map((command) => SHOWN.findIndex(([named]) => named.test(command)))).toEqual([0, 1, 2, 3]);
});

it.each(tour)('azalia kd %s prints what the README says of it', (command) => {
  const { code, out } = azalia(['kd', command]);
  const lines = out.trimEnd().split('\n');
  const [, expected = []] = SHOWN.find(([named]) => named.test(command)) ?? [];
  let at = 0;
  for (const line of expected) {
    const found = lines.slice(at).findIndex((each) => line.test(each));
    expect([`${line}`, found >= 0]).toEqual([`${line}`, true]); // each after the one before it
    at += found + 1;
  }
  expect(code).toBe(0);
  if (command.startsWith('!drvobj'))
    expect(lines.filter((line) => /^\[[0-9a-f]{2}\] IRP_MJ_/.test(line))).toHaveLength(28);
});
