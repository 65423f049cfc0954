// Events and callbacks of an engine: a list each, served once an IOC interrupt (hdaudio-ddi §2.17, §2.18).

import type { HdAudioCallbackRoutines, HdAudioNotificationRoutines } from '../ddi/buffer-routines.ts';
import { PASSIVE_LEVEL } from '../ddi/irql.ts';
import {
  type NTSTATUS,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../ddi/ntstatus.ts';
import type { HdAudioBus } from './bus.ts';
import { bareStatus, guarded, isRoutine } from './guard.ts';

type NotificationRoutines = Pick<
  HdAudioNotificationRoutines,
  'RegisterNotificationEvent' | 'UnregisterNotificationEvent'
> &
  HdAudioCallbackRoutines;

/** Entries that one engine's list can grow to. */
const MAX_REGISTRATIONS = 64;

export function notificationRoutines(bus: HdAudioBus): NotificationRoutines {
  const register = { irql: PASSIVE_LEVEL, refuse: bareStatus } as const;
  const unregister = { ...register, whenGone: true } as const;
  return {
    RegisterNotificationEvent: guarded(
      bus,
      { ...register, call: 'RegisterNotificationEvent' },
      (client, Handle, NotificationEvent): NTSTATUS => {
        const allocation = bus.engines.find(client, Handle)?.allocation;
        if (!allocation) return STATUS_INVALID_HANDLE;
        if (!isRoutine(NotificationEvent?.set)) return STATUS_INVALID_PARAMETER;
        if (allocation.events.length >= MAX_REGISTRATIONS) return STATUS_INSUFFICIENT_RESOURCES;
        allocation.events.push(NotificationEvent);
        return STATUS_SUCCESS;
      },
    ),

    UnregisterNotificationEvent: guarded(
      bus,
      { ...unregister, call: 'UnregisterNotificationEvent' },
      (client, Handle, NotificationEvent): NTSTATUS => {
        const allocation = bus.engines.find(client, Handle)?.allocation;
        if (!allocation) return STATUS_INVALID_HANDLE;
        const index = allocation.events.indexOf(NotificationEvent);
        if (index < 0) return STATUS_INVALID_PARAMETER;
        allocation.events.splice(index, 1);
        return STATUS_SUCCESS;
      },
    ),

    RegisterNotificationCallback: guarded(
      bus,
      { ...register, call: 'RegisterNotificationCallback' },
      (client, Handle, Fdo, NotificationCallback, CallbackContext): NTSTATUS => {
        const allocation = bus.engines.find(client, Handle)?.allocation;
        if (!allocation) return STATUS_INVALID_HANDLE;
        if (!isRoutine(Fdo?.reference) || !isRoutine(NotificationCallback)) return STATUS_INVALID_PARAMETER;
        if (allocation.callbacks.length >= MAX_REGISTRATIONS) return STATUS_INSUFFICIENT_RESOURCES;
        Fdo.reference();
        allocation.callbacks.push({ fdo: Fdo, routine: NotificationCallback, context: CallbackContext });
        return STATUS_SUCCESS;
      },
    ),

    UnregisterNotificationCallback: guarded(
      bus,
      { ...unregister, call: 'UnregisterNotificationCallback' },
      (client, Handle, NotificationCallback, CallbackContext): NTSTATUS => {
        const allocation = bus.engines.find(client, Handle)?.allocation;
        if (!allocation) return STATUS_INVALID_HANDLE;
        const index = allocation.callbacks.findIndex(
          (entry) => entry.routine === NotificationCallback && entry.context === CallbackContext,
        );
        if (index < 0) return STATUS_INVALID_PARAMETER;
        allocation.callbacks.splice(index, 1)[0]?.fdo.dereference();
        return STATUS_SUCCESS;
      },
    ),
  };
}
