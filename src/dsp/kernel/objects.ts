// The kernel's objects (dxgk-render §1): devices, contexts, allocations and the bindings that open them.

import { type D3DKMT_HANDLE, DEVICE_ACTIVE } from '../../ddi/dxgk.ts';
import type { NTSTATUS } from '../../ddi/ntstatus.ts';
import type { MiniportAllocation, MiniportBinding, MiniportContext } from '../miniport/objects.ts';
import type { Translation } from './submission.ts';
import type { UserMemory } from './user-memory.ts';

/** One app's connection: what it owns, nobody else can name. */
export class Device {
  handle: D3DKMT_HANDLE = 0;
  /** D3DKMT_DEVICEEXECUTION_STATE; only DEVICE_ACTIVE renders. */
  state: number = DEVICE_ACTIVE;
  /** DXGK_DEVICEINFOFLAGS.GuaranteedDmaBufferContract. */
  readonly contract: boolean;
  readonly contexts = new Set<Context>();
  readonly bindings = new Set<Binding>();

  constructor(contract: boolean) {
    this.contract = contract;
  }
}

/** A stream of work for one node: its buffers run in the order in which they came. */
export class Context {
  handle: D3DKMT_HANDLE = 0;
  readonly device: Device;
  readonly node: number;
  readonly miniport: MiniportContext;
  user: UserMemory;
  /** What the next DMA buffer and its patch list have; they grow to the maximum when a packet needs it. */
  dmaBufferBytes: number;
  patchLocations: number;
  /** Command buffers that are not done, oldest first. */
  readonly translations: Translation[] = [];
  /** DMA buffers queued or running. */
  buffersOut = 0;
  /** Command buffers accepted, and done. */
  accepted = 0;
  retired = 0;
  /** What its device becomes when the app learns of the engine's fault; DEVICE_ACTIVE: there was none. */
  faultState: number = DEVICE_ACTIVE;
  /** Who waits for a command buffer, by its number. */
  readonly waiters: { readonly submission: number; readonly resolve: (status: NTSTATUS) => void }[] = [];

  constructor(device: Device, node: number, miniport: MiniportContext, user: UserMemory, sizes: [number, number]) {
    this.device = device;
    this.node = node;
    this.miniport = miniport;
    this.user = user;
    [this.dmaBufferBytes, this.patchLocations] = sizes;
  }
}

/** Memory that commands name. It belongs to the adapter: bindings and queued work keep it alive. */
export class Allocation {
  readonly bytes: number;
  readonly miniport: MiniportAllocation;
  /** Keep the backing store's copy; a clean allocation is evicted by forgetting it. */
  readonly permanentSysMem: boolean;
  /** Only its process may lock it (§1.3). */
  readonly creator: Device;
  /** Number of its backing store; the store comes into being when content first leaves the segment. */
  readonly store: number;
  /** Address in segment 1; 0: not resident (segment 0). */
  address = 0;
  /** Memory that somebody else owns at a fixed address: never paged. */
  readonly isFixed: boolean;
  /** Written since it was last paged in. */
  isDirty = false;
  /** The app's copy while it has it locked. */
  staging: Uint8Array | null = null;
  /** Portions in the ring or about to be: it may not move. */
  pins = 0;
  /** Translations that name it. */
  references = 0;
  readonly bindings = new Set<Binding>();
  /** Order of last use, for eviction. */
  lastUse = 0;
  /** Kernel memory that it holds. */
  readonly charged: number;
  isGone = false;

  constructor(
    creator: Device,
    miniport: MiniportAllocation,
    store: number,
    fixedAddress: number,
    permanentSysMem: boolean,
  ) {
    this.creator = creator;
    this.bytes = miniport.bytes;
    this.miniport = miniport;
    this.store = store;
    this.address = fixedAddress;
    this.isFixed = fixedAddress !== 0;
    this.charged = this.isFixed ? 0 : this.bytes;
    this.permanentSysMem = permanentSysMem;
  }
}

/** An allocation as one device has it open: what an allocation list names. */
export class Binding {
  handle: D3DKMT_HANDLE = 0;
  readonly device: Device;
  readonly allocation: Allocation;
  readonly readOnly: boolean;
  readonly miniport: MiniportBinding;

  constructor(device: Device, allocation: Allocation, readOnly: boolean, miniport: MiniportBinding) {
    this.device = device;
    this.allocation = allocation;
    this.readOnly = readOnly;
    this.miniport = miniport;
  }
}
