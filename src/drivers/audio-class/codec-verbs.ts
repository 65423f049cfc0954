// Verbs to one codec through the bus driver. A verb that is not answered reads 0, as one that the codec does not know.

import type { HDAUDIO_BUS_INTERFACE } from '../../ddi/bus-interface.ts';
import { codecTransfer } from '../../ddi/hdaudio.ts';
import { command8, command16, VERB_GET_PARAMETER } from '../../hda/verbs.ts';

export class CodecVerbs {
  readonly #bus: HDAUDIO_BUS_INTERFACE;
  readonly codecAddress: number;

  constructor(bus: HDAUDIO_BUS_INTERFACE, codecAddress: number) {
    this.#bus = bus;
    this.codecAddress = codecAddress;
  }

  /** A verb with 8 bits of payload; the response. */
  send(nid: number, verb: number, payload = 0): number {
    return this.#transfer(command8(this.codecAddress, nid, verb, payload));
  }

  /** A verb with 16 bits of payload; the response. */
  send16(nid: number, verb: number, payload: number): number {
    return this.#transfer(command16(this.codecAddress, nid, verb, payload));
  }

  parameter(nid: number, parameter: number): number {
    return this.send(nid, VERB_GET_PARAMETER, parameter);
  }

  #transfer(command: number): number {
    const transfer = codecTransfer(command);
    this.#bus.TransferCodecVerbs(this.#bus.Context, 1, [transfer], null, null);
    return transfer.Input.IsValid ? transfer.Input.Response : 0;
  }
}
