import type { CodecModel } from '../entries/codec.ts';
import type { HostConnection } from './connect.ts';

/** `azalia.codec`: the codec that sounds, as it would lie on the bench. */
export class RemoteCodec {
  /** As it was at power-up. */
  readonly model: CodecModel;
  readonly #connection: HostConnection;

  /** @internal */
  constructor(connection: HostConnection, model: CodecModel) {
    this.#connection = connection;
    this.model = model;
  }

  /** Plugs or pulls a jack; event 'jack' follows. RangeError for what is no pin. */
  plug(pin: number, present: boolean): Promise<void> {
    return this.#connection.call((host) => host.plug(pin, present));
  }

  /** ALSA's proc text of the present state; parseCodecDump makes a model of it. */
  dump(): Promise<string> {
    return this.#connection.call((host) => host.inspector.dump());
  }

  /**
   * Sends a verb through the bus driver (TransferCodecVerbs): ids to Fh with 16 bits of parameter, others with 8. null
   * where no valid response came. What the class driver has set is its own: it does not hear of a change.
   */
  verb(nid: number, verb: number, parameter: number): Promise<number | null> {
    return this.#connection.call((host) => host.inspector.verb(nid, verb, parameter));
  }
}
