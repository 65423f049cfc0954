// What the worker runs: one machine with Windows booted on it, paced by an audio callback, its pins on an outlet.

import { NT_SUCCESS, STATUS_INVALID_HANDLE } from '../ddi/ntstatus.ts';
import type { AudioDevice, RenderStream } from '../drivers/audio-class/audio-device.ts';
import type { ToneSettings } from '../dsp/tone.ts';
import { ToneSource } from '../dsp/tone-source.ts';
import { createMachine, type Machine, type MachineCodec } from '../entries/machine.ts';
import { BlockWriter } from './blocks.ts';
import { Board } from './board.ts';
import { BusClients } from './bus.ts';
import { type Captured, CaptureQueue } from './capture-queue.ts';
import { type LoadedDriver, loadDriver } from './drivers.ts';
import { DspHost } from './dsp.ts';
import { InputReceiver } from './input-blocks.ts';
import { Inspector } from './inspector.ts';
import { type Outlet, SCHEDULED_STEPS } from './outlet.ts';
import { Pacer } from './pacer.ts';
import { describeOutputs, PinLanes } from './pin-lanes.ts';
import { type Playback, QueuePlayback, TonePlayback } from './playback.ts';
import type {
  HostDescription,
  HostEvent,
  HostOptions,
  Opened,
  Samples,
  StreamRequest,
  ToneRequest,
} from './protocol.ts';
import { canWaitAsync, createRing, RingWriter } from './ring.ts';

/** The driver's cyclic buffer: with the outlet's target, what a change of a tone takes to be heard. */
const BUFFER_FRAMES = 1024;
const BOARDS_PER_SECOND = 60;

export class Host {
  readonly description: HostDescription;
  readonly bus: BusClients;
  readonly inspector: Inspector;
  readonly dsp: DspHost;
  readonly #machine: Machine;
  readonly #audio: AudioDevice;
  readonly #codec: MachineCodec;
  readonly #options: HostOptions;
  readonly #board: Board;
  readonly #playbacks = new Map<number, Playback>();
  /** Requests for drivers that were given up. */
  readonly #unwanted = new Set<number>();
  readonly #captures = new Map<number, CaptureQueue>();
  #lastId = 0;
  #underruns = 0;
  #framesReported = 0;

  /** Powers the machine up and boots Windows on it. RangeError, TypeError: as createMachine, or a codec without audio. */
  static async create(options: HostOptions): Promise<Host> {
    if (options.lock) await holdLock(options.lock);
    const { codec, windows, rateHz } = options;
    const machine = await createMachine({ codecs: [codec], windows, outputRateHz: rateHz });
    machine.windows.boot();
    const audio = machine.windows.audio[0];
    const machineCodec = audio && machine.codecs[audio.codecAddress];
    if (!machineCodec) throw new RangeError('the codec has no audio function group');
    return new Host(machine, audio, machineCodec, options);
  }

  private constructor(machine: Machine, audio: AudioDevice, codec: MachineCodec, options: HostOptions) {
    this.#machine = machine;
    this.#audio = audio;
    this.#codec = codec;
    this.#options = options;
    this.bus = new BusClients(machine.windows, audio.codecAddress);
    this.dsp = new DspHost(machine.windows);
    const shared = options.transport === 'shared';
    const outputs = describeOutputs(codec, audio.outputs);
    const lanes = outputs.reduce((sum, output) => sum + output.channels, 0);
    const nids = outputs.flatMap(({ pins }) => pins.map(({ nid }) => nid));
    this.inspector = new Inspector(machine, { handle: codec, address: audio.codecAddress }, this.bus, nids);
    this.#board = new Board(machine, shared);
    this.description = {
      codec: codec.model,
      outputs,
      ring: shared ? createRing(lanes, options.targetFrames) : null,
      board: this.#board.words,
      needsPort: !shared || !canWaitAsync(),
    };
  }

