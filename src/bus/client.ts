// A client's hold on the bus: one context object per query, with its references (hdaudio-ddi §1.5).

import type { FunctionGroup } from './function-group.ts';

export class Client {
  /** What the client gets as Context: tells nothing and cannot be made. */
  readonly context: object = Object.freeze(Object.create(null));
  readonly functionGroup: FunctionGroup;
  references = 1; // the provider takes the first one for the client

  constructor(functionGroup: FunctionGroup) {
    this.functionGroup = functionGroup;
  }
}
