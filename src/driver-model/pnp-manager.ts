// The plug and play manager: enumerates buses, starts, stops and removes devices (hdaudio-ddi §5.2, §5.4).

import {
  BusRelations,
  IRP_MJ_PNP,
  IRP_MN_CANCEL_REMOVE_DEVICE,
  IRP_MN_CANCEL_STOP_DEVICE,
  IRP_MN_QUERY_DEVICE_RELATIONS,
  IRP_MN_QUERY_REMOVE_DEVICE,
  IRP_MN_QUERY_STOP_DEVICE,
  IRP_MN_REMOVE_DEVICE,
  IRP_MN_START_DEVICE,
  IRP_MN_STOP_DEVICE,
  IRP_MN_SURPRISE_REMOVAL,
  type IrpParameters,
} from '../ddi/irp.ts';
import { NT_SUCCESS, type NTSTATUS } from '../ddi/ntstatus.ts';
import { askAll } from './ask-all.ts';
import {
  CM_PROB_FAILED_INSTALL,
  CM_PROB_FAILED_START,
  Devnode,
  DNF_ENUMERATED,
  DNF_MADEUP,
  DNF_NO_RESOURCE_REQUIRED,
} from './devnode.ts';
import { type DeviceObject, stackTop } from './driver-object.ts';
import type { DriverPackage } from './driver-package.ts';
import { identify } from './identification.ts';
import type { Irp } from './irp.ts';
import type { Kernel } from './kernel.ts';
import { LoadedDrivers } from './loaded-drivers.ts';
import { sendRequest } from './request.ts';
import { buildStack } from './stack-builder.ts';

export class PnpManager {
  readonly kernel: Kernel;
  readonly packages: DriverPackage[] = [];
  readonly drivers: LoadedDrivers;
  #root: Devnode | null = null;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.drivers = new LoadedDrivers(kernel);
  }

  get root(): Devnode | null {
    return this.#root;
  }

  /** All nodes, parents first. */
  get nodes(): Devnode[] {
    return [...(this.#root?.all() ?? [])];
  }

  find(pdo: DeviceObject): Devnode | null {
    return this.nodes.find((node) => node.pdo === pdo) ?? null;
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

  /** Sends a packet to the top of a stack and returns it. Status starts as STATUS_NOT_SUPPORTED (§5.4). */
  send(device: DeviceObject, MajorFunction: number, MinorFunction: number, Parameters: IrpParameters = {}): Irp {
    return sendRequest(stackTop(device), MajorFunction, MinorFunction, Parameters);
  }

  #pnp(node: Devnode, minor: number): NTSTATUS {
    return this.send(node.pdo, IRP_MJ_PNP, minor).IoStatus.Status;
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
    for (const node of born) {
      identify(node);
      this.start(node);
    }
  }

  /** Builds the stack of a node that has none, and starts it. */
  start(node: Devnode): void {
    node.clearProblem();
    const problem = buildStack(node, this.packages, this.drivers);
    if (problem !== 0) {
      if (problem !== CM_PROB_FAILED_INSTALL) this.#removeStack(node);
      node.fail(problem);
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
    const nodes = [...node.children.filter(({ isStarted }) => isStarted), node];
    const agreed = askAll(
      nodes,
      (each) => this.#pnp(each, IRP_MN_QUERY_STOP_DEVICE),
      (each) => this.#pnp(each, IRP_MN_CANCEL_STOP_DEVICE),
    );
    if (!agreed) return false;
    for (const each of nodes) {
      each.enter('DeviceNodeQueryStopped');
      this.#pnp(each, IRP_MN_STOP_DEVICE);
      each.enter('DeviceNodeStopped');
    }
    for (const each of nodes.reverse()) this.#startStack(each, true);
    return true;
  }

  /** Asks, then removes the node's stack, children first; false, and nothing removed, where a driver refused. */
  remove(node: Devnode): boolean {
    const nodes = [...node.all()].reverse().filter(({ isStarted }) => isStarted);
    const agreed = askAll(
      nodes,
      (each) => this.#pnp(each, IRP_MN_QUERY_REMOVE_DEVICE),
      (each) => this.#pnp(each, IRP_MN_CANCEL_REMOVE_DEVICE),
    );
    if (!agreed) return false;
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
    this.drivers.unloadIdle();
  }
}
