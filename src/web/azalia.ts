import type { LoadedDriver } from '../worker/drivers.ts';
import type { Observation } from '../worker/inspector.ts';
import type { HostDescription, HostEvent, OutputDescription, Transport } from '../worker/protocol.ts';
import { unlessAborted } from './abort.ts';
import { Bus } from './bus.ts';
import { type CaptureOptions, CaptureStream } from './capture.ts';
import type { HostConnection } from './connect.ts';
import { decodeAndPlay, type FilePlayback, type PlayOptions } from './decode.ts';
import { Dsp } from './dsp.ts';
import { AzaliaError, refused } from './errors.ts';
import { RemoteCodec } from './remote-codec.ts';
import { type RenderOptions, RenderStream } from './render.ts';
import type { Sound } from './sound.ts';
import { readStatistics, type Statistics } from './statistics.ts';
import { Tone, type ToneOptions, toneRequest } from './tone.ts';

/** What may keep sound from going on as it did, or lets it again. */
export interface Interruption {
  /**
   * 'context': the AudioContext changed its state. 'device': what it plays on was changed, or devices came or went; the
   * context keeps its rate, and sound goes on. 'tab': it was hidden, or is shown again.
   */
  readonly cause: 'context' | 'device' | 'tab';
  /** Of the AudioContext: unless 'running', device time stands still; it goes on where it was. */
  readonly state: string;
  /** Worker and worklet go on in a hidden tab; what is 'scheduled' as far as the browser lets the page run. */
  readonly hidden: boolean;
}

export interface AzaliaEventMap {
  /** Render quanta found too few frames; how many since the start. */
  underrun: CustomEvent<{ readonly underruns: number }>;
  /** Context, output device or tab changed. */
  interruption: CustomEvent<Interruption>;
  /** A jack was plugged or pulled: the pin's NID. */
  jack: CustomEvent<{ readonly pin: number; readonly present: boolean }>;
  /** A line that a driver printed (KdPrintEx). */
  debug: CustomEvent<{ readonly line: string }>;
  /** It is over. `reason` is null after close(). */
  close: CustomEvent<{ readonly reason: AzaliaError | null }>;
}

type Listen<Options> = <K extends keyof AzaliaEventMap>(
  type: K,
  listener: (event: AzaliaEventMap[K]) => void,
  options?: Options | boolean,
) => void;
const AzaliaEvents = EventTarget as new () => {
  addEventListener: Listen<AddEventListenerOptions>;
  removeEventListener: Listen<EventListenerOptions>;
} & EventTarget;

/** What createAzalia hands over. */
export interface Parts {
  readonly context: AudioContext;
  readonly ownsContext: boolean;
  readonly connection: HostConnection;
  readonly description: HostDescription;
  readonly sound: Sound;
  readonly transport: Transport;
  readonly targetFrames: number;
}

/** A machine whose codec sounds from an AudioNode. */
export class Azalia extends AzaliaEvents {
  /** The clock that the machine follows. */
  readonly context: AudioContext;
  /** One output for each of `outputs`, in that order; the channels of its pins as they are described there. */
  readonly output: AudioNode;
  /**
   * What is connected here reaches the codec's input pins, left and right. With transport 'scheduled' the page's thread
   * carries it (ScriptProcessorNode): what sounds while that is busy is lost, and statistics().inputGaps grows.
   * Chromium leaves out some milliseconds more, now and then, which nothing tells.
   */
  readonly input: AudioNode;
  /** Groups of output pins, as the codec's configuration defaults have them. */
  readonly outputs: readonly OutputDescription[];
  /** How samples reach the audio callback. */
  readonly transport: Transport;
  /** Its jacks, verbs and state. */
  readonly codec: RemoteCodec;
  /** The bus driver's DDIs, asynchronous. */
  readonly bus: Bus;
  /** Command buffers for the machine's DSP. */
  readonly dsp: Dsp;
  readonly #parts: Parts;
  readonly #listening = new AbortController();
  #board: Float64Array;
  #requests = 0;

  /** @internal */
  constructor(parts: Parts) {
    super();
    this.#parts = parts;
    this.context = parts.context;
    this.output = parts.sound.output;
    this.input = parts.sound.input;
    this.transport = parts.transport;
    this.outputs = parts.description.outputs;
    this.codec = new RemoteCodec(parts.connection, parts.description.codec);
    this.bus = new Bus(parts.connection);
    this.dsp = new Dsp(parts.connection);
    this.#board = parts.description.board;
    parts.connection.listen(
      (event) => this.#receive(event),
      (error) => this.#end(error),
    );
    this.#watch();
  }

