// The function group between D0 and D3, and its jacks as what may wake it (hda-hardware §5.9, §5.11).

import type { HDAUDIO_BUS_INTERFACE } from '../../ddi/bus-interface.ts';
import { PARAM_POWER_STATES, PINCAP_PRESENCE, PS_EPSS, WCAP_UNSOLICITED } from '../../hda/parameters.ts';
import {
  POWER_D0,
  POWER_D3,
  POWER_SETTINGS_RESET,
  UNSOLICITED_ENABLE,
  VERB_GET_POWER_STATE,
  VERB_GET_UNSOLICITED,
  VERB_SET_POWER_STATE,
  VERB_SET_UNSOLICITED,
} from '../../hda/verbs.ts';
import type { CodecVerbs } from './codec-verbs.ts';
import type { Topology } from './topology.ts';

export class GroupPower {
  readonly #bus: HDAUDIO_BUS_INTERFACE;
  readonly #verbs: CodecVerbs;
  readonly #topology: Topology;
  #disarm: () => void = () => {};
  /** In D3. */
  asleep = false;

  constructor(bus: HDAUDIO_BUS_INTERFACE, verbs: CodecVerbs, topology: Topology) {
    this.#bus = bus;
    this.#verbs = verbs;
    this.#topology = topology;
  }

  down(): void {
    this.asleep = true;
    this.#verbs.send(this.#topology.groupNode, VERB_SET_POWER_STATE, POWER_D3);
  }

  /** True where the codec may have lost its settings: it says so, or has not learnt to keep them (EPSS). */
  up(): boolean {
    const { groupNode } = this.#topology;
    const keeps = (this.#verbs.parameter(groupNode, PARAM_POWER_STATES) & PS_EPSS) !== 0;
    const lost = (this.#verbs.send(groupNode, VERB_GET_POWER_STATE) & POWER_SETTINGS_RESET) !== 0;
    this.#disarm();
    this.#disarm = () => {};
    this.#verbs.send(groupNode, VERB_SET_POWER_STATE, POWER_D0);
    this.asleep = false;
    return lost || !keeps;
  }

  /** Lets the jacks tell of what is plugged, until the group is up again. */
  armJacks(): void {
    const { tag, status } = this.#bus.RegisterEventCallback(this.#bus.Context, () => {}, null);
    if (status !== 0) return;
    const jacks = [...this.#topology.widgets.values()].filter(
      ({ caps, pin }) => pin && (pin.caps & PINCAP_PRESENCE) !== 0 && (caps & WCAP_UNSOLICITED) !== 0,
    );
    const before = jacks.map(({ nid }) => [nid, this.#verbs.send(nid, VERB_GET_UNSOLICITED) & 0xff] as const);
    for (const { nid } of jacks) this.#verbs.send(nid, VERB_SET_UNSOLICITED, UNSOLICITED_ENABLE | tag);
    this.#disarm = () => {
      for (const [nid, control] of before) this.#verbs.send(nid, VERB_SET_UNSOLICITED, control);
      this.#bus.UnregisterEventCallback(this.#bus.Context, tag);
    };
  }

  /** The device goes away while it sleeps. */
  remove(): void {
    this.#disarm();
  }
}
