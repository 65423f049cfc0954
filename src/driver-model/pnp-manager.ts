// The plug and play manager: enumerates buses, finds drivers, builds stacks, starts, stops and removes (hdaudio-ddi §5.2).

import {
  BusQueryCompatibleIDs,
  BusQueryDeviceID,
  BusQueryHardwareIDs,
  BusQueryInstanceID,
  BusRelations,
  IRP_MJ_PNP,
  IRP_MJ_POWER,
  IRP_MN_CANCEL_REMOVE_DEVICE,
  IRP_MN_CANCEL_STOP_DEVICE,
  IRP_MN_QUERY_CAPABILITIES,
  IRP_MN_QUERY_DEVICE_RELATIONS,
  IRP_MN_QUERY_ID,
  IRP_MN_QUERY_REMOVE_DEVICE,
  IRP_MN_QUERY_STOP_DEVICE,
  IRP_MN_REMOVE_DEVICE,
  IRP_MN_SET_POWER,
  IRP_MN_START_DEVICE,
  IRP_MN_STOP_DEVICE,
  IRP_MN_SURPRISE_REMOVAL,
  type IrpParameters,
} from '../ddi/irp.ts';
import { NT_SUCCESS, type NTSTATUS } from '../ddi/ntstatus.ts';
import {
  Devnode,
  DNF_ENUMERATED,
  DNF_HAS_PROBLEM,
  DNF_IDS_QUERIED,
  DNF_MADEUP,
  DNF_NO_RESOURCE_REQUIRED,
} from './devnode.ts';
import { type DeviceObject, type DRIVER_INITIALIZE, DriverObject, stackTop } from './driver-object.ts';
import { IoCallDriver, IoGetNextIrpStackLocation, Irp } from './irp.ts';
import type { Kernel } from './kernel.ts';

/** What an INF says: which driver serves which hardware, and where in the stack. */
export interface DriverPackage {
  readonly service: string;
  /** Any hardware or compatible id of the device. */
  readonly ids: readonly string[];
  readonly role: 'function' | 'lower filter' | 'upper filter';
  readonly DriverEntry: DRIVER_INITIALIZE;
  /** Of function drivers with the same id this one wins: the higher. Default 0, in-box. */
  readonly rank?: number;
}

const CM_PROB_FAILED_START = 10;
const CM_PROB_FAILED_INSTALL = 28;
const CM_PROB_FAILED_ADD = 31;
const CM_PROB_FAILED_DRIVER_ENTRY = 37;

/** The PnP manager's instance ids for devices whose bus does not make them unique: a prefix for the parent. */
const instancePrefix = (parent: Devnode): string => {
  let hash = 0;
  for (const letter of parent.instancePath) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) >>> 0;
  return `${depth(parent) + 1}&${hash.toString(16).toUpperCase()}&0`;
};
const depth = (node: Devnode): number => (node.parent ? depth(node.parent) + 1 : 0);