  /**
   * From now on the audio callback is the clock. The ports lead to the worklet, or to the page where it is 'scheduled';
   * `output` where the description asks for it.
   */
  start({ input, output: port }: { readonly input: MessagePort; readonly output: MessagePort | null }): void {
    const { targetFrames, rateHz, transport } = this.#options;
    const scheduled = transport === 'scheduled';
    const { ring } = this.description;
    const pins = new PinLanes(this.#codec, this.description.outputs);
    const outlet = ring
      ? new RingWriter(ring, targetFrames, port)
      : new BlockWriter(port as MessagePort, pins.lanes, targetFrames, scheduled ? SCHEDULED_STEPS : 1);
    const received = new InputReceiver(input, scheduled ? 'bursts' : 'quanta');
    const inputs = this.#audio.inputs.map(({ pin }) => pin);
    const feed = (channels: Float32Array[]) => {
      for (const pin of inputs) this.#codec.feed(pin, channels);
    };
    const pacer = new Pacer(this.#machine, pins, outlet, rateHz, () => received.take(feed));
    const flow = () => {
      for (const playback of this.#playbacks.values()) playback.flowed(pacer.framesWritten);
    };
    const report = () => this.#report(pacer.framesWritten, outlet, received.gaps);
    pacer.start(flow, report, (error) => this.#tell({ kind: 'failed', message: String(error) }));
  }

  /** RangeError as checkTone. */
  playTone({ format, frames, ...settings }: ToneRequest): Opened {
    const { status, value: tone } = ToneSource.open(this.#machine.windows.dsp, settings, { format, frames });
    if (!tone) return { id: null, status, reason: 'the DSP has no room for a tone', pins: [] };
    const opened = this.#open(format, (stream) => new TonePlayback(stream, tone, frames));
    if (opened.id === null) {
      tone.close();
      return opened;
    }
    const started = this.#playbacks.get(opened.id)?.start() ?? opened.status;
    if (NT_SUCCESS(started)) return opened;
    this.close(opened.id);
    return { ...opened, id: null, status: started, reason: 'the stream did not start' };
  }

  /** As TonePlayback.change; nothing happens to a tone that is over. */
  changeTone(id: number, settings: Partial<ToneSettings> | null): void {
    const playback = this.#playbacks.get(id);
    if (playback instanceof TonePlayback) playback.change(settings);
  }

  openRender(format: StreamRequest): Opened {
    return this.#open(format, (stream) => new QueuePlayback(stream, format));
  }

  /** As QueuePlayback.write. */
  async write(id: number, samples: Samples): Promise<number> {
    const playback = this.#playbacks.get(id);
    return playback instanceof QueuePlayback ? playback.write(samples) : STATUS_INVALID_HANDLE;
  }

  /** As QueuePlayback.end. */
  end(id: number): number {
    const playback = this.#playbacks.get(id);
    return playback instanceof QueuePlayback ? playback.end() : STATUS_INVALID_HANDLE;
  }

  /** Resolves when the listener has had the last frame, or the stream was closed. */
  async finished(id: number): Promise<void> {
    await this.#playbacks.get(id)?.finished;
  }

  /** Silences a stream at once. */
  close(id: number): void {
    this.#playbacks.get(id)?.close();
    this.#playbacks.delete(id);
  }

  /** A jack is plugged or pulled. RangeError for what is no pin. */
  plug(pin: number, present: boolean): void {
    this.#codec.plug(pin, present);
    this.#tell({ kind: 'jack', pin, present });
  }

  openCapture(request: StreamRequest): Opened {
    const { stream, status, reason } = this.#audio.openCapture(request);
    if (!stream) return { id: null, status, reason, pins: [] };
    const capture = new CaptureQueue(stream, request);
    const started = capture.start();
    if (!NT_SUCCESS(started)) {
      stream.close();
      return { id: null, status: started, reason: 'the stream did not start', pins: [] };
    }
    const id = ++this.#lastId;
    this.#captures.set(id, capture);
    return { id, status, reason, pins: stream.pins };
  }

  /** As CaptureQueue.read; the end of a stream that is closed. */
  async read(id: number): Promise<Captured> {
    return this.#captures.get(id)?.read() ?? { samples: null, lostFrames: 0 };
  }

  closeCapture(id: number): void {
    this.#captures.get(id)?.close();
  }

  /** As loadDriver of drivers.ts; `request` names it to giveUpDriver. */
  loadDriver(url: string, request: number): Promise<LoadedDriver> {
    const print = (line: string) => this.#tell({ kind: 'debug', line });
    return loadDriver(this.#machine.windows, url, print, () => !this.#unwanted.has(request));
  }

  /** A driver that is still on its way will not be loaded. */
  giveUpDriver(request: number): void {
    this.#unwanted.add(request);
  }

  #open(request: StreamRequest, create: (stream: RenderStream) => Playback): Opened {
    const { stream, status, reason } = this.#audio.openRender({ ...request, bufferFrames: BUFFER_FRAMES });
    if (!stream) return { id: null, status, reason, pins: [] };
    const id = ++this.#lastId;
    this.#playbacks.set(id, create(stream));
    return { id, status, reason, pins: stream.pins };
  }

  #report(framesWritten: number, { played, underruns }: Outlet, inputGaps: number): void {
    for (const [id, playback] of this.#playbacks) if (playback.heard(played)) this.#playbacks.delete(id);
    this.#board.update(framesWritten, played, underruns, inputGaps);
    if (underruns !== this.#underruns) this.#tell({ kind: 'underrun', underruns });
    this.#underruns = underruns;
    if (this.description.ring || (framesWritten - this.#framesReported) * BOARDS_PER_SECOND < this.#options.rateHz)
      return;
    this.#framesReported = framesWritten;
    this.#tell({ kind: 'board', board: this.#board.words });
  }

  #tell(event: HostEvent): void {
    this.#options.events.postMessage(event);
  }
}

/** Resolves when this worker has the lock; it lets go only by ending, however it ends. Where locks are refused, at once. */
function holdLock(name: string): Promise<void> {
  return new Promise((resolve) => {
    navigator.locks.request(name, () => new Promise(() => resolve())).catch(() => resolve());
  });
}
