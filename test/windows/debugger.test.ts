import { createMachine } from 'azalia/machine';
import { expect, it } from 'vitest';
import { helloWorld } from '../../src/drivers/hello-world/hello-world.ts';

async function booted() {
  const machine = await createMachine();
  machine.windows.boot();
  return machine;
}
const ADDRESS = /\b[0-9a-f]{8}\b/g;

it('!devnode 0 1 draws the tree from the root, children indented, with states and flags (§5.7)', async () => {
  const { windows } = await booted();
  const lines = windows.kd('!devnode 0 1');
  expect(lines[0]).toMatch(/^Dumping IopRootDeviceNode \(= 0x[0-9a-f]{8}\)$/);
  const paths = lines
    .filter((line) => line.includes('InstancePath'))
    .map((line) => line.match(/^( *)InstancePath is "(\w+)/)?.slice(1));
  expect(paths).toEqual([
    ['  ', 'HTREE'],
    ['    ', 'ACPI_HAL'],
    ['      ', 'ACPI'],
    ['        ', 'PCI'],
    ['          ', 'HDAUDIO'],
  ]);
  expect(lines).toContain('  State = DeviceNodeStarted (0x308)');
  expect(lines).toContain('  Flags (0x00000111)  DNF_MADEUP, DNF_ENUMERATED, DNF_NO_RESOURCE_REQUIRED');
  expect(lines.filter((line) => /StateHistory\[00\] = DeviceNodeUninitialized \(0x301\)/.test(line))).toHaveLength(5);
  expect(windows.kd('!devnode 0').filter((line) => line.includes('DevNode 0x'))).toHaveLength(1);
});

it('!devstack marks the queried object, top of the stack first, and names instance and service', async () => {
  const { windows } = await booted();
  const node = windows.controllerNode?.children[0];
  const lines = windows.kd(`!devstack ${node?.pdo.address.toString(16)}`);
  const { instancePath = '' } = node ?? {};
  expect(lines.map((line) => line.replace(ADDRESS, '#'))).toEqual([
    '  !DevObj   !DrvObj            !DevExt   ObjectName',
    '  #  \\Driver\\HdAudAddService #',
    '> #  \\Driver\\HDAudBus   #',
    '!DevNode # :',
    `  DeviceInst is "${instancePath}"`,
    '  ServiceName is "HdAudAddService"',
  ]);
  expect(windows.kd(`!devstack ${instancePath}`)).toEqual(lines);
});

it('!drvobj NAME 2 lists 28 dispatch routines; a driver pair shows the framework’s symbols', async () => {
  const { windows } = await booted();
  const lines = windows.kd('!drvobj HDAudBus 2').map((line) => line.replace(ADDRESS, '#'));
  expect(lines.filter((line) => /^\[[0-9a-f]{2}\] IRP_MJ_/.test(line))).toHaveLength(28);
  expect(lines).toContain(`[0e] ${'IRP_MJ_DEVICE_CONTROL'.padEnd(34)} # nt!IopInvalidDeviceRequest`);
  expect(lines).toContain(`[16] ${'IRP_MJ_POWER'.padEnd(34)} # HDAudBus!HdaDispatchPower`);
  expect(lines).toContain(`[1b] ${'IRP_MJ_PNP'.padEnd(34)} # HDAudBus!HdaDispatchPnp`);
  windows.loadDriver({
    service: 'Hello',
    role: 'upper filter',
    ids: ['HDAUDIO\\FUNC_01'],
    DriverEntry: helloWorld(() => {}),
  });
  const pair = windows.kd('!drvobj \\Driver\\Hello 2').map((line) => line.replace(ADDRESS, '#'));
  expect(pair).toContain('DriverEntry:    # Hello!DriverEntry');
  expect(pair).toContain(`[1b] ${'IRP_MJ_PNP'.padEnd(34)} # Wdf01000!FxDispatchPnp`);
});

it('!devobj, !poolused, !irp, lm, !verifier and !hdaudio show the live machine', async () => {
  const machine = await booted();
  const { windows } = machine;
  const stream = windows.audio[0]?.openRender({ rateHz: 48000, bits: 16, channels: 2, bufferFrames: 1024 }).stream;
  stream?.start(() => {});
  machine.advance(100);
  expect(windows.kd('!hdaudio')).toContainEqual(expect.stringMatching(/^ {2}4 +render +Run +0011 +1 +4096 +400$/));
  expect(
    windows
      .kd('lm')
      .slice(1)
      .map((line) => line.split(/ +/)[1]),
  ).toEqual(['PnpManager', 'ACPI', 'pci', 'HDAudBus', 'HdAudAddService']);
  const pdo = windows.controllerNode?.children[0]?.pdo;
  expect(windows.kd(`!devobj ${pdo?.address.toString(16)}`).join('\n')).toMatch(
    /AttachedDevice \(Upper\) [0-9a-f]{8} \\Driver\\HdAudAddService/,
  );
  expect(windows.kd('!irp')).toEqual(['0 packets under way']);
  windows.kernel.pool.allocate('paged', 32, 'Test');
  expect(windows.kd('!poolused')[1]).toBe(' Test  paged          1       32  nt');
  expect(windows.kd('!verifier')).toEqual(['0 violations']);
});

it('what is not there is said in one line', async () => {
  const { windows } = await booted();
  for (const command of [
    '!nonsense',
    '',
    '!devstack ffffffff',
    '!drvobj Nobody',
    '!devnode 12',
    '!devobj',
    '!constructor',
  ])
    expect(windows.kd(command)).toHaveLength(1);
});
