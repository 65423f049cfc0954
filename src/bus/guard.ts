// What every DDI routine checks first: IRQL, then whose context this is and whether the device is there (hdaudio-ddi §2.0).

import type { HdAudioRoutines } from '../ddi/bus-interface.ts';
import { type IRQL, irqlName } from '../ddi/irql.ts';
import type { PVOID } from '../ddi/kernel.ts';
import { type NTSTATUS, STATUS_DEVICE_NOT_READY, STATUS_NO_SUCH_DEVICE, STATUS_UNSUCCESSFUL } from '../ddi/ntstatus.ts';
import type { HdAudioBus } from './bus.ts';
import type { Client } from './client.ts';

export interface Rule<R> {
  /** The routine, for the verifier. */
  readonly call: keyof HdAudioRoutines;
  /** The highest IRQL that may call. */
  readonly irql: IRQL;
  /** The result that carries a refusal: every other field null or 0. */
  readonly refuse: (status: NTSTATUS) => R;
  /** Also for a device that is gone, stopped or in D3: what gives things back must still work (C12). */
  readonly whenGone?: true;
}

export type Guarded<A extends unknown[], R> = (Context: PVOID, ...args: A) => R;

/** A refusal of a routine that returns the bare status. */
export const bareStatus = (status: NTSTATUS): NTSTATUS => status;

/** A callback that is none would come to light in an interrupt. */
export const isRoutine = (routine: unknown): boolean => typeof routine === 'function';

/** Wraps the body of a routine into the checks that come first. */
export function guarded<A extends unknown[], R>(
  bus: HdAudioBus,
  rule: Rule<R>,
  body: (client: Client, ...args: A) => R,
): Guarded<A, R> {
  return (Context, ...args) =>
    bus.kernel.call(() => {
      if (bus.kernel.irql > rule.irql) {
        bus.breach(`IRQL ${irqlName(bus.kernel.irql)} too high`, Context, rule.call);
        return rule.refuse(STATUS_UNSUCCESSFUL);
      }
      const client = bus.clients.get(Context);
      if (!client) bus.breach('no such context, or its last reference is gone', Context, rule.call);
      if (!client || (bus.gone && !rule.whenGone)) return rule.refuse(STATUS_NO_SUCH_DEVICE);
      if (!bus.gone && !bus.reachable && !rule.whenGone) return rule.refuse(STATUS_DEVICE_NOT_READY); // D3 (inferred)
      return bus.kernel.as(bus.driver, () => body(client, ...args));
    });
}
