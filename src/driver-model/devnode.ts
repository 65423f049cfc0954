// Device nodes: the PnP manager's tree, root at the bottom (hdaudio-ddi §5.1, §5.7).

import type { DeviceObject } from './driver-object.ts';

/** Names and values of PNP_DEVNODE_STATE, as `!devnode` shows them. */
export const DEVNODE_STATES = {
  DeviceNodeUninitialized: 0x301,
  DeviceNodeInitialized: 0x302,
  DeviceNodeDriversAdded: 0x303,
  DeviceNodeResourcesAssigned: 0x304,
  DeviceNodeStartPending: 0x305,
  DeviceNodeStartCompletion: 0x306,
  DeviceNodeStartPostWork: 0x307,
  DeviceNodeStarted: 0x308,
  DeviceNodeQueryStopped: 0x309,
  DeviceNodeStopped: 0x30a,
  DeviceNodeRestartCompletion: 0x30b,
  DeviceNodeEnumeratePending: 0x30c,
  DeviceNodeEnumerateCompletion: 0x30d,
  DeviceNodeAwaitingQueuedDeletion: 0x30e,
  DeviceNodeAwaitingQueuedRemoval: 0x30f,
  DeviceNodeQueryRemoved: 0x310,
  DeviceNodeRemovePendingCloses: 0x311,
  DeviceNodeRemoved: 0x312,
  DeviceNodeDeletePendingCloses: 0x313,
  DeviceNodeDeleted: 0x314,
} as const;
export type DevnodeState = keyof typeof DEVNODE_STATES;

export const DNF_MADEUP = 0x00000001;
export const DNF_ENUMERATED = 0x00000010;
export const DNF_IDS_QUERIED = 0x00000020;
export const DNF_NO_RESOURCE_REQUIRED = 0x00000100;
export const DNF_HAS_PROBLEM = 0x00002000;

export const DEVNODE_FLAG_NAMES: readonly (readonly [flag: number, name: string])[] = [
  [DNF_MADEUP, 'DNF_MADEUP'],
  [DNF_ENUMERATED, 'DNF_ENUMERATED'],
  [DNF_IDS_QUERIED, 'DNF_IDS_QUERIED'],
  [DNF_NO_RESOURCE_REQUIRED, 'DNF_NO_RESOURCE_REQUIRED'],
  [DNF_HAS_PROBLEM, 'DNF_HAS_PROBLEM'],
];

/** CM_PROB_ codes: what is wrong with a node that has DNF_HAS_PROBLEM. */
export const CM_PROB_FAILED_START = 10;
export const CM_PROB_FAILED_INSTALL = 28;
export const CM_PROB_FAILED_ADD = 31;
export const CM_PROB_FAILED_DRIVER_ENTRY = 37;

const HISTORY_LENGTH = 20;

export class Devnode {
  readonly pdo: DeviceObject;
  readonly parent: Devnode | null;
  readonly address: number;
  readonly children: Devnode[] = [];
  instancePath = '';
  hardwareIds: readonly string[] = [];
  compatibleIds: readonly string[] = [];
  service = '';
  flags = 0;
  /** Newest first. */
  readonly history: DevnodeState[] = ['DeviceNodeUninitialized'];
  /** CM_PROB_ code, or 0. */
  problem = 0;

  constructor(pdo: DeviceObject, parent: Devnode | null, address: number) {
    this.pdo = pdo;
    this.parent = parent;
    this.address = address;
    parent?.children.push(this);
  }

  get state(): DevnodeState {
    return this.history[0] ?? 'DeviceNodeUninitialized';
  }

  enter(state: DevnodeState): void {
    this.history.unshift(state);
    this.history.splice(HISTORY_LENGTH + 1);
  }

  get isStarted(): boolean {
    return this.state === 'DeviceNodeStarted';
  }

  fail(problem: number): void {
    this.flags |= DNF_HAS_PROBLEM;
    this.problem = problem;
  }

  clearProblem(): void {
    this.flags &= ~DNF_HAS_PROBLEM;
    this.problem = 0;
  }

  /** This node and all below, parents first. */
  *all(): Generator<Devnode> {
    yield this;
    for (const child of this.children) yield* child.all();
  }
}