  /**
   * Plays a test tone through class driver, DDI, DMA and codec. While the context is suspended it waits.
   * Errors: RangeError for settings out of range; RefusedError with the DDI's status, and what there is, in its text.
   */
  async playTone(options: ToneOptions = {}): Promise<Tone> {
    const bits = options.bits ?? 24;
    const opened = await this.#parts.connection.call((host) => {
      return host.playTone(toneRequest(options, this.context.sampleRate, bits));
    });
    if (opened.id !== null) return new Tone(this.#parts.connection, opened.id, opened.pins);
    if (options.bits === undefined) return this.playTone({ ...options, bits: 16 });
    throw refused(opened);
  }

  /** A stream for an app's samples. Errors: as playTone. */
  async openRender({ sampleRate, ...format }: RenderOptions): Promise<RenderStream> {
    const opened = await this.#parts.connection.call((host) => host.openRender({ rateHz: sampleRate, ...format }));
    if (opened.id === null) throw refused(opened);
    return new RenderStream(this.#parts.connection, opened.id, opened.pins);
  }

  /**
   * Loads a driver into the machine: `url`, relative to the page, is a module whose default export is a DriverModule. A
   * function driver that matches better takes the device from the class driver, and with it every stream that plays.
   * Errors: TypeError for a module that is no driver or does not load; the signal's reason, and then a driver that is
   * still on its way is not loaded. What Windows made of it stands in the result.
   */
  async loadDriver(url: string | URL, { signal }: { readonly signal?: AbortSignal } = {}): Promise<LoadedDriver> {
    signal?.throwIfAborted();
    const { href } = new URL(url, document.baseURI);
    const { connection } = this.#parts;
    const request = ++this.#requests;
    const giveUp = () => void connection.call((host) => host.giveUpDriver(request)).catch(() => {});
    signal?.addEventListener('abort', giveUp, { once: true });
    const loading = connection.call((host) => host.loadDriver(href, request));
    return unlessAborted(loading, signal).finally(() => signal?.removeEventListener('abort', giveUp));
  }

  /** A stream of what reaches an input pin. Errors: as playTone. */
  async openCapture({ sampleRate, ...format }: CaptureOptions): Promise<CaptureStream> {
    const opened = await this.#parts.connection.call((host) => host.openCapture({ rateHz: sampleRate, ...format }));
    if (opened.id === null) throw refused(opened);
    return new CaptureStream(this.#parts.connection, opened.id, opened.pins);
  }

  /**
   * Plays a sound file that the browser can decode, at 24 bits. Errors: as openRender; EncodingError for what it cannot
   * decode; the signal's reason.
   */
  decodeAndPlay(data: ArrayBuffer, options: PlayOptions = {}): Promise<FilePlayback> {
    return decodeAndPlay(this, data, options);
  }

  /** Registers, streams, events and levels of this moment, for tools. The first look after a pause has no log yet. */
  inspect(): Promise<Observation> {
    return this.#parts.connection.call((host) => host.inspector.observe());
  }

  /** A debugger command, such as `!devnode 0 1`: the lines that it prints. */
  kd(commandLine: string): Promise<string[]> {
    return this.#parts.connection.call((host) => host.inspector.kd(commandLine));
  }

  /** The figures of this moment; costs nothing, so a page may draw them each frame. */
  statistics(): Statistics {
    return readStatistics(this.#board, this.#parts.transport, this.#parts.targetFrames, this.context);
  }

  /** Ends it: worker, worklet, and the AudioContext if it is its own. Streams end with a ClosedError. */
  async close(): Promise<void> {
    this.#end(null);
    if (this.#parts.ownsContext && this.context.state !== 'closed') await this.context.close();
  }

  #receive(event: HostEvent): void {
    if (event.kind === 'board') this.#board = event.board;
    else if (event.kind === 'underrun') this.#tell('underrun', { underruns: event.underruns });
    else if (event.kind === 'jack') this.#tell('jack', { pin: event.pin, present: event.present });
    else if (event.kind === 'debug') this.#tell('debug', { line: event.line });
    else this.#end(new AzaliaError('WorkerError', `The machine failed: ${event.message}`));
  }

  #watch(): void {
    const { signal } = this.#listening;
    const on = (target: EventTarget | undefined, type: string, cause: Interruption['cause']) => {
      target?.addEventListener(type, () => this.#interrupted(cause), { signal });
    };
    on(this.context, 'statechange', 'context');
    on(this.context, 'sinkchange', 'device');
    on(navigator.mediaDevices, 'devicechange', 'device');
    on(globalThis.document, 'visibilitychange', 'tab');
  }

  #interrupted(cause: Interruption['cause']): void {
    const { state } = this.context;
    this.#tell('interruption', { cause, state, hidden: globalThis.document?.hidden ?? false });
    if (state === 'closed') this.#end(new AzaliaError('ClosedError', 'The AudioContext was closed.'));
  }

  #end(reason: AzaliaError | null): void {
    if (this.#listening.signal.aborted) return;
    this.#listening.abort();
    this.#parts.sound.close();
    this.#parts.connection.close(reason ?? new AzaliaError('ClosedError', 'close() was called.'));
    this.#tell('close', { reason });
  }

  #tell<K extends keyof AzaliaEventMap>(type: K, detail: AzaliaEventMap[K]['detail']): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
