// All 23 routines of the DDI for one bus; an interface is a selection of them.

import type { HdAudioRoutines } from '../ddi/bus-interface.ts';
import { bufferRoutines } from './buffer-routines.ts';
import type { HdAudioBus } from './bus.ts';
import { engineRoutines } from './engine-routines.ts';
import { informationRoutines } from './information-routines.ts';
import { notificationRoutines } from './notification-routines.ts';
import { verbRoutines } from './verb-routines.ts';

export function allRoutines(bus: HdAudioBus): HdAudioRoutines {
  return {
    ...verbRoutines(bus),
    ...engineRoutines(bus),
    ...bufferRoutines(bus),
    ...notificationRoutines(bus),
    ...informationRoutines(bus),
  };
}
