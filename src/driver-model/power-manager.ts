// The power manager: the system between S0 and S3, and devices between D0 and D3 (hdaudio-ddi §5.4).
//
// To sleep, children before parents; back, parents before children. Every driver may refuse to be asked; nobody may
// refuse to be told.

import {
  IRP_MJ_POWER,
  IRP_MN_QUERY_POWER,
  IRP_MN_SET_POWER,
  PowerDeviceD0,
  PowerDeviceD3,
  PowerSystemSleeping3,
  PowerSystemWorking,
  SystemPowerState,
} from '../ddi/irp.ts';
import { NT_SUCCESS, type NTSTATUS, STATUS_INVALID_DEVICE_STATE, STATUS_SUCCESS } from '../ddi/ntstatus.ts';
import { askAll } from './ask-all.ts';
import type { Devnode } from './devnode.ts';
import type { PnpManager } from './pnp-manager.ts';
import { PoRequestPowerIrp } from './power-irp.ts';

export class PowerManager {
  readonly #pnp: PnpManager;
  #state: 'working' | 'changing' | 'asleep' = 'working';
  #wakeAsked = false;

  constructor(pnp: PnpManager) {
    this.#pnp = pnp;
  }

  /** In S3. */
  get asleep(): boolean {
    return this.#state === 'asleep';
  }

  /** To S3: every device to D3. False where a driver refused: then all is as it was. True also where it sleeps already. */
  sleep(): boolean {
    if (this.#state !== 'working') return this.asleep;
    const { kernel } = this.#pnp;
    const nodes = this.#started.reverse();
    return kernel.call(() => {
      const agreed = askAll(
        nodes,
        (node) => this.#system(node, IRP_MN_QUERY_POWER, PowerSystemSleeping3),
        (node) => this.#system(node, IRP_MN_SET_POWER, PowerSystemWorking),
      );
      if (!agreed) return false;
      this.#wakeAsked = false;
      this.#state = 'changing';
      for (const node of nodes) this.#system(node, IRP_MN_SET_POWER, PowerSystemSleeping3);
      this.#state = 'asleep';
      if (this.#wakeAsked) this.wake();
      return true;
    });
  }

  /** To S0: every device to D0. Also what a device does that is enabled to wake the system. */
  wake(): void {
    if (this.#state === 'changing') this.#wakeAsked = true;
    if (this.#state !== 'asleep') return;
    this.#state = 'working';
    this.#pnp.kernel.call(() => {
      for (const node of this.#started) this.#system(node, IRP_MN_SET_POWER, PowerSystemWorking);
    });
  }

  /**
   * Puts a device into a state, in a system that works: into D3 after everything below it, into D0 after everything
   * above. The first error of a driver, or success; STATUS_INVALID_DEVICE_STATE where the system sleeps.
   */
  setDevice(node: Devnode, state: 'D0' | 'D3'): NTSTATUS {
    const nodes = state === 'D3' ? [...node.all()].reverse() : lineage(node);
    const power = state === 'D3' ? PowerDeviceD3 : PowerDeviceD0;
    if (this.#state !== 'working') return STATUS_INVALID_DEVICE_STATE;
    return this.#pnp.kernel.call(() => {
      for (const each of nodes.filter(({ isStarted }) => isStarted)) {
        const { irp } = PoRequestPowerIrp(each.pdo, IRP_MN_SET_POWER, power);
        if (irp && !NT_SUCCESS(irp.IoStatus.Status)) return irp.IoStatus.Status;
      }
      return STATUS_SUCCESS;
    });
  }

  get #started(): Devnode[] {
    return this.#pnp.nodes.filter(({ isStarted }) => isStarted);
  }

  #system(node: Devnode, minor: number, State: number): NTSTATUS {
    const Power = { Type: SystemPowerState, State };
    return this.#pnp.send(node.pdo, IRP_MJ_POWER, minor, { Power }).IoStatus.Status;
  }
}

/** The node and what it hangs on, the root first. */
function lineage(node: Devnode): Devnode[] {
  return node.parent ? [...lineage(node.parent), node] : [node];
}
