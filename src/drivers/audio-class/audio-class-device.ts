// The audio class driver's device: one audio function group, on the bus DDI and verbs alone.

import type { HDAUDIO_BUS_INTERFACE } from '../../ddi/bus-interface.ts';
import type { EngineResult } from '../../ddi/common-routines.ts';
import type { HDAUDIO_STREAM_FORMAT } from '../../ddi/hdaudio.ts';
import { STATUS_DEVICE_NOT_READY, STATUS_INVALID_PARAMETER, statusName } from '../../ddi/ntstatus.ts';
import type { Kernel } from '../../driver-model/kernel.ts';
import { PCM_SIZES } from '../../hda/pcm.ts';
import type {
  AudioDevice,
  CaptureRequest,
  CaptureResult,
  InputPin,
  OutputGroup,
  RenderRequest,
  RenderResult,
} from './audio-device.ts';
import { CaptureCycle } from './capture-stream.ts';
import { chooseInput, chooseOutputs } from './choice.ts';
import { CodecVerbs } from './codec-verbs.ts';
import { type Converters, type Cycle, type CyclicStream, openCycle } from './cyclic-stream.ts';
import { GroupPower } from './group-power.ts';
import { inputPaths, inputPins } from './input-pins.ts';
import { outputGroups, outputPaths } from './output-groups.ts';
import { idleConverter, programCapturePath, programConverter, programRenderPath } from './program.ts';
import { RenderCycle } from './render-stream.ts';
import { type Path, sinkOf, sourceOf } from './route.ts';
import { parseTopology, type Topology, type Widget } from './topology.ts';

type Request = RenderRequest | CaptureRequest;

const SLEEPS = { status: STATUS_DEVICE_NOT_READY, stream: null, reason: 'the device is asleep' } as const;

export class AudioClassDevice implements AudioDevice {
  readonly bus: HDAUDIO_BUS_INTERFACE;
  readonly topology: Topology;
  readonly outputs: readonly OutputGroup[];
  readonly inputs: readonly InputPin[];
  readonly #kernel: Kernel;
  readonly #verbs: CodecVerbs;
  readonly #outputPaths: ReadonlyMap<number, Path[]>;
  readonly #inputPaths: ReadonlyMap<number, Path[]>;
  readonly #streams = new Set<CyclicStream>();
  /** Widgets on the paths of open streams. */
  readonly #taken = new Set<number>();
  readonly #power: GroupPower;
  /** Converters of streams that were closed while the verbs for it did not reach them. */
  #unidled: Widget[] = [];
  wakesOnJack = false;

