// Compiles a codec's routes (link/routes.ts) from what its verbs have set: backwards from every output pin and every
// input converter, each widget once for each rate, so in the order in which the core must mix.

import {
  PINCAP_OUT,
  WCAP_DIGITAL,
  WIDGET_AUDIO_INPUT,
  WIDGET_AUDIO_OUTPUT,
  WIDGET_MIXER,
  WIDGET_PIN,
} from '../../hda/parameters.ts';
import { EAPD_SWAP } from '../../hda/verbs.ts';
import type { Routes } from '../../link/routes.ts';
import type { Node } from '../node.ts';
import { CHANNEL_MAP_AT } from '../node-state.ts';
import { BEEP, CHANNEL_COUNT, CONVERTER_FORMAT, EAPD, STREAM_CHANNEL } from '../registers.ts';
import { hasBeep } from '../verbs/processing.ts';
import { ampFactor } from './gain.ts';
import { type Graph, passes } from './graph.ts';
import { RouteProgram, type Signal, type Tap } from './program.ts';

const SILENT_SLOT = 0xf;
const SILENCE: Signal = [];
const DEFAULT_RATE_HZ = 48000;

export interface CompiledRoutes {
  readonly routes: Routes;
  /** Converters and jacks left out because what they met runs at another rate ('stream' only). */
  readonly rateConflicts: number;
  /** Reads the amps anew into routes.gains; false when the routes themselves must be compiled anew. */
  updateGains(): boolean;
}

export function compileRoutes(graph: Graph, outputRateHz: number | 'stream'): CompiledRoutes {
  const compiler = new Compiler(graph, outputRateHz);
  const { program } = compiler;
  // Input converters first: where jacks have no rate of their own, they take that of who records them.
  for (const node of graph.widgets) if (node.type === WIDGET_AUDIO_INPUT) compiler.input(node);
  for (const node of graph.widgets) {
    if (node.type === WIDGET_PIN && (node.pinCaps & PINCAP_OUT) !== 0) compiler.pin(node);
  }
  const routes = program.finish();
  return {
    routes,
    rateConflicts: compiler.rateConflicts,
    updateGains: () => program.updateGains(routes.gains),
  };
}

class Compiler {
  readonly program = new RouteProgram();
  rateConflicts = 0;
  readonly #graph: Graph;
  readonly #fixedRateHz: number | null;
  readonly #signals = new Map<string, Signal>();
  /** Converters and jacks with lanes, and the rate that these run at. */
  readonly #sources = new Map<Node, { readonly rateHz: number; readonly signal: Signal }>();

  constructor(graph: Graph, outputRateHz: number | 'stream') {
    this.#graph = graph;
    this.#fixedRateHz = outputRateHz === 'stream' ? null : outputRateHz;
  }

  pin(pin: Node): void {
    const rateHz = this.#fixedRateHz ?? (this.#graph.sourceRateHz(pin) || DEFAULT_RATE_HZ);
    let signal = this.#graph.drives(pin) ? this.#withBeep(pin, this.#selected(pin, rateHz), rateHz) : SILENCE;
    signal = swapped(pin, this.#amplified(signal, pin, true, 0));
    const channels = this.#graph.converterChannels(pin) || pin.channels;
    signal = this.#resized(signal, channels, rateHz);
    if (pin.isDisplay) signal = mapped(pin, signal);
    const lanes = Array.from({ length: channels }, (_, channel) => this.program.lane(signal[channel] ?? null, rateHz));
    this.program.pins.push({ nid: pin.nid, rateHz, lanes });
  }

  input(converter: Node): void {
    if (!this.#graph.isLive(converter)) return;
    const rateHz = this.#fixedRateHz ?? this.#graph.formatRateHz(converter);
    const signal = this.#resized(this.#selected(converter, rateHz), converter.channels, rateHz);
    const lanes = Array.from({ length: converter.channels }, (_, channel) =>
      this.program.lane(signal[channel] ?? null, rateHz),
    );
    this.program.inputs.push({ ...converterOf(converter), rateHz, lanes });
  }

  /** What a widget gives to those that list it. Inside a cycle the edge that closes it is silent. */
  #signal(node: Node, rateHz: number): Signal {
    const key = `${node.nid}@${rateHz}`;
    const known = this.#signals.get(key);
    if (known) return known;
    this.#signals.set(key, SILENCE);
    const signal = this.#graph.isAwake(node) ? this.#output(node, rateHz) : SILENCE;
    this.#signals.set(key, signal);
    return signal;
  }

  #output(node: Node, rateHz: number): Signal {
    if (node.type === WIDGET_PIN) return this.#source(node, rateHz);
    if (node.type === WIDGET_AUDIO_OUTPUT) {
      return swapped(node, this.#amplified(this.#source(node, rateHz), node, true, 0));
    }
    if (hasBeep(node)) return this.#amplified(this.#source(node, rateHz), node, true, 0);
    if (!passes(node)) return SILENCE;
    const signal = node.type === WIDGET_MIXER ? this.#mixed(node, rateHz) : this.#selected(node, rateHz);
    return this.#amplified(signal, node, true, 0);
  }

  #selected(node: Node, rateHz: number): Signal {
    const [index] = this.#graph.listenedInputs(node);
    return index === undefined ? SILENCE : this.#input(node, index, rateHz);
  }

