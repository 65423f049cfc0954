// TransferCodecVerbs and the callbacks of unsolicited responses (hdaudio-ddi §2.1, §2.13, §2.14).

import type { HdAudioCommonRoutines } from '../ddi/common-routines.ts';
import { DISPATCH_LEVEL, PASSIVE_LEVEL } from '../ddi/irql.ts';
import {
  type NTSTATUS,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
} from '../ddi/ntstatus.ts';
import type { HdAudioBus } from './bus.ts';
import { bareStatus, guarded, isRoutine } from './guard.ts';

type VerbRoutines = Pick<
  HdAudioCommonRoutines,
  'TransferCodecVerbs' | 'RegisterEventCallback' | 'UnregisterEventCallback'
>;

/** What C would find out by writing there. */
const isTransfer = (element: unknown): boolean => typeof element === 'object' && element !== null;

export function verbRoutines(bus: HdAudioBus): VerbRoutines {
  return {
    TransferCodecVerbs: guarded(
      bus,
      { call: 'TransferCodecVerbs', irql: DISPATCH_LEVEL, refuse: bareStatus },
      (client, Count, CodecTransfer, Callback, CallbackContext): NTSTATUS => {
        if (!Callback && bus.kernel.irql > PASSIVE_LEVEL) return STATUS_UNSUCCESSFUL;
        if (!Array.isArray(CodecTransfer) || !Number.isInteger(Count) || Count < 1 || Count > CodecTransfer.length)
          return STATUS_INVALID_PARAMETER;
        if (!CodecTransfer.every(isTransfer) || (Callback && !isRoutine(Callback))) return STATUS_INVALID_PARAMETER;
        const transfers = CodecTransfer.slice(0, Count);
        const last = transfers.at(-1);
        if (!Callback || !last) return bus.ring.transfer(transfers);
        return bus.ring.submit(transfers, () => bus.kernel.as(client.driver, () => Callback(last, CallbackContext)));
      },
    ),

    RegisterEventCallback: guarded(
      bus,
      { call: 'RegisterEventCallback', irql: PASSIVE_LEVEL, refuse: (status) => ({ status, tag: 0 }) },
      (client, Routine, CallbackContext) => {
        if (!isRoutine(Routine)) return { status: STATUS_INVALID_PARAMETER, tag: 0 };
        const tag = bus.tags.register(client, Routine, CallbackContext);
        return tag === null ? { status: STATUS_INSUFFICIENT_RESOURCES, tag: 0 } : { status: STATUS_SUCCESS, tag };
      },
    ),

    UnregisterEventCallback: guarded(
      bus,
      { call: 'UnregisterEventCallback', irql: PASSIVE_LEVEL, refuse: bareStatus, whenGone: true },
      (client, Tag): NTSTATUS => (bus.tags.unregister(client, Tag) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER),
    ),
  };
}