export class PnpManager {
  readonly kernel: Kernel;
  readonly packages: DriverPackage[] = [];
  /** Loaded drivers by service. */
  readonly drivers = new Map<string, DriverObject>();
  #root: Devnode | null = null;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  get root(): Devnode | null {
    return this.#root;
  }

  /** Makes the root of the tree of a PDO that nobody enumerates, and everything that follows from it. */
  startRoot(pdo: DeviceObject, instancePath: string, service: string): void {
    const root = new Devnode(pdo, null, this.kernel.objectAddress());
    Object.assign(root, { instancePath, service, flags: DNF_MADEUP | DNF_ENUMERATED | DNF_NO_RESOURCE_REQUIRED });
    root.enter('DeviceNodeInitialized');
    root.enter('DeviceNodeStarted');
    this.#root = root;
    this.kernel.call(() => this.enumerate(root));
  }

  /** Puts a driver package in place: from now on, and for the devices that it serves and that are there already. */
  install(row: DriverPackage): void {
    this.packages.push(row);
    const served = [...(this.#root?.all() ?? [])].filter((node) => this.#match(node, row.role).includes(row));
    for (const node of served) {
      if (row.role === 'function' && this.#match(node, 'function')[0] !== row) continue;
      if (node.isStarted && !this.remove(node)) continue;
      node.flags &= ~DNF_HAS_PROBLEM;
      node.problem = 0;
      this.start(node);
    }
  }

  /**
   * Takes the packages of a service away; devices that had it in their stack go on with the next best driver.
   * False, and everything as it was, where a driver refused the removal.
   */
  uninstall(service: string): boolean {
    const removed: Devnode[] = [];
    let refused = false;
    for (let node = this.#startedWith(service); node && !refused; node = this.#startedWith(service)) {
      refused = !this.remove(node);
      if (!refused) removed.push(node);
    }
    const kept = this.packages.filter((row) => row.service !== service);
    if (!refused) this.packages.splice(0, this.packages.length, ...kept);
    const failed = [...(this.#root?.all() ?? [])].filter((node) => node.problem !== 0 && node.service === service);
    for (const node of refused ? removed : [...removed, ...failed]) {
      node.flags &= ~DNF_HAS_PROBLEM;
      node.problem = 0;
      this.start(node);
    }
    return !refused;
  }

  /** The first started node, from the root down, that has a device of this service in its stack. */
  #startedWith(service: string): Devnode | undefined {
    const stacks = new Set(this.drivers.get(service)?.devices.map(stackTop));
    return [...(this.#root?.all() ?? [])].find((node) => node.isStarted && stacks.has(stackTop(node.pdo)));
  }

  find(pdo: DeviceObject): Devnode | null {
    for (const node of this.#root?.all() ?? []) if (node.pdo === pdo) return node;
    return null;
  }

  /** Sends a packet to the top of a stack and returns it, complete. Status starts as STATUS_NOT_SUPPORTED (§5.4). */
  send(device: DeviceObject, MajorFunction: number, MinorFunction: number, Parameters: IrpParameters = {}): Irp {
    const top = stackTop(device);
    const irp = new Irp(this.kernel, top.StackSize);
    Object.assign(IoGetNextIrpStackLocation(irp), { MajorFunction, MinorFunction, Parameters });
    this.kernel.call(() => IoCallDriver(top, irp));
    return irp;
  }

  #pnp(node: Devnode, minor: number, parameters: IrpParameters = {}): NTSTATUS {
    return this.send(node.pdo, IRP_MJ_PNP, minor, parameters).IoStatus.Status;
  }

  /** IoInvalidateDeviceRelations(BusRelations): asks the bus for its children, adds the new, removes the gone. */
  enumerate(bus: Devnode): void {
    bus.enter('DeviceNodeEnumeratePending');
    const relations = { QueryDeviceRelations: { Type: BusRelations } };
    const irp = this.send(bus.pdo, IRP_MJ_PNP, IRP_MN_QUERY_DEVICE_RELATIONS, relations);
    bus.enter('DeviceNodeEnumerateCompletion');
    bus.enter('DeviceNodeStarted');
    if (!NT_SUCCESS(irp.IoStatus.Status)) return;
    const pdos = (irp.IoStatus.Information || []) as DeviceObject[];
    for (const gone of bus.children.filter(({ pdo }) => !pdos.includes(pdo))) this.#removeGone(gone);
    const isNew = (pdo: DeviceObject) => !bus.children.some((child) => child.pdo === pdo);
    const born = pdos.filter(isNew).map((pdo) => new Devnode(pdo, bus, this.kernel.objectAddress()));
    for (const pdo of pdos) if (!born.some((node) => node.pdo === pdo)) pdo.dereference(); // the node holds one already
    for (const node of born) this.#configure(node);
  }

  #configure(node: Devnode): void {
    node.flags = DNF_ENUMERATED;
    const id = (IdType: number) => this.send(node.pdo, IRP_MJ_PNP, IRP_MN_QUERY_ID, { QueryId: { IdType } }).IoStatus;
    const deviceId = id(BusQueryDeviceID).Information as string;
    const instanceId = id(BusQueryInstanceID).Information as string;
    node.hardwareIds = (id(BusQueryHardwareIDs).Information || []) as string[];
    node.compatibleIds = (id(BusQueryCompatibleIDs).Information || []) as string[];
    const capabilities = this.send(node.pdo, IRP_MJ_PNP, IRP_MN_QUERY_CAPABILITIES).IoStatus.Information;
    const unique = (capabilities as { UniqueID?: boolean })?.UniqueID === true;
    const prefix = unique || !node.parent ? '' : `${instancePrefix(node.parent)}&`;
    node.instancePath = `${deviceId}\\${prefix}${instanceId}`;
    node.flags |= DNF_IDS_QUERIED | DNF_NO_RESOURCE_REQUIRED;
    node.enter('DeviceNodeInitialized');
    this.start(node);
  }

  /** Builds the stack of a node that has none, and starts it. */
  start(node: Devnode): void {
    const functionDriver = this.#match(node, 'function')[0];
    if (!functionDriver) {
      node.fail(CM_PROB_FAILED_INSTALL);
      return;
    }
    node.service = functionDriver.service;
    for (const { service, DriverEntry, role } of [
      ...this.#match(node, 'lower filter'),
      functionDriver,
      ...this.#match(node, 'upper filter'),
    ]) {
      const driver = this.#load(service, DriverEntry);
      const status = driver?.AddDevice?.(driver, node.pdo);
      if (status !== undefined && NT_SUCCESS(status)) continue;
      if (role !== 'function') continue; // a stack does without a filter that will not be there (row 106)
      this.#removeStack(node);
      node.fail(driver ? CM_PROB_FAILED_ADD : CM_PROB_FAILED_DRIVER_ENTRY);
      return;
    }
    node.enter('DeviceNodeDriversAdded');
    node.enter('DeviceNodeResourcesAssigned');
    this.#startStack(node, false);
  }

  #startStack(node: Devnode, again: boolean): void {
    if (!again) node.enter('DeviceNodeStartPending');
    const status = this.#pnp(node, IRP_MN_START_DEVICE);
    if (!NT_SUCCESS(status)) {
      this.#removeStack(node);
      node.fail(CM_PROB_FAILED_START);
      return;
    }
    if (again) node.enter('DeviceNodeRestartCompletion');
    else for (const state of ['DeviceNodeStartCompletion', 'DeviceNodeStartPostWork'] as const) node.enter(state);
    node.enter('DeviceNodeStarted');
    this.enumerate(node);
  }

  /** Stops a started node for new resources and starts it again; false where a driver refused. */
  rebalance(node: Devnode): boolean {
    const children = node.children.filter(({ isStarted }) => isStarted);
    const all = [...children, node];
    for (const [index, each] of all.entries()) {
      if (NT_SUCCESS(this.#pnp(each, IRP_MN_QUERY_STOP_DEVICE))) continue;
      for (const asked of all.slice(0, index + 1)) this.#pnp(asked, IRP_MN_CANCEL_STOP_DEVICE);
      return false;
    }
    for (const each of all) {
      each.enter('DeviceNodeQueryStopped');
      this.#pnp(each, IRP_MN_STOP_DEVICE);
      each.enter('DeviceNodeStopped');
    }
    for (const each of all.reverse()) this.#startStack(each, true);
    return true;
  }

  /** Asks, then removes the node's stack, children first; false, and nothing removed, where a driver refused. */
  remove(node: Devnode): boolean {
    const nodes = [...node.all()].reverse().filter(({ isStarted }) => isStarted);
    for (const [index, each] of nodes.entries()) {
      if (NT_SUCCESS(this.#pnp(each, IRP_MN_QUERY_REMOVE_DEVICE))) continue;
      for (const asked of nodes.slice(0, index + 1)) this.#pnp(asked, IRP_MN_CANCEL_REMOVE_DEVICE);
      return false;
    }
    for (const each of nodes) {
      each.enter('DeviceNodeQueryRemoved');
      this.#removeStack(each);
    }
    return true;
  }

  /** The device is gone already: told to the parent first, then removed as any other. */
  surpriseRemove(node: Devnode): void {
    for (const each of node.all()) if (each.isStarted) this.#pnp(each, IRP_MN_SURPRISE_REMOVAL);
    for (const each of [...node.all()].reverse()) {
      each.enter('DeviceNodeAwaitingQueuedRemoval');
      this.#removeStack(each);
    }
  }

  /** IRP_MN_SET_POWER to the stack of a node. */
  setPower(node: Devnode, State: number): NTSTATUS {
    return this.send(node.pdo, IRP_MJ_POWER, IRP_MN_SET_POWER, { Power: { State } }).IoStatus.Status;
  }

  #removeGone(node: Devnode): void {
    this.surpriseRemove(node);
    node.parent?.children.splice(node.parent.children.indexOf(node), 1);
    node.enter('DeviceNodeDeleted');
    node.pdo.dereference();
  }

  #removeStack(node: Devnode): void {
    this.#pnp(node, IRP_MN_REMOVE_DEVICE);
    node.enter('DeviceNodeRemoved');
    for (const child of node.children.splice(0)) {
      child.enter('DeviceNodeDeleted'); // a bus without its driver has no children
      child.pdo.dereference();
    }
    this.#unloadIdle();
  }

  /** DriverUnload of every driver that has no device left. */
  #unloadIdle(): void {
    for (const [service, driver] of this.drivers) {
      if (driver.devices.length > 0 || !driver.DriverUnload) continue;
      this.drivers.delete(service);
      this.kernel.call(() => driver.DriverUnload?.(driver));
    }
  }

  /** Packages for this node: by the most specific id, then by rank. */
  #match(node: Devnode, role: DriverPackage['role']): DriverPackage[] {
    const ids = [...node.hardwareIds, ...node.compatibleIds];
    const specificity = ({ ids: served }: DriverPackage) => ids.findIndex((id) => served.includes(id));
    return this.packages
      .filter((row) => row.role === role && specificity(row) >= 0)
      .sort((a, b) => specificity(a) - specificity(b) || (b.rank ?? 0) - (a.rank ?? 0));
  }

  #load(service: string, DriverEntry: DRIVER_INITIALIZE): DriverObject | null {
    const loaded = this.drivers.get(service);
    if (loaded) return loaded;
    const driver = new DriverObject(this.kernel, service, DriverEntry);
    const path = `\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\${service}`;
    if (!NT_SUCCESS(this.kernel.call(() => DriverEntry(driver, path)))) return null;
    this.drivers.set(service, driver);
    return driver;
  }
}
