// A codec on the link: answers command words, tells of its jacks, compiles its sample routes (hda-hardware §5).

import { WIDGET_PIN } from '../hda/parameters.ts';
import {
  commandNid,
  commandPayload,
  commandVerb,
  POWER_D0,
  POWER_SETTINGS_RESET,
  VERB_FUNCTION_RESET,
} from '../hda/verbs.ts';
import type { LinkCodec, LinkHost } from '../link/codec.ts';
import type { Routes } from '../link/routes.ts';
import { formatCodecDump } from './dump/format.ts';
import { measure } from './jacks.ts';
import type { CodecModel } from './model.ts';
import { Node } from './node.ts';
import { POWER_FLAGS, POWER_SETTING, SENSED } from './registers.ts';
import { type CompiledRoutes, compileRoutes } from './routes/compile.ts';
import { Graph } from './routes/graph.ts';
import { type CodecState, restoreState, saveState } from './saved-state.ts';
import { snapshot } from './snapshot.ts';
import { unlistedConverters } from './unlisted-converters.ts';
import { setGpiLevels, setGpioLevels } from './verbs/gpio.ts';
import { POWER_D3COLD } from './verbs/power.ts';
import { VERBS } from './verbs/table.ts';
import type { Effects } from './verbs/verb.ts';
import { World } from './world.ts';

export interface CodecOptions {
  /** Rate of the analogue side; 'stream': each pin runs at its converter's. */
  readonly outputRateHz: number | 'stream';
  /** Answers verbs that no table row has (F80h and the like); undefined leaves them at 0. */
  readonly vendorVerb?: (nid: number, verb: number, payload: number) => number | undefined;
}

const NO_HOST: LinkHost = { unsolicited() {}, wake() {}, routesChanged() {}, gainsChanged() {} };

export class Codec implements LinkCodec, Effects {
  readonly model: CodecModel;
  readonly #options: CodecOptions;
  readonly #nodes = new Map<number, Node>();
  readonly #graph: Graph;
  readonly #world: World;
  #host = NO_HOST;
  #compiled: CompiledRoutes | null = null;
  /** Amps were set since routes() was last asked for. */
  #gainsStale = false;
  /** The group whose last verb was 7FFh: a second one in a row resets it wholly (§5.13). */
  #resetOnce: Node | null = null;

  constructor(model: CodecModel, options: CodecOptions) {
    this.model = model;
    this.#options = options;
    this.#nodes.set(0, Node.root(model));
    for (const groupModel of model.functionGroups) {
      const group = Node.group(groupModel, model.subsystemId);
      this.#add(group);
      const unlisted = unlistedConverters(model, groupModel.widgets);
      for (const widget of groupModel.widgets) this.#add(Node.widget(widget, group, unlisted));
      checkRun(groupModel.widgets);
    }
    checkRun(model.functionGroups);
    this.#graph = new Graph(this.#nodes);
    this.#world = new World(this.#nodes, () => this.#host);
  }

