// Views of the live machine in the shape that Windows programmers know (hdaudio-ddi §5.7).

import type { HdAudioBus } from '../bus/bus.ts';
import { ControllerFdo } from '../bus/driver.ts';
import { RunState } from '../ddi/hdaudio.ts';
import { DO_BUFFERED_IO, DO_BUS_ENUMERATED_DEVICE, DO_DEVICE_INITIALIZING, IRP_MJ_NAMES } from '../ddi/irp.ts';
import { DEVNODE_FLAG_NAMES, DEVNODE_STATES, type Devnode, DNF_HAS_PROBLEM } from '../driver-model/devnode.ts';
import { type DeviceObject, type DriverObject, deviceStack, isPdo } from '../driver-model/driver-object.ts';
import type { Kernel } from '../driver-model/kernel.ts';
import type { PnpManager } from '../driver-model/pnp-manager.ts';
import { SymbolTable } from './symbols.ts';

const hex = (value: number, digits = 8): string => (value >>> 0).toString(16).padStart(digits, '0');

const DEVICE_FLAG_NAMES: readonly (readonly [number, string])[] = [
  [DO_BUFFERED_IO, 'DO_BUFFERED_IO'],
  [DO_DEVICE_INITIALIZING, 'DO_DEVICE_INITIALIZING'],
  [DO_BUS_ENUMERATED_DEVICE, 'DO_BUS_ENUMERATED_DEVICE'],
];

const names = (flags: number, table: readonly (readonly [number, string])[]): string =>
  table
    .filter(([flag]) => (flags & flag) !== 0)
    .map(([, name]) => name)
    .join(', ');

const version = ({ controller }: HdAudioBus): string => `${controller.version >> 8}.${controller.version & 0xff}`;

type Command = (args: readonly string[]) => string[];

