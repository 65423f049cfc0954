// Tags of unsolicited responses (hdaudio-ddi §2.13). A tag is unique on the whole bus: a client may program it into any
// codec, and the response names only the tag. So 64 registrations in all.

import type { PHDAUDIO_UNSOLICITED_RESPONSE_CALLBACK } from '../ddi/common-routines.ts';
import { type HDAUDIO_CODEC_RESPONSE, unsolicitedFields } from '../ddi/hdaudio.ts';
import type { PVOID } from '../ddi/kernel.ts';
import type { Kernel } from '../driver-model/kernel.ts';
import { UNSOLICITED_TAG } from '../hda/verbs.ts';
import type { Client } from './client.ts';

interface Registration {
  readonly client: Client;
  readonly routine: PHDAUDIO_UNSOLICITED_RESPONSE_CALLBACK;
  readonly context: PVOID;
}

export class EventTags {
  readonly #kernel: Kernel;
  readonly #byTag = new Map<number, Registration>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** The lowest free tag, or null when all 64 are out. */
  register(client: Client, routine: PHDAUDIO_UNSOLICITED_RESPONSE_CALLBACK, context: PVOID): number | null {
    for (let tag = 0; tag <= UNSOLICITED_TAG; tag++) {
      if (this.#byTag.has(tag)) continue;
      this.#byTag.set(tag, { client, routine, context });
      return tag;
    }
    return null;
  }

  /** False where the client has no such tag. */
  unregister(client: Client, tag: number): boolean {
    return this.#byTag.get(tag)?.client === client && this.#byTag.delete(tag);
  }

  /** DISPATCH_LEVEL. A tag that nobody registered is dropped. */
  dispatch(response: HDAUDIO_CODEC_RESPONSE): void {
    const registration = this.#byTag.get(unsolicitedFields(response.Response).Tag);
    if (!registration) return;
    const { client, routine, context } = registration;
    this.#kernel.as(client.driver, () => routine(response, context));
  }

  of(client: Client): number[] {
    return [...this.#byTag].filter(([, registration]) => registration.client === client).map(([tag]) => tag);
  }
}
