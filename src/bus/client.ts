// A client's hold on the bus: one context object per query, with its references (hdaudio-ddi §1.5).

import type { HANDLE } from '../ddi/kernel.ts';
import type { DriverObject } from '../driver-model/driver-object.ts';
import type { DmaBuffer } from './buffer.ts';
import type { FunctionGroup } from './function-group.ts';

export class Client {
  /** What the client gets as Context: tells nothing and cannot be made. */
  readonly context: object = Object.freeze(Object.create(null));
  readonly functionGroup: FunctionGroup;
  /** Who asked for the interface; null: not a driver, but the user of the machine. */
  readonly driver: DriverObject | null;
  /** Buffers that outlived their engine, by its handle: see HdAudioBus.freesEnginesFirst. */
  readonly outliving = new Map<HANDLE, DmaBuffer>();
  references = 1; // the provider takes the first one for the client

  constructor(functionGroup: FunctionGroup, driver: DriverObject | null) {
    this.functionGroup = functionGroup;
    this.driver = driver;
  }
}