  #mixed(node: Node, rateHz: number): Signal {
    const inputs = this.#graph.listenedInputs(node).map((index) => this.#input(node, index, rateHz));
    const channels = Math.max(0, ...inputs.map((input) => input.length));
    return Array.from({ length: channels }, (_, channel) => {
      const taps = inputs.map((input) => input[channel]).filter((tap): tap is Tap => !!tap);
      return this.program.sum(taps, rateHz);
    });
  }

  /** What arrives at a position of the connection list, in the widget's channels, past the amp there. */
  #input(node: Node, index: number, rateHz: number): Signal {
    const from = this.#graph.widget(node.connections.nids[index] as number);
    if (!from) return SILENCE;
    const signal = this.#signal(from, rateHz);
    // A pin's list belongs to its output and its input amp to its jack.
    if (node.type === WIDGET_PIN) return signal;
    const analogue = (node.caps & WCAP_DIGITAL) === 0;
    const fitting = analogue ? this.#resized(signal, node.channels, rateHz) : signal;
    return this.#amplified(fitting, node, false, index);
  }

  /** Beep generators that no widget lists are heard at every analogue output pin (§5.12). */
  #withBeep(pin: Node, signal: Signal, rateHz: number): Signal {
    if ((pin.caps & WCAP_DIGITAL) !== 0) return signal;
    const beeps = this.#graph.freeBeeps().flatMap((node) => this.#signal(node, rateHz).filter((tap) => tap !== null));
    if (beeps.length === 0) return signal;
    const channels = Math.max(signal.length, pin.channels);
    return Array.from({ length: channels }, (_, channel) => {
      const tap = signal[signal.length === 1 ? 0 : channel];
      return this.program.sum(tap ? [tap, ...beeps] : beeps, rateHz);
    });
  }

  #amplified(signal: Signal, node: Node, output: boolean, index: number): Signal {
    return signal.map((tap, channel) => {
      const right = (channel & 1) !== 0;
      const at = node.ampAt(output, index, right);
      if (!tap || at < 0) return tap;
      if (node.isMuted(output, index, right)) return null;
      const attenuation = output ? this.#graph.knobAttenuation(node) : 0;
      return { lane: tap.lane, factors: [...tap.factors, ampFactor(node, output, at, attenuation)] };
    });
  }

  /** Mono goes to every channel; to mono goes the mean of left and right; channels that are missing are silent. */
  #resized(signal: Signal, channels: number, rateHz: number): Signal {
    if (signal.length === 0 || signal.length === channels) return signal;
    if (signal.length === 1) return Array.from({ length: channels }, () => signal[0] as Tap | null);
    if (channels > 1) return Array.from({ length: channels }, (_, channel) => signal[channel] ?? null);
    const sides = signal.slice(0, 2).filter((tap): tap is Tap => !!tap);
    const half = () => 0.5;
    const taps = sides.map((tap) => ({ lane: tap.lane, factors: [...tap.factors, half] }));
    return [this.program.sum(taps, rateHz)];
  }

  /** Lanes of a converter or a jack; silence where these run at another rate. */
  #source(node: Node, rateHz: number): Signal {
    let source = this.#sources.get(node);
    if (!source) {
      const isConverter = node.type === WIDGET_AUDIO_OUTPUT;
      source = isConverter ? this.#converter(node) : this.#feed(node, rateHz);
      this.#sources.set(node, source);
    }
    if (source.rateHz === rateHz || source.signal.length === 0) return source.signal;
    this.rateConflicts++;
    return SILENCE;
  }

  #converter(node: Node): { rateHz: number; signal: Signal } {
    const rateHz = this.#fixedRateHz ?? this.#graph.formatRateHz(node);
    if (!this.#graph.isLive(node)) return { rateHz, signal: SILENCE };
    const lanes = this.program.allocate(Math.min(node.channels, node.register(CHANNEL_COUNT) + 1));
    this.program.outputs.push({ ...converterOf(node), rateHz, lanes });
    return { rateHz, signal: lanes.map((lane) => ({ lane, factors: [] })) };
  }

  /** A jack, or a beep generator while it sounds. */
  #feed(node: Node, rateHz: number): { rateHz: number; signal: Signal } {
    const isPin = node.type === WIDGET_PIN;
    const beepDivider = isPin ? 0 : node.register(BEEP);
    if (isPin ? !this.#graph.listens(node) : beepDivider === 0) return { rateHz, signal: SILENCE };
    const lanes = this.program.allocate(!isPin ? 1 : (node.caps & WCAP_DIGITAL) !== 0 ? 2 : node.channels);
    this.program.feeds.push({ nid: node.nid, rateHz, lanes, ...(beepDivider > 0 && { beepDivider }) });
    const signal = lanes.map((lane) => ({ lane, factors: [] }));
    return { rateHz, signal: isPin ? this.#amplified(signal, node, false, 0) : signal };
  }
}

function converterOf(node: Node): { nid: number; tag: number; firstStreamChannel: number; format: number } {
  const stream = node.register(STREAM_CHANNEL);
  const format = node.register(CONVERTER_FORMAT);
  return { nid: node.nid, tag: stream >>> 4, firstStreamChannel: stream & 0xf, format };
}

/** Left and right exchanged where verb 70Ch says so (§5.5). */
function swapped(node: Node, signal: Signal): Signal {
  if ((node.register(EAPD) & EAPD_SWAP) === 0) return signal;
  return [signal[1] ?? null, signal[0] ?? null, ...signal.slice(2)];
}

/** Slots of a display's audio packets, each with the channel that verb 734h gave it (§5.5). */
function mapped(pin: Node, signal: Signal): Signal {
  return signal.map((_, slot) => {
    const channel = pin.state.display[CHANNEL_MAP_AT + slot] as number;
    return channel === SILENT_SLOT ? null : (signal[channel] ?? null);
  });
}