export class Debugger {
  readonly #kernel: Kernel;
  readonly #pnp: PnpManager;
  readonly #symbols: SymbolTable;
  readonly #commands: Readonly<Record<string, Command>> = {
    '!devnode': (args) => this.#devnode(args),
    '!devstack': (args) => this.#devstack(args),
    '!drvobj': (args) => this.#drvobj(args),
    '!devobj': (args) => this.#devobj(args),
    '!irp': () => this.#irps(),
    '!poolused': () => this.#poolUsed(),
    '!hdaudio': () => this.#hdaudio(),
    '!verifier': () => this.#verifier(),
    lm: () => this.#modules(),
  };

  constructor(kernel: Kernel, pnp: PnpManager) {
    this.#kernel = kernel;
    this.#pnp = pnp;
    this.#symbols = new SymbolTable(kernel);
  }

  /** The lines that a command prints. An unknown one, or one that finds nothing, says so in one line. */
  run(commandLine: string): string[] {
    const [name = '', ...args] = commandLine.trim().split(/\s+/);
    const command = Object.hasOwn(this.#commands, name) ? this.#commands[name] : undefined;
    return command ? command(args) : [`No export ${name} found; there are ${Object.keys(this.#commands).join(', ')}`];
  }

  get #nodes(): Devnode[] {
    return [...(this.#pnp.root?.all() ?? [])];
  }

  get #devices(): DeviceObject[] {
    return [...this.#pnp.drivers.values()].flatMap(({ devices }) => devices);
  }

  /** `!devnode 0` is the root, `!devnode 0 1` the whole tree. */
  #devnode([which = '0', flags = '0']: readonly string[]): string[] {
    const address = Number.parseInt(which, 16);
    const node = address === 0 ? this.#pnp.root : this.#nodes.find((each) => each.address === address);
    if (!node) return [`DevNode ${which} not found`];
    const withChildren = (Number.parseInt(flags, 16) & 1) !== 0;
    const head = address === 0 ? [`Dumping IopRootDeviceNode (= 0x${hex(node.address)})`] : [];
    return [...head, ...this.#describe(node, withChildren, '')];
  }

  #describe(node: Devnode, withChildren: boolean, indent: string): string[] {
    const sibling = node.parent?.children[node.parent.children.indexOf(node) + 1];
    const at = (other: Devnode | null | undefined) => hex(other?.address ?? 0);
    const state = (name: keyof typeof DEVNODE_STATES) => `${name} (0x${DEVNODE_STATES[name].toString(16)})`;
    const [present, previous, ...older] = node.history;
    const lines = [
      `DevNode 0x${hex(node.address)} for PDO 0x${hex(node.pdo.address)}`,
      `  Parent 0x${at(node.parent)}   Sibling 0x${at(sibling)}   Child 0x${at(node.children[0])}`,
      `  InstancePath is "${node.instancePath}"`,
      `  ServiceName is "${node.service}"`,
      `  State = ${state(present ?? 'DeviceNodeUninitialized')}`,
      ...(previous ? [`  Previous State = ${state(previous)}`] : []),
      ...older.map(
        (name, index) => `  StateHistory[${String(older.length - 1 - index).padStart(2, '0')}] = ${state(name)}`,
      ),
      `  Flags (0x${hex(node.flags)})  ${names(node.flags, DEVNODE_FLAG_NAMES)}`,
      ...((node.flags & DNF_HAS_PROBLEM) !== 0 ? [`  Problem = CM_PROB 0x${node.problem.toString(16)}`] : []),
    ].map((line) => indent + line);
    const below = withChildren ? node.children.flatMap((child) => this.#describe(child, true, `${indent}  `)) : [];
    return [...lines, ...below];
  }

  #devstack([which = '']: readonly string[]): string[] {
    const queried = this.#findDevice(which);
    if (!queried) return [`DevObj ${which} not found`];
    const stack = deviceStack(queried);
    const node = this.#pnp.find(stack.at(-1) as DeviceObject);
    return [
      '  !DevObj   !DrvObj            !DevExt   ObjectName',
      ...stack.map((device) => {
        const driver = device.DriverObject.DriverName.padEnd(18);
        const extension = hex(this.#symbols.address(device.DeviceExtension));
        return `${device === queried ? '>' : ' '} ${hex(device.address)}  ${driver} ${extension}  ${device.name ?? ''}`.trimEnd();
      }),
      ...(node
        ? [
            `!DevNode ${hex(node.address)} :`,
            `  DeviceInst is "${node.instancePath}"`,
            `  ServiceName is "${node.service}"`,
          ]
        : []),
    ];
  }

  /** Flags: 1 device objects, 2 entry points. */
  #drvobj([which = '', flags = '1']: readonly string[]): string[] {
    const driver = this.#findDriver(which);
    if (!driver) return [`Driver object ${which} not found`];
    const bits = Number.parseInt(flags, 16);
    const lines = [`Driver object (${hex(driver.address)}) is for:`, ` ${driver.DriverName}`];
    if ((bits & 1) !== 0)
      lines.push('Device Object list:', driver.devices.map(({ address }) => hex(address)).join('  '));
    if ((bits & 2) === 0) return lines;
    const entry = (label: string, routine: ((...args: never[]) => unknown) | null) =>
      `${`${label}:`.padEnd(15)} ${this.#symbols.show(driver, routine, label)}`;
    return [
      ...lines,
      '',
      entry('DriverEntry', driver.DriverInit),
      entry('DriverStartIo', null),
      entry('DriverUnload', driver.DriverUnload),
      entry('AddDevice', driver.AddDevice),
      '',
      'Dispatch routines:',
      ...driver.MajorFunction.map((routine, index) => {
        const name = `IRP_MJ_${IRP_MJ_NAMES[index]}`;
        return `[${hex(index, 2)}] ${name.padEnd(34)} ${this.#symbols.show(driver, routine, name)}`;
      }),
    ];
  }

  #devobj([which = '']: readonly string[]): string[] {
    const device = this.#findDevice(which);
    if (!device) return [`DevObj ${which} not found`];
    const other = (label: string, at: DeviceObject | null) =>
      at ? [`${label} ${hex(at.address)} ${at.DriverObject.DriverName}`] : [];
    const node = isPdo(device) ? this.#pnp.find(device) : null;
    return [
      `Device object (${hex(device.address)}) is for:`,
      ` ${device.name ?? ''} ${device.DriverObject.DriverName} DriverObject ${hex(device.DriverObject.address)}`,
      `Current Irp 00000000 RefCount ${device.references} Type ${hex(device.DeviceType)} Flags ${hex(device.Flags)}  ${names(device.Flags, DEVICE_FLAG_NAMES)}`,
      `DevExt ${hex(this.#symbols.address(device.DeviceExtension))}${node ? ` DevNode ${hex(node.address)}` : ''}`,
      ...other('AttachedDevice (Upper)', device.AttachedDevice),
      ...other('AttachedTo (Lower)', device.AttachedTo),
      'Device queue is not busy.',
    ];
  }

  #irps(): string[] {
    const rows = [...this.#kernel.irps].map((irp) => {
      const location = irp.stack[irp.current];
      const major = IRP_MJ_NAMES[location?.MajorFunction ?? 0] ?? '';
      const driver = location?.DeviceObject?.DriverObject.DriverName ?? '';
      return `${hex(irp.address)}  [IRP_MJ_${major}]  ${irp.current + 1} of ${irp.stack.length}  ${driver}`;
    });
    return [`${rows.length} packets under way`, ...rows];
  }

  #poolUsed(): string[] {
    const rows = this.#kernel.pool.usage();
    return [
      ' Tag   Type      Allocs     Used  Driver',
      ...rows.map(
        ({ tag, driver, type, allocations, bytes }) =>
          ` ${tag.padEnd(5)} ${type.padEnd(9)} ${String(allocations).padStart(6)} ${String(bytes).padStart(8)}  ${driver}`,
      ),
    ];
  }

  #modules(): string[] {
    const rows = [...this.#pnp.drivers.values()].map((driver) => `${hex(driver.address)}   ${driver.service}`);
    return ['start      module name', ...rows];
  }

  #verifier(): string[] {
    const rows = this.#kernel.verifier.violations;
    return [
      `${rows.length} violations`,
      ...rows.map((row) => `${row.rule}: ${row.driver} ${row.object} in ${row.call}`),
    ];
  }

  /** Controllers, engines and clients of the bus driver. */
  #hdaudio(): string[] {
    const fdos = this.#devices
      .map(({ DeviceExtension }) => DeviceExtension)
      .filter((each) => each instanceof ControllerFdo);
    return fdos.flatMap(({ bus, started }) => [
      `HD Audio controller${bus.reachable ? ` ${version(bus)}` : ''}: ${bus.asleep ? 'in D3' : started ? 'started' : 'stopped'}, codec mask ${hex(bus.controller.codecMask, 4)}, ${bus.clients.size} clients`,
      ...bus.functionGroups.map(
        ({ codecAddress, node, type, vendorId }) =>
          `  codec ${codecAddress} node ${hex(node, 2)} type ${hex(type, 2)} vendor ${hex(vendorId)}`,
      ),
      '  engine direction state  format stream bytes      position',
      ...bus.engines.held.map((engine) => {
        const { direction, state, format, streamId, buffer } = engine.allocation;
        const stateName = state === RunState ? 'Run' : state === 0 ? 'Reset' : 'Pause';
        const bytes = String(buffer?.memory.bytes ?? 0).padEnd(10);
        return `  ${String(engine.index).padEnd(6)} ${direction.padEnd(9)} ${stateName.padEnd(6)} ${hex(format, 4)}   ${String(streamId).padEnd(6)} ${bytes} ${bus.reachable ? engine.position : '-'}`;
      }),
    ]);
  }

  #findDevice(which: string): DeviceObject | undefined {
    const address = Number.parseInt(which, 16);
    const byName = this.#nodes.find(({ instancePath }) => instancePath.toUpperCase() === which.toUpperCase());
    return (
      byName?.pdo ??
      this.#devices.find(
        (device) => device.address === address || (which !== '' && device.name === `\\Device\\${which}`),
      )
    );
  }

  #findDriver(which: string): DriverObject | undefined {
    const name = which.replace(/^\\Driver\\/i, '').toUpperCase();
    const address = Number.parseInt(which, 16);
    return [...this.#pnp.drivers.values()].find(
      (driver) => driver.service.toUpperCase() === name || driver.address === address,
    );
  }
}
