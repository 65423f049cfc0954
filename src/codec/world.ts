// What happens to a codec from outside, and whom it tells: plugs, pins of the board, the volume knob (hda-hardware §5.8, §5.9, §5.12).

import { PARAM_VOLUME_KNOB_CAPS, WIDGET_PIN, WIDGET_VOLUME_KNOB } from '../hda/parameters.ts';
import { POWER_D0, UNSOLICITED_ENABLE, UNSOLICITED_TAG, UNSOLICITED_TAG_SHIFT } from '../hda/verbs.ts';
import type { LinkHost } from '../link/codec.ts';
import { detectsPresence, jackEvent } from './jacks.ts';
import type { Node } from './node.ts';
import { KNOB, PRESENCE, UNSENT, UNSOLICITED } from './registers.ts';
import type { InputEvents } from './verbs/gpio.ts';
import { POWER_D3COLD } from './verbs/power.ts';
import { KNOB_DELTA, KNOB_DIRECT } from './verbs/processing.ts';

export class World {
  readonly #nodes: ReadonlyMap<number, Node>;
  readonly #host: () => LinkHost;

  constructor(nodes: ReadonlyMap<number, Node>, host: () => LinkHost) {
    this.#nodes = nodes;
    this.#host = host;
  }

  plug(nid: number, present: boolean, device: number): void {
    const pin = this.#nodes.get(nid);
    if (pin?.type !== WIDGET_PIN) throw new RangeError(`node ${nid}: not a pin`);
    const bit = 1 << device;
    const old = pin.register(PRESENCE);
    const next = (present ? old | bit : old & ~bit) >>> 0;
    if (next === old) return;
    pin.state.registers[PRESENCE] = next;
    if (!detectsPresence(pin)) return;
    if (canSend(pin)) this.#send(pin, jackEvent(pin, device));
    else {
      pin.state.registers[UNSENT] = pin.register(UNSENT) | bit;
      if (isEnabled(pin) && !isCold(pin)) this.#host().wake();
    }
  }

  moveInputs(groupNid: number, levels: number, move: (group: Node, levels: number) => InputEvents): void {
    const group = this.#nodes.get(groupNid);
    if (!group?.groupModel) throw new RangeError(`node ${groupNid}: not a function group`);
    const { tells, wakes } = move(group, levels);
    if (tells && canSend(group)) this.#send(group, 0);
    if (wakes && !isCold(group)) this.#host().wake();
  }

  /** True where amps follow the knob. */
  turnKnob(nid: number, steps: number): boolean {
    const knob = this.#nodes.get(nid);
    if (knob?.type !== WIDGET_VOLUME_KNOB) throw new RangeError(`node ${nid}: not a volume knob`);
    const most = knob.parameter(PARAM_VOLUME_KNOB_CAPS) & ~KNOB_DELTA;
    const direct = knob.register(KNOB) & KNOB_DIRECT;
    const next = direct | Math.max(0, Math.min(steps, most));
    if (next === knob.register(KNOB)) return false;
    knob.state.registers[KNOB] = next;
    if (direct === 0 && canSend(knob)) this.#send(knob, 0);
    return direct !== 0;
  }

  /** What jacks of a group could not say while it slept. */
  sendUnsent(group: Node): void {
    for (const pin of this.#nodes.values()) {
      const unsent = pin.register(UNSENT);
      if (pin.group !== group || unsent === 0) continue;
      pin.state.registers[UNSENT] = 0;
      for (let device = 0; device < 32; device++) {
        if (((unsent >>> device) & 1) !== 0) this.#send(pin, jackEvent(pin, device));
      }
    }
  }

  /** The low 26 bits with the node's tag, if its unsolicited responses are enabled. */
  #send(node: Node, bits: number): void {
    if (!isEnabled(node)) return;
    const tag = node.register(UNSOLICITED) & UNSOLICITED_TAG;
    this.#host().unsolicited(((tag << UNSOLICITED_TAG_SHIFT) | bits) >>> 0);
  }
}

function isEnabled(node: Node): boolean {
  return (node.register(UNSOLICITED) & UNSOLICITED_ENABLE) !== 0;
}

/** D3cold senses nothing (§5.11). */
function isCold(node: Node): boolean {
  return (node.group ?? node).actualPower === POWER_D3COLD;
}

/** In D0, or with EPSS in any state that senses, a node can send; without it a group in D3 only wakes the link (§5.11). */
function canSend(node: Node): boolean {
  return (node.group ?? node).actualPower === POWER_D0 || (node.hasEpss && !isCold(node));
}