  constructor(kernel: Kernel, bus: HDAUDIO_BUS_INTERFACE) {
    const { codecAddress, functionGroupStartNode } = bus.GetResourceInformation(bus.Context);
    this.#kernel = kernel;
    this.bus = bus;
    this.#verbs = new CodecVerbs(bus, codecAddress);
    this.topology = kernel.call(() => parseTopology(this.#verbs, functionGroupStartNode));
    this.#power = new GroupPower(bus, this.#verbs, this.topology);
    this.#outputPaths = outputPaths(this.topology);
    this.#inputPaths = inputPaths(this.topology);
    this.outputs = outputGroups(this.topology, this.#outputPaths);
    this.inputs = inputPins(this.topology, this.#inputPaths);
  }

  get codecAddress(): number {
    return this.#verbs.codecAddress;
  }

  get asleep(): boolean {
    return this.#power.asleep;
  }

  /** Streams stop and keep their places; then the function group goes to D3. */
  powerDown(): void {
    if (this.asleep) return;
    for (const stream of this.#streams) stream.suspend();
    if (this.wakesOnJack) this.#power.armJacks();
    this.#power.down();
  }

  /** The function group comes to D0, gets back what it has lost, and the streams go on. */
  powerUp(): void {
    if (!this.asleep) return;
    const lost = this.#power.up();
    for (const converter of this.#unidled.splice(0)) idleConverter(this.#verbs, converter);
    for (const stream of this.#streams) {
      if (lost) stream.rejoin();
      stream.resume();
    }
  }

  openRender(request: RenderRequest): RenderResult {
    return this.#kernel.call(() => {
      if (this.asleep) return SLEEPS;
      const chosen = chooseOutputs(this.#outputPaths, this.outputs, this.#taken, request);
      if (typeof chosen === 'string') return { status: STATUS_INVALID_PARAMETER, stream: null, reason: chosen };
      const join = (format: number, id: number) => {
        for (const { path, firstChannel, channels } of chosen) {
          programRenderPath(this.#verbs, this.topology, path);
          programConverter(this.#verbs, sourceOf(path), { format, id, firstChannel, channels });
        }
      };
      const pins = chosen.map(({ path }) => sinkOf(path).nid);
      const paths = chosen.map(({ path }) => path);
      const engine = this.bus.AllocateRenderDmaEngine(this.bus.Context, streamFormat(request), false);
      return this.#open(request, engine, { pins, join }, paths, sourceOf, (cycle) => new RenderCycle(cycle));
    });
  }

  openCapture(request: CaptureRequest): CaptureResult {
    return this.#kernel.call(() => {
      if (this.asleep) return SLEEPS;
      const path = chooseInput(this.#inputPaths, this.inputs, this.#taken, request);
      if (typeof path === 'string') return { status: STATUS_INVALID_PARAMETER, stream: null, reason: path };
      const join = (format: number, id: number) => {
        programCapturePath(this.#verbs, this.topology, path);
        programConverter(this.#verbs, sinkOf(path), { format, id, firstChannel: 0, channels: request.channels });
      };
      const pins = [sourceOf(path).nid];
      const engine = this.bus.AllocateCaptureDmaEngine(this.bus.Context, this.codecAddress, streamFormat(request));
      return this.#open(request, engine, { pins, join }, [path], sinkOf, (cycle) => new CaptureCycle(cycle));
    });
  }

  /** Closes what is open and gives the interface back. */
  remove(): void {
    for (const stream of [...this.#streams]) stream.close();
    this.#power.remove();
    this.bus.InterfaceDereference(this.bus.Context);
  }

  #open<S extends CyclicStream>(
    request: Request,
    engine: EngineResult,
    { pins, join }: Pick<Converters, 'pins' | 'join'>,
    paths: readonly Path[],
    converterOf: (path: Path) => Widget,
    make: (cycle: Cycle) => S,
  ) {
    const nids = paths.flatMap(({ nodes }) => nodes.map(({ nid }) => nid));
    const release = () => {
      for (const path of paths) idleConverter(this.#verbs, converterOf(path));
      if (this.asleep) this.#unidled.push(...paths.map(converterOf));
      for (const nid of nids) this.#taken.delete(nid);
      if (stream) this.#streams.delete(stream);
    };
    const bufferFrames = request.bufferFrames ?? Math.round(request.rateHz / 50);
    const { status, cycle } = openCycle(this.#kernel, this.bus, engine, bufferFrames, { pins, join, release });
    const stream = cycle && make(cycle);
    if (!stream) {
      const { channels, bits, rateHz } = request;
      const reason = `${channels} channels of ${bits} bits at ${rateHz} Hz: the bus driver says ${statusName(status)}`;
      return { status, stream: null, reason };
    }
    for (const nid of nids) this.#taken.add(nid);
    this.#streams.add(stream);
    return { status, stream, reason: '' };
  }
}

function streamFormat({ rateHz, bits, channels }: Request): HDAUDIO_STREAM_FORMAT {
  return {
    SampleRate: rateHz,
    ValidBitsPerSample: bits,
    ContainerSize: 8 * (PCM_SIZES.find((row) => row.bits === bits)?.containerBytes ?? 0),
    NumberOfChannels: channels,
  };
}