  #add(node: Node): void {
    if (!Number.isInteger(node.nid) || node.nid < 1 || node.nid > 0xff || this.#nodes.has(node.nid)) {
      throw new RangeError(`node ${node.nid}: a NID is 1…255 and used once`);
    }
    this.#nodes.set(node.nid, node);
  }

  attach(host: LinkHost): void {
    this.#host = host;
  }

  /** Root, function groups and widgets by NID. */
  get nodes(): ReadonlyMap<number, Node> {
    return this.#nodes;
  }

  command(word: number): number | null {
    const node = this.#nodes.get(commandNid(word));
    if (!node) return 0;
    const id = commandVerb(word);
    const group = node.group ?? node;
    const isReset = id === VERB_FUNCTION_RESET && node === group;
    // D3cold hears nothing but the double reset that ends it, and answers the second of the pair (§5.11, §5.13).
    if (group.register(POWER_SETTING) === POWER_D3COLD && !(isReset && this.#resetOnce === group)) {
      this.#resetOnce = isReset ? group : null;
      return null;
    }
    if (this.#resetOnce === group && !isReset) this.#resetOnce = null;
    const verb = VERBS.get(id);
    const payload = commandPayload(word);
    if (!verb) return (this.#options.vendorVerb?.(node.nid, id, payload) ?? 0) >>> 0;
    if (!verb.applies(node)) return 0;
    if (id < 0x10 ? id < 8 : id < 0x800) this.#clearSettingsReset(node, id);
    return verb.run(node, payload, this) >>> 0;
  }

  /** Any set verb says that somebody programs the node again (§5.11). */
  #clearSettingsReset(node: Node, id: number): void {
    if (id === VERB_FUNCTION_RESET) return;
    const { registers } = node.state;
    registers[POWER_FLAGS] = node.register(POWER_FLAGS) & ~POWER_SETTINGS_RESET;
  }

  /** A group without EPSS starts over, as at power-up; D3cold ends; presence is measured anew (§5.13). */
  linkReset(): void {
    this.#resetOnce = null;
    for (const node of this.#nodes.values()) {
      if (!node.hasEpss) node.state.reset('plain', node.powerUp);
      if (node.groupModel && node.register(POWER_SETTING) === POWER_D3COLD)
        node.state.registers[POWER_SETTING] = POWER_D0;
      if (node.type === WIDGET_PIN) node.state.registers[SENSED] = measure(node);
    }
    this.routesChanged();
    for (const node of this.#nodes.values()) this.powerChanged(node);
  }

  functionReset(group: Node): void {
    const isSecond = this.#resetOnce === group;
    const wasCold = group.register(POWER_SETTING) === POWER_D3COLD;
    this.#resetOnce = isSecond ? null : group;
    const kind = !group.hasEpss ? 'plain' : isSecond ? 'double' : 'single';
    for (const node of this.#nodes.values()) {
      if (node !== group && node.group !== group) continue;
      node.state.reset(kind, node.powerUp);
      if (kind === 'double') {
        node.state.registers[POWER_FLAGS] = node.register(POWER_FLAGS) | POWER_SETTINGS_RESET;
      }
      if (node.type === WIDGET_PIN) node.state.registers[SENSED] = measure(node);
    }
    if (wasCold) group.state.registers[POWER_SETTING] = POWER_D0;
    this.routesChanged();
    this.powerChanged(group);
  }

  /** Puts a plug in or takes it out; a display pin with several devices names which (§5.8, §5.9). */
  plug(nid: number, present: boolean, device = 0): void {
    this.#world.plug(nid, present, device);
  }

  /** Levels of the GPIO pins of a function group, bit n for pin n, as the board holds them. */
  setGpio(groupNid: number, levels: number): void {
    this.#world.moveInputs(groupNid, levels, setGpioLevels);
  }

  /** Levels of the pins that are inputs only. */
  setGpi(groupNid: number, levels: number): void {
    this.#world.moveInputs(groupNid, levels, setGpiLevels);
  }

  /** Somebody turns a volume knob: in direct mode the amps that it lists follow, else it only tells (§5.12). */
  turnKnob(nid: number, steps: number): void {
    if (this.#world.turnKnob(nid, steps)) this.routesChanged();
  }

  powerChanged(node: Node): void {
    if (node.groupModel && node.actualPower === POWER_D0) this.#world.sendUnsent(node);
  }

  /** Everything that verbs and the world have set, as plain data. */
  state(): CodecState {
    return saveState(this.#nodes);
  }

  /** Goes back to a state of the same codec; TypeError for anything else, and then nothing has changed. */
  restore(state: unknown): void {
    restoreState(this.#nodes, state);
    this.#resetOnce = null;
    this.routesChanged();
  }

  /** The present state as the text that ALSA would show. */
  dump(): string {
    return formatCodecDump(snapshot(this.model, this.#nodes));
  }

  routes(): Routes {
    if (this.#compiled && this.#gainsStale && !this.#compiled.updateGains()) this.#compiled = null;
    this.#gainsStale = false;
    this.#compiled ??= compileRoutes(this.#graph, this.#options.outputRateHz);
    return this.#compiled.routes;
  }

  /** Converters and jacks that the present routes leave out for their rate. */
  get rateConflicts(): number {
    this.routes();
    return this.#compiled?.rateConflicts ?? 0;
  }

  // The host is told once; it asks for the routes before samples next flow, and only then is anything worked out.
  routesChanged(): void {
    if (!this.#compiled) return;
    this.#compiled = null;
    this.#host.routesChanged();
  }

  gainsChanged(): void {
    if (!this.#compiled || this.#gainsStale) return;
    this.#gainsStale = true;
    this.#host.gainsChanged();
  }
}

/** Drivers learn of nodes as a first NID and a count (§5.1). */
function checkRun(nodes: readonly { readonly nid: number }[]): void {
  const nids = nodes.map(({ nid }) => nid).sort((a, b) => a - b);
  for (const [index, nid] of nids.entries()) {
    const before = nids[index - 1];
    if (before !== undefined && nid !== before + 1)
      throw new RangeError(`node ${nid}: nodes ${before + 1}… are missing`);
  }
}
